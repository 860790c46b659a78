//! Carriers against their peers. Which of them are real, each module says.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "../broker/mod.rs"]
mod broker;
mod broker_gone;
mod configured;
#[cfg(feature = "demo")]
mod demo;
mod log;
mod mqtt;
mod peer;
mod polling;
mod scripted;
mod simulated;
mod world;
