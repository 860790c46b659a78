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

    /// The next member's name, before its value; `Some(None)` at the end of the object.
    #[expect(
        clippy::option_option,
        reason = "the end of an object is no fault of it"
    )]
    pub(crate) fn plain_member(&mut self, members: &mut Sequence) -> Option<Option<&'a str>> {
        if !self.plain_step(members, b'}')? {
            return Some(None);
        }
        let name = self.plain_string()?;
        self.pass(b':')?;
        Some(Some(name))
    }

    /// Whether there is another item; `false` at the end of the array.
    pub(crate) fn plain_item(&mut self, items: &mut Sequence) -> Option<bool> {
        self.plain_step(items, b']')
    }

    /// What stands behind a comma is for the next step to look at.
    fn plain_step(&mut self, sequence: &mut Sequence, close: u8) -> Option<bool> {
        let is_first = sequence.pass_first();
        self.skip_blanks();
        match self.peek()? {
            byte if byte == close => {
                self.advance(1);
                Some(false)
            }
            b',' if !is_first => {
                self.advance(1);
                Some(true)
            }
            _ if is_first => Some(true),
            _ => None,
        }
    }

    /// A string without escapes.
    pub(crate) fn plain_string(&mut self) -> Option<&'a str> {
        self.pass(b'"')?;
        let plain = string::plain(self.rest())?;
        self.advance(plain.len() + 1);
        Some(plain)
    }

    /// A literal of digits, a sign and points; whether it is a number is for the caller to see.
    pub(crate) fn plain_number(&mut self) -> Option<&'a str> {
        self.skip_blanks();
        let rest = self.rest();
        let is_in_number = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'.');
        let length = rest.bytes().take_while(is_in_number).count();
        self.advance(length);
        rest.get(..length)
    }

    fn pass(&mut self, byte: u8) -> Option<()> {
        self.skip_blanks();
        if self.peek() != Some(byte) {
            return None;
        }
        self.advance(1);
        Some(())
    }
}
