//! Bounds of a definition (rule 9 of the language).

/// Bytes of a file.
pub(super) const FILE_BYTES: usize = 64 * 1024;
/// Commands of a definition.
pub(super) const COMMANDS: usize = 512;
/// Arguments of a command.
pub(super) const ARGUMENTS: usize = 64;
/// Items of a list, repetitions of a group.
pub(super) const LIST_ITEMS: usize = 64;
/// Bytes of a frame: the longest LoRaWAN payload (RP002, no repeater).
pub(super) const FRAME_BYTES: usize = 242;
/// Bytes of a text or of data, where the definition says no less.
pub(super) const TEXT_BYTES: usize = crate::limits::VALUE;
