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

mod bits;
mod field;
mod item;
mod parser;

use super::checksum::Algorithm;
use crate::number::Rational;

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

impl Field {
    /// Whether it is a name and nothing else.
    pub(super) fn is_bare(&self) -> bool {
        self.wire.is_none() && self.ops.is_empty() && !self.is_list
    }
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
    match item::frame(text, text.len()) {
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
    match field::placeholder(text, text.len()) {
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
