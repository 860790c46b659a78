//! Packs in JSON (RFC 8428 §5).
//!
//! ```text
//! pack   = "[" record *( "," record ) "]"
//! record = "{" field *( "," field ) "}"
//! field  = label ":" ( number / string / boolean )
//! ```
//!
//! The exponent of a number is a lower-case `e`; a data value is base64url without padding.
//! Numbers stay exact: they are read from their literals.
//!
//! # Departures
//!
//! `Interop` also takes `E`, padded and standard base64, and `null` for a label that is absent. All
//! of them are seen in the field, and none can be read in two ways.

use std::borrow::Cow;

use crate::error::{Code, Error, quote};
use crate::json::{Kind, Scanner};
use crate::number::{Decimal, Number, ShortDecimal};

use super::assembly::{Assembly, PlainRecord};
use super::data;
use super::label::{ContentKind, Key, Label};
use super::profile::Profile;
use super::token::Token;

/// Characters of a mantissa that every reader takes (RFC 8428 §5).
const LONG_MANTISSA: usize = 19;
/// Characters of an exponent that every reader takes (RFC 8428 §5).
const LONG_EXPONENT: usize = 5;

/// Reads the array at which the scanner stands.
pub(super) fn read_array<'a>(
    scanner: &mut Scanner<'a>,
    assembly: &mut Assembly<'a, '_>,
) -> Result<(), Error> {
    let kind = scanner.kind()?;
    if kind != Kind::Array {
        let offset = scanner.offset();
        scanner.skip()?;
        return assembly.refuse_root(kind.name(), offset);
    }
    assembly.begin(scanner.offset());
    let mut items = scanner.array()?;
    while scanner.item(&mut items)? {
        read_record(scanner, assembly)?;
    }
    Ok(())
}

/// Reads one record.
pub(super) fn read_record<'a>(
    scanner: &mut Scanner<'a>,
    assembly: &mut Assembly<'a, '_>,
) -> Result<(), Error> {
    let kind = scanner.kind()?;
    assembly.begin_record(scanner.offset())?;
    if kind != Kind::Object {
        let offset = scanner.offset();
        scanner.skip()?;
        return assembly.refuse_record(kind.name(), offset);
    }
    let mut ahead = scanner.clone();
    if scanner.has_room() && assembly.plain_record(|record| read_plain(&mut ahead, record)) {
        *scanner = ahead;
        return Ok(());
    }
    let mut members = scanner.object()?;
    while let Some(name) = scanner.member(&mut members)? {
        read_field(scanner, assembly, name)?;
    }
    assembly.end_record()
}

/// Reads a plain record; `None` if it is none.
fn read_plain<'a>(scanner: &mut Scanner<'a>, record: &mut PlainRecord<'a, '_>) -> Option<()> {
    let mut members = scanner.plain_object()?;
    while let Some(label) = scanner.plain_member(&mut members, plain_label)? {
        let offset = scanner.plain_offset();
        match label.content_kind() {
            ContentKind::String => record.text(label, scanner.plain_string()?, offset)?,
            ContentKind::Number => {
                let number = ShortDecimal::from_literal(scanner.plain_number()?)?;
                record.number(label, number, offset)?;
            }
            ContentKind::Boolean => record.boolean(scanner.plain_boolean()?, offset)?,
            _ => return None,
        }
    }
    Some(())
}

/// The label that stands here, if plain records have it.
#[inline]
pub(crate) fn plain_label(text: &[u8]) -> Option<(Label, usize)> {
    match text {
        [b'n', b'"', ..] => Some((Label::Name, 1)),
        [b'v', b'"', ..] => Some((Label::Value, 1)),
        [b'u', b'"', ..] => Some((Label::Unit, 1)),
        [b't', b'"', ..] => Some((Label::Time, 1)),
        [b'v', b's', ..] => Some((Label::StringValue, 2)),
        [b'v', b'b', ..] => Some((Label::BooleanValue, 2)),
        [b'b', b'n', ..] => Some((Label::BaseName, 2)),
        [b'b', b't', ..] => Some((Label::BaseTime, 2)),
        _ => None,
    }
}

