//! How long a part pauses.

use std::time::Duration;

use downlink_server::life::{Timing, pause};
use proptest::prelude::*;

use crate::scenario::part_id;

proptest! {
    #[test]
    fn a_pause_lies_between_half_and_the_whole_of_what_doubles(
        id in any::<u128>(), tries in any::<u32>(), first in 0..1_000_u64, longest in 0..100_000_u64,
    ) {
        let timing = Timing {
            first_pause: Duration::from_secs(first),
            longest_pause: Duration::from_secs(longest),
            ..Timing::default()
        };
        let doublings = tries.saturating_sub(1).min(30);
        let whole = Duration::from_secs((first << doublings).min(longest));
        let pause = pause(part_id(id), tries, &timing);
        prop_assert!(whole / 2 <= pause && pause <= whole, "{pause:?} of {whole:?}");
    }

    #[test]
    fn no_setting_overflows(id in any::<u128>(), tries in any::<u32>()) {
        let timing = Timing {
            first_pause: Duration::MAX,
            longest_pause: Duration::MAX,
            ..Timing::default()
        };
        prop_assert!(pause(part_id(id), tries, &timing) >= Duration::MAX / 2);
    }
}

#[test]
fn parts_that_failed_together_come_back_apart() {
    let timing = Timing::default();
    let mut pauses: Vec<_> = (0..100).map(|id| pause(part_id(id), 1, &timing)).collect();
    pauses.sort();
    pauses.dedup();
    assert!(pauses.len() > 60, "{}", pauses.len());
    let first_third = pauses[pauses.len() / 3];
    let last_third = pauses[pauses.len() * 2 / 3];
    let span = timing.first_pause / 2;
    assert!(
        last_third > first_third + span / 6,
        "they lie close together"
    );
}
