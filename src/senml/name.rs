//! Names (RFC 8428 §4.5.1).
//!
//! ```text
//! resolved name = base name, name              plain concatenation, nothing in between
//! resolved name = ALPHA-DIGIT *( ALPHA-DIGIT / "-" / ":" / "." / "/" / "_" )
//! ```
//!
//! Only the concatenated name has to be one: `-a` is a name under the base name `x`. The two pieces
//! are looked at one behind the other and never joined for it.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// A resolved name, still in the two pieces in which it was written.
///
/// ```
/// use downlink::senml::{Pack, UnixTime};
///
/// let pack = Pack::from_json(br#"[{"bn": "urn:dev:ow:10e2073a01080063:", "n": "fan", "v": 0}]"#)?;
/// let resolved = pack.resolve(UnixTime::from_seconds(1_700_000_000))?;
/// let name = resolved.records()[0].name;
/// assert_eq!(name, "urn:dev:ow:10e2073a01080063:fan");
/// assert_eq!(name.pieces(), ("urn:dev:ow:10e2073a01080063:", "fan"));
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Name<'p> {
    base: &'p str,
    local: &'p str,
}

impl<'p> Name<'p> {
    pub(super) fn new(base: &'p str, local: &'p str) -> Self {
        Self { base, local }
    }

    /// The base name and the name; either may be empty.
    #[must_use]
    pub fn pieces(self) -> (&'p str, &'p str) {
        (self.base, self.local)
    }

    /// Bytes of the whole name.
    #[must_use]
    pub fn len(self) -> usize {
        self.base.len() + self.local.len()
    }

    /// Whether there is no name at all, which no resolved record has.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.base.is_empty() && self.local.is_empty()
    }

    /// Whether the name is `scope` or begins with it.
    ///
    /// A pack that is sent to a resource may only name what is part of it (RFC 8790 §6).
    #[must_use]
    pub fn is_within(self, scope: &str) -> bool {
        scope.len() <= self.len() && self.bytes().zip(scope.bytes()).all(|(a, b)| a == b)
    }

    /// The last eight bytes, or as many as there are.
    pub(super) fn last_eight(self) -> u64 {
        let word = |piece: &str| match piece.as_bytes().last_chunk() {
            Some(last) => u64::from_be_bytes(*last),
            None => piece
                .bytes()
                .fold(0, |word, byte| (word << 8) | u64::from(byte)),
        };
        match u32::try_from(self.local.len() * 8) {
            Ok(bits @ 0..64) => (word(self.base) << bits) | word(self.local),
            _ => word(self.local),
        }
    }

    fn bytes(self) -> impl Iterator<Item = u8> + 'p {
        self.base.bytes().chain(self.local.bytes())
    }

    /// How many bytes both names begin with.
    pub(super) fn common_prefix(self, other: Self) -> usize {
        let pairs = self.bytes().zip(other.bytes());
        pairs.take_while(|(one, other)| one == other).count()
    }

    /// The place behind the last `:` or `/` of so many bytes; 0 if there is none.
    pub(super) fn separator_before(self, end: usize) -> usize {
        let separators = self.bytes().take(end).enumerate();
        let last = separators
            .filter(|(_, byte)| matches!(byte, b':' | b'/'))
            .last();
        last.map_or(0, |(at, _)| at + 1)
    }

    /// The name in two, if that is between two characters.
    pub(super) fn split_at(self, at: usize) -> Option<(Self, Self)> {
        if let Some(in_local) = at.checked_sub(self.base.len()) {
            let (head, tail) = self.local.split_at_checked(in_local)?;
            return Some((Self::new(self.base, head), Self::new("", tail)));
        }
        let (head, tail) = self.base.split_at_checked(at)?;
        Some((Self::new("", head), Self::new(tail, self.local)))
    }

    /// Finds what a name does not take, if anything.
    pub(super) fn fault(self, may_start_with_slash: bool) -> Option<Fault> {
        let first = self.base.as_bytes().first();
        let Some(&first) = first.or(self.local.as_bytes().first()) else {
            return Some(Fault::Missing);
        };
        if class(first) != START && !(first == b'/' && may_start_with_slash) {
            return Some(Fault::Start(self.character(0)));
        }
        if let Some(at) = never_in_name(self.base) {
            return Some(Fault::Inside(self.character(at)));
        }
        self.fault_in_local()
    }

    /// As [`Name::fault`], where the base name is not empty and was looked at before.
    pub(super) fn fault_in_local(self) -> Option<Fault> {
        let at = never_in_name(self.local)?;
        Some(Fault::Inside(self.character(self.base.len() + at)))
    }

    fn character(self, at: usize) -> char {
        let piece = match at.checked_sub(self.base.len()) {
            Some(at) => self.local.get(at..),
            None => self.base.get(at..),
        };
        piece
            .and_then(|rest| rest.chars().next())
            .unwrap_or(char::REPLACEMENT_CHARACTER)
    }
}

