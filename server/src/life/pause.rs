//! How long until the next try.

use std::time::Duration;

use crate::id::PartId;

use super::Timing;

/// The largest power of two that a pause grows by; the longest pause bounds it before that.
const MOST_DOUBLINGS: u32 = 30;

/// How long a part pauses before the try that follows its `tries`-th.
///
/// It doubles with each try up to [`Timing::longest_pause`]. Between half of that and the whole is
/// settled by the part and the try, so that parts that failed together do not come back together,
/// and the same step always has the same result.
#[must_use]
pub fn pause(part: PartId, tries: u32, timing: &Timing) -> Duration {
    let doublings = tries.saturating_sub(1).min(MOST_DOUBLINGS);
    let whole = timing
        .first_pause
        .saturating_mul(1 << doublings)
        .min(timing.longest_pause);
    whole / 2 + whole / 512 * u32::from(spread(part, tries))
}

/// A byte that differs from part to part and from try to try (the finalizer of `SplitMix64`).
fn spread(part: PartId, tries: u32) -> u8 {
    let (high, low) = part.0.as_u64_pair();
    let seed = high ^ low.rotate_left(32) ^ (u64::from(tries) << 56);
    let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let [.., last] = mixed.to_le_bytes();
    last
}
