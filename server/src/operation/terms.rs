//! What a request may say of tries and timeouts.

use std::time::Duration;

use downlink::Error;
use downlink::error::Code;
use downlink::instruction::FeedbackTimeout;

use super::Refusal;

/// Tries after the first, 0 to 100.
pub(super) fn retries(limit: Option<u64>) -> Result<u32, Refusal> {
    const MOST: u64 = 100;
    let limit = limit.unwrap_or(0);
    match u32::try_from(limit) {
        Ok(retries) if limit <= MOST => Ok(retries),
        _ => Err(out_of_range(
            "retryLimit",
            &format!("0 to {MOST}"),
            &limit.to_string(),
        )),
    }
}

/// A feedback timeout of at most 31 days.
pub(super) fn feedback_timeout(timeout: FeedbackTimeout) -> Result<Duration, Refusal> {
    const MOST: Duration = Duration::from_hours(744);
    let written = timeout.duration();
    let duration = Duration::new(written.seconds(), written.subsecond_nanoseconds());
    if duration > MOST {
        let found = written.to_string();
        return Err(out_of_range("feedbackTimeout", "at most 31 days", &found));
    }
    Ok(duration)
}

/// A field whose value is not within its bounds.
pub(super) fn out_of_range(field: &str, expected: &str, found: &str) -> Refusal {
    Error::new(
        Code::RequestRange,
        format!("`{field}` is {found}, expected {expected}"),
    )
    .expected(expected)
    .found(found)
    .at_pointer(format!("/{field}"))
    .into()
}
