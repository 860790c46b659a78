//! Fractions of two integers, always in lowest terms.

use std::cmp::Ordering;
use std::fmt;

use super::Decimal;

/// A checked fraction: what a number becomes under unit conversion and scaling.
///
/// Arithmetic gives `None` where numerator or denominator would leave 128 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rational {
    numerator: i128,
    /// Always positive.
    denominator: i128,
}

impl Rational {
    /// Nought.
    pub const ZERO: Self = Self {
        numerator: 0,
        denominator: 1,
    };
    /// One.
    pub const ONE: Self = Self {
        numerator: 1,
        denominator: 1,
    };

    /// The fraction in lowest terms; `None` for a denominator of nought.
    ///
    /// ```
    /// use downlink::number::Rational;
    ///
    /// let half = Rational::new(-5, -10).expect("a denominator");
    /// assert_eq!(half.to_string(), "0.5");
    /// ```
    #[must_use]
    pub fn new(numerator: i128, denominator: i128) -> Option<Self> {
        if denominator == 0 {
            return None;
        }
        if denominator == 1 {
            return Some(Self {
                numerator,
                denominator,
            });
        }
        let divisor =
            i128::try_from(gcd(numerator.unsigned_abs(), denominator.unsigned_abs())).ok()?;
        let (numerator, denominator) = (
            quotient(numerator, divisor)?,
            quotient(denominator, divisor)?,
        );
        if denominator < 0 {
            return Some(Self {
                numerator: numerator.checked_neg()?,
                denominator: denominator.checked_neg()?,
            });
        }
        Some(Self {
            numerator,
            denominator,
        })
    }

    /// The exact value of a decimal; `None` if it takes more than 128 bits.
    #[must_use]
    pub fn from_decimal(decimal: Decimal) -> Option<Self> {
        if decimal.exponent() == 0 {
            return Self::new(decimal.coefficient(), 1);
        }
        let decimal = decimal.normalized();
        let power = 10_i128.checked_pow(decimal.exponent().unsigned_abs())?;
        if decimal.exponent() < 0 {
            Self::new(decimal.coefficient(), power)
        } else {
            Some(Self {
                numerator: decimal.coefficient().checked_mul(power)?,
                denominator: 1,
            })
        }
    }

    /// The numerator, which carries the sign.
    #[must_use]
    pub fn numerator(self) -> i128 {
        self.numerator
    }

    /// The denominator, always positive.
    #[must_use]
    pub fn denominator(self) -> i128 {
        self.denominator
    }

    /// The value without its sign.
    #[must_use]
    pub fn abs(self) -> Self {
        Self {
            numerator: self.numerator.saturating_abs(),
            ..self
        }
    }

    /// The sum.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        if self.denominator == other.denominator {
            let sum = self.numerator.checked_add(other.numerator)?;
            return Self::new(sum, self.denominator);
        }
        let left = self.numerator.checked_mul(other.denominator)?;
        let right = other.numerator.checked_mul(self.denominator)?;
        Self::new(
            left.checked_add(right)?,
            self.denominator.checked_mul(other.denominator)?,
        )
    }

    /// The difference.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(Self {
            numerator: other.numerator.checked_neg()?,
            ..other
        })
    }

    /// The product.
    #[must_use]
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        if self.denominator == 1 && other.denominator == 1 {
            return Self::new(self.numerator.checked_mul(other.numerator)?, 1);
        }
        // Crosswise first, so that the product overflows only if the result does.
        let left = Self::new(self.numerator, other.denominator)?;
        let right = Self::new(other.numerator, self.denominator)?;
        Some(Self {
            numerator: left.numerator.checked_mul(right.numerator)?,
            denominator: left.denominator.checked_mul(right.denominator)?,
        })
    }

    /// The quotient; `None` for a divisor of nought.
    #[must_use]
    pub fn checked_div(self, other: Self) -> Option<Self> {
        self.checked_mul(Self::new(other.denominator, other.numerator)?)
    }

    /// The value as an integer, if it is one.
    #[must_use]
    pub fn to_integer(self) -> Option<i128> {
        (self.denominator == 1).then_some(self.numerator)
    }

    /// The nearest integer; a half goes away from nought.
    #[must_use]
    pub fn rounded_half_away(self) -> i128 {
        let quotient = self.numerator / self.denominator;
        let remainder = (self.numerator % self.denominator).unsigned_abs();
        // The remainder is below the denominator, so the rest of it tells which half it is in.
        if remainder >= self.denominator.unsigned_abs() - remainder {
            quotient + self.numerator.signum()
        } else {
            quotient
        }
    }

    /// The value as a decimal, if it has a finite one that is held.
    #[must_use]
    pub fn to_decimal(self) -> Option<Decimal> {
        if self.denominator == 1 {
            return Decimal::new(self.numerator, 0);
        }
        let mut rest = self.denominator;
        let (mut twos, mut fives) = (0_u32, 0_u32);
        while rest % 2 == 0 {
            rest /= 2;
            twos += 1;
        }
        while rest % 5 == 0 {
            rest /= 5;
            fives += 1;
        }
        if rest != 1 {
            return None;
        }
        let places = twos.max(fives);
        let factor = 2_i128
            .checked_pow(places - twos)?
            .checked_mul(5_i128.checked_pow(places - fives)?)?;
        Decimal::new(
            self.numerator.checked_mul(factor)?,
            -i32::try_from(places).ok()?,
        )
    }

    /// The nearest double.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        if let Some(decimal) = self.to_decimal() {
            return decimal.to_f64();
        }
        let as_double = |integer: i128| integer.to_string().parse::<f64>().unwrap_or(f64::NAN);
        as_double(self.numerator) / as_double(self.denominator)
    }
}

