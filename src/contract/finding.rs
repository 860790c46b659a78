//! One of the findings of a problem, as a document.

use serde::{Deserialize, Serialize};

use crate::error::{Audience, Diagnostic, Hint, Position, Severity};

/// One finding, as an HTTP answer holds it: a [`Diagnostic`] whose code may be a service's own.
///
/// A hint that only the operator can follow is left out.
///
/// ```
/// use downlink::contract::Finding;
///
/// let own = Finding::new("query/unknown", "no parameter `limt`");
/// assert_eq!(serde_json::to_value(own)?, serde_json::json!({
///     "severity": "error", "code": "query/unknown", "message": "no parameter `limt`",
/// }));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Finding {
    /// Whether the request is refused for it.
    pub severity: Severity,
    /// The stable code.
    pub code: String,
    /// What is wrong, for people; untrusted text in it is escaped and cut.
    pub message: String,
    /// JSON pointer into the request (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The place in the text or the bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// Index of the record in the pack, from zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<usize>,
    /// The label in the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The rule of the standard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What would have been right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What was found instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Finding {
    /// An error of this code, with its message and nothing else.
    #[must_use]
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code: code.into(),
            message: message.into(),
            pointer: None,
            position: None,
            record: None,
            label: None,
            rule: None,
            expected: None,
            found: None,
            hint: None,
        }
    }
}

impl From<&Diagnostic> for Finding {
    fn from(diagnostic: &Diagnostic) -> Self {
        let for_caller = |hint: &&Hint| hint.audience() == Audience::Caller;
        let hint = diagnostic.hint.as_ref().filter(for_caller);
        Self {
            severity: diagnostic.severity,
            code: diagnostic.code.as_str().to_owned(),
            message: diagnostic.message.clone(),
            pointer: diagnostic.pointer.clone(),
            position: diagnostic.position,
            record: diagnostic.record,
            label: diagnostic.label.clone(),
            rule: diagnostic.rule.as_deref().map(str::to_owned),
            expected: diagnostic.expected.clone(),
            found: diagnostic.found.clone(),
            hint: hint.map(ToString::to_string),
        }
    }
}
