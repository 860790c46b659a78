//! What is wrong, where, what was expected, what was found, and what to do next.
//!
//! Every room raises the same [`Error`]: a [`Diagnostic`] with a stable [`Code`]. The rooms keep
//! their own texts beside their own rules; the shape is one, so that a program reads a fault in a
//! pack, a definition or a device file in the same way. A [`Sink`] decides whether the first error
//! ends the work or all of them are collected, so that encoding and previewing are one walk.

mod bare;
mod code;
mod hint;
mod line_index;
mod placed;
mod quote;
mod sink;
mod slip;
mod suggest;

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

pub(crate) use bare::Bare;
pub use code::{Code, Kind};
pub use hint::{Audience, Hint};
pub(crate) use line_index::LineIndex;
pub(crate) use placed::Placed;
pub use quote::quote;
pub use sink::{All, First, Sink};
pub(crate) use suggest::did_you_mean;
pub use suggest::nearest;

/// Whether a diagnostic refuses the input or only remarks on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Severity {
    /// The input is refused.
    Error,
    /// The input is taken; somebody should know.
    Warning,
}

/// Where in the input: a line and column of text, or an offset in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Position {
    /// In JSON and TOML: all count from one.
    #[serde(rename_all = "camelCase")]
    Text {
        /// The line.
        line: usize,
        /// The column in characters.
        column: usize,
        /// The column in code units of UTF-16, as browsers and editors count.
        utf16_column: usize,
    },
    /// In CBOR and other binary input.
    Offset {
        /// Bytes before the place.
        offset: usize,
    },
}

impl Position {
    /// Finds the line and column of a byte offset.
    ///
    /// An offset behind the end gives the place behind the last character.
    ///
    /// ```
    /// use downlink::error::Position;
    ///
    /// let place = Position::in_text("[1,\n\"😀\"]", 9);
    /// assert_eq!(place, Position::Text { line: 2, column: 3, utf16_column: 4 });
    /// ```
    #[must_use]
    pub fn in_text(text: &str, offset: usize) -> Self {
        let end = character_boundary(text, offset);
        let before = text.get(..end).unwrap_or(text);
        let start_of_line = before.rfind('\n').map_or(0, |newline| newline + 1);
        let in_line = before.get(start_of_line..).unwrap_or_default();
        Self::in_line(before.matches('\n').count() + 1, in_line)
    }

    /// The place after these characters of a line.
    fn in_line(line: usize, before: &str) -> Self {
        Self::Text {
            line,
            column: before.chars().count() + 1,
            utf16_column: before.encode_utf16().count() + 1,
        }
    }
}

/// The offset, or the end of the character or the text that it is in or beyond.
fn character_boundary(text: &str, offset: usize) -> usize {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    end
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { line, column, .. } => write!(f, "line {line}, column {column}"),
            Self::Offset { offset } => write!(f, "offset {offset}"),
        }
    }
}

/// One finding, as a program reads it.
///
/// The message is a fragment: lower case, no full stop. Untrusted text in it is escaped and cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Diagnostic {
    /// Whether the input is refused.
    pub severity: Severity,
    /// The stable code.
    pub code: Code,
    /// What is wrong, for people.
    pub message: String,
    /// JSON pointer into the request, or into the pack for a bare pack (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The place in the text or the bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// Index of the record in the pack, from zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<usize>,
    /// The label in the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The rule of the standard, by its id in the documentation of [`crate::senml`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<Cow<'static, str>>,
    /// What would have been right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What stood there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<Hint>,
}

impl Diagnostic {
    /// Whose fault it is: all that an HTTP layer needs.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.code.kind()
    }

    /// Puts the pointer, if there is one, below `root`.
    #[must_use]
    pub fn within(mut self, root: &str) -> Self {
        if let Some(pointer) = &mut self.pointer {
            pointer.insert_str(0, root);
        }
        self
    }

    /// Places it at an offset in bytes.
    #[must_use]
    pub fn at_offset(mut self, offset: usize) -> Self {
        self.position = Some(Position::Offset { offset });
        self
    }

    /// Gives it its line and column in the JSON text that its pointer is into.
    ///
    /// Where something is missing, it is the place of what would hold it.
    ///
    /// ```
    /// use downlink::error::{Code, Error, Position};
    ///
    /// let error = Error::new(Code::EncodePortConflict, "two ports").at_pointer("/method/fPort");
    /// let placed = error.into_diagnostic().placed_in(r#"{"method": {"fPort": 2}}"#);
    /// let place = Position::Text { line: 1, column: 22, utf16_column: 22 };
    /// assert_eq!(placed.position, Some(place));
    /// ```
    #[must_use]
    pub fn placed_in(self, json: &str) -> Self {
        if self.position.is_some() {
            return self.located_in(json);
        }
        let pointer = self.pointer.as_deref();
        match pointer.and_then(|it| crate::json::nearest_offset(json, it)) {
            Some(offset) => self.at_offset(offset).located_in(json),
            None => self,
        }
    }

    /// Turns an offset into the line and column of this text.
    #[must_use]
    pub fn located_in(mut self, text: &str) -> Self {
        if let Some(Position::Offset { offset }) = self.position {
            self.position = Some(Position::in_text(text, offset));
        }
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, "; {hint}")?;
        }
        if let Some(position) = &self.position {
            write!(f, " (at {position})")?;
        }
        Ok(())
    }
}

