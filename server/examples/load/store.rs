//! What the store alone accepts, without HTTP.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::fill::accept;
use crate::folder::Folder;

const ROUND: Duration = Duration::from_secs(5);

pub(crate) async fn print() {
    for callers in [1, 16, 64] {
        let folder = Folder::new();
        let (store, written) = folder.opened().await;
        let end = Instant::now() + ROUND;
        let accepted = Arc::new(AtomicU64::new(0));
        let tasks = (0..callers).map(|_| {
            let (store, accepted) = (Arc::clone(&store), Arc::clone(&accepted));
            tokio::spawn(async move {
                while Instant::now() < end {
                    accept(&store, accepted.fetch_add(1, Ordering::Relaxed)).await;
                }
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        let accepted = accepted.load(Ordering::Relaxed) / ROUND.as_secs();
        println!("    {callers:>2} callers: {accepted:>5} accepted a second");
        drop(store);
        written.await.unwrap();
    }
}
