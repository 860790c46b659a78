//! `[auth]`: whose tokens are taken.

use std::path::PathBuf;
use std::time::Duration;

use super::section::Section;
use super::url::HttpsUrl;
use super::value::texts;

/// Whose tokens are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Auth {
    /// How often the keys of all issuers are read anew.
    pub refresh: Duration,
    /// Who makes tokens.
    pub issuers: Vec<Issuer>,
}

/// Who makes tokens, and how its clients are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// What clients of this issuer begin with: `acme` makes `acme/client-7`.
    pub name: IssuerName,
    /// The `iss` of its tokens.
    pub issuer: String,
    /// What their `aud` must hold.
    pub audience: String,
    /// The claim that names the client.
    pub client_claim: String,
    /// Where its keys are.
    pub keys: KeySource,
}

/// Where an issuer's JWKS (RFC 7517 §5) is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// In a file.
    File(PathBuf),
    /// At a URL.
    Https(HttpsUrl),
}

/// A short name for an issuer: small letters, digits, `-` and `_`.
///
/// Without a slash, so that issuer and client can be told apart in `acme/client-7`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerName(String);

impl IssuerName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that is not a name of an issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a name of small letters, digits, `-` and `_`")]
pub struct NotAName;

impl std::str::FromStr for IssuerName {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        let is_plain = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
        };
        if (1..=64).contains(&text.len()) && text.bytes().all(is_plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAName)
        }
    }
}

texts! { IssuerName: "1 to 64 small letters, digits, `-` and `_`" }

impl Default for Auth {
    fn default() -> Self {
        Self {
            refresh: Duration::from_mins(10),
            issuers: Vec::new(),
        }
    }
}

impl Auth {
    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        let mut seen = Vec::new();
        Self {
            refresh: section.or("refresh", Self::default().refresh),
            issuers: section.tables("issuers", |section| {
                let issuer = Issuer::read(section)?;
                issuer.refuse_twice(&mut seen, section);
                Some(issuer)
            }),
        }
    }
}

impl Issuer {
    fn read(section: &mut Section<'_, '_>) -> Option<Self> {
        let name = section.required("name");
        let issuer = section.required("issuer");
        let audience = section.required("audience");
        let client_claim = section.required("client_claim");
        let file = section.optional("jwks_file").map(KeySource::File);
        let url = section.optional("jwks_url").map(KeySource::Https);
        if !section.has("jwks_file") && !section.has("jwks_url") {
            section.missing("jwks_url");
        }
        Some(Self {
            keys: section.either(("jwks_file", file), ("jwks_url", url))?,
            name: name?,
            issuer: issuer?,
            audience: audience?,
            client_claim: client_claim?,
        })
    }

    /// Two issuers of one name would share their clients; of two with one `iss` the second would
    /// never be asked.
    fn refuse_twice(&self, seen: &mut Vec<(String, String)>, section: &mut Section<'_, '_>) {
        let name = self.name.as_str();
        if seen.iter().any(|(other, _)| other == name) {
            section.fault("name", "another issuer has this name");
        }
        if seen.iter().any(|(_, other)| *other == self.issuer) {
            section.fault("issuer", "another entry has this issuer");
        }
        seen.push((name.to_owned(), self.issuer.clone()));
    }
}
