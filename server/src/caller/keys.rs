//! The keys of an issuer: a JWKS (RFC 7517 §5) that is fetched again and again.
//!
//! The last good set stays when a fetch fails. A `kid` that is not known has the set fetched at
//! once, but at most every 30 seconds, since anybody can make one up.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use futures::future::{BoxFuture, Either, select};
use tokio::sync::Mutex;

use super::key_set::{KeySet, NotAKeySet, Verifier};
use super::refused::TokenRefused;
use super::token::Header;
use crate::clock::{Clock, Moment};

/// Between two fetches for keys that are not known.
const PAUSE: Duration = Duration::from_secs(30);
/// When a fetch must have ended.
const DEADLINE: Duration = Duration::from_secs(5);
/// Bytes of the largest JWKS.
pub const LARGEST: usize = 256 * 1024;

/// Where a JWKS comes from.
pub trait FetchJwks: fmt::Debug + Send + Sync {
    /// Its text, of at most [`LARGEST`] bytes.
    fn fetch(&self) -> BoxFuture<'_, Result<Vec<u8>, FetchFailed>>;

    /// What the log calls it.
    fn name(&self) -> String;
}

/// Why there is no JWKS. For the log alone.
#[derive(Debug, thiserror::Error)]
pub enum FetchFailed {
    /// It could not be had.
    #[error("{0}")]
    Unreachable(String),
    /// It took too long.
    #[error("no answer within {} s", DEADLINE.as_secs())]
    Late,
    /// It has more than [`LARGEST`] bytes.
    #[error("more than {LARGEST} bytes")]
    TooLarge,
    /// It is no JWKS, or has no key that could verify a token.
    #[error(transparent)]
    Broken(#[from] NotAKeySet),
}

/// The keys of one issuer.
#[derive(Debug)]
pub(super) struct Keys {
    current: ArcSwap<KeySet>,
    source: Option<Arc<dyn FetchJwks>>,
    /// When an unknown key last had them fetched.
    asked: Mutex<Option<Moment>>,
}

impl Keys {
    /// Keys that are yet to be fetched.
    pub(super) fn of(source: Arc<dyn FetchJwks>) -> Self {
        Self {
            current: ArcSwap::default(),
            source: Some(source),
            asked: Mutex::new(None),
        }
    }

    /// Keys that never change.
    pub(super) fn fixed(keys: KeySet) -> Self {
        Self {
            current: ArcSwap::from_pointee(keys),
            source: None,
            asked: Mutex::new(None),
        }
    }

    /// The key that a token names, fetched if it is not known yet.
    pub(super) async fn find(
        &self,
        header: &Header,
        clock: &dyn Clock,
    ) -> Result<Arc<Verifier>, TokenRefused> {
        match self.current.load().find(header) {
            Err(TokenRefused::Key | TokenRefused::NoKeys) => {
                self.fetch_unknown(clock).await;
                self.current.load().find(header)
            }
            found => found,
        }
    }

    /// Fetches the keys anew. On failure the last good ones stay.
    pub(super) async fn fetch(&self, clock: &dyn Clock) -> Result<(), FetchFailed> {
        match &self.source {
            Some(source) => self.fetch_from(&**source, clock).await,
            None => Ok(()),
        }
    }

    async fn fetch_from(
        &self,
        source: &dyn FetchJwks,
        clock: &dyn Clock,
    ) -> Result<(), FetchFailed> {
        let deadline = clock.sleep_until(clock.now().plus(DEADLINE));
        let text = match select(source.fetch(), deadline).await {
            Either::Left((fetched, _)) => fetched?,
            Either::Right(_) => return Err(FetchFailed::Late),
        };
        self.current.store(Arc::new(KeySet::parse(&text)?));
        Ok(())
    }

    /// Those who ask meanwhile wait, and find what this fetch brought.
    async fn fetch_unknown(&self, clock: &dyn Clock) {
        let Some(source) = &self.source else {
            return;
        };
        let mut asked = self.asked.lock().await;
        let now = clock.now();
        if asked.is_some_and(|at| now >= at && now.since(at) < PAUSE) {
            return;
        }
        *asked = Some(now);
        if let Err(error) = self.fetch_from(&**source, clock).await {
            let source = source.name();
            tracing::warn!(source, %error, "the keys of an issuer were not fetched");
        }
    }
}
