//! The scanner's short way through JSON that is plain and right: no escapes, no values to skip.
//!
//! Each step is `None` where the text is anything else; why, the other methods tell.

use super::scanner::{Scanner, Sequence};
use super::string;

impl<'a> Scanner<'a> {
    /// Enters an object; how deep it stands is for the caller to know.
    pub(crate) fn plain_object(&mut self) -> Option<Sequence> {
        self.pass(b'{').map(|()| Sequence::START)
    }

    /// Enters an array, likewise.
    pub(crate) fn plain_array(&mut self) -> Option<Sequence> {
        self.pass(b'[').map(|()| Sequence::START)
    }

    /// What the next member's name says, before its value; `Some(None)` at the end of the object.
    ///
    /// `read` is given the text from the first byte of the name on, and tells what it is and how
    /// long.
    #[expect(clippy::option_option, reason = "the end of an object is not an error")]
    #[inline]
    pub(crate) fn plain_member<T>(
        &mut self,
        members: &mut Sequence,
        read: impl FnOnce(&[u8]) -> Option<(T, usize)>,
    ) -> Option<Option<T>> {
        if !self.plain_step(members, b'}')? {
            return Some(None);
        }
        self.pass(b'"')?;
        let (name, length) = read(self.bytes())?;
        self.advance(length);
        if self.peek() != Some(b'"') {
            return None;
        }
        self.advance(1);
        self.pass(b':')?;
        Some(Some(name))
    }

    /// Whether there is another item; `false` at the end of the array.
    #[inline]
    pub(crate) fn plain_item(&mut self, items: &mut Sequence) -> Option<bool> {
        self.plain_step(items, b']')
    }

    /// Passes the end or a comma; what stands behind a comma is for the next step to look at.
    #[inline]
    fn plain_step(&mut self, sequence: &mut Sequence, close: u8) -> Option<bool> {
        if sequence.pass_first() {
            return Some(self.pass(close).is_none());
        }
        if self.pass(b',').is_some() {
            return Some(true);
        }
        self.pass(close).map(|()| false)
    }

    /// The offset of the next value.
    #[inline]
    pub(crate) fn plain_offset(&mut self) -> usize {
        self.skip_blanks();
        self.offset()
    }

    /// A string without escapes.
    #[inline]
    pub(crate) fn plain_string(&mut self) -> Option<&'a str> {
        self.pass(b'"')?;
        let rest = self.rest();
        let length = string::plain_length(rest.as_bytes());
        if rest.as_bytes().get(length) != Some(&b'"') {
            return None;
        }
        self.advance(length + 1);
        rest.get(..length)
    }

    /// `true` or `false`.
    #[inline]
    pub(crate) fn plain_boolean(&mut self) -> Option<bool> {
        self.skip_blanks();
        let (boolean, length) = match self.bytes() {
            [b't', b'r', b'u', b'e', ..] => (true, 4),
            [b'f', b'a', b'l', b's', b'e', ..] => (false, 5),
            _ => return None,
        };
        self.advance(length);
        Some(boolean)
    }

    /// A literal of digits, a sign and points; whether it is a number is for the caller to see.
    #[inline]
    pub(crate) fn plain_number(&mut self) -> Option<&'a str> {
        self.skip_blanks();
        let rest = self.rest();
        let is_in_number = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'.');
        let length = rest
            .as_bytes()
            .iter()
            .take_while(|byte| is_in_number(byte))
            .count();
        self.advance(length);
        rest.get(..length)
    }

    /// Makes sure that nothing but blanks is left.
    #[inline]
    pub(crate) fn plain_end(&mut self) -> Option<()> {
        self.skip_blanks();
        self.bytes().is_empty().then_some(())
    }

    /// Passes a byte and the blanks before it, of which there are none before most.
    #[inline]
    fn pass(&mut self, byte: u8) -> Option<()> {
        if self.peek() != Some(byte) {
            self.skip_blanks();
            if self.peek() != Some(byte) {
                return None;
            }
        }
        self.advance(1);
        Some(())
    }
}
