//! The scanner: CBOR one item at a time, with its offset (RFC 8949 §3).
//!
//! ```text
//! item = unsigned / negative / bytes / text / array / map / tag item / simple / float
//! head = 3 bits of major type, 5 bits of argument: 0..23 itself, 24..27 in the 1, 2, 4, 8 bytes
//!        behind, 28..30 reserved, 31 of indefinite length or the break that ends it
//! ```
//!
//! A length is a claim: nothing is set aside for it, and what is not there is missed at once.

use std::borrow::Cow;

use crate::error::{Code, Error};

use super::head::{Head, half};

/// How much of an array or a map is left.
#[derive(Debug)]
#[must_use]
pub(in crate::senml) enum Rest {
    Items(u64),
    UntilBreak,
}

/// Reads one CBOR item from front to back.
#[derive(Clone, Copy, Debug)]
pub(in crate::senml) struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    deepest: usize,
    is_starved: bool,
}

impl<'a> Scanner<'a> {
    pub(in crate::senml) fn new(bytes: &'a [u8], deepest: usize) -> Self {
        Self {
            bytes,
            at: 0,
            depth: 0,
            deepest,
            is_starved: false,
        }
    }

    /// The offset of the next byte.
    pub(in crate::senml) fn offset(&self) -> usize {
        self.at
    }

    /// Goes to where another item begins.
    pub(super) fn go_to(&mut self, offset: usize) {
        self.at = offset;
    }

    /// Whether an array or a map may begin here.
    pub(in crate::senml) fn has_room(&self) -> bool {
        self.depth < self.deepest
    }

    /// The bytes from the next one on.
    #[inline]
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Whether the bytes ended in the middle of an item.
    pub(in crate::senml) fn is_starved(&self) -> bool {
        self.is_starved
    }

    /// Whether the bytes end before the head of the root, which may stand behind a tag.
    pub(in crate::senml) fn is_starved_of_root(mut self) -> bool {
        if let Ok(Head::Tag(_)) = self.head() {
            // Only the end of the bytes matters here.
            let _ = self.head();
        }
        self.is_starved
    }

    /// The head of the next item, which stays the next one.
    pub(in crate::senml) fn peek(&mut self) -> Result<Head, Error> {
        let at = self.at;
        let head = self.head()?;
        self.at = at;
        Ok(head)
    }

    /// Reads a head.
    pub(in crate::senml) fn head(&mut self) -> Result<Head, Error> {
        let at = self.at;
        let first = self.byte()?;
        let (major, info) = (first >> 5, first & 0x1f);
        if major == 7 {
            return self.simple_or_float(info, at);
        }
        let argument = self.argument(info, at)?;
        match (major, argument) {
            (0, Some(value)) => Ok(Head::Unsigned(value)),
            (1, Some(value)) => Ok(Head::Negative(value)),
            (2, length) => Ok(Head::Bytes(length)),
            (3, length) => Ok(Head::Text(length)),
            (4, length) => Ok(Head::Array(length)),
            (5, length) => Ok(Head::Map(length)),
            (6, Some(tag)) => Ok(Head::Tag(tag)),
            _ => Err(syntax("an integer or a tag of indefinite length", at)),
        }
    }

    /// The argument; `None` for an indefinite length.
    fn argument(&mut self, info: u8, at: usize) -> Result<Option<u64>, Error> {
        Ok(match info {
            0..=23 => Some(u64::from(info)),
            24 => Some(u64::from(self.byte()?)),
            25 => Some(u64::from(u16::from_be_bytes(self.array()?))),
            26 => Some(u64::from(u32::from_be_bytes(self.array()?))),
            27 => Some(u64::from_be_bytes(self.array()?)),
            31 => None,
            _ => return Err(syntax("a reserved additional information", at)),
        })
    }

