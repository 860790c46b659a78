//! A JWKS in a file.

use std::path::PathBuf;

use futures::future::BoxFuture;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use super::keys::{FetchFailed, FetchJwks, LARGEST};

/// A JWKS in a file.
#[derive(Debug)]
pub struct JwksFile(PathBuf);

impl JwksFile {
    /// The JWKS in this file.
    #[must_use]
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    async fn read(&self) -> std::io::Result<Vec<u8>> {
        let longest = u64::try_from(LARGEST + 1).unwrap_or(u64::MAX);
        let mut text = Vec::new();
        let file = File::open(&self.0).await?;
        file.take(longest).read_to_end(&mut text).await?;
        Ok(text)
    }
}

impl FetchJwks for JwksFile {
    fn fetch(&self) -> BoxFuture<'_, Result<Vec<u8>, FetchFailed>> {
        Box::pin(async {
            match self.read().await {
                Ok(text) if text.len() > LARGEST => Err(FetchFailed::TooLarge),
                Ok(text) => Ok(text),
                Err(error) => Err(FetchFailed::Unreachable(error.to_string())),
            }
        })
    }

    fn name(&self) -> String {
        self.0.display().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_jwks_file_is_read_again_at_each_fetch() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jwks.json");
        let file = JwksFile::new(path.clone());
        assert!(matches!(
            file.fetch().await,
            Err(FetchFailed::Unreachable(_))
        ));
        std::fs::write(&path, "one").unwrap();
        assert_eq!(file.fetch().await.unwrap(), b"one");
        std::fs::write(&path, vec![b' '; LARGEST + 1]).unwrap();
        assert!(matches!(file.fetch().await, Err(FetchFailed::TooLarge)));
    }
}
