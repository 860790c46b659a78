//! The bytes of a message, and where each of their bits comes from.

use std::ops::Range;

use serde::Serialize;

use crate::instruction::Entry;

/// Where bits come from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
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
    #[serde(skip_serializing_if = "std::ops::Not::not")]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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

/// The bytes of a message while they are written; a preview's frame also keeps the origin of each.
///
/// Bytes cannot be written without their origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    pub(crate) bytes: Vec<u8>,
    pub(crate) marks: Option<Vec<Mark>>,
}

/// Whether frames keep the origin of every bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tracing {
    /// For encoding.
    Off,
    /// For a preview.
    On,
}

impl Tracing {
    /// An empty frame in this memory.
    pub(super) fn frame(self, bytes: Vec<u8>) -> Frame {
        Frame {
            bytes,
            marks: (self == Self::On).then(Vec::new),
        }
    }
}

impl Frame {
    /// Whether it keeps the origin of every bit.
    pub(crate) fn is_traced(&self) -> bool {
        self.marks.is_some()
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

    /// Appends what `write` appends; the origin is asked for only if it is kept.
    pub(crate) fn write_with(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>),
        origin: impl FnOnce() -> (Origin, Meaning),
    ) {
        let start = self.bytes.len() * 8;
        write(&mut self.bytes);
        if self.is_traced() {
            self.mark(start..self.bytes.len() * 8, origin);
        }
    }

    /// Says where bits come from that are or will be written.
    #[cold]
    pub(crate) fn mark(&mut self, bits: Range<usize>, origin: impl FnOnce() -> (Origin, Meaning)) {
        if let Some(marks) = &mut self.marks {
            if !bits.is_empty() {
                let (origin, meaning) = origin();
                marks.push(Mark {
                    bits,
                    origin,
                    meaning,
                });
            }
        }
    }

    /// Appends another frame with its origins.
    pub(crate) fn append(&mut self, other: &Self) {
        self.append_behind(other, 0);
    }

    /// Appends what of another frame stands behind so many bytes, with its origins.
    pub(crate) fn append_behind(&mut self, other: &Self, front: usize) {
        let (start, skipped) = (self.bytes.len() * 8, front * 8);
        let behind = other.bytes.get(front..).unwrap_or_default();
        self.bytes.extend_from_slice(behind);
        if let (Some(marks), Some(others)) = (&mut self.marks, &other.marks) {
            let behind = others.iter().filter(|mark| mark.bits.end > skipped);
            marks.extend(behind.map(|mark| Mark {
                bits: start + mark.bits.start.saturating_sub(skipped)
                    ..start + mark.bits.end.saturating_sub(skipped),
                ..mark.clone()
            }));
        }
    }

    /// Drops what was appended since the frame had so many bytes.
    pub(crate) fn truncate(&mut self, length: usize) {
        self.bytes.truncate(length);
        let end = length * 8;
        if let Some(marks) = &mut self.marks {
            marks.retain_mut(|mark| {
                mark.bits.end = mark.bits.end.min(end);
                !mark.bits.is_empty()
            });
        }
    }
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
