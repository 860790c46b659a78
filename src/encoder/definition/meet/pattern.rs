//! Patterns of bytes, and whether two of them have a payload in common.
//!
//! A pattern is a nondeterministic automaton over sets of bytes. It holds every payload of its
//! command, and where a value is bounded in a way that bytes do not show, some more.

use std::collections::{BTreeMap, VecDeque};

/// A set of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bytes([u64; 4]);

impl Bytes {
    pub(super) const NONE: Self = Self([0; 4]);
    pub(super) const ANY: Self = Self([u64::MAX; 4]);

    pub(super) fn one(byte: u8) -> Self {
        Self::of(|other| other == byte)
    }

    pub(super) fn of(holds: impl Fn(u8) -> bool) -> Self {
        let mut words = [0_u64; 4];
        for (word, first) in words.iter_mut().zip([0_u8, 64, 128, 192]) {
            for bit in 0..64_u8 {
                *word |= u64::from(holds(first + bit)) << bit;
            }
        }
        Self(words)
    }

    fn and(self, other: Self) -> Self {
        let mut words = self.0;
        for (word, other) in words.iter_mut().zip(other.0) {
            *word &= other;
        }
        Self(words)
    }

    /// The least byte in the set.
    fn first(self) -> Option<u8> {
        let words = self.0.iter().zip([0_u32, 64, 128, 192]);
        let mut bytes = words.filter(|(word, _)| **word != 0);
        let (word, base) = bytes.next()?;
        u8::try_from(base + word.trailing_zeros()).ok()
    }
}

/// A state of a pattern.
pub(super) type Place = usize;

/// A place in each of two patterns.
pub(super) type Pair = (Place, Place);

/// For each pair that was reached, the one in front of it and the byte between them.
type Ways = BTreeMap<Pair, Option<(Pair, Option<u8>)>>;

/// Every payload of a command.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    states: Vec<State>,
    /// Where a payload may end.
    pub(super) end: Place,
}

#[derive(Clone, Debug, Default)]
struct State {
    /// The states behind one of these bytes.
    steps: Vec<(Bytes, Place)>,
    /// The states behind nothing.
    jumps: Vec<Place>,
}

impl Pattern {
    /// Where payloads begin.
    pub(super) const START: Place = 0;

    pub(super) fn new() -> Self {
        Self {
            states: vec![State::default()],
            end: Self::START,
        }
    }

    pub(super) fn ends_at(mut self, end: Place) -> Self {
        self.end = end;
        self
    }

    pub(super) fn place(&mut self) -> Place {
        self.states.push(State::default());
        self.states.len() - 1
    }

    /// One byte of the set.
    pub(super) fn byte(&mut self, from: Place, bytes: Bytes) -> Place {
        let to = self.place();
        self.step(from, bytes, to);
        to
    }

    pub(super) fn bytes(&mut self, from: Place, bytes: impl IntoIterator<Item = Bytes>) -> Place {
        bytes
            .into_iter()
            .fold(from, |from, bytes| self.byte(from, bytes))
    }

    pub(super) fn literal(&mut self, from: Place, bytes: &[u8]) -> Place {
        self.bytes(from, bytes.iter().map(|byte| Bytes::one(*byte)))
    }

    pub(super) fn any(&mut self, from: Place, count: usize) -> Place {
        self.bytes(from, std::iter::repeat_n(Bytes::ANY, count))
    }

    /// Any number of bytes of the set.
    pub(super) fn many(&mut self, from: Place, bytes: Bytes) -> Place {
        let to = self.place();
        self.jump(from, to);
        self.step(to, bytes, to);
        to
    }

    pub(super) fn jump(&mut self, from: Place, to: Place) {
        if let Some(state) = self.states.get_mut(from) {
            state.jumps.push(to);
        }
    }

    fn step(&mut self, from: Place, bytes: Bytes, to: Place) {
        if let Some(state) = self.states.get_mut(from) {
            state.steps.push((bytes, to));
        }
    }

    /// As much of another pattern as has exactly so many bytes, for each of these numbers of bytes
    /// from its own place.
    pub(super) fn cut(&mut self, inside: &Self, starts: &[(Place, usize)]) -> Place {
        let to = self.place();
        let most = starts.iter().map(|(_, count)| *count).max().unwrap_or(0);
        let size = inside.states.len();
        let first = self.states.len();
        self.states
            .resize_with(first + size * (most + 1), State::default);
        // Behind each state so many bytes are still to come.
        let at = |state: Place, left: usize| first + left * size + state;
        for left in 0..=most {
            for (place, state) in inside.states.iter().enumerate() {
                for jump in &state.jumps {
                    self.jump(at(place, left), at(*jump, left));
                }
                for (bytes, next) in state.steps.iter().filter(|_| left > 0) {
                    self.step(at(place, left), *bytes, at(*next, left - 1));
                }
            }
        }
        self.jump(at(inside.end, 0), to);
        for (from, count) in starts {
            self.jump(*from, at(Self::START, *count));
        }
        to
    }

