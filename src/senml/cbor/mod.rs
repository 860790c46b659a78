//! Packs in CBOR (RFC 8428 §6).
//!
//! ```text
//! pack   = array of record          of definite length; a stream may be of indefinite length
//! record = map of label to content
//! label  = int / text               the integers are those of the registry, all others are text
//! number = int / half / single / double / decimal fraction (tag 4)
//! string = text                     data = bytes; both of definite length in `vs` and `vd`
//! ```
//!
//! A half or a single is widened to a double, and a double means the shortest decimal that reads
//! back as it. Bignums, bigfloats and dates are no numbers here.
//!
//! # Departures
//!
//! A map of indefinite length is taken: RFC 8428 asks for definite lengths of the array and of two
//! strings only. A text key that spells a label with an integer is not that label by the letter,
//! and so to be ignored; it is refused, since ignoring it would lose a command. `Interop` takes it
//! as the label, and also -16 for `bs` (older KPN libraries write it) and tag 55799 on the root.

mod head;
mod number;
mod plain;
mod scanner;
mod writer;

use std::borrow::Cow;

use crate::error::{Code, Error, Sink, quote};

use super::assembly::{Assembly, PlainRecord};
use super::label::{ContentKind, Key, Label};
use super::pack::Pack;
use super::profile::{Mode, Profile};
use super::reader::Reader;
use super::token::Token;

use plain::{PlainItems, utf8};
use scanner::Rest;

pub(super) use head::Head;
pub(super) use scanner::Scanner;
pub(super) use writer::CborWriter;
pub(crate) use writer::{cbor_array_head, cbor_base_name};

/// The tag that says "this is CBOR" (RFC 8949 §3.4.6).
const SELF_DESCRIBED: u64 = 55799;
/// The key that older libraries of KPN write for `bs`.
const OTHER_BASE_SUM: i64 = -16;

impl Reader {
    /// Reads a pack in CBOR (RFC 8428 §6).
    ///
    /// Everything that is found goes to the sink, with its offset. If the sink collects errors and
    /// there were some, the pack that is returned lacks the records that had them.
    ///
    /// # Errors
    ///
    /// What the sink does not collect, and what leaves nothing to go on with: bytes that are no
    /// CBOR, and a limit that is passed.
    ///
    /// # Examples
    ///
    /// ```
    /// use downlink::error::First;
    /// use downlink::senml::{Reader, UnixTime};
    ///
    /// let bytes = [0x81, 0xa2, 0x00, 0x61, 0x61, 0x02, 0x18, 0x2a];
    /// let pack = Reader::new().read_cbor(&bytes, &mut First::default())?;
    /// let resolved = pack.resolve(UnixTime::from_seconds(1_700_000_000))?;
    /// assert_eq!(resolved.records()[0].name, "a");
    /// # Ok::<(), downlink::Error>(())
    /// ```
    pub fn read_cbor<'a>(&self, bytes: &'a [u8], sink: &mut dyn Sink) -> Result<Pack<'a>, Error> {
        self.check_length(bytes)?;
        let mut scanner = Scanner::new(bytes, self.limits.nesting);
        let mut assembly = Assembly::new_cbor(self, sink);
        assembly.reserve_for(bytes.len());
        read_array(&mut scanner, &mut assembly)?;
        scanner.end()?;
        assembly.finish()
    }
}

impl<'a> Pack<'a> {
    /// Reads a pack in CBOR by the letter of RFC 8428 and up to the first error.
    ///
    /// # Errors
    ///
    /// The first rule that is broken; see [`Reader::read_cbor`].
    pub fn from_cbor(bytes: &'a [u8]) -> Result<Self, Error> {
        Reader::new().read_cbor(bytes, &mut crate::error::First::default())
    }
}

fn read_array<'a>(scanner: &mut Scanner<'a>, assembly: &mut Assembly<'a, '_>) -> Result<(), Error> {
    let Some(length) = read_root(scanner, assembly)? else {
        return Ok(());
    };
    let mut rest = scanner.enter(length)?;
    while scanner.has_more(&mut rest)? {
        read_record(scanner, assembly)?;
    }
    Ok(())
}

