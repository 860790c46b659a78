//! What holds of a step, and of a whole life.

use downlink_server::life::{
    Answer, Delivery, Effect, EventKind, Life, OnUnknown, Part, PartStatus, Protocol, Stage, Status,
};

use crate::scenario::letter;
use crate::simulator::{Record, Simulator};

/// What holds of every step, whatever the input.
pub(crate) fn keeps_every_law(record: &Record) {
    let after = &record.step.life;
    assert_eq!(record.before.parts.len(), after.parts.len());
    for (old, new) in record.before.parts.iter().zip(&after.parts) {
        an_end_is_final(old, new, record);
        modified_at_moves_with_what_is_shown(old, new, record);
        stays_within_its_bounds(new, after);
    }
    a_refusal_changes_nothing(record);
    the_status_is_the_function_of_the_parts(record);
    effects_name_their_stage(record);
    it_is_due_or_has_ended(record);
}

fn an_end_is_final(old: &Part, new: &Part, record: &Record) {
    if !old.is_ended() {
        return;
    }
    let mut expected = old.clone();
    if let (
        Stage::Ended { call_until, .. },
        Stage::Ended {
            call_until: after, ..
        },
    ) = (&mut expected.stage, &new.stage)
    {
        assert!(
            after.is_none() || *after == *call_until,
            "the line waits again"
        );
        *call_until = *after;
    }
    assert_eq!(expected, *new, "{:?}", record.input);
    let logged = record
        .step
        .events
        .iter()
        .filter(|it| it.part == Some(old.id) && it.kind.is_logged());
    assert_eq!(
        logged.count(),
        0,
        "logged after its end: {:?}",
        record.input
    );
}

fn modified_at_moves_with_what_is_shown(old: &Part, new: &Part, record: &Record) {
    let spelled = |part: &Part| part.failure.map(|it| it.spelled(record.before.protocol));
    let is_changed = (old.status(), spelled(old)) != (new.status(), spelled(new));
    let expected = if is_changed {
        record.context.now
    } else {
        old.modified_at
    };
    assert_eq!(new.modified_at, expected, "{:?}", record.input);
}

fn stays_within_its_bounds(part: &Part, life: &Life) {
    assert!(part.retries <= life.terms.retry_limit);
    let is_http = life.protocol == Protocol::Http;
    let letter = letter(&part.stage);
    let is_possible = match letter {
        "W" | "C" | "D" => true,
        "O" => is_http,
        _ => !is_http,
    };
    assert!(is_possible, "{letter} over {}", life.protocol);
}

fn a_refusal_changes_nothing(record: &Record) {
    let step = &record.step;
    let changes = step.life != record.before || !step.events.is_empty() || !step.effects.is_empty();
    match step.answer {
        Answer::Unchanged
        | Answer::Later
        | Answer::CannotBe
        | Answer::AlreadyCancelled
        | Answer::Ended
        | Answer::InFlight => assert!(!changes, "{:?}: {:?}", record.input, step.answer),
        Answer::Moved | Answer::Noted | Answer::Cancelled => assert!(changes, "{:?}", record.input),
        Answer::CancelAccepted => {}
    }
    if step.answer == Answer::Noted {
        let shown = |life: &Life| (life.status(), life.modified_at);
        assert_eq!(shown(&step.life), shown(&record.before));
    }
}

fn the_status_is_the_function_of_the_parts(record: &Record) {
    let after = &record.step.life;
    if after.instruction.is_none() {
        assert_eq!(after.modified_at, after.parts[0].modified_at);
        assert!(record.step.events.iter().all(|it| it.part.is_some()));
        return;
    }
    assert_eq!(after.status(), status_in_other_words(after));
    let is_changed = record.before.status() != after.status();
    let expected = if is_changed {
        record.context.now
    } else {
        record.before.modified_at
    };
    assert_eq!(after.modified_at, expected);
    let is_final = matches!(
        after.status(),
        Status::Delivered | Status::Failed | Status::Cancelled
    );
    assert_eq!(is_final, after.is_ended());
}

/// The first line of the list that holds, written as a table of counts.
fn status_in_other_words(life: &Life) -> Status {
    let count =
        |holds: &dyn Fn(&Part) -> bool| life.parts.iter().filter(|part| holds(part)).count();
    let all = life.parts.len();
    let delivered = count(&|part| part.status() == PartStatus::Done && part.failure.is_none());
    let done = count(&|part| part.status() == PartStatus::Done);
    let pausing = count(&|part| letter(&part.stage) == "P");
    let carried = count(&|part| letter(&part.stage) == "C" || letter(&part.stage).starts_with('K'));
    let started = count(&|part| part.attempt > 0);
    match () {
        () if delivered == all => Status::Delivered,
        () if done == all && life.instruction.unwrap().cancel_asked => Status::Cancelled,
        () if done == all => Status::Failed,
        () if pausing > 0 => Status::Retry,
        () if delivered + carried == all => Status::SentToCarrier,
        () if started > 0 => Status::Executing,
        () => Status::Pending,
    }
}

