//! Text and JSON templates as they are written, before names are resolved.
//!
//! ```text
//! text  = { literal | "{{" | field } ;        field as in the frame language; "{{" is a brace
//! json  = any value; a string that is only a field becomes the typed value
//! ```

use toml::de::DeValue;

use crate::document::Node;
use crate::error::{Code, Error};

use super::frame::{self, Fault, Field, Item};
use super::usage::Usages;

/// What a command says, as it is written.
#[derive(Debug)]
pub(super) enum Raw {
    Frame(Vec<Item>),
    Text(Vec<RawPiece>),
    Json(RawJson),
}

#[derive(Debug)]
pub(super) enum RawPiece {
    Literal(String),
    Field(Field),
}

#[derive(Debug)]
pub(super) enum RawJson {
    Object(Vec<(String, RawJson)>),
    Array(Vec<RawJson>),
    Literal(String),
    Field(Field),
    Text(Vec<RawPiece>),
}

impl Raw {
    pub(super) fn frame(node: Node<'_>) -> Result<Self, Error> {
        frame::parse(node.string()?)
            .map(Self::Frame)
            .map_err(|fault| in_template(node, &fault))
    }

    pub(super) fn text(node: Node<'_>) -> Result<Self, Error> {
        pieces(node).map(Self::Text)
    }

    pub(super) fn json(node: Node<'_>) -> Result<Self, Error> {
        json(node).map(Self::Json)
    }

    /// How the template uses its arguments.
    pub(super) fn usages(&self) -> Usages {
        let mut usages = Usages::default();
        match self {
            Self::Frame(items) => usages.add_frame(items),
            Self::Text(pieces) => add_pieces(&mut usages, pieces),
            Self::Json(json) => add_json(&mut usages, json),
        }
        usages
    }
}

/// Reads a text template.
pub(super) fn pieces(node: Node<'_>) -> Result<Vec<RawPiece>, Error> {
    split(node.string()?).map_err(|fault| in_template(node, &fault))
}

fn split(text: &str) -> Result<Vec<RawPiece>, Fault> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('{') {
        literal.push_str(before);
        if let Some(behind) = behind.strip_prefix('{') {
            literal.push('{');
            rest = behind;
            continue;
        }
        let offset = text.len() - behind.len();
        let Some((inside, behind)) = behind.split_once('}') else {
            return Err(Fault {
                expected: "`}`",
                offset: text.len(),
            });
        };
        if !literal.is_empty() {
            pieces.push(RawPiece::Literal(std::mem::take(&mut literal)));
        }
        let field = frame::parse_placeholder(inside).map_err(|fault| Fault {
            offset: offset + fault.offset,
            ..fault
        })?;
        pieces.push(RawPiece::Field(Field {
            offset: offset - 1,
            ..field
        }));
        rest = behind;
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        pieces.push(RawPiece::Literal(literal));
    }
    Ok(pieces)
}

fn json(node: Node<'_>) -> Result<RawJson, Error> {
    match node.value() {
        DeValue::Table(_) => {
            let members = node
                .table()?
                .entries()
                .map(|(name, value)| Ok((name.text.to_owned(), json(value)?)));
            members.collect::<Result<_, Error>>().map(RawJson::Object)
        }
        DeValue::Array(_) => node
            .array()?
            .into_iter()
            .map(json)
            .collect::<Result<_, _>>()
            .map(RawJson::Array),
        DeValue::Boolean(value) => Ok(RawJson::Literal(value.to_string())),
        DeValue::Integer(_) | DeValue::Float(_) => node
            .decimal()
            .map(|decimal| RawJson::Literal(decimal.to_string())),
        DeValue::String(_) => {
            let mut pieces = pieces(node)?;
            match (pieces.len(), pieces.pop()) {
                (1, Some(RawPiece::Field(field))) => Ok(RawJson::Field(field)),
                (_, last) => {
                    pieces.extend(last);
                    Ok(RawJson::Text(pieces))
                }
            }
        }
        DeValue::Datetime(_) => {
            Err(node.refuse(Code::DefinitionValue, "JSON has no dates; write a string"))
        }
    }
}

fn add_pieces(usages: &mut Usages, pieces: &[RawPiece]) {
    for piece in pieces {
        if let RawPiece::Field(field) = piece {
            usages.add_field(field, None, false);
        }
    }
}

fn add_json(usages: &mut Usages, json: &RawJson) {
    match json {
        RawJson::Object(members) => members
            .iter()
            .for_each(|(_, value)| add_json(usages, value)),
        RawJson::Array(items) => items.iter().for_each(|item| add_json(usages, item)),
        RawJson::Field(field) => usages.add_field(field, None, false),
        RawJson::Text(pieces) => add_pieces(usages, pieces),
        RawJson::Literal(_) => {}
    }
}

/// Places a fault of a template in the file.
fn in_template(node: Node<'_>, fault: &Fault) -> Error {
    // The value starts behind its quotes; escapes in front of the fault would shift it.
    let quotes = node
        .span()
        .len()
        .saturating_sub(node.string().map_or(0, str::len))
        / 2;
    Error::new(
        Code::DefinitionFrame,
        format!("expected {} here", fault.expected),
    )
    .expected(fault.expected)
    .at_offset(node.offset() + quotes + fault.offset)
}