    fn simple_or_float(&mut self, info: u8, at: usize) -> Result<Head, Error> {
        Ok(match info {
            0..=19 => Head::Simple,
            20 => Head::Boolean(false),
            21 => Head::Boolean(true),
            22 => Head::Null,
            23 => Head::Undefined,
            24 => match self.byte()? {
                0..=31 => return Err(syntax("a simple value in two bytes that takes one", at)),
                _ => Head::Simple,
            },
            25 => Head::Float(half(u16::from_be_bytes(self.array()?))),
            26 => Head::Float(f64::from(f32::from_be_bytes(self.array()?))),
            27 => Head::Float(f64::from_be_bytes(self.array()?)),
            31 => Head::Break,
            _ => return Err(syntax("a reserved additional information", at)),
        })
    }

    fn byte(&mut self) -> Result<u8, Error> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let Some(bytes) = rest.first_chunk::<N>() else {
            return Err(self.starved());
        };
        self.at += N;
        Ok(*bytes)
    }

    /// So many bytes.
    fn take(&mut self, length: u64) -> Result<&'a [u8], Error> {
        let end = usize::try_from(length)
            .ok()
            .and_then(|length| self.at.checked_add(length));
        let Some(bytes) = end.and_then(|end| self.bytes.get(self.at..end)) else {
            return Err(self.starved());
        };
        self.at += bytes.len();
        Ok(bytes)
    }

    #[cold]
    fn starved(&mut self) -> Error {
        self.is_starved = true;
        Error::new(Code::CborSyntax, "unexpected end of input inside an item")
            .expected("more bytes")
            .found("the end")
            .rule("C12")
            .at_offset(self.bytes.len())
    }

    /// Bytes whose head was read.
    pub(in crate::senml) fn bytes(&mut self, length: Option<u64>) -> Result<Cow<'a, [u8]>, Error> {
        if let Some(length) = length {
            return self.take(length).map(Cow::Borrowed);
        }
        let mut bytes = Vec::new();
        loop {
            let at = self.at;
            match self.head()? {
                Head::Break => return Ok(Cow::Owned(bytes)),
                Head::Bytes(Some(length)) => bytes.extend_from_slice(self.take(length)?),
                _ => return Err(syntax("a chunk of a byte string that is not bytes", at)),
            }
        }
    }

    /// Text whose head was read.
    pub(in crate::senml) fn text(&mut self, length: Option<u64>) -> Result<Cow<'a, str>, Error> {
        if let Some(length) = length {
            return self.piece_of_text(length).map(Cow::Borrowed);
        }
        let mut text = String::new();
        loop {
            let at = self.at;
            match self.head()? {
                Head::Break => return Ok(Cow::Owned(text)),
                Head::Text(Some(length)) => text.push_str(self.piece_of_text(length)?),
                _ => return Err(syntax("a chunk of a text string that is not text", at)),
            }
        }
    }

    fn piece_of_text(&mut self, length: u64) -> Result<&'a str, Error> {
        let at = self.at;
        let bytes = self.take(length)?;
        std::str::from_utf8(bytes).map_err(|error| not_utf8(at + error.valid_up_to()))
    }

    /// Enters an array or a map whose head was read.
    pub(in crate::senml) fn enter(&mut self, length: Option<u64>) -> Result<Rest, Error> {
        if self.depth == self.deepest {
            return Err(too_deep(self.deepest, self.at));
        }
        self.depth += 1;
        Ok(match length {
            Some(items) => Rest::Items(items),
            None => Rest::UntilBreak,
        })
    }

    /// Whether there is another item, or another pair of a map.
    pub(in crate::senml) fn has_more(&mut self, rest: &mut Rest) -> Result<bool, Error> {
        let has_more = match rest {
            Rest::Items(items) => match items.checked_sub(1) {
                Some(left) => {
                    *items = left;
                    true
                }
                None => false,
            },
            Rest::UntilBreak => {
                let has_more = self.peek()? != Head::Break;
                if !has_more {
                    self.head()?;
                }
                has_more
            }
        };
        if !has_more {
            self.depth = self.depth.saturating_sub(1);
        }
        Ok(has_more)
    }

    /// Reads one item of any kind and forgets it.
    pub(in crate::senml) fn skip(&mut self) -> Result<(), Error> {
        let at = self.at;
        let head = self.head()?;
        self.skip_rest_of(head, at)
    }

    /// Reads what is behind a head, and forgets it.
    pub(in crate::senml) fn skip_rest_of(&mut self, head: Head, at: usize) -> Result<(), Error> {
        match head {
            Head::Bytes(length) => drop(self.bytes(length)?),
            Head::Text(length) => drop(self.text(length)?),
            Head::Array(length) => {
                let mut rest = self.enter(length)?;
                while self.has_more(&mut rest)? {
                    self.skip()?;
                }
            }
            Head::Map(length) => {
                let mut rest = self.enter(length)?;
                while self.has_more(&mut rest)? {
                    self.skip()?;
                    self.skip()?;
                }
            }
            Head::Tag(_) => {
                let mut rest = self.enter(Some(1))?;
                while self.has_more(&mut rest)? {
                    self.skip()?;
                }
            }
            Head::Break => return Err(syntax("a break outside an item of indefinite length", at)),
            _ => {}
        }
        Ok(())
    }

    /// Makes sure that nothing is left.
    pub(in crate::senml) fn end(&self) -> Result<(), Error> {
        if self.at == self.bytes.len() {
            return Ok(());
        }
        let left = self.bytes.len() - self.at;
        Err(
            Error::new(Code::CborSyntax, "trailing bytes after the pack")
                .expected("the end")
                .found(format!("{left} bytes"))
                .rule("C12")
                .at_offset(self.at),
        )
    }
}

