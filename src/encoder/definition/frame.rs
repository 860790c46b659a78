//! The frame language: how the bytes of a command stand one behind the other.
//!
//! ```text
//! frame = ws, { item, ws } ;
//! item  = bytes | "{*}" | field | bits | len | sum | pad | group ;
//! bytes = pair, { pair } ;                                       (* next is no letter, digit or "_" *)
//! field = "{", ["$"], name, [":", type], {op}, ["..."], "}" ;    (* no blanks inside *)
//! type  = int, [order] | ("f32" | "f64"), [order] | "bool" | "ascii" | "utf8" | "hex" | "bytes" ;
//! int   = ("u" | "i"), ("8" | "16" | "24" | "32" | "40" | "48" | "56" | "64") ;
//! order = "le" | "be" ;
//! op    = ("*" | "/" | "+" | "-"), ["-"], digits, [".", digits] ;
//! bits  = "[", ws, bit, {blank, bit}, ws, "]", ["le"] ;          (* whole bytes, most significant bit first *)
//! bit   = const, ":", digits | name, "?" | name, "[", digits, ":", digits, "]" | name, [":", ["i"], digits, {op}] ;
//! const = digits | "0x", hexdigit, {hexdigit} ;
//! len   = "len:", int, [order], {op}, "(", frame, ")" ;          (* the length of what is inside, in front of it *)
//! sum   = ( "sum8" | "xor8" | "crc8-smbus" | crc16, ":", order ), "(", frame, ")" ;   (* over what is inside, behind it *)
//! crc16 = "crc16-modbus" | "crc16-ccitt-false" | "crc16-xmodem" | "crc16-kermit" ;
//! pad   = "pad(", digits, [",", ws, pair], ")" ;                 (* fill up to n bytes of this command's own frame *)
//! group = "(", frame, ")..." ;                                   (* one a frame, not nested *)
//! name  = letter, { letter | digit | "_" } ;
//! ```
//!
//! Text templates use `field` too, with `dec` and `hex` digits as types of their own.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::character::complete::{char, digit1, multispace0, satisfy};
use nom::combinator::{cut, map, map_opt, not, opt, peek, recognize, value, verify};
use nom::multi::{many0, many1};
use nom::sequence::{delimited, pair, preceded, terminated};
use nom::{IResult, Parser};

use super::checksum::Algorithm;
use crate::number::{Decimal, Rational};

/// What a frame is made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item {
    /// The same bytes in every message.
    Bytes(Vec<u8>),
    /// `{*}`: the bytes of the commands inside an envelope.
    Inner,
    /// An argument or a variable.
    Field(Field),
    /// Whole bytes made of bits.
    Bits { bits: Vec<Bit>, reversed: bool },
    /// A length in front of what is inside.
    Length {
        integer: Integer,
        order: Option<Order>,
        scale: Vec<Op>,
        items: Vec<Item>,
    },
    /// A check value behind what is inside.
    Sum {
        algorithm: Algorithm,
        items: Vec<Item>,
    },
    /// Fills up the frame.
    Pad { length: usize, with: u8 },
    /// Stands once for each index.
    Group(Vec<Item>),
}

/// An argument or a variable in its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Field {
    pub(super) is_variable: bool,
    pub(super) name: String,
    pub(super) wire: Option<Wire>,
    pub(super) ops: Vec<Op>,
    pub(super) is_list: bool,
    /// Offset of the opening brace in the frame.
    pub(super) offset: usize,
}

/// How a value is laid on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wire {
    Integer(Integer, Option<Order>),
    /// IEEE 754, four or eight bytes.
    Float {
        bytes: usize,
        order: Option<Order>,
    },
    Boolean,
    Ascii,
    Utf8,
    /// Bytes that a caller writes as hex digits.
    Hex,
    /// Bytes that a caller gives as data.
    Bytes,
    /// In text: decimal digits, with leading zeros up to this many.
    DecimalDigits(usize),
    /// In text: hexadecimal digits, with leading zeros up to this many.
    HexDigits(usize),
}

/// An integer of whole bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Integer {
    pub(super) is_signed: bool,
    pub(super) bits: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Little,
    Big,
}

/// One step of scaling, exact.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Op {
    Multiply(Rational),
    Add(Rational),
}

/// A run of bits.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Bit {
    Constant {
        value: u128,
        width: u32,
    },
    /// `name?`: one if the argument was given.
    Given {
        name: String,
        offset: usize,
    },
    /// `name[11:8]`: those bits of the argument's wire value.
    Slice {
        name: String,
        high: u32,
        low: u32,
        offset: usize,
    },
    /// `name`: one bit, set or not.
    Flag {
        name: String,
        offset: usize,
    },
    Value {
        name: String,
        is_signed: bool,
        width: u32,
        ops: Vec<Op>,
        offset: usize,
    },
}

/// What is wrong in a frame.
#[derive(Debug, PartialEq)]
pub(super) struct Fault {
    pub(super) expected: &'static str,
    pub(super) offset: usize,
}

/// Parses a whole frame.
pub(super) fn parse(text: &str) -> Result<Vec<Item>, Fault> {
    let whole = |input| frame(input, text.len());
    match whole(text) {
        Ok(("", items)) => Ok(items),
        Ok((rest, _)) => Err(Fault {
            expected: AN_ITEM,
            offset: text.len() - rest.len(),
        }),
        Err(nom::Err::Error(stop) | nom::Err::Failure(stop)) => Err(Fault {
            expected: stop.expected,
            offset: text.len() - stop.rest.len(),
        }),
        Err(nom::Err::Incomplete(_)) => Err(Fault {
            expected: AN_ITEM,
            offset: text.len(),
        }),
    }
}

