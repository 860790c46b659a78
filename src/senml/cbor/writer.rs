//! Writes packs in CBOR: definite lengths, shortest heads, shortest floats without loss
//! (RFC 8949 §4.1).

use crate::number::{Decimal, Number};

use super::super::label::Label;
use super::super::write::{Atom, Writer};

const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;

/// Additional information: the argument is in the bytes behind.
const ONE_BYTE: u8 = 0x18;
const TWO_BYTES: u8 = 0x19;
const FOUR_BYTES: u8 = 0x1a;
const EIGHT_BYTES: u8 = 0x1b;

const FALSE: u8 = 0xf4;
const TRUE: u8 = 0xf5;
const NULL: u8 = 0xf6;
const HALF: u8 = 0xf9;
const SINGLE: u8 = 0xfa;
const DOUBLE: u8 = 0xfb;

/// Appends a pack to bytes.
pub(in crate::senml) struct CborWriter<'b> {
    bytes: &'b mut Vec<u8>,
}

impl<'b> CborWriter<'b> {
    pub(in crate::senml) fn new(bytes: &'b mut Vec<u8>) -> Self {
        Self { bytes }
    }

    /// A head in its shortest form.
    fn head(&mut self, major: u8, argument: u64) {
        let major = major << 5;
        if let Ok(small) = u8::try_from(argument) {
            match small {
                0..=23 => self.bytes.push(major | small),
                _ => self.bytes.extend([major | ONE_BYTE, small]),
            }
        } else if let Ok(argument) = u16::try_from(argument) {
            self.bytes.push(major | TWO_BYTES);
            self.bytes.extend(argument.to_be_bytes());
        } else if let Ok(argument) = u32::try_from(argument) {
            self.bytes.push(major | FOUR_BYTES);
            self.bytes.extend(argument.to_be_bytes());
        } else {
            self.bytes.push(major | EIGHT_BYTES);
            self.bytes.extend(argument.to_be_bytes());
        }
    }

    fn length(&mut self, major: u8, length: usize) {
        // No length in memory has more than 64 bits.
        self.head(major, u64::try_from(length).unwrap_or(u64::MAX));
    }

