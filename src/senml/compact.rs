//! Makes base fields of what the records of a pack share (RFC 8428 §4.1).
//!
//! What is found: the base name, up to a `:` or a `/`, or the whole name where all are one; the
//! base time; the base unit and the base content format that most records have. A base unit acts on
//! every record without a unit of its own, so there is one only if all records have a unit; the
//! same holds for content formats and data values.

use std::collections::BTreeMap;

use crate::number::{Decimal, Number};

use super::label::Label;
use super::name::Name;
use super::profile::Mode;
use super::resolve::{DEFAULT_VERSION, ResolvedRecord, Value};
use super::write::{Atom, Writer, is_timed, own_fields};

/// What the records share.
struct Shared<'p> {
    /// How many bytes of each name are the base name.
    name: usize,
    unit: Option<&'p str>,
    time: Option<Decimal>,
    content_format: Option<&'p str>,
}

/// Writes the records with base fields in the first one.
pub(super) fn write(records: &[ResolvedRecord<'_>], mode: Mode, writer: &mut impl Writer) {
    let shared = Shared::of(records, mode);
    writer.begin_pack(records.len());
    for (index, record) in records.iter().enumerate() {
        let mut fields = Vec::new();
        let (base_name, name) = split(record.name, shared.name);
        if index == 0 {
            shared.base_fields(record.version, base_name, &mut fields);
        }
        shared.fields(record, name, &mut fields);
        writer.record(&fields);
    }
    writer.end_pack();
}

impl<'p> Shared<'p> {
    fn of(records: &[ResolvedRecord<'p>], mode: Mode) -> Self {
        let data: Vec<_> = records.iter().filter(|record| has_data(record)).collect();
        Self {
            name: shared_name(records),
            unit: most_common(records.iter().map(|record| record.unit)),
            time: shared_time(records, mode),
            content_format: most_common(data.iter().map(|record| record.content_format)),
        }
    }

    fn base_fields(&self, version: u64, base_name: Name<'p>, fields: &mut Vec<(Label, Atom<'p>)>) {
        if version != DEFAULT_VERSION {
            fields.push((Label::BaseVersion, Atom::Number(version.into())));
        }
        if !base_name.is_empty() {
            fields.push((Label::BaseName, Atom::Name(base_name)));
        }
        if let Some(unit) = self.unit {
            fields.push((Label::BaseUnit, Atom::String(unit)));
        }
        if let Some(time) = self.time {
            fields.push((Label::BaseTime, Atom::Number(time.into())));
        }
        if let Some(format) = self.content_format {
            fields.push((Label::BaseContentFormat, Atom::String(format)));
        }
    }

    fn fields(
        &self,
        record: &ResolvedRecord<'p>,
        name: Name<'p>,
        fields: &mut Vec<(Label, Atom<'p>)>,
    ) {
        if !name.is_empty() {
            fields.push((Label::Name, Atom::Name(name)));
        }
        if let Some(time) = self.own_time(record) {
            fields.push((Label::Time, Atom::Number(time)));
        }
        if let Some(unit) = record.unit.filter(|unit| Some(*unit) != self.unit) {
            fields.push((Label::Unit, Atom::String(unit)));
        }
        let is_shared = has_data(record) && record.content_format == self.content_format;
        let format = record.content_format.filter(|_| !is_shared);
        own_fields(record, format, fields);
    }

    /// The time beside the base time, if it is needed.
    fn own_time(&self, record: &ResolvedRecord<'_>) -> Option<Number> {
        let Some(base) = self.time else {
            return record.time_given.then_some(record.time);
        };
        let time = record.time.as_decimal()?;
        let difference = time.checked_add(base.negated())?;
        (difference != Decimal::ZERO).then_some(Number::Decimal(difference))
    }
}

fn has_data(record: &ResolvedRecord<'_>) -> bool {
    matches!(record.value, Some(Value::Data(_)))
}

/// The time of the first record, if all others can be told from it.
fn shared_time(records: &[ResolvedRecord<'_>], mode: Mode) -> Option<Decimal> {
    let [first, _, ..] = records else {
        return None;
    };
    let base = first.time.as_decimal()?;
    let is_told = |record: &ResolvedRecord<'_>| {
        let time = record.time.as_decimal()?;
        let difference = time.checked_add(base.negated())?;
        (base.checked_add(difference) == Some(time)).then_some(())
    };
    let all_given = records.iter().all(|record| record.time_given);
    let some_given = records.iter().any(|record| record.time_given);
    let can = some_given && (all_given || is_timed(mode)) && base != Decimal::ZERO;
    (can && records.iter().all(|record| is_told(record).is_some())).then_some(base)
}

/// The commonest text, if every record has one and two have the same.
fn most_common<'p>(texts: impl Iterator<Item = Option<&'p str>>) -> Option<&'p str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for text in texts {
        *counts.entry(text?).or_default() += 1;
    }
    let commonest = counts.into_iter().rev().max_by_key(|(_, count)| *count)?;
    (commonest.1 > 1).then_some(commonest.0)
}

/// How many bytes of the names are one and end in a separator, or are all of them.
fn shared_name(records: &[ResolvedRecord<'_>]) -> usize {
    let [first, rest @ ..] = records else {
        return 0;
    };
    if rest.is_empty() {
        return 0;
    }
    let common = rest
        .iter()
        .map(|record| first.name.common_prefix(record.name))
        .min();
    let common = common.unwrap_or_default();
    let is_all = records.iter().all(|record| record.name.len() == common);
    if is_all {
        return common;
    }
    first.name.separator_before(common)
}

/// The base name and the name.
fn split(name: Name<'_>, at: usize) -> (Name<'_>, Name<'_>) {
    name.split_at(at).unwrap_or((Name::default(), name))
}
