//! The service stops at each of its verbs to the store, and is started again.
//!
//! Once the verb is not done, and once it is done and its answer is lost. After that nothing of this
//! process reaches the store, as if it had been killed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod stopping;
mod world;

use std::time::Duration;

use downlink_server::life::EventKind;

use stopping::Stop;
use world::{Device, World};

/// More verbs than a run has.
const MOST: usize = 1_000;

/// Fewer verbs than a run has: else it does not do what it should.
const FEWEST: usize = 40;

#[tokio::test]
async fn each_part_has_one_end_wherever_the_process_stopped() {
    for stop in [Stop::Before, Stop::After] {
        let mut verbs = 0;
        while !stopped_at(verbs, stop).await {
            verbs += 1;
            assert!(verbs < MOST, "a run ends");
        }
        assert!(verbs > FEWEST, "{verbs} verbs");
    }
}

/// Runs with a process that stops at this verb, and with another one after it; true if the first
/// one came to the end of its run.
async fn stopped_at(verb: usize, stop: Stop) -> bool {
    let mut world = World::new().await;
    let process = world.process(Some((verb, stop)));
    let mut accepted = Vec::new();
    for device in [Device::Resends, Device::Fails, Device::Resends] {
        accepted.extend(world.post(&process, device).await);
    }
    world.work(&process).await;
    let came_to_its_end = !process.is_stopped();
    // Nobody holds what the process held any more.
    drop(process);
    world.clock.advance(Duration::from_mins(1));

    let process = world.process(None);
    process.operations.recover().await;
    world.work(&process).await;
    for (device, part) in accepted {
        let history = process.history(part).await;
        let ends = history.iter().filter(|event| is_end(event.kind)).count();
        assert_eq!(ends, 1, "verb {verb} {stop:?} {device:?}: {history:#?}");
        let delivered = history.iter().any(|it| it.kind == EventKind::PartDelivered);
        let times = world.times(part);
        match device {
            Device::Resends => assert!(delivered && (1..=2).contains(&times), "{times}"),
            Device::Fails => assert!(times <= 1 && (times == 1 || !delivered), "{times}"),
        }
    }
    came_to_its_end
}

fn is_end(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::PartDelivered | EventKind::PartFailed | EventKind::Ended
    )
}
