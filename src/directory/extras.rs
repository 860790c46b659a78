//! Keys of the device file that a service reads and the engine does not.

use std::fmt;

use toml::de::DeValue;

use crate::document::{Name, Node, unknown_key};
use crate::error::{Code, Error, LineIndex, Position, Sink};

use super::file::CODES;

/// What the device file says of a device to a service, in the order of the file.
///
/// The engine checks no more than that each value has one of the forms that [`Extra`] reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extras(Vec<Extra>);

/// A key with its value, and where it is in the file.
///
/// A value may be a secret, so that `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Extra {
    name: String,
    position: Position,
    value: Value,
}

#[derive(Clone, PartialEq, Eq)]
enum Value {
    Text(String),
    Integer(i128),
    Boolean(bool),
    Texts(Vec<String>),
    Table(Extras),
}

impl Extras {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is said under a key.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Extra> {
        self.iter().find(|extra| extra.name == name)
    }

    /// All that is said, in the order of the file.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Extra> {
        self.0.iter()
    }

    /// Refuses every key but these, with the nearest of them.
    ///
    /// # Errors
    ///
    /// [`Code::DevicesFile`], where the sink does not collect it.
    pub fn refuse_others(&self, known: &[&str], sink: &mut dyn Sink) -> Result<(), Error> {
        let is_other = |extra: &&Extra| !known.contains(&extra.name());
        self.iter().filter(is_other).try_for_each(|extra| {
            let error = unknown_key(CODES.unknown_key, &extra.name, known);
            sink.error(error.at_position(extra.position))
        })
    }

    pub(super) fn push(
        &mut self,
        name: Name<'_>,
        node: Node<'_>,
        lines: &LineIndex<'_>,
    ) -> Result<(), Error> {
        let value = Value::read(node, lines)?;
        self.0.push(Extra {
            name: name.text.to_owned(),
            position: lines.position(name.offset),
            value,
        });
        Ok(())
    }
}

impl Extra {
    /// The key.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where the key is in the file.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position
    }

    /// The value, which must be a text.
    pub fn text(&self) -> Result<&str, Error> {
        match &self.value {
            Value::Text(text) => Ok(text),
            _ => Err(self.wrong_type("a string")),
        }
    }

    /// The value, which must be an integer.
    pub fn integer(&self) -> Result<i128, Error> {
        match self.value {
            Value::Integer(integer) => Ok(integer),
            _ => Err(self.wrong_type("an integer")),
        }
    }

    /// The value, which must be `true` or `false`.
    pub fn boolean(&self) -> Result<bool, Error> {
        match self.value {
            Value::Boolean(boolean) => Ok(boolean),
            _ => Err(self.wrong_type("a boolean")),
        }
    }

    /// The value, which must be a list of texts.
    pub fn texts(&self) -> Result<&[String], Error> {
        match &self.value {
            Value::Texts(texts) => Ok(texts),
            _ => Err(self.wrong_type("an array of strings")),
        }
    }

    /// The value, which must be a table.
    pub fn table(&self) -> Result<&Extras, Error> {
        match &self.value {
            Value::Table(extras) => Ok(extras),
            _ => Err(self.wrong_type("a table")),
        }
    }

    /// Refuses the value with a text: a fragment in lower case, which quotes no secret.
    #[must_use]
    pub fn refuse(&self, message: impl Into<String>) -> Error {
        Error::new(Code::DevicesFile, message).at_position(self.position)
    }

    fn wrong_type(&self, expected: &str) -> Error {
        let found = self.value.kind();
        self.refuse(format!("`{}` is {found}, expected {expected}", self.name))
            .expected(expected)
            .found(found)
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Extra")
            .field("name", &self.name)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

impl Value {
    fn read(node: Node<'_>, lines: &LineIndex<'_>) -> Result<Self, Error> {
        Ok(match node.value() {
            DeValue::String(text) => Self::Text(text.to_string()),
            DeValue::Integer(_) => Self::Integer(node.integer()?),
            DeValue::Boolean(boolean) => Self::Boolean(*boolean),
            DeValue::Array(_) => {
                let texts = node.strings()?;
                Self::Texts(texts.into_iter().map(str::to_owned).collect())
            }
            DeValue::Table(_) => {
                let mut extras = Extras::default();
                for (name, node) in node.table()?.entries() {
                    extras.push(name, node, lines)?;
                }
                Self::Table(extras)
            }
            DeValue::Float(_) | DeValue::Datetime(_) => return Err(formless(node)),
        })
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a string",
            Self::Integer(_) => "an integer",
            Self::Boolean(_) => "a boolean",
            Self::Texts(_) => "an array of strings",
            Self::Table(_) => "a table",
        }
    }
}

fn formless(node: Node<'_>) -> Error {
    const FORMS: &str = "a string, an integer, a boolean, an array of strings or a table";
    let found = node.value().type_str();
    node.refuse(
        Code::DevicesFile,
        format!("expected {FORMS}, found {found}"),
    )
    .expected(FORMS)
    .found(found)
}
