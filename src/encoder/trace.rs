//! The bytes of a message, and where each of their bits comes from.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::instruction::Entry;
use crate::json::{Literal, append_escaped, is_plain};

use super::marks::{Marks, Notes};

/// Where bits come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Origin {
    /// A record of the instruction.
    Record {
        /// Its index in the pack.
        record: usize,
        /// The path behind the device: `relay/ro1`.
        name: String,
    },
    /// The default of an argument that no record gives.
    Default {
        /// The argument.
        argument: String,
    },
    /// A variable of the device.
    Variable {
        /// The variable.
        variable: String,
    },
    /// The command itself: what is the same whatever the arguments are, or follows from the rest
    /// of the frame as lengths and check values do.
    Constant {
        /// The command.
        command: String,
    },
}

/// What bits mean.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Meaning {
    /// The argument or variable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub argument: Option<String>,
    /// The value as the caller wrote it, with its unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// The value as the device takes it, with the unit of the argument.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// How it stands on the wire: type, scale, byte order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wire: Option<String>,
    /// Whether the bits must not be shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
}

impl Entry<'_> {
    /// The record as the origin of bits.
    pub(crate) fn origin(&self) -> Origin {
        Origin::Record {
            record: self.index(),
            name: self.path().to_owned(),
        }
    }
}

/// A run of bits with its origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Mark {
    /// The bits, counted from the most significant bit of the first byte.
    pub bits: Range<usize>,
    /// Where they come from.
    pub origin: Origin,
    /// What they mean.
    #[serde(flatten)]
    pub meaning: Meaning,
}

/// The bytes of a message while they are written, with the origin of each unless they go into a
/// document at once.
///
/// Bytes cannot be written without their origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    pub(crate) bytes: Vec<u8>,
    pub(crate) style: Style,
}

/// How bytes are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Style {
    /// As they are sent.
    #[default]
    Plain,
    /// As they are sent, with the origin of every bit.
    Traced(Box<Marks>),
    /// As they stand between the quotes of a string of JSON, for a document: what is the same in
    /// each message is escaped once, when its definition is read.
    InString,
}

impl Style {
    /// The origins of bits and what else was noted, if that is kept.
    pub(crate) fn into_marks(self) -> Marks {
        match self {
            Self::Traced(marks) => *marks,
            Self::Plain | Self::InString => Marks::default(),
        }
    }
}

impl Frame {
    /// Whether it keeps the origin of every bit.
    pub(crate) fn is_traced(&self) -> bool {
        matches!(self.style, Style::Traced(_))
    }

    /// The bytes so far.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Appends bytes that the command has whatever its arguments are.
    #[inline]
    pub fn constant(&mut self, command: &str, bytes: &[u8]) {
        self.write(bytes, || Origin::constant(command));
    }

    /// Appends a text that the command has whatever its arguments are.
    #[inline]
    pub(crate) fn literal(&mut self, command: &str, literal: &Literal) {
        let start = self.bytes.len();
        let bytes = match self.style {
            Style::Plain | Style::Traced(_) => literal.text().as_bytes(),
            Style::InString => literal.escaped(),
        };
        self.bytes.extend_from_slice(bytes);
        if self.is_traced() {
            self.mark_since(start, || Origin::constant(command));
        }
    }

    /// Appends bytes that follow from others of the frame, and says how.
    pub fn computed(&mut self, command: &str, how: &str, bytes: &[u8]) {
        self.write(bytes, || Origin::computed(command, how));
    }

    /// Appends bytes that a record of the instruction gives.
    pub fn record(&mut self, entry: &Entry<'_>, bytes: &[u8]) {
        self.write(bytes, || {
            let meaning = Meaning {
                given: Some(entry.written_value()),
                ..Meaning::default()
            };
            (entry.origin(), meaning)
        });
    }

    /// Appends bytes; the origin is asked for only if it is kept.
    #[inline]
    pub(crate) fn write(&mut self, bytes: &[u8], origin: impl FnOnce() -> (Origin, Meaning)) {
        self.write_with(|frame| frame.extend_from_slice(bytes), origin);
    }

