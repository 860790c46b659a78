//! Writes packs in JSON (RFC 8428 §5).

use std::fmt::Write as _;

use crate::number::{Decimal, Number};

use super::data;
use super::label::Label;
use super::write::{Atom, Writer};

/// Characters up to which a number is written out, for people; beyond, the shorter form wins.
const READABLE: usize = 8;

/// Appends a pack to a text.
pub(super) struct JsonWriter<'t> {
    text: &'t mut String,
    is_first_record: bool,
    is_first_field: bool,
}

impl<'t> JsonWriter<'t> {
    pub(super) fn new(text: &'t mut String) -> Self {
        Self {
            text,
            is_first_record: true,
            is_first_field: true,
        }
    }

    fn quoted(&mut self, text: &str) {
        self.text.push('"');
        escape_into(text, self.text);
        self.text.push('"');
    }
}

impl Writer for JsonWriter<'_> {
    fn begin_pack(&mut self, _records: usize) {
        self.text.push('[');
    }

    fn begin_record(&mut self, _fields: usize) {
        if !self.is_first_record {
            self.text.push(',');
        }
        self.is_first_record = false;
        self.is_first_field = true;
        self.text.push('{');
    }

    fn field(&mut self, label: Label, atom: Atom<'_>) {
        if !self.is_first_field {
            self.text.push(',');
        }
        self.is_first_field = false;
        self.quoted(label.as_str());
        self.text.push(':');
        match atom {
            Atom::Number(number) => self.text.push_str(&number_literal(number)),
            Atom::String(text) => self.quoted(text),
            Atom::Name(name) => {
                let (base, local) = name.pieces();
                self.text.push('"');
                escape_into(base, self.text);
                escape_into(local, self.text);
                self.text.push('"');
            }
            Atom::Boolean(boolean) => self.text.push_str(if boolean { "true" } else { "false" }),
            Atom::Data(bytes) => {
                self.text.push('"');
                data::encode_into(bytes, self.text);
                self.text.push('"');
            }
            Atom::Null => self.text.push_str("null"),
        }
    }

    fn end_record(&mut self) {
        self.text.push('}');
    }

    fn end_pack(&mut self) {
        self.text.push(']');
    }
}

/// Appends text with what JSON asks to be escaped (RFC 8259 §7).
fn escape_into(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\u{1f}' => {
                // Writing to a string does not fail.
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
}

/// A literal that reads back as the same number, and as an integer only if it was one.
fn number_literal(number: Number) -> String {
    let decimal = match number {
        Number::Decimal(decimal) => decimal,
        Number::Double(double) => return format!("{double:e}"),
    };
    if decimal.is_written_as_integer() {
        return decimal.to_string();
    }
    let shortest = decimal.normalized();
    let plain = match Decimal::to_integer(shortest) {
        Some(_) => format!("{shortest}.0"),
        None => shortest.to_string(),
    };
    let with_exponent = format!("{}e{}", shortest.coefficient(), shortest.exponent());
    if plain.len() <= READABLE || plain.len() <= with_exponent.len() || shortest.exponent() == 0 {
        plain
    } else {
        with_exponent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(literal: &str) -> String {
        number_literal(Number::from_literal(literal).expect("a number"))
    }

    #[test]
    fn numbers_are_short_and_stay_what_they_were() {
        for (literal, expected) in [
            ("0", "0"),
            ("-0.0", "0.0"),
            ("1.10", "1.1"),
            ("20.0", "20.0"),
            ("20", "20"),
            ("18446744073709551616", "18446744073709551616"),
            ("1.276020076001e+09", "1276020076.001"),
            ("1E20", "1e20"),
            ("100000.0", "100000.0"),
            ("0.0000000001", "1e-10"),
            ("0.000001", "0.000001"),
            ("1e300", "1e300"),
            ("-1.7976931348623157E308", "-1.7976931348623157e308"),
        ] {
            assert_eq!(written(literal), expected);
            assert_eq!(
                Number::from_literal(&written(literal)),
                Number::from_literal(literal)
            );
        }
    }

    #[test]
    fn only_what_json_asks_is_escaped() {
        let mut out = String::new();
        escape_into("a\"\\\n\u{1}é\u{7f}/", &mut out);
        assert_eq!(out, "a\\\"\\\\\\n\\u0001é\u{7f}/");
    }
}
