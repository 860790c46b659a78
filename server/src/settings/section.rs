//! A table of the settings, and which of its keys have been asked for.

use std::borrow::Cow;

use downlink::error::quote;
use toml::de::{DeTable, DeValue};

use super::fault::{Fault, Place};
use super::reader::{Known, Reader, expected, unknown};
use super::value::Setting;

/// A value, and where it was given.
#[derive(Debug)]
struct Found<'d> {
    place: Place,
    value: Cow<'d, DeValue<'d>>,
}

/// A table, and which of its keys have been asked for.
#[derive(Debug)]
pub(super) struct Section<'r, 't> {
    reader: &'r mut Reader<'t>,
    table: Option<&'r DeTable<'r>>,
    path: String,
    /// Where the table stands; absent where nobody wrote it.
    place: Option<Place>,
    /// With the place of each value that was given.
    asked: Vec<(&'static str, Option<Place>)>,
}

impl<'r, 't> Section<'r, 't> {
    pub(super) fn new(
        reader: &'r mut Reader<'t>,
        table: Option<&'r DeTable<'r>>,
        path: String,
        place: Option<Place>,
    ) -> Self {
        Self {
            reader,
            table,
            path,
            place,
            asked: Vec::new(),
        }
    }

    /// The value of a key that has a default.
    pub(super) fn or<T: Setting>(&mut self, key: &'static str, default: T) -> T {
        self.read(key, true).unwrap_or(default)
    }

    /// The value of a key that may be missing.
    pub(super) fn optional<T: Setting>(&mut self, key: &'static str) -> Option<T> {
        self.read(key, false)
    }

    /// The value of a key that must be there; a fault if it is not.
    pub(super) fn required<T: Setting>(&mut self, key: &'static str) -> Option<T> {
        let value = self.optional(key);
        if !self.has(key) {
            self.missing(key);
        }
        value
    }

    /// One of two values that exclude each other.
    pub(super) fn either<T>(
        &mut self,
        (key, value): (&'static str, Option<T>),
        (other, alternative): (&'static str, Option<T>),
    ) -> Option<T> {
        if self.has(key) && self.has(other) {
            self.fault(other, format!("excludes `{key}`: give one of them"));
        }
        value.or(alternative)
    }

    /// The tables of an array, each handed to what asks for its keys.
    pub(super) fn tables<T>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&mut Section<'_, '_>) -> Option<T>,
    ) -> Vec<T> {
        let Some(found) = self.find(key, false, false) else {
            return Vec::new();
        };
        let Some(items) = found.value.as_array() else {
            self.fault(key, expected("an array of tables", &found.value));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in items {
            let place = self.place_of(Some(&found.place), item.span().start);
            let Some(table) = item.get_ref().as_table() else {
                self.refuse(Some(place), key, expected("a table", item.get_ref()));
                continue;
            };
            let path = format!("{}[]", self.key(key));
            let mut section = Section::new(self.reader, Some(table), path, Some(place));
            tables.extend(read(&mut section));
            section.finish();
        }
        tables
    }

    /// The values of an array, empty by default.
    pub(super) fn list<T: Setting>(&mut self, key: &'static str) -> Vec<T> {
        let Some(found) = self.find(key, true, false) else {
            return Vec::new();
        };
        let Some(items) = found.value.as_array() else {
            self.fault(key, expected("an array", &found.value));
            return Vec::new();
        };
        let mut values = Vec::new();
        for item in items {
            match T::read(item.get_ref()) {
                Some(value) => values.push(value),
                None => {
                    let place = self.place_of(Some(&found.place), item.span().start);
                    self.refuse(Some(place), key, expected(T::EXPECTED, item.get_ref()));
                }
            }
        }
        values
    }

    /// Notes that something is wrong with the value of a key.
    pub(super) fn fault(&mut self, key: &'static str, message: impl Into<String>) {
        let place = self.place_given(key).cloned();
        self.refuse(place, key, message.into());
    }

    /// Notes that a key is missing.
    pub(super) fn missing(&mut self, key: &'static str) {
        self.refuse(self.place.clone(), key, "missing".to_owned());
    }

    /// Whether a value was given for a key that was asked for, right or wrong.
    pub(super) fn has(&self, key: &'static str) -> bool {
        self.place_given(key).is_some()
    }

    /// Refuses the keys that nobody asked for.
    pub(super) fn finish(self) {
        for name in self.table.into_iter().flat_map(|table| table.keys()) {
            let known = self.asked.iter().map(|(key, _)| *key);
            if known.clone().all(|key| key != name.get_ref()) {
                let fault = Fault {
                    place: Some(self.place_of(self.place.as_ref(), name.span().start)),
                    key: self.key(&quote(name.get_ref())),
                    message: unknown("key", name.get_ref(), known),
                };
                self.reader.faults.push(fault);
            }
        }
    }

    fn read<T: Setting>(&mut self, key: &'static str, has_default: bool) -> Option<T> {
        let found = self.find(key, has_default, T::IS_TEXT)?;
        let value = T::read(&found.value);
        if value.is_none() {
            let message = if T::IS_SECRET {
                format!("expected {}", T::EXPECTED)
            } else {
                expected(T::EXPECTED, &found.value)
            };
            self.fault(key, message);
        }
        value
    }

    /// The value that was given for a key; now the key is known.
    fn find(&mut self, key: &'static str, has_default: bool, is_text: bool) -> Option<Found<'r>> {
        let found = match self.given_outside(key, is_text) {
            Some(found) => Some(found),
            None => self.given_here(key),
        };
        let place = found.as_ref().map(|found| found.place.clone());
        self.asked.push((key, place));
        self.reader.known.push(Known {
            key: self.key(key),
            has_default,
        });
        found
    }

    /// The items of an array have no variables and no flags of their own.
    fn given_outside(&mut self, key: &str, is_text: bool) -> Option<Found<'r>> {
        if self.path.ends_with(']') {
            return None;
        }
        let (place, text) = self.reader.given(&self.key(key))?;
        let value = Cow::Owned(value_of(text, is_text));
        Some(Found { place, value })
    }

    fn given_here(&self, key: &str) -> Option<Found<'r>> {
        let value = self.table?.get(key)?;
        Some(Found {
            place: self.place_of(self.place.as_ref(), value.span().start),
            value: Cow::Borrowed(value.get_ref()),
        })
    }

    fn key(&self, key: &str) -> String {
        format!("{}.{key}", self.path)
    }

    fn place_given(&self, key: &'static str) -> Option<&Place> {
        let asked = self.asked.iter().find(|(asked, _)| *asked == key);
        asked.and_then(|(_, place)| place.as_ref())
    }

    /// The place of an offset within what stands at `outer`; only the file has lines.
    fn place_of(&self, outer: Option<&Place>, offset: usize) -> Place {
        match outer {
            Some(outer @ (Place::Variable(_) | Place::Flag(_))) => outer.clone(),
            Some(Place::File { .. }) | None => self.reader.place(offset),
        }
    }

    fn refuse(&mut self, place: Option<Place>, key: &'static str, message: String) {
        let key = self.key(key);
        self.reader.faults.push(Fault {
            place,
            key,
            message,
        });
    }
}

/// The value of a text from outside the file: TOML, but for texts, which need no quotes there.
fn value_of(text: &str, is_text: bool) -> DeValue<'_> {
    match DeValue::parse(text) {
        Ok(value) if !is_text => value.into_inner(),
        _ => DeValue::String(Cow::Borrowed(text)),
    }
}
