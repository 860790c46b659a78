//! Base fields, and what they make of the fields beside them (RFC 8428 §4.1, §4.5).
//!
//! A base field acts on its own record and on all that follow, up to the next record with the same
//! base field. Each acts on its own: the base name of the third record goes with the base time of
//! the first. One that is empty or nought is there all the same, and resets.

use crate::error::{Code, Error};
use crate::number::{Number, ShortDecimal};

use super::assembly::Said;
use super::label::{Key, Label};
use super::name::Name;
use super::order::TimeDigest;
use super::pack::{Content, Field, Record};
use super::profile::Mode;
use super::resolve::Value;
use super::thingsml;

/// The base fields that act on a record.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Base<'p> {
    pub(super) name: &'p str,
    pub(super) unit: Option<&'p str>,
    pub(super) time: Option<&'p Number>,
    pub(super) value: Option<&'p Number>,
    pub(super) sum: Option<&'p Number>,
    pub(super) version: Option<&'p Number>,
    pub(super) content_format: Option<&'p str>,
}

/// The fields of one record that are no base fields.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parts<'p> {
    pub(super) name: Option<&'p str>,
    pub(super) unit: Option<&'p str>,
    pub(super) value: Option<Value<'p>>,
    pub(super) values: usize,
    pub(super) sum: Option<&'p Number>,
    pub(super) time: Option<&'p Number>,
    pub(super) update_time: Option<&'p Number>,
    pub(super) content_format: Option<&'p str>,
    pub(super) index: Option<&'p Number>,
    /// The bits of all labels of the record.
    labels: u32,
}

