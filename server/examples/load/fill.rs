//! Rows for lists and claims, written by the store's own verbs.

use std::sync::Arc;
use std::time::Duration;

use downlink_server::clock::Moment;
use downlink_server::id::{Client, DownlinkId, Ids, PartId, SystemIds};
use downlink_server::life::{Delivery, Life, NewPart, OnUnknown, Protocol, Stage, Terms};
use downlink_server::store::sqlite::SqliteStore;
use downlink_server::store::{
    Acceptance, Accepted, Content, Instruction, Message, Provenance, Store,
};

use crate::folder::{CLIENT, device};

/// Parts that wait for each device.
pub(crate) const EACH: u64 = 10;
/// How many are accepted at a time.
const CALLERS: u64 = 64;
/// When the first was accepted, in microseconds; each was a millisecond after the one before.
const FIRST: i64 = 1_790_000_000_000_000;

/// When the row of this number was accepted.
pub(crate) fn accepted_at(number: u64) -> Moment {
    Moment::from_micros(FIRST).plus(Duration::from_millis(number))
}

/// Writes the rows of these numbers; all of them wait.
pub(crate) async fn fill(store: &Arc<SqliteStore>, numbers: std::ops::Range<u64>) {
    let callers = (0..CALLERS).map(|caller| {
        let store = Arc::clone(store);
        let numbers = numbers.clone().skip(usize::try_from(caller).unwrap());
        let numbers = numbers.step_by(usize::try_from(CALLERS).unwrap());
        tokio::spawn(async move {
            for number in numbers {
                accept(&store, number).await;
            }
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.unwrap();
    }
}

pub(crate) async fn accept(store: &SqliteStore, number: u64) {
    let accepted = store.accept(acceptance(number)).await.unwrap();
    assert_eq!(accepted, Accepted::New);
}

/// An instruction of one part. Of a hundred, nine pause before another try, one is being handed
/// over, and the others had no turn yet.
fn acceptance(number: u64) -> Acceptance {
    let now = accepted_at(number);
    let (id, part) = (SystemIds.uuid(now), PartId(SystemIds.uuid(now)));
    let new = NewPart {
        id: part,
        on_unknown: OnUnknown::Resend,
        delivery: Delivery::Reported,
    };
    let terms = Terms {
        retry_limit: 3,
        feedback_timeout: Duration::from_mins(10),
        give_up_at: now.plus(Duration::from_hours(168)),
        dry_run: false,
    };
    let (mut life, events) = Life::accept(DownlinkId(id), Protocol::Lora, terms, &[new], now);
    life.parts[0].stage = stage(number, now);
    life.modified_at = now.plus(Duration::from_millis(number * 7 % 60_000));
    life.parts[0].modified_at = life.modified_at;
    Acceptance {
        life,
        client: Client::new(CLIENT),
        device: device(number / EACH),
        instruction: Some(Instruction {
            external_reference: Some(format!("order {number}")),
            message: format!(
                "[{{\"bn\":\"{}\",\"n\":\"reboot\",\"vb\":true}}]",
                device(number)
            ),
        }),
        provenance: Provenance {
            encoder: Some(String::from("sensor")),
            digest: None,
            trace: None,
        },
        contents: vec![Content {
            part,
            document: String::from("{\"port\":1,\"payload\":\"AQIDBA==\"}"),
            message: Message::Plain(vec![1; 20]),
            masked: false,
        }],
        events,
        idempotency: None,
        line_limit: u32::MAX,
    }
}

fn stage(number: u64, now: Moment) -> Stage {
    match number % 100 {
        0 => Stage::Carried {
            item: None,
            due: now,
            look_at: None,
            missing_since: None,
        },
        1..10 => Stage::Pausing { until: now },
        _ => Stage::Waiting,
    }
}
