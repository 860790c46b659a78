//! An instruction put together from plain records.
//!
//! A plain record has a name, perhaps a unit, and one value, all at their face value. It has no
//! place: who meets a fault in such an instruction reads the pack in full to tell it.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use crate::senml::Value;

use super::DeviceId;
use super::known_base::KnownBase;
use super::read::{Entry, EntryMemory, Instruction};

/// An instruction while it is put together.
#[derive(Debug)]
pub(crate) struct PlainInstruction<'p> {
    device: Option<DeviceId>,
    known: Option<KnownBase<'p>>,
    entries: Vec<Entry<'p>>,
    /// A digest of each path, by which two of one path are found.
    digests: Vec<u64>,
}

impl<'p> PlainInstruction<'p> {
    pub(crate) fn reusing(memory: &mut EntryMemory) -> Self {
        let (entries, digests) = memory.take();
        Self {
            device: None,
            known: None,
            entries,
            digests,
        }
    }

    /// Takes a record; `None` if there is anything about it that a caller might have to be told.
    pub(crate) fn push(
        &mut self,
        (base, local): (&'p str, &'p str),
        value: Value<'p>,
        unit: Option<&'p str>,
        index: usize,
    ) -> Option<()> {
        let (device, path) = KnownBase::split(&mut self.known, base, local).ok()?;
        if *self.device.get_or_insert(device) != device {
            return None;
        }
        self.digests.push(FixedState::default().hash_one(&*path));
        self.entries.push(Entry::plain(path, value, unit, index)?);
        Some(())
    }

    /// The instruction, unless it has no record, or perhaps two of one name.
    pub(crate) fn finish(mut self, memory: &mut EntryMemory) -> Option<Instruction<'p>> {
        self.digests.sort_unstable();
        let pairs = self.digests.iter().zip(self.digests.iter().skip(1));
        let are_distinct = pairs.into_iter().all(|(one, other)| one != other);
        memory.give_back_digests(self.digests);
        if !are_distinct {
            return None;
        }
        Some(Instruction::of_entries(self.device?, self.entries))
    }
}
