//! The rules that look at a whole record, and at the whole pack (RFC 8428 §4).

use std::hash::{Hash, Hasher};

use crate::error::{Code, Error, quote};
use crate::number::{Decimal, Number};

use super::assembly::Report;
use super::content_format::is_content_format;
use super::label::{Key, Label};
use super::name::Fault;
use super::pack::{Content, Pack, Record};
use super::profile::{Mode, Profile};
use super::reader::Reader;
use super::resolve::{Base, DEFAULT_VERSION, Parts, Value, version};
use super::thingsml;
use super::time::UnixTime;

/// The features of RFC 9100 that are understood, as bits of the version.
///
/// Bits 1 and 3 stand for the RFC itself (10 in all), bit 4 for secondary units.
const UNDERSTOOD: u64 = DEFAULT_VERSION | SECONDARY_UNITS;
/// The feature that makes secondary units legal (RFC 9100 §4).
pub(super) const SECONDARY_UNITS: u64 = 1 << 4;
/// The bits that are reserved, and always as in 10 (RFC 9100 §3).
const RESERVED: u64 = 0b1111;

/// What is known of the records so far.
#[derive(Debug, Default)]
pub(super) struct State {
    /// The version of the pack, once there is a record.
    version: Option<u64>,
    /// Whether a record says something of its own.
    pub(super) has_measurement: bool,
    /// Digests of name, unit and time of each record that does.
    digests: Vec<u64>,
}

impl State {
    /// Checks a complete record, and takes its base fields into `base`.
    ///
    /// A record that is not sound already is looked at only as far as following ones depend on it.
    pub(super) fn check<'p>(
        &mut self,
        record: Record<'p, '_>,
        base: &mut Base<'p>,
        is_sound: bool,
        options: &Reader,
        report: &mut Report<'_>,
    ) -> Result<(), Error> {
        let parts = base.advance(record);
        let rules = Rules {
            record,
            parts: &parts,
            base,
            options,
        };
        self.check_version(&rules, report)?;
        rules.check_formats(report)?;
        if record.fields().is_empty() {
            return report.error(rules.at(None, empty_record(), report));
        }
        if !parts.is_measurement(options.mode) {
            return Ok(());
        }
        self.has_measurement = true;
        rules.check_values(is_sound, report)?;
        rules.check_name(is_sound, report)?;
        let time = rules.check_sums(report)?;
        rules.lint_content_format(report);
        if let Some(time) = time {
            self.digests.push(rules.digest(time));
        }
        Ok(())
    }

    /// The version is understood (V2, V3) and that of all records (V1, V5).
    fn check_version(
        &mut self,
        rules: &Rules<'_, '_, '_>,
        report: &mut Report<'_>,
    ) -> Result<(), Error> {
        let Some(field) = rules.record.field(Label::BaseVersion) else {
            self.version.get_or_insert(DEFAULT_VERSION);
            return Ok(());
        };
        let Content::Number(number) = field.content else {
            return Ok(());
        };
        let Some(own) = version(Some(number)).filter(|version| *version > 0) else {
            return report.error_at("bver", field.offset, not_a_version(number));
        };
        if !is_understood(own) {
            return report.error_at("bver", field.offset, not_understood(own));
        }
        let first = *self.version.get_or_insert(own);
        if first != own {
            return report.error_at("bver", field.offset, mixed_version(first, own));
        }
        Ok(())
    }
}

fn is_understood(version: u64) -> bool {
    version <= DEFAULT_VERSION
        || (version & !UNDERSTOOD == 0 && version & RESERVED == DEFAULT_VERSION)
}

/// A record, its parts, and the base that acts on it.
struct Rules<'p, 'a, 'r> {
    record: Record<'p, 'a>,
    parts: &'r Parts<'p>,
    base: &'r Base<'p>,
    options: &'r Reader,
}

