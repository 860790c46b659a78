//! The documents of KPN Things' downlink interfaces, to the letter.
//!
//! | resource | document | version of its OpenAPI description |
//! |---|---|---|
//! | `/downlinks` | [`CreateDownlinkRequest`], [`Downlink`] | 0.8.0 |
//! | `/http/downlinks` | [`HttpDownlink`] | 0.6.0 |
//! | `/lora/downlinks` | [`LoraDownlink`] | 0.8.0 |
//! | `/sms/downlinks` | [`SmsDownlink`] | 0.3.0 |
//! | `/mqtt/downlinks` | [`MqttDownlink`] | 0.10.0 |
//!
//! The document of a connection is body and answer at once. Reading takes all of it; a new one is
//! made with `new`, and holds none of the fields that only answers have. Fields are written in the
//! order of the schema, and those that are absent are left out. Lists of values are open: a status
//! that is not known here survives reading and writing.
//!
//! Where the descriptions are looser than what can be sent, the types are not: a hex payload is
//! whole bytes, a port is one for applications, a variant is chosen by its discriminator.

mod base64;
mod downlinks;
mod finding;
mod http;
mod lora;
mod method;
mod mqtt;
mod open_list;
mod page;
mod problem;
mod request;
mod sms;
mod status;

pub use self::base64::Base64String;
pub(crate) use self::base64::append_base64;
pub use downlinks::{Downlink, DownlinkLog, ErrorCode};
pub use finding::Finding;
pub use http::{HttpBinaryMessage, HttpDownlink, HttpMessage, HttpTextMessage};
pub use lora::{LoraDownlink, PayloadHex, PayloadHexMessage};
pub use method::{HttpMethod, LoraMethod, Method, MqttMethod, SmsMethod};
pub use mqtt::{MqttBinaryMessage, MqttDownlink, MqttMessage, MqttTextMessage};
pub use page::Page;
pub use problem::Problem;
pub use request::{CreateDownlinkRequest, ProtocolRequest};
pub(crate) use request::{Field, incomplete};
pub use sms::{SmsDownlink, SmsMessage};
pub use status::{
    DownlinkEventType, DownlinkStatus, HttpFailureReason, LoraFailureReason, MqttFailureReason,
    MqttQualityOfService, ProtocolStatus, SmsFailureReason,
};