/// Reads the head of the array and gives its length; `None` if something else was refused there.
#[expect(
    clippy::option_option,
    reason = "the length of an array is itself optional"
)]
pub(super) fn read_root(
    scanner: &mut Scanner<'_>,
    assembly: &mut Assembly<'_, '_>,
) -> Result<Option<Option<u64>>, Error> {
    let mut offset = scanner.offset();
    assembly.begin(offset);
    if assembly.mode() != Mode::Stream {
        if let Some(length) = PlainItems::new(scanner.rest()).array() {
            scanner.go_to(offset + 1);
            return Ok(Some(Some(length.into())));
        }
    }
    let mut head = scanner.head()?;
    if head == Head::Tag(SELF_DESCRIBED) {
        self_described(offset, assembly)?;
        offset = scanner.offset();
        head = scanner.head()?;
    }
    let Head::Array(length) = head else {
        if head == Head::Break {
            return Err(scanner::syntax(
                "a break outside an item of indefinite length",
                offset,
            ));
        }
        assembly.refuse_root(head.name(), offset)?;
        scanner.skip_rest_of(head, offset)?;
        return Ok(None);
    };
    check_framing(length.is_some(), offset, assembly)?;
    Ok(Some(length))
}

fn self_described(offset: usize, assembly: &mut Assembly<'_, '_>) -> Result<(), Error> {
    let error = Error::new(Code::SenmlFraming, "the pack is tagged as CBOR")
        .expected("an array without a tag")
        .found("tag 55799")
        .rule("C15")
        .at_offset(offset);
    assembly.tolerate(error)
}

/// A pack is an array of definite length, a stream should be one of indefinite length (C1).
fn check_framing(
    is_definite: bool,
    offset: usize,
    assembly: &mut Assembly<'_, '_>,
) -> Result<(), Error> {
    let error = |message, expected: &str| {
        Error::new(Code::SenmlFraming, message)
            .expected(expected)
            .rule("C1")
            .at_offset(offset)
    };
    match (assembly.mode(), is_definite) {
        (Mode::Stream, true) => {
            let message = "the stream is an array of definite length";
            assembly.lint(error(message, "an array of indefinite length"));
            Ok(())
        }
        (Mode::Pack | Mode::Fetch | Mode::Patch, false) => {
            let message = "the pack is an array of indefinite length";
            assembly.error(error(message, "an array of definite length"))
        }
        _ => Ok(()),
    }
}

pub(super) fn read_record<'a>(
    scanner: &mut Scanner<'a>,
    assembly: &mut Assembly<'a, '_>,
) -> Result<(), Error> {
    let offset = scanner.offset();
    assembly.begin_record(offset)?;
    if scanner.has_room() && assembly.plain_record(|record| read_plain(scanner, record)) {
        return Ok(());
    }
    scanner.go_to(offset);
    read_whole_record(scanner, assembly)
}

/// Reads a record that is not plain.
#[inline(never)]
fn read_whole_record<'a>(
    scanner: &mut Scanner<'a>,
    assembly: &mut Assembly<'a, '_>,
) -> Result<(), Error> {
    let offset = scanner.offset();
    let head = scanner.head()?;
    let Head::Map(length) = head else {
        scanner.skip_rest_of(head, offset)?;
        return assembly.refuse_record(head.name(), offset);
    };
    let mut rest: Rest = scanner.enter(length)?;
    while scanner.has_more(&mut rest)? {
        read_field(scanner, assembly)?;
    }
    assembly.end_record()
}

/// Reads a plain record; `None` if it is none.
fn read_plain<'a>(scanner: &mut Scanner<'a>, record: &mut PlainRecord<'a, '_>) -> Option<()> {
    let mut items = PlainItems::new(scanner.rest());
    let end = scanner.offset() + items.len();
    for _ in 0..items.map()? {
        let label = items.label()?;
        let offset = end - items.len();
        match label {
            // What its bytes are is known by the table of units.
            Label::Unit => record.unit(items.text()?, offset)?,
            Label::Name | Label::BaseName | Label::StringValue => {
                let bytes = items.text()?;
                if label == Label::Name && record.is_known_name(bytes) {
                    record.known_name(offset)?;
                } else {
                    let text = utf8(bytes)?;
                    match label {
                        Label::Name => record.name(text, offset)?,
                        Label::BaseName => record.base_name(text, offset)?,
                        _ => record.string_value(text, offset)?,
                    }
                }
            }
            Label::Value | Label::Time | Label::BaseTime => {
                record.number(label, items.number()?, offset)?;
            }
            Label::BooleanValue => record.boolean(items.boolean()?, offset)?,
            _ => return None,
        }
    }
    scanner.go_to(end - items.len());
    Some(())
}