    /// A payload of both, the shortest there is.
    pub(super) fn common(&self, other: &Self) -> Option<Vec<u8>> {
        self.search(other, |(a, b)| a == self.end && b == other.end)
    }

    /// A payload that the other starts with.
    pub(super) fn start_of(&self, other: &Self) -> Option<Vec<u8>> {
        self.search(other, |(a, _)| a == self.end)
    }

    /// The bytes on the way to the first pair of places that is looked for.
    pub(super) fn search(&self, other: &Self, is_found: impl Fn(Pair) -> bool) -> Option<Vec<u8>> {
        let start = (Self::START, Self::START);
        let mut from: Ways = BTreeMap::from([(start, None)]);
        let mut open = VecDeque::from([start]);
        while let Some(pair) = open.pop_front() {
            if is_found(pair) {
                return Some(path(&from, pair));
            }
            for (next, byte) in self.next(other, pair) {
                from.entry(next).or_insert_with(|| {
                    // What takes no byte is followed first, so that the way found is the shortest.
                    if byte.is_none() {
                        open.push_front(next);
                    } else {
                        open.push_back(next);
                    }
                    Some((pair, byte))
                });
            }
        }
        None
    }

    /// The pairs behind a pair, with the byte between them.
    pub(super) fn next(&self, other: &Self, (a, b): Pair) -> Vec<(Pair, Option<u8>)> {
        let (Some(left), Some(right)) = (self.states.get(a), other.states.get(b)) else {
            return Vec::new();
        };
        let jumps = left.jumps.iter().map(|a| (*a, b));
        let jumps = jumps.chain(right.jumps.iter().map(|b| (a, *b)));
        let mut next: Vec<_> = jumps.map(|pair| (pair, None)).collect();
        for (bytes, a) in &left.steps {
            for (others, b) in &right.steps {
                if let Some(byte) = bytes.and(*others).first() {
                    next.push(((*a, *b), Some(byte)));
                }
            }
        }
        next
    }
}

fn path(from: &Ways, end: Pair) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut pair = end;
    while let Some(Some((before, byte))) = from.get(&pair) {
        bytes.extend(byte);
        pair = *before;
    }
    bytes.reverse();
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(bytes: &[u8]) -> Pattern {
        let mut pattern = Pattern::new();
        let end = pattern.literal(Pattern::START, bytes);
        pattern.ends_at(end)
    }

    #[test]
    fn sets_hold_what_they_are_made_of() {
        for byte in [0, 63, 64, 127, 128, 255] {
            assert_eq!(Bytes::one(byte).first(), Some(byte));
            assert_eq!(Bytes::one(byte).and(Bytes::ANY), Bytes::one(byte));
        }
        assert_eq!(Bytes::NONE.first(), None);
    }

    #[test]
    fn literals_meet_themselves_alone() {
        let (short, long) = (literal(&[1, 2]), literal(&[1, 2, 3]));
        assert_eq!(short.common(&short), Some(vec![1, 2]));
        assert_eq!(short.common(&long), None);
    }

    #[test]
    fn what_is_cut_has_its_length() {
        let mut open = Pattern::new();
        let end = open.many(Pattern::START, Bytes::ANY);
        let open = open.ends_at(end);
        let mut pattern = Pattern::new();
        let two = pattern.literal(Pattern::START, &[2]);
        let end = pattern.cut(&open, &[(two, 2)]);
        let pattern = pattern.ends_at(end);
        assert_eq!(pattern.common(&literal(&[2, 7, 8])), Some(vec![2, 7, 8]));
        assert_eq!(pattern.common(&literal(&[2, 7])), None);
        assert_eq!(pattern.common(&literal(&[2, 7, 8, 9])), None);
    }

    #[test]
    fn what_is_open_meets_all_that_starts_alike() {
        let mut open = Pattern::new();
        let behind = open.literal(Pattern::START, &[1]);
        let end = open.many(behind, Bytes::ANY);
        let open = open.ends_at(end);
        assert_eq!(open.common(&literal(&[1, 2, 3])), Some(vec![1, 2, 3]));
        assert_eq!(open.common(&literal(&[2])), None);
    }
}
