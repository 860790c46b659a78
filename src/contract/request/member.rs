//! Members of the request's objects, and what they may hold.

use std::borrow::Cow;

use crate::error::{Code, Error, pointer_token, quote};
use crate::json::{Kind, Scanner, Sequence};
use crate::number::Decimal;

/// The name of a member; the scanner stands right before its value.
pub(super) struct Name<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) at: usize,
}

/// The next member's name, and where it stands.
pub(super) fn next<'a>(
    scanner: &mut Scanner<'a>,
    members: &mut Sequence,
) -> Result<Option<Name<'a>>, Error> {
    let before = scanner.offset();
    let Some(text) = scanner.member(members)? else {
        return Ok(None);
    };
    // Nothing but blanks and a comma stands before the opening quote.
    let skipped = scanner.text_since(before).find('"').unwrap_or_default();
    Ok(Some(Name {
        text,
        at: before + skipped,
    }))
}

/// Which of the known fields of an object have been read.
#[derive(Clone, Copy)]
pub(super) struct Seen<const N: usize>([bool; N]);

impl<const N: usize> Default for Seen<N> {
    fn default() -> Self {
        Self([false; N])
    }
}

impl<const N: usize> Seen<N> {
    /// Notes a field, and says whether it is the first of its name.
    pub(super) fn insert(&mut self, fields: &[&str; N], field: &str) -> bool {
        let slots = fields.iter().zip(&mut self.0);
        let mut slots = slots.filter(|(known, _)| **known == field);
        slots
            .next()
            .is_some_and(|(_, seen)| !std::mem::replace(seen, true))
    }

    pub(super) fn contains(&self, fields: &[&str; N], field: &str) -> bool {
        fields
            .iter()
            .zip(self.0)
            .any(|(known, seen)| seen && *known == field)
    }
}

/// The members of an object that has been passed over, once more from the start.
pub(super) struct Members<'a> {
    scanner: Scanner<'a>,
    sequence: Sequence,
    /// Where the object stands.
    offset: usize,
}

impl<'a> Members<'a> {
    pub(super) fn new(text: &'a str, offset: usize) -> Result<Self, Error> {
        // How deep it is nested was checked when it was passed over.
        let mut scanner = Scanner::new(text, usize::MAX);
        let sequence = scanner.object()?;
        Ok(Self {
            scanner,
            sequence,
            offset,
        })
    }

    pub(super) fn next(&mut self) -> Result<Option<(Name<'a>, Value<'a>)>, Error> {
        let Some(mut name) = next(&mut self.scanner, &mut self.sequence)? else {
            return Ok(None);
        };
        let mut value = Value::skip(&mut self.scanner)?;
        name.at += self.offset;
        value.at += self.offset;
        Ok(Some((name, value)))
    }
}

/// A value that has been passed over, and can still be read.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    kind: Kind,
    text: &'a str,
    at: usize,
}

impl<'a> Value<'a> {
    /// Passes over the value at which the scanner stands.
    pub(super) fn skip(scanner: &mut Scanner<'a>) -> Result<Self, Error> {
        let kind = scanner.kind()?;
        let at = scanner.offset();
        let text = scanner.skip()?;
        Ok(Self { kind, text, at })
    }

    pub(super) fn string(self, field: &str) -> Result<Cow<'a, str>, Error> {
        match self.kind {
            Kind::String => Scanner::new(self.text, 0).string(),
            _ => Err(self.wrong_type(field, "a string")),
        }
    }

    pub(super) fn boolean(self, field: &str) -> Result<bool, Error> {
        match self.kind {
            Kind::Boolean => Ok(self.text == "true"),
            _ => Err(self.wrong_type(field, "`true` or `false`")),
        }
    }

    /// A whole number, however it is written; one beyond 128 bits becomes the last within.
    pub(super) fn integer(self, field: &str) -> Result<i128, Error> {
        if self.kind != Kind::Number {
            return Err(self.wrong_type(field, "a whole number"));
        }
        match Decimal::from_literal(self.text) {
            Some(decimal) => decimal.to_integer().ok_or_else(|| self.not_whole(field)),
            None if self.text.starts_with('-') => Ok(i128::MIN),
            None => Ok(i128::MAX),
        }
    }

    /// Whether it is a number of few digits, none of them behind a point.
    pub(super) fn is_small(self) -> bool {
        self.text.parse::<i32>().is_ok()
    }

    /// The literal, as a message shows it.
    pub(super) fn literal(self) -> String {
        quote(self.text)
    }

    /// Says of a fault where it is.
    pub(super) fn place(self, error: Error, pointer: &str) -> Error {
        error.at_pointer(pointer).at_offset(self.at)
    }

    #[cold]
    fn not_whole(self, field: &str) -> Error {
        let found = self.literal();
        Error::new(
            Code::RequestType,
            format!("`{field}` is {found}, expected a whole number"),
        )
        .expected("a whole number")
        .found(found)
    }

    #[cold]
    fn wrong_type(self, field: &str, expected: &str) -> Error {
        let found = self.kind.name();
        let error = Error::new(
            Code::RequestType,
            format!("`{field}` is {found}, expected {expected}"),
        )
        .expected(expected)
        .found(found);
        match self.kind {
            Kind::Null => error.hint("leave the field out"),
            Kind::String if expected != "a string" => error.hint("write it without quotes"),
            _ => error,
        }
    }
}

/// A pointer to a member of any name.
pub(super) fn pointer(parent: &str, name: &str) -> String {
    format!("{parent}/{}", pointer_token(name))
}

/// A field that stands twice.
#[cold]
pub(super) fn duplicate(parent: &str, name: &Name<'_>) -> Error {
    Error::new(
        Code::JsonDuplicate,
        format!("`{}` stands twice, expected once", quote(&name.text)),
    )
    .expected("each field once")
    .found("a second one")
    .at_pointer(pointer(parent, &name.text))
    .at_offset(name.at)
}

/// A field that is required and absent.
#[cold]
pub(super) fn missing(parent: &str, name: &str, offset: usize) -> Error {
    let object = match parent.trim_start_matches('/') {
        "" => "the request".to_owned(),
        parent => format!("`{parent}`"),
    };
    Error::new(
        Code::RequestMissingField,
        format!("{object} has no field `{name}`, which is required"),
    )
    .expected(format!("a field `{name}`"))
    .found("none")
    .at_pointer(pointer(parent, name))
    .at_offset(offset)
}
