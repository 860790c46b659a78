//! Decimals as written: digits and a power of ten.

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
/// Packed to words of 64 bits: what holds a number, as every field and entry does, is a third
/// smaller for it, and moves as much faster.
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

    /// Reads a number literal (RFC 8259 §6) that a decimal can hold.
    ///
    /// ```
    /// use downlink::number::Decimal;
    ///
    /// let tenth = Decimal::from_literal("1.0e-1").expect("a number");
    /// assert_eq!(tenth.to_string(), "0.10");
    /// ```
    #[must_use]
    pub fn from_literal(text: &str) -> Option<Self> {
        Self::from_short_literal(text).or_else(|| Self::from_any_literal(text))
    }

    /// A literal of few digits and no exponent, as most are, in one pass.
    pub(crate) fn from_short_literal(text: &str) -> Option<Self> {
        /// So many digits fit 64 bits whatever they are.
        const SHORT: usize = 18;
        let (unsigned, sign) = match text.as_bytes() {
            [b'-', unsigned @ ..] => (unsigned, -1),
            unsigned => (unsigned, 1),
        };
        if unsigned.len() > SHORT || matches!(unsigned, [b'0', b'0'..=b'9', ..]) {
            return None;
        }
        let (mut digits, mut point) = (0_i64, None);
        for (at, byte) in unsigned.iter().enumerate() {
            match byte {
                b'0'..=b'9' => digits = digits * 10 + i64::from(byte - b'0'),
                b'.' if at > 0 && point.is_none() => point = Some(at),
                _ => return None,
            }
        }
        let places = point.map_or(0, |point| unsigned.len() - point - 1);
        // Nothing stands behind a point, or there is nothing at all.
        if unsigned.is_empty() || (point.is_some() && places == 0) {
            return None;
        }
        Some(Self {
            coefficient: i128::from(sign * digits),
            exponent: -i32::try_from(places).ok()?,
        })
    }

    fn from_any_literal(text: &str) -> Option<Self> {
        let Literal {
            negative,
            integer,
            fraction,
            exponent,
        } = Literal::split(text)?;
        let digits = || integer.bytes().chain(fraction.bytes());
        let significant = digits().skip_while(|digit| *digit == b'0');
        let mut coefficient: i128 = 0;
        let mut dropped_zeros: i32 = 0;
        for digit in significant {
            if coefficient >= COEFFICIENT_END {
                // Only zeros may follow what is full already.
                if digit != b'0' {
                    return None;
                }
                dropped_zeros = dropped_zeros.checked_add(1)?;
                continue;
            }
            coefficient = coefficient * 10 + i128::from(digit - b'0');
        }
        let exponent = exponent
            .checked_sub(i32::try_from(fraction.len()).ok()?)?
            .checked_add(dropped_zeros)?;
        Self::new(if negative { -coefficient } else { coefficient }, exponent)
    }

    /// The shortest decimal that reads back as this double; `None` if it is not finite or not held.
    #[must_use]
    pub fn from_f64(double: f64) -> Option<Self> {
        if !double.is_finite() {
            return None;
        }
        if let Some(few) = Self::of_few_places(double) {
            return Some(few.written_with_fraction());
        }
        let shortest = Self::from_literal(&format!("{double:e}"))?;
        // A double was written with a fraction, so that `20.0` is not mistaken for the integer 20.
        Some(shortest.written_with_fraction())
    }

    /// A decimal of few digits and places that reads back as this double.
    ///
    /// Of at most fifteen digits there is only one that does, so that it is the shortest; and it does,
    /// since dividing two integers that a double holds gives the double nearest to the quotient.
    fn of_few_places(double: f64) -> Option<Self> {
        const POWERS: [f64; 7] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];
        const SIXTEEN_DIGITS: f64 = 1e15;
        let reads_back = |power: &f64| {
            let digits = (double * power).round();
            (digits / power).total_cmp(&double).is_eq() && digits.abs() < SIXTEEN_DIGITS
        };
        let places = POWERS.iter().position(reads_back)?;
        let digits = (double * POWERS.get(places)?).round();
        Some(Self {
            coefficient: integer(digits)?,
            exponent: -i32::try_from(places).ok()?,
        })
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
        let Self {
            coefficient,
            exponent,
        } = self.normalized();
        let power = 10_i128.checked_pow(u32::try_from(exponent).ok()?)?;
        coefficient.checked_mul(power)
    }

    /// The nearest double.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        // The standard library rounds a literal correctly, and this is always one.
        format!("{}e{}", self.coefficient(), self.exponent())
            .parse()
            .unwrap_or(f64::NAN)
    }

    /// The sum, if a decimal holds it.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        if self.exponent == other.exponent {
            return Self::new(
                self.coefficient.checked_add(other.coefficient)?,
                self.exponent,
            );
        }
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
        let sign = self.coefficient.signum().cmp(&other.coefficient.signum());
        if sign.is_ne() || self.coefficient == 0 {
            return sign;
        }
        if self.exponent == other.exponent {
            return self.coefficient().cmp(&other.coefficient());
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

/// The integer that a double of few digits is, from its sign, exponent and mantissa (IEEE 754).
fn integer(double: f64) -> Option<i128> {
    const MANTISSA: u32 = 52;
    const BIAS: u64 = 1023;
    let bits = double.to_bits();
    if bits << 1 == 0 {
        return Some(0);
    }
    let exponent = ((bits >> MANTISSA) & 0x7ff).checked_sub(BIAS)?;
    let mantissa = bits & ((1 << MANTISSA) - 1) | 1 << MANTISSA;
    let below_the_point = MANTISSA.checked_sub(u32::try_from(exponent).ok()?)?;
    let integer = i128::from(mantissa >> below_the_point);
    Some(if double.is_sign_negative() {
        -integer
    } else {
        integer
    })
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

/// A number literal in its pieces (RFC 8259 §6):
///
/// ```text
/// number = [ "-" ] int [ "." 1*digit ] [ ("e" / "E") [ "+" / "-" ] 1*digit ]
/// int    = "0" / ( digit1-9 *digit )
/// ```
struct Literal<'a> {
    negative: bool,
    integer: &'a str,
    fraction: &'a str,
    exponent: i32,
}

impl<'a> Literal<'a> {
    fn split(text: &'a str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, power(exponent)?),
            None => (unsigned, 0),
        };
        let (integer, fraction) = match mantissa.split_once('.') {
            Some((integer, fraction)) if is_digits(fraction) => (integer, fraction),
            Some(_) => return None,
            None => (mantissa, ""),
        };
        let leading_zero = integer.len() > 1 && integer.starts_with('0');
        (is_digits(integer) && !leading_zero).then_some(Self {
            negative,
            integer,
            fraction,
            exponent,
        })
    }
}

