//! Who calls, and what they may do. Knows nothing of HTTP but the text of one header.
//!
//! A client is (issuer, one configured claim). Every rule of a token stands in `token`, every rule
//! of a key in `key_set`.

mod demo;
mod jwks_file;
mod jwks_https;
mod key_set;
mod keys;
mod peer;
mod rate;
mod refused;
mod scope;
mod token;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

pub use demo::{DemoTokens, NotSigned};
pub use jwks_file::JwksFile;
pub use jwks_https::{JwksHttps, NoTls};
pub use key_set::NotAKeySet;
pub use keys::{FetchFailed, FetchJwks, LARGEST};
pub use peer::peer;
pub use rate::{Pass, Rates, TooMany};
pub use refused::TokenRefused;
pub use scope::{Scope, Scopes};

use crate::clock::Clock;
use crate::id::Client;
use crate::settings::{self, KeySource};
use key_set::KeySet;
use keys::Keys;
use token::{Claims, Token};

/// Characters of the longest name of a client.
const LONGEST_CLIENT: usize = 255;

/// Somebody who has shown a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Whose devices and downlinks they may see.
    pub client: Client,
    /// What they may do.
    pub scopes: Scopes,
    /// Who they are, as their issuer says (`sub`); for the log alone.
    pub subject: Option<String>,
}

/// Knows whose tokens are taken.
#[derive(Debug)]
pub struct Callers {
    issuers: Vec<Issuer>,
    clock: Arc<dyn Clock>,
}

#[derive(Debug)]
struct Issuer {
    name: String,
    /// The `iss` of its tokens.
    iss: String,
    audience: String,
    client_claim: String,
    keys: Keys,
}

impl Callers {
    /// Nobody is known yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            issuers: Vec::new(),
            clock,
        }
    }

    /// Takes the tokens of the issuers that the settings name. [`Self::fetch`] fetches their keys.
    pub fn with_issuers(self, auth: &settings::Auth) -> Result<Self, NoTls> {
        auth.issuers.iter().try_fold(self, |callers, issuer| {
            let keys: Arc<dyn FetchJwks> = match &issuer.keys {
                KeySource::File(path) => Arc::new(JwksFile::new(path.clone())),
                KeySource::Https(url) => Arc::new(JwksHttps::new(url.clone())?),
            };
            Ok(callers.with_issuer(issuer, keys))
        })
    }

    /// Takes the tokens of an issuer, whose keys come from there.
    #[must_use]
    pub fn with_issuer(mut self, issuer: &settings::Issuer, keys: Arc<dyn FetchJwks>) -> Self {
        self.issuers.push(Issuer {
            name: issuer.name.as_str().to_owned(),
            iss: issuer.issuer.clone(),
            audience: issuer.audience.clone(),
            client_claim: issuer.client_claim.clone(),
            keys: Keys::of(keys),
        });
        self
    }

    /// Takes the demo's own tokens.
    pub fn with_demo(mut self, tokens: &DemoTokens) -> Result<Self, NotSigned> {
        let keys = KeySet::demo(tokens.key())?;
        self.issuers.push(Issuer {
            name: demo::NAME.to_owned(),
            iss: demo::ISSUER.to_owned(),
            audience: demo::AUDIENCE.to_owned(),
            client_claim: demo::CLIENT_CLAIM.to_owned(),
            keys: Keys::fixed(keys),
        });
        Ok(self)
    }

    /// Fetches the keys of all issuers, and gives the names of those whose keys were not had. The
    /// last good keys stay; an issuer that has none yet is tried again as its tokens come.
    pub async fn fetch(&self) -> Vec<(String, FetchFailed)> {
        let mut failed = Vec::new();
        for issuer in &self.issuers {
            if let Err(error) = issuer.keys.fetch(&*self.clock).await {
                failed.push((issuer.name.clone(), error));
            }
        }
        failed
    }

    /// [`Self::fetch`], again and again, with failures in the log. Does not end by itself.
    pub async fn refresh(&self, every: Duration) {
        loop {
            self.clock.sleep_until(self.clock.now().plus(every)).await;
            for (issuer, error) in self.fetch().await {
                tracing::warn!(issuer, %error, "the keys of an issuer were not fetched");
            }
        }
    }

    /// Who shows this `Authorization` header, if their token is good.
    pub async fn authenticate(&self, authorization: Option<&str>) -> Result<Caller, TokenRefused> {
        let token = Token::parse(authorization)?;
        let made_by = token.claims.issuer()?;
        let issuer = self.issuers.iter().find(|it| it.iss == made_by);
        let issuer = issuer.ok_or(TokenRefused::Issuer)?;
        let key = issuer.keys.find(&token.header, &*self.clock).await?;
        if !key.has_signed(&token) {
            return Err(TokenRefused::Signature);
        }
        token.claims.require_audience(&issuer.audience)?;
        token.claims.require_valid_at(self.clock.now())?;
        Ok(Caller {
            client: issuer.client(&token.claims)?,
            scopes: Scopes::of(&token.claims.0)?,
            subject: token.claims.subject()?,
        })
    }
}

impl Issuer {
    /// The client that the one configured claim names. No other claim stands in for it.
    fn client(&self, claims: &Claims) -> Result<Client, TokenRefused> {
        match claims.0.get(&self.client_claim) {
            Some(Value::String(name)) if is_client(name) => Ok(client(&self.name, name)),
            _ => Err(TokenRefused::Client),
        }
    }
}

fn is_client(name: &str) -> bool {
    (1..=LONGEST_CLIENT).contains(&name.chars().count()) && !name.contains(char::is_control)
}

/// Names of issuers have no slash, so two clients never share a name.
fn client(issuer: &str, name: &str) -> Client {
    Client::new(&format!("{issuer}/{name}"))
}