    /// Appends what `write` appends, as the frame is written; the origin is asked for only if it is
    /// kept.
    pub(crate) fn write_with(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>),
        origin: impl FnOnce() -> (Origin, Meaning),
    ) {
        let start = self.bytes.len();
        write(&mut self.bytes);
        match self.style {
            Style::Plain => {}
            Style::Traced(_) => self.mark_since(start, origin),
            Style::InString => escape_since(start, &mut self.bytes),
        }
    }

    /// Appends what `write` appends, which stands for itself in a string of JSON too.
    pub(crate) fn write_unescaped(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>),
        origin: impl FnOnce() -> (Origin, Meaning),
    ) {
        let start = self.bytes.len();
        write(&mut self.bytes);
        if self.is_traced() {
            self.mark_since(start, origin);
        }
    }

    #[cold]
    fn mark_since(&mut self, start: usize, origin: impl FnOnce() -> (Origin, Meaning)) {
        self.mark(start * 8..self.bytes.len() * 8, origin);
    }

    /// Says where bits come from that are or will be written.
    #[cold]
    pub(crate) fn mark(&mut self, bits: Range<usize>, origin: impl FnOnce() -> (Origin, Meaning)) {
        if let Style::Traced(marks) = &mut self.style {
            if !bits.is_empty() {
                let (origin, meaning) = origin();
                marks.bits.push(Mark {
                    bits,
                    origin,
                    meaning,
                });
            }
        }
    }

    /// Appends another frame with its origins; both are in a string, or neither is.
    pub(crate) fn append(&mut self, other: &Self) {
        self.append_behind(other, 0);
    }

    /// Appends what of another such frame stands behind so many bytes.
    pub(crate) fn append_behind(&mut self, other: &Self, front: usize) {
        let (start, skipped) = (self.bytes.len() * 8, front * 8);
        let behind = other.bytes.get(front..).unwrap_or_default();
        self.bytes.extend_from_slice(behind);
        if let (Style::Traced(marks), Style::Traced(others)) = (&mut self.style, &other.style) {
            let behind = others.bits.iter().filter(|mark| mark.bits.end > skipped);
            marks.bits.extend(behind.map(|mark| Mark {
                bits: start + mark.bits.start.saturating_sub(skipped)
                    ..start + mark.bits.end.saturating_sub(skipped),
                ..mark.clone()
            }));
        }
    }

    /// Notes something about the message, if that is kept.
    pub(crate) fn note(&mut self, note: impl FnOnce(&mut Notes)) {
        if let Style::Traced(marks) = &mut self.style {
            note(&mut marks.notes);
        }
    }

    /// Adds the notes of a frame whose bytes were appended to stay.
    #[inline]
    pub(crate) fn join_notes(&mut self, other: &Self) {
        if let Style::Traced(others) = &other.style {
            self.note(|notes| notes.join(&others.notes));
        }
    }

    /// Whether a secret stands behind so many bytes; without origins, nobody knows.
    pub(crate) fn is_secret_since(&self, start: usize) -> bool {
        match &self.style {
            Style::Traced(marks) => {
                let mut behind = marks.bits.iter().filter(|mark| mark.bits.end > start * 8);
                behind.any(|mark| mark.meaning.secret)
            }
            Style::Plain | Style::InString => false,
        }
    }

    /// Drops what was appended since the frame had so many bytes.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.bytes.truncate(length);
        let end = length * 8;
        if let Style::Traced(marks) = &mut self.style {
            marks.bits.retain_mut(|mark| {
                mark.bits.end = mark.bits.end.min(end);
                !mark.bits.is_empty()
            });
        }
    }

    /// Drops all that was appended; what is next is written as it is sent.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        match &mut self.style {
            Style::Plain => {}
            Style::Traced(marks) => **marks = Marks::default(),
            Style::InString => self.style = Style::Plain,
        }
    }
}

/// Escapes the last bytes, from a place on.
fn escape_since(start: usize, bytes: &mut Vec<u8>) {
    if bytes.get(start..).is_none_or(is_plain) {
        return;
    }
    let end = bytes.len();
    for at in start..end {
        if let Some(byte) = bytes.get(at).copied() {
            append_escaped(&[byte], bytes);
        }
    }
    bytes.drain(start..end);
}

impl Origin {
    /// Of bits that the command has whatever its arguments are.
    pub(super) fn constant(command: &str) -> (Self, Meaning) {
        let command = command.to_owned();
        (Self::Constant { command }, Meaning::default())
    }

    /// Of bits that follow from others of the frame.
    pub(super) fn computed(command: &str, how: &str) -> (Self, Meaning) {
        let (origin, meaning) = Self::constant(command);
        let wire = Some(how.to_owned());
        (origin, Meaning { wire, ..meaning })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// One thing that is written.
    #[derive(Clone, Debug)]
    enum Written {
        Constant(String),
        Literal(String),
        Text(String),
        Digits(u16),
    }

    impl Written {
        fn append(&self, frame: &mut Frame) {
            let origin = || Origin::constant("set");
            match self {
                Self::Constant(text) => frame.constant("set", text.as_bytes()),
                Self::Literal(text) => frame.literal("set", &Literal::from(text.as_str())),
                Self::Text(text) => {
                    frame.write_with(|bytes| bytes.extend_from_slice(text.as_bytes()), origin);
                }
                Self::Digits(number) => {
                    let digits = number.to_string();
                    frame.write_unescaped(|bytes| bytes.extend(digits.bytes()), origin);
                }
            }
        }
    }

    fn written() -> impl Strategy<Value = Written> {
        let text = r#"([a-z\x7fé{}]|["\\\n\x00]){0,20}"#;
        prop_oneof![
            text.prop_map(Written::Constant),
            text.prop_map(Written::Literal),
            text.prop_map(Written::Text),
            any::<u16>().prop_map(Written::Digits),
        ]
    }

    fn frame(style: Style, all: &[Written]) -> Frame {
        let mut frame = Frame {
            bytes: Vec::new(),
            style,
        };
        for written in all {
            written.append(&mut frame);
        }
        frame
    }

    proptest! {
        #[test]
        fn a_frame_in_a_string_is_the_plain_one_escaped(
            first in prop::collection::vec(written(), 0..9),
            second in prop::collection::vec(written(), 0..9),
        ) {
            let mut plain = frame(Style::Plain, &first);
            plain.append(&frame(Style::Plain, &second));
            let mut in_string = frame(Style::InString, &first);
            in_string.append(&frame(Style::InString, &second));
            let mut escaped = Vec::new();
            append_escaped(plain.bytes(), &mut escaped);
            prop_assert_eq!(in_string.bytes(), escaped);
        }
    }
}
