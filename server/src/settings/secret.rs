//! Secrets: where they come from, and a type that shows them to nobody by accident.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use toml::de::DeValue;

use super::section::Section;
use super::value::Setting;

/// Bytes that a file with a secret may have.
const MAX_FILE: u64 = 64 * 1024;

/// A text that no log, error or trace shows. It has no `Display`; `Debug` is dots.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for the peer that must have it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Setting for Secret {
    const EXPECTED: &'static str = "a text that is not empty";
    const IS_TEXT: bool = true;
    const IS_SECRET: bool = true;

    fn read(value: &DeValue<'_>) -> Option<Self> {
        String::read(value).map(Self)
    }
}

/// Where a secret comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// It was given with the settings.
    Given(Secret),
    /// It is the text of a file, without the line break at its end.
    File(PathBuf),
}

/// A file that holds no secret.
#[derive(Debug, thiserror::Error)]
pub enum SecretFault {
    /// The file cannot be read as text.
    #[error("`{}` cannot be read: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: std::io::Error,
    },
    /// The file is empty.
    #[error("`{}` is empty, expected a secret", _0.display())]
    Empty(PathBuf),
    /// The file is longer than any secret.
    #[error("`{}` has more than {MAX_FILE} bytes, expected a secret", _0.display())]
    TooLong(PathBuf),
}

impl SecretSource {
    /// One of two keys: the secret itself, or the file that holds it.
    pub(super) fn read_keys(
        section: &mut Section<'_, '_>,
        key: &'static str,
        file_key: &'static str,
    ) -> Option<Self> {
        let given = section.optional(key).map(Self::Given);
        let file = section.optional(file_key).map(Self::File);
        section.either((key, given), (file_key, file))
    }

    /// The secret.
    pub fn load(&self) -> Result<Secret, SecretFault> {
        match self {
            Self::Given(secret) => Ok(secret.clone()),
            Self::File(path) => read_file(path),
        }
    }
}

fn read_file(path: &Path) -> Result<Secret, SecretFault> {
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(MAX_FILE + 1).read_to_string(&mut text))
        .map_err(|reason| SecretFault::Unreadable {
            path: path.to_owned(),
            reason,
        })?;
    let is_too_long = u64::try_from(text.len()).is_ok_and(|length| length > MAX_FILE);
    let secret = text.strip_suffix('\n').unwrap_or(&text);
    let secret = secret.strip_suffix('\r').unwrap_or(secret);
    match secret {
        "" => Err(SecretFault::Empty(path.to_owned())),
        _ if is_too_long => Err(SecretFault::TooLong(path.to_owned())),
        secret => Ok(Secret(secret.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_dots() {
        let secret = SecretSource::Given(Secret::new("hunter2".into()));
        assert_eq!(format!("{secret:?}"), "Given(Secret(…))");
    }

    #[test]
    fn a_file_gives_its_text_without_the_line_break() {
        let folder = tempfile::tempdir().unwrap();
        for (text, secret) in [("a b\n", "a b"), ("a b\r\n", "a b"), ("a\n\n", "a\n")] {
            let path = folder.path().join("secret");
            std::fs::write(&path, text).unwrap();
            let read = SecretSource::File(path).load().unwrap();
            assert_eq!(read.reveal(), secret);
        }
    }

    #[test]
    fn a_file_that_is_missing_empty_or_too_long_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let source = SecretSource::File(path.clone());
        assert!(matches!(source.load(), Err(SecretFault::Unreadable { .. })));
        std::fs::write(&path, "\n").unwrap();
        assert!(matches!(source.load(), Err(SecretFault::Empty(_))));
        std::fs::write(&path, "x".repeat(64 * 1024 + 1)).unwrap();
        assert!(matches!(source.load(), Err(SecretFault::TooLong(_))));
    }
}
