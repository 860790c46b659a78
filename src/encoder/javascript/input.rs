//! An instruction as `input.data`: the object that a script gets.
//!
//! ```text
//! led/color = "red"             {led: {color: "red"}}
//! steps/0 = 5, steps/1 = 7      {steps: [5, 7]}
//! ```

use super::datum::{Datum, beyond, to_double};
use crate::error::{Code, Error, quote};
use crate::instruction::{Entry, Instruction};
use crate::senml::Value;

/// Reads the records in their order.
pub(super) fn data(instruction: &Instruction<'_>) -> Result<Datum, Error> {
    let mut root = Branch::default();
    for entry in instruction.entries() {
        if let Some(unit) = entry.unit() {
            return Err(entry.at_unit(with_unit(unit)));
        }
        root.insert(entry, entry.path())?;
    }
    root.grown()
}

/// What stands below a name.
#[derive(Debug, Default)]
struct Branch<'e, 'p> {
    members: Vec<(&'e str, Node<'e, 'p>)>,
}

#[derive(Debug)]
enum Node<'e, 'p> {
    Leaf(&'e Entry<'p>, Datum),
    Branch(Branch<'e, 'p>),
}

impl<'e, 'p> Branch<'e, 'p> {
    fn insert(&mut self, entry: &'e Entry<'p>, path: &'e str) -> Result<(), Error> {
        let (key, rest) = match path.split_once('/') {
            Some((key, rest)) => (key, Some(rest)),
            None => (path, None),
        };
        let known = self.members.iter_mut().find(|(name, _)| *name == key);
        match (known.map(|(_, node)| node), rest) {
            (None, None) => {
                let leaf = Node::Leaf(entry, value(entry)?);
                self.members.push((key, leaf));
                Ok(())
            }
            (None, Some(rest)) => {
                let mut branch = Branch::default();
                branch.insert(entry, rest)?;
                self.members.push((key, Node::Branch(branch)));
                Ok(())
            }
            (Some(Node::Branch(branch)), Some(rest)) => branch.insert(entry, rest),
            (Some(Node::Leaf(first, _)), None) => {
                Err(entry.at_name(twice(entry.path(), first.index())))
            }
            (Some(_), _) => Err(entry.at_name(clash(entry.path(), key))),
        }
    }

    /// The object, or the array where the keys are 0, 1, 2 and so on.
    fn grown(self) -> Result<Datum, Error> {
        let indices = self.members.iter().filter(|(key, _)| is_index(key)).count();
        if indices == 0 {
            let mut members = Vec::with_capacity(self.members.len());
            for (key, node) in self.members {
                members.push((key.to_owned(), node.grown()?));
            }
            return Ok(Datum::Object(members));
        }
        if let Some((_, other)) = self.members.iter().find(|(key, _)| !is_index(key)) {
            let entry = other.entry();
            return Err(entry.map_or_else(mixed, |entry| entry.at_name(mixed())));
        }
        let mut items = self.members;
        items.sort_by_key(|(key, _)| (key.len(), *key));
        let mut array = Vec::with_capacity(items.len());
        for (index, (key, node)) in items.into_iter().enumerate() {
            if key != index.to_string() {
                let gap = sparse(key, index);
                return Err(match node.entry() {
                    Some(entry) => entry.at_name(gap),
                    None => gap,
                });
            }
            array.push(node.grown()?);
        }
        Ok(Datum::Array(array))
    }
}

impl<'e, 'p> Node<'e, 'p> {
    fn grown(self) -> Result<Datum, Error> {
        match self {
            Self::Leaf(_, value) => Ok(value),
            Self::Branch(branch) => branch.grown(),
        }
    }

    /// The first record at or below it.
    fn entry(&self) -> Option<&'e Entry<'p>> {
        match self {
            Self::Leaf(entry, _) => Some(entry),
            Self::Branch(branch) => branch.members.first().and_then(|(_, node)| node.entry()),
        }
    }
}

/// Whether scripts take the key for the index of an array.
fn is_index(key: &str) -> bool {
    key.bytes().all(|byte| byte.is_ascii_digit()) && (key == "0" || !key.starts_with('0'))
}

fn value(entry: &Entry<'_>) -> Result<Datum, Error> {
    match entry.value() {
        Value::Number(number) => match to_double(number) {
            Some(double) => Ok(Datum::Number(double)),
            None => Err(entry.at_value(beyond(&number.to_string()))),
        },
        Value::String(text) => Ok(Datum::String(text.to_owned())),
        Value::Boolean(value) => Ok(Datum::Boolean(value)),
        Value::Data(bytes) => Ok(Datum::bytes(bytes)),
        _ => Err(entry.at_value(
            Error::new(Code::EncodeType, "scripts do not take values of this kind")
                .expected("a value in `v`, `vs`, `vb` or `vd`"),
        )),
    }
}

#[cold]
fn with_unit(unit: &str) -> Error {
    let found = quote(unit);
    Error::new(
        Code::EncodeUnit,
        format!("scripts do not take units, found `{found}`"),
    )
    .expected("no unit")
    .found(found)
    .hint("give the number that the script expects, and remove the unit")
}

#[cold]
fn twice(path: &str, first: usize) -> Error {
    Error::new(
        Code::EncodeDuplicateArgument,
        format!("duplicate `{}`, first given in record {first}", quote(path)),
    )
}

#[cold]
fn clash(path: &str, key: &str) -> Error {
    let (path, key) = (quote(path), quote(key));
    Error::new(
        Code::EncodeType,
        format!("`{path}` makes `{key}` both a value and an object"),
    )
}

#[cold]
fn mixed() -> Error {
    Error::new(
        Code::EncodeItems,
        "names and numbers are mixed, so this is neither an object nor an array",
    )
    .expected("only names, or 0, 1, 2 and so on")
}

#[cold]
fn sparse(found: &str, expected: usize) -> Error {
    let found = quote(found);
    Error::new(
        Code::EncodeItems,
        format!("found item {found} where {expected} was expected"),
    )
    .expected(expected.to_string())
    .found(found)
    .hint("number the items 0, 1, 2 and so on")
}
