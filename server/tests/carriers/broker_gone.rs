//! A real mosquitto is killed among messages, and started again.

use std::sync::Arc;
use std::time::Duration;

use downlink::message::mqtt::Qos;
use downlink_server::carrier::{Carrier, Heard, MqttCarrier, Parcel};
use downlink_server::clock::{Clock, SystemClock};
use downlink_server::life::{HandOver, Report};
use futures::future::join_all;
use tokio::sync::mpsc;

use crate::broker::{Mosquitto, Received, soon};
use crate::world::{TAKEN, part, publish, settings};

/// Messages that are handed over at the same time.
const BATCH: u128 = 8;

/// How many batches there are, and which of them meet the kill, and the broker's return.
const BATCHES: u128 = 30;
const KILLED_AT: u128 = 10;
const BACK_AT: u128 = 20;

const DEADLINE: Duration = Duration::from_secs(5);

/// What became of one message.
struct Told {
    number: u128,
    qos: Qos,
    outcome: HandOver,
}

fn topic(number: u128) -> String {
    format!("message/{number}")
}

async fn hand_over(carrier: &MqttCarrier, number: u128) -> Told {
    let qos = if number.is_multiple_of(3) {
        Qos::AtMostOnce
    } else {
        Qos::AtLeastOnce
    };
    let now = SystemClock.now();
    let parcel = Parcel {
        part: part(number),
        attempt: 1,
        device: downlink::instruction::DeviceId::Uuid(0),
        message: publish(&topic(number), number.to_string(), qos).into(),
        expires_at: now.plus(Duration::from_mins(10)),
        deadline: now.plus(DEADLINE),
    };
    let outcome = soon(carrier.hand_over(&parcel)).await;
    let took = SystemClock.now().since(now);
    assert!(took < 2 * DEADLINE, "{took:?} is far beyond the deadline");
    Told {
        number,
        qos,
        outcome,
    }
}

async fn hand_over_all(broker: &mut Mosquitto, carrier: &MqttCarrier) -> Vec<Told> {
    let mut told = Vec::new();
    for batch in 0..BATCHES {
        if batch == BACK_AT {
            broker.restart().await;
            soon(carrier.connected()).await;
        }
        let numbers = batch * BATCH..(batch + 1) * BATCH;
        let kill = async {
            if batch == KILLED_AT {
                broker.kill();
            }
        };
        let calls = join_all(numbers.map(|number| hand_over(carrier, number)));
        told.extend(tokio::join!(calls, kill).0);
    }
    told
}

/// Waits until every message that was taken and can be acknowledged has a report.
async fn reports(told: &[Told], mut heard: mpsc::Receiver<Heard>) -> Vec<Heard> {
    let taken = |one: &&Told| one.outcome == TAKEN && one.qos != Qos::AtMostOnce;
    let mut reports = Vec::new();
    for _ in told.iter().filter(taken) {
        reports.push(soon(heard.recv()).await.unwrap());
    }
    assert!(heard.try_recv().is_err(), "a message has one report");
    reports
}

#[tokio::test]
async fn a_killed_broker_loses_nothing_without_a_word() {
    let Some(mut broker) = Mosquitto::start("").await else {
        return;
    };
    let mut settings = settings(broker.port);
    settings.first_pause = Duration::from_millis(1);
    settings.longest_pause = Duration::from_millis(10);
    let (sender, heard) = mpsc::channel(1000);
    let (carrier, link) = MqttCarrier::new(settings, Arc::new(SystemClock), sender);
    let link = tokio::spawn(link);
    soon(carrier.connected()).await;

    let told = hand_over_all(&mut broker, &carrier).await;
    let reports = reports(&told, heard).await;
    link.abort();
    let received = broker.end();

    assert_eq!(told.len(), usize::try_from(BATCH * BATCHES).unwrap());
    for one in &told {
        check(one, &received);
    }
    for heard in &reports {
        let number = heard.part.0.as_u128();
        match heard.report {
            Report::Delivered => assert_eq!(received.count(&topic(number)), 1, "{number}"),
            Report::Lost { .. } => {}
            Report::Failed { .. } | Report::Progress { .. } => panic!("{heard:?}"),
        }
    }
}

/// Holds what was answered against what the broker received: nothing twice, nothing that was
/// answered to be unsent, and all while it was there.
fn check(one: &Told, broker: &Received) {
    let Told {
        number, outcome, ..
    } = one;
    let received = broker.count(&topic(*number));
    assert!(received <= 1, "{number} came {received} times");
    match outcome {
        HandOver::Unavailable => assert_eq!(received, 0, "{number} was unsent"),
        HandOver::Taken { .. } | HandOver::Unknown => {}
        HandOver::Refused { .. } => panic!("{number}: {outcome:?}"),
    }
    let batch = number / BATCH;
    if !(KILLED_AT..BACK_AT).contains(&batch) {
        assert_eq!(outcome, &TAKEN, "{number}");
    }
    if batch > KILLED_AT && batch < BACK_AT {
        assert_ne!(outcome, &TAKEN, "{number}");
    }
}
