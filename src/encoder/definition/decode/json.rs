//! Reads JSON: values where the template has them, and nothing that it has not.

use crate::error::Error;
use crate::json::{Kind as JsonKind, Scanner};
use crate::number::Decimal;

use super::super::argument::{Argument, WireValue};
use super::super::limits::LIST_ITEMS;
use super::super::model::{Digits, Json, Source, Text, TextValue};
use super::super::variable::Variable;
use super::found::{Found, Place};
use super::text::{TextMatcher, fixed, number, text};

/// How deep a payload may nest.
const DEEPEST: usize = 64;

/// A JSON value with its numbers as they are written.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Tree {
    Null,
    Boolean(bool),
    Number(Decimal),
    Text(String),
    Array(Vec<Tree>),
    /// In the order of the text.
    Object(Vec<(String, Tree)>),
}

impl Tree {
    pub(in super::super) fn read(text: &str) -> Result<Self, Error> {
        let mut scanner = Scanner::new(text, DEEPEST);
        let tree = Self::value(&mut scanner)?;
        scanner.end()?;
        Ok(tree)
    }

    fn value(scanner: &mut Scanner<'_>) -> Result<Self, Error> {
        Ok(match scanner.kind()? {
            JsonKind::Null => {
                scanner.null()?;
                Self::Null
            }
            JsonKind::Boolean => Self::Boolean(scanner.boolean()?),
            JsonKind::Number => {
                let literal = scanner.number()?;
                // What no decimal holds is nothing that an encoder writes.
                Decimal::from_literal(literal).map_or(Self::Null, Self::Number)
            }
            JsonKind::String => Self::Text(scanner.string()?.into_owned()),
            JsonKind::Array => {
                let (mut items, mut sequence) = (Vec::new(), scanner.array()?);
                while scanner.item(&mut sequence)? {
                    items.push(Self::value(scanner)?);
                }
                Self::Array(items)
            }
            JsonKind::Object => {
                let (mut members, mut sequence) = (Vec::new(), scanner.object()?);
                while let Some(name) = scanner.member(&mut sequence)? {
                    members.push((name.into_owned(), Self::value(scanner)?));
                }
                Self::Object(members)
            }
        })
    }

    /// Whether both say the same, whatever the order of their members.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Array(a), Self::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is_same(b))
            }
            (Self::Object(a), Self::Object(b)) => {
                let has = |(name, value): &(String, Self)| {
                    b.iter()
                        .any(|(other, found)| name == other && value.is_same(found))
                };
                a.len() == b.len() && a.iter().all(has)
            }
            _ => self == other,
        }
    }
}

/// Reads the values of a command out of JSON.
#[derive(Clone, Copy)]
pub(super) struct JsonMatcher<'m> {
    pub(super) arguments: &'m [Argument],
    pub(super) variables: &'m [Variable],
}

impl JsonMatcher<'_> {
    /// Reads a whole payload, in which everything may have vanished.
    pub(super) fn whole(self, template: &Json, tree: &Tree, found: &mut Found) -> bool {
        let is_empty = matches!(tree, Tree::Object(members) if members.is_empty());
        self.json(template, Some(tree), found) || is_empty && self.json(template, None, found)
    }

    /// Reads a value, or what it means that there is none.
    fn json(self, template: &Json, tree: Option<&Tree>, found: &mut Found) -> bool {
        match (template, tree) {
            (Json::Object(members), None) => {
                !members.is_empty() && members.iter().all(|(_, it)| self.json(it, None, found))
            }
            (Json::Object(members), Some(Tree::Object(present))) => {
                self.object(members, present, found)
            }
            (Json::Array(items), Some(Tree::Array(present))) => self.array(items, present, found),
            (Json::Literal(literal), Some(tree)) => {
                Tree::read(literal).is_ok_and(|literal| literal == *tree)
            }
            (Json::Text(text), Some(Tree::Text(string))) => self.quoted(text, string, found),
            (Json::Value(value), Some(tree)) => self.value(value, tree, found).is_some(),
            (Json::Value(value), None) => self.may_be_missing(value),
            _ => false,
        }
    }

    pub(super) fn object(
        self,
        members: &[(String, Json)],
        present: &[(String, Tree)],
        found: &mut Found,
    ) -> bool {
        let is_known = |(name, _): &(String, Tree)| members.iter().any(|(known, _)| known == name);
        present.iter().all(is_known)
            && members.iter().all(|(name, template)| {
                let tree = present.iter().find(|(found, _)| found == name);
                self.json(template, tree.map(|(_, tree)| tree), found)
            })
    }

    fn array(self, items: &[Json], present: &[Tree], found: &mut Found) -> bool {
        let mut rest = present;
        for item in items {
            let before = found.clone();
            if let Some((first, behind)) = rest.split_first() {
                if self.json(item, Some(first), found) {
                    rest = behind;
                    continue;
                }
            }
            *found = before;
            if !self.json(item, None, found) {
                return false;
            }
        }
        rest.is_empty()
    }

    fn quoted(self, text: &Text, string: &str, found: &mut Found) -> bool {
        let matcher = TextMatcher {
            text: string,
            arguments: self.arguments,
            variables: self.variables,
        };
        match matcher.whole(text, found.clone()) {
            Some(read) => {
                *found = read;
                true
            }
            None => false,
        }
    }

    fn may_be_missing(self, value: &TextValue) -> bool {
        match value.source {
            Source::Argument(place) => self
                .arguments
                .get(place)
                .is_some_and(|argument| argument.is_optional),
            Source::Variable(_) => false,
        }
    }

    fn value(self, value: &TextValue, tree: &Tree, found: &mut Found) -> Option<()> {
        let place = match (value.source, tree) {
            (Source::Variable(index), Tree::Text(text)) => {
                return found.put_variable(index, text).then_some(());
            }
            (Source::Variable(_), _) => return None,
            (Source::Argument(place), _) => place,
        };
        let argument = self.arguments.get(place)?;
        match tree {
            Tree::Array(items) if value.is_list && items.len() <= LIST_ITEMS => {
                for (index, item) in items.iter().enumerate() {
                    found.put((place, argument), index, typed(argument, value, item)?)?;
                }
            }
            tree => found.put((place, argument), 0, typed(argument, value, tree)?)?,
        }
        Some(())
    }
}

/// The value that has this form.
fn typed(argument: &Argument, value: &TextValue, tree: &Tree) -> Option<Place> {
    let is_wire = |fixed: &WireValue| match (fixed, tree) {
        (WireValue::Number(number), Tree::Number(found)) => number == found,
        (WireValue::Boolean(truth), Tree::Boolean(found)) => truth == found,
        (WireValue::Text(text), Tree::Text(found)) => text == found,
        _ => false,
    };
    let is_text = matches!(value.digits, Digits::Decimal(_) | Digits::Hex(_));
    fixed(argument, is_wire)
        .or_else(|| match tree {
            Tree::Number(decimal) if !is_text => number(argument, value, &decimal.to_string()),
            Tree::Text(digits) if is_text => number(argument, value, digits),
            Tree::Text(found) => text(argument, found),
            _ => None,
        })
        .map(Place::of)
}
