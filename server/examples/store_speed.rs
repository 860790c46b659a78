//! Prints how fast the SQLite store accepts and claims; run it in release, it takes a minute.
//!
//! `cargo run --release -p downlink-server --example store_speed`

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a program that measures prints, reads the clock, and stops at the first failure"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use downlink_server::clock::{Clock, SystemClock};
use downlink_server::id::{Client, DownlinkId, Ids, PartId, SystemIds};
use downlink_server::life::{
    Delivery, Event, EventKind, Instruction, Life, OnUnknown, Part, Protocol, Stage, Terms,
};
use downlink_server::store::sqlite::SqliteStore;
use downlink_server::store::{self, Acceptance, Accepted, Content, Message, Provenance, Store};

const ROUND: Duration = Duration::from_secs(5);
const CLAIMS: u32 = 64;

#[tokio::main]
async fn main() {
    for callers in [1, 16, 64] {
        let store = opened().await;
        let accepted = accept_for_a_while(&store, callers).await;
        println!("{callers:>3} callers: {accepted:>6} accepted a second");
    }
    for lines in [10_000, 100_000] {
        let store = opened().await;
        fill(&store, lines).await;
        let (claimed, time) = claim_all(&store).await;
        let each = time.as_secs_f64() * 1e6 / f64::from(claimed);
        println!("{lines:>6} waiting lines: {each:>6.1} us a claimed and released line");
    }
}

async fn opened() -> Arc<SqliteStore> {
    let folder = tempfile::tempdir().unwrap().keep();
    let clock = Arc::new(SystemClock);
    let (store, writer) = SqliteStore::open(&folder.join("store.db"), clock)
        .await
        .unwrap();
    tokio::spawn(async move {
        writer.await;
        std::fs::remove_dir_all(folder).unwrap();
    });
    Arc::new(store)
}

/// Accepts from so many tasks at once, and answers how many a second.
async fn accept_for_a_while(store: &Arc<SqliteStore>, callers: u32) -> u64 {
    let end = Instant::now() + ROUND;
    let tasks: Vec<_> = (0..callers)
        .map(|caller| {
            let store = Arc::clone(store);
            tokio::spawn(async move {
                let mut accepted = 0_u64;
                while Instant::now() < end {
                    accept(&store, u64::from(caller) + 1_000 * (accepted % 1_000)).await;
                    accepted += 1;
                }
                accepted
            })
        })
        .collect();
    let mut accepted = 0;
    for task in tasks {
        accepted += task.await.unwrap();
    }
    accepted / ROUND.as_secs()
}

async fn fill(store: &Arc<SqliteStore>, lines: u64) {
    let tasks: Vec<_> = (0..64)
        .map(|first| {
            let store = Arc::clone(store);
            tokio::spawn(async move {
                for device in (first..lines).step_by(64) {
                    accept(&store, device).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

async fn claim_all(store: &SqliteStore) -> (u32, Duration) {
    let start = Instant::now();
    let mut claimed = 0;
    for _ in 0..32 {
        let now = SystemClock.now();
        let lease = now.plus(Duration::from_secs(30));
        let claims = store.claim(now, lease, CLAIMS).await.unwrap();
        claimed += u32::try_from(claims.len()).unwrap();
        let releases = claims.iter().map(|claim| store.release(claim, Some(lease)));
        for released in futures::future::join_all(releases).await {
            released.unwrap();
        }
    }
    (claimed, start.elapsed())
}

async fn accept(store: &SqliteStore, device: u64) {
    let new = acceptance(format!("urn:dev:eui:{device:016x}:"));
    assert_eq!(store.accept(new).await.unwrap(), Accepted::New);
}

fn acceptance(device: String) -> Acceptance {
    let now = SystemClock.now();
    let id = DownlinkId(SystemIds.uuid(now));
    let part = PartId(SystemIds.uuid(now));
    let accepted = Event {
        at: now,
        part: None,
        kind: EventKind::Accepted,
        error_code: None,
        detail: None,
    };
    Acceptance {
        life: life(id, part),
        client: Client::new("https://issuer.example acme"),
        device,
        instruction: Some(store::Instruction {
            external_reference: Some(id.to_string()),
            message: String::from(
                "[{\"bn\":\"urn:dev:eui:0011223344556677:\",\"n\":\"reboot\",\"vb\":true}]",
            ),
        }),
        provenance: Provenance {
            encoder: None,
            digest: None,
            trace: None,
        },
        contents: vec![Content {
            part,
            document: String::from("{\"port\":1,\"payload\":\"AQIDBA==\"}"),
            message: Message::Plain(vec![1; 20]),
            masked: false,
        }],
        events: vec![
            accepted.clone(),
            Event {
                part: Some(part),
                kind: EventKind::PartAccepted,
                ..accepted
            },
        ],
        idempotency: None,
        line_limit: u32::MAX,
    }
}

fn life(id: DownlinkId, part: PartId) -> Life {
    let now = SystemClock.now();
    let part = Part {
        id: part,
        on_unknown: OnUnknown::Resend,
        delivery: Delivery::Reported,
        stage: Stage::Waiting,
        attempt: 0,
        retries: 0,
        failure: None,
        first_turn: None,
        was_handed_over: false,
        cancel_asked: false,
        modified_at: now,
    };
    Life {
        id,
        protocol: Protocol::Lora,
        terms: Terms {
            retry_limit: 3,
            feedback_timeout: Duration::from_mins(10),
            give_up_at: now.plus(Duration::from_hours(168)),
            dry_run: false,
        },
        instruction: Some(Instruction::default()),
        parts: vec![part],
        created_at: now,
        modified_at: now,
    }
}
