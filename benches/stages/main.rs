//! Each stage by itself, with throughput: `cargo bench --bench stages`, `-- parse/json` for some.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub,
    reason = "a benchmark is a program; criterion makes its entry"
)]

#[path = "../case/mod.rs"]
mod case;
mod protocols;
mod registry;
mod senml;

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};

fn short() -> Criterion {
    Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .sample_size(20)
}

criterion_group! {
    name = benches;
    config = short();
    targets = senml::packs, senml::streams, protocols::stages, registry::look_ups
}
criterion_main!(benches);
