//! Numbers in CBOR: integers, floats, and decimal fractions (RFC 8949 §3.3, §3.4.4).
//!
//! ```text
//! decimal fraction = tag 4, array of [ exponent: int, mantissa: int / bignum ]
//! ```

use crate::error::{Code, Error};
use crate::number::{Decimal, Number};

use super::super::assembly::Assembly;
use super::super::label::Label;
use super::super::token::Token;
use super::head::Head;
use super::scanner::Scanner;

const DECIMAL_FRACTION: u64 = 4;
const POSITIVE_BIGNUM: u64 = 2;
const NEGATIVE_BIGNUM: u64 = 3;
/// Bytes of a bignum: far more than the digits of any double.
const LONGEST_BIGNUM: usize = 1024;

/// An integer whose head was read.
pub(super) fn integer(head: Head) -> Token<'static> {
    match integer_value(head).and_then(|integer| Decimal::new(integer, 0)) {
        Some(decimal) => Token::Number(Number::Decimal(decimal)),
        None => Token::Other(head.name()),
    }
}

fn integer_value(head: Head) -> Option<i128> {
    match head {
        Head::Unsigned(value) => Some(i128::from(value)),
        Head::Negative(value) => Some(-1 - i128::from(value)),
        _ => None,
    }
}

/// A float: the number that it is printed as.
pub(super) fn float<'a>(
    double: f64,
    label: Label,
    offset: usize,
    assembly: &mut Assembly<'a, '_>,
) -> Result<Token<'a>, Error> {
    if let Some(number) = Number::from_f64(double) {
        return Ok(Token::Number(number));
    }
    let error = Error::new(
        Code::SenmlNumber,
        format!("{double} is not a finite number"),
    )
    .expected("a finite number")
    .found(double.to_string())
    .rule("C7");
    assembly.error_at(label, offset, error)?;
    Ok(Token::Faulty)
}

/// A tagged item, of which only decimal fractions are numbers (C6).
pub(super) fn tagged<'a>(
    tag: u64,
    scanner: &mut Scanner<'a>,
    label: Label,
    offset: usize,
    assembly: &mut Assembly<'a, '_>,
) -> Result<Token<'a>, Error> {
    let mut behind = *scanner;
    behind.skip_rest_of(Head::Tag(tag), offset)?;
    let token = if tag == DECIMAL_FRACTION {
        let fraction = decimal_fraction(scanner);
        match fraction {
            Ok(Some(number)) => Token::Number(number),
            Ok(None) => {
                assembly.error_at(label, offset, beyond_doubles())?;
                Token::Faulty
            }
            Err(NotOne) => {
                assembly.error_at(label, offset, not_a_decimal_fraction())?;
                Token::Faulty
            }
        }
    } else {
        let error = Error::new(
            Code::SenmlType,
            format!("`{label}` takes a number, not tag {tag}"),
        )
        .expected("an integer, a float, or a decimal fraction (tag 4)")
        .found(format!("tag {tag}"))
        .rule("C6");
        assembly.error_at(label, offset, error)?;
        Token::Faulty
    };
    *scanner = behind;
    Ok(token)
}

/// Well-formed CBOR that is not a decimal fraction.
struct NotOne;

impl From<Error> for NotOne {
    fn from(_: Error) -> Self {
        Self
    }
}

/// The number; `None` beyond what a double holds.
fn decimal_fraction(scanner: &mut Scanner<'_>) -> Result<Option<Number>, NotOne> {
    let Head::Array(length) = scanner.head()? else {
        return Err(NotOne);
    };
    let mut rest = scanner.enter(length)?;
    if !scanner.has_more(&mut rest)? {
        return Err(NotOne);
    }
    let exponent = integer_value(scanner.head()?).ok_or(NotOne)?;
    if !scanner.has_more(&mut rest)? {
        return Err(NotOne);
    }
    let mantissa = mantissa(scanner)?;
    if scanner.has_more(&mut rest)? {
        return Err(NotOne);
    }
    Ok(mantissa.times_power_of_ten(exponent))
}

enum Mantissa {
    Integer(i128),
    Digits(String),
}