/// Anything that refuses an input in this crate: one diagnostic, boxed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(Box<Diagnostic>);

impl Error {
    pub(crate) fn of(diagnostic: Diagnostic) -> Self {
        Self(Box::new(diagnostic))
    }

    /// An error of this code, saying what is wrong.
    ///
    /// The message is a fragment: lower case, no full stop, names in backticks.
    #[must_use]
    #[cold]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Diagnostic {
            severity: Severity::Error,
            code,
            message: message.into(),
            pointer: None,
            position: None,
            record: None,
            label: None,
            rule: None,
            expected: None,
            found: None,
            hint: None,
        }))
    }

    /// A case that cannot be: nothing is sent, instead of a guess.
    ///
    /// No input may reach it. It takes the place of a default on the way to the wire.
    ///
    /// ```
    /// use downlink::error::{Error, Kind};
    ///
    /// assert_eq!(Error::invariant("a list is longer than itself").kind(), Kind::Internal);
    /// ```
    #[must_use]
    #[cold]
    pub fn invariant(what: &'static str) -> Self {
        Self::new(Code::InternalInvariant, format!("{what}, which cannot be")).hint_for(
            Audience::Operator,
            "this is a bug: report it with the input",
        )
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// Whose fault it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.kind()
    }

    /// All that is known.
    #[must_use]
    pub fn diagnostic(&self) -> &Diagnostic {
        &self.0
    }

    /// All that is known, for keeping.
    #[must_use]
    pub fn into_diagnostic(self) -> Diagnostic {
        *self.0
    }

    /// The same finding as a remark that refuses nothing.
    #[must_use]
    pub fn into_warning(self) -> Diagnostic {
        Diagnostic {
            severity: Severity::Warning,
            ..*self.0
        }
    }

    /// Says what would have been right.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.0.expected = Some(expected.into());
        self
    }

    /// Says what stood there.
    #[must_use]
    pub fn found(mut self, found: impl Into<String>) -> Self {
        self.0.found = Some(found.into());
        self
    }

    /// Says what to do next, to whoever wrote the input.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        self.hint_for(Audience::Caller, hint)
    }

    /// Says what to do next, and who can do it: an HTTP answer has only the hints for its caller.
    #[must_use]
    pub fn hint_for(mut self, audience: Audience, hint: impl Into<String>) -> Self {
        self.0.hint = Some(Hint::new(audience, hint));
        self
    }

    /// Names the rule of the standard.
    #[must_use]
    pub fn rule(mut self, rule: &'static str) -> Self {
        self.0.rule = Some(rule.into());
        self
    }

    /// Places it at an offset in bytes; [`Error::located_in`] makes a line and column of it.
    #[must_use]
    pub fn at_offset(mut self, offset: usize) -> Self {
        self.0.position = Some(Position::Offset { offset });
        self
    }

    /// Places it where the caller knows it to be, in a text that the error does not come from.
    ///
    /// ```
    /// use downlink::error::{Code, Error, Position};
    ///
    /// let offset = Position::Offset { offset: 4 };
    /// let error = Error::new(Code::DevicesFile, "unknown key `foo`").at_position(offset);
    /// assert_eq!(error.diagnostic().position, Some(offset));
    /// ```
    #[must_use]
    pub fn at_position(mut self, position: Position) -> Self {
        self.0.position = Some(position);
        self
    }

    /// Places it in a record of the pack, and at a label of that record.
    #[must_use]
    pub fn at_record(mut self, record: usize, label: Option<&str>) -> Self {
        self.0.record = Some(record);
        self.0.label = label.map(str::to_owned);
        self.0.pointer = Some(match label {
            Some(label) => format!("/{record}/{}", pointer_token(label)),
            None => format!("/{record}"),
        });
        self
    }

    /// Places it at a JSON pointer.
    #[must_use]
    pub fn at_pointer(mut self, pointer: impl Into<String>) -> Self {
        self.0.pointer = Some(pointer.into());
        self
    }

    /// Puts the pointer, if there is one, below `root`.
    #[must_use]
    pub fn within(self, root: &str) -> Self {
        Self(Box::new(self.0.within(root)))
    }

    /// Turns an offset into the line and column of this text.
    #[must_use]
    pub fn located_in(self, text: &str) -> Self {
        Self(Box::new(self.0.located_in(text)))
    }
}
/// Escapes a member name for a JSON pointer (RFC 6901 §3).
pub(crate) fn pointer_token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
