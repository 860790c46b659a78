//! The table of parts in `docs/states.md`, held to the machine cell by cell.

use downlink_server::clock::Moment;
use downlink_server::life::{
    Answer, Asked, Before, Call, Delivery, HandOver, Input, Life, Misfit, OnUnknown, Part,
    Protocol, Reason, Report, Stage, Step, TakeBack, Why, step,
};

use crate::scenario::{
    FEEDBACK, MINUTE, Scenario, ended, handing, later, letter, now, part_id, pausing, taking_back,
};

const DOCUMENT: &str = include_str!("../../docs/states.md");

pub(crate) const COLUMNS: [&str; 12] = [
    "W",
    "P",
    "H",
    "U",
    "U late",
    "O",
    "C",
    "K cancel",
    "K timeout",
    "K eviction",
    "K success",
    "D",
];

/// The rows of the table below a heading, split into cells; the first is the header.
pub(crate) fn table(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, rest) = DOCUMENT.split_once(heading).expect("the heading");
    let lines = rest.lines().skip_while(|line| !line.starts_with('|'));
    let rows = lines.take_while(|line| line.starts_with('|'));
    let cells = |row: &'static str| row.trim_matches('|').split('|').map(str::trim).collect();
    rows.filter(|row| !row.starts_with("|--"))
        .map(cells)
        .collect()
}

/// One case: a part as it was, and what is true of it.
pub(crate) struct Case {
    pub(crate) life: Life,
    missing: bool,
}

impl Case {
    fn part(&self) -> &Part {
        &self.life.parts[0]
    }
}

/// The parts that a column stands for.
pub(crate) fn cases(scenario: &Scenario, column: &str) -> Vec<Case> {
    stages(scenario, column)
        .into_iter()
        .map(|(stage, failure)| case(scenario, stage, failure))
        .collect()
}

fn case(scenario: &Scenario, stage: Stage, failure: Option<Reason>) -> Case {
    let mut life = scenario.direct();
    let missing = matches!(
        stage,
        Stage::Carried {
            missing_since: Some(_),
            ..
        }
    );
    life.parts[0].failure = failure;
    Scenario::put(&mut life.parts[0], stage);
    Case { life, missing }
}

fn stages(scenario: &Scenario, column: &str) -> Vec<(Stage, Option<Reason>)> {
    let due = later();
    let one = |stage| vec![(stage, None)];
    match column {
        "W" => one(Stage::Waiting),
        "P" => one(pausing()),
        "H" => [Before::Waiting, Before::Pausing, Before::Unknown { due }]
            .map(handing_from)
            .to_vec(),
        "U" => one(scenario.unknown()),
        "U late" => one(unknown_late(scenario)),
        "O" => one(Stage::Offered { due }),
        "C" => carried(scenario),
        "K cancel" => one(taking_back(Why::Cancel)),
        "K timeout" => one(taking_back(Why::Timeout)),
        "K eviction" => one(taking_back(Why::Eviction)),
        "K success" => one(taking_back(Why::Success)),
        "D" => [None, Some(Reason::Cancelled), Some(Reason::NotTransmitted)]
            .map(|it| (ended(), it))
            .to_vec(),
        other => panic!("no column {other}"),
    }
}

fn handing_from(before: Before) -> (Stage, Option<Reason>) {
    let mut stage = handing();
    if let Stage::Handing { from, .. } = &mut stage {
        *from = before;
    }
    (stage, None)
}

fn unknown_late(scenario: &Scenario) -> Stage {
    let mut stage = scenario.unknown();
    if let Stage::Unknown { due, .. } = &mut stage {
        *due = None;
    }
    stage
}

fn carried(scenario: &Scenario) -> Vec<(Stage, Option<Reason>)> {
    let found = scenario.carried();
    let mut missing = found.clone();
    match &mut missing {
        Stage::Carried {
            look_at: Some(_),
            missing_since,
            ..
        } => {
            *missing_since = Some(now().minus(MINUTE));
        }
        _ => return vec![(found, None)],
    }
    vec![(found, None), (missing, None)]
}

