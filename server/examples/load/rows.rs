//! The same store with few rows and with many: claims, lists, memory.

use std::sync::Arc;
use std::time::{Duration, Instant};

use downlink_server::clock::{Clock, SystemClock};
use downlink_server::store::Store;
use downlink_server::store::sqlite::SqliteStore;

use crate::folder::Folder;
use crate::service::Running;
use crate::stopwatch::Times;
use crate::{fill, lists, post};

const FEW: u64 = 10_000;

/// Rows that are written together.
const AT_ONCE: u64 = 100_000;

/// Lines that are claimed at a time, and how often.
const CLAIMED: u32 = 64;
const CLAIMS: usize = 15;

pub(crate) async fn print(many: u64) {
    let folder = Folder::new().without_broker();
    let (store, written) = folder.opened().await;
    fill::originals(&store).await;
    let few = measured(&folder, &store, fill::ORIGINALS, FEW).await;
    let more = measured(&folder, &store, FEW, many).await;
    println!(
        "    claim of {CLAIMED} lines: {}",
        compared(few.claim, more.claim)
    );
    lists::print(&few.lists, &more.lists);
    drop(store);
    written.await.unwrap();
    println!(
        "    the store with {many} rows takes {} MiB on disk",
        folder.size()
    );
    let service = Running::start(&folder, "paused");
    println!("    memory at rest: {} MiB", service.memory().0);
    post::measure(&service, 64).await;
    let (now, most) = service.memory();
    println!("    memory after that: {now} MiB, at most {most} MiB");
    service.stop();
}

struct Measured {
    claim: Duration,
    lists: Vec<lists::Measured>,
}

/// Adds rows until there are so many, and measures.
async fn measured(
    folder: &Folder,
    store: &Arc<SqliteStore>,
    mut before: u64,
    rows: u64,
) -> Measured {
    let start = Instant::now();
    while before < rows {
        let next = rows.min(before + AT_ONCE);
        fill::copies(&folder.store(), before..next).await;
        before = next;
    }
    println!("    {rows} rows after {:.1?}", start.elapsed());
    Measured {
        lists: lists::measure(store, rows).await,
        claim: claim(store).await,
    }
}

/// The median of claims; the lines are let go of for a later day.
async fn claim(store: &SqliteStore) -> Duration {
    let mut times = Vec::new();
    for _ in 0..CLAIMS {
        let now = SystemClock.now();
        let start = Instant::now();
        let claims = store.claim(now, now.plus(Duration::from_secs(30)), CLAIMED);
        let claims = claims.await.unwrap();
        times.push(start.elapsed());
        assert_eq!(claims.len(), usize::try_from(CLAIMED).unwrap());
        let later = now.plus(Duration::from_hours(24));
        let releases = claims.iter().map(|claim| store.release(claim, Some(later)));
        for released in futures::future::join_all(releases).await {
            released.unwrap();
        }
    }
    Times::of(times).at(50)
}

/// A time with few rows, one with many, and the ratio.
pub(crate) fn compared(few: Duration, many: Duration) -> String {
    let ratio = many.as_secs_f64() / few.as_secs_f64();
    format!("{few:.2?} with few, {many:.2?} with many, {ratio:.2} times")
}
