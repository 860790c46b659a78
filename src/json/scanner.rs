//! The scanner: one value at a time, with its offset.

use std::borrow::Cow;

use crate::error::{Code, Error, quote};

use super::{blank, string};

/// What kind of value comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `{`
    Object,
    /// `[`
    Array,
    /// `"`
    String,
    /// A digit or `-`.
    Number,
    /// `true` or `false`.
    Boolean,
    /// `null`
    Null,
}

impl Kind {
    /// What errors call it.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Object => "an object",
            Self::Array => "an array",
            Self::String => "a string",
            Self::Number => "a number",
            Self::Boolean => "a boolean",
            Self::Null => "null",
        }
    }
}

/// How far the members of an object or the items of an array have been read.
#[derive(Debug)]
#[must_use]
pub(crate) struct Sequence {
    is_first: bool,
}

impl Sequence {
    pub(super) const START: Self = Self { is_first: true };

    /// Whether nothing was read yet, which from now on something is.
    pub(super) fn pass_first(&mut self) -> bool {
        std::mem::replace(&mut self.is_first, false)
    }
}

/// Reads one JSON text from front to back; a clone goes on from the same place on its own.
#[derive(Clone, Debug)]
pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    deepest: usize,
}

impl<'a> Scanner<'a> {
    /// A scanner of this text that takes arrays and objects `deepest` deep.
    #[must_use]
    pub(crate) fn new(text: &'a str, deepest: usize) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            deepest,
        }
    }

    /// A scanner of these bytes, which must be UTF-8.
    ///
    /// # Errors
    ///
    /// [`Code::TextUtf8`] at the first byte that is not.
    pub(crate) fn from_utf8(bytes: &'a [u8], deepest: usize) -> Result<Self, Error> {
        match std::str::from_utf8(bytes) {
            Ok(text) => Ok(Self::new(text, deepest)),
            Err(error) => Err(not_utf8(bytes, error.valid_up_to())),
        }
    }

    /// The whole text.
    #[must_use]
    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    /// The offset of the next byte.
    #[must_use]
    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    /// The text from an offset to the next byte.
    #[must_use]
    pub(crate) fn text_since(&self, offset: usize) -> &'a str {
        self.text.get(offset..self.at).unwrap_or_default()
    }

    /// Says what comes next, and stands right before it.
    ///
    /// # Errors
    ///
    /// [`Code::JsonSyntax`] if no value can start here.
    pub(crate) fn kind(&mut self) -> Result<Kind, Error> {
        self.skip_blanks();
        match self.peek() {
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'"') => Ok(Kind::String),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b't' | b'f') => Ok(Kind::Boolean),
            Some(b'n') => Ok(Kind::Null),
            _ => Err(self.unexpected("a value")),
        }
    }

    /// Whether an array or object may begin here.
    pub(crate) fn has_room(&self) -> bool {
        self.depth < self.deepest
    }

    /// Enters an object.
    ///
    /// # Errors
    ///
    /// [`Code::JsonSyntax`], or [`Code::LimitNesting`].
    pub(crate) fn object(&mut self) -> Result<Sequence, Error> {
        self.enter(b'{', "an object")
    }

    /// Enters an array.
    ///
    /// # Errors
    ///
    /// As [`Scanner::object`].
    pub(crate) fn array(&mut self) -> Result<Sequence, Error> {
        self.enter(b'[', "an array")
    }

    fn enter(&mut self, open: u8, name: &str) -> Result<Sequence, Error> {
        self.skip_blanks();
        if self.peek() != Some(open) {
            return Err(self.unexpected(name));
        }
        if self.depth == self.deepest {
            return Err(too_deep(self.deepest).at_offset(self.at));
        }
        self.at += 1;
        self.depth += 1;
        Ok(Sequence::START)
    }

    /// The next member's name, standing right before its value; `None` at the end of the object.
    ///
    /// # Errors
    ///
    /// [`Code::JsonSyntax`].
    pub(crate) fn member(&mut self, members: &mut Sequence) -> Result<Option<Cow<'a, str>>, Error> {
        if !self.step(members, b'}', "`,` or `}`")? {
            return Ok(None);
        }
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a member name in double quotes"));
        }
        let name = self.string()?;
        self.skip_blanks();
        if self.peek() != Some(b':') {
            return Err(self.unexpected("`:`"));
        }
        self.at += 1;
        self.skip_blanks();
        Ok(Some(name))
    }

    /// Whether there is another item, standing right before it; `false` at the end of the array.
    ///
    /// # Errors
    ///
    /// [`Code::JsonSyntax`].
    pub(crate) fn item(&mut self, items: &mut Sequence) -> Result<bool, Error> {
        self.step(items, b']', "`,` or `]`")
    }

    fn step(&mut self, sequence: &mut Sequence, close: u8, expected: &str) -> Result<bool, Error> {
        self.skip_blanks();
        let is_first = sequence.pass_first();
        match self.peek() {
            Some(byte) if byte == close => {
                self.at += 1;
                self.depth = self.depth.saturating_sub(1);
                Ok(false)
            }
            _ if is_first => Ok(true),
            Some(b',') => {
                let comma = self.at;
                self.at += 1;
                self.skip_blanks();
                if self.peek() == Some(close) {
                    return Err(Error::new(Code::JsonSyntax, "trailing comma")
                        .expected("a value after the comma")
                        .at_offset(comma)
                        .hint("remove the comma"));
                }
                Ok(true)
            }
            _ => Err(self.unexpected(expected)),
        }
    }

    /// A string, unescaped; borrowed where it has no escapes.
    ///
    /// # Errors
    ///
    /// [`Code::JsonSyntax`].
    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>, Error> {
        self.skip_blanks();
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a string"));
        }
        let start = self.at + 1;
        let rest = self.text.get(start..).unwrap_or_default();
        if let Some(plain) = string::plain(rest) {
            self.at = start + plain.len() + 1;
            return Ok(Cow::Borrowed(plain));
        }
        let (string, length) = string::read(rest).map_err(|fault| {
            Error::new(Code::JsonSyntax, fault.message)
                .expected(fault.expected)
                .at_offset(start + fault.at)
        })?;
        self.at = start + length;
        Ok(Cow::Owned(string))
    }

    /// A number, as the literal that was written.
    ///
    /// # Errors
    ///
    /// [`Code::JsonSyntax`].
    pub(crate) fn number(&mut self) -> Result<&'a str, Error> {
        self.skip_blanks();
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
            if matches!(self.peek(), Some(b'0'..=b'9')) {
                return Err(self.unexpected("no digit after a leading zero"));
            }
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(self.text_since(start))
    }

    fn digits(&mut self) -> Result<(), Error> {
        if !matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err(self.unexpected("a digit"));
        }
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        Ok(())
    }

    /// `true` or `false`.
    ///
    /// # Errors
    ///
    /// [`Code::JsonSyntax`].
    pub(crate) fn boolean(&mut self) -> Result<bool, Error> {
        match self.plain_boolean() {
            Some(boolean) => Ok(boolean),
            None => Err(self.unexpected("`true` or `false`")),
        }
    }

    /// `null`.
    ///
    /// # Errors
    ///
    /// [`Code::JsonSyntax`].
    pub(crate) fn null(&mut self) -> Result<(), Error> {
        self.skip_blanks();
        if !self.rest().starts_with("null") {
            return Err(self.unexpected("`null`"));
        }
        self.advance("null".len());
        Ok(())
    }

    /// Reads one value of any kind and forgets it; the text of it is returned.
    ///
    /// # Errors
    ///
    /// Those of what stands there.
    pub(crate) fn skip(&mut self) -> Result<&'a str, Error> {
        self.skip_blanks();
        let start = self.at;
        match self.kind()? {
            Kind::Object => {
                let mut members = self.object()?;
                while self.member(&mut members)?.is_some() {
                    self.skip()?;
                }
            }
            Kind::Array => {
                let mut items = self.array()?;
                while self.item(&mut items)? {
                    self.skip()?;
                }
            }
            Kind::String => drop(self.string()?),
            Kind::Number => drop(self.number()?),
            Kind::Boolean => drop(self.boolean()?),
            Kind::Null => self.null()?,
        }
        Ok(self.text_since(start))
    }

    /// Makes sure that nothing but blanks is left.
    ///
    /// # Errors
    ///
    /// [`Code::JsonSyntax`].
    pub(crate) fn end(&mut self) -> Result<(), Error> {
        match self.plain_end() {
            Some(()) => Ok(()),
            None => Err(self.unexpected("the end of the text")),
        }
    }

    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The text from the next byte on.
    #[inline]
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The bytes from the next one on.
    #[inline]
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    #[inline]
    pub(super) fn advance(&mut self, bytes: usize) {
        self.at += bytes;
    }

    #[inline]
    pub(super) fn skip_blanks(&mut self) {
        // Between most tokens there is none.
        if self.peek().is_some_and(|byte| byte > b' ') {
            return;
        }
        self.at += blank::count(self.bytes());
    }

    #[cold]
    fn unexpected(&self, expected: &str) -> Error {
        let found = match self
            .text
            .get(self.at..)
            .and_then(|rest| rest.chars().next())
        {
            Some('\u{feff}') => "a byte order mark".to_owned(),
            Some(character) => format!("`{}`", quote(character.encode_utf8(&mut [0; 4]))),
            None => "the end of the text".to_owned(),
        };
        Error::new(
            Code::JsonSyntax,
            format!("expected {expected}, found {found}"),
        )
        .expected(expected)
        .found(found)
        .at_offset(self.at)
    }
}

#[cold]
fn too_deep(deepest: usize) -> Error {
    Error::new(
        Code::LimitNesting,
        format!("nested more than {deepest} deep"),
    )
    .expected(format!("at most {deepest} nested arrays and objects"))
}

#[cold]
fn not_utf8(bytes: &[u8], at: usize) -> Error {
    let byte = bytes.get(at).copied().unwrap_or_default();
    Error::new(
        Code::TextUtf8,
        format!("the byte 0x{byte:02X} is not UTF-8 here"),
    )
    .expected("UTF-8 text")
    .found(format!("0x{byte:02X}"))
    .at_offset(at)
}
