//! ThingsML: an index in place of name and unit (KPN Things).
//!
//! The label `i_`, 23 in CBOR, replaces `n` and `u` by a number that takes one byte. It wins over an
//! `n` or a `u` beside it. Where the table has no unit, `u` and `bu` apply as they would without an
//! index. The name goes behind the base name as any other.
//!
//! The label ends in `_`, so whoever does not understand it must refuse the pack (RFC 8428 §4.4).
//! An index that is not in the table is therefore refused too.

use std::borrow::Cow;

use crate::number::Number;

use super::base::{Base, Parts};
use super::label::{Key, Label};
use super::pack::{Content, End, Field, Pack};

impl Pack<'_> {
    /// The same pack with indexes in place of the names and units that the table has.
    ///
    /// The fields of each record are put into the order in which devices read them: base fields,
    /// then the index or the name, the value last. It resolves to what this pack resolves to.
    ///
    /// ```
    /// use downlink::senml::Pack;
    ///
    /// let pack = Pack::from_json(br#"[{"v": 1.5, "n": "temperature", "u": "Cel"}]"#)?;
    /// let thingsml = pack.to_thingsml();
    /// assert_eq!(thingsml.to_json(), r#"[{"i_":-24,"v":1.5}]"#);
    /// assert_eq!(thingsml.to_cbor(), [0x81, 0xa2, 0x17, 0x37, 0x02, 0xf9, 0x3e, 0x00]);
    /// # Ok::<(), downlink::Error>(())
    /// ```
    #[must_use]
    pub fn to_thingsml(&self) -> Pack<'_> {
        let mut pack = Pack {
            mode: self.mode,
            ..Pack::default()
        };
        let mut base = Base::default();
        for (record, end) in self.records().zip(&self.ends) {
            let parts = base.advance(record);
            let entry = replaces(&base, &parts);
            let start = pack.fields.len();
            let fields = record.fields().iter();
            pack.fields.extend(fields.filter_map(|field| match entry {
                Some(entry) => with_index(field, entry),
                None => Some(field.borrowed()),
            }));
            if let Some(fields) = pack.fields.get_mut(start..) {
                fields.sort_by_key(|field| place(&field.key));
            }
            pack.ends.push(End {
                fields: pack.fields.len(),
                ..*end
            });
        }
        pack
    }
}

/// The entry that says what name and unit of the record say.
fn replaces(base: &Base<'_>, parts: &Parts<'_>) -> Option<&'static Entry> {
    let name = parts.name.filter(|_| parts.index.is_none())?;
    let entry = TABLE.iter().find(|entry| entry.name == name)?;
    (entry.unit.is_none() || entry.unit == base.full_unit(parts)).then_some(entry)
}

/// The field, or what becomes of it beside the index of the entry.
fn with_index<'p>(field: &'p Field<'_>, entry: &Entry) -> Option<Field<'p>> {
    match field.key {
        Key::Label(Label::Name) => Some(Field {
            key: Key::Label(Label::Index),
            content: Content::Number(Number::from(i64::from(entry.index))),
            offset: field.offset,
        }),
        Key::Label(Label::Unit) if entry.unit.is_some() => None,
        _ => Some(field.borrowed()),
    }
}

impl Field<'_> {
    fn borrowed(&self) -> Field<'_> {
        Field {
            key: match &self.key {
                Key::Label(label) => Key::Label(*label),
                Key::Text(text) => Key::Text(Cow::Borrowed(text)),
                Key::Integer(integer) => Key::Integer(*integer),
            },
            content: match &self.content {
                Content::Number(number) => Content::Number(*number),
                Content::String(text) => Content::String(Cow::Borrowed(text)),
                Content::Boolean(boolean) => Content::Boolean(*boolean),
                Content::Data(bytes) => Content::Data(Cow::Borrowed(bytes)),
                Content::Null => Content::Null,
                Content::Ignored => Content::Ignored,
            },
            offset: self.offset,
        }
    }
}

/// The place of a field: a device that reads while bytes come in needs the name before the value.
fn place(key: &Key<'_>) -> usize {
    const ORDER: &[Label] = &[
        Label::BaseVersion,
        Label::BaseName,
        Label::BaseUnit,
        Label::BaseTime,
        Label::BaseValue,
        Label::BaseSum,
        Label::BaseContentFormat,
        Label::Index,
        Label::Name,
        Label::Time,
        Label::Unit,
        Label::UpdateTime,
        Label::ContentFormat,
        Label::Sum,
    ];
    let place = match key {
        Key::Label(label) => ORDER.iter().position(|other| other == label),
        _ => None,
    };
    place.unwrap_or(ORDER.len())
}

/// Name and unit of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) index: i8,
    pub(super) name: &'static str,
    pub(super) unit: Option<&'static str>,
}

/// The first index.
const FIRST: i128 = -24;

/// The entry of an index.
pub(super) fn entry(index: i128) -> Option<&'static Entry> {
    let place = index.checked_sub(FIRST)?;
    TABLE.get(usize::try_from(place).ok()?)
}

macro_rules! table {
    ($($index:literal $name:literal $unit:expr;)+) => {
        &[$(Entry { index: $index, name: $name, unit: $unit },)+]
    };
}

/// Without gaps, in order.
pub(super) const TABLE: &[Entry] = table! {
    -24 "temperature" Some("Cel");
    -23 "humidity" Some("%RH");
    -22 "latitude" Some("lat");
    -21 "longitude" Some("lon");
    -20 "altitude" Some("m");
    -19 "power" Some("W");
    -18 "pressure" Some("Pa");
    -17 "angle" Some("rad");
    -16 "length" Some("m");
    -15 "breadth" Some("m");
    -14 "height" Some("m");
    -13 "weight" Some("kg");
    -12 "thickness" Some("m");
    -11 "distance" Some("m");
    -10 "area" Some("m2");
    -9 "volume" Some("m3");
    -8 "velocity" Some("m/s");
    -7 "electricCurrent" Some("A");
    -6 "electricPotential" Some("V");
    -5 "electricResistance" Some("Ohm");
    -4 "illuminance" Some("lx");
    -3 "accelerationX" Some("m/s2");
    -2 "accelerationY" Some("m/s2");
    -1 "accelerationZ" Some("m/s2");
    0 "heading" Some("rad");
    1 "COConcentration" Some("ppm");
    2 "CO2Concentration" Some("ppm");
    3 "sound" Some("dB");
    4 "frequency" Some("Hz");
    5 "batteryLevel" Some("%EL");
    6 "batteryVoltage" Some("V");
    7 "radius" Some("m");
    8 "batteryLevelLow" Some("/");
    9 "compassX" Some("T");
    10 "compassY" Some("T");
    11 "compassZ" Some("T");
    12 "readSwitch" Some("/");
    13 "presence" None;
    14 "counter" None;
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_no_gaps() {
        assert_eq!(TABLE.len(), 39);
        for expected in TABLE {
            assert_eq!(entry(i128::from(expected.index)), Some(expected));
        }
        assert_eq!(
            (entry(-25), entry(15), entry(i128::MIN)),
            (None, None, None)
        );
    }
}