impl Rules<'_, '_, '_> {
    /// The values of labels that have a grammar of their own.
    fn check_formats(&self, report: &mut Report<'_>) -> Result<(), Error> {
        for label in [Label::ContentFormat, Label::BaseContentFormat] {
            if let Some((text, offset)) = self.text(label) {
                if !is_content_format(text) {
                    report.error_at(label.as_str(), offset, not_content_format(text))?;
                }
            }
        }
        if let Some((text, offset)) = self.text(Label::ObjectLink) {
            if !is_object_link(text) {
                report.error_at("vlo", offset, not_object_link(text))?;
            }
        }
        self.check_index(report)
    }

    fn text(&self, label: Label) -> Option<(&str, usize)> {
        let field = self.record.field(label)?;
        match &field.content {
            Content::String(text) => Some((text, field.offset)),
            _ => None,
        }
    }

    fn check_index(&self, report: &mut Report<'_>) -> Result<(), Error> {
        let Some(number) = self.parts.index else {
            return Ok(());
        };
        let integer = number.as_decimal().and_then(Decimal::to_integer);
        if integer.and_then(thingsml::entry).is_some() {
            return Ok(());
        }
        let offset = self.offset(Label::Index);
        report.error_at("i_", offset, unknown_index(number))
    }

    /// Exactly one value, or a sum (B3, B13).
    fn check_values(&self, is_sound: bool, report: &mut Report<'_>) -> Result<(), Error> {
        if self.parts.values > 1 {
            let mut labels = self
                .record
                .fields()
                .iter()
                .filter_map(|field| match field.key {
                    Key::Label(label) if label.is_value() => Some((label, field.offset)),
                    _ => None,
                });
            let first = labels.next().map_or("", |(label, _)| label.as_str());
            let (second, offset) = labels
                .next()
                .map_or(("", 0), |(label, offset)| (label.as_str(), offset));
            return report.error_at(second, offset, many_values(first, second));
        }
        let has_sum = self.base.sum.is_some() || self.parts.sum.is_some();
        let is_complete = self.parts.values == 1 || has_sum || self.options.mode == Mode::Fetch;
        if is_complete || !is_sound {
            return Ok(());
        }
        report.error(self.at(None, self.no_value(), report))
    }

    #[cold]
    fn no_value(&self) -> Error {
        if self.options.mode == Mode::Patch {
            return Error::new(Code::SenmlPatch, "the record says nothing to change")
                .expected("a value, a sum, or `v` with null")
                .rule("F2");
        }
        let error = Error::new(
            Code::SenmlNoValue,
            "the record has neither a value nor a sum",
        )
        .expected("one of `v`, `vs`, `vb`, `vd`, or a sum");
        if self.base.value.is_some() {
            return error
                .hint("a base value is only added to a `v`; write `\"v\": 0` for the base value itself")
                .rule("B13");
        }
        error.rule("B3")
    }

    /// The concatenated name is one (N2, N3, N4).
    fn check_name(&self, is_sound: bool, report: &mut Report<'_>) -> Result<(), Error> {
        let name = self.base.full_name(self.parts);
        let limit = self.options.limits.name;
        if name.len() > limit {
            let error = long_name(name.len(), limit);
            return report.error(self.at(Some(Label::Name), error, report));
        }
        let may_start_with_slash = self.options.profile == Profile::Lwm2m;
        match name.fault(may_start_with_slash) {
            None => Ok(()),
            Some(Fault::Missing) if !is_sound => Ok(()),
            Some(Fault::Missing) => report.error(self.at(None, no_name(), report)),
            Some(fault) => {
                let shown = quote(&name.to_string());
                report.error(self.at(Some(Label::Name), bad_name(&shown, fault), report))
            }
        }
    }

    /// Base and own field add up to a number; gives the sum of the times.
    fn check_sums(&self, report: &mut Report<'_>) -> Result<Option<Number>, Error> {
        let faults = [
            self.base.value(self.parts).err(),
            self.base.sum(self.parts).err(),
            self.base.time(self.parts).err(),
        ];
        for fault in faults.into_iter().flatten() {
            let error = fault.at(report.record());
            report.error(error.at_offset(self.offset(fault.0)))?;
        }
        Ok(self.base.time(self.parts).ok())
    }

    /// A content format tells what a data value holds (T2).
    fn lint_content_format(&self, report: &mut Report<'_>) {
        if self.parts.content_format.is_none() || matches!(self.parts.value, Some(Value::Data(_))) {
            return;
        }
        let error = Error::new(
            Code::SenmlContentFormat,
            "`ct` says nothing about a record without `vd`",
        )
        .expected("`ct` beside `vd`")
        .rule("T2");
        report.lint_at("ct", self.offset(Label::ContentFormat), error);
    }

    /// Tells records apart by name, unit and time.
    fn digest(&self, time: Number) -> u64 {
        let mut digest = Digest(Digest::OFFSET_BASIS);
        self.base.full_name(self.parts).hash(&mut digest);
        self.base.full_unit(self.parts).hash(&mut digest);
        match time {
            Number::Decimal(decimal) => decimal.hash(&mut digest),
            Number::Double(double) => double.to_bits().hash(&mut digest),
        }
        digest.finish()
    }

    fn offset(&self, label: Label) -> usize {
        let field = self.record.field(label);
        field.map_or(self.record.offset(), |field| field.offset)
    }

    /// Places an error at a label, or at the record.
    fn at(&self, label: Option<Label>, error: Error, report: &Report<'_>) -> Error {
        let label = label.filter(|label| self.record.field(*label).is_some());
        let offset = label.map_or(self.record.offset(), |label| self.offset(label));
        error
            .at_record(report.record(), label.map(Label::as_str))
            .at_offset(offset)
    }
}

