//! The rules that look at a whole record, and at the whole pack (RFC 8428 §4).

use crate::error::{Code, Error, quote};
use crate::number::{Decimal, Number};

use super::assembly::Said;
use super::base::{Base, NameAndTime, Parts, version};
use super::content_format::is_content_format;
use super::fault;
use super::label::{Key, Label};
use super::name::{Fault, Name};
use super::order::{Digest, TimeDigest};
use super::pack::{Content, Record};
use super::profile::{Mode, Profile};
use super::reader::Reader;
use super::report::Report;
use super::resolve::{DEFAULT_VERSION, Value};
use super::thingsml;
use super::unit::{Kind, Unit};

/// The features of RFC 9100 that are understood, as bits of the version.
///
/// Bits 1 and 3 stand for the RFC itself (10 in all), bit 4 for secondary units.
const UNDERSTOOD: u64 = DEFAULT_VERSION | SECONDARY_UNITS;
/// The feature that makes secondary units legal (RFC 9100 §4).
pub(super) const SECONDARY_UNITS: u64 = 1 << 4;
/// The bits that are reserved, and always as in 10 (RFC 9100 §3).
const RESERVED: u64 = 0b1111;

/// Where the base name is that acts on a record.
#[derive(Clone, Copy, Debug)]
pub(super) struct BaseName {
    /// Which of the fields it is.
    pub(super) field: Option<usize>,
    /// Its record and its offset in the source, if that is at hand.
    pub(super) place: Option<(usize, usize)>,
}

/// What is known of the records so far.
#[derive(Debug, Default)]
pub(super) struct State {
    /// The version of the pack, once there is a record.
    version: Option<u64>,
    /// Whether a record says something of its own.
    pub(super) has_measurement: bool,
    /// The field of a base name that is not empty and of which all characters are right.
    sound_base: Option<usize>,
    /// The offset of the last base name that was refused.
    refused_base: Option<usize>,
}

impl State {
    /// Checks a complete record, and takes its base fields into `base`.
    ///
    /// A record that is not sound already is looked at only as far as following ones depend on it.
    /// Gives the digest of a measurement.
    pub(super) fn check<'p>(
        &mut self,
        record: Record<'p, '_>,
        (base, at): (&mut Base<'p>, BaseName),
        is_sound: bool,
        options: &Reader,
        report: &mut Report<'_>,
    ) -> Result<Option<Digest>, Error> {
        let parts = base.advance(record);
        let rules = Rules {
            record,
            parts: &parts,
            base,
            options,
        };
        self.check_version(&rules, report)?;
        rules.check_formats(report)?;
        rules.lint_units(self.has_secondary_units(), report);
        if record.fields().is_empty() {
            // Whatever was refused in it has been told.
            let error = is_sound.then(|| rules.at(None, fault::empty_record(), report));
            return error.map_or(Ok(None), |error| report.error(error).map(|()| None));
        }
        if !parts.is_measurement(options.mode) {
            return Ok(None);
        }
        self.has_measurement = true;
        rules.check_values(is_sound, report)?;
        let is_known = at.field.is_some() && at.field == self.sound_base;
        let is_right = match at.place {
            Some(place) if !is_known && rules.is_base_at_fault() => {
                self.refuse_base(place, &rules, report)?;
                false
            }
            _ => rules.check_name(is_known, is_sound, report)?,
        };
        self.sound_base = at.field.filter(|_| is_right && !rules.base.name.is_empty());
        let time = rules.check_sums(report)?;
        rules.lint_content_format(report);
        rules.lint_ratio(report);
        Ok(time.map(|time| Digest::new(base.full_name(&parts), TimeDigest::new(time))))
    }

    /// Refuses a base name, once for all records that it acts on, and what these add to it.
    fn refuse_base(
        &mut self,
        (record, offset): (usize, usize),
        rules: &Rules<'_, '_, '_>,
        report: &mut Report<'_>,
    ) -> Result<(), Error> {
        if self.refused_base != Some(offset) {
            self.refused_base = Some(offset);
            let error = rules.bad_base_name();
            report.error(
                error
                    .at_record(record, Some(Label::BaseName.as_str()))
                    .at_offset(offset),
            )?;
        }
        rules.check_local_name(report)
    }

