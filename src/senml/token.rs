//! What JSON and CBOR have in common: the content of a field, before its label is looked at.

use std::borrow::Cow;

use crate::number::Number;

/// What a format hands over as the content of a field.
#[derive(Debug)]
pub(super) enum Token<'a> {
    Number(Number),
    String(Cow<'a, str>),
    Boolean(bool),
    Data(Cow<'a, [u8]>),
    Null,
    /// Something that no label takes, by its name.
    Other(&'static str),
    /// Something that was refused already.
    Faulty,
}

impl Token<'_> {
    /// What errors call it.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Boolean(_) => "a boolean",
            Self::Data(_) => "bytes",
            Self::Null => "null",
            Self::Other(name) => name,
            Self::Faulty => "something else",
        }
    }
}
