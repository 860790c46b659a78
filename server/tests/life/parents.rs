//! The table of instructions in `docs/states.md`, held to the machine.

use downlink_server::life::{
    Answer, Context, Delivery, Event, EventKind, HandOver, Input, Instruction, Life, Misfit,
    Reason, Report, Stage, TakeBack, Why, step,
};

use crate::rows::table;
use crate::scenario::{MINUTE, Scenario, ended, handing, now, part_id, pausing, taking_back};

const COLUMNS: [&str; 6] = [
    "PENDING",
    "EXECUTING",
    "RETRY",
    "SENT_TO_CARRIER",
    "cancel asked",
    "ended",
];

/// One way in which a cell comes about: its carrier, its parts (the letters of the document; `d`
/// was delivered, `f` has failed, `x` was cancelled), and the inputs, each for the part of its
/// number.
struct Case {
    row: &'static str,
    column: &'static str,
    carrier: &'static str,
    parts: &'static str,
    inputs: &'static str,
}

const fn case(
    row: &'static str,
    column: &'static str,
    carrier: &'static str,
    parts: &'static str,
    inputs: &'static str,
) -> Case {
    Case {
        row,
        column,
        carrier,
        parts,
        inputs,
    }
}

#[rustfmt::skip]
const CASES: [Case; 53] = [
    case("first part starts", "PENDING", "sms", "WW", "turn 1"),
    case("a part handed over, not the last", "EXECUTING", "sms", "HW", "taken 1"),
    case("a part handed over, not the last", "cancel asked", "sms", "Hx", "taken 1"),
    case("a part handed over, not the last", "ended", "sms", "xx", "taken 1"),
    case("the last handed over", "EXECUTING", "sms", "dH", "taken 2"),
    case("the last handed over", "cancel asked", "sms", "dH", "taken 2"),
    case("a part delivered, others open", "EXECUTING", "sms", "CW", "success 1"),
    case("a part delivered, others open", "RETRY", "sms", "PW", "success 1"),
    case("a part delivered, others open", "cancel asked", "sms", "Cx", "success 1"),
    case("the last delivered", "EXECUTING", "direct", "dH", "taken 2"),
    case("the last delivered", "RETRY", "sms", "dP", "success 2"),
    case("the last delivered", "SENT_TO_CARRIER", "sms", "dC", "success 2"),
    case("the last delivered", "cancel asked", "sms", "dK", "success 2"),
    case("a try failed, tries left", "EXECUTING", "sms", "HW", "refused 1"),
    case("a try failed, tries left", "SENT_TO_CARRIER", "sms", "dC", "failure 2"),
    case("a try failed, tries left", "cancel asked", "sms", "Cx", "failure 1"),
    case("the next try starts", "RETRY", "sms", "PW", "turn 1"),
    case("carrier away before the first try", "PENDING", "sms", "WW", "away 1"),
    case("carrier away before the first try", "EXECUTING", "sms", "HW", "unavailable 1"),
    case("a part failed for good", "PENDING", "sms", "WW", "max_wait"),
    case("a part failed for good", "EXECUTING", "last try", "HW", "refused 1"),
    case("a part failed for good", "RETRY", "sms", "PW", "max_wait"),
    case("a part failed for good", "SENT_TO_CARRIER", "last try", "dC", "failure 2"),
    case("a part failed for good", "cancel asked", "last try", "Cx", "failure 1"),
    case("refused for what it is", "PENDING", "sms", "WW", "too long 1"),
    case("refused for what it is", "EXECUTING", "sms", "HW", "refused for good 1"),
    case("refused for what it is", "RETRY", "sms", "PW", "too long 1"),
    case("refused for what it is", "cancel asked", "sms", "Hx", "refused for good 1"),
    case("refused for what it is, a part delivered before", "EXECUTING", "sms", "dW", "too long 2"),
    case("refused for what it is, a part delivered before", "EXECUTING", "sms", "dH", "refused for good 2"),
    case("device gone", "PENDING", "sms", "WW", "gone"),
    case("device gone", "EXECUTING", "sms", "CW", "gone, taken back 1"),
    case("device gone", "RETRY", "sms", "PW", "gone"),
    case("device gone", "SENT_TO_CARRIER", "sms", "dC", "gone, taken back 2"),
    case("device gone", "cancel asked", "sms", "Cx", "gone, taken back 1"),
    case("device gone", "ended", "sms", "xx", "gone"),
    case("DELETE, something can be stopped", "PENDING", "sms", "WW", "delete"),
    case("DELETE, something can be stopped", "EXECUTING", "sms", "CW", "delete, success 1"),
    case("DELETE, something can be stopped", "RETRY", "sms", "PW", "delete"),
    case("DELETE, something can be stopped", "SENT_TO_CARRIER", "sms", "dC", "delete, taken back 2"),
    case("DELETE, something can be stopped", "cancel asked", "sms", "Kx", "delete"),
    case("DELETE, something can be stopped", "ended", "sms", "dx", "delete"),
    case("DELETE, nothing can", "EXECUTING", "sms", "dH", "delete"),
    case("DELETE, nothing can", "SENT_TO_CARRIER", "bare", "dC", "delete"),
    case("DELETE, nothing can", "cancel asked", "sms", "Hx", "delete"),
    case("DELETE, nothing can", "ended", "sms", "dd", "delete"),
    case("DELETE, forced", "PENDING", "sms", "WW", "force"),
    case("DELETE, forced", "EXECUTING", "bare", "HW", "force"),
    case("DELETE, forced", "RETRY", "sms", "PW", "force"),
    case("DELETE, forced", "SENT_TO_CARRIER", "bare", "dC", "force"),
    case("DELETE, forced", "cancel asked", "sms", "Kx", "force"),
    case("DELETE, forced", "ended", "sms", "f", "force"),
    case("late report", "ended", "sms", "f", "success 1"),
];

