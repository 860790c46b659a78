//! `[encoders]` and `[devices]`: definitions beside the catalogue, and the device file.

use std::path::PathBuf;

use super::section::Section;

/// Definitions of encoders beside those of the catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Encoders {
    /// Folders with definitions; they are read anew when a file changes.
    pub folders: Vec<PathBuf>,
    /// Whether payload codecs in JavaScript are taken.
    pub javascript: bool,
}

impl Encoders {
    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        Self {
            folders: section.list("folders"),
            javascript: section.or("javascript", Self::default().javascript),
        }
    }
}

/// The devices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Devices {
    /// A device file that is imported at each start; nothing is removed.
    pub file: Option<PathBuf>,
}

impl Devices {
    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        Self {
            file: section.optional("file"),
        }
    }
}