/// What a row does: to the part beforehand, and then as input.
fn play(row: &str, scenario: &Scenario, case: &mut Case) -> Step {
    prepare(row, case);
    let attempt = case.part().attempt.max(1);
    let input = input(row, attempt);
    step(&case.life, &input, &scenario.context())
}

/// Makes due what the row says is due, or notes what happened meanwhile.
pub(crate) fn prepare(row: &str, case: &mut Case) {
    let part = &mut case.life.parts[0];
    match row {
        "deadline of the call" => set_deadline(&mut part.stage),
        "the wait for a word is over" => set_decision(&mut part.stage),
        "feedback timeout" => set_due(&mut part.stage),
        "max_wait" => case.life.terms.give_up_at = now(),
        "carrier away for the feedback timeout" => part.first_turn = Some(now().minus(FEEDBACK)),
        "asked: there"
        | "asked: not there"
        | "asked: cannot tell"
        | "taking back: no answer again" => {
            set_asked(&mut part.stage);
        }
        "took it, device gone meanwhile" | "not taken, device gone meanwhile" => {
            set_flags(&mut part.stage, true, false);
        }
        "took it, older try succeeded meanwhile" | "not taken, older try succeeded meanwhile" => {
            set_flags(&mut part.stage, true, true);
        }
        _ => {}
    }
}

fn set_deadline(stage: &mut Stage) {
    match stage {
        Stage::Handing { deadline, .. } | Stage::TakingBack { deadline, .. } => *deadline = now(),
        Stage::Unknown { decide_at, .. } => *decide_at = now(),
        _ => {}
    }
}

fn set_decision(stage: &mut Stage) {
    if let Stage::Unknown {
        decide_at, asked, ..
    } = stage
    {
        (*decide_at, *asked) = (now(), true);
    }
}

fn set_due(stage: &mut Stage) {
    match stage {
        Stage::Unknown { due: Some(due), .. }
        | Stage::Offered { due }
        | Stage::Carried { due, .. }
        | Stage::TakingBack { due, .. } => *due = now(),
        _ => {}
    }
}

fn set_asked(stage: &mut Stage) {
    if let Stage::TakingBack { asked, .. } = stage {
        *asked = true;
    }
}

fn set_flags(stage: &mut Stage, is_evicted: bool, has_succeeded: bool) {
    if let Stage::Handing {
        evicted, succeeded, ..
    } = stage
    {
        (*evicted, *succeeded) = (is_evicted, has_succeeded);
    }
}

pub(crate) fn input(row: &str, attempt: u32) -> Input {
    let part = part_id(1);
    let taken = HandOver::Taken {
        item: Some("item".to_owned()),
    };
    let handed_over = |outcome| Input::HandedOver {
        part,
        attempt,
        outcome,
    };
    let refused = |for_good| HandOver::Refused {
        for_good,
        detail: "refused".to_owned(),
    };
    let asked = |answer| Input::Asked { part, answer };
    let reported = |attempt, report| Input::Reported {
        part,
        attempt,
        report,
    };
    let taken_back = |outcome| Input::TakenBack { part, outcome };
    let called = |call| Input::Called { part, call };
    match row {
        "turn" => Input::Turn { part, fit: Ok(()) },
        "turn, too long by now" => Input::Turn {
            part,
            fit: Err(Misfit::TooLong("long".to_owned())),
        },
        "its turn, the carrier away" => Input::CarrierAway { part },
        "carrier away, nothing written" => handed_over(HandOver::Unavailable),
        "carrier took it"
        | "took it, device gone meanwhile"
        | "took it, older try succeeded meanwhile" => handed_over(taken),
        "refused, may pass" => handed_over(refused(false)),
        "refused for good" | "not taken, device gone meanwhile" => handed_over(refused(true)),
        "answer lost" | "not taken, older try succeeded meanwhile" => {
            handed_over(HandOver::Unknown)
        }
        "the process is gone" => Input::Abandoned,
        "deadline of the call"
        | "the wait for a word is over"
        | "feedback timeout"
        | "max_wait"
        | "carrier away for the feedback timeout" => Input::Due,
        "asked: there" => asked(Asked::There {
            item: Some("item".to_owned()),
        }),
        "asked: not there" => asked(Asked::NotThere),
        "asked: cannot tell" => asked(Asked::CannotTell),
        "success, this try" => reported(attempt, Report::Delivered),
        "success, older try" => reported(1, Report::Delivered),
        "in between, this try" => reported(attempt, progress()),
        "in between, older try" => reported(1, progress()),
        "failure, this try" => reported(attempt, failure()),
        "failure, older try" => reported(1, failure()),
        "DELETE" => Input::Cancel { forced: false },
        "DELETE, forced" => Input::Cancel { forced: true },
        "taken back" => taken_back(TakeBack::TakenBack),
        "not taken back" => taken_back(TakeBack::Kept),
        "taking back: no answer" | "taking back: no answer again" => taken_back(TakeBack::Unknown),
        "device gone" => Input::DeviceGone,
        "HTTP call, other body" => called(Call::Other),
        "HTTP call, same body" => called(Call::Same),
        "HTTP call, replayed body" => called(Call::Replayed),
        "HTTP answer not written whole" => Input::AnswerBroken { part },
        other => panic!("no row {other}"),
    }
}

