//! Tells the worker that there may be something to do.

use std::sync::Arc;

use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;

/// A bell between those who make a line due and those who work on lines.
///
/// Whoever waits registers before looking, so that a ring between the look and the wait is heard.
#[derive(Clone, Debug, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// Rings the bell.
    pub fn ring(&self) {
        self.0.notify_waiters();
        self.0.notify_one();
    }

    /// Ends at the next ring, counted from the call.
    pub fn rung(&self) -> OwnedNotified {
        Arc::clone(&self.0).notified_owned()
    }
}
