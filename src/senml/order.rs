//! Records of one name, unit and time: in a list of commands the last one decides.
//!
//! SenML allows them. To find them, a digest of each record is kept, and the records themselves are
//! looked at only if two digests are equal.

use std::hash::{Hash, Hasher};

use crate::number::Number;

use super::fault;
use super::name::Name;
use super::pack::{Pack, Record};
use super::profile::Mode;
use super::report::Report;
use super::resolve::ResolvedRecord;
use super::time::UnixTime;

/// Two records of one name, unit and time: which comes last decides (B14).
pub(super) fn lint(pack: &Pack<'_>, digests: &mut [u64], report: &mut Report<'_>) {
    if matches!(pack.mode, Mode::Fetch) || !has_equal(digests) {
        return;
    }
    // Any moment will do: only equal times are looked for.
    let Ok(resolved) = pack.resolve(UnixTime::from_seconds(0)) else {
        return;
    };
    let mut records: Vec<_> = resolved.records().iter().collect();
    let key = |a: &ResolvedRecord<'_>, b: &ResolvedRecord<'_>| {
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
        let error = fault::same_name_and_time(&other.name.to_string(), one.index);
        report.lint(error.at_record(other.index, None).at_offset(offset));
    }
}

fn has_equal(digests: &mut [u64]) -> bool {
    digests.sort_unstable();
    let pairs = digests.iter().zip(digests.iter().skip(1));
    pairs.into_iter().any(|(one, other)| one == other)
}

/// Tells most records apart: by the length and the end of the name, and by the time.
pub(super) fn digest(name: Name<'_>, time: Number) -> u64 {
    let mut digest = Digest(Digest::OFFSET_BASIS);
    digest.write_usize(name.len());
    digest.write_u64(name.last_eight());
    match time {
        Number::Decimal(decimal) if decimal.coefficient() == 0 => {}
        Number::Decimal(decimal) => decimal.hash(&mut digest),
        Number::Double(double) => digest.write_u64(double.to_bits()),
    }
    digest.finish()
}

/// FNV-1a over words of 64 bits: short, and the same on every machine.
struct Digest(u64);

impl Digest {
    const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
}

impl Hasher for Digest {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(Self::PRIME);
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(u64::try_from(word).unwrap_or(u64::MAX));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
