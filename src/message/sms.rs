//! SMS: a text, and the segments that it takes (3GPP TS 23.040 §9.2.3.24.1, TS 23.038).
//!
//! A text of the GSM 7-bit alphabet has 160 septets in one segment and 153 in each of several; any
//! other is sent in UCS-2, with 70 and 67 units of 16 bits. The network cuts the text; what is told
//! here is how many pieces that gives.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Counted, gsm7, shown};
use crate::error::{Code, Error};

/// A text to submit (TS 23.040 §9.2.2.2).
///
/// It is not empty. Of the control characters it has only those that the GSM 7-bit alphabet has:
/// line feed, carriage return and page break. Any other would turn the whole text to UCS-2, for a
/// character that no device's manual asks for and that rather slipped in.
///
/// ```
/// use downlink::message::sms::{Encoding, Submit};
///
/// let submit = Submit::new("setparam 2001:internet")?;
/// let segments = submit.segments();
/// assert_eq!((segments.encoding, segments.units, segments.count), (Encoding::Gsm7, 22, 1));
///
/// assert!(Submit::new("a\tb").is_err());
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Submit {
    text: String,
}

impl Submit {
    /// A text message.
    ///
    /// # Errors
    ///
    /// `encode/length` if the text is empty, `encode/character` if it has a control character that
    /// the GSM 7-bit alphabet does not have.
    pub fn new(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        if text.is_empty() {
            return Err(Error::new(
                Code::EncodeLength,
                "the text is empty, expected a character",
            )
            .expected("at least 1 character")
            .found("0 characters"));
        }
        if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Ok(Self { text });
        }
        let stray = |c: char| c.is_control() && gsm7::septets(c).is_none();
        match text.chars().enumerate().find(|(_, c)| stray(*c)) {
            Some((at, character)) => Err(control_character(at, character)),
            None => Ok(Self { text }),
        }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text, for keeping.
    #[must_use]
    pub fn into_text(self) -> String {
        self.text
    }

    /// How the text is cut.
    #[must_use]
    pub fn segments(&self) -> Segments {
        Segments::of(&self.text)
    }
}

#[cold]
fn control_character(at: usize, character: char) -> Error {
    let character = shown(character);
    let expected = "no control characters except line feed, carriage return and page break";
    Error::new(
        Code::EncodeCharacter,
        format!("the text has {character} at character {at}, expected {expected}"),
    )
    .expected(expected)
    .found(character)
}

/// How characters become what is sent (TS 23.038 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Encoding {
    /// The GSM 7-bit default alphabet; a unit is a septet.
    Gsm7,
    /// UCS-2, with surrogate pairs for what lies beyond; a unit has 16 bits.
    Ucs2,
}

impl Encoding {
    /// The units of a message that is one segment: 140 octets (TS 23.040 §9.2.3.16).
    fn alone(self) -> usize {
        match self {
            Self::Gsm7 => 160,
            Self::Ucs2 => 70,
        }
    }

    /// The units of a segment among several: a header of six octets, and for septets a fill bit,
    /// go off (TS 23.040 §9.2.3.24.1).
    fn concatenated(self) -> usize {
        match self {
            Self::Gsm7 => 153,
            Self::Ucs2 => 67,
        }
    }

    /// The units of a character: an escape and its character, or the two halves of a surrogate
    /// pair, stay together.
    fn units(self, character: char) -> usize {
        match self {
            Self::Gsm7 => gsm7::septets(character).unwrap_or_default(),
            Self::Ucs2 => character.len_utf16(),
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Gsm7 => "GSM 7-bit",
            Self::Ucs2 => "UCS-2",
        })
    }
}