impl Case {
    fn scenario(&self) -> Scenario {
        let bare = Scenario {
            abilities: Scenario::MQTT.abilities,
            ..Scenario::LORA
        };
        match self.carrier {
            "sms" => Scenario::SMS,
            "last try" => Scenario {
                retry_limit: 1,
                ..Scenario::LORA
            },
            "bare" => bare,
            "direct" => Scenario {
                delivery: Delivery::HandedOver,
                ..bare
            },
            other => panic!("no carrier {other}"),
        }
    }

    fn life(&self) -> Life {
        let scenario = self.scenario();
        let mut life = scenario.instruction(u128::try_from(self.parts.len()).unwrap());
        for (part, letter) in life.parts.iter_mut().zip(self.parts.chars()) {
            let (stage, failure) = was(&scenario, letter);
            part.failure = failure;
            Scenario::put(part, stage);
            part.cancel_asked = self.column == "cancel asked";
        }
        let cancel_asked = self.column == "cancel asked" || self.parts.contains('x');
        life.instruction = Some(Instruction { cancel_asked });
        if self.inputs == "max_wait" {
            life.terms.give_up_at = now();
        }
        life
    }

    /// What the steps show, in the words of the document.
    fn play(&self) -> String {
        let mut life = self.life();
        let mut context = self.scenario().context();
        let mut shown = Vec::new();
        for name in self.inputs.split(", ") {
            let step = step(&life, &input(name), &context);
            assert_modified(&life, &step.life, &context);
            shown.push(show(&step.life, &step.events, step.answer));
            life = step.life;
            context.now = context.now.plus(MINUTE);
        }
        shown.join(" … ")
    }
}

fn was(scenario: &Scenario, letter: char) -> (Stage, Option<Reason>) {
    match letter {
        'W' => (Stage::Waiting, None),
        'P' => (pausing(), Some(Reason::NotTransmitted)),
        'H' => (handing(), None),
        'C' => (scenario.carried(), None),
        'K' => (taking_back(Why::Cancel), None),
        'd' => (ended(), None),
        'f' => (ended(), Some(Reason::Timeout)),
        'x' => (ended(), Some(Reason::Cancelled)),
        other => panic!("no letter {other}"),
    }
}