    fn text(&mut self, text: &str) {
        self.length(TEXT, text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn key(&mut self, label: Label) {
        match label.cbor_key() {
            Some(key) => drop(self.integer(key.into())),
            None => self.text(label.as_str()),
        }
    }

    /// An integer, if it has at most 64 bits beside its sign.
    fn integer(&mut self, integer: i128) -> Option<()> {
        if let Ok(value) = u64::try_from(integer) {
            self.head(UNSIGNED, value);
            return Some(());
        }
        let below = u64::try_from(-1 - integer).ok()?;
        self.head(NEGATIVE, below);
        Some(())
    }

    fn number(&mut self, number: Number) {
        let decimal = match number {
            Number::Decimal(decimal) => decimal,
            Number::Double(double) => return self.float(double),
        };
        if decimal.is_written_as_integer() && self.integer(decimal.coefficient()).is_some() {
            return;
        }
        let double = decimal.to_f64();
        if Decimal::from_f64(double) == Some(decimal) {
            return self.float(double);
        }
        self.decimal_fraction(shortest(decimal));
    }

    /// A float in the shortest of the three forms that holds it.
    fn float(&mut self, double: f64) {
        if let Some(half) = half_bits(double) {
            self.bytes.push(HALF);
            self.bytes.extend(half.to_be_bytes());
        } else if let Some(single) = single(double) {
            self.bytes.push(SINGLE);
            self.bytes.extend(single.to_be_bytes());
        } else {
            self.bytes.push(DOUBLE);
            self.bytes.extend(double.to_be_bytes());
        }
    }

    /// Tag 4: exponent and mantissa, the latter a bignum where it needs to be (RFC 8949 §3.4.4).
    fn decimal_fraction(&mut self, decimal: Decimal) {
        self.head(TAG, 4);
        self.head(ARRAY, 2);
        self.integer(decimal.exponent().into());
        let mantissa = decimal.coefficient();
        if self.integer(mantissa).is_some() {
            return;
        }
        let (tag, magnitude) = if mantissa < 0 {
            (3, -1 - mantissa)
        } else {
            (2, mantissa)
        };
        let bytes = magnitude.to_be_bytes();
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        let digits = bytes.get(zeros..).unwrap_or_default();
        self.head(TAG, tag);
        self.length(BYTES, digits.len());
        self.bytes.extend_from_slice(digits);
    }
}

/// The number with as few digits as it can have; one that was written with a fraction keeps one.
fn shortest(decimal: Decimal) -> Decimal {
    let normalized = decimal.normalized();
    if decimal.is_written_as_integer() || normalized.exponent() != 0 {
        return normalized;
    }
    let tenths = normalized.coefficient().checked_mul(10);
    let with_fraction = tenths.and_then(|tenths| Decimal::new(tenths, -1));
    with_fraction.unwrap_or(normalized)
}

/// The head of an array of so many items (RFC 8949 §3.1).
pub(crate) fn cbor_array_head(items: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    CborWriter::new(&mut bytes).length(ARRAY, items);
    bytes
}

/// A record of the base name alone (RFC 8428 §5.1.7).
pub(crate) fn cbor_base_name(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = CborWriter::new(&mut bytes);
    writer.begin_record(1);
    writer.field(Label::BaseName, Atom::String(name));
    bytes
}

impl Writer for CborWriter<'_> {
    fn begin_pack(&mut self, records: usize) {
        self.length(ARRAY, records);
    }

    fn begin_record(&mut self, fields: usize) {
        self.length(MAP, fields);
    }

    fn field(&mut self, label: Label, atom: Atom<'_>) {
        self.key(label);
        match atom {
            Atom::Number(number) => self.number(number),
            Atom::String(text) => self.text(text),
            Atom::Name(name) => {
                let (base, local) = name.pieces();
                self.length(TEXT, name.len());
                self.bytes.extend_from_slice(base.as_bytes());
                self.bytes.extend_from_slice(local.as_bytes());
            }
            Atom::Boolean(boolean) => self.bytes.push(if boolean { TRUE } else { FALSE }),
            Atom::Data(bytes) => {
                self.length(BYTES, bytes.len());
                self.bytes.extend_from_slice(bytes);
            }
            Atom::Null => self.bytes.push(NULL),
        }
    }

    fn end_record(&mut self) {}

    fn end_pack(&mut self) {}
}

/// The single that is this double exactly, if there is one.
fn single(double: f64) -> Option<f32> {
    // The nearest single is found by way of its digits; a conversion in the language may round.
    let single: f32 = format!("{double:e}").parse().ok()?;
    (f64::from(single).to_bits() == double.to_bits()).then_some(single)
}

/// The bits of the half that is this double exactly, if there is one.
fn half_bits(double: f64) -> Option<u16> {
    let bits = single(double)?.to_bits();
    let sign = u16::try_from(bits >> 16).ok()? & 0x8000;
    let exponent = i32::try_from((bits >> 23) & 0xff).ok()? - 127;
    let fraction = bits & 0x007f_ffff;
    if double == 0.0 {
        return Some(sign);
    }
    // Bits of the fraction that a half does not have; a subnormal one has fewer still.
    let dropped = match exponent {
        -14..=15 => 13,
        -24..=-15 => u32::try_from(-1 - exponent).ok()?,
        _ => return None,
    };
    let significand = fraction | 0x0080_0000;
    if significand.trailing_zeros() < dropped {
        return None;
    }
    let digits = u16::try_from(significand >> dropped).ok()?;
    let biased = match exponent {
        -14..=15 => u16::try_from(exponent + 14).ok()? << 10,
        _ => 0,
    };
    Some(sign | (digits + biased))
}

#[cfg(test)]
mod tests {
    use super::super::head::Head;
    use super::super::scanner::Scanner;
    use super::*;

    fn written(literal: &str) -> String {
        let mut bytes = Vec::new();
        let number = Number::from_literal(literal).expect("a number");
        CborWriter::new(&mut bytes).number(number);
        hex::encode(bytes)
    }

    #[test]
    fn every_half_is_written_as_it_is_read() {
        for bits in 0..=u16::MAX {
            let [high, low] = bits.to_be_bytes();
            let Ok(Head::Float(double)) = Scanner::new(&[HALF, high, low], 1).head() else {
                panic!("a float");
            };
            if double.is_finite() {
                assert_eq!(half_bits(double), Some(bits), "{bits:04x}");
            }
        }
    }

    #[test]
    fn numbers_take_the_shortest_form_without_loss() {
        for (literal, expected) in [
            ("42", "182a"),
            ("-1000", "3903e7"),
            ("18446744073709551615", "1bffffffffffffffff"),
            ("-18446744073709551616", "3bffffffffffffffff"),
            ("7.0625", "f94710"),
            ("20.0", "f94d00"),
            ("100000.0", "fa47c35000"),
            ("65536.0", "fa47800000"),
            ("0.29", "fb3fd28f5c28f5c28f"),
            ("5e-324", "fb0000000000000001"),
            ("1e300", "fb7e37e43c8800759c"),
            ("0.12345678901234567890", "c482321b112210f47de98115"),
            ("18446744073709551617", "c48200c249010000000000000001"),
            ("9007199254740993.0", "c482201b014000000000000a"),
        ] {
            assert_eq!(written(literal), expected, "{literal}");
        }
    }
}
