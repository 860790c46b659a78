//! The table of instructions in `docs/states.md`, held to the machine.

use downlink_server::clock::Moment;
use downlink_server::life::{
    Answer, Context, Delivery, Event, EventKind, HandOver, Input, Instruction, Life, Misfit,
    Reason, Report, Stage, TakeBack, Why, step,
};

use crate::scenario::{
    MINUTE, Scenario, ended, handing, now, part_id, pausing, taking_back,
};
use crate::states::table;

const COLUMNS: [&str; 6] =
    ["PENDING", "EXECUTING", "RETRY", "SENT_TO_CARRIER", "cancel asked", "ended"];

/// One part of the instruction as it was.
enum As {
    Waits,
    Pauses,
    Handing,
    Carried,
    Well,
    Ended(Reason),
    TakingBack,
}

struct Case {
    row: &'static str,
    column: &'static str,
    scenario: Scenario,
    parts: Vec<As>,
    inputs: Vec<Input>,
    cancel_asked: bool,
}

impl Case {
    fn life(&self) -> Life {
        let mut life = self.scenario.instruction(u128::try_from(self.parts.len()).unwrap());
        for (part, was) in life.parts.iter_mut().zip(&self.parts) {
            let (stage, failure) = match was {
                As::Waits => (Stage::Waiting, None),
                As::Pauses => (pausing(), Some(Reason::NotTransmitted)),
                As::Handing => (handing(), None),
                As::Carried => (self.scenario.carried(), None),
                As::Well => (ended(), None),
                As::Ended(reason) => (ended(), Some(*reason)),
                As::TakingBack => (taking_back(Why::Cancel), None),
            };
            part.failure = failure;
            self.scenario.put(part, stage);
        }
        life.instruction = Some(Instruction { cancel_asked: self.cancel_asked });
        if self.row == "a part failed for good" && self.column != "EXECUTING" {
            life.terms.give_up_at = now();
        }
        life
    }

    /// What the steps show, in the words of the document.
    fn play(&self) -> String {
        let mut life = self.life();
        let mut context = self.scenario.context();
        let mut shown = Vec::new();
        for input in &self.inputs {
            let before = life.clone();
            let step = step(&life, input, &context);
            assert_modified(&before, &step.life, &context);
            shown.push(show(&step.life, &step.events, step.answer));
            life = step.life;
            context.now = context.now.plus(MINUTE);
        }
        shown.join(" … ")
    }
}

fn assert_modified(before: &Life, after: &Life, context: &Context) {
    let changed = before.status() != after.status();
    let expected: Moment = if changed { context.now } else { before.modified_at };
    assert_eq!(after.modified_at, expected);
}

