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

use crate::error::Error;
use crate::number::Number;

use super::base::{Base, Overflow, Parts, version};
use super::label::Label;
use super::name::Name;
use super::pack::{Pack, Record};
use super::profile::Mode;
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
        let mut records = Vec::with_capacity(self.len());
        let mut base = Base::default();
        for (index, record) in self.records().enumerate() {
            let parts = base.advance(record);
            if !self.says_something(record, &parts) {
                continue;
            }
            // Made once there is room; what is pushed is made before.
            records.extend(std::iter::once_with(|| base.resolved(&parts, index)));
            if let Some(record) = records.last_mut() {
                base.add_to(record, &parts, Some(now))
                    .map_err(|overflow| overflow.at(index))?;
            }
        }
        Ok(ResolvedPack {
            records,
            mode: self.mode,
        })
    }

    /// The records resolved, one after the other.
    pub(crate) fn resolved(
        &self,
        now: UnixTime,
    ) -> impl Iterator<Item = Result<ResolvedRecord<'_>, Error>> {
        self.based(Some(now))
    }

    /// The last record of the pack resolved, if it says something of its own.
    pub(super) fn resolve_last(&self, now: UnixTime) -> Result<Option<ResolvedRecord<'_>>, Error> {
        let mut base = Base::default();
        let Some((index, record, parts)) = self
            .records()
            .enumerate()
            .map(|(index, record)| (index, record, base.advance(record)))
            .last()
        else {
            return Ok(None);
        };
        if !self.says_something(record, &parts) {
            return Ok(None);
        }
        let mut resolved = base.resolved(&parts, index);
        base.add_to(&mut resolved, &parts, Some(now))
            .map_err(|overflow| overflow.at(index))?;
        Ok(Some(resolved))
    }

    /// The records with their base fields applied, whose times are still the sums.
    ///
    /// A record whose sums overflow, which no reader lets pass, is left out.
    pub(super) fn with_sums(&self) -> (Vec<ResolvedRecord<'_>>, Mode) {
        let records = self.based(None).filter_map(Result::ok);
        (records.collect(), self.mode)
    }

    /// The records with their base fields applied; times stay the sums without a `now`.
    fn based(
        &self,
        now: Option<UnixTime>,
    ) -> impl Iterator<Item = Result<ResolvedRecord<'_>, Error>> {
        let mut base = Base::default();
        let records = self.records().enumerate();
        records.filter_map(move |(index, record)| {
            let parts = base.advance(record);
            if !self.says_something(record, &parts) {
                return None;
            }
            let mut resolved = base.resolved(&parts, index);
            let added = base.add_to(&mut resolved, &parts, now);
            let resolved = added.map(|()| resolved);
            Some(resolved.map_err(|overflow| overflow.at(index)))
        })
    }

    /// Whether a record is one to resolve; one that was refused keeps its place, and has no fields.
    fn says_something(&self, record: Record<'_, '_>, parts: &Parts<'_>) -> bool {
        !record.fields().is_empty() && parts.is_measurement(self.mode)
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

impl<'p> Base<'p> {
    /// The record with what its base fields gave it, but for what is added.
    #[inline]
    fn resolved(&self, parts: &Parts<'p>, index: usize) -> ResolvedRecord<'p> {
        ResolvedRecord {
            name: self.full_name(parts),
            unit: self.full_unit(parts),
            value: parts.value,
            sum: parts.sum.copied(),
            time: Number::from(0_i64),
            time_given: self.time.is_some() || parts.time.is_some(),
            update_time: parts.update_time.copied(),
            content_format: self.full_content_format(parts),
            version: version(self.version).unwrap_or(DEFAULT_VERSION),
            index,
        }
    }

    /// Adds base value, base sum and base time to a record, and makes its time absolute.
    #[inline]
    fn add_to(
        &self,
        record: &mut ResolvedRecord<'p>,
        parts: &Parts<'p>,
        now: Option<UnixTime>,
    ) -> Result<(), Overflow> {
        if self.value.is_some() {
            record.value = self.value(parts)?;
        }
        if self.sum.is_some() {
            record.sum = self.sum(parts)?;
        }
        let time = self.time(parts)?;
        record.time = match now {
            Some(now) => now.absolute(time).ok_or(Overflow(Label::Time))?,
            None => time,
        };
        Ok(())
    }
}
