//! Durations of days, hours, minutes and seconds: a part of ISO 8601.
//!
//! The schema `SimpleDuration` of the contract. Its published pattern refuses `P1D` and takes `PT`
//! and `P1DT`, against its own text and against ISO 8601 (§5.5.2.2); the grammar here is the one of
//! the text. What is written fits both.
//!
//! ```text
//! duration = "P", ( days, [ time ] | time ) ;
//! time     = "T", ( hours, [ minutes ], [ seconds ] | minutes, [ seconds ] | seconds ) ;
//! days     = digits, "D" ;
//! hours    = digits, "H" ;
//! minutes  = digits, "M" ;
//! seconds  = digits, [ ".", digit, 8 * [ digit ] ], "S" ;
//! ```

use std::fmt;
use std::time::Duration;

use nom::branch::alt;
use nom::bytes::complete::take_while_m_n;
use nom::character::complete::{char, digit1};
use nom::combinator::{all_consuming, opt};
use nom::sequence::{preceded, terminated};
use nom::{IResult, Parser};

use crate::error::{Code, Error, quote};

use super::text_form;

const SECONDS_PER_MINUTE: u64 = 60;
const SECONDS_PER_HOUR: u64 = 60 * SECONDS_PER_MINUTE;
/// The contract: a day is exactly 24 hours, whatever the clocks do.
const SECONDS_PER_DAY: u64 = 24 * SECONDS_PER_HOUR;
/// Digits behind the point that the contract takes: down to the nanosecond.
const FRACTION_DIGITS: usize = 9;

/// An exact length of time, as the contract writes it.
///
/// `P1D` is read, `PT24H` is written: the published pattern refuses a day without a `T` behind it.
///
/// ```
/// use downlink::instruction::SimpleDuration;
///
/// let day: SimpleDuration = "P1D".parse()?;
/// assert_eq!(day.to_string(), "PT24H");
/// assert_eq!("PT90M".parse::<SimpleDuration>()?.to_string(), "PT1H30M");
/// assert!("PT".parse::<SimpleDuration>().is_err());
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SimpleDuration(Duration);

impl SimpleDuration {
    /// Reads a duration.
    ///
    /// # Errors
    ///
    /// [`Code::RequestDuration`] if the text is none, or if it is longer than 64 bits of seconds.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if let Some(plain) = Self::parse_plain(text) {
            return Ok(plain);
        }
        match all_consuming(duration).parse(text) {
            Ok((_, parts)) => parts.total().map(Self).ok_or_else(|| too_long(text)),
            Err(_) => Err(malformed(text)),
        }
    }

    /// A duration of one unit and few digits, as most are.
    fn parse_plain(text: &str) -> Option<Self> {
        /// So many digits of hours are fewer than 64 bits of seconds.
        const FEW: usize = 9;
        let digits = text.strip_prefix("PT")?;
        let (unit, digits) = match digits.as_bytes() {
            [digits @ .., b'H'] => (SECONDS_PER_HOUR, digits),
            [digits @ .., b'M'] => (SECONDS_PER_MINUTE, digits),
            [digits @ .., b'S'] => (1, digits),
            _ => return None,
        };
        if digits.is_empty() || digits.len() > FEW {
            return None;
        }
        let number = digits.iter().try_fold(0_u64, |number, digit| {
            digit
                .is_ascii_digit()
                .then(|| number * 10 + u64::from(digit - b'0'))
        });
        Some(Self(Duration::from_secs(number? * unit)))
    }

    /// The whole seconds.
    #[must_use]
    pub fn seconds(self) -> u64 {
        self.0.as_secs()
    }

    /// What is left of a second, in nanoseconds.
    #[must_use]
    pub fn subsecond_nanoseconds(self) -> u32 {
        self.0.subsec_nanos()
    }
}

/// The digits of each unit; none where the unit is absent.
#[derive(Default)]
struct Parts<'a> {
    days: &'a str,
    hours: &'a str,
    minutes: &'a str,
    seconds: &'a str,
    fraction: &'a str,
}

impl Parts<'_> {
    fn total(&self) -> Option<Duration> {
        let seconds = [
            (self.days, SECONDS_PER_DAY),
            (self.hours, SECONDS_PER_HOUR),
            (self.minutes, SECONDS_PER_MINUTE),
            (self.seconds, 1),
        ]
        .into_iter()
        .try_fold(0_u64, |sum, (digits, unit)| {
            sum.checked_add(count(digits)?.checked_mul(unit)?)
        })?;
        let nanoseconds = format!("{:0<FRACTION_DIGITS$}", self.fraction);
        Some(Duration::new(seconds, nanoseconds.parse().ok()?))
    }
}

fn count(digits: &str) -> Option<u64> {
    if digits.is_empty() {
        return Some(0);
    }
    digits.parse().ok()
}

fn duration(input: &str) -> IResult<&str, Parts<'_>> {
    let days_and_time = (terminated(digit1, char('D')), opt(time)).map(|(days, time)| Parts {
        days,
        ..time.unwrap_or_default()
    });
    preceded(char('P'), alt((days_and_time, time))).parse(input)
}

