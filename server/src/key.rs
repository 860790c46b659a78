//! Keys of 32 random bytes, each in a file of its own.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::id::Ids;

/// Bytes of a key.
pub const LENGTH: usize = 32;

/// Who may read a key's file that the service makes: its owner.
const OWNER_ONLY: u32 = 0o600;

/// A key. `Debug` is dots.
#[derive(Clone)]
pub struct Key([u8; LENGTH]);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// A file that holds no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    /// It cannot be read or made.
    #[error("the key file `{}` cannot be used: {reason}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: std::io::Error,
    },
    /// It has another length.
    #[error("the key file `{}` has not exactly {LENGTH} bytes; `head -c {LENGTH} /dev/urandom` makes them", _0.display())]
    Length(PathBuf),
}

impl Key {
    /// A key of these bytes.
    #[must_use]
    pub fn new(bytes: [u8; LENGTH]) -> Self {
        Self(bytes)
    }

    /// A new key.
    #[must_use]
    pub fn random(ids: &dyn Ids) -> Self {
        let mut bytes = [0; LENGTH];
        ids.fill(&mut bytes);
        Self(bytes)
    }

    /// The bytes, for a cipher or a signature.
    #[must_use]
    pub fn bytes(&self) -> &[u8; LENGTH] {
        &self.0
    }

    /// The key that a file holds.
    pub fn read(path: &Path) -> Result<Self, KeyFault> {
        let unusable = |reason| KeyFault::unusable(path, reason);
        let file = File::open(path).map_err(unusable)?;
        Self::read_from(file, path)
    }

    /// The key that a file holds. If there is no such file, it is made with a new key, readable by
    /// its owner alone.
    pub fn read_or_make(path: &Path, ids: &dyn Ids) -> Result<Self, KeyFault> {
        match File::open(path) {
            Ok(file) => Self::read_from(file, path),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let key = Self::random(ids);
                let made = key.write(path);
                made.map_err(|reason| KeyFault::unusable(path, reason))?;
                // Another process may have been first: its key counts.
                Self::read(path)
            }
            Err(reason) => Err(KeyFault::unusable(path, reason)),
        }
    }

    fn read_from(file: File, path: &Path) -> Result<Self, KeyFault> {
        let mut bytes = Vec::with_capacity(LENGTH + 1);
        let longest = u64::try_from(LENGTH + 1).unwrap_or(u64::MAX);
        file.take(longest)
            .read_to_end(&mut bytes)
            .map_err(|reason| KeyFault::unusable(path, reason))?;
        let bytes = bytes.try_into();
        bytes
            .map(Self)
            .map_err(|_| KeyFault::Length(path.to_owned()))
    }

    /// On disk as a whole or not at all: what is sealed with a key that is lost cannot be opened.
    fn write(&self, path: &Path) -> std::io::Result<()> {
        let draft = path.with_added_extension(format!("{}.new", std::process::id()));
        let written = self.write_new(&draft).and_then(|()| link(&draft, path));
        std::fs::remove_file(&draft)?;
        written?;
        let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }

    fn write_new(&self, path: &Path) -> std::io::Result<()> {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(OWNER_ONLY)
            .open(path)?;
        file.write_all(&self.0)?;
        file.sync_all()
    }
}

/// Gives the draft its name, unless another process was first.
fn link(draft: &Path, path: &Path) -> std::io::Result<()> {
    match std::fs::hard_link(draft, path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    }
}

impl KeyFault {
    fn unusable(path: &Path, reason: std::io::Error) -> Self {
        Self::Unusable {
            path: path.to_owned(),
            reason,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::id::SystemIds;

    #[test]
    fn a_made_key_is_read_again_and_belongs_to_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.key");
        let made = Key::read_or_make(&path, &SystemIds).unwrap();
        assert_eq!(
            Key::read_or_make(&path, &SystemIds).unwrap().bytes(),
            made.bytes()
        );
        assert_eq!(Key::read(&path).unwrap().bytes(), made.bytes());
        let permissions = std::fs::metadata(&path).unwrap().permissions();
        assert_eq!(permissions.mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_key_of_another_length_is_refused_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.key");
        for length in [0, 31, 33, 64] {
            std::fs::write(&path, vec![7; length]).unwrap();
            let refused = Key::read_or_make(&path, &SystemIds);
            assert!(matches!(refused, Err(KeyFault::Length(_))), "{length}");
            assert_eq!(std::fs::read(&path).unwrap().len(), length);
        }
    }

    #[test]
    fn a_key_that_must_be_there_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.key");
        let refused = Key::read(&path);
        assert!(matches!(refused, Err(KeyFault::Unusable { .. })));
        assert!(!path.exists());
    }

    #[test]
    fn a_key_is_dots() {
        assert_eq!(format!("{:?}", Key::new([7; LENGTH])), "Key(…)");
    }
}