    /// Takes a plain record and the base that acts on it, unless a rule has something to say.
    ///
    /// Gives the digest of a measurement.
    #[expect(
        clippy::option_option,
        reason = "a record that only sets the base has no digest"
    )]
    pub(super) fn take_plain(
        &mut self,
        record: &Said<'_>,
        base: NameAndTime<'_>,
        longest_name: usize,
    ) -> Option<Option<Digest>> {
        let values = record.labels & Said::VALUES;
        let only_sets_base = record.labels & !Label::BASE == 0;
        if record.labels == 0 || values.count_ones() != u32::from(!only_sets_base) {
            return None;
        }
        if only_sets_base {
            self.version.get_or_insert(DEFAULT_VERSION);
            return Some(None);
        }
        let name = Name::new(base.name, record.name);
        let is_base_known = base.name_at.is_some() && base.name_at == self.sound_base;
        let fault = match (is_base_known, record.is_name_known) {
            (true, true) => None,
            (true, false) => name.fault_in_local(),
            (false, _) => name.fault(false),
        };
        if fault.is_some() || name.len() > longest_name {
            return None;
        }
        self.version.get_or_insert(DEFAULT_VERSION);
        self.has_measurement = true;
        Some(Some(Digest::new(name, base.time + record.time)))
    }

    /// Notes which base name was looked at and is right.
    pub(super) fn trust_base(&mut self, name_at: Option<usize>) {
        self.sound_base = name_at;
    }

    /// Forgets which field was looked at, since fields have moved.
    pub(super) fn forget_fields(&mut self) {
        self.sound_base = None;
    }

    fn has_secondary_units(&self) -> bool {
        self.version
            .is_some_and(|version| version & SECONDARY_UNITS != 0)
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
        let Some(own) = version(Some(&number)).filter(|version| *version > 0) else {
            return report.error_at("bver", field.offset, fault::not_a_version(number));
        };
        if !is_understood(own) {
            return report.error_at("bver", field.offset, fault::not_understood(own));
        }
        let first = *self.version.get_or_insert(own);
        if first != own {
            return report.error_at("bver", field.offset, fault::mixed_version(first, own));
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
        let (parts, base) = (self.parts, self.base);
        let has_format = parts.content_format.or(base.content_format).is_some();
        let has_link = matches!(parts.value, Some(Value::ObjectLink(_)));
        if !has_format && !has_link && parts.index.is_none() {
            return Ok(());
        }
        for label in [Label::ContentFormat, Label::BaseContentFormat] {
            if let Some((text, offset)) = self.text(label) {
                if !is_content_format(text) {
                    report.error_at(label.as_str(), offset, fault::not_content_format(text))?;
                }
            }
        }
        if let Some((text, offset)) = self.text(Label::ObjectLink) {
            if !is_object_link(text) {
                report.error_at("vlo", offset, fault::not_object_link(text))?;
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
        let Some(&number) = self.parts.index else {
            return Ok(());
        };
        let integer = number.as_decimal().and_then(Decimal::to_integer);
        if integer.and_then(thingsml::entry).is_some() {
            return Ok(());
        }
        let offset = self.offset(Label::Index);
        report.error_at("i_", offset, fault::unknown_index(number))
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
            return report.error_at(second, offset, fault::many_values(first, second));
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
            return Error::new(Code::SenmlPatch, "the record changes nothing")
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

    /// The concatenated name is one (N2, N3, N4); says whether it is.
    ///
    /// Many records have one base name, which is looked at once.
    fn check_name(
        &self,
        is_base_known: bool,
        is_sound: bool,
        report: &mut Report<'_>,
    ) -> Result<bool, Error> {
        let name = self.base.full_name(self.parts);
        let limit = self.options.limits.name;
        let fault = if is_base_known {
            name.fault_in_local()
        } else {
            name.fault(self.options.profile == Profile::Lwm2m)
        };
        let error = match fault {
            _ if name.len() > limit => {
                let error = fault::long_name(name.len(), limit);
                self.at(Some(Label::Name), error, report)
            }
            None => return Ok(true),
            Some(Fault::Missing) if !is_sound => return Ok(false),
            Some(Fault::Missing) => self.at(None, fault::no_name(), report),
            Some(fault) => {
                let shown = quote(&name.to_string());
                self.at(
                    Some(Label::Name),
                    fault::bad_name("name", &shown, fault),
                    report,
                )
            }
        };
        report.error(error).map(|()| false)
    }

    fn is_base_at_fault(&self) -> bool {
        self.base_fault().is_some()
    }

    fn base_fault(&self) -> Option<Fault> {
        let base = Name::new(self.base.name, "");
        let fault = base.fault(self.options.profile == Profile::Lwm2m);
        fault.filter(|_| !base.is_empty())
    }

    fn bad_base_name(&self) -> Error {
        let fault = self.base_fault().unwrap_or(Fault::Missing);
        fault::bad_name("base name", &quote(self.base.name), fault)
    }

    /// Refuses what a record adds to a base name that is refused itself.
    fn check_local_name(&self, report: &mut Report<'_>) -> Result<(), Error> {
        let name = self.base.full_name(self.parts);
        let Some(fault) = name.fault_in_local() else {
            return Ok(());
        };
        let shown = quote(&name.to_string());
        let error = fault::bad_name("name", &shown, fault);
        report.error(self.at(Some(Label::Name), error, report))
    }

    /// Base and own field add up to a number; gives the sum of the times.
    fn check_sums(&self, report: &mut Report<'_>) -> Result<Option<Number>, Error> {
        if self
            .base
            .time
            .or(self.base.value)
            .or(self.base.sum)
            .is_none()
        {
            return Ok(self.base.time(self.parts).ok());
        }
        let faults = [
            self.base.value(self.parts).err(),
            self.base.sum(self.parts).err(),
            self.base.time(self.parts).err(),
        ];
        for fault in faults.into_iter().flatten() {
            let error = fault.at(report.record);
            report.error(error.at_offset(self.offset(fault.0)))?;
        }
        Ok(self.base.time(self.parts).ok())
    }

    /// A content format tells what a data value holds (T2).
    fn lint_content_format(&self, report: &mut Report<'_>) {
        if self.parts.content_format.is_none() || matches!(self.parts.value, Some(Value::Data(_))) {
            return;
        }
        let error = Error::new(Code::SenmlContentFormat, "`ct` has no meaning without `vd`")
            .expected("`ct` beside `vd`")
            .rule("T2");
        report.lint_at("ct", self.offset(Label::ContentFormat), error);
    }

    /// Units that are not known, not recommended, or not of this version (U1, U2, U4).
    fn lint_units(&self, has_secondary_units: bool, report: &mut Report<'_>) {
        if self.parts.unit.or(self.base.unit).is_none() {
            return;
        }
        let is_interop = self.options.profile == Profile::Interop;
        for label in [Label::Unit, Label::BaseUnit] {
            let Some((text, offset)) = self.text(label).filter(|(text, _)| !text.is_empty()) else {
                continue;
            };
            let lint = match Unit::find(text).map(Unit::kind) {
                None => fault::unknown_unit(text),
                Some(Kind::Unregistered) if !is_interop => fault::unknown_unit(text),
                Some(Kind::NotRecommended) if !is_interop => fault::unit_not_recommended(text),
                Some(Kind::Secondary) if !is_interop && !has_secondary_units => {
                    fault::secondary_unit(text)
                }
                Some(_) => continue,
            };
            report.lint_at(label.as_str(), offset, lint);
        }
    }

    /// `%` is the ratio from 0 to 1 (U3).
    fn lint_ratio(&self, report: &mut Report<'_>) {
        let Ok(Some(Value::Number(Number::Decimal(value)))) = self.base.value(self.parts) else {
            return;
        };
        if self.base.full_unit(self.parts) == Some("%")
            && !(Decimal::ZERO..=Decimal::from(1_i64)).contains(&value)
        {
            report.lint_at("v", self.offset(Label::Value), fault::no_ratio(value));
        }
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
            .at_record(report.record, label.map(Label::as_str))
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
