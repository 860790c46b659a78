//! Records of one name, unit and time: in a list of commands the last one decides.
//!
//! SenML allows them. To find them, a digest of each record is kept, and the records themselves are
//! looked at only if two digests are equal.

use std::num::NonZeroU64;

use crate::number::{Decimal, Number, ShortDecimal};

use super::fault;
use super::name::Name;
use super::pack::{Pack, Record};
use super::profile::Mode;
use super::report::Report;
use super::resolve::ResolvedRecord;
use super::time::UnixTime;

/// What is noted of the records of a pack, to find those that repeat others.
///
/// As long as each digest is greater than the one before, all differ.
#[derive(Debug, Default)]
pub(super) struct Order {
    last: Option<Digest>,
    has_fallen: bool,
    /// Memory in which digests are sorted.
    digests: Vec<Digest>,
}

impl Order {
    /// Notes nothing yet, in memory that was used before.
    pub(super) fn reusing(digests: Vec<Digest>) -> Self {
        Self {
            digests,
            ..Self::default()
        }
    }

    /// Gives the memory back.
    pub(super) fn into_memory(self) -> Vec<Digest> {
        self.digests
    }

    /// Notes the next measurement.
    pub(super) fn note(&mut self, digest: Digest) {
        self.has_fallen |= self.last >= Some(digest);
        self.last = Some(digest);
    }

    /// Two records of one name, unit and time: which comes last decides (B14).
    pub(super) fn lint(&mut self, pack: &Pack<'_>, report: &mut Report<'_>) {
        if self.has_fallen && !matches!(pack.mode, Mode::Fetch) && self.has_equal(pack) {
            lint_repeated(pack, report);
        }
    }

    fn has_equal(&mut self, pack: &Pack<'_>) -> bool {
        self.digests.clear();
        let digests = pack.ends.iter().filter_map(|end| end.digest);
        self.digests.extend(digests);
        self.digests.sort_unstable();
        let pairs = self.digests.iter().zip(self.digests.iter().skip(1));
        pairs.into_iter().any(|(one, other)| one == other)
    }
}

fn lint_repeated(pack: &Pack<'_>, report: &mut Report<'_>) {
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

/// Tells most records apart: by the length and the end of the name, and by the time.
///
/// Of one name, the digests are as far apart as the times: those of a series are sorted already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Digest(NonZeroU64);

impl Digest {
    pub(super) fn new(name: Name<'_>, time: TimeDigest) -> Self {
        /// FNV-1a over words of 64 bits: short, and the same on every machine.
        const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
        const PRIME: u64 = 0x0000_0100_0000_01b3;
        let length = u64::try_from(name.len()).unwrap_or(u64::MAX);
        let of_name = [name.last_eight(), length]
            .into_iter()
            .fold(OFFSET_BASIS, |digest, word| {
                (digest ^ word).wrapping_mul(PRIME)
            });
        Self(NonZeroU64::new(of_name.wrapping_add(time.0)).unwrap_or(NonZeroU64::MIN))
    }
}

/// Tells most times apart: nanoseconds modulo 2^64, the same however the time is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct TimeDigest(u64);

/// Nanoseconds of the last place, where there are so many behind the point.
const NANOSECONDS: [u64; 10] = [
    1_000_000_000,
    100_000_000,
    10_000_000,
    1_000_000,
    100_000,
    10_000,
    1_000,
    100,
    10,
    1,
];

impl TimeDigest {
    pub(super) fn new(time: Number) -> Self {
        match time {
            Number::Decimal(decimal) => Self::of_nanoseconds(&decimal)
                .or_else(|| Self::of_nanoseconds(&decimal.normalized()))
                .unwrap_or_else(|| Self::of_places(decimal.normalized())),
            Number::Double(double) => Self(double.to_bits()),
        }
    }

    /// Of a time whose sum with another such is exact: the digests add up alike.
    #[inline]
    pub(super) fn of_short(time: ShortDecimal) -> Option<Self> {
        let last_place = NANOSECONDS.get(usize::from(time.places()))?;
        Some(Self::of_digits(time.digits().into(), *last_place))
    }

    /// Of a time without fractions of a nanosecond.
    fn of_nanoseconds(time: &Decimal) -> Option<Self> {
        const PLACES: u32 = 9;
        let zeros = PLACES.checked_add_signed(time.exponent())?;
        let last_place = 10_u64.wrapping_pow(zeros);
        Some(Self::of_digits(time.coefficient(), last_place))
    }

    #[inline]
    fn of_digits(digits: i128, last_place: u64) -> Self {
        Self(lowest(digits).wrapping_mul(last_place))
    }

    fn of_places(time: Decimal) -> Self {
        Self(lowest(time.coefficient()).rotate_left(time.exponent().unsigned_abs()))
    }
}

impl std::ops::Add for TimeDigest {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0))
    }
}

fn lowest(coefficient: i128) -> u64 {
    u64::try_from(coefficient & i128::from(u64::MAX)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::super::pack::End;
    use super::*;

    proptest! {
        #[test]
        fn equal_digests_are_found_in_any_order(
            digests in proptest::collection::vec(proptest::option::of(1..9_u64), 0..9),
        ) {
            let digests = digests.into_iter().map(|digest| Some(Digest(NonZeroU64::new(digest?)?)));
            let ends = digests.map(|digest| End { fields: 0, offset: 0, digest });
            let pack = Pack { ends: ends.collect(), ..Pack::default() };
            let measured: Vec<_> = pack.ends.iter().filter_map(|end| end.digest).collect();
            let mut order = Order::default();
            for digest in &measured {
                order.note(*digest);
            }
            let distinct: HashSet<_> = measured.iter().collect();
            let found = order.has_fallen && order.has_equal(&pack);
            prop_assert_eq!(found, distinct.len() < measured.len());
        }

        #[test]
        fn a_time_has_one_digest_however_it_is_written(
            digits in any::<i64>(),
            exponent in -20..20_i32,
            zeros in 0..10_u32,
        ) {
            let coefficient = i128::from(digits);
            let short = Decimal::new(coefficient, exponent).unwrap();
            let long = coefficient * 10_i128.pow(zeros);
            let long = Decimal::new(long, exponent - i32::try_from(zeros).unwrap()).unwrap();
            prop_assert_eq!(TimeDigest::new(short.into()), TimeDigest::new(long.into()));
        }

        #[test]
        fn digests_of_one_name_are_as_far_apart_as_the_times(
            (name, other) in ("[a-z]{0,12}", "[a-z]{0,12}"),
            (one, later) in (any::<i64>(), any::<i64>()),
        ) {
            let name = Name::new(&name, &other);
            let at = |seconds: i64| TimeDigest::new(Number::from(seconds));
            let digest = |seconds| Digest::new(name, at(seconds)).0.get();
            let apart = digest(later).wrapping_sub(digest(one));
            prop_assert_eq!(apart, at(later).0.wrapping_sub(at(one).0));
        }

        #[test]
        fn digests_of_few_digits_add_up_as_the_times_do(
            (one, places) in (any::<i64>(), 0..=9_i32),
            (other, other_places) in (any::<i64>(), 0..=9_i32),
        ) {
            let one = Decimal::new(i128::from(one), -places).unwrap();
            let other = Decimal::new(i128::from(other), -other_places).unwrap();
            let short = |time: Decimal| ShortDecimal::of(time).unwrap();
            let digest = |time| TimeDigest::of_short(short(time)).unwrap();
            let sum = one.checked_add(other).unwrap();
            prop_assert_eq!(digest(one) + digest(other), TimeDigest::new(sum.into()));
        }
    }
}
