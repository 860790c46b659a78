//! Encoders for devices that take the instruction as it is, or bytes that the caller made.

mod raw;
mod senml;

use std::sync::Arc;

use crate::error::{Code, Error};
use crate::message::http::{HeaderName, HeaderValue, Headers};
use crate::message::lora::{self, FPort};
use crate::message::mqtt::{ContentType, TopicName};
use crate::message::sms::{SegmentLimit, Submit};
use crate::message::{Method, Payload, Protocol};

use super::writer::Content;
use super::{Context, Decoded, DecodedRecord, Destination, Encoder, Frame, Port, Writer};

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

/// The default of `MqttMethod.topic` in the contract.
const TOPIC: &str = "downlink";

/// Where payloads of this content type are sent.
fn destination(content_type: Option<&str>) -> Destination {
    Destination {
        port: Some(Port::Requested {
            among: Vec::new(),
            default: None,
        }),
        topic: Some(TOPIC.to_owned()),
        content_type: content_type.map(str::to_owned),
    }
}

/// Checks that the method carries the payload of an encoder.
fn check(id: &str, method: &Method, payload: &Payload) -> Result<(), Error> {
    match (method, payload) {
        (Method::Lora { f_port }, Payload::Binary(bytes)) => {
            lora::Downlink::new(f_port.unwrap_or(FPort::MIN), bytes.clone()).map(drop)
        }
        (Method::Sms, Payload::Text(text)) => Submit::new(text.as_str()).map(drop),
        (Method::Lora { .. }, Payload::Text(_)) => Err(no_text_over_lora(id)),
        (Method::Sms, Payload::Binary(_)) => Err(no_bytes_in_text(id)),
        (Method::Mqtt { .. } | Method::Http, _) => Ok(()),
    }
}

/// What was read, for the port of the method.
fn decoded(records: Vec<DecodedRecord>, method: &Method) -> Decoded {
    let f_port = match method {
        Method::Lora { f_port } => *f_port,
        _ => None,
    };
    Decoded {
        f_port,
        ..Decoded::new(records)
    }
}

#[cold]
fn no_text_over_lora(id: &str) -> Error {
    Error::new(
        Code::DecodeNoReading,
        format!("`{id}` decodes LoRaWAN bytes, found a text"),
    )
    .expected("bytes")
    .found("a text")
}

#[cold]
fn no_bytes_in_text(id: &str) -> Error {
    Error::new(
        Code::EncodeUnsupportedProtocol,
        format!("`{id}` produces bytes, which a text message cannot carry"),
    )
    .expected("LORA, MQTT or HTTP")
    .found("SMS")
}

/// Sends a payload over whatever protocol was asked for.
fn send(
    frame: Frame,
    is_text: bool,
    content_type: Option<&str>,
    context: &Context<'_>,
    writer: &mut Writer<'_>,
) -> Result<(), Error> {
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