fn read_field<'a>(
    scanner: &mut Scanner<'a>,
    assembly: &mut Assembly<'a, '_>,
    name: Cow<'a, str>,
) -> Result<(), Error> {
    let kind = scanner.kind()?;
    let offset = scanner.offset();
    let Some(label) = Label::from_text(&name) else {
        scanner.skip()?;
        return assembly.field(Key::Text(name), Token::Other(kind.name()), offset);
    };
    let token = match kind {
        Kind::Number => number(scanner.number()?, label, offset, assembly)?,
        Kind::String => string(scanner.string()?, label, offset, assembly)?,
        Kind::Boolean => Token::Boolean(scanner.boolean()?),
        Kind::Null => {
            scanner.null()?;
            Token::Null
        }
        Kind::Array | Kind::Object => {
            scanner.skip()?;
            Token::Other(kind.name())
        }
    };
    assembly.field(Key::Label(label), token, offset)
}

fn number<'a>(
    literal: &str,
    label: Label,
    offset: usize,
    assembly: &mut Assembly<'a, '_>,
) -> Result<Token<'a>, Error> {
    // Nothing is to be said of a few digits without an exponent.
    if let Some(short) = ShortDecimal::from_literal(literal) {
        return Ok(Token::Number(short.into()));
    }
    if literal.contains('E') {
        let error = Error::new(
            Code::SenmlNumber,
            format!("the exponent of `{}` has an upper-case `E`", quote(literal)),
        )
        .expected("a lower-case `e`")
        .found(quote(literal))
        .rule("J9");
        if assembly.profile() != Profile::Interop {
            assembly.error_at(label, offset, error)?;
            return Ok(Token::Faulty);
        }
        assembly.lint_at(label, offset, error);
    }
    let Some(number) = Number::from_literal(literal) else {
        let error = Error::new(
            Code::SenmlNumber,
            format!("`{}` is beyond the range of a double", quote(literal)),
        )
        .expected("a number of at most 1.8e308")
        .found(quote(literal))
        .rule("J8");
        assembly.error_at(label, offset, error)?;
        return Ok(Token::Faulty);
    };
    lint_length(literal, label, offset, assembly);
    lint_underflow(literal, number, label, offset, assembly);
    Ok(Token::Number(number))
}

/// What a reader need not take exactly (J10).
fn lint_length(literal: &str, label: Label, offset: usize, assembly: &mut Assembly<'_, '_>) {
    if literal.len() < LONG_EXPONENT {
        return;
    }
    let (mantissa, exponent) = literal.split_once(['e', 'E']).unwrap_or((literal, ""));
    if mantissa.len() < LONG_MANTISSA && exponent.len() < LONG_EXPONENT {
        return;
    }
    let error = Error::new(
        Code::SenmlNumber,
        format!("`{}` is longer than every reader takes", quote(literal)),
    )
    .expected("a mantissa of less than 19 characters, an exponent of less than 5")
    .found(quote(literal))
    .rule("J10");
    assembly.lint_at(label, offset, error);
}

/// A number too small for a double is read as nought (J8).
fn lint_underflow(
    literal: &str,
    number: Number,
    label: Label,
    offset: usize,
    assembly: &mut Assembly<'_, '_>,
) {
    if number != Number::Decimal(Decimal::ZERO) {
        return;
    }
    let mantissa = literal.split(['e', 'E']).next().unwrap_or_default();
    if !mantissa.contains(|digit| matches!(digit, '1'..='9')) {
        return;
    }
    let error = Error::new(
        Code::SenmlNumber,
        format!(
            "`{}` is too small for a double and is read as 0",
            quote(literal)
        ),
    )
    .expected("0, or a number of at least 4.9e-324")
    .found(quote(literal))
    .rule("J8");
    assembly.lint_at(label, offset, error);
}

fn string<'a>(
    text: Cow<'a, str>,
    label: Label,
    offset: usize,
    assembly: &mut Assembly<'a, '_>,
) -> Result<Token<'a>, Error> {
    if label.content_kind() != ContentKind::Data {
        return Ok(Token::String(text));
    }
    let Some(decoded) = data::decode(&text) else {
        assembly.error_at(label, offset, not_data(&text, "is not base64url"))?;
        return Ok(Token::Faulty);
    };
    if !decoded.is_by_the_letter {
        let error = not_data(&text, "is padded or standard base64");
        if assembly.profile() != Profile::Interop {
            assembly.error_at(label, offset, error)?;
            return Ok(Token::Faulty);
        }
        assembly.lint_at(label, offset, error);
    }
    Ok(Token::Data(Cow::Owned(decoded.bytes)))
}

#[cold]
fn not_data(text: &str, fault: &str) -> Error {
    Error::new(Code::SenmlDataValue, format!("`{}` {fault}", quote(text)))
        .expected("base64url without padding (RFC 4648 §5)")
        .found(quote(text))
        .rule("J12")
}
