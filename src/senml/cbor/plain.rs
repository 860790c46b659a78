//! The short way through what plain records hold, in its usual form.
//!
//! Each step is `None` where the bytes are anything else; why, the scanner tells.

use ascii::AsciiStr;

use crate::number::ShortDecimal;

use super::super::label::Label;
use super::head::half;

/// The bytes from the next item on.
#[derive(Clone, Copy)]
pub(super) struct PlainItems<'a>(&'a [u8]);

impl<'a> PlainItems<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// How many bytes are left.
    #[inline]
    pub(super) fn len(self) -> usize {
        self.0.len()
    }

    /// The head of an array of definite length: how many items it has.
    #[inline]
    pub(super) fn array(&mut self) -> Option<u8> {
        match self.next()? {
            first @ 0x80..=0x97 => Some(first - 0x80),
            _ => None,
        }
    }

    /// The head of a map: how many pairs it has; how deep it stands is for the caller to know.
    #[inline]
    pub(super) fn map(&mut self) -> Option<u8> {
        match self.next()? {
            first @ 0xa0..=0xb7 => Some(first - 0xa0),
            _ => None,
        }
    }

    /// A label that is an integer of one byte.
    #[inline]
    pub(super) fn label(&mut self) -> Option<Label> {
        Label::from_cbor_byte(self.next()?)
    }

    /// The bytes of a text in one piece; whether they are UTF-8 is for the caller to see.
    #[inline]
    pub(super) fn text(&mut self) -> Option<&'a [u8]> {
        let length = match self.next()? {
            first @ 0x60..=0x77 => usize::from(first - 0x60),
            0x78 => usize::from(self.next()?),
            0x79 => usize::from(u16::from_be_bytes(self.next_array()?)),
            _ => return None,
        };
        let (text, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(text)
    }

    /// An integer, or the decimal of few digits that a float is printed as.
    #[inline]
    pub(super) fn number(&mut self) -> Option<ShortDecimal> {
        let first = self.next()?;
        let integer = |argument: u64| i64::try_from(argument).ok();
        let float = match first {
            0x00..=0x1b => return integer(self.argument(first)?).map(ShortDecimal::from),
            0x20..=0x3b => {
                let argument = integer(self.argument(first & 0x1f)?)?;
                return Some(ShortDecimal::from(-1 - argument));
            }
            0xf9 => half(u16::from_be_bytes(self.next_array()?)),
            0xfa => f64::from(f32::from_be_bytes(self.next_array()?)),
            0xfb => f64::from_be_bytes(self.next_array()?),
            _ => return None,
        };
        ShortDecimal::from_f64(float)
    }

    #[inline]
    pub(super) fn boolean(&mut self) -> Option<bool> {
        match self.next()? {
            0xf4 => Some(false),
            0xf5 => Some(true),
            _ => None,
        }
    }

    #[inline]
    fn argument(&mut self, info: u8) -> Option<u64> {
        match info {
            0..=23 => Some(u64::from(info)),
            24 => self.next().map(u64::from),
            25 => Some(u64::from(u16::from_be_bytes(self.next_array()?))),
            26 => Some(u64::from(u32::from_be_bytes(self.next_array()?))),
            27 => Some(u64::from_be_bytes(self.next_array()?)),
            _ => None,
        }
    }

    #[inline]
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    #[inline]
    fn next_array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*first)
    }
}

/// The text of these bytes; most are ASCII, which is seen sooner.
#[inline]
pub(super) fn utf8(bytes: &[u8]) -> Option<&str> {
    match AsciiStr::from_ascii(bytes) {
        Ok(text) => Some(text.as_str()),
        Err(_) => beyond_ascii(bytes),
    }
}

#[cold]
fn beyond_ascii(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_text_is_what_the_standard_library_takes_for_one(
            text in "[a-z:é€😀]{0,40}",
            bytes in any::<Vec<u8>>(),
        ) {
            prop_assert_eq!(utf8(text.as_bytes()), Some(text.as_str()));
            prop_assert_eq!(utf8(&bytes), std::str::from_utf8(&bytes).ok());
        }
    }
}
