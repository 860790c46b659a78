//! Texts, and values as they are written in them.

use std::io::{self, Write};

use crate::error::Error;
use crate::instruction::write_upper_hex;
use crate::number::Decimal;
use crate::senml::data_text;

use super::super::super::{Frame, Meaning, Origin, Writer};
use super::super::argument::{Argument, BytesFrom, Kind, Scalar, WireValue};
use super::super::bind::Given;
use super::super::model::{Digits, Source, Text, TextPiece, TextValue};
use super::super::value::{describe_scale, fixed_value};
use super::{Renderer, undeclared};

/// A value as it is written in a text or in JSON.
pub(super) enum Form<'v> {
    Decimal(Decimal),
    Integer(i128),
    Boolean(bool),
    Text(&'v str),
    /// So many digits of base ten, which are a text in JSON.
    DecimalDigits(i128, usize),
    /// So many digits of base sixteen, which are a text in JSON.
    HexDigits(i128, usize),
    /// Base64, as data is in JSON.
    Data(&'v [u8]),
    Hex(&'v [u8]),
}

impl Form<'_> {
    /// Whether JSON puts it in quotes.
    pub(super) fn is_text(&self) -> bool {
        !matches!(self, Self::Decimal(_) | Self::Integer(_) | Self::Boolean(_))
    }
}

impl<'r> Renderer<'r> {
    /// Writes a text.
    pub(in super::super) fn text(
        &self,
        text: &'r Text,
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        for piece in &text.0 {
            match piece {
                TextPiece::Literal(literal) => frame.constant(self.name, literal.as_bytes()),
                TextPiece::Value(value) => match self.form(value, writer) {
                    Ok(Some(ref form)) => {
                        let origin = || self.origin(value, form);
                        frame.write_with(|bytes| append(form, bytes), origin);
                    }
                    Ok(None) => {}
                    Err(error) => return Err(error),
                },
            }
        }
        Ok(())
    }

    /// The value in its written form; none if it was not given.
    ///
    /// To be looked at where it is: a form that is moved has just been written, piece by piece.
    pub(super) fn form(
        &self,
        value: &TextValue,
        writer: &mut Writer<'_>,
    ) -> Result<Option<Form<'r>>, Error> {
        match value.source {
            Source::Variable(index) => {
                let variable = self.variables.get(index).ok_or_else(undeclared)?;
                Ok(Some(Form::Text(variable.value(self.source)?)))
            }
            Source::Argument(place) => match (self.arguments.get(place), self.given(place)) {
                (Some(argument), Some(given)) => form(argument, given, value, writer),
                (Some(_), None) => Ok(None),
                (None, _) => Err(undeclared()),
            },
        }
    }

    /// Where a value that was written comes from, and what it means.
    pub(super) fn origin(&self, value: &TextValue, form: &Form<'_>) -> (Origin, Meaning) {
        match value.source {
            Source::Variable(index) => match (self.variables.get(index), form) {
                (Some(variable), Form::Text(text)) => {
                    self.variable_origin(variable, text, "text".to_owned())
                }
                _ => Origin::constant(self.name),
            },
            Source::Argument(place) => match (self.arguments.get(place), self.given(place)) {
                (Some(argument), Some(given)) => {
                    let wire = "text".to_owned() + &describe_scale(&value.scale);
                    (given.origin(argument), given.meaning(argument, wire))
                }
                _ => Origin::constant(self.name),
            },
        }
    }
}

/// Appends a value as it is written.
pub(super) fn append(form: &Form<'_>, bytes: &mut Vec<u8>) {
    // Writing to a list of bytes does not fail.
    let _ = match form {
        Form::Text(text) => bytes.write_all(text.as_bytes()),
        Form::Boolean(true) => bytes.write_all(b"true"),
        Form::Boolean(false) => bytes.write_all(b"false"),
        Form::Integer(integer) => write_integer(*integer, bytes),
        Form::Decimal(decimal) => match decimal.to_integer() {
            Some(integer) => write_integer(integer, bytes),
            None => write!(bytes, "{decimal}"),
        },
        Form::DecimalDigits(number, count) => write!(bytes, "{number:0count$}"),
        Form::HexDigits(number, count) => write!(bytes, "{number:0count$X}"),
        Form::Data(data) => bytes.write_all(data_text(data).as_bytes()),
        Form::Hex(data) => write_upper_hex(data, bytes),
    };
}

fn write_integer(integer: i128, bytes: &mut Vec<u8>) -> io::Result<()> {
    let mut buffer = itoa::Buffer::new();
    // Division of 128 bits is many times slower than that of 64.
    let digits = match i64::try_from(integer) {
        Ok(integer) => buffer.format(integer),
        Err(_) => buffer.format(integer),
    };
    bytes.write_all(digits.as_bytes())
}

fn form<'v>(
    argument: &'v Argument,
    given: &'v Given<'_>,
    value: &TextValue,
    writer: &mut Writer<'_>,
) -> Result<Option<Form<'v>>, Error> {
    match fixed_value(argument, &given.value) {
        Some(WireValue::Text(text)) => return Ok(Some(Form::Text(text))),
        Some(WireValue::Boolean(value)) => return Ok(Some(Form::Boolean(*value))),
        Some(WireValue::Number(number)) if value.digits == Digits::Plain => {
            return Ok(Some(Form::Decimal(*number)));
        }
        _ => {}
    }
    let is_data = matches!(
        argument.kind,
        Kind::Bytes {
            from: BytesFrom::Data,
            ..
        }
    );
    Ok(Some(match &given.value {
        Scalar::Text(text) => Form::Text(text),
        Scalar::Bytes(bytes) if is_data => Form::Data(bytes),
        Scalar::Bytes(bytes) => Form::Hex(bytes),
        _ => return number(argument, given, value, writer),
    }))
}

fn number<'v>(
    argument: &Argument,
    given: &Given<'_>,
    value: &TextValue,
    writer: &mut Writer<'_>,
) -> Result<Option<Form<'v>>, Error> {
    let ops = &value.scale;
    // What the digits hold was made the argument's range when the definition was read.
    let bounds = (i128::from(i64::MIN), i128::from(u64::MAX));
    Ok(Some(match value.digits {
        Digits::Plain => Form::Decimal(given.to_decimal(argument, ops)?),
        Digits::Integer(integer) => {
            Form::Integer(given.to_integer(argument, ops, integer.bounds(), writer)?)
        }
        Digits::Decimal(count) => {
            Form::DecimalDigits(given.to_integer(argument, ops, bounds, writer)?, count)
        }
        Digits::Hex(count) => {
            Form::HexDigits(given.to_integer(argument, ops, bounds, writer)?, count)
        }
    }))
}