fn effects_name_their_stage(record: &Record) {
    let stage = |id| {
        letter(
            &record
                .step
                .life
                .parts
                .iter()
                .find(|part| part.id == id)
                .unwrap()
                .stage,
        )
    };
    for effect in &record.step.effects {
        match effect {
            Effect::HandOver { part, attempt } => {
                assert_eq!(stage(*part), "H");
                let new = record
                    .step
                    .life
                    .parts
                    .iter()
                    .find(|it| it.id == *part)
                    .unwrap();
                assert_eq!(new.attempt, *attempt);
            }
            Effect::TakeBack { part, .. } => assert!(stage(*part).starts_with('K')),
            Effect::Ask { part } => assert!(
                matches!(stage(*part), "U" | "U late" | "C") || stage(*part).starts_with('K')
            ),
            Effect::Deliver { part } => assert_eq!(stage(*part), "C"),
        }
    }
}

fn it_is_due_or_has_ended(record: &Record) {
    let life = &record.step.life;
    assert!(life.is_ended() || life.due().is_some());
}

/// What holds only where turns are given as the line says.
pub(crate) fn sends_only_what_may_be_sent(record: &Record) {
    for effect in &record.step.effects {
        let (Effect::HandOver { part, .. } | Effect::Deliver { part }) = effect else {
            continue;
        };
        let before = &record.before;
        let (others, own): (Vec<&Part>, Vec<&Part>) =
            before.parts.iter().partition(|it| it.id != *part);
        assert!(
            others.iter().all(|it| !it.is_in_flight()),
            "two parts in flight"
        );
        let earlier = others.iter().filter(|it| it.id < *part);
        assert!(
            earlier.into_iter().all(|it| it.is_delivered()),
            "out of order"
        );
        let resent = matches!(own[0].stage, Stage::Unknown { .. });
        assert!(
            !(resent && own[0].on_unknown == OnUnknown::Fail),
            "a toggle was sent twice"
        );
        let same_again = letter(&own[0].stage) == "C";
        let is_wanted = !own[0].cancel_asked && others.iter().all(|it| !it.is_failed());
        assert!(
            same_again || is_wanted,
            "sent after a cancel or one that failed"
        );
    }
}

pub(crate) fn logs_in_order(simulator: &Simulator) {
    let logged: Vec<_> = simulator
        .events
        .iter()
        .filter(|it| it.kind.is_logged())
        .collect();
    let at = |kind| {
        logged
            .iter()
            .position(|it| it.kind == kind && it.part.is_none())
    };
    let count = |kind| {
        logged
            .iter()
            .filter(|it| it.kind == kind && it.part.is_none())
            .count()
    };
    let ends = [EventKind::Delivered, EventKind::Failed, EventKind::Rejected];
    let ended: usize = ends.into_iter().map(count).sum();
    assert!(count(EventKind::Started) <= 1 && ended <= 1 && count(EventKind::CancelAccepted) <= 1);
    if simulator.life.instruction.is_none() {
        return;
    }
    assert_eq!(ended == 0, simulator.life.status() == Status::Cancelled);
    if let Some(end) = ends.into_iter().find_map(at) {
        assert_eq!(end + 1, logged.len(), "logged after the end");
    }
    let first_sent = logged.iter().position(|it| it.kind == EventKind::PartSent);
    assert!(
        first_sent.is_none_or(|sent| at(EventKind::Started).is_some_and(|started| started < sent))
    );
    assert_eq!(
        at(EventKind::Started).is_some(),
        simulator.life.parts[0].attempt > 0
    );
}

pub(crate) fn ends_once(simulator: &Simulator) {
    for part in &simulator.life.parts {
        let of_part: Vec<_> = simulator
            .events
            .iter()
            .filter(|it| it.part == Some(part.id))
            .collect();
        let end = |kind: EventKind| {
            matches!(
                kind,
                EventKind::PartDelivered | EventKind::PartFailed | EventKind::Ended
            )
        };
        assert_eq!(of_part.iter().filter(|it| end(it.kind)).count(), 1);
        let sent = of_part.iter().position(|it| it.kind == EventKind::PartSent);
        let delivered = of_part
            .iter()
            .position(|it| it.kind == EventKind::PartDelivered);
        assert_eq!(delivered.is_some(), part.is_delivered());
        assert!(delivered.is_none_or(|delivered| sent.is_some_and(|sent| sent < delivered)));
        if part.delivery == Delivery::HandedOver && part.is_failed() {
            assert_eq!(sent, None, "handing over was delivery");
        }
    }
}
