//! Bits: runs that make whole bytes.

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::{char, digit1, multispace0};
use nom::combinator::{map, map_opt, not, opt, verify};
use nom::multi::many0;
use nom::sequence::{pair, preceded, terminated};

use super::field::{name, op};
use super::parser::{Parsed, must};
use super::{Bit, Item};

pub(super) fn bits(input: &str, total: usize) -> Parsed<'_, Item> {
    let blank = take_while1(|c: char| c.is_ascii_whitespace());
    let bit = move |input| must(move |input| bit(input, total), A_BIT).parse(input);
    let (input, first) = preceded(pair(char('['), multispace0), bit).parse(input)?;
    // A blank in front of `]` is in front of no bit.
    let next = preceded(terminated(blank, not(char(']'))), bit);
    let (input, rest) = many0(next).parse(input)?;
    let close = preceded(multispace0, char(']'));
    let (input, _) = must(close, "`]` or another run of bits").parse(input)?;
    let (input, reversed) = map(opt(tag("le")), |order| order.is_some()).parse(input)?;
    let bits = std::iter::once(first).chain(rest).collect();
    Ok((input, Item::Bits { bits, reversed }))
}

const A_BIT: &str = "a run of bits: `0:3`, `name:4`, `name?`, `name[11:8]` or `name`";

fn bit(input: &str, total: usize) -> Parsed<'_, Bit> {
    let offset = total.saturating_sub(input.len());
    alt((
        map(
            pair(constant, preceded(char(':'), must(small, "a width"))),
            |(value, width)| Bit::Constant { value, width },
        ),
        map(terminated(name, char('?')), move |name| Bit::Given {
            name,
            offset,
        }),
        move |input| slice(input, offset),
        move |input| bit_value(input, offset),
    ))
    .parse(input)
}

fn constant(input: &str) -> Parsed<'_, u128> {
    let hex = preceded(tag("0x"), take_while1(|c: char| c.is_ascii_hexdigit()));
    alt((
        map_opt(hex, |text| u128::from_str_radix(text, 16).ok()),
        map_opt(digit1, |text: &str| text.parse().ok()),
    ))
    .parse(input)
}

/// A number of bits.
fn small(input: &str) -> Parsed<'_, u32> {
    verify(map_opt(digit1, |text: &str| text.parse().ok()), |width| {
        *width <= 64
    })
    .parse(input)
}

fn slice(input: &str, offset: usize) -> Parsed<'_, Bit> {
    let (input, name) = terminated(name, char('[')).parse(input)?;
    let (input, (high, low)) = must(
        pair(terminated(small, char(':')), terminated(small, char(']'))),
        "`[high:low]`",
    )
    .parse(input)?;
    Ok((
        input,
        Bit::Slice {
            name,
            high,
            low,
            offset,
        },
    ))
}

fn bit_value(input: &str, offset: usize) -> Parsed<'_, Bit> {
    let (input, name) = name.parse(input)?;
    let width = preceded(char(':'), must(pair(opt(char('i')), small), "a width"));
    let (input, width) = opt(width).parse(input)?;
    let Some((sign, width)) = width else {
        return Ok((input, Bit::Flag { name, offset }));
    };
    let (input, ops) = many0(op).parse(input)?;
    Ok((
        input,
        Bit::Value {
            name,
            is_signed: sign.is_some(),
            width,
            ops,
            offset,
        },
    ))
}