impl Parts<'_> {
    /// Whether the record says anything of its own, beyond setting the base.
    ///
    /// One with labels only that are not understood does: it is not for setting a base.
    /// The base name of a FETCH record is a name to fetch (RFC 8790 §3.1), and every PATCH record
    /// has a value or a sum (§3.2): there, no record only sets the base.
    pub(super) fn is_measurement(&self, mode: Mode) -> bool {
        match mode {
            Mode::Pack | Mode::Stream => self.labels & !Label::BASE != 0 || self.labels == 0,
            Mode::Fetch | Mode::Patch => true,
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
        parts.labels |= label.bit();
        parts.values += usize::from(label.is_value());
        match (label, &field.content) {
            (Label::BaseName, Content::String(text)) => self.name = text,
            (Label::BaseUnit, Content::String(text)) => self.unit = Some(text),
            (Label::BaseContentFormat, Content::String(text)) => self.content_format = Some(text),
            (Label::BaseTime, Content::Number(number)) => self.time = Some(number),
            (Label::BaseValue, Content::Number(number)) => self.value = Some(number),
            (Label::BaseSum, Content::Number(number)) => self.sum = Some(number),
            (Label::BaseVersion, Content::Number(number)) => self.version = Some(number),
            (Label::Name, Content::String(text)) => parts.name = Some(text),
            (Label::Unit, Content::String(text)) => parts.unit = Some(text),
            (Label::ContentFormat, Content::String(text)) => parts.content_format = Some(text),
            (Label::Sum, Content::Number(number)) => parts.sum = Some(number),
            (Label::Time, Content::Number(number)) => parts.time = Some(number),
            (Label::UpdateTime, Content::Number(number)) => parts.update_time = Some(number),
            (Label::Index, Content::Number(number)) => parts.index = Some(number),
            (_, content) => {
                if let Some(value) = value(label, content) {
                    parts.value = Some(value);
                }
            }
        }
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
    #[inline]
    pub(super) fn time(&self, parts: &Parts<'_>) -> Result<Number, Overflow> {
        let sum = add(self.time, parts.time, Label::Time)?;
        Ok(sum.unwrap_or(Number::from(0_i64)))
    }

    /// Base value and value together (§4.5.4).
    #[inline]
    pub(super) fn value(&self, parts: &Parts<'p>) -> Result<Option<Value<'p>>, Overflow> {
        match (self.value, parts.value) {
            (Some(_), Some(Value::Number(number))) => {
                let sum = add(self.value, Some(&number), Label::Value)?;
                Ok(sum.map(Value::Number))
            }
            (_, value) => Ok(value),
        }
    }

    /// Base sum and sum together (§4.5.4).
    #[inline]
    pub(super) fn sum(&self, parts: &Parts<'_>) -> Result<Option<Number>, Overflow> {
        add(self.sum, parts.sum, Label::Sum)
    }

    pub(super) fn full_content_format(&self, parts: &Parts<'p>) -> Option<&'p str> {
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
pub(super) fn version(number: Option<&Number>) -> Option<u64> {
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
#[inline]
fn add(
    base: Option<&Number>,
    own: Option<&Number>,
    label: Label,
) -> Result<Option<Number>, Overflow> {
    match (base, own) {
        (Some(base), Some(own)) => base.checked_add(*own).map(Some).ok_or(Overflow(label)),
        (one, other) => Ok(one.or(other).copied()),
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
            format!("the base of `{label}` and `{label}` add up to more than a number can hold"),
        )
        .expected("a sum within the range of a double")
        .rule(rule)
        .at_record(index, Some(label.as_str()))
    }
}

/// Which field acts, for each base label.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bases {
    at: [Option<usize>; 7],
}

impl Bases {
    /// Notes the base fields from `start` on.
    pub(super) fn note(&mut self, fields: &[Field<'_>], start: usize) {
        for (index, field) in fields.iter().enumerate().skip(start) {
            let Key::Label(label) = field.key else {
                continue;
            };
            if let Some(slot) = slot(label).and_then(|slot| self.at.get_mut(slot)) {
                if field.content != Content::Ignored {
                    *slot = Some(index);
                }
            }
        }
    }

    /// The base name and the base time that act on a plain record; `None` if a base unit does.
    pub(super) fn name_and_time<'p>(
        &self,
        said: &Said<'_>,
        fields: &'p [Field<'_>],
    ) -> Option<NameAndTime<'p>> {
        let [_, name, time, None, ..] = self.at else {
            return None;
        };
        let name_at = said.base_name_at.or(name);
        let time_at = said.base_time_at.or(time);
        let content = |at: Option<usize>| Some(&fields.get(at?)?.content);
        Some(NameAndTime {
            name_at,
            time_at,
            name: match content(name_at) {
                Some(Content::String(text)) => text,
                _ => "",
            },
            time: match content(time_at) {
                Some(Content::Number(Number::Decimal(time))) => {
                    TimeDigest::of_short(ShortDecimal::of(*time)?)?
                }
                Some(_) => return None,
                None => TimeDigest::default(),
            },
        })
    }

    /// Notes which base name and base time act.
    pub(super) fn note_name_and_time(&mut self, base: NameAndTime<'_>) {
        let [_, name, time, ..] = &mut self.at;
        (*name, *time) = (base.name_at, base.time_at);
    }

    /// Which field is the base name.
    pub(super) fn name(&self) -> Option<usize> {
        self.at.get(BASE_NAME).copied().flatten()
    }

    pub(super) fn view<'p>(&self, fields: &'p [Field<'_>]) -> Base<'p> {
        let mut base = Base::default();
        for field in self.at.iter().flatten().filter_map(|at| fields.get(*at)) {
            base.advance(Record {
                fields: std::slice::from_ref(field),
                offset: 0,
            });
        }
        base
    }
}

/// A base of nothing but name and time, as most are.
#[derive(Clone, Copy, Debug)]
pub(super) struct NameAndTime<'p> {
    /// Which fields they are.
    pub(super) name_at: Option<usize>,
    time_at: Option<usize>,
    pub(super) name: &'p str,
    pub(super) time: TimeDigest,
}

/// The slot of the base name.
const BASE_NAME: usize = 1;

fn slot(label: Label) -> Option<usize> {
    Some(match label {
        Label::BaseVersion => 0,
        Label::BaseName => BASE_NAME,
        Label::BaseTime => 2,
        Label::BaseUnit => 3,
        Label::BaseValue => 4,
        Label::BaseSum => 5,
        Label::BaseContentFormat => 6,
        _ => return None,
    })
}
