//! What every request needs.

use std::sync::Arc;
use std::time::Duration;

use crate::caller::{Callers, Rates};
use crate::operation::Operations;
use crate::settings::{Limits, Network};

use super::cursor::Cursors;

/// What every request needs, shared by all.
#[derive(Debug)]
pub struct App {
    /// What callers may ask for.
    pub operations: Arc<Operations>,
    /// Who they are.
    pub callers: Callers,
    /// How often they may ask.
    pub rates: Rates,
    /// Signs the positions of pages.
    pub cursors: Cursors,
    /// The networks whose word about addresses is taken.
    pub trusted_proxies: Vec<Network>,
    /// Where callers reach the service, without a slash at the end.
    pub public_url: String,
    /// The document of all operations.
    pub openapi: String,
    /// How much of a request is taken.
    pub limits: Limits,
    /// How long its body may take.
    pub body_deadline: Duration,
    /// Whether the service is stopping.
    pub draining: tokio_util::sync::CancellationToken,
    /// The demo's token, which its page asks for; none without `--demo`.
    pub demo_token: Option<String>,
}
