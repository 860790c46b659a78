//! The keys of one JWKS (RFC 7517) that can verify a token.
//!
//! | key | algorithm |
//! |---|---|
//! | RSA of at least 2048 bits | its `alg`: `RS256` or `PS256`; `RS256` without one |
//! | EC on P-256 | `ES256` |
//! | OKP on Ed25519 | `EdDSA` |
//!
//! Others are left out, as the standard wants it (§5): keys for encryption, symmetric ones, and
//! kinds that are not known.

use std::fmt;
use std::sync::Arc;

use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse,
};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind, crypto};
use serde::Deserialize;
use serde_json::Value;

use super::refused::TokenRefused;
use super::token::{Header, Token};
use crate::key::Key;

/// Bytes of the modulus of the smallest RSA key (RFC 7518 §3.3).
const SMALLEST_RSA: usize = 2048 / 8;
/// Keys of a JWKS that are looked at.
const MOST: usize = 100;

/// The keys of an issuer that can verify a token.
#[derive(Clone, Debug, Default)]
pub(super) struct KeySet(Vec<Arc<Verifier>>);

/// One key, with the one algorithm that it is for.
pub(super) struct Verifier {
    id: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("id", &self.id)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// A text that gives no keys. For the log alone.
#[derive(Debug, thiserror::Error)]
pub enum NotAKeySet {
    /// It is no JWKS.
    #[error("not a JWKS: {0}")]
    Malformed(serde_json::Error),
    /// It has more keys than any issuer needs.
    #[error("the JWKS has {0} keys, expected at most {MOST}")]
    TooMany(usize),
    /// Every key of it is of another kind.
    #[error("the JWKS has no key for RS256, PS256, ES256 or EdDSA")]
    NoKey,
}

/// A JWKS, whose keys are read one by one: what one of them is does not harm the others.
#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl KeySet {
    /// Reads a JWKS.
    pub(super) fn parse(text: &[u8]) -> Result<Self, NotAKeySet> {
        let document: Document = serde_json::from_slice(text).map_err(NotAKeySet::Malformed)?;
        if document.keys.len() > MOST {
            return Err(NotAKeySet::TooMany(document.keys.len()));
        }
        let keys = document.keys.into_iter().filter_map(|key| {
            let jwk: Jwk = serde_json::from_value(key).ok()?;
            Verifier::of(&jwk).map(Arc::new)
        });
        let keys: Vec<_> = keys.collect();
        if keys.is_empty() {
            Err(NotAKeySet::NoKey)
        } else {
            Ok(Self(keys))
        }
    }

    /// The demo's own key, the only one with HS256.
    pub(super) fn demo(key: &Key) -> Result<Self, jsonwebtoken::errors::Error> {
        Ok(Self(vec![Arc::new(Verifier {
            id: None,
            algorithm: Algorithm::HS256,
            key: DecodingKey::from_secret(key.bytes())?,
        })]))
    }

    /// The key that a token names. Without a name, the issuer's only one.
    pub(super) fn find(&self, header: &Header) -> Result<Arc<Verifier>, TokenRefused> {
        let mut named = match (&header.key_id, self.0.as_slice()) {
            (_, []) => return Err(TokenRefused::NoKeys),
            (None, [only]) => vec![only],
            (None, _) => return Err(TokenRefused::KeyId),
            (Some(id), keys) => {
                let is_named = |key: &&Arc<Verifier>| key.id.as_ref() == Some(id);
                keys.iter().filter(is_named).collect()
            }
        };
        if named.is_empty() {
            return Err(TokenRefused::Key);
        }
        named.retain(|key| key.is_for(&header.algorithm));
        named
            .first()
            .map_or(Err(TokenRefused::Algorithm), |key| Ok(Arc::clone(key)))
    }
}

impl Verifier {
    /// The key, if it is one for signatures that are taken here.
    fn of(jwk: &Jwk) -> Option<Self> {
        let common = &jwk.common;
        let signs = matches!(common.public_key_use, None | Some(PublicKeyUse::Signature));
        let operations = common.key_operations.as_ref();
        let verifies = operations.is_none_or(|it| it.contains(&KeyOperations::Verify));
        if !signs || !verifies {
            return None;
        }
        let algorithm = algorithm_of(jwk)?;
        let key = DecodingKey::from_jwk(jwk).ok()?;
        is_usable(&key).then(|| Self {
            id: common.key_id.clone(),
            algorithm,
            key,
        })
    }

    fn is_for(&self, algorithm: &str) -> bool {
        algorithm.parse() == Ok(self.algorithm)
    }

    /// Whether this key signed the token. What is no signature at all, it did not.
    pub(super) fn has_signed(&self, token: &Token<'_>) -> bool {
        let message = token.message.as_bytes();
        crypto::verify(token.signature, message, &self.key, self.algorithm).unwrap_or(false)
    }
}

/// The algorithm of a key: what it is made for, never what a token says.
fn algorithm_of(jwk: &Jwk) -> Option<Algorithm> {
    match (&jwk.algorithm, jwk.common.key_algorithm) {
        (AlgorithmParameters::RSA(_), None | Some(KeyAlgorithm::RS256)) => Some(Algorithm::RS256),
        (AlgorithmParameters::RSA(_), Some(KeyAlgorithm::PS256)) => Some(Algorithm::PS256),
        (AlgorithmParameters::EllipticCurve(key), None | Some(KeyAlgorithm::ES256))
            if key.curve == EllipticCurve::P256 =>
        {
            Some(Algorithm::ES256)
        }
        (AlgorithmParameters::OctetKeyPair(key), None | Some(KeyAlgorithm::EdDSA))
            if key.curve == EllipticCurve::Ed25519 =>
        {
            Some(Algorithm::EdDSA)
        }
        _ => None,
    }
}

fn is_usable(key: &DecodingKey) -> bool {
    match key.kind() {
        DecodingKeyKind::RsaModulusExponent { n, .. } => {
            let zeros = n.iter().take_while(|byte| **byte == 0).count();
            n.len() - zeros >= SMALLEST_RSA
        }
        DecodingKeyKind::SecretOrDer(_) => true,
    }
}
