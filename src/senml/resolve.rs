//! Resolving: base fields applied, times absolute (RFC 8428 §4.6).
//!
//! ```text
//! name  = base name, name                       §4.5.1
//! unit  = unit, else base unit, else none       §4.5.2
//! time  = base time + time, each 0 if absent    §4.5.3
//! value = base value + value, for numbers only  §4.5.4
//! sum   = base sum + sum, if there is either    §4.5.4
//! content format of data = content format, else base content format   RFC 9193 §4
//! ```
//!
//! A base field acts on its own record and on those that follow, until the same base field comes
//! again; an empty or zero one is there too and resets.
//!
//! # Departures
//!
//! A record of base fields only sets the base and gives no resolved record. RFC 8428 §4.2 asks every
//! record for a value, yet the actuation example of §5.1.7 opens with one that has none, and KPN
//! Things sends one on every message.
//!
//! §4.6 asks for chronological order. A pack of commands is a list in which the order matters, so
//! [`ResolvedPack::records`] keeps it and [`ResolvedPack::chronological`] gives the other.

use crate::error::{Code, Error};
use crate::number::Number;

use super::label::{Key, Label};
use super::name::Name;
use super::pack::{Content, Field, Pack, Record};
use super::profile::Mode;
use super::thingsml;
use super::time::UnixTime;

/// The version of a pack that says none (RFC 8428 §4.4).
pub(super) const DEFAULT_VERSION: u64 = 10;

/// What a record says.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value<'p> {
    /// `v`, with the base value added.
    Number(Number),
    /// `vs`
    String(&'p str),
    /// `vb`
    Boolean(bool),
    /// `vd`, decoded.
    Data(&'p [u8]),
    /// `vlo` of LwM2M: an object and its instance.
    ObjectLink(&'p str),
    /// The null of a PATCH pack: what it names is removed (RFC 8790 §3.2).
    Null,
}

/// One record with all that its base fields gave it (RFC 8428 §4.6).
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ResolvedRecord<'p> {
    /// The whole name, in two pieces.
    pub name: Name<'p>,
    /// The unit, if there is one.
    pub unit: Option<&'p str>,
    /// The value; none where there is only a sum, or in a FETCH pack.
    pub value: Option<Value<'p>>,
    /// The sum, if there is one.
    pub sum: Option<Number>,
    /// Seconds since 1970; now, where the record gives none.
    pub time: Number,
    /// Whether the record or its base gives a time, which selects in FETCH and PATCH packs.
    pub time_given: bool,
    /// Seconds within which the next value follows.
    pub update_time: Option<Number>,
    /// What the data value holds (RFC 9193).
    pub content_format: Option<&'p str>,
    /// The version of the pack.
    pub version: u64,
    /// Index of the record in the pack, base-only records counted.
    pub index: usize,
}

/// A pack with its base fields applied and its times absolute.
///
/// ```
/// use downlink::senml::{Pack, UnixTime, Value};
///
/// let pack = Pack::from_json(br#"[
///     {"bn": "urn:dev:ow:10e2073a01080063:"},
///     {"n": "heat", "u": "/", "v": 1},
///     {"n": "fan", "u": "/", "v": 0, "t": -5}
/// ]"#)?;
/// let resolved = pack.resolve(UnixTime::from_seconds(1_320_067_464))?;
/// let [heat, fan] = resolved.records() else { panic!("the first record only sets the base") };
/// assert_eq!(heat.name, "urn:dev:ow:10e2073a01080063:heat");
/// assert_eq!(fan.value, Some(Value::Number(0_i64.into())));
/// assert_eq!(resolved.chronological()[0].index, fan.index);
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedPack<'p> {
    records: Vec<ResolvedRecord<'p>>,
    mode: Mode,
}

impl Pack<'_> {
    /// Applies base fields, and turns relative times into absolute ones (RFC 8428 §4.6).
    ///
    /// Times whose sum is below 2^28 seconds are relative to `now`.
    ///
    /// # Errors
    ///
    /// If a sum leaves the range of a double. A [`Reader`](super::Reader) refuses such packs, so
    /// this is left for a time that only `now` takes out of range.
    pub fn resolve(&self, now: UnixTime) -> Result<ResolvedPack<'_>, Error> {
        let mut base = Base::default();
        let mut records = Vec::with_capacity(self.len());
        for (index, record) in self.records().enumerate() {
            let parts = base.advance(record);
            if parts.is_measurement(self.mode) {
                records.push(base.resolve(&parts, index, now)?);
            }
        }
        Ok(ResolvedPack {
            records,
            mode: self.mode,
        })
    }
}

