//! Members of the request's objects, and what they may hold.

use std::borrow::Cow;

use crate::error::{Code, Error, pointer_token, quote};
use crate::json::{Kind, Scanner, Sequence};
use crate::number::Decimal;

/// The name of a member; the scanner stands right before its value.
pub(super) struct Name<'a> {
    pub(super) text: Cow<'a, str>,
    /// Where what was read with it begins, and all of that: blanks, a comma, the name, a colon.
    start: usize,
    read: &'a str,
}

impl Name<'_> {
    /// Where it stands.
    pub(super) fn at(&self) -> usize {
        self.start + self.read.find('"').unwrap_or_default()
    }
}

/// The next member's name.
pub(super) fn next<'a>(
    scanner: &mut Scanner<'a>,
    members: &mut Sequence,
) -> Result<Option<Name<'a>>, Error> {
    let start = scanner.offset();
    let Some(text) = scanner.member(members)? else {
        return Ok(None);
    };
    let read = scanner.text_since(start);
    Ok(Some(Name { text, start, read }))
}

/// Which of the known fields of an object have been read, a bit for each.
#[derive(Clone, Copy, Default)]
pub(super) struct Seen(u8);

impl Seen {
    /// Notes a field, and says whether it is the first of its name.
    pub(super) fn insert(&mut self, bit: u8) -> bool {
        let is_first = self.0 & bit == 0;
        self.0 |= bit;
        is_first
    }

    pub(super) fn contains(self, bit: u8) -> bool {
        self.0 & bit != 0
    }
}

/// The value of a member, and where it stands.
pub(super) struct Value<'a> {
    token: Token<'a>,
    at: usize,
}

/// What a member may hold.
enum Token<'a> {
    String(Cow<'a, str>),
    Number(&'a str),
    Boolean(bool),
    /// What no field takes.
    Other(Kind),
}

impl<'a> Value<'a> {
    /// Reads the value at which the scanner stands.
    pub(super) fn read(scanner: &mut Scanner<'a>) -> Result<Self, Error> {
        let kind = scanner.kind()?;
        let at = scanner.offset();
        let token = match kind {
            Kind::String => Token::String(scanner.string()?),
            Kind::Number => Token::Number(scanner.number()?),
            Kind::Boolean => Token::Boolean(scanner.boolean()?),
            Kind::Null | Kind::Array | Kind::Object => {
                scanner.skip()?;
                Token::Other(kind)
            }
        };
        Ok(Self { token, at })
    }

    pub(super) fn string(&self, field: &str) -> Result<Cow<'a, str>, Error> {
        match &self.token {
            Token::String(text) => Ok(text.clone()),
            _ => Err(self.wrong_type(field, "a string")),
        }
    }

    pub(super) fn boolean(&self, field: &str) -> Result<bool, Error> {
        match self.token {
            Token::Boolean(value) => Ok(value),
            _ => Err(self.wrong_type(field, "`true` or `false`")),
        }
    }

    /// A whole number, however it is written; one beyond 128 bits becomes the last within.
    pub(super) fn integer(&self, field: &str) -> Result<i128, Error> {
        let Token::Number(literal) = self.token else {
            return Err(self.wrong_type(field, "a whole number"));
        };
        match Decimal::from_literal(literal) {
            Some(decimal) => decimal.to_integer().ok_or_else(|| self.not_whole(field)),
            None if literal.starts_with('-') => Ok(i128::MIN),
            None => Ok(i128::MAX),
        }
    }

    /// Whether it is a number of few digits, none of them behind a point.
    pub(super) fn is_small(&self) -> bool {
        matches!(self.token, Token::Number(literal) if literal.parse::<i32>().is_ok())
    }

    /// The literal, as a message shows it.
    pub(super) fn literal(&self) -> String {
        match self.token {
            Token::Number(literal) => quote(literal),
            _ => String::new(),
        }
    }

    /// Says of a fault where it is.
    pub(super) fn place(&self, error: Error, pointer: &str) -> Error {
        error.at_pointer(pointer).at_offset(self.at)
    }

    #[cold]
    fn not_whole(&self, field: &str) -> Error {
        let found = self.literal();
        Error::new(
            Code::RequestType,
            format!("`{field}` is {found}, expected a whole number"),
        )
        .expected("a whole number")
        .found(found)
    }

    fn kind(&self) -> Kind {
        match self.token {
            Token::String(_) => Kind::String,
            Token::Number(_) => Kind::Number,
            Token::Boolean(_) => Kind::Boolean,
            Token::Other(kind) => kind,
        }
    }

    #[cold]
    pub(super) fn wrong_type(&self, field: &str, expected: &str) -> Error {
        let found = self.kind().name();
        let error = Error::new(
            Code::RequestType,
            format!("`{field}` is {found}, expected {expected}"),
        )
        .expected(expected)
        .found(found);
        match self.kind() {
            Kind::Null => error.hint("omit the field"),
            Kind::String if expected != "a string" => error.hint("write it without quotes"),
            _ => error,
        }
    }
}

/// A pointer to a member of any name.
pub(super) fn pointer(parent: &str, name: &str) -> String {
    format!("{parent}/{}", pointer_token(name))
}

/// A field that stands twice.
#[cold]
pub(super) fn duplicate(parent: &str, name: &Name<'_>) -> Error {
    Error::new(
        Code::JsonDuplicate,
        format!("duplicate member `{}`, expected once", quote(&name.text)),
    )
    .expected("each field once")
    .found("a second one")
    .at_pointer(pointer(parent, &name.text))
    .at_offset(name.at())
}

/// A field that is required and absent.
#[cold]
pub(super) fn missing(parent: &str, name: &str, offset: usize) -> Error {
    let object = match parent.trim_start_matches('/') {
        "" => "the request".to_owned(),
        parent => format!("`{parent}`"),
    };
    Error::new(
        Code::RequestMissingField,
        format!("{object} has no field `{name}`, which is required"),
    )
    .expected(format!("a field `{name}`"))
    .found("none")
    .at_pointer(pointer(parent, name))
    .at_offset(offset)
}
