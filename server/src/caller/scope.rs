//! What a token allows.

use serde_json::{Map, Value};

use super::refused::TokenRefused;

/// Something that a token may allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Reading downlinks, devices and encoders.
    Read,
    /// Posting downlinks.
    Write,
    /// Cancelling downlinks.
    Delete,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Delete];

    /// The name in a token.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "downlink.read",
            Self::Write => "downlink.write",
            Self::Delete => "downlink.delete",
        }
    }
}

/// The scopes of a token that the service knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes {
    read: bool,
    write: bool,
    delete: bool,
}

impl Scopes {
    /// Everything.
    pub const ALL: Self = Self {
        read: true,
        write: true,
        delete: true,
    };

    /// Whether this is allowed.
    #[must_use]
    pub fn allow(self, scope: Scope) -> bool {
        match scope {
            Scope::Read => self.read,
            Scope::Write => self.write,
            Scope::Delete => self.delete,
        }
    }

    /// The names, with spaces between.
    pub(super) fn text(self) -> String {
        let names = Scope::ALL.into_iter().filter(|scope| self.allow(*scope));
        names.map(Scope::as_str).collect::<Vec<_>>().join(" ")
    }

    /// The names in `scope` (a text with spaces, RFC 8693 §4.2) and in `scp` (a list). Names that
    /// are not of this service allow nothing.
    pub(super) fn of(claims: &Map<String, Value>) -> Result<Self, TokenRefused> {
        let mut scopes = Self::default();
        match claims.get("scope") {
            None => {}
            Some(Value::String(names)) => names.split(' ').for_each(|name| scopes.add(name)),
            Some(_) => return Err(TokenRefused::ClaimType("scope")),
        }
        match claims.get("scp") {
            None => {}
            Some(Value::Array(names)) => {
                for name in names {
                    scopes.add(name.as_str().ok_or(TokenRefused::ClaimType("scp"))?);
                }
            }
            Some(_) => return Err(TokenRefused::ClaimType("scp")),
        }
        Ok(scopes)
    }

    fn add(&mut self, name: &str) {
        if let Some(scope) = Scope::ALL.into_iter().find(|scope| scope.as_str() == name) {
            self.allow_also(scope);
        }
    }

    fn allow_also(&mut self, scope: Scope) {
        match scope {
            Scope::Read => self.read = true,
            Scope::Write => self.write = true,
            Scope::Delete => self.delete = true,
        }
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        let mut allowed = Self::default();
        for scope in scopes {
            allowed.allow_also(scope);
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(claims: &Value) -> Result<String, TokenRefused> {
        Scopes::of(claims.as_object().unwrap()).map(Scopes::text)
    }

    #[test]
    fn scopes_come_from_a_text_with_spaces_and_from_a_list() {
        for (claims, scopes) in [
            (json!({}), ""),
            (json!({"scope": "openid downlink.read"}), "downlink.read"),
            (json!({"scp": ["downlink.write", "x"]}), "downlink.write"),
            (
                json!({"scope": "downlink.read", "scp": ["downlink.delete"]}),
                "downlink.read downlink.delete",
            ),
            (
                json!({"scope": "Downlink.Read downlink.reader downlink"}),
                "",
            ),
            (json!({"scope": "downlink.read,downlink.write"}), ""),
            (json!({"scp": ["downlink.read downlink.write"]}), ""),
        ] {
            assert_eq!(of(&claims).as_deref(), Ok(scopes), "{claims}");
        }
        assert_eq!(
            Scopes::ALL.text(),
            "downlink.read downlink.write downlink.delete"
        );
    }

    #[test]
    fn scopes_of_another_type_are_refused() {
        for (claims, name) in [
            (json!({"scope": ["downlink.read"]}), "scope"),
            (json!({"scope": null}), "scope"),
            (json!({"scp": "downlink.read"}), "scp"),
            (json!({"scp": ["downlink.read", 1]}), "scp"),
        ] {
            assert_eq!(of(&claims), Err(TokenRefused::ClaimType(name)), "{claims}");
        }
    }
}
