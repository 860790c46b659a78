//! What is wrong with a request, as an HTTP answer (RFC 9457).

use std::fmt::Write;

use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{Diagnostic, Error};

/// The body of an answer of type `application/problem+json`.
///
/// Every field may be absent; a `type` that is absent means `about:blank`.
///
/// ```
/// use downlink::contract::{CreateDownlinkRequest, Problem};
///
/// let error = CreateDownlinkRequest::from_json(br#"{"instruction": [], "dryrun": 1}"#).unwrap_err();
/// let problem = Problem::from(&error);
/// assert_eq!(problem.status, Some(400));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Problem {
    /// What kind of problem it is: a URI reference, here the code of the diagnostic.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub problem_type: Option<String>,
    /// A sentence for all problems of the type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The HTTP status code, 100 to 599.
    #[serde(
        default,
        deserialize_with = "status",
        skip_serializing_if = "Option::is_none"
    )]
    pub status: Option<u16>,
    /// What is wrong this time, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Where it is wrong: a URI reference, here a JSON pointer into the request as a fragment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}

fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    match Option::<u16>::deserialize(deserializer)? {
        Some(status) if !(100..600).contains(&status) => Err(serde::de::Error::custom(format!(
            "the status is {status}, expected 100 to 599"
        ))),
        status => Ok(status),
    }
}

impl From<&Diagnostic> for Problem {
    fn from(diagnostic: &Diagnostic) -> Self {
        let detail = match &diagnostic.hint {
            Some(hint) => format!("{}; {hint}", diagnostic.message),
            None => diagnostic.message.clone(),
        };
        Self {
            problem_type: Some(diagnostic.code.as_str().to_owned()),
            title: Some(diagnostic.code.title().to_owned()),
            status: Some(diagnostic.kind().status()),
            detail: Some(detail),
            instance: diagnostic.pointer.as_deref().map(fragment),
        }
    }
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        Self::from(error.diagnostic())
    }
}

/// A JSON pointer as the fragment of a URI (RFC 6901 §6).
fn fragment(pointer: &str) -> String {
    let mut fragment = String::from("#");
    for byte in pointer.bytes() {
        if is_fragment_character(byte) {
            fragment.push(byte.into());
        } else {
            // Writing to a string does not fail.
            let _ = write!(fragment, "%{byte:02X}");
        }
    }
    fragment
}

/// What stands for itself in a fragment (RFC 3986 §3.5).
fn is_fragment_character(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    #[test]
    fn a_problem_tells_the_diagnostic() {
        let error = Error::new(Code::RequestUnknownField, "no field `fPört`")
            .at_pointer("/method/fPört")
            .hint("did you mean `fPort`?");
        assert_eq!(
            serde_json::to_value(Problem::from(&error)).unwrap(),
            serde_json::json!({
                "type": "request/unknown-field",
                "title": "The request has a field that is not known.",
                "status": 400,
                "detail": "no field `fPört`; did you mean `fPort`?",
                "instance": "#/method/fP%C3%B6rt",
            })
        );
    }

    #[test]
    fn a_status_that_is_none_is_refused() {
        for (status, is_taken) in [(99, false), (100, true), (599, true), (600, false)] {
            let problem: Result<Problem, _> =
                serde_json::from_value(serde_json::json!({ "status": status }));
            assert_eq!(problem.is_ok(), is_taken, "{status}");
        }
    }
}