fn read_field<'a>(scanner: &mut Scanner<'a>, assembly: &mut Assembly<'a, '_>) -> Result<(), Error> {
    let offset = scanner.offset();
    let key = match scanner.head()? {
        Head::Unsigned(value) => integer_key(i128::from(value), offset, assembly),
        Head::Negative(value) => integer_key(-1 - i128::from(value), offset, assembly),
        Head::Text(length) => {
            let text = scanner.text(length)?;
            text_key(text, offset, assembly)?
        }
        head => {
            scanner.skip_rest_of(head, offset)?;
            scanner.skip()?;
            return assembly.refuse_key(head.name(), offset);
        }
    };
    let offset = scanner.offset();
    let Key::Label(label) = key else {
        let head = scanner.peek()?;
        scanner.skip()?;
        return assembly.field(key, Token::Other(head.name()), offset);
    };
    let token = read_content(scanner, label, offset, assembly)?;
    assembly.field(key, token, offset)
}

fn integer_key<'a>(integer: i128, offset: usize, assembly: &mut Assembly<'a, '_>) -> Key<'a> {
    let Ok(integer) = i64::try_from(integer) else {
        return Key::Text(Cow::Owned(integer.to_string()));
    };
    if let Some(label) = Label::from_cbor_key(integer) {
        return Key::Label(label);
    }
    if integer == OTHER_BASE_SUM && assembly.profile() == Profile::Interop {
        let error = Error::new(Code::SenmlUnknownLabel, "the base sum is written as -16")
            .expected("-6")
            .found("-16")
            .rule("C3");
        assembly.lint_at(Label::BaseSum, offset, error);
        return Key::Label(Label::BaseSum);
    }
    Key::Integer(integer)
}

fn text_key<'a>(
    text: Cow<'a, str>,
    offset: usize,
    assembly: &mut Assembly<'a, '_>,
) -> Result<Key<'a>, Error> {
    let spelled = Label::from_text(&text);
    if let Some(label) = spelled.filter(|label| label.cbor_key().is_none()) {
        return Ok(Key::Label(label));
    }
    let of_digits = || Label::from_cbor_key(text.parse().ok()?);
    let Some(label) = spelled.or_else(of_digits) else {
        return Ok(Key::Text(text));
    };
    let integer = label.cbor_key().unwrap_or_default();
    let error = Error::new(
        Code::SenmlUnknownLabel,
        format!("the text `{}` is not the label `{label}`", quote(&text)),
    )
    .expected(format!("the integer {integer}"))
    .found(format!("the text `{}`", quote(&text)))
    .hint(format!("in CBOR `{label}` is the integer {integer}"))
    .rule("C5");
    if spelled.is_some() && assembly.profile() == Profile::Interop {
        assembly.lint_at(label, offset, error);
    } else {
        assembly.error_at(label, offset, error)?;
    }
    Ok(Key::Label(label))
}

fn read_content<'a>(
    scanner: &mut Scanner<'a>,
    label: Label,
    offset: usize,
    assembly: &mut Assembly<'a, '_>,
) -> Result<Token<'a>, Error> {
    let kind = label.content_kind();
    // Only `vs` is asked to be of definite length; other texts may come in pieces.
    let takes_pieces = label != Label::StringValue;
    let head = scanner.head()?;
    Ok(match head {
        Head::Unsigned(_) | Head::Negative(_) => number::integer(head),
        Head::Float(_) | Head::Tag(_)
            if matches!(kind, ContentKind::Version | ContentKind::Index) =>
        {
            scanner.skip_rest_of(head, offset)?;
            Token::Other(head.name())
        }
        Head::Float(double) => number::float(double, label, offset, assembly)?,
        Head::Tag(tag) if kind == ContentKind::Number => {
            number::tagged(tag, scanner, label, offset, assembly)?
        }
        Head::Text(length) if length.is_some() || takes_pieces => {
            Token::String(scanner.text(length)?)
        }
        Head::Bytes(length @ Some(_)) => Token::Data(scanner.bytes(length)?),
        Head::Boolean(boolean) => Token::Boolean(boolean),
        Head::Null => Token::Null,
        _ => {
            scanner.skip_rest_of(head, offset)?;
            Token::Other(head.name())
        }
    })
}
