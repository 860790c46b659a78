//! What is wrong with a request, as an HTTP answer (RFC 9457).

use std::fmt::Write;

use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{Diagnostic, Error, Severity};

use super::Finding;

/// The body of an answer of type `application/problem+json`.
///
/// Every field may be absent; a `type` that is absent means `about:blank`. Members of a service's
/// own stand beside these by flattening:
///
/// ```
/// use downlink::contract::{CreateDownlinkRequest, Problem};
///
/// #[derive(serde::Serialize)]
/// struct Answer {
///     #[serde(flatten)]
///     problem: Problem,
///     existing: &'static str,
/// }
///
/// let error = CreateDownlinkRequest::from_json(br#"{"dryrun": 1}"#).unwrap_err();
/// let problem = Problem::from(&error).with_type_prefix("/problems/");
/// assert_eq!(problem.status, Some(400));
/// let answer = serde_json::to_value(Answer { problem, existing: "/downlinks/7" })?;
/// assert_eq!(answer["type"], "/problems/request/unknown-field");
/// assert_eq!(answer["errors"][0]["pointer"], "/dryrun");
/// assert_eq!(answer["existing"], "/downlinks/7");
/// # Ok::<(), serde_json::Error>(())
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
    /// What is wrong this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Where it is wrong: a URI reference, here a JSON pointer into the request as a fragment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// All findings, in the order in which they were made: an extension of this system.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Finding>,
}

impl Problem {
    /// The problem that these findings make: the first of the gravest [`Kind`](crate::error::Kind)
    /// says what it is, and `errors` holds them all.
    ///
    /// Warnings refuse nothing: without an error there is no problem, and beside one they are
    /// among the `errors`.
    ///
    /// ```
    /// use downlink::contract::Problem;
    /// use downlink::error::{Code, Error};
    ///
    /// let range = Error::new(Code::EncodeOutOfRange, "`tdc` is 4").into_diagnostic();
    /// let field = Error::new(Code::RequestUnknownField, "no field `fPort`").into_diagnostic();
    /// let problem = Problem::from_findings([&range, &field]).unwrap();
    /// assert_eq!((problem.status, problem.errors.len()), (Some(400), 2));
    /// let rounded = Error::new(Code::EncodeRounded, "`tdc` is 4").into_warning();
    /// assert_eq!(Problem::from_findings([&rounded]), None);
    /// ```
    #[must_use]
    pub fn from_findings<'d>(findings: impl IntoIterator<Item = &'d Diagnostic>) -> Option<Self> {
        let findings: Vec<&Diagnostic> = findings.into_iter().collect();
        let errors = findings.iter().filter(|it| it.severity == Severity::Error);
        let gravest = errors.min_by_key(|error| error.kind())?;
        Some(Self::of(gravest, &findings))
    }

    fn of(gravest: &Diagnostic, findings: &[&Diagnostic]) -> Self {
        Self {
            problem_type: Some(gravest.code.as_str().to_owned()),
            title: Some(gravest.code.title().to_owned()),
            status: Some(gravest.kind().status()),
            detail: Some(gravest.message.clone()),
            instance: gravest.pointer.as_deref().map(fragment),
            errors: findings.iter().copied().map(Finding::from).collect(),
        }
    }

    /// Puts the place of a service's pages before the `type`, if there is one.
    #[must_use]
    pub fn with_type_prefix(mut self, prefix: &str) -> Self {
        if let Some(problem_type) = &mut self.problem_type {
            problem_type.insert_str(0, prefix);
        }
        self
    }
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        let finding = error.diagnostic();
        Self::of(finding, &[finding])
    }
}

fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    match Option::<u16>::deserialize(deserializer)? {
        Some(status) if !(100..600).contains(&status) => Err(serde::de::Error::custom(format!(
            "the status is {status}, expected 100 to 599"
        ))),
        status => Ok(status),
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
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;
    use crate::error::{Audience, Code};

    #[test]
    fn a_problem_says_what_the_diagnostic_says() {
        let error = Error::new(Code::RequestUnknownField, "no field `fPört`")
            .at_pointer("/method/fPört")
            .expected("one of `fPort`")
            .hint("did you mean `fPort`?");
        let finding = serde_json::to_value(error.diagnostic()).unwrap();
        assert_eq!(
            serde_json::to_value(Problem::from(&error)).unwrap(),
            serde_json::json!({
                "type": "request/unknown-field",
                "title": "The request has a field that is not known.",
                "status": 400,
                "detail": "no field `fPört`",
                "instance": "#/method/fP%C3%B6rt",
                "errors": [finding],
            })
        );
    }

    #[test]
    fn the_gravest_finding_decides_and_the_first_of_equals() {
        let by_gravity = [
            (Code::LimitRecords, 413),
            (Code::RequestType, 400),
            (Code::DeviceUnknown, 404),
            (Code::EncodeType, 422),
            (Code::DevicesDataRate, 500),
        ];
        let error = |code, text| Error::new(code, text).into_diagnostic();
        for (place, (code, status)) in by_gravity.into_iter().enumerate() {
            let lesser = by_gravity.iter().skip(place).rev();
            let mut findings: Vec<_> = lesser.map(|(code, _)| error(*code, "first")).collect();
            findings.push(error(code, "second"));
            let problem = Problem::from_findings(&findings).unwrap();
            assert_eq!(problem.status, Some(status));
            assert_eq!(problem.problem_type.as_deref(), Some(code.as_str()));
            assert_eq!(problem.detail.as_deref(), Some("first"));
            let codes: Vec<_> = problem.errors.iter().map(|it| it.code.as_str()).collect();
            let all: Vec<_> = findings.iter().map(|it| it.code.as_str()).collect();
            assert_eq!(codes, all);
        }
        let nothing: [&Diagnostic; 0] = [];
        assert_eq!(Problem::from_findings(nothing), None);
    }

    #[test]
    fn warnings_are_listed_and_decide_nothing() {
        let error = Error::new(Code::EncodeType, "wrong").into_diagnostic();
        let warning = Error::new(Code::SenmlUnknownLabel, "odd").into_warning();
        let problem = Problem::from_findings([&warning, &error]).unwrap();
        assert_eq!((problem.status, problem.errors.len()), (Some(422), 2));
        assert_eq!(Problem::from_findings([&warning]), None);
    }

    #[test]
    fn only_hints_for_the_caller_are_in_a_problem() {
        for (audience, is_shown) in [(Audience::Caller, true), (Audience::Operator, false)] {
            let error = Error::new(Code::EncodeType, "wrong").hint_for(audience, "do this");
            let problem = Problem::from(&error);
            assert_eq!(problem.errors[0].hint.is_some(), is_shown);
            let written = serde_json::to_string(&problem).unwrap();
            assert_eq!(written.contains("do this"), is_shown);
        }
    }

    #[test]
    fn a_problem_survives_writing_and_reading() {
        let text = "[{\"n\": \"😀\", \"v\": 1}]";
        let placed = Error::new(Code::SenmlType, "wrong")
            .at_record(0, Some("v"))
            .rule("R-1")
            .expected("a number")
            .found("a text")
            .hint("do this");
        let placed = placed.into_diagnostic().placed_in(text);
        let binary = Error::new(Code::CborSyntax, "wrong").at_offset(7);
        let warning = Error::new(Code::SenmlUnknownLabel, "odd").into_warning();
        let findings = [placed, binary.into_diagnostic(), warning];
        let problem = Problem::from_findings(&findings).unwrap();
        let written = serde_json::to_value(&problem).unwrap();
        assert_eq!(written["errors"], serde_json::to_value(&findings).unwrap());
        assert_eq!(serde_json::from_value::<Problem>(written).unwrap(), problem);
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
