//! Packs, records and fields, as they were written (RFC 8428 §3).

use std::borrow::Cow;

use crate::memory::reused;
use crate::number::Number;

use super::label::{Key, Label};
use super::order::{Digest, Order};
use super::profile::Mode;

/// What a field holds.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Content<'a> {
    /// A number.
    Number(Number),
    /// A text.
    String(Cow<'a, str>),
    /// True or false.
    Boolean(bool),
    /// Bytes, decoded.
    Data(Cow<'a, [u8]>),
    /// The null value of a PATCH pack (RFC 8790 §3.2).
    Null,
    /// The content of a label that is not understood; nobody reads it.
    Ignored,
}

/// A label with its content, and its place in the source.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Field<'a> {
    /// What it is called.
    pub key: Key<'a>,
    /// What it holds.
    pub content: Content<'a>,
    /// Offset of the content in the source, in bytes.
    pub offset: usize,
}

impl Field<'_> {
    pub(super) fn into_owned(self) -> Field<'static> {
        Field {
            key: match self.key {
                Key::Label(label) => Key::Label(label),
                Key::Text(text) => Key::Text(Cow::Owned(text.into_owned())),
                Key::Integer(integer) => Key::Integer(integer),
            },
            content: match self.content {
                Content::Number(number) => Content::Number(number),
                Content::String(text) => Content::String(Cow::Owned(text.into_owned())),
                Content::Boolean(boolean) => Content::Boolean(boolean),
                Content::Data(bytes) => Content::Data(Cow::Owned(bytes.into_owned())),
                Content::Null => Content::Null,
                Content::Ignored => Content::Ignored,
            },
            offset: self.offset,
        }
    }
}

/// A list of records that passed every rule (RFC 8428 §3).
///
/// Fields stand one behind the other in a single list, so that a pack of any size takes two
/// allocations; a record is a range of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pack<'a> {
    pub(super) fields: Vec<Field<'a>>,
    pub(super) ends: Vec<End>,
    pub(super) mode: Mode,
}

/// Where the fields of a record end, and what is known of it beside them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct End {
    pub(super) fields: usize,
    /// Offset of the record in the source, in bytes.
    pub(super) offset: usize,
    /// Tells it from others, if it is a measurement.
    pub(super) digest: Option<Digest>,
}

/// The memory of a pack and of what is noted while one is read, to be used again.
#[derive(Debug, Default)]
pub(crate) struct PackMemory {
    fields: Vec<Field<'static>>,
    ends: Vec<End>,
    digests: Vec<Digest>,
}

impl PackMemory {
    /// An empty pack in this memory, and what is noted while it is read.
    pub(super) fn take<'a>(&mut self, mode: Mode) -> (Pack<'a>, Order) {
        let pack = Pack {
            fields: std::mem::take(&mut self.fields),
            ends: std::mem::take(&mut self.ends),
            mode,
        };
        (pack, Order::reusing(std::mem::take(&mut self.digests)))
    }

    pub(super) fn give_back_order(&mut self, order: Order) {
        self.digests = order.into_memory();
    }

    /// Takes back the memory of a pack that has done its service.
    pub(crate) fn give_back(&mut self, mut pack: Pack<'_>) {
        pack.ends.clear();
        self.fields = reused(pack.fields);
        self.ends = pack.ends;
    }
}

/// One record of a pack, as it was written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record<'p, 'a> {
    pub(super) fields: &'p [Field<'a>],
    pub(super) offset: usize,
}

impl<'a> Pack<'a> {
    /// The records, in order.
    #[must_use]
    pub fn records(&self) -> impl ExactSizeIterator<Item = Record<'_, 'a>> {
        (0..self.ends.len()).map(|index| self.record(index).unwrap_or(Record::EMPTY))
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none, which only the answer to a FETCH may be (RFC 8790 §3.1).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The same pack, independent of the text or bytes that it was read from.
    #[must_use]
    pub fn into_owned(self) -> Pack<'static> {
        Pack {
            fields: self.fields.into_iter().map(Field::into_owned).collect(),
            ends: self.ends,
            mode: self.mode,
        }
    }

    /// What the pack is for.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The record at an index.
    #[must_use]
    pub fn record(&self, index: usize) -> Option<Record<'_, 'a>> {
        let start = match index.checked_sub(1) {
            Some(previous) => self.ends.get(previous)?.fields,
            None => 0,
        };
        let end = self.ends.get(index)?;
        Some(Record {
            fields: self.fields.get(start..end.fields)?,
            offset: end.offset,
        })
    }
}

impl<'p, 'a> Record<'p, 'a> {
    /// A record without fields.
    pub(crate) const EMPTY: Self = Self {
        fields: &[],
        offset: 0,
    };

    /// The fields, in the order in which they were written.
    #[must_use]
    pub fn fields(self) -> &'p [Field<'a>] {
        self.fields
    }

    /// The field with this label.
    #[must_use]
    pub fn field(self, label: Label) -> Option<&'p Field<'a>> {
        let is_meant = |field: &&Field<'_>| matches!(field.key, Key::Label(own) if own == label);
        self.fields.iter().find(is_meant)
    }

    /// Offset of the record in the source, in bytes.
    #[must_use]
    pub fn offset(self) -> usize {
        self.offset
    }
}
