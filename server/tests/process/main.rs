//! Whole processes of `downlinkd`: real sockets, a real file, a real broker, real signals.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "../broker/mod.rs"]
#[allow(
    dead_code,
    unused_imports,
    reason = "the tests of carriers use the rest of it"
)]
mod broker;
mod client;
mod downlinkd;
mod issuer;
#[cfg(feature = "demo")]
mod session;
