//! The types of the contract, held against the field tables of the published documents.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "contract/direct.rs"]
mod direct;
#[path = "contract/documents.rs"]
mod documents;
#[path = "contract/faults.rs"]
mod faults;
#[path = "contract/laws.rs"]
mod laws;
#[path = "contract/requests.rs"]
mod requests;
#[path = "contract/samples.rs"]
mod samples;
#[path = "contract/validator.rs"]
mod validator;