fn show(life: &Life, events: &[Event], answer: Answer) -> String {
    let logged = events.iter().filter(|event| event.kind.is_logged());
    let names = logged.map(|event| match event.kind {
        EventKind::CancelAccepted => "CANCEL",
        kind => kind.contract_name().unwrap().trim_start_matches("DOWNLINK_"),
    });
    let answer = match answer {
        Answer::Cancelled | Answer::CancelAccepted | Answer::AlreadyCancelled => Some("202"),
        Answer::InFlight | Answer::Ended => Some("409"),
        Answer::Moved | Answer::Noted | Answer::Unchanged | Answer::Later | Answer::CannotBe => None,
    };
    let words: Vec<_> = [life.status().as_str()].into_iter().chain(names).chain(answer).collect();
    words.join(", ")
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let once = Scenario { retry_limit: 1, ..Scenario::LORA };
    let bare = Scenario { abilities: Scenario::MQTT.abilities, ..Scenario::LORA };
    let sms = Scenario::SMS;
    let direct = Scenario { delivery: Delivery::HandedOver, ..bare };
    let mut add = |row, column, scenario, parts: Vec<As>, inputs| {
        let cancel_asked = column == "cancel asked" || matches!(parts[..], [.., As::Ended(Reason::Cancelled)]);
        cases.push(Case { row, column, scenario, parts, inputs, cancel_asked });
    };
    let cancelled = || As::Ended(Reason::Cancelled);

    let row = "first part starts";
    add(row, "PENDING", sms, vec![As::Waits, As::Waits], vec![turn(1)]);

    let row = "a part handed over, not the last";
    add(row, "EXECUTING", sms, vec![As::Handing, As::Waits], vec![taken(1)]);
    add(row, "cancel asked", sms, vec![As::Handing, cancelled()], vec![taken(1)]);
    add(row, "ended", sms, vec![cancelled(), cancelled()], vec![taken(1)]);

    let row = "the last handed over";
    add(row, "EXECUTING", sms, vec![As::Well, As::Handing], vec![taken(2)]);
    add(row, "cancel asked", sms, vec![As::Well, As::Handing], vec![taken(2)]);

    let row = "a part delivered, others open";
    add(row, "EXECUTING", sms, vec![As::Carried, As::Waits], vec![success(1, 2)]);
    add(row, "RETRY", sms, vec![As::Pauses, As::Waits], vec![success(1, 1)]);
    add(row, "cancel asked", sms, vec![As::Carried, cancelled()], vec![success(1, 2)]);

    let row = "the last delivered";
    add(row, "EXECUTING", direct, vec![As::Well, As::Handing], vec![taken(2)]);
    add(row, "RETRY", sms, vec![As::Well, As::Pauses], vec![success(2, 1)]);
    add(row, "SENT_TO_CARRIER", sms, vec![As::Well, As::Carried], vec![success(2, 2)]);
    add(row, "cancel asked", sms, vec![As::Well, As::TakingBack], vec![success(2, 2)]);

    let row = "a try failed, tries left";
    add(row, "EXECUTING", sms, vec![As::Handing, As::Waits], vec![refused(1, false)]);
    add(row, "SENT_TO_CARRIER", sms, vec![As::Well, As::Carried], vec![failure(2)]);
    add(row, "cancel asked", sms, vec![As::Carried, cancelled()], vec![failure(1)]);

    let row = "the next try starts";
    add(row, "RETRY", sms, vec![As::Pauses, As::Waits], vec![turn(1)]);

    let row = "carrier away before the first try";
    add(row, "PENDING", sms, vec![As::Waits, As::Waits], vec![Input::CarrierAway { part: part_id(1) }]);
    add(row, "EXECUTING", sms, vec![As::Handing, As::Waits], vec![handed_over(1, HandOver::Unavailable)]);

    let row = "a part failed for good";
    add(row, "PENDING", sms, vec![As::Waits, As::Waits], vec![Input::Due]);
    add(row, "EXECUTING", once, vec![As::Handing, As::Waits], vec![refused(1, false)]);
    add(row, "RETRY", sms, vec![As::Pauses, As::Waits], vec![Input::Due]);
    add(row, "SENT_TO_CARRIER", once, vec![As::Well, As::Carried], vec![failure(2)]);
    add(row, "cancel asked", once, vec![As::Carried, cancelled()], vec![failure(1)]);

    let row = "refused for what it is";
    add(row, "PENDING", sms, vec![As::Waits, As::Waits], vec![too_long(1)]);
    add(row, "EXECUTING", sms, vec![As::Handing, As::Waits], vec![refused(1, true)]);
    add(row, "RETRY", sms, vec![As::Pauses, As::Waits], vec![too_long(1)]);
    add(row, "cancel asked", sms, vec![As::Handing, cancelled()], vec![refused(1, true)]);

    let row = "refused for what it is, a part delivered before";
    add(row, "EXECUTING", sms, vec![As::Well, As::Waits], vec![too_long(2)]);
    add(row, "EXECUTING", sms, vec![As::Well, As::Handing], vec![refused(2, true)]);

    let row = "device gone";
    add(row, "PENDING", sms, vec![As::Waits, As::Waits], vec![Input::DeviceGone]);
    add(row, "EXECUTING", sms, vec![As::Carried, As::Waits], vec![Input::DeviceGone, taken_back(1)]);
    add(row, "RETRY", sms, vec![As::Pauses, As::Waits], vec![Input::DeviceGone]);
    add(row, "SENT_TO_CARRIER", sms, vec![As::Well, As::Carried], vec![Input::DeviceGone, taken_back(2)]);
    add(row, "cancel asked", sms, vec![As::Carried, cancelled()], vec![Input::DeviceGone, taken_back(1)]);
    add(row, "ended", sms, vec![cancelled(), cancelled()], vec![Input::DeviceGone]);

    let row = "DELETE, something can be stopped";
    add(row, "PENDING", sms, vec![As::Waits, As::Waits], vec![cancel(false)]);
    add(row, "EXECUTING", sms, vec![As::Carried, As::Waits], vec![cancel(false), success(1, 2)]);
    add(row, "RETRY", sms, vec![As::Pauses, As::Waits], vec![cancel(false)]);
    add(row, "SENT_TO_CARRIER", sms, vec![As::Well, As::Carried], vec![cancel(false), taken_back(2)]);
    add(row, "cancel asked", sms, vec![As::TakingBack, cancelled()], vec![cancel(false)]);
    add(row, "ended", sms, vec![As::Well, cancelled()], vec![cancel(false)]);

    let row = "DELETE, nothing can";
    add(row, "EXECUTING", sms, vec![As::Well, As::Handing], vec![cancel(false)]);
    add(row, "SENT_TO_CARRIER", bare, vec![As::Well, As::Carried], vec![cancel(false)]);
    add(row, "cancel asked", sms, vec![As::Handing, cancelled()], vec![cancel(false)]);
    add(row, "ended", sms, vec![As::Well, As::Well], vec![cancel(false)]);

    let row = "DELETE, forced";
    add(row, "PENDING", sms, vec![As::Waits, As::Waits], vec![cancel(true)]);
    add(row, "EXECUTING", bare, vec![As::Handing, As::Waits], vec![cancel(true)]);
    add(row, "RETRY", sms, vec![As::Pauses, As::Waits], vec![cancel(true)]);
    add(row, "SENT_TO_CARRIER", bare, vec![As::Well, As::Carried], vec![cancel(true)]);
    add(row, "cancel asked", sms, vec![As::TakingBack, cancelled()], vec![cancel(true)]);
    add(row, "ended", sms, vec![As::Ended(Reason::Timeout)], vec![cancel(true)]);

    let row = "late report";
    add(row, "ended", sms, vec![As::Ended(Reason::Timeout)], vec![success(1, 2)]);
    cases
}

