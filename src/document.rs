//! TOML documents read strictly: known keys, typed values, and the place of each.
//!
//! Definitions and device files are read through this. A key that nobody asked for is an error
//! that names the nearest one that somebody did.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::{Code, Error, quote};
use crate::number::Decimal;

/// The codes under which a kind of document is refused.
#[derive(Debug)]
pub(crate) struct Codes {
    pub(crate) syntax: Code,
    pub(crate) unknown_key: Code,
    pub(crate) missing_key: Code,
    pub(crate) wrong_type: Code,
}

/// A parsed document; [`Document::root`] reads it.
#[derive(Debug)]
pub(crate) struct Document<'t> {
    root: Spanned<DeTable<'t>>,
    codes: &'static Codes,
}

impl<'t> Document<'t> {
    /// Parses a text; errors carry the offset.
    pub(crate) fn parse(text: &'t str, codes: &'static Codes) -> Result<Self, Error> {
        match DeTable::parse(text) {
            Ok(root) => Ok(Self { root, codes }),
            Err(error) => Err(syntax(&error, codes)),
        }
    }

    /// Parses a text, or finds all that keeps it from being TOML.
    pub(crate) fn parse_all(text: &'t str, codes: &'static Codes) -> Result<Self, Vec<Error>> {
        let (root, errors) = DeTable::parse_recoverable(text);
        if errors.is_empty() {
            return Ok(Self { root, codes });
        }
        Err(errors.iter().map(|error| syntax(error, codes)).collect())
    }

    pub(crate) fn root(&self) -> Table<'_> {
        Table::new(self.root.get_ref(), 0, self.codes)
    }
}

fn syntax(error: &toml::de::Error, codes: &Codes) -> Error {
    let offset = error.span().map_or(0, |span| span.start);
    Error::new(codes.syntax, quote(error.message())).at_offset(offset)
}

/// Says that a key is none of these.
pub(crate) fn unknown_key(code: Code, name: &str, known: &[&str]) -> Error {
    Error::new(code, format!("unknown key `{}`", quote(name)))
        .expected(format!("one of `{}`", known.join("`, `")))
        .found(quote(name))
        .suggest_key(name, known.iter().copied())
}

/// A table, and which of its keys have been asked for.
#[derive(Debug)]
pub(crate) struct Table<'d> {
    entries: &'d DeTable<'d>,
    offset: usize,
    asked: Vec<&'static str>,
    codes: &'static Codes,
}

impl<'d> Table<'d> {
    fn new(entries: &'d DeTable<'d>, offset: usize, codes: &'static Codes) -> Self {
        Self {
            entries,
            offset,
            asked: Vec::new(),
            codes,
        }
    }

    /// The value of a key that may be missing.
    pub(crate) fn optional(&mut self, key: &'static str) -> Option<Node<'d>> {
        self.asked.push(key);
        self.entries.get(key).map(|value| Node {
            value,
            codes: self.codes,
        })
    }

    /// The value of a key that must be there.
    pub(crate) fn required(&mut self, key: &'static str) -> Result<Node<'d>, Error> {
        self.optional(key).ok_or_else(|| {
            Error::new(self.codes.missing_key, format!("missing key `{key}`"))
                .expected(format!("`{key}`"))
                .at_offset(self.offset)
        })
    }

    /// Every key with its value, in the order of the document; all count as asked for.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (Name<'d>, Node<'d>)> + use<'d> {
        let codes = self.codes;
        self.entries.iter().map(move |(key, value)| {
            (
                Name {
                    text: key.get_ref(),
                    offset: key.span().start,
                },
                Node { value, codes },
            )
        })
    }

    /// Those of these keys that are there, in the order of the document; all count as asked for.
    pub(crate) fn among(
        &mut self,
        keys: &'static [&'static str],
    ) -> impl Iterator<Item = (Name<'d>, Node<'d>)> + use<'d> {
        self.asked.extend(keys);
        let entries = self.entries();
        entries.filter(|(name, _)| keys.contains(&name.text))
    }

    /// Refuses the first key that nobody asked for.
    pub(crate) fn finish(self) -> Result<(), Error> {
        let mut unknown = self.unknown();
        unknown.next().map_or(Ok(()), Err)
    }

    /// An error for each key that nobody asked for.
    pub(crate) fn unknown(&self) -> impl Iterator<Item = Error> {
        let unknown = |name: &Name<'_>| !self.asked.contains(&name.text);
        let names = self.entries().map(|(name, _)| name).filter(unknown);
        names.map(|name| {
            unknown_key(self.codes.unknown_key, name.text, &self.asked).at_offset(name.offset)
        })
    }

    /// Offset of the table in the document.
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }
}

