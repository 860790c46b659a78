//! Decimals from number literals (RFC 8259 §6).
//!
//! ```text
//! number = [ "-" ] int [ "." 1*digit ] [ ("e" / "E") [ "+" / "-" ] 1*digit ]
//! int    = "0" / ( digit1-9 *digit )
//! ```

use super::{COEFFICIENT_END, Decimal, ShortDecimal};

impl Decimal {
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
        match ShortDecimal::from_literal(text) {
            Some(short) => Some(short.into()),
            None => Self::from_any_literal(text),
        }
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
}

/// A number literal in its pieces.
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
pub(in crate::number) fn is_literal(text: &str) -> bool {
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
                ShortDecimal::from_literal(text).map(Decimal::from),
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
}
