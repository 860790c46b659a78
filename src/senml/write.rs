//! Writes packs: as they are, resolved, or compact.
//!
//! What is written reads back as the same pack. Numbers take as few characters or bytes as they
//! can: an integer stays an integer, and a number that was written with a fraction stays one, since
//! there are devices that take only one of the two. Labels that are not understood have no content
//! here, and are left out.

use crate::number::{Decimal, Number};

use super::cbor::CborWriter;
use super::compact;
use super::json_writer::JsonWriter;
use super::label::{ContentKind, Key, Label};
use super::name::Name;
use super::pack::{Content, Field, Pack};
use super::profile::Mode;
use super::resolve::{DEFAULT_VERSION, ResolvedPack, ResolvedRecord, Value};

/// The content of a field that is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Atom<'p> {
    Number(Number),
    String(&'p str),
    Name(Name<'p>),
    Boolean(bool),
    Data(&'p [u8]),
    Null,
}

/// A format to write in.
pub(super) trait Writer {
    fn begin_pack(&mut self, records: usize);
    fn begin_record(&mut self, fields: usize);
    fn field(&mut self, label: Label, atom: Atom<'_>);
    fn end_record(&mut self);
    fn end_pack(&mut self);

    fn record(&mut self, fields: &[(Label, Atom<'_>)]) {
        self.begin_record(fields.len());
        for (label, atom) in fields {
            self.field(*label, *atom);
        }
        self.end_record();
    }
}

impl Pack<'_> {
    /// The pack in JSON, as it was written but for blanks (RFC 8428 §5).
    ///
    /// ```
    /// use downlink::senml::Pack;
    ///
    /// let pack = Pack::from_json(br#"[ {"n": "a", "v": 2.50e-12, "u": "A", "t": 1.6e+09} ]"#)?;
    /// assert_eq!(pack.to_json(), r#"[{"n":"a","v":25e-13,"u":"A","t":16e8}]"#);
    /// # Ok::<(), downlink::Error>(())
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = String::new();
        write_pack(self, &mut JsonWriter::new(&mut text));
        text
    }

    /// The pack in CBOR, as it was written (RFC 8428 §6).
    ///
    /// Arrays and maps have definite lengths, integers and floats the shortest form without loss; a
    /// number that no float has is a decimal fraction.
    #[must_use]
    pub fn to_cbor(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        write_pack(self, &mut CborWriter::new(&mut bytes));
        bytes
    }

    /// The pack in JSON, with what its records share as base fields.
    ///
    /// It resolves to what this pack resolves to, at any time.
    ///
    /// ```
    /// use downlink::senml::Pack;
    ///
    /// let pack = Pack::from_json(br#"[
    ///     {"n": "a:x", "u": "V", "v": 1},
    ///     {"n": "a:y", "u": "V", "v": 2, "t": -5}
    /// ]"#)?;
    /// assert_eq!(
    ///     pack.to_compact_json(),
    ///     r#"[{"bn":"a:","bu":"V","n":"x","v":1},{"n":"y","t":-5,"v":2}]"#
    /// );
    /// # Ok::<(), downlink::Error>(())
    /// ```
    #[must_use]
    pub fn to_compact_json(&self) -> String {
        let mut text = String::new();
        let (records, mode) = self.with_sums();
        compact::write(&records, mode, &mut JsonWriter::new(&mut text));
        text
    }

    /// The pack in CBOR, with what its records share as base fields.
    #[must_use]
    pub fn to_compact_cbor(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let (records, mode) = self.with_sums();
        compact::write(&records, mode, &mut CborWriter::new(&mut bytes));
        bytes
    }
}

impl ResolvedPack<'_> {
    /// The resolved pack in JSON, in chronological order (RFC 8428 §4.6).
    ///
    /// A time before 4 July 1978, which is 2^28 seconds after 1970 began, has no form of its own in
    /// SenML: who reads it takes it as relative to now (§4.5.3).
    ///
    /// ```
    /// use downlink::senml::{Pack, UnixTime};
    ///
    /// let pack = Pack::from_json(br#"[{"bn": "a:", "n": "x", "vb": true, "t": -1}]"#)?;
    /// let resolved = pack.resolve(UnixTime::from_seconds(1_700_000_000))?;
    /// assert_eq!(resolved.to_json(), r#"[{"n":"a:x","t":1699999999,"vb":true}]"#);
    /// # Ok::<(), downlink::Error>(())
    /// ```
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = String::new();
        write_resolved(self, &mut JsonWriter::new(&mut text));
        text
    }

    /// The resolved pack in CBOR, in chronological order (RFC 8428 §4.6).
    #[must_use]
    pub fn to_cbor(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        write_resolved(self, &mut CborWriter::new(&mut bytes));
        bytes
    }

    /// The resolved pack in JSON, with what its records share as base fields.
    #[must_use]
    pub fn to_compact_json(&self) -> String {
        let mut text = String::new();
        let records = self.with_times();
        compact::write(&records, self.mode(), &mut JsonWriter::new(&mut text));
        text
    }

    /// The resolved pack in CBOR, with what its records share as base fields.
    #[must_use]
    pub fn to_compact_cbor(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let records = self.with_times();
        compact::write(&records, self.mode(), &mut CborWriter::new(&mut bytes));
        bytes
    }
}

impl<'p> ResolvedPack<'p> {
    /// The records in chronological order, with the times that are written.
    fn with_times(&self) -> Vec<ResolvedRecord<'p>> {
        let mut records = self.chronological();
        for record in &mut records {
            record.time_given |= is_timed(self.mode());
        }
        records
    }
}

