//! Text that is written again and again.

use super::append_escaped;

/// A text, and how it stands between the quotes of a string.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Literal {
    text: String,
    escaped: Vec<u8>,
}

impl Literal {
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// In UTF-8.
    pub(crate) fn escaped(&self) -> &[u8] {
        &self.escaped
    }

    pub(crate) fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
        append_escaped(text.as_bytes(), &mut self.escaped);
    }
}

impl From<&str> for Literal {
    fn from(text: &str) -> Self {
        let mut literal = Self::default();
        literal.push_str(text);
        literal
    }
}
