//! JSON, written piece by piece so that each piece keeps its origin.

use crate::error::Error;
use crate::json::{append_escaped, is_plain};

use super::super::super::{Frame, Writer};
use super::super::flatten::JsonPiece;
use super::super::model::{Source, TextValue};
use super::Renderer;
use super::text::{Form, append};

impl<'r> Renderer<'r> {
    /// Writes JSON; nothing if all of it is left out.
    pub(in super::super) fn json(
        &self,
        pieces: &'r [JsonPiece],
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        for piece in pieces {
            match piece {
                JsonPiece::Constant(literal) => frame.literal(self.name, literal),
                JsonPiece::Comma => self.comma(frame),
                JsonPiece::Value(value) => self.json_value(value, frame, writer)?,
                JsonPiece::List(value) => self.list(value, frame, writer)?,
                JsonPiece::InString(value) => match self.form(value, writer) {
                    Ok(Some(ref form)) => self.put(value, form, frame),
                    Ok(None) => {}
                    Err(error) => return Err(error),
                },
                JsonPiece::Optional { arguments, pieces } => {
                    let is_given = |place: &usize| !self.slots.of(*place).is_empty();
                    if arguments.iter().any(is_given) {
                        self.json(pieces, frame, writer)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn comma(&self, frame: &mut Frame) {
        if !frame.bytes().ends_with(b"{") && !frame.bytes().ends_with(b"[") {
            frame.constant(self.name, b",");
        }
    }

    fn list(
        &self,
        value: &TextValue,
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        let count = match value.source {
            Source::Argument(place) => self.slots.of(place).len(),
            Source::Variable(_) => 0,
        };
        frame.constant(self.name, b"[");
        for index in 0..count {
            self.comma(frame);
            Self { index, ..*self }.json_value(value, frame, writer)?;
        }
        frame.constant(self.name, b"]");
        Ok(())
    }

    /// Writes one value with its type.
    fn json_value(
        &self,
        value: &TextValue,
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        match self.form(value, writer) {
            Ok(Some(ref form)) if form.is_text() => {
                frame.constant(self.name, b"\"");
                self.put(value, form, frame);
                frame.constant(self.name, b"\"");
            }
            Ok(Some(ref form)) => self.put(value, form, frame),
            Ok(None) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn put(&self, value: &TextValue, form: &Form<'_>, frame: &mut Frame) {
        let origin = || self.origin(value, form);
        match form {
            Form::Text(text) if !is_plain(text.as_bytes()) => {
                frame.write_with(|bytes| append_escaped(text.as_bytes(), bytes), origin);
            }
            plain => frame.write_unescaped(|bytes| append(plain, bytes), origin),
        }
    }
}
