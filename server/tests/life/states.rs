//! The table of parts in `docs/states.md`, held to the machine cell by cell.

use downlink_server::clock::Moment;
use downlink_server::life::{
    Answer, Before, Context, Delivery, Input, OnUnknown, Part, Protocol, Reason, Stage, Step, step,
};

use crate::rows::{COLUMNS, Case, can_be, cases, input, prepare, table};
use crate::scenario::{Scenario, letter};

/// What a row does: to the part beforehand, and then as input.
fn play(row: &str, scenario: &Scenario, case: &mut Case) -> Step {
    prepare(row, case);
    let attempt = case.part().attempt.max(1);
    let input = input(row, attempt);
    step(&case.life, &input, &scenario.context())
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

#[test]
fn every_cell_of_the_document_is_what_the_machine_does() {
    let rows = table("## Part");
    let (header, rows) = rows.split_first().expect("a header");
    assert_eq!(header[1..], COLUMNS);
    assert_eq!(rows.len(), 40);
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
                let context = Context {
                    now: early(due),
                    ..scenario.context()
                };
                let step = step(&case.life, &Input::Due, &context);
                assert_eq!(step.answer, Answer::Unchanged, "{column}");
            }
        }
    }
}