fn time(input: &str) -> IResult<&str, Parts<'_>> {
    preceded(char('T'), alt((from_hours, from_minutes, from_seconds))).parse(input)
}

fn from_hours(input: &str) -> IResult<&str, Parts<'_>> {
    let (rest, hours) = terminated(digit1, char('H')).parse(input)?;
    let (rest, smaller) = opt(alt((from_minutes, from_seconds))).parse(rest)?;
    let smaller = smaller.unwrap_or_default();
    Ok((rest, Parts { hours, ..smaller }))
}

fn from_minutes(input: &str) -> IResult<&str, Parts<'_>> {
    let (rest, minutes) = terminated(digit1, char('M')).parse(input)?;
    let (rest, smaller) = opt(from_seconds).parse(rest)?;
    let smaller = smaller.unwrap_or_default();
    Ok((rest, Parts { minutes, ..smaller }))
}

fn from_seconds(input: &str) -> IResult<&str, Parts<'_>> {
    let fraction = preceded(
        char('.'),
        take_while_m_n(1, FRACTION_DIGITS, |c: char| c.is_ascii_digit()),
    );
    (digit1, opt(fraction), char('S'))
        .map(|(seconds, fraction, _)| Parts {
            seconds,
            fraction: fraction.unwrap_or_default(),
            ..Parts::default()
        })
        .parse(input)
}

#[cold]
fn malformed(text: &str) -> Error {
    Error::new(
        Code::RequestDuration,
        format!(
            "`{}` is not a duration, expected one such as `PT1H30M`",
            quote(text)
        ),
    )
    .expected("days, hours, minutes and seconds, such as `P1D` or `PT1H30M`")
    .found(quote(text))
    .hint(hint(text))
}

/// The slip that is nearest at hand.
fn hint(text: &str) -> &'static str {
    let is_upper = !text.contains(|c: char| c.is_ascii_lowercase());
    let (date, time) = text.split_once('T').unwrap_or((text, "-"));
    if !is_upper {
        "write `P`, `T` and the units in upper case"
    } else if time.is_empty() {
        "a `T` needs hours, minutes or seconds after it"
    } else if date.contains(['Y', 'W']) {
        "years and weeks are not supported; use days"
    } else if date.contains(['M', 'H', 'S']) {
        "hours, minutes and seconds follow a `T`; months are not supported"
    } else if text.contains(',') {
        "write the fraction of a second after a point"
    } else {
        "units come in the order days, `T`, hours, minutes, seconds; only seconds take a fraction, of nine digits at most"
    }
}

#[cold]
fn too_long(text: &str) -> Error {
    Error::new(
        Code::RequestDuration,
        format!(
            "the duration `{}` is too long, expected at most {} seconds",
            quote(text),
            u64::MAX
        ),
    )
    .expected(format!("at most {} seconds", u64::MAX))
    .found(quote(text))
}

impl From<Duration> for SimpleDuration {
    fn from(duration: Duration) -> Self {
        Self(duration)
    }
}

impl From<SimpleDuration> for Duration {
    fn from(duration: SimpleDuration) -> Self {
        duration.0
    }
}

impl SimpleDuration {
    /// Writes the canonical form.
    fn write_to(self, text: &mut impl fmt::Write) -> fmt::Result {
        let total = self.seconds();
        let (hours, in_hour) = (total / SECONDS_PER_HOUR, total % SECONDS_PER_HOUR);
        let (minutes, seconds) = (in_hour / SECONDS_PER_MINUTE, in_hour % SECONDS_PER_MINUTE);
        let nanoseconds = self.subsecond_nanoseconds();
        text.write_str("PT")?;
        write_unit(text, hours, "H")?;
        write_unit(text, minutes, "M")?;
        if nanoseconds > 0 {
            let digits = format!("{nanoseconds:0>FRACTION_DIGITS$}");
            return write!(text, "{seconds}.{}S", digits.trim_end_matches('0'));
        }
        if total == 0 {
            return text.write_str("0S");
        }
        write_unit(text, seconds, "S")
    }
}

/// Writes a number of units, unless it is none.
fn write_unit(text: &mut impl fmt::Write, number: u64, unit: &str) -> fmt::Result {
    let digit = u8::try_from(number).ok().filter(|number| *number < 100);
    match digit.map(|number| (number / 10, number % 10)) {
        Some((0, 0)) => return Ok(()),
        Some((0, ones)) => text.write_char(char::from(b'0' + ones))?,
        Some((tens, ones)) => {
            text.write_char(char::from(b'0' + tens))?;
            text.write_char(char::from(b'0' + ones))?;
        }
        None => write!(text, "{number}")?,
    }
    text.write_str(unit)
}

impl fmt::Display for SimpleDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_to(f)
    }
}

/// How long to wait for feedback: ten minutes or more.
///
/// ```
/// use downlink::instruction::FeedbackTimeout;
///
/// let hour: FeedbackTimeout = "PT60M".parse()?;
/// assert_eq!(hour.to_string(), "PT1H");
/// assert!("PT9M59S".parse::<FeedbackTimeout>().is_err());
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FeedbackTimeout(SimpleDuration);

