//! MQTT: a topic name, a payload, and what says how to read and deliver it (MQTT 3.1.1 and 5.0).
//!
//! Sections are those of MQTT 5.0; what is asked of a topic name is the same in 3.1.1, which has no
//! content type.

mod content_type;

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

pub use content_type::ContentType;

use super::{Payload, by_name, shown};
use crate::error::{Code, Error};

/// A publish: a payload for a topic (§3.3).
///
/// ```
/// use downlink::message::Payload;
/// use downlink::message::mqtt::{Publish, Qos, TopicName};
///
/// let topic = TopicName::new("shellies/relay-1/rpc")?;
/// let mut publish = Publish::new(topic, Payload::Text("{}".to_owned()));
/// publish.qos = Some(Qos::AtLeastOnce);
/// assert_eq!(publish.topic.as_str(), "shellies/relay-1/rpc");
/// assert_eq!(publish.content_type, None);
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Publish {
    /// Where it goes.
    pub topic: TopicName,
    /// What is said; it may be empty.
    pub payload: Payload,
    /// What the payload is, where it is said (§3.3.2.3.9).
    pub content_type: Option<ContentType>,
    /// How surely it is delivered, where it is said (§4.3).
    pub qos: Option<Qos>,
}

impl Publish {
    /// A publish that says nothing of its content type and quality of service.
    #[must_use]
    pub fn new(topic: TopicName, payload: Payload) -> Self {
        Self {
            topic,
            payload,
            content_type: None,
            qos: None,
        }
    }
}

/// A name to publish to: no filter, so without wildcards (§4.7).
///
/// It has 1 to 65535 bytes of UTF-8 (§4.7.3) and none of the characters that a broker may close the
/// connection for (§1.5.4): control characters and Unicode's noncharacters. A name that begins with
/// `$` is refused too, since brokers keep those for themselves (§4.7.2).
///
/// ```
/// use downlink::message::mqtt::TopicName;
///
/// assert_eq!(TopicName::new("downlink")?.as_str(), "downlink");
/// assert_eq!(
///     TopicName::new("devices/+/rpc").unwrap_err().to_string(),
///     "the topic name has the wildcard `+` at byte 8, expected one topic",
/// );
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TopicName(String);

impl TopicName {
    /// The most bytes that a string of MQTT has: its length is told in two (§1.5.4).
    pub const LONGEST: usize = 65_535;

    /// The topic of this name.
    ///
    /// # Errors
    ///
    /// `encode/topic` if it is empty, too long, begins with `$`, or has a wildcard, a control
    /// character or a noncharacter.
    pub fn new(name: impl Into<String>) -> Result<Self, Error> {
        let name = name.into();
        if name.is_empty() {
            return Err(no_topic("the topic name is empty, expected a character"));
        }
        if name.len() > Self::LONGEST {
            return Err(no_topic(format!(
                "the topic name has {} bytes, expected at most {}",
                name.len(),
                Self::LONGEST
            )));
        }
        if name.starts_with('$') {
            return Err(no_topic(
                "the topic name begins with `$`, expected one that is not the broker's own",
            ));
        }
        if name
            .bytes()
            .fold(true, |so_far, byte| so_far & is_plain(byte))
        {
            return Ok(Self(name));
        }
        match name
            .char_indices()
            .find_map(|(at, c)| Some((at, c, refused(c)?)))
        {
            Some((at, c, fault)) => Err(fault.into_error(at, c)),
            None => Ok(Self(name)),
        }
    }
}

text!(TopicName, 0);

/// Why a topic name does not take a character.
enum Fault {
    Wildcard,
    Control,
    Noncharacter,
}

/// Whether a byte is an ASCII character that a topic name takes.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'+' && byte != b'#'
}

fn refused(character: char) -> Option<Fault> {
    match character {
        '+' | '#' => Some(Fault::Wildcard),
        _ if character.is_control() => Some(Fault::Control),
        _ if is_noncharacter(character) => Some(Fault::Noncharacter),
        _ => None,
    }
}

