//! JSON, written piece by piece so that each piece keeps its origin.

use crate::error::{Code, Error};

use super::super::super::{Frame, Writer};
use super::super::model::{Json, Source, Text, TextPiece, TextValue};
use super::Renderer;
use super::text::{Form, Written};

impl Renderer<'_> {
    /// Writes JSON; `false` if it vanishes because nothing in it was given.
    pub(in super::super) fn json(
        self,
        json: &Json,
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
        members: &[(String, Json)],
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<bool, Error> {
        let mut inside = frame.another();
        for (key, value) in members {
            let mut written = frame.another();
            if self.json(value, &mut written, writer)? {
                self.separate(&mut inside);
                inside.constant(self.name, format!("\"{}\":", escaped(key)?).as_bytes());
                inside.append(written);
            }
        }
        if inside.bytes().is_empty() && !members.is_empty() {
            return Ok(false);
        }
        self.enclose("{", inside, "}", frame);
        Ok(true)
    }

    fn array(
        self,
        items: &[Json],
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<bool, Error> {
        let mut inside = frame.another();
        for item in items {
            let mut written = frame.another();
            if self.json(item, &mut written, writer)? {
                self.separate(&mut inside);
                inside.append(written);
            }
        }
        self.enclose("[", inside, "]", frame);
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
        let mut inside = frame.another();
        for index in 0..count {
            self.separate(&mut inside);
            Self { index, ..self }.json_value(value, &mut inside, writer)?;
        }
        self.enclose("[", inside, "]", frame);
        Ok(true)
    }

    /// Writes one value with its type; `false` if it was not given.
    fn json_value(
        self,
        value: &TextValue,
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<bool, Error> {
        let Some(Written {
            form,
            origin,
            meaning,
        }) = self.written(value, writer)?
        else {
            return Ok(false);
        };
        let quote: &[u8] = if matches!(form, Form::Text(_)) {
            b"\""
        } else {
            b""
        };
        frame.constant(self.name, quote);
        frame.write(escaped(&form.into_plain())?.as_bytes(), || {
            (origin, meaning)
        });
        frame.constant(self.name, quote);
        Ok(true)
    }

    /// Writes a text with values in it as a string.
    fn quoted(self, text: &Text, frame: &mut Frame, writer: &mut Writer<'_>) -> Result<(), Error> {
        frame.constant(self.name, b"\"");
        for piece in &text.0 {
            match piece {
                TextPiece::Literal(literal) => {
                    frame.constant(self.name, escaped(literal)?.as_bytes());
                }
                TextPiece::Value(value) => {
                    if let Some(Written {
                        form,
                        origin,
                        meaning,
                    }) = self.written(value, writer)?
                    {
                        let text = escaped(&form.into_plain())?;
                        frame.write(text.as_bytes(), || (origin, meaning));
                    }
                }
            }
        }
        frame.constant(self.name, b"\"");
        Ok(())
    }

    fn enclose(self, open: &str, inside: Frame, close: &str, frame: &mut Frame) {
        frame.constant(self.name, open.as_bytes());
        frame.append(inside);
        frame.constant(self.name, close.as_bytes());
    }

    fn separate(self, inside: &mut Frame) {
        if !inside.bytes().is_empty() {
            inside.constant(self.name, b",");
        }
    }
}

/// A text as it stands between the quotes of JSON.
fn escaped(text: &str) -> Result<String, Error> {
    let quoted = serde_json::to_string(text)
        .map_err(|error| Error::new(Code::JsonSyntax, error.to_string()))?;
    let inside = quoted
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'));
    Ok(inside.unwrap_or_default().to_owned())
}
