//! The service's own documents are the published ones, but for what `CORRECTIONS.md` lists.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "contract/corrections.rs"]
mod corrections;
#[path = "contract/examples.rs"]
mod examples;
#[path = "contract/facts.rs"]
mod facts;
#[path = "contract/patterns.rs"]
mod patterns;
#[path = "contract/sources.rs"]
mod sources;
#[path = "contract/whole.rs"]
mod whole;
