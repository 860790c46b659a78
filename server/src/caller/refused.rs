//! Why a token is refused.

/// Why a token is refused. Never says anything of its content but the names of claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenRefused {
    /// There is no `Authorization` header.
    #[error("there is no `Authorization` header, expected `Authorization: Bearer` and a token")]
    Missing,
    /// The header has another scheme.
    #[error("the `Authorization` header is not `Bearer` and a token")]
    Scheme,
    /// It is longer than any token.
    #[error("the token is longer than {max} characters", max = super::token::LONGEST)]
    TooLong,
    /// It is not three parts in base64url, two of them JSON objects (RFC 7519 §7.2).
    #[error("not a signed JSON Web Token")]
    Malformed,
    /// Its header has a member that no token here may have.
    #[error("the header of the token has `{0}`, which is not allowed")]
    Header(&'static str),
    /// Its algorithm is not the one of its key.
    #[error("the algorithm of the token is not the one of its key")]
    Algorithm,
    /// Nobody who is known made it.
    #[error("the issuer of the token is not known")]
    Issuer,
    /// It does not name its key, and the issuer has several.
    #[error("the token has no `kid`, and its issuer has more than one key")]
    KeyId,
    /// Its issuer has no such key.
    #[error("the key of the token is not known")]
    Key,
    /// The keys of its issuer could not be fetched yet.
    #[error("the keys of the issuer could not be fetched yet")]
    NoKeys,
    /// It was changed, or somebody else made it.
    #[error("the signature of the token is wrong")]
    Signature,
    /// It lacks a claim that it must have.
    #[error("the token has no `{0}`")]
    ClaimMissing(&'static str),
    /// A claim has another JSON type than it must have.
    #[error("the claim `{0}` of the token has a wrong type")]
    ClaimType(&'static str),
    /// It is meant for somebody else.
    #[error("the token is for another audience")]
    Audience,
    /// It is no longer valid.
    #[error("the token has expired")]
    Expired,
    /// It is not valid yet.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// The claim that names the client is absent, empty, or not a text.
    #[error("the token does not name its client")]
    Client,
}

impl TokenRefused {
    /// A stable word for each, for logs and metrics.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Scheme => "scheme",
            Self::TooLong => "too-long",
            Self::Malformed => "malformed",
            Self::Header(_) => "header",
            Self::Algorithm => "algorithm",
            Self::Issuer => "issuer",
            Self::KeyId => "key-id",
            Self::Key => "key",
            Self::NoKeys => "no-keys",
            Self::Signature => "signature",
            Self::ClaimMissing(_) => "claim-missing",
            Self::ClaimType(_) => "claim-type",
            Self::Audience => "audience",
            Self::Expired => "expired",
            Self::NotYetValid => "not-yet-valid",
            Self::Client => "client",
        }
    }
}