fn input(name: &str) -> Input {
    let (verb, number) = name.rsplit_once(' ').unwrap_or((name, "1"));
    let part = part_id(number.parse().unwrap());
    let detail = || "refused".to_owned();
    let answer = |outcome| Input::HandedOver {
        part,
        attempt: 2,
        outcome,
    };
    let refused = |for_good| HandOver::Refused {
        for_good,
        detail: detail(),
    };
    let report = |report| Input::Reported {
        part,
        attempt: 2,
        report,
    };
    let failure = Report::Failed {
        reason: Reason::NotTransmitted,
        detail: detail(),
    };
    let turn = |fit| Input::Turn { part, fit };
    match verb {
        "turn" => turn(Ok(())),
        "too long" => turn(Err(Misfit::TooLong(detail()))),
        "away" => Input::CarrierAway { part },
        "taken" => answer(HandOver::Taken { item: None }),
        "unavailable" => answer(HandOver::Unavailable),
        "refused" => answer(refused(false)),
        "refused for good" => answer(refused(true)),
        "success" => report(Report::Delivered),
        "failure" => report(failure),
        "taken back" => Input::TakenBack {
            part,
            outcome: TakeBack::TakenBack,
        },
        "max_wait" => Input::Due,
        "gone" => Input::DeviceGone,
        "delete" => Input::Cancel { forced: false },
        "force" => Input::Cancel { forced: true },
        other => panic!("no input {other}"),
    }
}

fn assert_modified(before: &Life, after: &Life, context: &Context) {
    let changed = before.status() != after.status();
    let expected = if changed {
        context.now
    } else {
        before.modified_at
    };
    assert_eq!(after.modified_at, expected);
}

fn show(life: &Life, events: &[Event], answer: Answer) -> String {
    let logged = events.iter().filter(|event| event.kind.is_logged());
    let names = logged.map(|event| match event.kind {
        EventKind::CancelAccepted => "CANCEL",
        kind => kind
            .contract_name()
            .unwrap()
            .trim_start_matches("DOWNLINK_"),
    });
    let answer = match answer {
        Answer::Cancelled | Answer::CancelAccepted | Answer::AlreadyCancelled => Some("202"),
        Answer::InFlight | Answer::Ended => Some("409"),
        Answer::Moved | Answer::Noted | Answer::Unchanged | Answer::Later | Answer::CannotBe => {
            None
        }
    };
    let status = [life.status().as_str()];
    let words: Vec<_> = status.into_iter().chain(names).chain(answer).collect();
    words.join(", ")
}

#[test]
fn every_cell_of_the_document_is_what_an_instruction_shows() {
    let rows = table("## Instruction");
    let (header, rows) = rows.split_first().expect("a header");
    assert_eq!(header[1..], COLUMNS);
    let mut faults = Vec::new();
    let mut seen = 0;
    for row in rows {
        for (column, cell) in COLUMNS.into_iter().zip(&row[1..]) {
            let is_of_cell = |it: &&Case| it.row == row[0] && it.column == column;
            let found: Vec<_> = CASES.iter().filter(is_of_cell).collect();
            assert_eq!(found.is_empty(), *cell == "·", "{} × {column}", row[0]);
            seen += found.len();
            let shown = found.into_iter().map(Case::play);
            let wrong = shown.filter(|shown| shown != cell);
            faults
                .extend(wrong.map(|shown| format!("{} × {column}: {cell}, found {shown}", row[0])));
        }
    }
    assert_eq!(seen, CASES.len(), "a case without a row");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_case_begins_in_the_status_of_its_column() {
    for case in &CASES {
        let life = case.life();
        match case.column {
            "cancel asked" => assert!(!life.is_ended(), "{}", case.row),
            "ended" => assert!(life.is_ended(), "{}", case.row),
            column => assert_eq!(life.status().as_str(), column, "{}", case.row),
        }
    }
}