fn turn(number: u128) -> Input {
    Input::Turn { part: part_id(number), fit: Ok(()) }
}

fn too_long(number: u128) -> Input {
    Input::Turn { part: part_id(number), fit: Err(Misfit::TooLong("long".to_owned())) }
}

fn handed_over(number: u128, outcome: HandOver) -> Input {
    Input::HandedOver { part: part_id(number), attempt: 2, outcome }
}

fn taken(number: u128) -> Input {
    handed_over(number, HandOver::Taken { item: None })
}

fn refused(number: u128, for_good: bool) -> Input {
    handed_over(number, HandOver::Refused { for_good, detail: "refused".to_owned() })
}

fn success(number: u128, attempt: u32) -> Input {
    Input::Reported { part: part_id(number), attempt, report: Report::Delivered }
}

fn failure(number: u128) -> Input {
    let report = Report::Failed { reason: Reason::NotTransmitted, detail: "failed".to_owned() };
    Input::Reported { part: part_id(number), attempt: 2, report }
}

fn taken_back(number: u128) -> Input {
    Input::TakenBack { part: part_id(number), outcome: TakeBack::TakenBack }
}

fn cancel(forced: bool) -> Input {
    Input::Cancel { forced }
}

#[test]
fn every_cell_of_the_document_is_what_an_instruction_shows() {
    let rows = table("## Instruction");
    let (header, rows) = rows.split_first().expect("a header");
    assert_eq!(header[1..], COLUMNS);
    let cases = cases();
    let mut faults = Vec::new();
    let mut seen = 0;
    for row in rows {
        for (column, cell) in COLUMNS.into_iter().zip(&row[1..]) {
            let found: Vec<_> = cases.iter().filter(|it| it.row == row[0] && it.column == column).collect();
            assert_eq!(found.is_empty(), *cell == "·", "{} × {column}", row[0]);
            seen += found.len();
            for case in found {
                let shown = case.play();
                if shown != *cell {
                    faults.push(format!("{} × {column}: {cell}, found {shown}", row[0]));
                }
            }
        }
    }
    assert_eq!(seen, cases.len(), "a case without a row");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_case_begins_in_the_status_of_its_column() {
    for case in cases() {
        let status = case.life().status().as_str();
        match case.column {
            "cancel asked" => assert!(!case.life().is_ended(), "{}", case.row),
            "ended" => assert!(case.life().is_ended(), "{}", case.row),
            column => assert_eq!(status, column, "{}", case.row),
        }
    }
}
