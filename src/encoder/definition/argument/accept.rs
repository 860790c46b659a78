//! What a record says, checked on the exact value before any arithmetic.

use std::borrow::Cow;

use crate::error::{Code, Error, quote};
use crate::instruction::Entry;
use crate::number::{Number, Rational};
use crate::senml::Value;
use crate::senml::unit::Conversion;

use super::{Argument, BytesFrom, Choice, Kind, LengthRule, Ranges, Scalar, TextRule, one_of};

impl Argument {
    /// Checks what a record says.
    #[inline]
    pub(in super::super) fn accept<'p>(&self, entry: &Entry<'p>) -> Result<Scalar<'p>, Error> {
        match (&self.kind, entry.value()) {
            (Kind::Number { ranges, .. }, Value::Number(number)) => {
                self.accept_number(entry, number, ranges)
            }
            (Kind::Number { specials, .. }, Value::String(name)) if !specials.is_empty() => {
                self.accept_choice(entry, name, specials)
            }
            (Kind::Enumeration(choices), Value::String(name)) => {
                self.accept_choice(entry, name, choices)
            }
            (Kind::Boolean { .. }, Value::Boolean(value)) => Ok(Scalar::Boolean(value)),
            (Kind::Text(rule), Value::String(text)) => self.accept_text(entry, text, rule),
            (
                Kind::Bytes {
                    from: BytesFrom::Data,
                    length,
                },
                Value::Data(bytes),
            ) => {
                self.check_length(entry, bytes.len(), *length)?;
                Ok(Scalar::Bytes(Cow::Borrowed(bytes)))
            }
            (
                Kind::Bytes {
                    from: BytesFrom::Hex,
                    length,
                },
                Value::String(digits),
            ) => {
                let bytes = hex::decode(digits).map_err(|_| self.not_hex(entry, digits))?;
                self.check_length(entry, bytes.len(), *length)?;
                Ok(Scalar::Bytes(Cow::Owned(bytes)))
            }
            (_, value) => Err(self.wrong_type(entry, value)),
        }
    }

    fn accept_number<'p>(
        &self,
        entry: &Entry<'p>,
        number: Number,
        ranges: &Ranges,
    ) -> Result<Scalar<'p>, Error> {
        let conversion = self.conversion(entry)?;
        let value = number
            .as_decimal()
            .and_then(Rational::from_decimal)
            .and_then(|value| conversion.map_or(Some(value), |it| it.apply(value)))
            .filter(|value| ranges.contain(*value))
            .ok_or_else(|| self.out_of_range(entry, ranges))?;
        Ok(Scalar::Number(value))
    }

    /// How the unit of the record becomes that of the argument; `None` where nothing changes.
    fn conversion(&self, entry: &Entry<'_>) -> Result<Option<Conversion>, Error> {
        match (entry.unit(), &self.unit) {
            (None, _) => Ok(None),
            (Some(from), Some(to)) if from == to => Ok(None),
            (Some(from), Some(to)) => {
                let known = self.conversions.iter().find(|(unit, _)| *unit == from);
                if let Some((_, conversion)) = known {
                    return Ok(Some(*conversion));
                }
                Conversion::between(from, to)
                    .map(Some)
                    .map_err(|error| entry.at_unit(error.expected(format!("a unit of `{to}`"))))
            }
            (Some(from), None) => Err(entry.at_unit(
                Error::new(
                    Code::EncodeUnit,
                    format!("`{}` has no unit, found `{}`", self.name, quote(from)),
                )
                .expected("no unit")
                .found(quote(from))
                .hint("remove the unit"),
            )),
        }
    }

    fn accept_choice<'p>(
        &self,
        entry: &Entry<'p>,
        name: &str,
        choices: &[Choice],
    ) -> Result<Scalar<'p>, Error> {
        if let Some(index) = choices.iter().position(|choice| choice.name == name) {
            return Ok(Scalar::Choice(index));
        }
        let names = || choices.iter().map(|choice| choice.name.as_str());
        let expected = one_of(names());
        let error = Error::new(
            Code::EncodeUnknownEnum,
            format!(
                "`{}` is `{}`, expected {expected}",
                self.name,
                self.shown(&quote(name))
            ),
        )
        .expected(expected)
        .found(self.shown(&quote(name)));
        Err(entry.at_value(error.suggest_name(name, names())))
    }

    fn accept_text<'p>(
        &self,
        entry: &Entry<'p>,
        text: &'p str,
        rule: &TextRule,
    ) -> Result<Scalar<'p>, Error> {
        self.check_length(entry, text.len(), rule.length)?;
        if rule.admits_all(text.as_bytes()) {
            return Ok(Scalar::Text(Cow::Borrowed(text)));
        }
        match text.chars().find(|character| !rule.admits(*character)) {
            None => Ok(Scalar::Text(Cow::Borrowed(text))),
            Some(character) => Err(self.separator(entry, character)),
        }
    }

    fn check_length(&self, entry: &Entry<'_>, found: usize, rule: LengthRule) -> Result<(), Error> {
        if (rule.min..=rule.max).contains(&found) {
            return Ok(());
        }
        let expected = rule.describe();
        Err(entry.at_value(
            Error::new(
                Code::EncodeLength,
                format!("`{}` is {found} bytes long, expected {expected}", self.name),
            )
            .expected(expected)
            .found(self.shown(&format!("{found} bytes"))),
        ))
    }
}
