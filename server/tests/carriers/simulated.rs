//! The simulated carrier, which has no peer.

use std::sync::Arc;

use downlink::message::mqtt::Qos;
use downlink_server::carrier::{Carrier, Heard, Simulated};
use downlink_server::clock::{ManualClock, Moment};
use downlink_server::life::{HandOver, Report};
use tokio::sync::mpsc;

use crate::broker::soon;
use crate::world::{DEADLINE, TAKEN, World, part, publish, settings};

#[tokio::test]
async fn it_says_that_it_is_simulated_and_calls_everything_delivered() {
    let world = World::new(settings(1));
    let (sender, mut heard) = mpsc::channel(1);
    let carrier = Simulated::new(world.clock.clone(), sender);
    assert!(carrier.is_simulated());
    let parcel = world.parcel(1, publish("t", "on", Qos::AtMostOnce));
    assert_eq!(soon(carrier.hand_over(&parcel)).await, TAKEN);
    let report = Heard {
        part: part(1),
        attempt: 1,
        report: Report::Delivered,
    };
    assert_eq!(soon(heard.recv()).await, Some(report));
}

#[tokio::test]
async fn it_takes_nothing_that_it_could_not_report() {
    let clock = Arc::new(ManualClock::at(Moment::from_micros(0)));
    let (sender, mut heard) = mpsc::channel(1);
    let carrier = Simulated::new(clock.clone(), sender);
    let world = World::new(settings(1));
    let mut parcel = world.parcel(1, publish("t", "on", Qos::AtMostOnce));
    parcel.deadline = Moment::from_micros(0).plus(DEADLINE);
    assert_eq!(soon(carrier.hand_over(&parcel)).await, TAKEN);
    let deadline = async { clock.advance(DEADLINE) };
    let (outcome, ()) = tokio::join!(carrier.hand_over(&parcel), deadline);
    assert_eq!(outcome, HandOver::Unavailable);
    assert!(soon(heard.recv()).await.is_some());
    assert!(heard.try_recv().is_err());
}
