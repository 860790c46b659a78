//! A JSON Web Token (RFC 7519) in compact form (RFC 7515 §7.1), and the rules for its members.
//!
//! Taken apart once: what is verified is what was read. The algorithm is the key's; a token that
//! names another is refused. The time is the caller's, so no library looks at a clock.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::refused::TokenRefused;
use crate::clock::Moment;

/// Characters of the longest token.
pub(super) const LONGEST: usize = 8 * 1024;
/// How far the clocks of an issuer and of the service may differ.
const LEEWAY: Duration = Duration::from_secs(30);
/// Members of a header that name keys or rules of their own: an attacker's.
const NOT_ALLOWED: [&str; 4] = ["crit", "jku", "jwk", "x5u"];

/// A token whose signature nobody has verified yet.
pub(super) struct Token<'t> {
    pub(super) header: Header,
    pub(super) claims: Claims,
    /// What is signed: header and claims as they were sent.
    pub(super) message: &'t str,
    /// In base64url.
    pub(super) signature: &'t str,
}

/// What a header says, as far as anybody asks.
pub(super) struct Header {
    pub(super) algorithm: String,
    pub(super) key_id: Option<String>,
}

/// The claims of a token.
pub(super) struct Claims(pub(super) Map<String, Value>);

impl fmt::Debug for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl<'t> Token<'t> {
    /// Takes the token of an `Authorization` header apart.
    pub(super) fn parse(authorization: Option<&'t str>) -> Result<Self, TokenRefused> {
        let token = bearer(authorization.ok_or(TokenRefused::Missing)?)?;
        if token.len() > LONGEST {
            return Err(TokenRefused::TooLong);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(TokenRefused::Malformed)?;
        let (header, claims) = message.split_once('.').ok_or(TokenRefused::Malformed)?;
        Ok(Self {
            header: Header::of(&object(header)?)?,
            claims: Claims(object(claims)?),
            message,
            signature,
        })
    }
}

/// The token behind the scheme, whose case does not matter (RFC 9110 §11.1).
fn bearer(authorization: &str) -> Result<&str, TokenRefused> {
    let (scheme, token) = authorization.split_once(' ').ok_or(TokenRefused::Scheme)?;
    if scheme.eq_ignore_ascii_case("Bearer") {
        Ok(token.trim_matches(' '))
    } else {
        Err(TokenRefused::Scheme)
    }
}

fn object(encoded: &str) -> Result<Map<String, Value>, TokenRefused> {
    let json = URL_SAFE_NO_PAD.decode(encoded);
    let json = json.map_err(|_| TokenRefused::Malformed)?;
    serde_json::from_slice(&json).map_err(|_| TokenRefused::Malformed)
}

impl Header {
    fn of(members: &Map<String, Value>) -> Result<Self, TokenRefused> {
        if let Some(name) = NOT_ALLOWED.iter().find(|it| members.contains_key(**it)) {
            return Err(TokenRefused::Header(name));
        }
        let text = |name| match members.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(TokenRefused::Malformed),
        };
        Ok(Self {
            algorithm: text("alg")?.ok_or(TokenRefused::Malformed)?,
            key_id: text("kid")?,
        })
    }
}

impl Claims {
    pub(super) fn issuer(&self) -> Result<&str, TokenRefused> {
        let issuer = self.required("iss")?;
        issuer.as_str().ok_or(TokenRefused::ClaimType("iss"))
    }

    /// The subject, which nobody needs but the log.
    pub(super) fn subject(&self) -> Result<Option<String>, TokenRefused> {
        match self.0.get("sub") {
            None => Ok(None),
            Some(Value::String(subject)) => Ok(Some(subject.clone())),
            Some(_) => Err(TokenRefused::ClaimType("sub")),
        }
    }

    /// A text or a list of texts, one of them this audience (RFC 7519 §4.1.3).
    pub(super) fn require_audience(&self, audience: &str) -> Result<(), TokenRefused> {
        let named = match self.required("aud")? {
            Value::String(named) => vec![named.as_str()],
            Value::Array(named) => named
                .iter()
                .map(|named| named.as_str().ok_or(TokenRefused::ClaimType("aud")))
                .collect::<Result<_, _>>()?,
            _ => return Err(TokenRefused::ClaimType("aud")),
        };
        if named.contains(&audience) {
            Ok(())
        } else {
            Err(TokenRefused::Audience)
        }
    }

    /// `exp` must be there; `nbf` is looked at where it is.
    pub(super) fn require_valid_at(&self, now: Moment) -> Result<(), TokenRefused> {
        let expires = numeric_date(self.required("exp")?, "exp")?;
        if now >= expires.plus(LEEWAY) {
            return Err(TokenRefused::Expired);
        }
        if let Some(value) = self.0.get("nbf") {
            let from = numeric_date(value, "nbf")?;
            if now.plus(LEEWAY) < from {
                return Err(TokenRefused::NotYetValid);
            }
        }
        Ok(())
    }

    fn required(&self, name: &'static str) -> Result<&Value, TokenRefused> {
        self.0.get(name).ok_or(TokenRefused::ClaimMissing(name))
    }
}

/// Seconds since the Unix epoch, possibly with a fraction (RFC 7519 §2), never in quotes.
fn numeric_date(value: &Value, name: &'static str) -> Result<Moment, TokenRefused> {
    let since = match value {
        Value::Number(number) => match number.as_u64() {
            Some(seconds) => Some(Duration::from_secs(seconds)),
            None => number
                .as_f64()
                .and_then(|it| Duration::try_from_secs_f64(it).ok()),
        },
        _ => None,
    };
    let since = since.ok_or(TokenRefused::ClaimType(name))?;
    Ok(Moment::from_micros(0).plus(since))
}