fn progress() -> Report {
    Report::Progress {
        detail: "on its way".to_owned(),
    }
}

fn failure() -> Report {
    Report::Failed {
        reason: Reason::NotTransmitted,
        detail: "failed".to_owned(),
    }
}

/// The outcome of the first clause whose conditions hold.
fn expected<'a>(cell: &'a str, scenario: &Scenario, case: &Case) -> &'a str {
    let clauses = cell.split(';').map(str::trim);
    let holds = |clause: &&str| match clause.rsplit_once(": ") {
        Some((conditions, _)) => conditions
            .split(", ")
            .all(|it| condition(it, scenario, case)),
        None => true,
    };
    let clause = clauses
        .clone()
        .find(holds)
        .unwrap_or_else(|| panic!("no clause of `{cell}` holds"));
    outcome_of(clause)
}

/// `cancelled: 202 stay` has its outcome after the colon.
fn outcome_of(clause: &str) -> &str {
    clause
        .rsplit_once(": ")
        .map_or(clause, |(_, outcome)| outcome)
}

fn condition(name: &str, scenario: &Scenario, case: &Case) -> bool {
    let is_http = scenario.protocol == Protocol::Http;
    let abilities = scenario.abilities;
    match name {
        "HTTP" => is_http,
        "delivery" => scenario.delivery == Delivery::HandedOver,
        "takes back" => abilities.takes_back && !is_http,
        "can be asked" => abilities.can_be_asked && !is_http,
        "expires" => abilities.expires && !is_http,
        "tries left" => scenario.retry_limit > case.part().retries && !is_http,
        "fail" => scenario.on_unknown == OnUnknown::Fail,
        "missing" => case.missing,
        "cancelled" => case.part().failure == Some(Reason::Cancelled),
        other => panic!("no condition {other}"),
    }
}

/// Whether the step is what the outcome says.
fn is(outcome: &str, case: &Case, step: &Step, protocol: Protocol) -> bool {
    let same = step.life == case.life;
    let silent = step.events.is_empty() && step.effects.is_empty();
    match outcome {
        "–" => same && silent && step.answer == Answer::CannotBe,
        "inbox" => same && silent && step.answer == Answer::Later,
        "stay" => same && silent && step.answer == Answer::Unchanged,
        "409" => same && silent && matches!(step.answer, Answer::InFlight | Answer::Ended),
        "202 stay" => same && silent && step.answer == Answer::AlreadyCancelled,
        "history" | "log" => is_noted(outcome, case, step),
        "back" => is_back(case.part(), &step.life.parts[0]),
        other => match other.strip_prefix("202 ") {
            Some(end) => is_accepted(end, step, protocol),
            None => step.answer == Answer::Moved && is_stage(other, &step.life.parts[0], protocol),
        },
    }
}

