//! Whole processes of `downlinkd`: real sockets, a real file, a real broker, real signals.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unreachable
)]
#![allow(
    clippy::disallowed_methods,
    reason = "another process has the machine's clock: it is asked again and again, until a deadline"
)]

#[path = "../broker/mod.rs"]
#[allow(
    dead_code,
    unused_imports,
    reason = "the tests of carriers use the rest of it"
)]
mod broker;
mod client;
mod configuration;
mod downlinkd;
mod hang;
mod held;
mod issuer;
mod kill;
mod reload;
#[cfg(feature = "demo")]
mod session;
mod slow;
mod stop;
