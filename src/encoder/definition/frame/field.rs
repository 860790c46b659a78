//! Fields: a name, its type, and how it is scaled.

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while};
use nom::character::complete::{char, digit1, satisfy};
use nom::combinator::{map, map_opt, opt, recognize, value, verify};
use nom::multi::many0;
use nom::sequence::{pair, preceded};

use super::parser::{Parsed, Stop, must};
use super::{Field, Integer, Op, Order, Wire};
use crate::number::{Decimal, Rational};

pub(super) fn placeholder(input: &str, total: usize) -> Parsed<'_, Field> {
    // The brace in front belongs to the field.
    let offset = total.saturating_sub(input.len()).saturating_sub(1);
    let (input, is_variable) = map(opt(char('$')), |sign| sign.is_some()).parse(input)?;
    let (input, name) = must(name, "a name").parse(input)?;
    let (input, wire) = opt(preceded(char(':'), must(wire, A_TYPE))).parse(input)?;
    let (input, ops) = many0(op).parse(input)?;
    let (input, list) = opt(tag("...")).parse(input)?;
    let is_list = list.is_some();
    Ok((
        input,
        Field {
            is_variable,
            name,
            wire,
            ops,
            is_list,
            offset,
        },
    ))
}

const A_TYPE: &str = "a type: u8 to u64, i8 to i64, f32, f64, bool, ascii, utf8, hex or bytes";

pub(super) fn name(input: &str) -> Parsed<'_, String> {
    let first = satisfy(|c| c.is_ascii_alphabetic());
    let rest = take_while(|c: char| c.is_ascii_alphanumeric() || c == '_');
    map(recognize(pair(first, rest)), str::to_owned).parse(input)
}

fn wire(input: &str) -> Parsed<'_, Wire> {
    alt((
        map((integer, opt(order)), |(integer, order)| {
            Wire::Integer(integer, order)
        }),
        map(
            (
                alt((value(4, tag("f32")), value(8, tag("f64")))),
                opt(order),
            ),
            |(bytes, order)| Wire::Float { bytes, order },
        ),
        value(Wire::Boolean, tag("bool")),
        value(Wire::Ascii, tag("ascii")),
        value(Wire::Utf8, tag("utf8")),
        map(preceded(tag("dec"), digits_1_to_19), Wire::DecimalDigits),
        map(preceded(tag("hex"), digits_1_to_19), Wire::HexDigits),
        value(Wire::Hex, tag("hex")),
        value(Wire::Bytes, tag("bytes")),
    ))
    .parse(input)
}

/// A count of digits that any 64-bit integer fits.
fn digits_1_to_19(input: &str) -> Parsed<'_, usize> {
    verify(map_opt(digit1, |text: &str| text.parse().ok()), |count| {
        (1..=19).contains(count)
    })
    .parse(input)
}

pub(super) fn integer(input: &str) -> Parsed<'_, Integer> {
    let sign = alt((value(false, char('u')), value(true, char('i'))));
    let bits = map_opt(digit1, |text: &str| match text {
        "8" | "16" | "24" | "32" | "40" | "48" | "56" | "64" => text.parse().ok(),
        _ => None,
    });
    map((sign, bits), |(is_signed, bits)| Integer {
        is_signed,
        bits,
    })
    .parse(input)
}

pub(super) fn order(input: &str) -> Parsed<'_, Order> {
    alt((
        value(Order::Little, tag("le")),
        value(Order::Big, tag("be")),
    ))
    .parse(input)
}

pub(super) fn op(input: &str) -> Parsed<'_, Op> {
    let (rest, sign) = satisfy(|c| matches!(c, '*' | '/' | '+' | '-')).parse(input)?;
    let (rest, operand) = must(operand, "a number after the operator").parse(rest)?;
    let op = match sign {
        '*' => (operand != Rational::ZERO).then_some(Op::Multiply(operand)),
        '/' => Rational::ONE.checked_div(operand).map(Op::Multiply),
        '+' => Some(Op::Add(operand)),
        _ => Rational::ZERO.checked_sub(operand).map(Op::Add),
    };
    match op {
        Some(op) => Ok((rest, op)),
        None => Err(nom::Err::Failure(Stop {
            rest: input,
            expected: "a factor or divisor that is not zero",
        })),
    }
}

fn operand(input: &str) -> Parsed<'_, Rational> {
    let fraction = opt(pair(char('.'), digit1));
    map_opt(
        recognize((opt(char('-')), digit1, fraction)),
        |text: &str| {
            // Leading zeros are of no harm here, and no literal of JSON.
            let negative = text.starts_with('-');
            let digits = text.trim_start_matches('-').trim_start_matches('0');
            let literal = if digits.is_empty() || digits.starts_with('.') {
                format!("0{digits}")
            } else {
                digits.to_owned()
            };
            let decimal = Decimal::from_literal(&literal)?;
            Rational::from_decimal(if negative { decimal.negated() } else { decimal })
        },
    )
    .parse(input)
}
