//! Tokens of the demo: signed with a random key of its data folder, and worth nothing elsewhere.

use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde::Serialize;

use super::scope::Scopes;
use crate::clock::Moment;
use crate::id::Client;
use crate::key::Key;

/// The `iss` of the demo's tokens.
pub(super) const ISSUER: &str = "urn:downlinkd:demo";
/// Their `aud`.
pub(super) const AUDIENCE: &str = "downlinkd";
/// The claim that names their client.
pub(super) const CLIENT_CLAIM: &str = "client";
/// What the demo's clients begin with.
pub(super) const NAME: &str = "demo";

/// Makes tokens for the demo.
#[derive(Clone, Debug)]
pub struct DemoTokens {
    key: Key,
}

/// A token was not made.
#[derive(Debug, thiserror::Error)]
#[error("the token could not be signed: {0}")]
pub struct NotSigned(#[from] jsonwebtoken::errors::Error);

#[derive(Serialize)]
struct Claims<'c> {
    iss: &'static str,
    aud: &'static str,
    exp: u64,
    client: &'c str,
    scope: String,
}

impl DemoTokens {
    /// Tokens that are signed with this key.
    #[must_use]
    pub fn new(key: Key) -> Self {
        Self { key }
    }

    /// The client that a token of this name is of.
    #[must_use]
    pub fn client(name: &str) -> Client {
        super::client(NAME, name)
    }

    /// A token of this client, for these scopes, valid for so long from now on.
    pub fn make(
        &self,
        client: &str,
        scopes: Scopes,
        now: Moment,
        valid: Duration,
    ) -> Result<String, NotSigned> {
        let claims = Claims {
            iss: ISSUER,
            aud: AUDIENCE,
            exp: now.plus(valid).since(Moment::from_micros(0)).as_secs(),
            client,
            scope: scopes.text(),
        };
        let key = EncodingKey::from_secret(self.key.bytes())?;
        Ok(encode(&Header::new(Algorithm::HS256), &claims, &key)?)
    }

    pub(super) fn key(&self) -> &Key {
        &self.key
    }
}
