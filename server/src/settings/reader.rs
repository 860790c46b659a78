//! Reads TOML and the environment strictly: known keys, typed values, and the place of each fault.
//!
//! A key is known once a section asked for it; what nobody asked for is refused at the end. A value
//! with a fault is noted and replaced by its default, so that one reading finds all faults.

use std::collections::BTreeMap;
use std::fmt;

use downlink::error::{nearest, quote};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Fault, Place};
use super::section::Section;

/// What the names of the service's variables begin with.
pub(super) const PREFIX: &str = "DOWNLINKD_";

/// A setting that stands on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) flag: &'static str,
    pub(super) key: &'static str,
    pub(super) text: String,
}

/// What was given outside the file.
#[derive(Default)]
pub(super) struct Outside {
    flags: Vec<Given>,
    variables: BTreeMap<String, String>,
}

impl Outside {
    /// Of the variables, only those with the service's prefix count.
    pub(super) fn new(
        flags: Vec<Given>,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Self {
        Self {
            flags,
            variables: variables
                .filter(|(name, _)| name.starts_with(PREFIX))
                .collect(),
        }
    }
}

/// A key that a section asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Known {
    /// `listen.api`, `auth.issuers[].audience`.
    pub(super) key: String,
    /// Whether it has a value where nobody gives one.
    pub(super) has_default: bool,
}

/// Everything that was given, and what was found wrong so far.
pub(super) struct Reader<'t> {
    file: &'t str,
    text: &'t str,
    flags: &'t [Given],
    /// Those that nobody asked for yet.
    variables: BTreeMap<&'t str, &'t str>,
    sections: Vec<&'static str>,
    pub(super) known: Vec<Known>,
    pub(super) faults: Vec<Fault>,
}

/// Without the values: variables hold secrets.
impl fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("known", &self.known)
            .field("faults", &self.faults)
            .finish_non_exhaustive()
    }
}

impl<'t> Reader<'t> {
    /// Nothing has been asked for yet.
    pub(super) fn new((file, text): (&'t str, &'t str), outside: &'t Outside) -> Self {
        let variables = outside.variables.iter();
        Self {
            file,
            text,
            flags: &outside.flags,
            variables: variables
                .map(|(name, text)| (name.as_str(), text.as_str()))
                .collect(),
            sections: Vec::new(),
            known: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// The table of the file. Every syntax error of it is a fault.
    pub(super) fn root(&mut self) -> Spanned<DeTable<'t>> {
        let (root, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let offset = error.span().map_or(0, |span| span.start);
            self.faults.push(Fault {
                place: Some(self.place(offset)),
                key: String::new(),
                message: format!("not TOML: {}", quote(error.message())),
            });
        }
        root
    }

    /// A section of the file, handed to what asks for its keys.
    pub(super) fn section<T>(
        &mut self,
        root: &DeTable<'_>,
        name: &'static str,
        read: impl FnOnce(&mut Section<'_, '_>) -> T,
    ) -> T {
        self.sections.push(name);
        let value = root.get(name);
        let place = value.map(|value| self.place(value.span().start));
        let table = value.and_then(|value| value.get_ref().as_table());
        if let (Some(value), None) = (value, table) {
            self.faults.push(Fault {
                place: place.clone(),
                key: name.to_owned(),
                message: expected("a table", value.get_ref()),
            });
        }
        let mut section = Section::new(self, table, name.to_owned(), place);
        let read = read(&mut section);
        section.finish();
        read
    }

    /// Refuses the sections and the variables that nobody asked for, and puts all faults in the
    /// order of their places.
    pub(super) fn finish(&mut self, root: &DeTable<'_>) {
        for key in root.keys() {
            if !self.sections.contains(&&**key.get_ref()) {
                let fault = Fault {
                    place: Some(self.place(key.span().start)),
                    key: quote(key.get_ref()),
                    message: unknown("section", key.get_ref(), self.sections.iter().copied()),
                };
                self.faults.push(fault);
            }
        }
        let keys = self.known.iter().map(|it| it.key.as_str());
        let names: Vec<String> = keys.filter(|it| !it.contains('[')).map(variable).collect();
        for name in std::mem::take(&mut self.variables).into_keys() {
            self.faults.push(Fault {
                place: Some(Place::Variable(quote(name))),
                key: String::new(),
                message: unknown("variable", name, names.iter().map(String::as_str)),
            });
        }
        self.faults
            .sort_by(|one, other| one.place.cmp(&other.place));
    }

    /// What stands before the file's value of a key: the command line's, then the environment's.
    pub(super) fn given(&mut self, key: &str) -> Option<(Place, &'t str)> {
        let name = variable(key);
        let text = self.variables.remove(name.as_str());
        match self.flags.iter().find(|given| given.key == key) {
            Some(given) => Some((Place::Flag(given.flag), given.text.as_str())),
            None => text.map(|text| (Place::Variable(name), text)),
        }
    }

    pub(super) fn place(&self, offset: usize) -> Place {
        Place::in_file(self.file, self.text, offset)
    }
}

/// The variable of a key: `DOWNLINKD_LISTEN_API` of `listen.api`.
fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "_").to_uppercase())
}

/// What was expected, and what was found.
pub(super) fn expected(what: &str, found: &DeValue<'_>) -> String {
    match found {
        // Where a user name is, a password may be.
        DeValue::String(text) if text.contains("://") && text.contains('@') => {
            format!("expected {what}, found a URL with a user name")
        }
        DeValue::String(text) => format!("expected {what}, found `{}`", quote(text)),
        DeValue::Integer(integer) => format!("expected {what}, found `{integer}`"),
        _ => format!(
            "expected {what}, found a value of type {}",
            found.type_str()
        ),
    }
}

/// That a name is not known, and the nearest one that is.
pub(super) fn unknown<'k>(kind: &str, name: &str, known: impl Iterator<Item = &'k str>) -> String {
    match nearest(name, known) {
        Some(meant) => format!("not a known {kind}; did you mean `{meant}`?"),
        None => format!("not a known {kind}"),
    }
}
