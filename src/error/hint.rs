//! What to do next, and who can do it.

use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Who can follow a hint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Audience {
    /// Whoever wrote the input.
    Caller,
    /// Whoever runs the tool, the service or the program: its arguments, its device file and its
    /// encoders are out of the caller's reach.
    Operator,
}

/// What to do next; as JSON, its text alone.
///
/// ```
/// use downlink::encoder::Registry;
/// use downlink::error::Audience;
///
/// // Who may bind a device to another encoder is not who sends it an instruction.
/// let error = Registry::builder().build().get("acme/v1").unwrap_err();
/// let hint = error.diagnostic().hint.as_ref().unwrap();
/// assert_eq!(hint.audience(), Audience::Operator);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Hint {
    text: String,
    audience: Audience,
}

impl Hint {
    pub(super) fn new(audience: Audience, text: impl Into<String>) -> Self {
        let text = text.into();
        Self { text, audience }
    }

    /// The text: a fragment, in lower case, names in backticks.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Who can follow it.
    #[must_use]
    pub fn audience(&self) -> Audience {
        self.audience
    }
}

impl Deref for Hint {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Read back, a hint speaks to the caller: JSON has its text alone.
impl<'de> Deserialize<'de> for Hint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::new(Audience::Caller, text))
    }
}

impl Serialize for Hint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}
