//! What is kept of a message beside its bytes.

use std::collections::BTreeSet;

use super::Mark;

/// Origins of bits, and what else is kept of a message; in a box, since frames are moved often and
/// few have any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    pub(crate) bits: Vec<Mark>,
    pub(crate) notes: Notes,
}

/// What is known of a message beside the origins of its bits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Notes {
    /// The origins of the bits of its topic.
    pub(crate) topic: Vec<Mark>,
    /// The records that give secret arguments, by their index in the pack.
    pub(crate) secret_records: BTreeSet<usize>,
    /// Whether it must not be sent again by itself.
    pub(crate) is_once: bool,
}

impl Notes {
    /// Adds what is known of a message that joins this one.
    #[cold]
    pub(super) fn join(&mut self, other: &Self) {
        self.topic.extend_from_slice(&other.topic);
        self.secret_records.extend(&other.secret_records);
        self.is_once |= other.is_once;
    }
}