/// Whether a FETCH record may have this label (RFC 8790 §3.1).
pub(super) fn is_fetch_label(label: Label) -> bool {
    matches!(
        label,
        Label::Name
            | Label::BaseName
            | Label::Time
            | Label::BaseTime
            | Label::Unit
            | Label::BaseUnit
    )
}

/// An object and its instance: two integers of 16 bits (LwM2M 1.1 §7.4.5).
fn is_object_link(text: &str) -> bool {
    let is_id =
        |id: &str| id.bytes().all(|byte| byte.is_ascii_digit()) && id.parse::<u16>().is_ok();
    text.split_once(':')
        .is_some_and(|(object, instance)| is_id(object) && is_id(instance))
}

/// Two records of one name, unit and time: which comes last decides (B14).
pub(super) fn lint_order(pack: &Pack<'_>, state: &State, report: &mut Report<'_>) {
    if matches!(pack.mode, Mode::Fetch) || !has_equal(&state.digests) {
        return;
    }
    // Any moment will do: only equal times are looked for.
    let Ok(resolved) = pack.resolve(UnixTime::from_seconds(0)) else {
        return;
    };
    let mut records: Vec<_> = resolved.records().iter().collect();
    let key = |a: &super::ResolvedRecord<'_>, b: &super::ResolvedRecord<'_>| {
        let times = a.time.to_f64().total_cmp(&b.time.to_f64());
        a.name.cmp(&b.name).then(a.unit.cmp(&b.unit)).then(times)
    };
    records.sort_by(|a, b| key(a, b));
    let mut repeated: Vec<_> = records
        .iter()
        .zip(records.iter().skip(1))
        .filter(|(one, other)| {
            one.name == other.name && one.unit == other.unit && one.time == other.time
        })
        .collect();
    repeated.sort_by_key(|(_, other)| other.index);
    for (one, other) in repeated {
        let offset = pack.record(other.index).map_or(0, Record::offset);
        let error = same_name_and_time(&other.name.to_string(), one.index);
        report.lint(error.at_record(other.index, None).at_offset(offset));
    }
}

fn has_equal(digests: &[u64]) -> bool {
    /// Up to here comparing each with each is faster than sorting, and takes no memory.
    const FEW: usize = 64;
    if digests.len() > FEW {
        let mut sorted = digests.to_vec();
        sorted.sort_unstable();
        return sorted
            .iter()
            .zip(sorted.iter().skip(1))
            .any(|(a, b)| a == b);
    }
    let rest = |index: usize| digests.iter().skip(index + 1);
    digests
        .iter()
        .enumerate()
        .any(|(index, digest)| rest(index).any(|other| other == digest))
}

/// FNV-1a, 64 bits: short, and the same on every machine.
struct Digest(u64);

impl Digest {
    const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
}

impl Hasher for Digest {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(Self::PRIME);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cold]
fn empty_record() -> Error {
    Error::new(Code::SenmlNoValue, "the record has no fields")
        .expected("a name and a value")
        .rule("B3")
}

