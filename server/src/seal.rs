//! Seals what the store keeps secret.
//!
//! XChaCha20-Poly1305 with a random nonce of 24 bytes; the row is the associated data, so that the
//! bytes of one row do not open in another.
//!
//! ```text
//! sealed = version (1 byte), nonce (24 bytes), ciphertext, tag (16 bytes) ;
//! ```

use std::fmt;
use std::sync::Arc;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use crate::id::{DownlinkId, Ids, PartId};
use crate::key::Key;

/// The form of what is sealed today.
const VERSION: u8 = 1;
/// Bytes of a nonce.
const NONCE: usize = 24;

/// The row that sealed bytes belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedRow<'r> {
    /// The message of a part.
    Part(PartId),
    /// The instruction as it was posted.
    Instruction(DownlinkId),
    /// The secret variables of a device, by its canonical name.
    Device(&'r str),
}

impl SealedRow<'_> {
    /// Different for any two rows.
    fn associated_data(self) -> Vec<u8> {
        let (kind, id) = match &self {
            Self::Part(id) => (b'p', id.0.as_bytes().as_slice()),
            Self::Instruction(id) => (b'i', id.0.as_bytes().as_slice()),
            Self::Device(name) => (b'd', name.as_bytes()),
        };
        [&[VERSION, kind], id].concat()
    }
}

/// Bytes that do not open: changed, of another row, or sealed with another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "sealed bytes do not open: they were changed, or sealed for another row or with another key"
)]
pub struct NotOpened;

/// Seals and opens with the key of the store.
pub struct Sealer {
    cipher: XChaCha20Poly1305,
    ids: Arc<dyn Ids>,
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(…)")
    }
}

impl Sealer {
    /// A sealer with this key.
    #[must_use]
    pub fn new(key: &Key, ids: Arc<dyn Ids>) -> Self {
        Self {
            cipher: XChaCha20Poly1305::new(key.bytes().into()),
            ids,
        }
    }

    /// Seals the bytes for one row.
    #[must_use]
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "it only fails above 256 GiB, which no message has"
    )]
    pub fn seal(&self, row: SealedRow<'_>, bytes: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        self.ids.fill(&mut nonce);
        let payload = Payload {
            msg: bytes,
            aad: &row.associated_data(),
        };
        let sealed = self.cipher.encrypt(XNonce::from_slice(&nonce), payload);
        let sealed = sealed.expect("messages are shorter than 256 GiB");
        [&[VERSION], nonce.as_slice(), &sealed].concat()
    }

    /// Opens what was sealed for this row.
    pub fn open(&self, row: SealedRow<'_>, sealed: &[u8]) -> Result<Vec<u8>, NotOpened> {
        let [VERSION, rest @ ..] = sealed else {
            return Err(NotOpened);
        };
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(NotOpened)?;
        let payload = Payload {
            msg: sealed,
            aad: &row.associated_data(),
        };
        let opened = self.cipher.decrypt(XNonce::from_slice(nonce), payload);
        opened.map_err(|_| NotOpened)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::id::SystemIds;

    fn sealer(byte: u8) -> Sealer {
        Sealer::new(&Key::new([byte; 32]), Arc::new(SystemIds))
    }

    fn part(byte: u8) -> SealedRow<'static> {
        SealedRow::Part(PartId(uuid::Uuid::from_bytes([byte; 16])))
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_for_its_row(bytes: Vec<u8>) {
            let sealed = sealer(1).seal(part(1), &bytes);
            prop_assert_eq!(sealer(1).open(part(1), &sealed), Ok(bytes));
        }

        #[test]
        fn what_was_changed_or_cut_does_not_open(bytes: Vec<u8>, at: prop::sample::Index, bit in 0..8_u32) {
            let mut sealed = sealer(1).seal(part(1), &bytes);
            let at = at.index(sealed.len());
            prop_assert_eq!(sealer(1).open(part(1), &sealed[..at]), Err(NotOpened));
            sealed[at] ^= 1_u8 << bit;
            prop_assert_eq!(sealer(1).open(part(1), &sealed), Err(NotOpened));
        }
    }

    #[test]
    fn another_key_and_another_row_do_not_open() {
        let sealed = sealer(1).seal(part(1), b"secret");
        assert_eq!(sealer(2).open(part(1), &sealed), Err(NotOpened));
        assert_eq!(sealer(1).open(part(2), &sealed), Err(NotOpened));
        let same_bytes = SealedRow::Device("\u{1}".repeat(16).leak());
        assert_eq!(sealer(1).open(same_bytes, &sealed), Err(NotOpened));
    }

    #[test]
    fn the_same_bytes_are_sealed_differently_each_time() {
        let sealer = sealer(1);
        assert_ne!(sealer.seal(part(1), b"x"), sealer.seal(part(1), b"x"));
    }

    #[test]
    fn a_sealer_is_dots() {
        assert_eq!(format!("{:?}", sealer(7)), "Sealer(…)");
    }
}
