//! A real broker, whoever listens to it, and how long a test waits for anything.

mod mosquitto;
mod subscriber;

use std::time::Duration;

pub(crate) use mosquitto::{Mosquitto, Received};
pub(crate) use subscriber::subscriber;

/// How long anything may take before a test fails. Nothing waits as long as this if all is well.
const PATIENCE: Duration = Duration::from_mins(1);

/// What the future gives, if that is soon.
#[expect(
    clippy::disallowed_methods,
    reason = "a test that hangs is ended by the machine's clock"
)]
pub(crate) async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .expect("it takes too long")
}