fn is_noted(outcome: &str, case: &Case, step: &Step) -> bool {
    let (old, new) = (case.part(), &step.life.parts[0]);
    let is_log = outcome == "log";
    step.answer == Answer::Noted
        && letter(&old.stage) == letter(&new.stage)
        && old.is_ended() == is_log
        && (old.failure, old.modified_at) == (new.failure, new.modified_at)
        && step.life.modified_at == case.life.modified_at
        && step.events.len() == 1
        && step.events.iter().all(|event| !event.kind.is_logged())
}

fn is_back(old: &Part, new: &Part) -> bool {
    let Stage::Handing { from, .. } = old.stage else {
        return false;
    };
    let expected = match from {
        Before::Waiting => "W",
        Before::Pausing => "P",
        Before::Unknown { .. } => "U",
    };
    letter(&new.stage) == expected
}

fn is_accepted(end: &str, step: &Step, protocol: Protocol) -> bool {
    let part = &step.life.parts[0];
    let (end, waits) = match end.strip_suffix(", line waits") {
        Some(end) => (end, true),
        None => (end, false),
    };
    let answer = if part.is_ended() {
        Answer::Cancelled
    } else {
        Answer::CancelAccepted
    };
    let is_waited_for = matches!(
        part.stage,
        Stage::Ended {
            call_until: Some(_),
            ..
        }
    );
    step.answer == answer && is_stage(end, part, protocol) && is_waited_for == waits
}

fn is_stage(outcome: &str, part: &Part, protocol: Protocol) -> bool {
    let reason = match outcome {
        "D well" => None,
        "D timeout" => Some(Reason::Timeout),
        "D refused" => Some(Reason::NotEnqueued),
        "D failed" => Some(Reason::NotTransmitted),
        "D evicted" => Some(Reason::Evicted),
        "D cancelled" => Some(Reason::Cancelled),
        "U" => return matches!(part.stage, Stage::Unknown { .. }),
        stage => return letter(&part.stage) == stage,
    };
    let spelled = |reason: Reason| reason.spelled(protocol);
    part.is_ended() && part.failure.map(spelled) == reason.map(spelled)
}

/// Over HTTP there is no P, H, U and K, and only there is O.
pub(crate) fn can_be(protocol: Protocol, column: &str) -> bool {
    let is_http = protocol == Protocol::Http;
    match column {
        "W" | "C" | "D" => true,
        "O" => is_http,
        _ => !is_http,
    }
}

#[test]
fn every_cell_of_the_document_is_what_the_machine_does() {
    let rows = table("## Part");
    let (header, rows) = rows.split_first().expect("a header");
    assert_eq!(header[1..], COLUMNS);
    assert_eq!(rows.len(), 38);
    let mut faults = Vec::new();
    let mut checked = 0_u32;
    for scenario in Scenario::all() {
        for row in rows {
            for (column, cell) in COLUMNS.into_iter().zip(&row[1..]) {
                if *cell == "·" || !can_be(scenario.protocol, column) {
                    continue;
                }
                for mut case in cases(&scenario, column) {
                    let step = play(row[0], &scenario, &mut case);
                    let outcome = expected(cell, &scenario, &case);
                    checked += 1;
                    if !is(outcome, &case, &step, scenario.protocol) {
                        let found = (
                            letter(&step.life.parts[0].stage),
                            step.life.parts[0].failure,
                            step.answer,
                        );
                        faults.push(format!(
                            "{} × {column}: {outcome}, found {found:?} for {scenario:?}",
                            row[0]
                        ));
                    }
                }
            }
        }
    }
    assert!(checked > 100_000, "{checked}");
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.into_iter().take(40).collect::<Vec<_>>().join("\n")
    );
}

/// Nothing that follows from the moment alone comes a microsecond early.
#[test]
fn nothing_is_due_before_its_moment() {
    let early = |moment: Moment| Moment::from_micros(moment.as_micros() - 1);
    for scenario in Scenario::all() {
        for column in COLUMNS {
            for case in cases(&scenario, column) {
                let Some(due) = case.life.due() else {
                    assert!(case.life.is_ended());
                    continue;
                };
                let context = downlink_server::life::Context {
                    now: early(due),
                    ..scenario.context()
                };
                let step = step(&case.life, &Input::Due, &context);
                assert_eq!(step.answer, Answer::Unchanged, "{column}");
            }
        }
    }
}
