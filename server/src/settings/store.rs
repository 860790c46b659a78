//! `[store]`: what is kept, and the keys for it.

use std::path::PathBuf;

use super::section::Section;

/// Where downlinks are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    /// The file of the database (`SQLite`).
    pub path: PathBuf,
    /// The key that seals secrets: a file of 32 bytes.
    pub key_file: Option<PathBuf>,
    /// The key that signs cursors: a file of 32 bytes; by default the service makes one.
    pub cursor_key_file: Option<PathBuf>,
    /// The key that signed cursors before; they are taken for another day.
    pub former_cursor_key_file: Option<PathBuf>,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            path: "downlinkd.sqlite".into(),
            key_file: None,
            cursor_key_file: None,
            former_cursor_key_file: None,
        }
    }
}

impl Store {
    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        let store = Self {
            path: section.or("path", Self::default().path),
            key_file: section.optional("key_file"),
            cursor_key_file: section.optional("cursor_key_file"),
            former_cursor_key_file: section.optional("former_cursor_key_file"),
        };
        if store.former_cursor_key_file.is_some() && store.cursor_key_file.is_none() {
            section.fault(
                "former_cursor_key_file",
                "needs `cursor_key_file` beside it",
            );
        }
        store
    }
}
