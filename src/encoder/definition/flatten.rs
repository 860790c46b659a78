//! JSON templates flattened into pieces of their text, so that writing one takes few steps.

use crate::json::{Literal, append_escaped};

use super::argument::{Argument, Kind};
use super::model::{Json, Source, Text, TextPiece, TextValue};

/// A JSON value with places for values: as a tree, and as the pieces of its text that follow from it.
#[derive(Clone, Debug)]
pub(super) struct JsonTemplate {
    tree: Json,
    pieces: Vec<JsonPiece>,
}

/// A piece of JSON text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum JsonPiece {
    /// What is the same whatever the arguments are.
    Constant(Literal),
    /// A comma, unless nothing stands before it in its object or array.
    Comma,
    /// A value with its type.
    Value(TextValue),
    /// The values of a list, as an array.
    List(TextValue),
    /// A value inside a string.
    InString(TextValue),
    /// What is left out if none of these arguments is given.
    Optional {
        arguments: Vec<usize>,
        pieces: Vec<JsonPiece>,
    },
}

impl JsonTemplate {
    pub(super) fn new(tree: Json, arguments: &[Argument]) -> Self {
        let mut flattened = Flattened {
            arguments,
            pieces: Vec::new(),
        };
        flattened.part(None, "", &tree);
        let pieces = flattened.pieces;
        Self { tree, pieces }
    }

    pub(super) fn tree(&self) -> &Json {
        &self.tree
    }

    /// The pieces, which make no text if everything is left out.
    pub(super) fn pieces(&self) -> &[JsonPiece] {
        &self.pieces
    }

    /// The members of an object.
    pub(super) fn members(&self) -> Option<&[(String, Json)]> {
        match &self.tree {
            Json::Object(members) => Some(members),
            _ => None,
        }
    }
}

impl Json {
    /// The arguments of which one must be given for the value to be there; none if it always is.
    pub(super) fn optional_arguments(&self, arguments: &[Argument]) -> Option<Vec<usize>> {
        match self {
            Self::Object(members) if !members.is_empty() => {
                let members = members.iter();
                let each = members.map(|(_, value)| value.optional_arguments(arguments));
                each.collect::<Option<Vec<_>>>().map(|each| each.concat())
            }
            Self::Value(value) => match value.source {
                Source::Argument(place) if arguments.get(place)?.is_optional => Some(vec![place]),
                _ => None,
            },
            _ => None,
        }
    }
}

/// The text of JSON so far.
struct Flattened<'a> {
    arguments: &'a [Argument],
    pieces: Vec<JsonPiece>,
}

impl Flattened<'_> {
    /// Adds a value with what stands before it, and says whether it is always there.
    fn part(&mut self, separator: Option<JsonPiece>, key: &str, json: &Json) -> bool {
        let mut part = Flattened {
            arguments: self.arguments,
            pieces: Vec::new(),
        };
        part.pieces.extend(separator);
        part.constant(key);
        part.value(json);
        match json.optional_arguments(self.arguments) {
            Some(arguments) => {
                let pieces = part.pieces;
                self.pieces.push(JsonPiece::Optional { arguments, pieces });
                false
            }
            None => {
                part.pieces.into_iter().for_each(|piece| self.piece(piece));
                true
            }
        }
    }

    fn value(&mut self, json: &Json) {
        match json {
            Json::Object(members) => {
                let members = members.iter().map(|(name, value)| (key(name), value));
                self.sequence("{", members, "}");
            }
            Json::Array(items) => {
                let items = items.iter().map(|value| (String::new(), value));
                self.sequence("[", items, "]");
            }
            Json::Literal(literal) => self.constant(literal),
            Json::Value(value) if value.is_list => {
                self.pieces.push(JsonPiece::List(value.clone()));
            }
            Json::Value(value) if self.is_text(value) => {
                self.string(&[TextPiece::Value(value.clone())]);
            }
            Json::Value(value) => self.pieces.push(JsonPiece::Value(value.clone())),
            Json::Text(Text(pieces)) => self.string(pieces),
        }
    }

    fn sequence<'j>(
        &mut self,
        open: &str,
        parts: impl Iterator<Item = (String, &'j Json)>,
        close: &str,
    ) {
        self.constant(open);
        let mut separator = None;
        for (key, json) in parts {
            if self.part(separator.clone(), &key, json) {
                separator = Some(JsonPiece::Constant(Literal::from(",")));
            } else {
                separator.get_or_insert(JsonPiece::Comma);
            }
        }
        self.constant(close);
    }

    fn string(&mut self, pieces: &[TextPiece]) {
        self.constant("\"");
        for piece in pieces {
            match piece {
                TextPiece::Literal(literal) => self.constant(&escaped(literal)),
                TextPiece::Value(value) => self.pieces.push(JsonPiece::InString(value.clone())),
            }
        }
        self.constant("\"");
    }

    /// Whether all that the value may be is text.
    fn is_text(&self, value: &TextValue) -> bool {
        match value.source {
            Source::Variable(_) => true,
            Source::Argument(place) => self.arguments.get(place).is_some_and(|argument| {
                matches!(argument.kind, Kind::Text(_) | Kind::Bytes { .. })
            }),
        }
    }

    fn piece(&mut self, piece: JsonPiece) {
        match piece {
            JsonPiece::Constant(literal) => self.constant(literal.text()),
            other => self.pieces.push(other),
        }
    }

    /// Adds a constant, which goes together with one right before it.
    fn constant(&mut self, text: &str) {
        match self.pieces.last_mut() {
            _ if text.is_empty() => {}
            Some(JsonPiece::Constant(before)) => before.push_str(text),
            _ => self.pieces.push(JsonPiece::Constant(Literal::from(text))),
        }
    }
}

fn key(name: &str) -> String {
    format!("\"{}\":", escaped(name))
}

fn escaped(text: &str) -> String {
    let mut bytes = Vec::new();
    append_escaped(text.as_bytes(), &mut bytes);
    // What escapes put between the characters is ASCII.
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_always_the_same_is_one_piece() {
        let text = |text: &str| Json::Text(Text(vec![TextPiece::Literal(text.to_owned())]));
        let items = Json::Array(vec![text("x\n"), Json::Object(Vec::new())]);
        let one = Json::Literal("1".to_owned());
        let members = vec![("a".to_owned(), one), ("\"é".to_owned(), items)];
        let template = JsonTemplate::new(Json::Object(members), &[]);
        let expected = r#"{"a":1,"\"é":["x\n",{}]}"#;
        assert_eq!(
            template.pieces(),
            [JsonPiece::Constant(Literal::from(expected))]
        );
    }
}
