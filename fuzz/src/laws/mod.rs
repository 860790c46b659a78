//! What holds for any bytes; a law panics where it is broken.

mod agreement;
mod decode;
mod definition;
mod pack;
mod request;
mod sms;

pub use decode::decode;
pub use definition::{definition, frame};
pub use pack::{pack_cbor, pack_json};
#[allow(unused_imports, reason = "the fuzzers start from files")]
pub use request::requests_of_examples;
pub use request::{encode_into, request_json};
pub use sms::gsm7;

use downlink::senml::UnixTime;

/// The same in every law, so that a finding replays.
fn now() -> UnixTime {
    UnixTime::from_seconds(1_700_000_000)
}
