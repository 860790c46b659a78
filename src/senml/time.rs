//! Times (RFC 8428 §4.5.3).
//!
//! A resolved time is a sum of base time and time. Below 2^28 it is relative to now, in seconds,
//! negative for the past and positive for the future; from 2^28 on it is absolute, in seconds since
//! 1970-01-01T00:00:00Z without leap seconds. The sum decides, not its parts.

use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{Code, Error, quote};
use crate::number::{Decimal, Number};

/// The first time that is absolute, in seconds (RFC 8428 §4.5.3).
const FIRST_ABSOLUTE: u32 = 1 << 28;

/// Decimal places of a nanosecond.
const NANOSECOND: i32 = -9;

/// A moment: exact seconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// This crate reads no clock: who resolves a pack says what time it is.
///
/// ```
/// use downlink::senml::UnixTime;
///
/// let now: UnixTime = "1700000000.25".parse()?;
/// assert_eq!(now.to_string(), "1700000000.25");
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(Decimal);

impl UnixTime {
    /// The moment so many seconds after 1970 began.
    #[must_use]
    pub fn new(seconds: Decimal) -> Self {
        Self(seconds)
    }

    /// The moment so many whole seconds after 1970 began.
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Self {
        Self(Decimal::from(seconds))
    }

    /// The seconds since 1970 began.
    #[must_use]
    pub fn seconds(self) -> Decimal {
        self.0
    }

    /// The absolute time that a sum of base time and time stands for.
    pub(super) fn absolute(self, sum: Number) -> Option<Number> {
        if is_nought(sum) {
            // Most times: the record is sent for now.
            Some(Number::from(self.0))
        } else if is_relative(sum) {
            Number::from(self.0).checked_add(sum)
        } else {
            Some(sum)
        }
    }
}

fn is_nought(sum: Number) -> bool {
    matches!(sum, Number::Decimal(decimal) if decimal.coefficient() == 0)
}

fn is_relative(sum: Number) -> bool {
    match sum {
        Number::Decimal(decimal) => decimal < Decimal::from(i64::from(FIRST_ABSOLUTE)),
        // It has more digits than a decimal holds, whatever its size.
        Number::Double(double) => double < f64::from(FIRST_ABSOLUTE),
    }
}

impl FromStr for UnixTime {
    type Err = Error;

    /// Reads exact seconds, written as a JSON number.
    fn from_str(text: &str) -> Result<Self, Error> {
        Decimal::from_literal(text).map(Self).ok_or_else(|| {
            Error::new(
                Code::SenmlTime,
                format!("`{}` is not a time in seconds", quote(text)),
            )
            .expected("a decimal number of seconds since 1970")
            .found(quote(text))
        })
    }
}

impl From<SystemTime> for UnixTime {
    fn from(time: SystemTime) -> Self {
        let (since, sign) = match time.duration_since(UNIX_EPOCH) {
            Ok(since) => (since, 1),
            Err(before) => (before.duration(), -1),
        };
        let nanoseconds = i128::try_from(since.as_nanos()).unwrap_or(i128::MAX);
        Self(Decimal::new(sign * nanoseconds, NANOSECOND).unwrap_or(Decimal::ZERO))
    }
}

impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.normalized().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn absolute(sum: &str) -> String {
        let sum = Number::from_literal(sum).expect("a number");
        let time = UnixTime::from_seconds(1_700_000_000).absolute(sum);
        time.expect("held").to_string()
    }

    #[test]
    fn times_below_two_to_the_28_are_relative() {
        assert_eq!(absolute("-10"), "1699999990");
        assert_eq!(absolute("0"), "1700000000");
        assert_eq!(absolute("268435455.5"), "1968435455.5");
        assert_eq!(absolute("268435456"), "268435456");
        assert_eq!(absolute("1e300"), "1e300");
        assert_eq!(absolute("-1e300"), "-1e300");
    }

    #[test]
    fn times_of_more_digits_than_a_decimal_holds_are_relative_below_two_to_the_28_too() {
        let seconds = |text: &str| absolute(text).parse::<f64>().unwrap();
        for (sum, expected) in [
            (
                "1.3200674766666666666666666666666666666666666666666666667",
                1.320_067_5,
            ),
            (
                "-1.3200674766666666666666666666666666666666666666666666667",
                -1.320_067_5,
            ),
            (
                "268435455.3200674766666666666666666666666666666666666667",
                268_435_455.320_067_5,
            ),
        ] {
            let difference = seconds(sum) - 1_700_000_000.0 - expected;
            assert!(difference.abs() < 1e-6, "{sum}");
        }
        let beyond = seconds("268435456.3200674766666666666666666666666666666666666667");
        assert!((beyond - 268_435_456.320_067_5).abs() < 1e-6);
    }

    #[test]
    fn the_system_time_is_exact() {
        let after = UNIX_EPOCH + Duration::from_nanos(1_500_000_001);
        assert_eq!(UnixTime::from(after).to_string(), "1.500000001");
        let before = UNIX_EPOCH - Duration::from_millis(250);
        assert_eq!(UnixTime::from(before).to_string(), "-0.25");
    }
}
