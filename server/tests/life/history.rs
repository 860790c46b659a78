//! What is accepted, and what stands in logs and histories.

use downlink_server::id::DownlinkId;
use downlink_server::life::{Event, EventKind, Life, PartStatus, Status, Terms};
use uuid::Uuid;

use crate::scenario::{Scenario, now};

fn kinds(events: &[Event]) -> Vec<(EventKind, bool)> {
    events
        .iter()
        .map(|event| (event.kind, event.part.is_some()))
        .collect()
}

fn instruction(dry_run: bool) -> (Life, Vec<Event>) {
    let scenario = Scenario::LORA;
    let terms = Terms {
        dry_run,
        ..scenario.terms()
    };
    let parts = [scenario.new_part(1), scenario.new_part(2)];
    Life::accept(
        DownlinkId(Uuid::nil()),
        scenario.protocol,
        terms,
        &parts,
        now(),
    )
}

#[test]
fn what_is_accepted_waits() {
    let (life, events) = instruction(false);
    assert_eq!(life.status(), Status::Pending);
    assert!(
        life.parts
            .iter()
            .all(|part| part.status() == PartStatus::Pending)
    );
    assert_eq!((life.created_at, life.modified_at), (now(), now()));
    assert_eq!(life.due(), Some(life.terms.give_up_at));
    let expected = [
        (EventKind::Accepted, false),
        (EventKind::PartAccepted, true),
        (EventKind::PartAccepted, true),
    ];
    assert_eq!(kinds(&events), expected);
}

#[test]
fn a_dry_run_ends_well_at_once_and_is_logged_the_same() {
    let (life, events) = instruction(true);
    assert_eq!(life.status(), Status::Delivered);
    assert!(life.is_ended() && life.due().is_none());
    let logged: Vec<_> = events
        .iter()
        .filter_map(|event| event.kind.contract_name())
        .collect();
    let expected = [
        "DOWNLINK_ACCEPTED",
        "DOWNLINK_STARTED",
        "DOWNLINK_PART_SENT",
        "DOWNLINK_PART_DELIVERED",
        "DOWNLINK_PART_SENT",
        "DOWNLINK_PART_DELIVERED",
        "DOWNLINK_DELIVERED",
    ];
    assert_eq!(logged, expected);
}

#[test]
fn a_direct_part_is_its_own_downlink_and_has_no_instruction() {
    for dry_run in [false, true] {
        let scenario = Scenario::SMS;
        let terms = Terms {
            dry_run,
            ..scenario.terms()
        };
        let part = scenario.new_part(7);
        let (life, events) = Life::accept_part(part, scenario.protocol, terms, now());
        assert_eq!(life.id.0, part.id.0);
        assert_eq!(life.instruction, None);
        assert_eq!(life.is_ended(), dry_run);
        assert!(events.iter().all(|event| event.part == Some(part.id)));
        assert_eq!(events[0].kind, EventKind::PartAccepted);
    }
}

#[test]
fn each_status_is_spelled_as_the_contract_spells_it() {
    let all = [
        (Status::Pending, "PENDING"),
        (Status::Executing, "EXECUTING"),
        (Status::SentToCarrier, "SENT_TO_CARRIER"),
        (Status::Retry, "RETRY"),
        (Status::Delivered, "DELIVERED"),
        (Status::Failed, "FAILED"),
        (Status::Cancelled, "CANCELLED"),
    ];
    for (status, spelled) in all {
        assert_eq!(status.as_str(), spelled);
    }
    let parts = [PartStatus::Pending, PartStatus::Executing, PartStatus::Done];
    assert_eq!(
        parts.map(PartStatus::as_str),
        ["PENDING", "EXECUTING", "DONE"]
    );
}