impl<'p> ResolvedPack<'p> {
    /// The records in the order of the pack.
    #[must_use]
    pub fn records(&self) -> &[ResolvedRecord<'p>] {
        &self.records
    }

    /// The records by time; those of one time in the order of the pack (RFC 8428 §4.6).
    ///
    /// FETCH and PATCH packs select with their times and are applied in order, so theirs is kept.
    #[must_use]
    pub fn chronological(&self) -> Vec<ResolvedRecord<'p>> {
        let mut records = self.records.clone();
        if matches!(self.mode, Mode::Pack | Mode::Stream) {
            records.sort_by(|a, b| compare(a.time, b.time));
        }
        records
    }

    /// What the pack is for.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }
}

/// The order of two numbers, of which none is NaN.
fn compare(a: Number, b: Number) -> std::cmp::Ordering {
    match (a, b) {
        (Number::Decimal(a), Number::Decimal(b)) => a.cmp(&b),
        _ => a.to_f64().total_cmp(&b.to_f64()),
    }
}

/// The base fields that act on a record.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Base<'p> {
    pub(super) name: &'p str,
    pub(super) unit: Option<&'p str>,
    pub(super) time: Option<Number>,
    pub(super) value: Option<Number>,
    pub(super) sum: Option<Number>,
    pub(super) version: Option<Number>,
    pub(super) content_format: Option<&'p str>,
}

/// The fields of one record that are no base fields.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parts<'p> {
    pub(super) name: Option<&'p str>,
    pub(super) unit: Option<&'p str>,
    pub(super) value: Option<Value<'p>>,
    pub(super) values: usize,
    pub(super) sum: Option<Number>,
    pub(super) time: Option<Number>,
    pub(super) update_time: Option<Number>,
    pub(super) content_format: Option<&'p str>,
    pub(super) index: Option<Number>,
    pub(super) has_base: bool,
    pub(super) has_regular: bool,
}

impl Parts<'_> {
    /// Whether the record says anything of its own, beyond setting the base.
    ///
    /// The base name of a FETCH record is a name to fetch (RFC 8790 §3.1), and every PATCH record
    /// has a value or a sum (§3.2): there, no record only sets the base.
    pub(super) fn is_measurement(&self, mode: Mode) -> bool {
        match mode {
            Mode::Pack | Mode::Stream => self.has_regular,
            Mode::Fetch | Mode::Patch => self.has_regular || self.has_base,
        }
    }
}

