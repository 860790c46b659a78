//! The id of an encoder with its hash.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

/// What an encoder is found by.
///
/// Ids are of many lengths, and hashing one takes as long as all else that finding its encoder
/// takes: a binding keeps the hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EncoderKey<'a> {
    pub(crate) id: &'a str,
    pub(crate) hash: u64,
}

impl<'a> EncoderKey<'a> {
    pub(crate) fn new(id: &'a str) -> Self {
        Self {
            id,
            hash: FixedState::default().hash_one(id),
        }
    }
}
