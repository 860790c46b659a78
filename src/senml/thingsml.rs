//! ThingsML: an index in place of name and unit (KPN Things).
//!
//! The label `i_`, 23 in CBOR, replaces `n` and `u` by a number that takes one byte. It wins over an
//! `n` or a `u` beside it. Where the table has no unit, `u` and `bu` apply as they would without an
//! index. The name goes behind the base name as any other.
//!
//! The label ends in `_`, so whoever does not understand it must refuse the pack (RFC 8428 §4.4).
//! An index that is not in the table is therefore refused too.

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