/// Whether this is a number literal (RFC 8259 §6).
pub(super) fn is_literal(text: &str) -> bool {
    Literal::split(text).is_some()
}

/// Reads the digits behind `e`; what no decimal has is cut to a power that none has either.
fn power(text: &str) -> Option<i32> {
    const BEYOND: i32 = 1_000_000;
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if !is_digits(digits) {
        return None;
    }
    let power = digits.parse().unwrap_or(BEYOND).min(BEYOND);
    Some(if negative { -power } else { power })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::from_literal(text).expect("a decimal")
    }

    #[test]
    fn literals_keep_their_value_and_their_writing() {
        for (literal, written) in [
            ("0", "0"),
            ("-0.50", "-0.50"),
            ("1e3", "1000"),
            ("12.5e-3", "0.0125"),
            (
                "1234567890123456789012345678901234",
                "1234567890123456789012345678901234",
            ),
            (
                "10000000000000000000000000000000000000",
                "10000000000000000000000000000000000000",
            ),
        ] {
            assert_eq!(decimal(literal).to_string(), written);
        }
    }

    #[test]
    fn what_is_no_literal_is_refused() {
        for text in [
            "", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x1", " 1", "1 ", "NaN", "1_0",
        ] {
            assert_eq!(Decimal::from_literal(text), None, "{text}");
        }
    }

    #[test]
    fn more_digits_or_a_larger_exponent_are_not_held() {
        for text in [
            "12345678901234567890123456789012345",
            "1e95",
            "1e-61",
            "1.5e-60",
        ] {
            assert_eq!(Decimal::from_literal(text), None, "{text}");
        }
        assert_eq!(decimal("1e60").to_f64().to_string(), 1e60_f64.to_string());
    }

    #[test]
    fn doubles_become_their_shortest_decimal() {
        assert_eq!(Decimal::from_f64(0.29), Some(decimal("0.29")));
        let twenty = Decimal::from_f64(20.0).expect("held");
        assert_eq!(
            (twenty.to_string().as_str(), twenty.is_written_as_integer()),
            ("20.0", false)
        );
        assert!(
            !Decimal::from_f64(1e20)
                .expect("held")
                .is_written_as_integer()
        );
    }

    #[test]
    fn doubles_of_few_places_become_what_their_text_says() {
        let texts = [
            "0",
            "1",
            "-1",
            "0.1",
            "-0.5",
            "0.29",
            "20.5",
            "123456.789012",
            "999999999999999",
            "1000000000000000",
            "0.000001",
            "0.0000001",
            "4503599627370496.5",
            "1e22",
            "5e-324",
            "0.30000000000000004",
            "1.7976931348623157e308",
        ];
        for text in texts {
            let double: f64 = text.parse().unwrap();
            let shortest = Decimal::from_literal(&format!("{double:e}"));
            let shortest = shortest.map(Decimal::written_with_fraction);
            assert_eq!(Decimal::from_f64(double), shortest, "{text}");
            let written = |decimal: Option<Decimal>| decimal.map(|it| it.to_string());
            assert_eq!(
                written(Decimal::from_f64(double)),
                written(shortest),
                "{text}"
            );
        }
        assert_eq!(Decimal::from_f64(-0.0), Some(Decimal::ZERO));
    }

    #[test]
    fn short_literals_are_read_as_any_are() {
        let texts = [
            "0",
            "-0",
            "0.50",
            "-12.5",
            "007",
            "1.",
            ".5",
            "",
            "-",
            "1.2.3",
            "1-2",
            "--1",
            "123456789012345678",
            "1234567890123456789",
            "-0.000",
            "00",
            "0.0",
        ];
        for text in texts {
            let (short, any) = (
                Decimal::from_short_literal(text),
                Decimal::from_any_literal(text),
            );
            let written = |decimal: Decimal| (decimal.coefficient(), decimal.exponent());
            match short {
                Some(short) => assert_eq!(Some(written(short)), any.map(written), "{text}"),
                None => assert!(
                    any.is_none_or(|it| it.coefficient().abs() > 10_i128.pow(17)),
                    "{text}"
                ),
            }
        }
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
