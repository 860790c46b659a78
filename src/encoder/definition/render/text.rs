//! Texts, and values as they are written in them.

use crate::error::Error;
use crate::senml::data_text;

use super::super::super::{Frame, Meaning, Origin, Writer};
use super::super::argument::{Argument, BytesFrom, Kind, Scalar, WireValue};
use super::super::bind::Given;
use super::super::model::{Digits, Source, Text, TextPiece, TextValue};
use super::super::value::{describe_scale, fixed_value};
use super::{Renderer, variable_origin};

/// A value as it is written, and where it comes from.
pub(super) struct Written {
    pub(super) form: Form,
    pub(super) origin: Origin,
    pub(super) meaning: Meaning,
}

/// A value as it is written in a text or in JSON.
pub(super) enum Form {
    Number(String),
    Boolean(bool),
    Text(String),
}

impl Form {
    /// The value without quotes.
    pub(super) fn into_plain(self) -> String {
        match self {
            Self::Number(text) | Self::Text(text) => text,
            Self::Boolean(value) => value.to_string(),
        }
    }
}

impl Renderer<'_> {
    /// Writes a text.
    pub(in super::super) fn text(
        self,
        text: &Text,
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        for piece in &text.0 {
            match piece {
                TextPiece::Literal(literal) => frame.constant(self.name, literal.as_bytes()),
                TextPiece::Value(value) => {
                    if let Some(Written {
                        form,
                        origin,
                        meaning,
                    }) = self.written(value, writer)?
                    {
                        frame.write(form.into_plain().as_bytes(), || (origin, meaning));
                    }
                }
            }
        }
        Ok(())
    }

    /// The value in its written form; none if it was not given.
    pub(super) fn written(
        self,
        value: &TextValue,
        writer: &mut Writer<'_>,
    ) -> Result<Option<Written>, Error> {
        match value.source {
            Source::Variable(index) => {
                let Some(variable) = self.variables.get(index) else {
                    return Ok(None);
                };
                let text = variable.value(self.context)?;
                let (origin, meaning) = variable_origin(variable, &text, "text".to_owned());
                Ok(Some(Written {
                    form: Form::Text(text),
                    origin,
                    meaning,
                }))
            }
            Source::Argument(place) => {
                let (Some(argument), Some(given)) = (self.arguments.get(place), self.given(place))
                else {
                    return Ok(None);
                };
                let form = form(argument, given, value, writer)?;
                let wire = "text".to_owned() + &describe_scale(&value.scale);
                let (origin, meaning) = (given.origin(argument), given.meaning(argument, wire));
                Ok(Some(Written {
                    form,
                    origin,
                    meaning,
                }))
            }
        }
    }
}

fn form(
    argument: &Argument,
    given: &Given<'_>,
    value: &TextValue,
    writer: &mut Writer<'_>,
) -> Result<Form, Error> {
    match fixed_value(argument, &given.value) {
        Some(WireValue::Text(text)) => return Ok(Form::Text(text.clone())),
        Some(WireValue::Boolean(value)) => return Ok(Form::Boolean(*value)),
        Some(WireValue::Number(number)) if value.digits == Digits::Plain => {
            return Ok(Form::Number(number.to_string()));
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
    Ok(match &given.value {
        Scalar::Text(text) => Form::Text(text.clone().into_owned()),
        Scalar::Bytes(bytes) if is_data => Form::Text(data_text(bytes)),
        Scalar::Bytes(bytes) => Form::Text(hex::encode_upper(bytes)),
        _ => number(argument, given, value, writer)?,
    })
}

fn number(
    argument: &Argument,
    given: &Given<'_>,
    value: &TextValue,
    writer: &mut Writer<'_>,
) -> Result<Form, Error> {
    let ops = &value.scale;
    // What the digits hold was made the argument's range when the definition was read.
    let bounds = (i128::from(i64::MIN), i128::from(u64::MAX));
    Ok(match value.digits {
        Digits::Plain => Form::Number(given.to_decimal(argument, ops)?.to_string()),
        Digits::Integer(integer) => {
            let number = given.to_integer(argument, ops, integer.bounds(), writer)?;
            Form::Number(number.to_string())
        }
        Digits::Decimal(count) => {
            let number = given.to_integer(argument, ops, bounds, writer)?;
            Form::Text(format!("{number:0count$}"))
        }
        Digits::Hex(count) => {
            let number = given.to_integer(argument, ops, bounds, writer)?;
            Form::Text(format!("{number:0count$X}"))
        }
    })
}
