//! `[timing]`: how long everything takes at most, and how often what is looked at.

use std::time::Duration;

use toml::de::DeValue;

use super::section::Section;
use super::value::Setting;

const DAY: Duration = Duration::from_hours(24);

/// How long everything takes at most, and how often what is looked at.
///
/// But for the retention nothing has a minimum, so that tests of whole processes can be quick.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// How long a worker holds a line without renewing.
    pub lease: Duration,
    /// When a carrier must have answered; below a third of the lease.
    pub call_deadline: Duration,
    /// How often workers look for lines that are due, beside being woken.
    pub poll: Duration,
    /// Before the second try of a part; each further pause is longer.
    pub retry_pause: Duration,
    /// The longest pause between two tries.
    pub longest_retry_pause: Duration,
    /// How long a carrier rests that is not there; each further rest is longer.
    pub carrier_pause: Duration,
    /// The longest rest of a carrier.
    pub longest_carrier_pause: Duration,
    /// How long a report is waited for where nobody knows what became of a part.
    pub report_wait: Duration,
    /// How long a part waits for its first handing over, unless its device says otherwise.
    pub max_wait: Duration,
    /// How long what has ended is kept.
    pub retention: Retention,
    /// How often what is old is removed.
    pub retention_sweep: Duration,
    /// How long a stop waits for what is being handed over.
    pub drain: Duration,
    /// When a caller must have sent all headers.
    pub header_deadline: Duration,
    /// When a caller must have sent the whole body.
    pub body_deadline: Duration,
}

/// How long what has ended is kept: at least 7 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention(Duration);

impl Retention {
    /// The shortest there is.
    pub const MIN: Self = Self(DAY.saturating_mul(7));

    /// The time; nothing if it is too short.
    #[must_use]
    pub fn new(duration: Duration) -> Option<Self> {
        (duration >= Self::MIN.0).then_some(Self(duration))
    }

    /// The time.
    #[must_use]
    pub fn duration(self) -> Duration {
        self.0
    }
}

impl Setting for Retention {
    const EXPECTED: &'static str = "a duration of at least \"P7D\"";
    const IS_TEXT: bool = true;

    fn read(value: &DeValue<'_>) -> Option<Self> {
        Duration::read(value).and_then(Self::new)
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(30),
            call_deadline: Duration::from_secs(8),
            poll: Duration::from_secs(1),
            retry_pause: Duration::from_secs(10),
            longest_retry_pause: Duration::from_mins(15),
            carrier_pause: Duration::from_secs(1),
            longest_carrier_pause: Duration::from_mins(1),
            report_wait: Duration::from_mins(1),
            max_wait: DAY.saturating_mul(7),
            retention: Retention(DAY.saturating_mul(90)),
            retention_sweep: Duration::from_hours(1),
            drain: Duration::from_secs(20),
            header_deadline: Duration::from_secs(10),
            body_deadline: Duration::from_secs(30),
        }
    }
}

impl Timing {
    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        let default = Self::default();
        let timing = Self {
            lease: section.or("lease", default.lease),
            call_deadline: section.or("call_deadline", default.call_deadline),
            poll: section.or("poll", default.poll),
            retry_pause: section.or("retry_pause", default.retry_pause),
            longest_retry_pause: section.or("longest_retry_pause", default.longest_retry_pause),
            carrier_pause: section.or("carrier_pause", default.carrier_pause),
            longest_carrier_pause: section
                .or("longest_carrier_pause", default.longest_carrier_pause),
            report_wait: section.or("report_wait", default.report_wait),
            max_wait: section.or("max_wait", default.max_wait),
            retention: section.or("retention", default.retention),
            retention_sweep: section.or("retention_sweep", default.retention_sweep),
            drain: section.or("drain", default.drain),
            header_deadline: section.or("header_deadline", default.header_deadline),
            body_deadline: section.or("body_deadline", default.body_deadline),
        };
        timing.refuse_what_contradicts(section);
        timing
    }

    /// A call that outlasts its worker's lease would be made twice.
    fn refuse_what_contradicts(&self, section: &mut Section<'_, '_>) {
        if self.call_deadline.saturating_mul(3) >= self.lease {
            let key = if section.has("call_deadline") {
                "call_deadline"
            } else {
                "lease"
            };
            section.fault(
                key,
                "`call_deadline` must be shorter than a third of `lease`",
            );
        }
        if self.retry_pause > self.longest_retry_pause {
            section.fault("retry_pause", "longer than `longest_retry_pause`");
        }
        if self.carrier_pause > self.longest_carrier_pause {
            section.fault("carrier_pause", "longer than `longest_carrier_pause`");
        }
    }
}
