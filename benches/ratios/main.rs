//! The ratios that the speed of this crate is judged by, measured in one run.
//!
//! What is compared is timed in turns, a millisecond each, so that a machine that changes its
//! speed changes both sides; a ratio is the median over all rounds. It reports and asserts nothing
//! but the answers.
//!
//! ```console
//! $ cargo bench --bench ratios
//! $ cargo bench --bench ratios -- --json
//! $ cargo bench --bench ratios -- --test
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub,
    reason = "a benchmark is a program"
)]

#[path = "../case/mod.rs"]
mod case;
mod look_up;
mod quickjs;
mod report;
mod rows;
mod senml;
mod timing;

use std::alloc::System;
use std::env;

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    let is_given = |flag: &str| env::args().any(|argument| argument == flag);
    let mut rows = rows::rows();
    if is_given("--test") {
        rows.iter_mut().for_each(rows::Row::try_once);
        println!("ratios: {} rows answer right", rows.len());
        return;
    }
    rows::measure(&mut rows);
    if is_given("--json") {
        report::json(&mut rows);
    } else {
        report::table(&mut rows);
    }
}