/// The quotient without its fraction.
fn quotient(dividend: i128, divisor: i128) -> Option<i128> {
    // Division of 128 bits is many times slower than that of 64.
    match (i64::try_from(dividend), i64::try_from(divisor)) {
        (Ok(dividend), Ok(divisor)) if divisor > 0 => Some((dividend / divisor).into()),
        _ => dividend.checked_div(divisor),
    }
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        // As in `quotient`.
        if let (Ok(short_a), Ok(short_b)) = (u64::try_from(a), u64::try_from(b)) {
            return short_gcd(short_a, short_b);
        }
        (a, b) = (b, a % b);
    }
    a.max(1)
}

fn short_gcd(mut a: u64, mut b: u64) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    u128::from(a.max(1))
}

impl From<i64> for Rational {
    fn from(integer: i64) -> Self {
        Self {
            numerator: i128::from(integer),
            denominator: 1,
        }
    }
}

impl From<u64> for Rational {
    fn from(integer: u64) -> Self {
        Self {
            numerator: i128::from(integer),
            denominator: 1,
        }
    }
}

impl PartialOrd for Rational {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Rational {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        if self.denominator == other.denominator {
            self.numerator.cmp(&other.numerator)
        } else {
            self.cmp_fractions(*other)
        }
    }
}

impl Rational {
    /// Compares as continued fractions do, so that nothing can overflow.
    fn cmp_fractions(self, other: Self) -> Ordering {
        let (mut a, mut b) = (
            (self.numerator, self.denominator),
            (other.numerator, other.denominator),
        );
        let mut reversed = false;
        loop {
            let floors = a.0.div_euclid(a.1).cmp(&b.0.div_euclid(b.1));
            let rests = (a.0.rem_euclid(a.1), b.0.rem_euclid(b.1));
            let order = match rests {
                _ if floors.is_ne() => floors,
                (0, 0) => Ordering::Equal,
                (0, _) => Ordering::Less,
                (_, 0) => Ordering::Greater,
                // Of two proper fractions the one with the smaller inverse is the larger.
                (left, right) => {
                    (a, b) = ((a.1, left), (b.1, right));
                    reversed = !reversed;
                    continue;
                }
            };
            return if reversed { order.reverse() } else { order };
        }
    }
}

/// As a decimal where it has a finite one, as a fraction otherwise.
impl fmt::Display for Rational {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_decimal() {
            Some(decimal) => decimal.normalized().fmt(f),
            None => write!(f, "{}/{}", self.numerator, self.denominator),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rational(numerator: i128, denominator: i128) -> Rational {
        Rational::new(numerator, denominator).expect("a denominator")
    }

    #[test]
    fn a_half_is_rounded_away_from_nought() {
        for (numerator, denominator, rounded) in [
            (1, 2, 1),
            (-1, 2, -1),
            (3, 2, 2),
            (5, 4, 1),
            (-5, 4, -1),
            (0, 1, 0),
            (7, 4, 2),
        ] {
            assert_eq!(
                rational(numerator, denominator).rounded_half_away(),
                rounded
            );
        }
    }

    #[test]
    fn quotients_are_those_of_the_longest_integers() {
        let long = i128::from(i64::MAX) + 1;
        for dividend in [0, 7, -7, -long, long - 1, long, i128::MAX, i128::MIN] {
            for divisor in [1, 2, 60, long - 1, long, i128::MAX] {
                assert_eq!(quotient(dividend, divisor), Some(dividend / divisor));
            }
        }
    }

    #[test]
    fn order_holds_where_cross_products_overflow() {
        let big = i128::MAX;
        assert!(rational(big, big - 1) < rational(big - 1, big - 2));
        assert!(rational(-1, 3) < rational(-1, 4));
        assert!(rational(1, 3) > rational(1, 4));
        assert_eq!(rational(2, 4).cmp(&rational(1, 2)), Ordering::Equal);
    }

    #[test]
    fn twenty_nine_hundredths_times_hundred_is_twenty_nine() {
        let value = Rational::from_decimal(Decimal::from_literal("0.29").expect("a number"));
        let scaled = value.and_then(|value| value.checked_mul(Rational::from(100_i64)));
        assert_eq!(scaled.and_then(Rational::to_integer), Some(29));
    }

    #[test]
    fn overflow_gives_none() {
        let big = rational(i128::MAX, 1);
        assert_eq!(big.checked_add(Rational::ONE), None);
        assert_eq!(big.checked_mul(big), None);
        assert_eq!(Rational::ONE.checked_div(Rational::ZERO), None);
    }
}
