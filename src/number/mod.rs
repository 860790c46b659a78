//! Exact numbers: what a caller wrote is what is computed with.
//!
//! A [`Number`] is a [`Decimal`] as written, or the nearest double where it has more digits than a
//! decimal holds. A [`Rational`] is what becomes of it under unit conversion and scaling. All
//! arithmetic is checked; rounding happens once, at the end, and is named at the place.

mod decimal;
mod rational;
mod serde;

use std::fmt;

pub use decimal::Decimal;
pub(crate) use decimal::ShortDecimal;
pub use rational::Rational;

/// A number as it was written.
///
/// Two numbers are equal if they have the same value: `1`, `1.0` and `10e-1` are. How it was
/// written is kept all the same ([`Decimal::is_written_as_integer`]).
///
/// ```
/// use downlink::number::Number;
///
/// let number = Number::from_literal("0.29").expect("a JSON number");
/// assert_eq!(number.to_string(), "0.29");
/// assert_eq!(number, Number::from_f64(0.29).expect("finite"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Number {
    /// At most 34 significant digits and an exponent of at most 60: exact.
    Decimal(Decimal),
    /// Beyond that: the nearest double, which is never infinite. It never reaches a wire.
    Double(f64),
}

impl Number {
    /// Reads a number literal (RFC 8259 §6).
    ///
    /// `None` if it is no such literal, or if it is beyond what a double can hold.
    #[must_use]
    pub fn from_literal(text: &str) -> Option<Self> {
        if let Some(decimal) = Decimal::from_literal(text) {
            return Some(Self::Decimal(decimal));
        }
        if !decimal::is_literal(text) {
            return None;
        }
        let nearest: f64 = text.parse().ok()?;
        if nearest == 0.0 {
            return Some(Self::Decimal(Decimal::ZERO));
        }
        nearest.is_finite().then_some(Self::Double(nearest))
    }

    /// The number that a double is printed as: its shortest decimal that reads back the same.
    ///
    /// `None` for NaN and the infinities.
    #[must_use]
    pub fn from_f64(double: f64) -> Option<Self> {
        if !double.is_finite() {
            return None;
        }
        match Decimal::from_f64(double) {
            Some(decimal) => Some(Self::Decimal(decimal)),
            None => Some(Self::Double(double)),
        }
    }

    /// The nearest double.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        match self {
            Self::Decimal(decimal) => decimal.to_f64(),
            Self::Double(double) => double,
        }
    }

    /// The exact value, if it is exact.
    #[must_use]
    pub fn as_decimal(self) -> Option<Decimal> {
        match self {
            Self::Decimal(decimal) => Some(decimal),
            Self::Double(_) => None,
        }
    }

    /// The sum; exact if it fits a decimal, the nearest double otherwise, `None` beyond doubles.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        if let (Self::Decimal(a), Self::Decimal(b)) = (self, other) {
            if let Some(sum) = a.checked_add(b) {
                return Some(Self::Decimal(sum));
            }
        }
        Self::from_f64(self.to_f64() + other.to_f64())
    }
}

impl From<i64> for Number {
    fn from(integer: i64) -> Self {
        Self::Decimal(Decimal::from(integer))
    }
}

impl From<u64> for Number {
    fn from(integer: u64) -> Self {
        Self::Decimal(Decimal::from(integer))
    }
}

impl From<Decimal> for Number {
    fn from(decimal: Decimal) -> Self {
        Self::Decimal(decimal)
    }
}

impl From<ShortDecimal> for Number {
    #[inline]
    fn from(short: ShortDecimal) -> Self {
        Self::Decimal(short.into())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decimal(decimal) => decimal.fmt(f),
            Self::Double(double) => write!(f, "{double:e}"),
        }
    }
}
