//! HTTP: a body and header fields (RFC 9110 §5 and §6.4).

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::{Payload, shown};
use crate::error::{Code, Error, quote};

/// The content of an HTTP message, with its header fields (RFC 9110 §6.4).
///
/// ```
/// use downlink::message::Payload;
/// use downlink::message::http::{Content, HeaderName, HeaderValue, Headers};
///
/// let mut content = Content::new(Payload::Text(r#"{"on":true}"#.to_owned()));
/// content.headers = Headers::new([(
///     HeaderName::new("Content-Type")?,
///     HeaderValue::new("application/json")?,
/// )])?;
/// assert_eq!(content.headers.value("content-type").unwrap().as_str(), "application/json");
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Content {
    /// What is said; it may be empty.
    pub body: Payload,
    /// The header fields.
    pub headers: Headers,
}

impl Content {
    /// Content without header fields.
    #[must_use]
    pub fn new(body: Payload) -> Self {
        Self {
            body,
            headers: Headers::default(),
        }
    }
}

/// Header fields in the order in which they were given, no name twice; a clone shares them.
///
/// The contract has them as an object, so a name has one value; names that differ in case only are
/// one name (RFC 9110 §5.1).
///
/// ```
/// use downlink::message::http::{HeaderName, HeaderValue, Headers};
///
/// let field = |name: &str| Ok((HeaderName::new(name)?, HeaderValue::new("1")?));
/// assert_eq!(Headers::new([field("X-A")?, field("X-B")?])?.iter().count(), 2);
/// assert!(Headers::new([field("X-A")?, field("x-a")?]).is_err());
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Headers(Arc<[(HeaderName, HeaderValue)]>);

impl Headers {
    /// These header fields.
    ///
    /// # Errors
    ///
    /// `encode/header` if a name stands twice.
    pub fn new(fields: impl IntoIterator<Item = (HeaderName, HeaderValue)>) -> Result<Self, Error> {
        let fields: Vec<_> = fields.into_iter().collect();
        let mut names = BTreeSet::new();
        match fields.iter().find(|(name, _)| !names.insert(name)) {
            Some((name, _)) => Err(twice(name)),
            None => Ok(Self(fields.into())),
        }
    }

    /// The fields in order.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&HeaderName, &HeaderValue)> {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of a field, found by its name in any case.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&HeaderValue> {
        self.0
            .iter()
            .find(|(known, _)| known.as_str().eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

#[cold]
fn twice(name: &HeaderName) -> Error {
    let name = quote(name.as_str());
    bad_header(format!(
        "duplicate header field `{name}`, expected each once"
    ))
    .found(name)
}

/// The name of a header field: a token (RFC 9110 §5.1 and §5.6.2).
///
/// It is kept as written and compared without regard to case.
///
/// ```
/// use downlink::message::http::HeaderName;
///
/// assert_eq!(HeaderName::new("Content-Type")?, HeaderName::new("content-type")?);
/// assert!(HeaderName::new("Content Type").is_err());
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct HeaderName(String);

impl HeaderName {
    /// The header field of this name.
    ///
    /// # Errors
    ///
    /// `encode/header` if it is empty or has a character that no token has.
    pub fn new(name: impl Into<String>) -> Result<Self, Error> {
        let name = name.into();
        if name.is_empty() {
            return Err(bad_header("the header name is empty, expected a character"));
        }
        match name.char_indices().find(|(_, c)| !is_tchar(*c)) {
            Some((at, character)) => Err(bad_character(
                "name",
                (at, character),
                "letters, digits and !#$%&'*+-.^_`|~",
            )),
            None => Ok(Self(name)),
        }
    }

    /// What names are compared by.
    fn folded(&self) -> impl Iterator<Item = u8> {
        self.0.bytes().map(|byte| byte.to_ascii_lowercase())
    }
}

text!(HeaderName, 0);

impl PartialEq for HeaderName {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for HeaderName {}

impl PartialOrd for HeaderName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for HeaderName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded().cmp(other.folded())
    }
}

impl Hash for HeaderName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.folded().for_each(|byte| state.write_u8(byte));
        state.write_u8(u8::MAX);
    }
}

/// The value of a header field: visible ASCII, with blanks and tabs inside (RFC 9110 §5.5).
///
/// It may be empty. Blanks at its ends are refused rather than lost on the way, and so is
/// `obs-text`, everything above ASCII: receivers do not agree what it means.
///
/// ```
/// use downlink::message::http::HeaderValue;
///
/// assert_eq!(HeaderValue::new("Bearer abc")?.as_str(), "Bearer abc");
/// assert_eq!(
///     HeaderValue::new("a\r\nX-Admin: 1").unwrap_err().to_string(),
///     r"the header value has `\r` at byte 1, expected visible ASCII characters, blanks and tabs",
/// );
///
/// let token = HeaderValue::new("Bearer abc")?.with_sensitive(true);
/// assert_eq!(format!("{token:?}"), "HeaderValue(***)");
/// assert_eq!(token.as_str(), "Bearer abc");
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HeaderValue {
    text: String,
    is_sensitive: bool,
}

impl HeaderValue {
    /// The value that is written so.
    ///
    /// # Errors
    ///
    /// `encode/header` if it has another character, or begins or ends with a blank or a tab.
    pub fn new(value: impl Into<String>) -> Result<Self, Error> {
        let value = value.into();
        let allowed = |c: char| matches!(c, '\t' | ' '..='~');
        if let Some(found) = value.char_indices().find(|(_, c)| !allowed(*c)) {
            return Err(bad_character(
                "value",
                found,
                "visible ASCII characters, blanks and tabs",
            ));
        }
        if value.starts_with([' ', '\t']) || value.ends_with([' ', '\t']) {
            return Err(bad_header(
                "the header value begins or ends with a blank, expected none there",
            ));
        }
        Ok(Self {
            text: value,
            is_sensitive: false,
        })
    }

    /// Says whether the value is a secret, which previews and masked documents hide.
    #[must_use]
    pub fn with_sensitive(mut self, is_sensitive: bool) -> Self {
        self.is_sensitive = is_sensitive;
        self
    }

    /// Whether the value is a secret.
    #[must_use]
    pub fn is_sensitive(&self) -> bool {
        self.is_sensitive
    }
}

text!(HeaderValue, text);

impl fmt::Debug for HeaderValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_tuple("HeaderValue");
        if self.is_sensitive {
            shown.field(&format_args!("***")).finish()
        } else {
            shown.field(&self.text).finish()
        }
    }
}

/// Whether a token may have the character (RFC 9110 §5.6.2).
pub(super) fn is_tchar(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character)
}

#[cold]
fn bad_character(part: &str, (at, character): (usize, char), expected: &str) -> Error {
    let character = shown(character);
    bad_header(format!(
        "the header {part} has {character} at byte {at}, expected {expected}"
    ))
    .expected(expected)
    .found(character)
}

#[cold]
fn bad_header(message: impl Into<String>) -> Error {
    Error::new(Code::EncodeHeader, message)
}