#[cold]
fn not_a_version(number: Number) -> Error {
    Error::new(
        Code::SenmlVersion,
        format!("`bver` is {number}, expected a positive integer"),
    )
    .expected("a positive integer")
    .found(number.to_string())
    .rule("V1")
}

#[cold]
fn not_understood(version: u64) -> Error {
    Error::new(
        Code::SenmlVersion,
        format!("version {version} has features that are not understood"),
    )
    .expected("10, or 26 with secondary units")
    .found(version.to_string())
    .rule("V3")
}

#[cold]
fn mixed_version(first: u64, own: u64) -> Error {
    Error::new(
        Code::SenmlMixedVersion,
        format!("the record has version {own}, the ones before it {first}"),
    )
    .expected(first.to_string())
    .found(own.to_string())
    .hint("a pack whose first record says no version has version 10")
    .rule("V1")
}

#[cold]
fn not_content_format(text: &str) -> Error {
    Error::new(
        Code::SenmlContentFormat,
        format!("`{}` is not a content format", quote(text)),
    )
    .expected("a number up to 65535, or a media type such as `text/csv`")
    .found(quote(text))
    .rule("T1")
}

#[cold]
fn not_object_link(text: &str) -> Error {
    Error::new(
        Code::SenmlObjectLink,
        format!("`{}` is not an object link", quote(text)),
    )
    .expected("an object and its instance, such as `66:0`")
    .found(quote(text))
    .rule("N4")
}

#[cold]
fn unknown_index(number: Number) -> Error {
    let (first, last) = (
        thingsml::TABLE.first().map_or(0, |entry| entry.index),
        thingsml::TABLE.last().map_or(0, |entry| entry.index),
    );
    Error::new(
        Code::SenmlIndex,
        format!("`i_` is {number}, which is not in the table of ThingsML"),
    )
    .expected(format!("an integer from {first} to {last}"))
    .found(number.to_string())
    .rule("X2")
}

#[cold]
fn many_values(first: &str, second: &str) -> Error {
    Error::new(
        Code::SenmlManyValues,
        format!("the record has a value in `{first}` and another in `{second}`"),
    )
    .expected("one value")
    .rule("B3")
}

#[cold]
fn no_name() -> Error {
    Error::new(
        Code::SenmlNameMissing,
        "the record has no name, and there is no base name",
    )
    .expected("`n`, or a base name before it")
    .rule("N3")
}

#[cold]
fn long_name(length: usize, limit: usize) -> Error {
    Error::new(
        Code::LimitString,
        format!("base name and name have {length} bytes, expected at most {limit}"),
    )
    .expected(format!("at most {limit} bytes"))
    .found(length.to_string())
}

#[cold]
fn bad_name(name: &str, fault: Fault) -> Error {
    let (message, found, expected) = match fault {
        Fault::Start(character) => (
            "cannot start with",
            character,
            "a letter or a digit first (RFC 8428 §4.5.1)",
        ),
        Fault::Inside(character) => (
            "cannot hold",
            character,
            "letters, digits, `-`, `:`, `.`, `/` and `_` (RFC 8428 §4.5.1)",
        ),
        Fault::Missing => ("cannot be", ' ', "a name"),
    };
    let found = quote(found.encode_utf8(&mut [0; 4]));
    Error::new(
        Code::SenmlNameCharacter,
        format!("the name `{name}` {message} `{found}`"),
    )
    .expected(expected)
    .found(found)
    .rule("N2")
}

#[cold]
fn same_name_and_time(name: &str, other: usize) -> Error {
    Error::new(
        Code::SenmlOrder,
        format!(
            "`{}` has the name and the time of record {other}",
            quote(name)
        ),
    )
    .hint("the last one decides where they are commands")
    .rule("B14")
}

/// A label that a FETCH pack must not have.
#[cold]
pub(super) fn not_for_fetch(label: &str) -> Error {
    Error::new(
        Code::SenmlFetch,
        format!("a FETCH pack cannot hold `{}`", quote(label)),
    )
    .expected("`n`, `bn`, `t`, `bt`, `u`, `bu`")
    .found(quote(label))
    .rule("F1")
}
