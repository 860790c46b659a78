//! Whether payloads that stand one behind the other can be told apart again.
//!
//! The test of Sardinas and Patterson (1953), on automata: where one payload ends within another,
//! what is left of the longer one is followed until both ways to read the whole end together.

use std::collections::BTreeSet;

use super::pattern::{Pair, Pattern, Place};

/// What may stand in a sequence.
pub(super) struct Sequence<'p> {
    /// With each pattern whether it joins; one that does not stands alone.
    pub(super) members: Vec<(&'p Pattern, bool)>,
}

impl Sequence<'_> {
    /// A payload of `first` that one of the member starts with, and behind which the whole may be
    /// read in both ways.
    pub(super) fn split(&self, first: &Pattern, member: usize) -> Option<Vec<u8>> {
        let (longer, _) = self.members.get(member)?;
        first.search(longer, |(a, b)| {
            a == first.end && self.has_two_readings(member, b)
        })
    }

    /// Whether what is left of a member can be read as others, up to a common end.
    fn has_two_readings(&self, member: usize, place: Place) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![(member, place)];
        while let Some(left) = open.pop() {
            if !seen.insert(left) {
                continue;
            }
            for follower in 0..self.members.len() {
                if self.follow(left, follower, &mut open) {
                    return true;
                }
            }
        }
        false
    }

    /// Reads what is left along a follower: whether both end together; what is left where one of
    /// them ends first is still open.
    fn follow(
        &self,
        (member, place): (usize, Place),
        follower: usize,
        open: &mut Vec<(usize, Place)>,
    ) -> bool {
        let (Some((left, goes_on)), Some((right, true))) =
            (self.members.get(member), self.members.get(follower))
        else {
            return false;
        };
        let mut seen: BTreeSet<(Pair, bool)> = BTreeSet::new();
        let mut pairs = vec![((place, Pattern::START), false)];
        while let Some((pair, has_begun)) = pairs.pop() {
            if !seen.insert((pair, has_begun)) {
                continue;
            }
            if has_begun {
                match (pair.0 == left.end, pair.1 == right.end) {
                    (true, true) => return true,
                    (true, false) if *goes_on => open.push((follower, pair.1)),
                    (false, true) => open.push((member, pair.0)),
                    _ => {}
                }
            }
            let next = left.next(right, pair).into_iter();
            pairs.extend(next.map(|(pair, byte)| (pair, has_begun || byte.is_some())));
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::super::pattern::Bytes;
    use super::*;

    fn literal(bytes: &[u8]) -> Pattern {
        let mut pattern = Pattern::new();
        let end = pattern.literal(Pattern::START, bytes);
        pattern.ends_at(end)
    }

    /// Whether sequences of these can be told apart, by the first as the start of another.
    fn is_split(payloads: &[&[u8]]) -> bool {
        let patterns: Vec<Pattern> = payloads.iter().map(|bytes| literal(bytes)).collect();
        let members = patterns.iter().map(|pattern| (pattern, true)).collect();
        let sequence = Sequence { members };
        (0..patterns.len()).any(|member| {
            patterns
                .iter()
                .any(|first| sequence.split(first, member).is_some())
        })
    }

    #[test]
    fn a_code_is_ambiguous_only_if_two_sequences_are_one() {
        assert!(!is_split(&[&[1], &[2, 1]]));
        assert!(!is_split(&[&[1], &[1, 2]]));
        assert!(is_split(&[&[1], &[1, 2], &[2]]));
        assert!(is_split(&[&[1], &[2, 1], &[1, 2]]));
        assert!(!is_split(&[&[1], &[1, 2], &[3, 2]]));
    }

    #[test]
    fn what_is_open_is_split_where_others_start_within() {
        let mut open = Pattern::new();
        let begin = open.literal(Pattern::START, &[1]);
        let small = Bytes::of(|byte| (2..9).contains(&byte));
        let end = open.many(begin, small);
        let open = open.ends_at(end);
        let (within, beyond) = (literal(&[5]), literal(&[9]));
        let sequence = |other| Sequence {
            members: vec![(&open, true), (other, true)],
        };
        assert!(sequence(&within).split(&open, 0).is_some());
        assert!(sequence(&beyond).split(&open, 0).is_none());
    }
}