/// Parses the inside of one placeholder, `name:type*10`, as text templates have it.
pub(super) fn parse_placeholder(text: &str) -> Result<Field, Fault> {
    match placeholder(text, text.len()) {
        Ok(("", field)) => Ok(field),
        Ok((rest, _)) => Err(Fault {
            expected: "`}`",
            offset: text.len() - rest.len(),
        }),
        Err(nom::Err::Error(stop) | nom::Err::Failure(stop)) => Err(Fault {
            expected: stop.expected,
            offset: text.len() - stop.rest.len(),
        }),
        Err(nom::Err::Incomplete(_)) => Err(Fault {
            expected: "`}`",
            offset: text.len(),
        }),
    }
}

const AN_ITEM: &str =
    "bytes in hex, `{field}`, `[bits]`, `len:`, a checksum, `pad(` or `(group)...`";

/// Where parsing stopped, and what should have stood there.
#[derive(Debug)]
struct Stop<'i> {
    rest: &'i str,
    expected: &'static str,
}

impl<'i> nom::error::ParseError<&'i str> for Stop<'i> {
    fn from_error_kind(rest: &'i str, _: nom::error::ErrorKind) -> Self {
        Self {
            rest,
            expected: AN_ITEM,
        }
    }

    fn append(_: &'i str, _: nom::error::ErrorKind, other: Self) -> Self {
        other
    }
}

type Parsed<'i, T> = IResult<&'i str, T, Stop<'i>>;

/// Says what was expected where the parser fails, and that nothing else can stand there.
fn must<'i, T>(
    mut parser: impl Parser<&'i str, Output = T, Error = Stop<'i>>,
    expected: &'static str,
) -> impl Parser<&'i str, Output = T, Error = Stop<'i>> {
    move |input: &'i str| {
        parser.parse(input).map_err(|error| match error {
            nom::Err::Error(stop) => nom::Err::Failure(Stop {
                rest: stop.rest,
                expected,
            }),
            other => other,
        })
    }
}

/// `total` is the length of the whole frame, from which offsets are told.
fn frame(input: &str, total: usize) -> Parsed<'_, Vec<Item>> {
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
                must(char('}'), "`}`, a type behind `:` or an operation"),
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

fn placeholder(input: &str, total: usize) -> Parsed<'_, Field> {
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

fn name(input: &str) -> Parsed<'_, String> {
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

fn integer(input: &str) -> Parsed<'_, Integer> {
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

fn order(input: &str) -> Parsed<'_, Order> {
    alt((
        value(Order::Little, tag("le")),
        value(Order::Big, tag("be")),
    ))
    .parse(input)
}

fn op(input: &str) -> Parsed<'_, Op> {
    let (rest, sign) = satisfy(|c| matches!(c, '*' | '/' | '+' | '-')).parse(input)?;
    let (rest, operand) = must(operand, "a number behind the operator").parse(rest)?;
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

fn bits(input: &str, total: usize) -> Parsed<'_, Item> {
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
    let (input, _) = must(tag("..."), "`...` behind the group").parse(input)?;
    Ok((input, Item::Group(items)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, wire: Option<Wire>, offset: usize) -> Item {
        let name = name.to_owned();
        Item::Field(Field {
            is_variable: false,
            name,
            wire,
            ops: vec![],
            is_list: false,
            offset,
        })
    }

    #[test]
    fn bytes_and_fields_stand_in_order() {
        let u24 = Wire::Integer(
            Integer {
                is_signed: false,
                bits: 24,
            },
            None,
        );
        assert_eq!(
            parse(" 01FF {seconds:u24}\n"),
            Ok(vec![
                Item::Bytes(vec![1, 255]),
                field("seconds", Some(u24), 6)
            ])
        );
    }

    #[test]
    fn faults_tell_their_place() {
        for (frame, offset) in [
            ("01 {a", 5),
            ("0", 0),
            ("01 {a:u7}", 6),
            ("[a:4 ", 5),
            ("{a/0}", 2),
            ("pad(x)", 4),
            ("(01)", 4),
            ("01 zz", 3),
            ("crc16-modbus(01)", 12),
        ] {
            let fault = parse(frame).expect_err(frame);
            assert_eq!(fault.offset, offset, "{frame}: {}", fault.expected);
        }
    }

    #[test]
    fn bit_runs_have_all_their_forms() {
        let Ok(items) = parse("[mode:4 0:2 on given? temp[11:8] t:i8*2 ]le") else {
            panic!("a frame");
        };
        let [
            Item::Bits {
                bits,
                reversed: true,
            },
        ] = items.as_slice()
        else {
            panic!("one bit group");
        };
        assert_eq!(bits.len(), 6);
        assert_eq!(bits[1], Bit::Constant { value: 0, width: 2 });
        assert_eq!(
            bits[3],
            Bit::Given {
                name: "given".to_owned(),
                offset: 15
            }
        );
    }

    #[test]
    fn wrappers_nest() {
        let items = parse("AA sum8(len:u8+1(01 {x}) pad(8, FF))").expect("a frame");
        assert!(
            matches!(&items[1], Item::Sum { algorithm: Algorithm::Sum8, items } if items.len() == 2)
        );
    }
}
