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

impl Frame {
    /// An empty frame that keeps no origins.
    pub(crate) fn untraced() -> Self {
        Self::default()
    }

    /// An empty frame that keeps the origin of every bit.
    pub(crate) fn traced() -> Self {
        Self {
            bytes: Vec::new(),
            marks: Some(Vec::new()),
        }
    }

    /// An empty frame that keeps origins if this one does.
    pub(crate) fn another(&self) -> Self {
        Self {
            bytes: Vec::new(),
            marks: self.marks.as_ref().map(|_| Vec::new()),
        }
    }

    /// Whether it keeps the origin of every bit.
    #[cfg(feature = "js")]
    pub(crate) fn is_traced(&self) -> bool {
        self.marks.is_some()
    }

    /// The bytes so far.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Appends bytes that the command has whatever its arguments are.
    pub fn constant(&mut self, command: &str, bytes: &[u8]) {
        self.write(bytes, || constant(command, None));
    }

    /// Appends bytes that follow from others of the frame, and says how.
    pub fn computed(&mut self, command: &str, how: &str, bytes: &[u8]) {
        self.write(bytes, || constant(command, Some(how)));
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
    pub(crate) fn write(&mut self, bytes: &[u8], origin: impl FnOnce() -> (Origin, Meaning)) {
        let start = self.bytes.len() * 8;
        self.bytes.extend_from_slice(bytes);
        self.mark(start..start + bytes.len() * 8, origin);
    }

    /// Says where bits come from that are or will be written.
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
    pub(crate) fn append(&mut self, other: Self) {
        let shift = self.bytes.len() * 8;
        self.bytes.extend_from_slice(&other.bytes);
        if let (Some(marks), Some(others)) = (&mut self.marks, other.marks) {
            marks.extend(others.into_iter().map(|mark| Mark {
                bits: mark.bits.start + shift..mark.bits.end + shift,
                ..mark
            }));
        }
    }

    /// Drops bytes at either end, together with their origins.
    pub(crate) fn trimmed(self, front: usize, back: usize) -> Self {
        let end = self.bytes.len().saturating_sub(back);
        let bytes = self.bytes.get(front..end).unwrap_or_default().to_vec();
        let (front, end) = (front * 8, end * 8);
        let marks = self.marks.map(|marks| {
            let inside = marks.into_iter().map(|mark| Mark {
                bits: mark.bits.start.clamp(front, end) - front
                    ..mark.bits.end.clamp(front, end) - front,
                ..mark
            });
            inside.filter(|mark| !mark.bits.is_empty()).collect()
        });
        Self { bytes, marks }
    }
}

fn constant(command: &str, how: Option<&str>) -> (Origin, Meaning) {
    let origin = Origin::Constant {
        command: command.to_owned(),
    };
    (
        origin,
        Meaning {
            wire: how.map(str::to_owned),
            ..Meaning::default()
        },
    )
}
