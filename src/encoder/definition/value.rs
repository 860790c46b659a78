//! Values on their way to the wire: scaled, rounded once, checked against their place.

use crate::error::Error;
use crate::number::{Decimal, Rational};

use super::super::{Meaning, Origin, Writer};
use super::argument::{Argument, Choice, Kind, Scalar, WireValue, for_people};
use super::bind::Given;
use super::frame::{Integer, Op, Order};
use super::model::Layout;
use super::usage::{scale, unscale};

impl Given<'_> {
    /// Places an error at the record that gave the value.
    pub(super) fn placed(&self, error: Error) -> Error {
        match self.entry {
            Some(entry) => entry.at_value(error),
            None => error,
        }
    }

    /// Where the value comes from.
    pub(super) fn origin(&self, argument: &Argument) -> Origin {
        match self.entry {
            Some(entry) => entry.origin(),
            None => Origin::Default {
                argument: argument.name.clone(),
            },
        }
    }

    /// What the bits of the value mean.
    pub(super) fn meaning(&self, argument: &Argument, wire: String) -> Meaning {
        let value = match &self.value {
            Scalar::Number(value) => argument.show_number(*value),
            Scalar::Boolean(value) => value.to_string(),
            Scalar::Choice(index) => match argument.choices().get(*index) {
                Some(choice) => argument.shown(&choice.name),
                None => String::new(),
            },
            Scalar::Text(text) => argument.shown(&format!("`{}`", crate::error::quote(text))),
            Scalar::Bytes(bytes) => argument.shown(&hex::encode_upper(bytes)),
        };
        Meaning {
            argument: Some(argument.name.clone()),
            given: self
                .entry
                .map(|entry| argument.shown(&for_people(entry.written_value()))),
            value: Some(value),
            wire: Some(wire),
            secret: argument.is_secret,
        }
    }

    /// The integer that stands on the wire, within these bounds.
    pub(super) fn to_integer(
        &self,
        argument: &Argument,
        ops: &[Op],
        (min, max): (i128, i128),
        writer: &mut Writer<'_>,
    ) -> Result<i128, Error> {
        let integer = match &self.value {
            Scalar::Number(value) => self.round(argument, *value, ops, writer)?,
            other => fixed_value(argument, other)
                .and_then(WireValue::to_integer)
                .ok_or_else(|| Error::invariant("a value without an integer is sent as one"))?,
        };
        if min <= integer && integer <= max {
            return Ok(integer);
        }
        // The argument's ranges were checked against the wire when the definition was read.
        Err(self.placed(argument.does_not_fit(&self.written(argument))))
    }

    fn written(&self, argument: &Argument) -> String {
        match (self.entry, &self.value) {
            (Some(entry), _) => entry.written_value(),
            (None, Scalar::Number(value)) => argument.show_number(*value),
            (None, _) => "the default".to_owned(),
        }
    }

    /// Scales a number and rounds it half away from zero, if it may be.
    fn round(
        &self,
        argument: &Argument,
        value: Rational,
        ops: &[Op],
        writer: &mut Writer<'_>,
    ) -> Result<i128, Error> {
        let too_large = || self.placed(argument.does_not_fit(&self.written(argument)));
        let scaled = scale(value, ops).ok_or_else(too_large)?;
        let integer = match scaled.to_integer() {
            Some(integer) => integer,
            None if argument.may_round && !argument.is_exact => {
                let integer = scaled.rounded_half_away();
                let sent = Rational::new(integer, 1).and_then(|sent| unscale(sent, ops));
                let lint = argument.rounded(&self.written(argument), sent.unwrap_or(scaled));
                writer.warning(self.placed(lint).into_warning());
                integer
            }
            None => return Err(self.placed(self.too_fine(argument, ops))),
        };
        let special = argument
            .specials()
            .iter()
            .find(|choice| choice.value.to_integer() == Some(integer));
        match special {
            None => Ok(integer),
            Some(Choice { name, .. }) => {
                Err(self.placed(argument.is_special(&self.written(argument), name)))
            }
        }
    }

    fn too_fine(&self, argument: &Argument, ops: &[Op]) -> Error {
        let step = unscale(Rational::ONE, ops)
            .zip(unscale(Rational::ZERO, ops))
            .and_then(|(one, zero)| one.checked_sub(zero))
            .filter(|step| *step != Rational::ONE);
        let expected = match step {
            None => "a whole number".to_owned(),
            Some(step) => format!("a multiple of {step}"),
        };
        argument.not_exact(&self.written(argument), &expected)
    }

    /// The number as an IEEE 754 value of this many bytes.
    pub(super) fn to_float(
        &self,
        argument: &Argument,
        ops: &[Op],
        (bytes, order): (usize, Order),
        writer: &mut Writer<'_>,
    ) -> Result<IntegerBytes, Error> {
        let too_large = || self.placed(argument.does_not_fit(&self.written(argument)));
        let Scalar::Number(value) = &self.value else {
            return Err(Error::invariant(
                "a value that is not a number is sent as a float",
            ));
        };
        let scaled = scale(*value, ops).ok_or_else(too_large)?;
        let literal = match scaled.to_decimal() {
            Some(decimal) => decimal.to_string(),
            None => scaled.to_f64().to_string(),
        };
        // The standard library rounds a literal correctly, once, to either width.
        let (encoded, read_back) = if bytes == 4 {
            let float: f32 = literal.parse().unwrap_or(f32::INFINITY);
            let read_back = float.is_finite().then(|| format!("{float:e}"));
            (i128::from(float.to_bits()), read_back)
        } else {
            let float: f64 = literal.parse().unwrap_or(f64::INFINITY);
            let read_back = float.is_finite().then(|| format!("{float:e}"));
            (i128::from(float.to_bits()), read_back)
        };
        let sent = read_back.ok_or_else(too_large)?;
        let sent = Decimal::from_literal(&sent).and_then(Rational::from_decimal);
        if let Some(sent) = sent.filter(|sent| *sent != scaled) {
            if argument.is_exact {
                let expected = "a number that the float can represent";
                return Err(self.placed(argument.not_exact(&self.written(argument), expected)));
            }
            let lint =
                argument.rounded(&self.written(argument), unscale(sent, ops).unwrap_or(sent));
            writer.warning(self.placed(lint).into_warning());
        }
        Ok(IntegerBytes::last(encoded.to_be_bytes(), bytes, order))
    }

    /// The exact value after scaling, for a text: a whole number, or a finite decimal where the
    /// argument may have a fraction.
    pub(super) fn to_decimal(&self, argument: &Argument, ops: &[Op]) -> Result<Decimal, Error> {
        let Scalar::Number(value) = &self.value else {
            return Err(Error::invariant(
                "a value that is not a number is written as one",
            ));
        };
        let scaled = scale(*value, ops)
            .ok_or_else(|| self.placed(argument.does_not_fit(&self.written(argument))))?;
        match scaled.to_decimal() {
            Some(decimal) if argument.may_round || scaled.to_integer().is_some() => Ok(decimal),
            _ => Err(self.placed(self.too_fine(argument, ops))),
        }
    }
}

