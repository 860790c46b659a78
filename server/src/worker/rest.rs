//! Carriers that are away rest with growing pauses; then one part probes.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Moment;
use crate::life::Protocol;

/// Which carriers rest, and until when.
#[derive(Debug)]
pub(super) struct Rests {
    first: Duration,
    longest: Duration,
    resting: Mutex<BTreeMap<Protocol, Rest>>,
}

#[derive(Clone, Copy, Debug)]
struct Rest {
    until: Moment,
    pause: Duration,
}

impl Rests {
    pub(super) fn new((first, longest): (Duration, Duration)) -> Self {
        Self {
            first,
            longest,
            resting: Mutex::default(),
        }
    }

    /// Until when the carrier rests; none if a part may go. The one that may go after a rest
    /// probes: the others wait until its answer must be there.
    pub(super) fn until(
        &self,
        protocol: Protocol,
        now: Moment,
        deadline: Moment,
    ) -> Option<Moment> {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        let rest = resting.get_mut(&protocol)?;
        if now < rest.until {
            return Some(rest.until);
        }
        rest.until = deadline;
        None
    }

    /// The carrier was away: answers until when it rests.
    pub(super) fn away(&self, protocol: Protocol, now: Moment) -> Moment {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        let pause = match resting.get(&protocol) {
            Some(rest) => (rest.pause * 2).min(self.longest),
            None => self.first,
        };
        let until = now.plus(pause);
        resting.insert(protocol, Rest { until, pause });
        until
    }

    /// The carrier answered.
    pub(super) fn back(&self, protocol: Protocol) {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.remove(&protocol);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_longest_and_one_part_probes() {
        let second = Duration::from_secs(1);
        let rests = Rests::new((second, 4 * second));
        let mut now = Moment::from_micros(0);
        for seconds in [1, 2, 4, 4] {
            let until = rests.away(Protocol::Mqtt, now);
            assert_eq!(until.since(now), seconds * second);
            assert_eq!(rests.until(Protocol::Mqtt, now, now), Some(until));
            assert_eq!(rests.until(Protocol::Sms, now, now), None);
            now = until;
            let deadline = now.plus(8 * second);
            assert_eq!(
                rests.until(Protocol::Mqtt, now, deadline),
                None,
                "the probe"
            );
            assert_eq!(rests.until(Protocol::Mqtt, now, deadline), Some(deadline));
        }
        rests.back(Protocol::Mqtt);
        assert_eq!(rests.until(Protocol::Mqtt, now, now), None);
    }
}
