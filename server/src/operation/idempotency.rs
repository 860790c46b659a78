//! Requests that may come twice: `Idempotency-Key`.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest, Sha256};

use crate::clock::Moment;
use crate::id::Client;
use crate::store::Idempotency;

use super::{Operations, Refusal};

/// An `Idempotency-Key`: 1 to 255 characters of visible ASCII.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key(String);

impl Key {
    /// The most characters that a key may have.
    pub const MOST: usize = 255;

    /// The key of this text, if it is one.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let is_visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        let fits = (1..=Self::MOST).contains(&text.len());
        (is_visible && fits).then(|| Self(text.to_owned()))
    }
}

/// The keys whose first request is under way in this process.
#[derive(Clone, Debug, Default)]
pub struct Keys(Arc<Mutex<HashSet<Entry>>>);

/// Whose key it is, for which path.
type Entry = (Client, &'static str, Key);

impl Keys {
    fn enter(&self, client: &Client, path: &'static str, key: &Key) -> Option<UnderWay> {
        let entry = (client.clone(), path, key.clone());
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.insert(entry.clone()).then(|| UnderWay {
            keys: self.clone(),
            entry,
        })
    }
}

/// A key whose request is under way, until this is dropped.
#[derive(Debug)]
struct UnderWay {
    keys: Keys,
    entry: Entry,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut keys = self.keys.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.remove(&self.entry);
    }
}

/// A request under its key.
#[derive(Debug)]
pub(super) struct Keyed {
    key: Key,
    path: &'static str,
    digest: [u8; 32],
    _under_way: UnderWay,
}

impl Keyed {
    /// What is kept of it with the downlink.
    pub(super) fn record(&self, expires_at: Moment) -> Idempotency {
        Idempotency {
            path: self.path.to_owned(),
            key: self.key.0.clone(),
            digest: self.digest,
            expires_at,
        }
    }
}

/// Whether a request is the first of its key.
#[derive(Debug)]
pub(super) enum Turn {
    /// It is, or has no key.
    First(Option<Keyed>),
    /// The same request was answered before, with this downlink.
    Again(crate::id::DownlinkId),
}

impl Operations {
    /// Looks whether a request was answered before; no twin gets in until the answer is dropped.
    pub(super) async fn first(
        &self,
        client: &Client,
        path: &'static str,
        key: Option<Key>,
        body: &[u8],
    ) -> Result<Turn, Refusal> {
        let Some(key) = key else {
            return Ok(Turn::First(None));
        };
        let under_way = self.keys.enter(client, path, &key);
        let under_way = under_way.ok_or(Refusal::KeyBusy)?;
        let digest = Sha256::digest(body).into();
        let now = self.clock.now();
        match self.store.repeated(client, path, &key.0, now).await? {
            Some(before) if before.digest == digest => Ok(Turn::Again(before.id)),
            Some(_) => Err(Refusal::OtherBody),
            None => Ok(Turn::First(Some(Keyed {
                key,
                path,
                digest,
                _under_way: under_way,
            }))),
        }
    }
}
