//! Decimals as written: digits and a power of ten.

mod double;
mod literal;
mod short;

pub(super) use literal::is_literal;
pub(crate) use short::ShortDecimal;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// Significant digits that a decimal holds.
const DIGITS: u32 = 34;
/// The largest power of ten, up and down.
const EXPONENT: i32 = 60;
/// The first number with more than [`DIGITS`] digits.
const COEFFICIENT_END: i128 = 10_i128.pow(DIGITS);

/// An exact decimal number: `coefficient` times ten to the power `exponent`.
///
/// Equal values are equal however they are written; the way of writing is kept for those who ask.
///
/// Packed to words of 64 bits, so that what holds a number, as every field and entry does, is a
/// third smaller.
#[derive(Clone, Copy, Debug)]
#[repr(Rust, packed(8))]
pub struct Decimal {
    coefficient: i128,
    exponent: i32,
}

impl Decimal {
    /// Nought.
    pub const ZERO: Self = Self {
        coefficient: 0,
        exponent: 0,
    };

    /// `coefficient` times ten to the power `exponent`.
    ///
    /// `None` beyond 34 digits or an exponent of 60. Trailing zeros are given up where that helps.
    #[must_use]
    pub fn new(coefficient: i128, exponent: i32) -> Option<Self> {
        let mut decimal = Self {
            coefficient,
            exponent,
        };
        if coefficient == 0 {
            decimal.exponent = exponent.clamp(-EXPONENT, EXPONENT);
            return Some(decimal);
        }
        while !decimal.is_in_bounds() && decimal.coefficient % 10 == 0 {
            decimal.coefficient /= 10;
            decimal.exponent = decimal.exponent.checked_add(1)?;
        }
        decimal.is_in_bounds().then_some(decimal)
    }

    fn is_in_bounds(self) -> bool {
        self.coefficient.unsigned_abs() < COEFFICIENT_END.unsigned_abs()
            && (-EXPONENT..=EXPONENT).contains(&self.exponent)
    }

    /// The same value, written with a fraction: `20.0` for `20`.
    #[must_use]
    pub fn written_with_fraction(self) -> Self {
        if self.exponent < 0 {
            self
        } else {
            self.expanded_to(-1).unwrap_or(self)
        }
    }

    /// The same value with this smaller exponent, if it is held.
    fn expanded_to(self, exponent: i32) -> Option<Self> {
        let steps = u32::try_from(self.exponent.checked_sub(exponent)?).ok()?;
        let coefficient = self.coefficient.checked_mul(10_i128.checked_pow(steps)?)?;
        let expanded = Self {
            coefficient,
            exponent,
        };
        expanded.is_in_bounds().then_some(expanded)
    }

    /// The digits, as an integer.
    #[must_use]
    #[inline]
    pub fn coefficient(self) -> i128 {
        self.coefficient
    }

    /// The power of ten.
    #[must_use]
    #[inline]
    pub fn exponent(self) -> i32 {
        self.exponent
    }

    /// Whether it was written with neither fraction nor exponent.
    #[must_use]
    pub fn is_written_as_integer(self) -> bool {
        self.exponent == 0
    }

    /// The value as an integer, if it is one.
    #[must_use]
    pub fn to_integer(self) -> Option<i128> {
        if self.exponent == 0 {
            return Some(self.coefficient);
        }
        let Self {
            coefficient,
            exponent,
        } = self.normalized();
        let power = 10_i128.checked_pow(u32::try_from(exponent).ok()?)?;
        coefficient.checked_mul(power)
    }

