//! The scanner's short way through what plain records hold, in its usual form.
//!
//! Each step is `None` where the bytes are anything else; why, the other methods tell.

use crate::number::ShortDecimal;

use super::super::label::Label;
use super::head::half;
use super::scanner::Scanner;

impl<'a> Scanner<'a> {
    /// The head of a map: how many pairs it has; how deep it stands is for the caller to know.
    #[inline]
    pub(super) fn plain_map(&mut self) -> Option<u8> {
        match self.next()? {
            first @ 0xa0..=0xb7 => Some(first - 0xa0),
            _ => None,
        }
    }

    /// A label that is an integer of one byte.
    #[inline]
    pub(super) fn plain_label(&mut self) -> Option<Label> {
        Label::from_cbor_byte(self.next()?)
    }

    /// The bytes of a text in one piece; whether they are UTF-8 is for the caller to see.
    #[inline]
    pub(super) fn plain_text(&mut self) -> Option<&'a [u8]> {
        let length = match self.next()? {
            first @ 0x60..=0x7b => self.plain_argument(first & 0x1f)?,
            _ => return None,
        };
        let bytes = self.rest().get(..usize::try_from(length).ok()?)?;
        self.advance(bytes.len());
        Some(bytes)
    }

    /// An integer, or the decimal of few digits that a float is printed as.
    #[inline]
    pub(super) fn plain_number(&mut self) -> Option<ShortDecimal> {
        let first = self.next()?;
        let integer = |argument: u64| i64::try_from(argument).ok();
        let float = match first {
            0x00..=0x1b => return integer(self.plain_argument(first)?).map(ShortDecimal::from),
            0x20..=0x3b => {
                let argument = integer(self.plain_argument(first & 0x1f)?)?;
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
    pub(super) fn plain_boolean(&mut self) -> Option<bool> {
        match self.next()? {
            0xf4 => Some(false),
            0xf5 => Some(true),
            _ => None,
        }
    }

    #[inline]
    fn plain_argument(&mut self, info: u8) -> Option<u64> {
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
        self.next_array().map(|[byte]| byte)
    }

    #[inline]
    fn next_array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let bytes = self.rest().first_chunk()?;
        self.advance(N);
        Some(*bytes)
    }
}
