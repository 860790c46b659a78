//! What handlers take from a request; every rejection is a [`Problem`](super::problem::Problem).

pub mod allowed;
pub mod body;
pub mod id;
pub mod idempotency_key;
pub mod query;

pub(crate) use allowed::too_many;
pub use allowed::{Allowed, Delete, Read, Write};
pub use body::JsonBody;
pub(crate) use body::{is_json, read as read_body};
pub use id::{Id, Name};
pub use idempotency_key::IdempotencyKey;
pub use query::{Forced, NoQuery, Parameters};
