//! What may become of a downlink: the tables of `docs/states.md`, a printed table of every stage
//! and input, and laws over generated sequences.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod checks;
mod history;
mod laws;
mod lines;
mod moves;
mod parents;
mod pauses;
mod polling;
mod rows;
mod scenario;
mod simulator;
mod states;
mod table;
mod walk;
