//! Prints what the service does on this machine: how much it accepts in a second, how long lists
//! and claims take with few rows and with many, how fast devices are imported, and its memory.
//!
//! `cargo run --release -p downlink-server --example load [SECTION | ROWS]...`
//!
//! The sections are `store`, `post`, `rows` and `import`; all of them by default, with a million
//! rows. Nothing is asserted on times.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a program that measures prints, reads the clock, and stops at the first failure"
)]

mod connection;
mod fill;
mod folder;
mod import;
#[path = "../../tests/process/issuer.rs"]
mod issuer;
mod lists;
mod machine;
mod post;
mod rows;
mod service;
mod stopwatch;
mod store;

/// Rows that lists and claims are measured with, beside few.
const MANY: u64 = 1_000_000;

const SECTIONS: [&str; 4] = ["store", "post", "rows", "import"];

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, folder, mode] = &*arguments
        && command == service::SERVE
    {
        return service::serve(folder.as_ref(), mode).await;
    }
    let (numbers, sections): (Vec<_>, Vec<_>) =
        arguments.iter().partition(|it| it.parse::<u64>().is_ok());
    let many = numbers.first().map_or(MANY, |it| it.parse().unwrap());
    machine::print();
    for section in SECTIONS {
        if !sections.is_empty() && !sections.iter().any(|it| *it == section) {
            continue;
        }
        println!("\n== {section}");
        match section {
            "store" => store::print().await,
            "post" => post::print().await,
            "rows" => rows::print(many).await,
            _ => import::print().await,
        }
    }
    machine::print_load();
}
