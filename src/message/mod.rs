//! What is sent: one type a protocol, none of which can hold what its protocol refuses.
//!
//! A port, a topic name, a header field is checked when it is made, against the section of the
//! standard that its type names; a [`Message`] made of them needs no second check. What depends on
//! the device is asked of a value of its own: [`lora::PayloadLimit`], [`sms::SegmentLimit`]. This
//! room knows neither SenML nor devices.
//!
//! No error of this room shows a whole text: a topic, a header value or an SMS may hold a secret of
//! the device. It shows the character that is refused, and its place.

/// Gives a checked text the ways out that all of them have.
macro_rules! text {
    ($name:ident, $text:tt) => {
        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.$text
            }

            /// The text, for keeping.
            #[must_use]
            pub fn into_string(self) -> String {
                self.$text
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.$text
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.$text)
            }
        }
    };
}

pub mod gsm7;
pub mod http;
pub mod lora;
mod method;
pub mod mqtt;
pub mod sms;
pub(crate) mod written;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use method::Method;

use crate::error::{Code, Error, quote};

/// One thing handed to a network: a payload, and what the network needs beside it.
///
/// ```
/// use downlink::message::lora::{Downlink, FPort};
/// use downlink::message::{Message, Protocol};
///
/// let message = Message::from(Downlink::new(FPort::new(85)?, vec![0x08, 0x01, 0xFF, 0xFF])?);
/// assert_eq!(message.protocol(), Protocol::Lora);
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Message {
    /// An application downlink of LoRaWAN.
    Lora(lora::Downlink),
    /// An MQTT publish.
    Mqtt(mqtt::Publish),
    /// A text by SMS.
    Sms(sms::Submit),
    /// The content of an HTTP message.
    Http(http::Content),
}

impl Message {
    /// The protocol that carries it.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        match self {
            Self::Lora(_) => Protocol::Lora,
            Self::Mqtt(_) => Protocol::Mqtt,
            Self::Sms(_) => Protocol::Sms,
            Self::Http(_) => Protocol::Http,
        }
    }
}

impl From<lora::Downlink> for Message {
    fn from(downlink: lora::Downlink) -> Self {
        Self::Lora(downlink)
    }
}

impl From<mqtt::Publish> for Message {
    fn from(publish: mqtt::Publish) -> Self {
        Self::Mqtt(publish)
    }
}

impl From<sms::Submit> for Message {
    fn from(submit: sms::Submit) -> Self {
        Self::Sms(submit)
    }
}

impl From<http::Content> for Message {
    fn from(content: http::Content) -> Self {
        Self::Http(content)
    }
}

/// A protocol, under the name that the contract and definitions give it.
///
/// ```
/// use downlink::message::Protocol;
///
/// assert_eq!("LORA".parse::<Protocol>()?, Protocol::Lora);
/// assert_eq!(Protocol::Sms.to_string(), "SMS");
///
/// let error = "MQT".parse::<Protocol>().unwrap_err();
/// assert_eq!(error.diagnostic().hint.as_deref(), Some("did you mean `MQTT`?"));
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Protocol {
    /// LoRaWAN.
    Lora,
    /// MQTT.
    Mqtt,
    /// The short message service.
    Sms,
    /// HTTP.
    Http,
}

impl Protocol {
    /// Every protocol.
    pub const ALL: &'static [Self] = &[Self::Lora, Self::Mqtt, Self::Sms, Self::Http];

    /// The name: `LORA`, `MQTT`, `SMS` or `HTTP`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lora => "LORA",
            Self::Mqtt => "MQTT",
            Self::Sms => "SMS",
            Self::Http => "HTTP",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Protocol {
    type Err = Error;

    /// Finds a protocol by its exact name.
    ///
    /// # Errors
    ///
    /// `request/unknown-protocol` for any other name, with the names there are.
    fn from_str(name: &str) -> Result<Self, Error> {
        by_name(name, Self::ALL, Self::as_str)
            .map_err(|unknown| unknown.into_error(Code::RequestUnknownProtocol, "a protocol"))
    }
}

impl Serialize for Protocol {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Protocol {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(de::Error::custom)
    }
}

/// What a device or a broker is given to read: text or bytes.
///
/// MQTT and HTTP carry either; the contract's documents tell them apart, since text stands in them
/// as it is and bytes in base64.
///
/// ```
/// use downlink::message::Payload;
///
/// assert_eq!(Payload::Text("on".to_owned()).as_bytes(), b"on");
/// assert_ne!(Payload::Text("on".to_owned()), Payload::Binary(b"on".to_vec()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Payload {
    /// Text, sent as UTF-8.
    Text(String),
    /// Bytes, sent as they are.
    Binary(Vec<u8>),
}

impl Payload {
    /// The bytes that go out.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Binary(bytes) => bytes,
        }
    }

    /// The bytes that go out, for keeping.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.into_bytes(),
            Self::Binary(bytes) => bytes,
        }
    }
}

/// Finds the one of `all` that has exactly this name.
fn by_name<T: Copy>(
    name: &str,
    all: &'static [T],
    name_of: fn(T) -> &'static str,
) -> Result<T, UnknownName> {
    all.iter()
        .copied()
        .find(|&one| name_of(one) == name)
        .ok_or_else(|| UnknownName {
            name: name.to_owned(),
            known: all.iter().map(|&one| name_of(one)).collect(),
        })
}

/// A name that is none of those there are.
struct UnknownName {
    name: String,
    known: Vec<&'static str>,
}

impl UnknownName {
    #[cold]
    fn into_error(self, code: Code, what: &str) -> Error {
        let shown = quote(&self.name);
        let known = one_of(self.known.iter().map(|name| format!("`{name}`")));
        Error::new(code, format!("`{shown}` is not {what}, expected {known}"))
            .expected(known)
            .found(shown)
            .suggest_key(&self.name, self.known.iter().copied())
    }
}

/// Words as a choice: `a, b or c`.
fn one_of(words: impl Iterator<Item = String>) -> String {
    let mut words: Vec<String> = words.collect();
    let Some(last) = words.pop() else {
        return String::new();
    };
    if words.is_empty() {
        return last;
    }
    format!("{} or {last}", words.join(", "))
}

/// A number of things: `1 byte`, `2 bytes`.
struct Counted(usize, &'static str);

impl fmt::Display for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(number, unit) = self;
        write!(f, "{number} {unit}{}", if *number == 1 { "" } else { "s" })
    }
}

/// A character as a message shows it.
fn shown(character: char) -> String {
    let mut text = [0; 4];
    format!("`{}`", quote(character.encode_utf8(&mut text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_protocol_is_found_by_its_own_name_only() {
        for &protocol in Protocol::ALL {
            assert_eq!(protocol.as_str().parse(), Ok(protocol));
            let error = protocol.as_str().to_lowercase().parse::<Protocol>();
            assert_eq!(error.unwrap_err().code(), Code::RequestUnknownProtocol);
        }
        assert_eq!(Protocol::ALL.len(), 4);
    }

    #[test]
    fn an_unknown_protocol_is_told_all_there_are() {
        let error = "COAP".parse::<Protocol>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "`COAP` is not a protocol, expected `LORA`, `MQTT`, `SMS` or `HTTP`"
        );
    }
}
