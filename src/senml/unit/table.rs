//! The table of units (IANA registries "SenML Units" and "Secondary Units", 2026-02-02).
//!
//! What a secondary unit is in its primary one stands in the registry, as scale and offset
//! (RFC 8798 §3). So do the units that are not recommended, without their relations; those here are
//! their definitions: a gram is a thousandth of a kilogram. Two things are ours: a kelvin is a
//! degree Celsius with another zero, and `d` is a day of 86400 seconds.
//!
//! `%` is the ratio from 0 to 1, as `/` is; a percentage is `/100`, `%RH` or `%EL` (RFC 8798 §3).

use super::{Kind, Unit};

/// How a unit stands to the one that its quantity is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// It is that one.
    Root,
    /// value in the root = value x scale + offset; both as numerator and denominator.
    Linear {
        root: &'static str,
        scale: (i64, i64),
        offset: (i64, i64),
    },
    /// No fraction says it.
    Irrational(&'static str),
}

const fn linear(root: &'static str, scale: (i64, i64), offset: (i64, i64)) -> Relation {
    Relation::Linear {
        root,
        scale,
        offset,
    }
}

macro_rules! units {
    ($($symbol:literal $kind:ident $relation:expr;)+) => {
        &[$(Unit { symbol: $symbol, kind: Kind::$kind, relation: $relation },)+]
    };
}

/// Every unit, in the order of the bytes of the symbols.
pub(super) const UNITS: &[Unit] = units! {
    "%" NotRecommended linear("/", (1, 1), (0, 1));
    "%EL" Primary Relation::Root;
    "%RH" Primary Relation::Root;
    "/" Primary Relation::Root;
    "/100" Secondary linear("/", (1, 100), (0, 1));
    "/1000" Secondary linear("/", (1, 1000), (0, 1));
    "1/min" NotRecommended linear("1/s", (1, 60), (0, 1));
    "1/s" Primary Relation::Root;
    "A" Primary Relation::Root;
    "Ah" Secondary linear("C", (3600, 1), (0, 1));
    "B" Primary Relation::Root;
    "B/s" Secondary linear("bit/s", (8, 1), (0, 1));
    "Bq" Primary Relation::Root;
    "Bspl" NotRecommended linear("dB", (10, 1), (0, 1));
    "C" Primary Relation::Root;
    "Cel" Primary linear("K", (1, 1), (5463, 20));
    "EL" Primary Relation::Root;
    "F" Primary Relation::Root;
    "GB" Secondary linear("B", (1_000_000_000, 1), (0, 1));
    "Gy" Primary Relation::Root;
    "H" Primary Relation::Root;
    "Hz" Primary Relation::Root;
    "J" Primary Relation::Root;
    "J/m" Primary Relation::Root;
    "K" Primary Relation::Root;
    "KiB" Secondary linear("B", (1024, 1), (0, 1));
    "MB/s" Secondary linear("bit/s", (8_000_000, 1), (0, 1));
    "MHz" Secondary linear("Hz", (1_000_000, 1), (0, 1));
    "Mbit/s" Secondary linear("bit/s", (1_000_000, 1), (0, 1));
    "N" Primary Relation::Root;
    "NTU" Primary Relation::Root;
    "Ohm" Primary Relation::Root;
    "Pa" Primary Relation::Root;
    "S" Primary Relation::Root;
    "S/m" Primary Relation::Root;
    "Sv" Primary Relation::Root;
    "T" Primary Relation::Root;
    "V" Primary Relation::Root;
    "VA" Primary Relation::Root;
    "VAh" Secondary linear("VAs", (3600, 1), (0, 1));
    "VAs" Primary Relation::Root;
    "W" Primary Relation::Root;
    "W/m2" Primary Relation::Root;
    "Wb" Primary Relation::Root;
    "Wh" Secondary linear("J", (3600, 1), (0, 1));
    "Wh/km" Secondary linear("J/m", (18, 5), (0, 1));
    "beat/min" NotRecommended linear("1/s", (1, 60), (0, 1));
    "beats" NotRecommended linear("count", (1, 1), (0, 1));
    "bit" Primary Relation::Root;
    "bit/s" Primary Relation::Root;
    "cd" Primary Relation::Root;
    "cd/m2" Primary Relation::Root;
    "cm" Secondary linear("m", (1, 100), (0, 1));
    "count" Primary Relation::Root;
    "d" Unregistered linear("s", (86_400, 1), (0, 1));
    "dB" Primary Relation::Root;
    "dBW" Primary Relation::Root;
    "dBm" Secondary linear("dBW", (1, 1), (-30, 1));
    "deg" NotRecommended Relation::Irrational("rad");
    "g" NotRecommended linear("kg", (1, 1000), (0, 1));
    "g/l" Secondary linear("kg/m3", (1, 1), (0, 1));
    "h" Secondary linear("s", (3600, 1), (0, 1));
    "hPa" Secondary linear("Pa", (100, 1), (0, 1));
    "kVA" Secondary linear("VA", (1000, 1), (0, 1));
    "kVAh" Secondary linear("VAs", (3_600_000, 1), (0, 1));
    "kW" Secondary linear("W", (1000, 1), (0, 1));
    "kWh" Secondary linear("J", (3_600_000, 1), (0, 1));
    "kat" Primary Relation::Root;
    "kg" Primary Relation::Root;
    "kg/m3" Primary Relation::Root;
    "km" Secondary linear("m", (1000, 1), (0, 1));
    "km/h" Secondary linear("m/s", (5, 18), (0, 1));
    "kvar" Secondary linear("var", (1000, 1), (0, 1));
    "kvarh" Secondary linear("vars", (3_600_000, 1), (0, 1));
    "l" NotRecommended linear("m3", (1, 1000), (0, 1));
    "l/s" NotRecommended linear("m3/s", (1, 1000), (0, 1));
    "lat" Primary Relation::Root;
    "lm" Primary Relation::Root;
    "lon" Primary Relation::Root;
    "lx" Primary Relation::Root;
    "m" Primary Relation::Root;
    "m/h" Secondary linear("m/s", (1, 3600), (0, 1));
    "m/s" Primary Relation::Root;
    "m/s2" Primary Relation::Root;
    "m2" Primary Relation::Root;
    "m3" Primary Relation::Root;
    "m3/s" Primary Relation::Root;
    "mA" Secondary linear("A", (1, 1000), (0, 1));
    "mV" Secondary linear("V", (1, 1000), (0, 1));
    "mg/l" Secondary linear("kg/m3", (1, 1000), (0, 1));
    "min" Secondary linear("s", (60, 1), (0, 1));
    "mm" Secondary linear("m", (1, 1000), (0, 1));
    "mm/h" Secondary linear("m/s", (1, 3_600_000), (0, 1));
    "mol" Primary Relation::Root;
    "ms" Secondary linear("s", (1, 1000), (0, 1));
    "pH" Primary Relation::Root;
    "ppb" Secondary linear("/", (1, 1_000_000_000), (0, 1));
    "ppm" Secondary linear("/", (1, 1_000_000), (0, 1));
    "ppt" Secondary linear("/", (1, 1_000_000_000_000), (0, 1));
    "rad" Primary Relation::Root;
    "s" Primary Relation::Root;
    "sr" Primary Relation::Root;
    "ug/l" Secondary linear("kg/m3", (1, 1_000_000), (0, 1));
    "ug/m3" Secondary linear("kg/m3", (1, 1_000_000_000), (0, 1));
    "var" Primary Relation::Root;
    "varh" Secondary linear("vars", (3600, 1), (0, 1));
    "vars" Primary Relation::Root;
};