fn write_pack(pack: &Pack<'_>, writer: &mut impl Writer) {
    writer.begin_pack(pack.len());
    for record in pack.records() {
        writer.begin_record(record.fields().iter().filter_map(atom).count());
        for (label, atom) in record.fields().iter().filter_map(atom) {
            writer.field(label, atom);
        }
        writer.end_record();
    }
    writer.end_pack();
}

/// What is written for a field, if it is understood.
fn atom<'p>(field: &'p Field<'_>) -> Option<(Label, Atom<'p>)> {
    let Key::Label(label) = field.key else {
        return None;
    };
    let atom = match &field.content {
        Content::Number(number) => match label.content_kind() {
            ContentKind::Version | ContentKind::Index => Atom::Number(as_integer(*number)),
            _ => Atom::Number(*number),
        },
        Content::String(text) => Atom::String(text),
        Content::Boolean(boolean) => Atom::Boolean(*boolean),
        Content::Data(bytes) => Atom::Data(bytes),
        Content::Null => Atom::Null,
        Content::Ignored => return None,
    };
    Some((label, atom))
}

/// CBOR takes versions and indices as integers only; JSON may have written them as `10.0`.
fn as_integer(number: Number) -> Number {
    let integer = number.as_decimal().and_then(Decimal::to_integer);
    let integer = integer.and_then(|integer| Decimal::new(integer, 0));
    integer.map_or(number, Number::from)
}

fn write_resolved(pack: &ResolvedPack<'_>, writer: &mut impl Writer) {
    let records = pack.with_times();
    writer.begin_pack(records.len());
    for record in &records {
        let mut fields = Vec::new();
        if record.version != DEFAULT_VERSION {
            fields.push((Label::BaseVersion, Atom::Number(record.version.into())));
        }
        fields.push((Label::Name, Atom::Name(record.name)));
        if record.time_given {
            fields.push((Label::Time, Atom::Number(record.time)));
        }
        if let Some(unit) = record.unit {
            fields.push((Label::Unit, Atom::String(unit)));
        }
        own_fields(record, record.content_format, &mut fields);
        writer.record(&fields);
    }
    writer.end_pack();
}

/// Whether the time of a record that gives none is now.
pub(super) fn is_timed(mode: Mode) -> bool {
    matches!(mode, Mode::Pack | Mode::Stream)
}

/// The fields that have no base, the value last: devices read the name before the value.
pub(super) fn own_fields<'p>(
    record: &ResolvedRecord<'p>,
    content_format: Option<&'p str>,
    fields: &mut Vec<(Label, Atom<'p>)>,
) {
    if let Some(time) = record.update_time {
        fields.push((Label::UpdateTime, Atom::Number(time)));
    }
    if let Some(format) = content_format {
        fields.push((Label::ContentFormat, Atom::String(format)));
    }
    if let Some(sum) = record.sum {
        fields.push((Label::Sum, Atom::Number(sum)));
    }
    fields.extend(record.value.map(|value| match value {
        Value::Number(number) => (Label::Value, Atom::Number(number)),
        Value::String(text) => (Label::StringValue, Atom::String(text)),
        Value::Boolean(boolean) => (Label::BooleanValue, Atom::Boolean(boolean)),
        Value::Data(bytes) => (Label::DataValue, Atom::Data(bytes)),
        Value::ObjectLink(text) => (Label::ObjectLink, Atom::String(text)),
        Value::Null => (Label::Value, Atom::Null),
    }));
}
