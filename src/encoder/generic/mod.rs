//! Encoders for devices that take the instruction as it is, or bytes that the caller made.

mod raw;
mod senml;

use std::sync::Arc;

use crate::error::Error;
use crate::message::Protocol;
use crate::message::http::{HeaderName, HeaderValue, Headers};
use crate::message::mqtt::{ContentType, TopicName};
use crate::message::sms::SegmentLimit;

use super::writer::Content;
use super::{Context, Encoder, Frame, Writer};

pub use raw::Raw;
pub use senml::Senml;

/// Every generic encoder.
pub(super) fn all() -> Vec<Arc<dyn Encoder>> {
    vec![
        Arc::new(Raw),
        Arc::new(Senml::JSON),
        Arc::new(Senml::CBOR),
        Arc::new(Senml::THINGSML),
    ]
}

/// Sends a payload over whatever protocol was asked for.
fn send(
    frame: Frame,
    is_text: bool,
    content_type: Option<&str>,
    context: &Context<'_>,
    writer: &mut Writer<'_>,
) -> Result<(), Error> {
    /// The default of `MqttMethod.topic` in the contract.
    const TOPIC: &str = "downlink";
    let payload = |frame| {
        if is_text {
            Content::Text(frame)
        } else {
            Content::Binary(frame)
        }
    };
    match context.protocol() {
        Protocol::Lora => writer.lora(context.chosen_port(&[], None)?, frame),
        Protocol::Mqtt => {
            let topic = match context.requested_topic() {
                Some(topic) => topic.clone(),
                None => TopicName::new(TOPIC)?,
            };
            let own = content_type.map(ContentType::new).transpose()?;
            let content_type = context.requested_content_type().cloned().or(own);
            writer.mqtt(topic, content_type, None, payload(frame))
        }
        Protocol::Sms => writer.sms(SegmentLimit::MAX, frame),
        Protocol::Http => {
            let header = |value| {
                Ok::<_, Error>((HeaderName::new("Content-Type")?, HeaderValue::new(value)?))
            };
            let headers: Option<_> = content_type.map(header).transpose()?;
            writer.http(Headers::new(headers)?, payload(frame))
        }
    }
}