/// The wire value of a name or a boolean.
pub(super) fn fixed_value<'d>(argument: &'d Argument, value: &Scalar<'_>) -> Option<&'d WireValue> {
    match (&argument.kind, value) {
        (Kind::Boolean { on, .. }, Scalar::Boolean(true)) => Some(on),
        (Kind::Boolean { off, .. }, Scalar::Boolean(false)) => Some(off),
        (_, Scalar::Choice(index)) => argument.choices().get(*index).map(|choice| &choice.value),
        _ => None,
    }
}

/// An integer as it stands on the wire.
pub(super) struct IntegerBytes {
    bytes: [u8; 16],
    /// Where in the bytes those of the wire begin.
    start: usize,
}

impl IntegerBytes {
    /// The bytes of an integer, which fits them.
    pub(super) fn new(integer: i128, width: Integer, order: Order) -> Self {
        let count = usize::try_from(width.bits / 8).unwrap_or(0);
        Self::last(integer.to_be_bytes(), count, order)
    }

    /// The last so many of these bytes.
    fn last(bytes: [u8; 16], count: usize, order: Order) -> Self {
        let start = bytes.len().saturating_sub(count);
        let mut wire = Self { bytes, start };
        if order == Order::Little {
            wire.bytes.get_mut(start..).unwrap_or_default().reverse();
        }
        wire
    }

    pub(super) fn as_slice(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }
}

/// How a value lies on the wire, in the words of the frame language.
pub(super) fn describe(layout: Layout, ops: &[Op]) -> String {
    let order = |order: Order, bytes: u32| match order {
        _ if bytes == 1 => "",
        Order::Little => "le",
        Order::Big => "",
    };
    let kind = match layout {
        Layout::Integer(integer, by) => {
            format!("{}{}", integer_name(integer), order(by, integer.bits / 8))
        }
        Layout::Float { bytes, order: by } => format!("f{}{}", bytes * 8, order(by, 4)),
        Layout::Text => "text".to_owned(),
        Layout::Hex | Layout::Data => "bytes".to_owned(),
    };
    kind + &describe_scale(ops)
}

pub(super) fn integer_name(integer: Integer) -> String {
    format!(
        "{}{}",
        if integer.is_signed { "i" } else { "u" },
        integer.bits
    )
}

/// ` × 10`, ` / 5`, ` + 40`
pub(super) fn describe_scale(ops: &[Op]) -> String {
    let op = |op: &Op| match op {
        Op::Multiply(factor) if factor.denominator() != 1 && factor.numerator() == 1 => {
            format!(" / {}", factor.denominator())
        }
        Op::Multiply(factor) => format!(" × {factor}"),
        Op::Add(term) if *term < Rational::ZERO => {
            format!(" - {}", Rational::ZERO.checked_sub(*term).unwrap_or(*term))
        }
        Op::Add(term) => format!(" + {term}"),
    };
    ops.iter().map(op).collect()
}