/// A key, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name<'d> {
    pub(crate) text: &'d str,
    pub(crate) offset: usize,
}

/// A value, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'d> {
    value: &'d Spanned<DeValue<'d>>,
    codes: &'static Codes,
}

impl<'d> Node<'d> {
    pub(crate) fn offset(self) -> usize {
        self.value.span().start
    }

    pub(crate) fn span(self) -> Range<usize> {
        self.value.span()
    }

    pub(crate) fn value(self) -> &'d DeValue<'d> {
        self.value.get_ref()
    }

    /// Refuses the value with this code and text.
    pub(crate) fn refuse(self, code: Code, message: impl Into<String>) -> Error {
        Error::new(code, message).at_offset(self.offset())
    }

    fn wrong_type(self, expected: &str) -> Error {
        let found = self.value().type_str();
        self.refuse(
            self.codes.wrong_type,
            format!("expected {expected}, found {found}"),
        )
        .expected(expected)
        .found(found)
    }

    pub(crate) fn is_table(self) -> bool {
        self.value().is_table()
    }

    pub(crate) fn string(self) -> Result<&'d str, Error> {
        self.value()
            .as_str()
            .ok_or_else(|| self.wrong_type("a string"))
    }

    pub(crate) fn boolean(self) -> Result<bool, Error> {
        self.value()
            .as_bool()
            .ok_or_else(|| self.wrong_type("a boolean"))
    }

    /// An integer or a float, exactly as it was written.
    pub(crate) fn decimal(self) -> Result<Decimal, Error> {
        let decimal = match self.value() {
            DeValue::Integer(integer) => i128::from_str_radix(integer.as_str(), integer.radix())
                .ok()
                .and_then(|integer| Decimal::new(integer, 0)),
            // TOML takes a leading `+`, JSON does not.
            DeValue::Float(float) => Decimal::from_literal(float.as_str().trim_start_matches('+')),
            _ => None,
        };
        decimal.ok_or_else(|| self.wrong_type("a number"))
    }

    pub(crate) fn integer(self) -> Result<i128, Error> {
        self.decimal()
            .ok()
            .and_then(Decimal::to_integer)
            .ok_or_else(|| self.wrong_type("an integer"))
    }

    /// An integer that counts something.
    pub(crate) fn count(self) -> Result<usize, Error> {
        usize::try_from(self.integer()?).map_err(|_| self.wrong_type("a count"))
    }

    pub(crate) fn array(self) -> Result<Vec<Self>, Error> {
        let codes = self.codes;
        let array = self
            .value()
            .as_array()
            .ok_or_else(|| self.wrong_type("an array"))?;
        Ok(array.iter().map(|value| Self { value, codes }).collect())
    }

    pub(crate) fn strings(self) -> Result<Vec<&'d str>, Error> {
        self.array()?.into_iter().map(Self::string).collect()
    }

    pub(crate) fn table(self) -> Result<Table<'d>, Error> {
        let entries = self
            .value()
            .as_table()
            .ok_or_else(|| self.wrong_type("a table"))?;
        Ok(Table::new(entries, self.offset(), self.codes))
    }
}