impl Mantissa {
    fn times_power_of_ten(self, exponent: i128) -> Option<Number> {
        let digits = match self {
            Self::Integer(integer) => {
                let exact = i32::try_from(exponent).ok();
                if let Some(decimal) = exact.and_then(|power| Decimal::new(integer, power)) {
                    return Some(Number::Decimal(decimal));
                }
                integer.to_string()
            }
            Self::Digits(digits) => digits,
        };
        Number::from_literal(&format!("{digits}e{exponent}"))
    }
}

fn mantissa(scanner: &mut Scanner<'_>) -> Result<Mantissa, NotOne> {
    let head = scanner.head()?;
    let is_negative = match head {
        Head::Tag(POSITIVE_BIGNUM) => false,
        Head::Tag(NEGATIVE_BIGNUM) => true,
        _ => return integer_value(head).map(Mantissa::Integer).ok_or(NotOne),
    };
    let Head::Bytes(length) = scanner.head()? else {
        return Err(NotOne);
    };
    let bytes = scanner.bytes(length)?;
    bignum(&bytes, is_negative).ok_or(NotOne)
}

/// The integer of a bignum: its bytes, most significant first, or -1 minus that.
fn bignum(bytes: &[u8], is_negative: bool) -> Option<Mantissa> {
    if bytes.len() > LONGEST_BIGNUM {
        return None;
    }
    let small = bytes.iter().try_fold(0_i128, |value, byte| {
        value.checked_mul(0x100)?.checked_add(i128::from(*byte))
    });
    match small {
        Some(value) if is_negative => Some(Mantissa::Integer(-1 - value)),
        Some(value) => Some(Mantissa::Integer(value)),
        None => {
            let sign = if is_negative { "-" } else { "" };
            let digits = decimal_digits(bytes, u8::from(is_negative));
            Some(Mantissa::Digits(format!("{sign}{digits}")))
        }
    }
}

/// The decimal digits of an integer in bytes, most significant first, plus a small one.
fn decimal_digits(bytes: &[u8], plus: u8) -> String {
    const BASE: u64 = 1_000_000_000;
    // Groups of nine digits, least significant first.
    let mut groups: Vec<u64> = vec![0];
    let mut multiply_and_add = |factor: u64, addend: u8| {
        let mut carry = u64::from(addend);
        for group in &mut groups {
            let value = *group * factor + carry;
            *group = value % BASE;
            carry = value / BASE;
        }
        if carry > 0 {
            groups.push(carry);
        }
    };
    for byte in bytes {
        multiply_and_add(0x100, *byte);
    }
    multiply_and_add(1, plus);
    let first = groups.pop().unwrap_or_default().to_string();
    let others = groups.iter().rev().map(|group| format!("{group:09}"));
    std::iter::once(first).chain(others).collect()
}

#[cold]
fn beyond_doubles() -> Error {
    Error::new(
        Code::SenmlNumber,
        "the decimal fraction is beyond the range of a double",
    )
    .expected("a number of at most 1.8e308")
    .rule("C13")
}

#[cold]
fn not_a_decimal_fraction() -> Error {
    Error::new(
        Code::SenmlNumber,
        "tag 4 does not contain the exponent and the mantissa of a decimal fraction",
    )
    .expected("an array of two integers")
    .rule("C6")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bignums_have_their_digits() {
        let mut bytes = vec![1_u8];
        bytes.resize(17, 0);
        let two_to_the_128 = "340282366920938463463374607431768211456";
        assert_eq!(decimal_digits(&bytes, 0), two_to_the_128);
        assert_eq!(decimal_digits(&[0xff; 16], 1), two_to_the_128);
        assert_eq!(decimal_digits(&[], 0), "0");
        assert_eq!(decimal_digits(&[0x3b, 0x9a, 0xca, 0x00], 7), "1000000007");
    }

    #[test]
    fn a_negative_bignum_is_one_below_its_bytes() {
        let Some(Mantissa::Integer(value)) = bignum(&[1, 0], true) else {
            panic!("it fits");
        };
        assert_eq!(value, -257);
    }
}
