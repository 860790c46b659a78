//! Numbers in JSON, with every digit: as a number where readers with doubles read it exactly, else as
//! a text.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

use super::{Decimal, Rational};

/// Every integer up to here is a double (IEEE 754).
const EXACT: u64 = 1 << 53;

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(integer) = self.to_integer() {
            return match i64::try_from(integer) {
                Ok(short) if short.unsigned_abs() <= EXACT => serializer.serialize_i64(short),
                _ => serializer.collect_str(&self.normalized()),
            };
        }
        let double = self.to_f64();
        if Self::from_f64(double) == Some(*self) {
            serializer.serialize_f64(double)
        } else {
            serializer.collect_str(&self.normalized())
        }
    }
}

/// A fraction without a finite decimal is a text: `"1/3"`.
impl Serialize for Rational {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.to_decimal() {
            Some(decimal) => decimal.serialize(serializer),
            None => serializer.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number: Rational = Rational::deserialize(deserializer)?;
        let decimal = number.to_decimal();
        decimal.ok_or_else(|| D::Error::custom(format!("{number} is not a finite decimal")))
    }
}

impl<'de> Deserialize<'de> for Rational {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Digits)
    }
}

/// Takes a number, or a text of its digits.
struct Digits;

impl Visitor<'_> for Digits {
    type Value = Rational;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or a text such as \"1/3\"")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Rational, E> {
        Ok(number.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Rational, E> {
        fraction(&number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Rational, E> {
        let exact = Decimal::from_f64(number).and_then(Rational::from_decimal);
        exact.ok_or_else(|| E::custom(format!("{number} cannot be represented exactly")))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Rational, E> {
        fraction(text)
    }
}

fn fraction<E: Error>(text: &str) -> Result<Rational, E> {
    let integer = |text: &str| text.parse::<i128>().ok();
    let read = match text.split_once('/') {
        Some((numerator, denominator)) => integer(numerator)
            .zip(integer(denominator))
            .and_then(|(numerator, denominator)| Rational::new(numerator, denominator)),
        None => Decimal::from_literal(text).and_then(Rational::from_decimal),
    };
    read.ok_or_else(|| E::custom(format!("`{}` is not a number", text.escape_debug())))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn json(number: Rational) -> String {
        serde_json::to_string(&number).unwrap()
    }

    #[test]
    fn what_a_double_does_not_hold_is_a_text() {
        let number = |numerator, denominator| Rational::new(numerator, denominator).unwrap();
        assert_eq!(json(number(600, 1)), "600");
        assert_eq!(json(number(-1, 10)), "-0.1");
        assert_eq!(json(number(1, 3)), r#""1/3""#);
        assert_eq!(json(number((1 << 53) + 1, 1)), r#""9007199254740993""#);
        for text in [r#""1/0""#, r#""x""#, r#""""#, "true", "null"] {
            assert!(serde_json::from_str::<Rational>(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_number_is_read_as_it_was_written(
            numerator in prop_oneof![any::<i64>(), -1000_i64..1000],
            denominator in prop_oneof![Just(1), Just(10), Just(1000), 1_i64..1_000_000],
        ) {
            let number = Rational::new(numerator.into(), denominator.into()).unwrap();
            prop_assert_eq!(serde_json::from_str::<Rational>(&json(number)).unwrap(), number);
            // Tagged enums keep numbers in a value of any type before they are read.
            let value = serde_json::to_value(number).unwrap();
            prop_assert_eq!(serde_json::from_value::<Rational>(value).unwrap(), number);
        }
    }
}