impl FeedbackTimeout {
    /// The shortest that the contract takes.
    pub const MINIMUM: Self = Self(SimpleDuration(Duration::from_secs(10 * SECONDS_PER_MINUTE)));

    /// What the engine says where nobody else does.
    pub const ONE_HOUR: Self = Self(SimpleDuration(Duration::from_secs(60 * SECONDS_PER_MINUTE)));

    /// A timeout of this length.
    ///
    /// # Errors
    ///
    /// [`Code::RequestFeedbackTimeout`] below ten minutes.
    pub fn new(duration: impl Into<SimpleDuration>) -> Result<Self, Error> {
        let timeout = Self(duration.into());
        if timeout < Self::MINIMUM {
            return Err(too_short(timeout.0));
        }
        Ok(timeout)
    }

    /// Reads a timeout.
    ///
    /// # Errors
    ///
    /// Those of [`SimpleDuration::parse`] and [`FeedbackTimeout::new`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::new(SimpleDuration::parse(text)?)
    }

    /// Writes the canonical form, as [`fmt::Display`] does.
    pub(crate) fn write_to(self, text: &mut impl fmt::Write) -> fmt::Result {
        self.0.write_to(text)
    }

    /// Its length.
    #[must_use]
    pub fn duration(self) -> SimpleDuration {
        self.0
    }
}

#[cold]
fn too_short(duration: SimpleDuration) -> Error {
    Error::new(
        Code::RequestFeedbackTimeout,
        format!("the feedback timeout is {duration}, expected at least 10 minutes"),
    )
    .expected("at least 10 minutes, `PT10M`")
    .found(duration.to_string())
}

impl fmt::Display for FeedbackTimeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

text_form!(SimpleDuration, FeedbackTimeout);

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Result<String, Code> {
        SimpleDuration::parse(text)
            .map(|duration| duration.to_string())
            .map_err(|error| error.code())
    }

    #[test]
    fn plain_durations_are_read_as_any_are() {
        for digits in [
            "",
            "0",
            "07",
            "10",
            "999999999",
            "1234567890",
            "1.5",
            "-1",
            "+1",
            "a",
        ] {
            for text in ["H", "M", "S", "D", "", "h", "MS"].map(|unit| format!("PT{digits}{unit}"))
            {
                let general = all_consuming(duration).parse(text.as_str());
                let general = general.ok().and_then(|(_, parts)| parts.total());
                if let Some(plain) = SimpleDuration::parse_plain(&text) {
                    assert_eq!(general.map(SimpleDuration), Some(plain), "{text}");
                }
            }
        }
        assert!(SimpleDuration::parse_plain("PT10M").is_some());
    }

    #[test]
    fn durations_are_written_in_one_form() {
        for (text, normal) in [
            ("P1D", "PT24H"),
            ("P1DT1H", "PT25H"),
            ("P0D", "PT0S"),
            ("PT0H0M0S", "PT0S"),
            ("PT90M", "PT1H30M"),
            ("PT3661S", "PT1H1M1S"),
            ("PT1H0.50S", "PT1H0.5S"),
            ("PT0.000000001S", "PT0.000000001S"),
            ("PT00010M", "PT10M"),
        ] {
            assert_eq!(written(text).as_deref(), Ok(normal), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused() {
        for text in [
            "",
            "P",
            "PT",
            "P1DT",
            "1D",
            "P1W",
            "P1Y",
            "P1M",
            "P1H",
            "PT1D",
            "PT1M1H",
            "pt1h",
            "PT1h",
            "PT1.5M",
            "PT.5S",
            "PT1.S",
            "PT1,5S",
            "PT0.1234567890S",
            "PT-1S",
            "+PT1S",
            "PT1S ",
            " PT1S",
            "PT１S",
        ] {
            assert_eq!(written(text), Err(Code::RequestDuration), "{text}");
        }
    }

    #[test]
    fn overflow_is_refused_and_the_longest_is_not() {
        let longest = format!("PT{}.999999999S", u64::MAX);
        assert_eq!(
            SimpleDuration::parse(&longest).map(SimpleDuration::seconds),
            Ok(u64::MAX)
        );
        for text in [
            "PT18446744073709551616S",
            "P213503982334602D",
            "PT18446744073709551615S1",
            "PT1M18446744073709551615S",
        ] {
            assert_eq!(written(text), Err(Code::RequestDuration), "{text}");
        }
    }

    #[test]
    fn ten_minutes_are_the_shortest_feedback_timeout() {
        let code = |text| FeedbackTimeout::parse(text).map_err(|error| error.code());
        assert_eq!(code("PT10M"), Ok(FeedbackTimeout::MINIMUM));
        assert_eq!(code("PT9M59.999999999S"), Err(Code::RequestFeedbackTimeout));
        assert_eq!(code("PT"), Err(Code::RequestDuration));
    }
}
