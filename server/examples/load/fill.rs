//! Rows for lists and claims.
//!
//! The first hundred are written by the store's own verb. The others are copies of them, made by
//! statements of this program, since a million acceptances take too long; what a copy keeps of its
//! original is the document of its state.

use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use downlink_server::clock::Moment;
use downlink_server::id::{Client, DownlinkId, Ids, PartId, SystemIds};
use downlink_server::life::{Delivery, Life, NewPart, OnUnknown, Protocol, Stage, Terms};
use downlink_server::store::sqlite::SqliteStore;
use downlink_server::store::{
    Acceptance, Accepted, Content, Instruction, Message, Provenance, Store,
};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, query};
use uuid::Uuid;

use crate::folder::device;
use crate::issuer::CLIENT;

/// Rows that are not copies.
pub(crate) const ORIGINALS: u64 = 100;
/// Parts that wait for each device.
pub(crate) const EACH: u64 = 10;
/// When the first was accepted, in microseconds; each was a millisecond after the one before.
const FIRST: i64 = 1_790_000_000_000_000;

/// Memory for copying, in KiB.
const CACHE: &str = "-262144";

/// `$1` to `$2` are the numbers of copies of all originals.
const COPIES: &str = "WITH RECURSIVE n (n) AS (SELECT $1 UNION ALL SELECT n + 1 FROM n WHERE n + 1 < $2) INSERT INTO ";
/// Each copies a table: its name, and the rows of copy `n`.
const TABLES: [(&str, &str); 7] = [
    (
        "line",
        "SELECT printf('%.40s%012d:', device, 10 * n + substr(device, 41, 12)), protocol, \
         last_number, open_parts, due_at, lease_until, fence, wakes \
         FROM n, line WHERE substr(device, 41, 12) + 0 < 10",
    ),
    (
        "life",
        "SELECT key + 100 * n, CAST(printf('%016d', key + 100 * n) AS BLOB), client, \
         printf('%.40s%012d:', device, 10 * n + substr(device, 41, 12)), protocol, number, version, \
         state, provenance, created_at + 100000 * n, open_parts, in_line, ended_at \
         FROM n, life WHERE key <= 100",
    ),
    (
        "instruction",
        "SELECT life + 100 * n, CAST(printf('%016d', life + 100 * n) AS BLOB), client, \
         printf('%.40s%012d:', device, 10 * n + substr(device, 41, 12)), 1, \
         'order ' || (life + 100 * n), status, created_at + 100000 * n, \
         modified_at + 100000 * n, logged, message FROM n, instruction WHERE life <= 100",
    ),
    (
        "part",
        "SELECT key + 100 * n, CAST(printf('p%015d', key + 100 * n) AS BLOB), life + 100 * n, \
         position, client, protocol, printf('%.40s%012d:', device, 10 * n + substr(device, 41, 12)), \
         status, created_at + 100000 * n, modified_at + 100000 * n, noted, masked, sealed, message, \
         document FROM n, part WHERE key <= 100",
    ),
    (
        "reference",
        "SELECT client, 'order ' || (life + 100 * n), CAST(printf('%016d', life + 100 * n) AS BLOB) \
         FROM n, instruction WHERE life <= 100",
    ),
    (
        "event",
        "SELECT CAST(printf('%016d', i.life + 100 * n) AS BLOB), e.seq, e.entry \
         FROM n, instruction i JOIN event e ON e.owner = i.id WHERE i.life <= 100",
    ),
    (
        "event",
        "SELECT CAST(printf('p%015d', p.key + 100 * n) AS BLOB), e.seq, e.entry \
         FROM n, part p JOIN event e ON e.owner = p.id WHERE p.key <= 100",
    ),
];

/// When the row of this number was accepted.
pub(crate) fn accepted_at(number: u64) -> Moment {
    Moment::from_micros(FIRST).plus(Duration::from_millis(number))
}

/// When it was modified: not in the order of acceptance.
pub(crate) fn modified_at(number: u64) -> Moment {
    accepted_at(number).plus(Duration::from_millis(number % ORIGINALS * 7919 % 60_000))
}

/// The key of the row of this number, as texts and identifiers of copies have it.
pub(crate) fn key(number: u64) -> u64 {
    number + 1
}

/// The identifiers of a copy: of the instruction, and of its part.
pub(crate) fn ids(number: u64) -> (Uuid, Uuid) {
    let id = |text: String| Uuid::from_slice(text.as_bytes()).unwrap();
    let key = key(number);
    (id(format!("{key:016}")), id(format!("p{key:015}")))
}

/// The status of an instruction.
pub(crate) fn status(number: u64) -> &'static str {
    match stage(number, accepted_at(number)) {
        Stage::Carried { .. } => "SENT_TO_CARRIER",
        Stage::Pausing { .. } => "RETRY",
        _ => "PENDING",
    }
}

/// Writes the originals, each part of which waits.
pub(crate) async fn originals(store: &SqliteStore) {
    for number in 0..ORIGINALS {
        accept(store, number).await;
    }
}

/// Copies them, so that rows of these numbers are there.
pub(crate) async fn copies(file: &Path, numbers: Range<u64>) {
    let options = SqliteConnectOptions::new().filename(file);
    let mut db = options.pragma("cache_size", CACHE).connect().await.unwrap();
    let mut transaction = db.begin().await.unwrap();
    let bound = |number: u64| i64::try_from(number / ORIGINALS).unwrap();
    for (table, rows) in TABLES {
        query(AssertSqlSafe(format!("{COPIES}{table} {rows}")))
            .bind(bound(numbers.start))
            .bind(bound(numbers.end))
            .execute(&mut *transaction)
            .await
            .unwrap();
    }
    transaction.commit().await.unwrap();
    db.close().await.unwrap();
}

pub(crate) async fn accept(store: &SqliteStore, number: u64) {
    let accepted = store.accept(acceptance(number)).await.unwrap();
    assert_eq!(accepted, Accepted::New);
}

/// An instruction of one part. Of a hundred, nine pause before another try, one is with its
/// carrier, and the others had no turn yet.
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
    life.modified_at = modified_at(number);
    life.parts[0].modified_at = life.modified_at;
    Acceptance {
        life,
        client: Client::new(CLIENT),
        device: device(number / EACH),
        instruction: Some(Instruction {
            external_reference: Some(format!("order {}", key(number))),
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
    match number % ORIGINALS {
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