    /// The sum, if a decimal holds it.
    #[must_use]
    #[inline]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let sum = Self {
            coefficient: self.coefficient + other.coefficient,
            exponent: self.exponent,
        };
        if self.exponent == other.exponent && sum.is_in_bounds() {
            return Some(sum);
        }
        self.sum_of_any(other)
    }

    fn sum_of_any(self, other: Self) -> Option<Self> {
        let exponent = self.exponent.min(other.exponent);
        let sum = match (self.scaled_to(exponent), other.scaled_to(exponent)) {
            (Some(a), Some(b)) => a.checked_add(b)?,
            _ if self.coefficient == 0 => return Some(other),
            _ if other.coefficient == 0 => return Some(self),
            _ => return None,
        };
        Self::new(sum, exponent)
    }

    /// The negated value.
    #[must_use]
    pub fn negated(self) -> Self {
        Self {
            coefficient: -self.coefficient,
            ..self
        }
    }

    fn scaled_to(self, exponent: i32) -> Option<i128> {
        let steps = u32::try_from(self.exponent.checked_sub(exponent)?).ok()?;
        self.coefficient.checked_mul(10_i128.checked_pow(steps)?)
    }

    /// The same value without trailing zeros.
    #[must_use]
    pub fn normalized(mut self) -> Self {
        if self.coefficient == 0 {
            return Self::ZERO;
        }
        // Division of 128 bits is many times slower than that of 64.
        if let Ok(mut short) = i64::try_from(self.coefficient) {
            while short % 10 == 0 {
                short /= 10;
                self.exponent += 1;
            }
            self.coefficient = i128::from(short);
            return self;
        }
        while self.coefficient % 10 == 0 {
            self.coefficient /= 10;
            self.exponent += 1;
        }
        self
    }
}

impl From<i64> for Decimal {
    fn from(integer: i64) -> Self {
        Self {
            coefficient: i128::from(integer),
            exponent: 0,
        }
    }
}

impl From<u64> for Decimal {
    fn from(integer: u64) -> Self {
        Self {
            coefficient: i128::from(integer),
            exponent: 0,
        }
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.exponent == other.exponent {
            return self.coefficient().cmp(&other.coefficient());
        }
        let sign = self.coefficient.signum().cmp(&other.coefficient.signum());
        if sign.is_ne() || self.coefficient == 0 {
            return sign;
        }
        let exponent = self.exponent.min(other.exponent);
        match (self.scaled_to(exponent), other.scaled_to(exponent)) {
            (Some(a), Some(b)) => a.cmp(&b),
            // The one that does not fit an `i128` at the smaller exponent is farther from nought.
            (None, _) => 0.cmp(&-self.coefficient.signum()),
            (_, None) => 0.cmp(&self.coefficient.signum()),
        }
    }
}

impl Hash for Decimal {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self {
            coefficient,
            exponent,
        } = self.normalized();
        (coefficient, exponent).hash(state);
    }
}

/// Written out in full, without an exponent.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_positive = self.coefficient >= 0;
        if self.exponent == 0 {
            return fmt::Display::fmt(&self.coefficient(), f);
        }
        let digits = self.coefficient.unsigned_abs().to_string();
        let zeros = |count: usize| "0".repeat(count);
        let fraction = usize::try_from(-self.exponent).unwrap_or(0);
        let text = if fraction == 0 {
            let zeros = if self.coefficient == 0 {
                0
            } else {
                usize::try_from(self.exponent).unwrap_or(0)
            };
            digits + &"0".repeat(zeros)
        } else if digits.len() > fraction {
            let (integer, rest) = digits.split_at(digits.len() - fraction);
            format!("{integer}.{rest}")
        } else {
            format!("0.{}{digits}", zeros(fraction - digits.len()))
        };
        f.pad_integral(is_positive, "", &text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::from_literal(text).expect("a decimal")
    }

    #[test]
    fn order_is_that_of_the_values() {
        let ascending = [
            "-1e59", "-2", "-1.5", "0", "1e-60", "0.1", "1", "1.5", "2", "1e59",
        ];
        for (index, small) in ascending.iter().enumerate() {
            assert_eq!(decimal(small), decimal(small));
            for large in ascending.iter().skip(index + 1) {
                assert!(decimal(small) < decimal(large), "{small} < {large}");
                assert!(decimal(large) > decimal(small), "{large} > {small}");
            }
        }
        assert_eq!(decimal("1.0"), decimal("1"));
    }

    #[test]
    fn sums_are_exact_or_none() {
        assert_eq!(
            decimal("0.1").checked_add(decimal("0.2")),
            Some(decimal("0.3"))
        );
        assert_eq!(decimal("1e59").checked_add(decimal("1")), None);
        assert_eq!(
            decimal("1e59").checked_add(decimal("0")),
            Some(decimal("1e59"))
        );
    }
}