/// Where the first byte stands that no name has.
fn never_in_name(piece: &str) -> Option<usize> {
    // Most names are sound: no byte is waited for before the next one is looked at.
    let classes = piece
        .bytes()
        .fold(START, |so_far, byte| so_far | class(byte));
    if classes & NEVER == 0 {
        return None;
    }
    piece.bytes().position(|byte| class(byte) == NEVER)
}

/// What is wrong with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    Missing,
    Start(char),
    Inside(char),
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.base)?;
        f.write_str(self.local)
    }
}

impl PartialEq for Name<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.bytes().eq(other.bytes())
    }
}

impl Eq for Name<'_> {}

impl PartialEq<str> for Name<'_> {
    fn eq(&self, other: &str) -> bool {
        *self == Name::new("", other)
    }
}

impl PartialEq<&str> for Name<'_> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl PartialOrd for Name<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bytes().cmp(other.bytes())
    }
}

impl Hash for Name<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Byte by byte, so that equal names hash alike wherever they are cut.
        self.bytes().for_each(|byte| state.write_u8(byte));
        state.write_u8(0xff);
    }
}

// Classes of bytes; those of a text are put together bit by bit.
const START: u8 = 0;
const INSIDE: u8 = 1;
const NEVER: u8 = 2;

fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(NEVER)
}

/// Where in a name each byte may stand.
const CLASSES: [u8; 256] = classes();

#[allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "evaluated while compiling, where a wrong index is an error"
)]
const fn classes() -> [u8; 256] {
    let mut classes = [NEVER; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        classes[byte as usize] = match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => START,
            b'-' | b':' | b'.' | b'/' | b'_' => INSIDE,
            _ => NEVER,
        };
        byte += 1;
    }
    classes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_name_is_looked_at() {
        assert_eq!(Name::new("x", "-a").fault(false), None);
        assert_eq!(Name::new("", "-a").fault(false), Some(Fault::Start('-')));
        assert_eq!(Name::new("", "").fault(false), Some(Fault::Missing));
        assert_eq!(Name::new("é", "").fault(false), Some(Fault::Start('é')));
        assert_eq!(Name::new("a", "bé").fault(false), Some(Fault::Inside('é')));
        assert_eq!(Name::new("a ", "b").fault(false), Some(Fault::Inside(' ')));
        assert_eq!(Name::new("/3/", "0").fault(true), None);
        assert_eq!(Name::new("/3/", "0").fault(false), Some(Fault::Start('/')));
    }

    #[test]
    fn names_are_equal_wherever_they_are_cut() {
        let (one, other) = (Name::new("ab", "c"), Name::new("a", "bc"));
        assert_eq!(one, other);
        assert_eq!(one.cmp(&other), Ordering::Equal);
        assert!(one == "abc" && one != "abd" && one != "ab");
    }

    #[test]
    fn a_name_is_within_what_it_begins_with() {
        let name = Name::new("a/", "b");
        assert!(name.is_within("") && name.is_within("a/b") && name.is_within("a/"));
        assert!(!name.is_within("a/c") && !name.is_within("a/bb"));
    }
}