/// Whether Unicode promises never to give the code point a meaning (Unicode §23.7).
fn is_noncharacter(character: char) -> bool {
    let code_point = u32::from(character);
    matches!(code_point, 0xFDD0..=0xFDEF) || code_point & 0xFFFE == 0xFFFE
}

impl Fault {
    #[cold]
    fn into_error(self, at: usize, character: char) -> Error {
        let (what, expected) = match self {
            Self::Wildcard => ("wildcard", "one topic"),
            Self::Control => ("control character", "printable characters"),
            Self::Noncharacter => ("noncharacter", "characters"),
        };
        let character = shown(character);
        no_topic(format!(
            "the topic name has the {what} {character} at byte {at}, expected {expected}"
        ))
        .found(character)
    }
}

#[cold]
fn no_topic(message: impl Into<String>) -> Error {
    Error::new(Code::EncodeTopic, message)
}

/// How surely a publish is delivered (§4.3), under the contract's names.
///
/// ```
/// use downlink::message::mqtt::Qos;
///
/// assert_eq!("AT_LEAST_ONCE".parse::<Qos>()?, Qos::AtLeastOnce);
/// assert_eq!(Qos::ExactlyOnce.number(), 2);
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Qos {
    /// Quality of service 0.
    AtMostOnce,
    /// Quality of service 1.
    AtLeastOnce,
    /// Quality of service 2.
    ExactlyOnce,
}

impl Qos {
    /// Every quality of service, in the order of their numbers.
    pub const ALL: &'static [Self] = &[Self::AtMostOnce, Self::AtLeastOnce, Self::ExactlyOnce];

    /// The contract's name, such as `AT_MOST_ONCE`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AtMostOnce => "AT_MOST_ONCE",
            Self::AtLeastOnce => "AT_LEAST_ONCE",
            Self::ExactlyOnce => "EXACTLY_ONCE",
        }
    }

    /// The number on the wire: 0, 1 or 2 (§3.3.1.2).
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::AtMostOnce => 0,
            Self::AtLeastOnce => 1,
            Self::ExactlyOnce => 2,
        }
    }
}

impl fmt::Display for Qos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Qos {
    type Err = Error;

    /// Finds a quality of service by the contract's exact name.
    ///
    /// # Errors
    ///
    /// `request/range` for any other name, with the names there are.
    fn from_str(name: &str) -> Result<Self, Error> {
        by_name(name, Self::ALL, Self::as_str)
            .map_err(|unknown| unknown.into_error(Code::RequestRange, "a quality of service"))
    }
}

impl Serialize for Qos {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_has_one_to_65535_bytes() {
        assert!(TopicName::new("").is_err());
        assert!(TopicName::new("x").is_ok());
        assert!(TopicName::new("x".repeat(65_535)).is_ok());
        assert!(TopicName::new("x".repeat(65_536)).is_err());
        assert!(TopicName::new("é".repeat(32_768)).is_err());
    }

    #[test]
    fn what_is_no_topic_to_publish_to_is_refused() {
        for name in [
            "#",
            "a/#",
            "+",
            "a/+/b",
            "a+",
            "a\0b",
            "a\n",
            "\u{7f}",
            "\u{85}",
            "$SYS/broker",
            "\u{FDD0}",
            "\u{FFFF}",
            "\u{10FFFE}",
        ] {
            let error = TopicName::new(name).unwrap_err();
            assert_eq!(error.code(), Code::EncodeTopic, "{name:?}");
        }
    }

    #[test]
    fn what_looks_odd_and_is_a_topic_is_taken() {
        for name in [
            "/",
            "//",
            "a b",
            "a/$b",
            "é/日本",
            "\u{FFFD}",
            "\u{FEFF}x",
            "{x}",
        ] {
            assert_eq!(TopicName::new(name).unwrap().as_str(), name);
        }
    }

    #[test]
    fn a_quality_of_service_is_found_by_its_name() {
        for &qos in Qos::ALL {
            assert_eq!(qos.as_str().parse(), Ok(qos));
        }
        assert_eq!(
            "at_most_once".parse::<Qos>().unwrap_err().code(),
            Code::RequestRange
        );
    }
}
