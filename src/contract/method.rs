//! How a downlink travels, told apart by `protocol`.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

use crate::error::{Code, Error, did_you_mean, nearest, quote};

/// How a downlink travels to the device.
///
/// ```
/// use downlink::contract::{LoraMethod, Method, Protocol};
///
/// let method = Method::Lora(LoraMethod::new().with_f_port(2)?);
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
    pub f_port: Option<u8>,
}

impl LoraMethod {
    /// Leaves the port to the encoder.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Chooses the port.
    ///
    /// # Errors
    ///
    /// [`Code::EncodePortRange`] if it is not 1 to 223 (LoRaWAN L2 1.0.4 §4.3.2).
    pub fn with_f_port(self, f_port: u8) -> Result<Self, Error> {
        let f_port = Some(check_f_port(f_port.into())?);
        Ok(Self { f_port })
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

/// The protocols of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum Protocol {
    /// `HTTP`
    Http,
    /// `LORA`
    Lora,
    /// `MQTT`
    Mqtt,
    /// `SMS`
    Sms,
}

impl Protocol {
    /// All of them, in the order of the contract.
    pub const ALL: [Self; 4] = [Self::Http, Self::Lora, Self::Mqtt, Self::Sms];

    /// The protocol as the contract writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::Lora => "LORA",
            Self::Mqtt => "MQTT",
            Self::Sms => "SMS",
        }
    }

    /// Reads a protocol.
    ///
    /// # Errors
    ///
    /// [`Code::RequestUnknownProtocol`] with the known ones; the case of letters counts.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|protocol| protocol.as_str() == text)
            .ok_or_else(|| unknown_protocol(text))
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What errors list.
pub(super) const KNOWN_PROTOCOLS: &str = "`HTTP`, `LORA`, `MQTT` or `SMS`";

#[cold]
fn unknown_protocol(text: &str) -> Error {
    let error = Error::new(
        Code::RequestUnknownProtocol,
        format!(
            "the protocol `{}` is not known, expected {KNOWN_PROTOCOLS}",
            quote(text)
        ),
    )
    .expected(KNOWN_PROTOCOLS)
    .found(quote(text));
    match nearest(text, Protocol::ALL.map(Protocol::as_str)) {
        Some(name) => error.hint(did_you_mean(name)),
        None => error,
    }
}

/// Ports for applications: 0 is for MAC commands, 224 for tests, the rest is reserved (LoRaWAN L2
/// 1.0.4 §4.3.2).
const APPLICATION_PORTS: std::ops::RangeInclusive<u8> = 1..=223;

/// Makes sure that a port is one for applications.
pub(super) fn check_f_port(f_port: i128) -> Result<u8, Error> {
    u8::try_from(f_port)
        .ok()
        .filter(|f_port| APPLICATION_PORTS.contains(f_port))
        .ok_or_else(|| port_out_of_range(&f_port))
}

#[cold]
pub(super) fn port_out_of_range(f_port: &dyn fmt::Display) -> Error {
    Error::new(
        Code::EncodePortRange,
        format!("the port is {f_port}, expected 1 to 223"),
    )
    .expected("1 to 223")
    .found(f_port.to_string())
}
