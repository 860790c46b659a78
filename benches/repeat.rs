//! Goes the whole way so many times, for tools that count: `repeat CASE TIMES`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub,
    reason = "a benchmark is a program"
)]

mod case;

use std::env;
use std::hint::black_box;

use case::{Case, WholeWay, anchor};

fn main() {
    let mut arguments = env::args().skip(1).filter(|it| !it.starts_with("--"));
    let name = arguments.next().unwrap_or_else(|| "lora".into());
    let times = arguments.next().map_or(1, |times| times.parse().unwrap());
    let case = match name.as_str() {
        "mqtt" => case::mqtt(),
        "sms" => case::sms(),
        "http" => case::http(),
        "outputs" => case::outputs(),
        "lora" | "anchor" => case::lora(),
        other => panic!("there is no case `{other}`"),
    };
    if name == "anchor" {
        read(&case, times);
    } else {
        encode(&case, times);
    }
}

/// Only the first body, as it was written.
fn read(case: &Case, times: u32) {
    for _ in 0..times {
        black_box(anchor(black_box(case.bodies[0].as_bytes())));
    }
}

fn encode(case: &Case, times: u32) {
    let mut way = WholeWay::new();
    way.check(case);
    for _ in 0..times {
        black_box(way.encode(black_box(case.bodies[0].as_bytes())));
    }
}
