//! The errors that an argument raises.

use crate::error::{Code, Error, quote};
use crate::instruction::Entry;
use crate::message::written;
use crate::number::Rational;
use crate::senml::Value;

use super::{Argument, Kind, Ranges};

impl Argument {
    pub(super) fn wrong_type(&self, entry: &Entry<'_>, value: Value<'_>) -> Error {
        let found = match value {
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Boolean(_) => "a boolean",
            Value::Data(_) => "data",
            _ => "another value",
        };
        let wanted = self.wanted();
        let hint = match &self.kind {
            Kind::Boolean { .. } => "use `vb` with true or false".to_owned(),
            Kind::Enumeration(_) => format!("use `vs` with {}", self.describe()),
            _ => format!("give {wanted}"),
        };
        entry.at_value(
            Error::new(
                Code::EncodeType,
                format!("`{}` is {found}, expected {wanted}", self.name),
            )
            .expected(wanted)
            .found(self.shown(found))
            .hint(hint),
        )
    }

    pub(super) fn out_of_range(&self, entry: &Entry<'_>, ranges: &Ranges) -> Error {
        let expected = self.with_unit(&ranges.describe());
        let found = self.shown(&entry.written_value());
        let error = Error::new(
            Code::EncodeOutOfRange,
            format!("`{}` is {found}, expected {expected}", self.name),
        )
        .expected(expected)
        .found(found);
        entry.at_value(match (entry.unit(), self.unit.as_deref()) {
            (Some("%"), Some(own)) if own != "%" => error.hint(format!(
                "`%` in SenML is a ratio, where 1 is the whole: give percent with the unit `{}`",
                if own == "/" { "/100" } else { own }
            )),
            _ => error,
        })
    }

    /// The value does not fit its place on the wire.
    pub(in super::super) fn does_not_fit(&self, found: &str) -> Error {
        let (found, expected) = (self.shown(found), self.describe());
        Error::new(
            Code::EncodeOutOfRange,
            format!("`{}` is {found}, expected {expected}", self.name),
        )
        .expected(expected)
        .found(found)
    }

    /// The number would be read as one of the special values.
    pub(in super::super) fn is_special(&self, found: &str, special: &str) -> Error {
        let (found, expected) = (self.shown(found), self.describe());
        Error::new(
            Code::EncodeOutOfRange,
            format!(
                "`{}` is {found}, which the device reads as `{special}`",
                self.name
            ),
        )
        .expected(expected)
        .found(found)
        .hint(format!("send `{special}` in `vs` if that is what you mean"))
    }

    pub(super) fn not_hex(&self, entry: &Entry<'_>, digits: &str) -> Error {
        let reason = written::not_hex(digits, self.is_secret);
        let error = Error::new(
            Code::EncodeType,
            format!("`{}` is not valid hex: {reason}", self.name),
        )
        .expected("two hex digits for each byte")
        .found(self.shown(&entry.written_value()));
        let plain = written::plain_hex(digits).filter(|_| !self.is_secret);
        entry.at_value(match plain {
            Some(plain) => error.hint(format!("write `{}`", quote(&plain))),
            None => error,
        })
    }

    pub(super) fn separator(&self, entry: &Entry<'_>, character: char) -> Error {
        let shown = self.shown(&quote(character.encode_utf8(&mut [0; 4])));
        entry.at_value(
            Error::new(
                Code::EncodeSeparator,
                format!("`{}` contains a character that is not allowed", self.name),
            )
            .expected("text without control characters and separators")
            .found(shown),
        )
    }

    /// The value is finer than its place on the wire.
    pub(in super::super) fn not_exact(&self, found: &str, expected: &str) -> Error {
        let found = self.shown(found);
        Error::new(
            Code::EncodeNotExact,
            format!("`{}` is {found}, expected {expected}", self.name),
        )
        .expected(expected)
        .found(found)
    }

    /// The value was rounded to its place on the wire.
    pub(in super::super) fn rounded(&self, found: &str, sent: Rational) -> Error {
        let (found, sent) = (self.shown(found), self.show_number(sent));
        Error::new(
            Code::EncodeRounded,
            format!("`{}` is {found}, sent as {sent}", self.name),
        )
        .expected(sent)
        .found(found)
    }
}