#[cold]
pub(super) fn syntax(found: &str, at: usize) -> Error {
    Error::new(
        Code::CborSyntax,
        format!("{found}, which CBOR does not have"),
    )
    .found(found)
    .rule("C12")
    .at_offset(at)
}

#[cold]
fn not_utf8(at: usize) -> Error {
    Error::new(Code::TextUtf8, "the text is not UTF-8 here")
        .expected("UTF-8 text")
        .rule("C11")
        .at_offset(at)
}

#[cold]
fn too_deep(deepest: usize, at: usize) -> Error {
    Error::new(
        Code::LimitNesting,
        format!("nested more than {deepest} deep"),
    )
    .expected(format!("at most {deepest} nested items"))
    .rule("J14")
    .at_offset(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claimed_length_that_is_not_there_starves() {
        for bytes in [
            &[0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff][..],
            &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
            &[0xbf, 0x01],
            &[0x1a, 0x00],
            &[],
        ] {
            let mut scanner = Scanner::new(bytes, 4);
            assert!(scanner.skip().is_err() && scanner.is_starved());
        }
    }

    #[test]
    fn what_is_not_well_formed_is_refused() {
        for bytes in [
            &[0x1c][..],
            &[0xfc],
            &[0xf8, 0x14],
            &[0xff],
            &[0x1f],
            &[0xdf],
            &[0x82, 0x01, 0xff],
            &[0x7f, 0x41, 0x61, 0xff],
            &[0x5f, 0x5f, 0xff, 0xff],
            &[0xbf, 0x01, 0xff],
            &[0x62, 0xc3, 0x28],
        ] {
            let mut scanner = Scanner::new(bytes, 4);
            assert!(scanner.skip().is_err(), "{bytes:02x?}");
            assert!(!scanner.is_starved(), "{bytes:02x?}");
        }
        assert!(
            Scanner::new(&[0x81, 0x81, 0x81, 0xc1, 0x01], 3)
                .skip()
                .is_err()
        );
        assert!(
            Scanner::new(&[0x81, 0x81, 0x81, 0xc1, 0x01], 4)
                .skip()
                .is_ok()
        );
    }
}
