//! How a downlink travels, told apart by `protocol`.

use std::borrow::Cow;

use serde::Serialize;

use crate::message::Protocol;
use crate::message::lora::FPort;

/// How a downlink travels to the device.
///
/// ```
/// use downlink::contract::{LoraMethod, Method};
/// use downlink::message::Protocol;
/// use downlink::message::lora::FPort;
///
/// let method = Method::Lora(LoraMethod::new().with_f_port(FPort::new(2)?));
/// assert_eq!(method.protocol(), Protocol::Lora);
/// assert_eq!(serde_json::to_string(&method).unwrap(), r#"{"protocol":"LORA","fPort":2}"#);
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "protocol", rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum Method<'a> {
    /// The device fetches it over HTTP.
    Http(HttpMethod),
    /// LoRaWAN.
    Lora(LoraMethod),
    /// The device subscribes to it over MQTT.
    Mqtt(MqttMethod<'a>),
    /// A text message.
    Sms(SmsMethod),
}

impl Method<'_> {
    /// The protocol it names.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        match self {
            Self::Http(_) => Protocol::Http,
            Self::Lora(_) => Protocol::Lora,
            Self::Mqtt(_) => Protocol::Mqtt,
            Self::Sms(_) => Protocol::Sms,
        }
    }

    /// The same method, with texts of its own.
    #[must_use]
    pub fn into_owned(self) -> Method<'static> {
        match self {
            Self::Http(method) => Method::Http(method),
            Self::Lora(method) => Method::Lora(method),
            Self::Mqtt(method) => Method::Mqtt(method.into_owned()),
            Self::Sms(method) => Method::Sms(method),
        }
    }
}

impl From<Protocol> for Method<'_> {
    /// The method of a protocol that leaves all else open.
    fn from(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Http => Self::Http(HttpMethod::default()),
            Protocol::Lora => Self::Lora(LoraMethod::default()),
            Protocol::Mqtt => Self::Mqtt(MqttMethod::default()),
            Protocol::Sms => Self::Sms(SmsMethod::default()),
        }
    }
}

/// Over HTTP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct HttpMethod {}

/// Over LoRaWAN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LoraMethod {
    /// The application port, 1 to 223, if the caller chooses it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub f_port: Option<FPort>,
}

impl LoraMethod {
    /// Leaves the port to the encoder.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Chooses the port.
    #[must_use]
    pub fn with_f_port(self, f_port: FPort) -> Self {
        Self {
            f_port: Some(f_port),
        }
    }
}

/// Over MQTT.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MqttMethod<'a> {
    /// The topic name, if the caller chooses it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<Cow<'a, str>>,
    /// The media type of the payload, if the caller chooses it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<Cow<'a, str>>,
}

impl<'a> MqttMethod<'a> {
    /// Leaves topic and content type to the encoder.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Chooses the topic.
    #[must_use]
    pub fn with_topic(mut self, topic: impl Into<Cow<'a, str>>) -> Self {
        self.topic = Some(topic.into());
        self
    }

    /// Chooses the content type.
    #[must_use]
    pub fn with_content_type(mut self, content_type: impl Into<Cow<'a, str>>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// The same method, with texts of its own.
    #[must_use]
    pub fn into_owned(self) -> MqttMethod<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        MqttMethod {
            topic: self.topic.map(owned),
            content_type: self.content_type.map(owned),
        }
    }
}

/// By text message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SmsMethod {}
