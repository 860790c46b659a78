//! JSON, written piece by piece so that each piece keeps its origin.

use crate::error::Error;
use crate::json::append_escaped;

use super::super::super::{Frame, Origin, Writer};
use super::super::model::{Json, Source, Text, TextPiece, TextValue};
use super::Renderer;
use super::text::{Form, append};

impl<'r> Renderer<'r> {
    /// Writes JSON; `false` if it vanishes because nothing in it was given.
    pub(in super::super) fn json(
        self,
        json: &'r Json,
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<bool, Error> {
        match json {
            Json::Object(members) => self.object(members, frame, writer),
            Json::Array(items) => self.array(items, frame, writer),
            Json::Literal(literal) => {
                frame.constant(self.name, literal.as_bytes());
                Ok(true)
            }
            Json::Value(value) if value.is_list => self.list(value, frame, writer),
            Json::Value(value) => self.json_value(value, frame, writer),
            Json::Text(text) => self.quoted(text, frame, writer).map(|()| true),
        }
    }

    fn object(
        self,
        members: &'r [(String, Json)],
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<bool, Error> {
        let start = frame.bytes().len();
        frame.constant(self.name, b"{");
        let mut is_first = true;
        for (key, value) in members {
            let before = frame.bytes().len();
            self.separate(is_first, frame);
            frame.write_with(
                |bytes| append_key(key, bytes),
                || Origin::constant(self.name),
            );
            if self.json(value, frame, writer)? {
                is_first = false;
            } else {
                frame.truncate(before);
            }
        }
        if is_first && !members.is_empty() {
            frame.truncate(start);
            return Ok(false);
        }
        frame.constant(self.name, b"}");
        Ok(true)
    }

    fn array(
        self,
        items: &'r [Json],
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<bool, Error> {
        frame.constant(self.name, b"[");
        let mut is_first = true;
        for item in items {
            let before = frame.bytes().len();
            self.separate(is_first, frame);
            if self.json(item, frame, writer)? {
                is_first = false;
            } else {
                frame.truncate(before);
            }
        }
        frame.constant(self.name, b"]");
        Ok(true)
    }

    /// Writes the values of a list as an array.
    fn list(
        self,
        value: &TextValue,
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<bool, Error> {
        let count = match value.source {
            Source::Argument(place) => self.slots.of(place).len(),
            Source::Variable(_) => 0,
        };
        if count == 0 {
            return Ok(false);
        }
        frame.constant(self.name, b"[");
        for index in 0..count {
            self.separate(index == 0, frame);
            Self { index, ..self }.json_value(value, frame, writer)?;
        }
        frame.constant(self.name, b"]");
        Ok(true)
    }

    /// Writes one value with its type; `false` if it was not given.
    fn json_value(
        self,
        value: &TextValue,
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<bool, Error> {
        let Some(form) = self.form(value, writer)? else {
            return Ok(false);
        };
        let quote: &[u8] = if form.is_text() { b"\"" } else { b"" };
        frame.constant(self.name, quote);
        self.put(value, &form, frame);
        frame.constant(self.name, quote);
        Ok(true)
    }

    /// Writes a text with values in it as a string.
    fn quoted(
        self,
        text: &'r Text,
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        frame.constant(self.name, b"\"");
        for piece in &text.0 {
            match piece {
                TextPiece::Literal(literal) => frame.write_with(
                    |bytes| append_escaped(literal, bytes),
                    || Origin::constant(self.name),
                ),
                TextPiece::Value(value) => {
                    if let Some(form) = self.form(value, writer)? {
                        self.put(value, &form, frame);
                    }
                }
            }
        }
        frame.constant(self.name, b"\"");
        Ok(())
    }

    fn put(self, value: &TextValue, form: &Form<'_>, frame: &mut Frame) {
        let write = |bytes: &mut Vec<u8>| match form {
            Form::Text(text) => append_escaped(text, bytes),
            other => append(other, bytes),
        };
        frame.write_with(write, || self.origin(value, form));
    }

    fn separate(self, is_first: bool, frame: &mut Frame) {
        if !is_first {
            frame.constant(self.name, b",");
        }
    }
}

fn append_key(key: &str, bytes: &mut Vec<u8>) {
    bytes.push(b'"');
    append_escaped(key, bytes);
    bytes.extend_from_slice(b"\":");
}
