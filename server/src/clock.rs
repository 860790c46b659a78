//! Time, as a value that callers pass on, and the one source of it.
//!
//! Nothing else in the service reads a clock or sleeps (clippy holds the crate to it), so a test
//! moves time instead of waiting for it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use futures::future::BoxFuture;
use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use serde::{Deserialize, Serialize};

/// A moment, in whole microseconds since the Unix epoch: what is stored is what is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(i64);

impl Moment {
    /// The last moment that can be printed, in the last days of the year 9999.
    pub const MAX: Self = Self(253_402_207_199_999_999);
    /// The first moment that RFC 3339 has: the start of the year 0.
    pub const MIN: Self = Self(-62_167_219_200_000_000);

    /// A moment from microseconds since the Unix epoch, kept between [`Self::MIN`] and
    /// [`Self::MAX`].
    #[must_use]
    pub fn from_micros(micros: i64) -> Self {
        Self(micros).within_bounds()
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub fn as_micros(self) -> i64 {
        self.0
    }

    /// The moment so much later; the last one there is, where that is later still.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(micros)).within_bounds()
    }

    /// The moment so much earlier; the first one there is, where that is earlier still.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(micros)).within_bounds()
    }

    /// How long after `earlier` it is; nothing, if it is not.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        let micros = self.0.saturating_sub(earlier.0);
        Duration::from_micros(u64::try_from(micros).unwrap_or(0))
    }

    fn within_bounds(self) -> Self {
        self.clamp(Self::MIN, Self::MAX)
    }
}

/// RFC 3339 in UTC with six digits: `2026-11-29T18:00:00.000000Z`.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let timestamp = Timestamp::from_microsecond(self.0).map_err(|_| fmt::Error)?;
        let printer = DateTimePrinter::new().precision(Some(6));
        f.write_str(&printer.timestamp_to_string(&timestamp))
    }
}

/// A text that is not a moment of RFC 3339 with `Z` or an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a date and time with `Z` or an offset (RFC 3339)")]
pub struct NotAMoment;

impl FromStr for Moment {
    type Err = NotAMoment;

    /// Reads RFC 3339 with `Z` or an offset. Digits beyond microseconds are dropped.
    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        let timestamp: Timestamp = text.parse().map_err(|_| NotAMoment)?;
        Ok(Self::from_micros(timestamp.as_microsecond()))
    }
}

/// The source of time.
pub trait Clock: fmt::Debug + Send + Sync {
    /// What time it is.
    fn now(&self) -> Moment;

    /// Ends when that moment has come.
    fn sleep_until(&self, moment: Moment) -> BoxFuture<'_, ()>;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the clock"
    )]
    fn now(&self) -> Moment {
        let now = std::time::SystemTime::now();
        let since = now.duration_since(std::time::UNIX_EPOCH);
        Moment(0).plus(since.unwrap_or_default())
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that sleeps")]
    fn sleep_until(&self, moment: Moment) -> BoxFuture<'_, ()> {
        let duration = moment.since(self.now());
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A clock that stands still until a test moves it; whoever sleeps is woken by the move.
#[derive(Debug)]
pub struct ManualClock(tokio::sync::watch::Sender<Moment>);

impl ManualClock {
    /// A clock that shows this moment.
    #[must_use]
    pub fn at(moment: Moment) -> Self {
        Self(tokio::sync::watch::Sender::new(moment))
    }

    /// Moves it forward.
    pub fn advance(&self, duration: Duration) {
        self.0.send_modify(|now| *now = now.plus(duration));
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Moment {
        *self.0.borrow()
    }

    fn sleep_until(&self, moment: Moment) -> BoxFuture<'_, ()> {
        let mut moments = self.0.subscribe();
        Box::pin(async move {
            // The sender is `self`, which outlives the future: waiting cannot fail.
            let _ = moments.wait_for(|now| *now >= moment).await;
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_printed_with_six_digits_and_read_back() {
        let moment = Moment::from_micros(1_764_439_200_000_050);
        assert_eq!(moment.to_string(), "2025-11-29T18:00:00.000050Z");
        assert_eq!(moment.to_string().parse(), Ok(moment));
        assert_eq!("2025-11-29T19:00:00.00005+01:00".parse(), Ok(moment));
    }

    #[test]
    fn a_date_alone_and_a_time_without_an_offset_are_not_moments() {
        assert_eq!("2025-11-29".parse::<Moment>(), Err(NotAMoment));
        assert_eq!("2025-11-29T18:00:00".parse::<Moment>(), Err(NotAMoment));
    }

    #[test]
    fn the_bounds_can_be_printed_and_are_kept() {
        for bound in [Moment::MIN, Moment::MAX] {
            assert_eq!(bound.to_string().parse(), Ok(bound));
        }
        assert_eq!(Moment::MAX.plus(Duration::MAX), Moment::MAX);
        assert_eq!(Moment::MIN.minus(Duration::MAX), Moment::MIN);
    }
}