/// How a text is cut (TS 23.040 §9.2.3.24.1).
///
/// A character of two units is never cut in half, so several segments may have room left.
///
/// ```
/// use downlink::message::sms::{Encoding, Segments};
///
/// assert_eq!(Segments::of(&"x".repeat(161)).count, 2);
///
/// let cyrillic = Segments::of("Привет");
/// assert_eq!((cyrillic.encoding, cyrillic.outside), (Encoding::Ucs2, Some('П')));
/// assert_eq!(cyrillic.to_string(), "1 segment, 6 units of UCS-2");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Segments {
    /// How the characters are sent.
    #[serde(rename = "alphabet")]
    pub encoding: Encoding,
    /// Septets or units of 16 bits in all, without headers.
    #[serde(rename = "used")]
    pub units: usize,
    /// Units that so many segments hold.
    #[serde(rename = "limit")]
    pub capacity: usize,
    /// How many segments there are.
    pub count: usize,
    /// The first character that the GSM 7-bit alphabet does not have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outside: Option<char>,
}

impl Segments {
    /// Cuts a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut outside = None;
        let septets = text.chars().try_fold(0, |septets, character| {
            outside = Some(character);
            Some(septets + gsm7::septets(character)?)
        });
        let (encoding, units, outside) = match septets {
            Some(septets) => (Encoding::Gsm7, septets, None),
            None => (Encoding::Ucs2, text.encode_utf16().count(), outside),
        };
        let (count, capacity) = if units <= encoding.alone() {
            (1, encoding.alone())
        } else {
            let count = cut(text, encoding);
            (count, count * encoding.concatenated())
        };
        Self {
            encoding,
            units,
            capacity,
            count,
            outside,
        }
    }
}

/// The number of segments of a text that is longer than one.
fn cut(text: &str, encoding: Encoding) -> usize {
    let mut count = 1;
    let mut filled = 0;
    for units in text.chars().map(|c| encoding.units(c)) {
        filled += units;
        if filled > encoding.concatenated() {
            count += 1;
            filled = units;
        }
    }
    count
}

impl fmt::Display for Segments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.encoding {
            Encoding::Gsm7 => "septet",
            Encoding::Ucs2 => "unit",
        };
        let segments = Counted(self.count, "segment");
        let units = Counted(self.units, unit);
        write!(f, "{segments}, {units} of {}", self.encoding)
    }
}

/// How many segments a device takes, from 1 to 255 (TS 23.040 §9.2.3.24.1: they are counted in an
/// octet).
///
/// ```
/// use downlink::message::sms::{SegmentLimit, Submit};
///
/// let greeting = Submit::new(format!("{}ê", "x".repeat(80)))?;
/// let error = SegmentLimit::ONE.check(&greeting).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the text needs 2 segments, 81 units of UCS-2, expected at most 1 segment; \
///      without `ê` it would be GSM 7-bit, 160 characters a segment instead of 70",
/// );
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SegmentLimit(u8);

impl SegmentLimit {
    /// One segment: what every device takes.
    pub const ONE: Self = Self(1);
    /// The most segments that a text can have.
    pub const MAX: Self = Self(u8::MAX);

    /// A limit of so many segments.
    ///
    /// # Errors
    ///
    /// `definition/value` if it is not 1 to 255.
    pub fn new(segments: impl Into<i128>) -> Result<Self, Error> {
        let segments = segments.into();
        match u8::try_from(segments) {
            Ok(segments @ 1..) => Ok(Self(segments)),
            _ => Err(Error::new(
                Code::DefinitionValue,
                format!("the limit is {segments} segments, expected 1 to 255"),
            )
            .expected("1 to 255")
            .found(segments.to_string())),
        }
    }

    /// How many segments are allowed.
    #[must_use]
    pub fn segments(self) -> usize {
        usize::from(self.0)
    }

    /// Checks how a text is cut.
    ///
    /// # Errors
    ///
    /// `limit/segments` if it takes more, with the character that made it UCS-2.
    pub fn check(self, submit: &Submit) -> Result<(), Error> {
        let segments = submit.segments();
        if segments.count <= self.segments() {
            return Ok(());
        }
        let error = Error::new(
            Code::LimitSegments,
            format!("the text needs {segments}, expected at most {self}"),
        )
        .expected(format!("at most {self}"))
        .found(segments.to_string());
        Err(match segments.outside {
            Some(character) => error.hint(format!(
                "without {} it would be GSM 7-bit, 160 characters a segment instead of 70",
                shown(character)
            )),
            None => error,
        })
    }
}

impl fmt::Display for SegmentLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Counted(self.segments(), "segment").fmt(f)
    }
}
