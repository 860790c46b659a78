//! What the benchmarks share: the requests, the way from bytes to documents, and the anchor.
#![allow(
    dead_code,
    unused_imports,
    reason = "each benchmark takes what it needs"
)]

mod anchor;
mod devices;
mod outputs;
mod pack;
mod request;
mod whole_way;

pub use anchor::anchor;
pub use devices::{devices, reload, shuffled};
pub use outputs::outputs;
pub use pack::pack;
pub use request::{Case, http, lora, mqtt, sms};
pub use whole_way::{NOW, WholeWay, directory, engine, request};