impl<'p> Base<'p> {
    /// Takes the base fields of the next record, and gives its other ones.
    pub(super) fn advance(&mut self, record: Record<'p, '_>) -> Parts<'p> {
        let mut parts = Parts::default();
        for field in record.fields() {
            self.take(field, &mut parts);
        }
        parts
    }

    fn take(&mut self, field: &'p Field<'_>, parts: &mut Parts<'p>) {
        let Key::Label(label) = field.key else {
            return;
        };
        parts.has_base |= label.is_base();
        parts.has_regular |= !label.is_base();
        parts.values += usize::from(label.is_value());
        match (label, &field.content) {
            (Label::BaseName, Content::String(text)) => self.name = text,
            (Label::BaseUnit, Content::String(text)) => self.unit = Some(text),
            (Label::BaseContentFormat, Content::String(text)) => self.content_format = Some(text),
            (Label::BaseTime, Content::Number(number)) => self.time = Some(*number),
            (Label::BaseValue, Content::Number(number)) => self.value = Some(*number),
            (Label::BaseSum, Content::Number(number)) => self.sum = Some(*number),
            (Label::BaseVersion, Content::Number(number)) => self.version = Some(*number),
            (Label::Name, Content::String(text)) => parts.name = Some(text),
            (Label::Unit, Content::String(text)) => parts.unit = Some(text),
            (Label::ContentFormat, Content::String(text)) => parts.content_format = Some(text),
            (Label::Sum, Content::Number(number)) => parts.sum = Some(*number),
            (Label::Time, Content::Number(number)) => parts.time = Some(*number),
            (Label::UpdateTime, Content::Number(number)) => parts.update_time = Some(*number),
            (Label::Index, Content::Number(number)) => parts.index = Some(*number),
            (_, content) => parts.value = value(label, content).or(parts.value),
        }
    }

    /// Applies the base to one record.
    pub(super) fn resolve(
        &self,
        parts: &Parts<'p>,
        index: usize,
        now: UnixTime,
    ) -> Result<ResolvedRecord<'p>, Error> {
        let sum_of_times = self.time(parts).map_err(|error| error.at(index))?;
        let time = now
            .absolute(sum_of_times)
            .ok_or_else(|| Overflow(Label::Time).at(index))?;
        Ok(ResolvedRecord {
            name: self.full_name(parts),
            unit: self.full_unit(parts),
            value: self.value(parts).map_err(|error| error.at(index))?,
            sum: self.sum(parts).map_err(|error| error.at(index))?,
            time,
            time_given: self.time.is_some() || parts.time.is_some(),
            update_time: parts.update_time,
            content_format: self.full_content_format(parts),
            version: version(self.version).unwrap_or(DEFAULT_VERSION),
            index,
        })
    }

    /// The name (§4.5.1), or that of a ThingsML index.
    pub(super) fn full_name(&self, parts: &Parts<'p>) -> Name<'p> {
        let local = match entry(parts) {
            Some(entry) => entry.name,
            None => parts.name.unwrap_or_default(),
        };
        Name::new(self.name, local)
    }

    /// The unit (§4.5.2), or that of a ThingsML index.
    pub(super) fn full_unit(&self, parts: &Parts<'p>) -> Option<&'p str> {
        let of_index = entry(parts).and_then(|entry| entry.unit);
        of_index
            .or(parts.unit)
            .or(self.unit)
            .filter(|unit| !unit.is_empty())
    }

    /// Base time and time together (§4.5.3).
    pub(super) fn time(&self, parts: &Parts<'_>) -> Result<Number, Overflow> {
        let sum = add(self.time, parts.time, Label::Time)?;
        Ok(sum.unwrap_or(Number::from(0_i64)))
    }

    /// Base value and value together (§4.5.4).
    pub(super) fn value(&self, parts: &Parts<'p>) -> Result<Option<Value<'p>>, Overflow> {
        let Some(Value::Number(number)) = parts.value else {
            return Ok(parts.value);
        };
        Ok(add(self.value, Some(number), Label::Value)?.map(Value::Number))
    }

    /// Base sum and sum together (§4.5.4).
    pub(super) fn sum(&self, parts: &Parts<'_>) -> Result<Option<Number>, Overflow> {
        add(self.sum, parts.sum, Label::Sum)
    }

    fn full_content_format(&self, parts: &Parts<'p>) -> Option<&'p str> {
        match parts.value {
            Some(Value::Data(_)) => parts.content_format.or(self.content_format),
            _ => parts.content_format,
        }
    }
}

/// The entry of the record's ThingsML index, if it has one.
fn entry(parts: &Parts<'_>) -> Option<&'static thingsml::Entry> {
    thingsml::entry(parts.index?.as_decimal()?.to_integer()?)
}

/// The base version as an integer, if it is one.
pub(super) fn version(number: Option<Number>) -> Option<u64> {
    u64::try_from(number?.as_decimal()?.to_integer()?).ok()
}

fn value<'p>(label: Label, content: &'p Content<'_>) -> Option<Value<'p>> {
    match content {
        Content::String(text) if label == Label::ObjectLink => Some(Value::ObjectLink(text)),
        Content::String(text) => Some(Value::String(text)),
        Content::Number(number) => Some(Value::Number(*number)),
        Content::Boolean(boolean) => Some(Value::Boolean(*boolean)),
        Content::Data(bytes) => Some(Value::Data(bytes)),
        Content::Null => Some(Value::Null),
        Content::Ignored => None,
    }
}

/// The sum of what is there.
fn add(
    base: Option<Number>,
    own: Option<Number>,
    label: Label,
) -> Result<Option<Number>, Overflow> {
    match (base, own) {
        (Some(base), Some(own)) => base.checked_add(own).map(Some).ok_or(Overflow(label)),
        (one, other) => Ok(one.or(other)),
    }
}

/// A sum of a base field and a field that no double holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Overflow(pub(super) Label);

impl Overflow {
    #[cold]
    pub(super) fn at(self, index: usize) -> Error {
        let label = self.0;
        let rule = match label {
            Label::Time => "B7",
            Label::Sum => "B5",
            _ => "B4",
        };
        Error::new(
            Code::SenmlNumber,
            format!("the base of `{label}` and `{label}` add up to more than a number holds"),
        )
        .expected("a sum within the range of a double")
        .rule(rule)
        .at_record(index, Some(label.as_str()))
    }
}
