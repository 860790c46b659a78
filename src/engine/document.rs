//! The contract's document of a message.

use std::borrow::Cow;

use serde::Serialize;

use crate::contract::{
    Base64String, HttpBinaryMessage, HttpDownlink, HttpMessage, HttpTextMessage, LoraDownlink,
    MqttBinaryMessage, MqttDownlink, MqttMessage, MqttQualityOfService, MqttTextMessage,
    PayloadHex, PayloadHexMessage, SmsDownlink, SmsMessage,
};
use crate::encoder::{Secrets, shown_header};
use crate::error::Error;
use crate::instruction::DeviceId;
use crate::message::http::HeaderValue;
use crate::message::mqtt::TopicName;
use crate::message::{Message, Payload, Protocol, http, lora, mqtt, sms};

use super::Settings;

/// The body that the resource of a protocol takes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Document {
    /// For `/lora/downlinks`.
    Lora(LoraDownlink),
    /// For `/mqtt/downlinks`.
    Mqtt(MqttDownlink),
    /// For `/sms/downlinks`.
    Sms(SmsDownlink),
    /// For `/http/downlinks`.
    Http(HttpDownlink),
}

impl Document {
    /// The path of the resource that takes it.
    #[must_use]
    pub fn resource(&self) -> &'static str {
        resource(match self {
            Self::Lora(_) => Protocol::Lora,
            Self::Mqtt(_) => Protocol::Mqtt,
            Self::Sms(_) => Protocol::Sms,
            Self::Http(_) => Protocol::Http,
        })
    }

    /// The document of a message, with these secrets of it masked.
    pub(super) fn new(
        device: DeviceId,
        message: &Message,
        mask: Mask<'_>,
        settings: &Settings,
    ) -> Result<Self, Error> {
        Ok(match message {
            Message::Lora(downlink) => Self::Lora(lora(device, downlink, mask, settings)?),
            Message::Mqtt(publish) => Self::Mqtt(mqtt(device, publish, mask, settings)),
            Message::Sms(submit) => Self::Sms(sms(device, submit, mask, settings)),
            Message::Http(content) => Self::Http(http(device, content, mask, settings)),
        })
    }
}

/// What of a message is masked.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mask<'s> {
    Nothing,
    /// These, and header values that are sensitive.
    Secrets(&'s Secrets),
}

impl Mask<'_> {
    fn topic(self, topic: &TopicName) -> Cow<'_, str> {
        match self {
            Self::Nothing => Cow::Borrowed(topic.as_str()),
            Self::Secrets(secrets) => secrets.topic(topic.as_str()),
        }
    }

    fn text(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Nothing => Cow::Borrowed(text),
            Self::Secrets(secrets) => secrets.text(text),
        }
    }

    fn bytes(self, bytes: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Self::Nothing => Cow::Borrowed(bytes),
            Self::Secrets(secrets) => secrets.bytes(bytes),
        }
    }

    fn header(self, value: &HeaderValue) -> &str {
        match self {
            Self::Nothing => value.as_str(),
            Self::Secrets(_) => shown_header(value),
        }
    }
}

/// The path of the resource that takes the documents of a protocol.
pub(super) fn resource(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Lora => "/lora/downlinks",
        Protocol::Mqtt => "/mqtt/downlinks",
        Protocol::Sms => "/sms/downlinks",
        Protocol::Http => "/http/downlinks",
    }
}

fn lora(
    device: DeviceId,
    downlink: &lora::Downlink,
    mask: Mask<'_>,
    settings: &Settings,
) -> Result<LoraDownlink, Error> {
    let payload = PayloadHex::from_bytes(&mask.bytes(downlink.frm_payload()))?;
    let message = PayloadHexMessage::new(payload, downlink.f_port());
    let mut document = LoraDownlink::new(device, message, settings.feedback_timeout);
    document.retry_limit = settings.retry_limit;
    document.dry_run = settings.dry_run;
    Ok(document)
}

/// MQTT knows no `retryLimit`; it stays with the caller.
fn mqtt(
    device: DeviceId,
    publish: &mqtt::Publish,
    mask: Mask<'_>,
    settings: &Settings,
) -> MqttDownlink {
    let topic = mask.topic(&publish.topic);
    let content_type = publish.content_type.as_ref().map(ToString::to_string);
    let qos = publish
        .qos
        .map(|qos| MqttQualityOfService::from(qos.as_str()));
    let message = match &publish.payload {
        Payload::Text(text) => {
            let mut message = MqttTextMessage::new(mask.text(text), topic);
            message.content_type = content_type;
            message.qos = qos;
            MqttMessage::Text(message)
        }
        Payload::Binary(bytes) => {
            let mut message =
                MqttBinaryMessage::new(Base64String::from_bytes(&mask.bytes(bytes)), topic);
            message.content_type = content_type;
            message.qos = qos;
            MqttMessage::Binary(message)
        }
    };
    let mut document = MqttDownlink::new(device, message, settings.feedback_timeout);
    document.dry_run = settings.dry_run;
    document
}

fn sms(device: DeviceId, submit: &sms::Submit, mask: Mask<'_>, settings: &Settings) -> SmsDownlink {
    let message = SmsMessage::new(mask.text(submit.text()));
    let mut document = SmsDownlink::new(device, message, settings.feedback_timeout);
    document.retry_limit = settings.retry_limit;
    document.dry_run = settings.dry_run;
    document
}

/// HTTP knows no `retryLimit`; it stays with the caller.
fn http(
    device: DeviceId,
    content: &http::Content,
    mask: Mask<'_>,
    settings: &Settings,
) -> HttpDownlink {
    let fields = content
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), mask.header(value).to_owned()));
    let headers = (!content.headers.is_empty()).then(|| fields.collect());
    let message = match &content.body {
        Payload::Text(text) => {
            let mut message = HttpTextMessage::new(mask.text(text));
            message.headers = headers;
            HttpMessage::Text(message)
        }
        Payload::Binary(bytes) => {
            let mut message = HttpBinaryMessage::new(Base64String::from_bytes(&mask.bytes(bytes)));
            message.headers = headers;
            HttpMessage::Binary(message)
        }
    };
    let mut document = HttpDownlink::new(device, message, settings.feedback_timeout);
    document.dry_run = settings.dry_run;
    document
}
