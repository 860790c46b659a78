//! From the wire back to values: unscaled exactly, names for what has one.

use crate::number::{Decimal, Rational};

use super::super::argument::{Argument, Choice, Kind, Ranges, Scalar};
use super::super::frame::Op;
use super::super::usage::{scale, unscale};
use super::found::Place;

/// What an integer on the wire says.
pub(super) fn integer(argument: &Argument, wire: i128, ops: &[Op]) -> Place {
    let is_wire = |choice: &Choice| choice.value.to_integer() == Some(wire);
    let choice = argument.choices().iter().position(is_wire);
    let value = match &argument.kind {
        _ if choice.is_some() => choice.map(Scalar::Choice),
        Kind::Number { ranges, .. } => number(argument, ranges, wire, ops).map(Scalar::Number),
        Kind::Boolean { on, .. } if on.to_integer() == Some(wire) => Some(Scalar::Boolean(true)),
        Kind::Boolean { off, .. } if off.to_integer() == Some(wire) => Some(Scalar::Boolean(false)),
        _ => None,
    };
    Place {
        value,
        is_empty: wire == 0,
    }
}

/// The number that an integer stands for: the exact one, or where no decimal is exact or the range
/// ends within the step, the nearest that is sent as this integer.
fn number(argument: &Argument, ranges: &Ranges, wire: i128, ops: &[Op]) -> Option<Rational> {
    let exact = unscale(Rational::new(wire, 1)?, ops)?;
    let is_value = |value: &Rational| ranges.contain(*value) && value.to_decimal().is_some();
    if is_value(&exact) {
        return Some(exact);
    }
    if argument.is_exact || !argument.may_round {
        return None;
    }
    let is_sent_so = |value: &Rational| {
        is_value(value) && scale(*value, ops).map(Rational::rounded_half_away) == Some(wire)
    };
    let bounds = ranges.0.iter().flat_map(|(min, max)| [*min, *max]);
    decimals(exact).chain(bounds).find(is_sent_so)
}

/// The number with more and more decimal places.
fn decimals(value: Rational) -> impl Iterator<Item = Rational> {
    const MOST_PLACES: u32 = 15;
    (0..=MOST_PLACES).filter_map(move |places| {
        let power = 10_i128.checked_pow(places)?;
        let shifted = value.checked_mul(Rational::new(power, 1)?)?;
        Rational::new(shifted.rounded_half_away(), power)
    })
}

/// What an IEEE 754 value says, big-endian.
pub(super) fn float(argument: &Argument, bytes: &[u8], ops: &[Op]) -> Place {
    let value = shortest(bytes)
        .and_then(|literal| Decimal::from_literal(&literal))
        .and_then(Rational::from_decimal)
        .and_then(|wire| unscale(wire, ops));
    let value = value.and_then(|value| {
        let is_exact = value.to_decimal().is_some();
        if is_exact {
            Some(value)
        } else {
            decimals(value).last()
        }
    });
    Place {
        value: value
            .filter(|_| matches!(argument.kind, Kind::Number { .. }))
            .map(Scalar::Number),
        is_empty: bytes.iter().all(|byte| *byte == 0),
    }
}

/// The shortest literal that is read as this float.
fn shortest(bytes: &[u8]) -> Option<String> {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        let float = f32::from_be_bytes(bytes);
        return float.is_finite().then(|| format!("{float:e}"));
    }
    let float = f64::from_be_bytes(bytes.try_into().ok()?);
    float.is_finite().then(|| format!("{float:e}"))
}

/// Reads a whole number of these bytes, big-endian.
pub(super) fn read_integer(bytes: &[u8], is_signed: bool) -> i128 {
    let magnitude = bytes
        .iter()
        .fold(0_i128, |value, byte| (value << 8) | i128::from(*byte));
    let is_negative = is_signed && bytes.first().is_some_and(|first| *first >= 0x80);
    if is_negative {
        magnitude - (1_i128 << (8 * bytes.len()))
    } else {
        magnitude
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_those_of_the_first_bit() {
        assert_eq!(read_integer(&[0xFF, 0xFE], true), -2);
        assert_eq!(read_integer(&[0xFF, 0xFE], false), 0xFFFE);
        assert_eq!(
            read_integer(&[0x80; 8], true),
            i128::from(i64::from_be_bytes([0x80; 8]))
        );
    }

    #[test]
    fn a_third_is_approached_from_few_places_to_many() {
        let third = Rational::new(1, 3).expect("a denominator");
        let first: Vec<String> = decimals(third).take(3).map(|it| it.to_string()).collect();
        assert_eq!(first, ["0", "0.3", "0.33"]);
    }
}
