//! Items: what stands one behind the other, and what is wrapped around them.

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::{char, digit1, multispace0, satisfy};
use nom::combinator::{cut, map, map_opt, not, opt, peek, recognize, value};
use nom::multi::{many0, many1};
use nom::sequence::{delimited, pair, preceded, terminated};

use super::super::checksum::Algorithm;
use super::bits::bits;
use super::field::{integer, op, order, placeholder};
use super::parser::{Parsed, Stop, must};
use super::{AN_ITEM, Item};

/// `total` is the length of the whole frame, from which offsets are told.
pub(super) fn frame(input: &str, total: usize) -> Parsed<'_, Vec<Item>> {
    preceded(
        multispace0,
        many0(terminated(|input| item(input, total), multispace0)),
    )
    .parse(input)
}

fn item(input: &str, total: usize) -> Parsed<'_, Item> {
    alt((
        value(Item::Inner, tag("{*}")),
        map(
            delimited(
                char('{'),
                cut(|input| placeholder(input, total)),
                must(char('}'), "`}`, a type after `:` or an operation"),
            ),
            Item::Field,
        ),
        |input| bits(input, total),
        |input| length(input, total),
        |input| sum(input, total),
        pad,
        |input| group(input, total),
        bytes,
    ))
    .parse(input)
}

fn bytes(input: &str) -> Parsed<'_, Item> {
    let no_word = not(satisfy(|c| c.is_ascii_alphanumeric() || c == '_'));
    map(terminated(many1(hex_pair), peek(no_word)), Item::Bytes).parse(input)
}

fn hex_pair(input: &str) -> Parsed<'_, u8> {
    let digit = || satisfy(|c| c.is_ascii_hexdigit());
    map_opt(recognize(pair(digit(), digit())), |text| {
        u8::from_str_radix(text, 16).ok()
    })
    .parse(input)
}

fn parenthesized(input: &str, total: usize) -> Parsed<'_, Vec<Item>> {
    delimited(
        must(char('('), "`(`"),
        cut(move |input| frame(input, total)),
        must(char(')'), "`)` or another item"),
    )
    .parse(input)
}

fn length(input: &str, total: usize) -> Parsed<'_, Item> {
    let (input, _) = tag("len:").parse(input)?;
    let (input, integer) = must(integer, "an integer type such as `u8`").parse(input)?;
    let (input, order) = opt(order).parse(input)?;
    let (input, scale) = many0(op).parse(input)?;
    let (input, items) = parenthesized(input, total)?;
    Ok((
        input,
        Item::Length {
            integer,
            order,
            scale,
            items,
        },
    ))
}

fn sum(input: &str, total: usize) -> Parsed<'_, Item> {
    let mut word = take_while1(|c: char| c.is_ascii_alphanumeric() || c == '-');
    let (rest, name) = word.parse(input)?;
    let (rest, algorithm) = match Algorithm::one_byte(name) {
        Some(algorithm) => (rest, algorithm),
        None => {
            let Some(two_bytes) = Algorithm::two_bytes(name) else {
                return Err(nom::Err::Error(Stop {
                    rest: input,
                    expected: AN_ITEM,
                }));
            };
            let (rest, order) = must(preceded(char(':'), order), "`:le` or `:be`").parse(rest)?;
            (rest, two_bytes(order))
        }
    };
    let (rest, items) = parenthesized(rest, total)?;
    Ok((rest, Item::Sum { algorithm, items }))
}

fn pad(input: &str) -> Parsed<'_, Item> {
    let (input, _) = tag("pad(").parse(input)?;
    let (input, length) =
        must(map_opt(digit1, |text: &str| text.parse().ok()), "a length").parse(input)?;
    let (input, with) = opt(preceded(
        pair(char(','), multispace0),
        must(hex_pair, "a byte in hex"),
    ))
    .parse(input)?;
    let (input, _) = must(char(')'), "`)`").parse(input)?;
    Ok((
        input,
        Item::Pad {
            length,
            with: with.unwrap_or(0),
        },
    ))
}

fn group(input: &str, total: usize) -> Parsed<'_, Item> {
    let (input, _) = peek(char('(')).parse(input)?;
    let (input, items) = parenthesized(input, total)?;
    let (input, _) = must(tag("..."), "`...` after the group").parse(input)?;
    Ok((input, Item::Group(items)))
}
