//! Parameters of a query; all that is wrong with them is told at once.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use downlink::contract::Finding;
use downlink::error::quote;
use percent_encoding::percent_decode_str;

use crate::http::app::App;
use crate::http::codes::Code;
use crate::http::problem::Problem;

/// The parameters of a query in their order, decoded.
#[derive(Debug, Default)]
pub struct Parameters {
    given: Vec<(String, String)>,
    findings: Vec<(Code, Finding)>,
}

impl FromRequestParts<Arc<App>> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, Problem> {
        Ok(Self::of(parts.uri.query().unwrap_or_default()))
    }
}

impl Parameters {
    /// Reads a query (WHATWG URL §5.1): a `+` is a space.
    #[must_use]
    pub fn of(query: &str) -> Self {
        let mut parameters = Self::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match (decoded(name), decoded(value)) {
                (Some(name), Some(value)) => parameters.given.push((name, value)),
                _ => parameters.fault(Code::QueryValue, pair, "UTF-8, percent-encoded"),
            }
        }
        parameters
    }

    /// The names that were given.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.given.iter().map(|(name, _)| name.as_str())
    }

    /// Refuses names that are not known, and those that were given twice.
    pub fn refuse_others(&mut self, known: &[&str]) {
        let names: Vec<String> = self.names().map(str::to_owned).collect();
        for (place, name) in names.iter().enumerate() {
            let shown = quote(name);
            if !known.contains(&name.as_str()) {
                let message = format!("there is no parameter `{shown}`");
                self.fault_with(Code::QueryUnknown, &message, Some(known.join(", ")), &shown);
            } else if names.iter().take(place).any(|it| it == name) {
                let message = format!("duplicate parameter `{shown}`");
                self.fault_with(Code::QueryValue, &message, None, &shown);
            }
        }
    }

    /// The value of a parameter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut given = self.given.iter();
        given
            .find(|(it, _)| it == name)
            .map(|(_, value)| value.as_str())
    }

    /// Notes what is wrong with a parameter, and what was expected.
    pub fn fault(&mut self, code: Code, found: &str, expected: &str) {
        let message = format!("`{}` is not valid, expected {expected}", quote(found));
        self.fault_with(code, &message, Some(expected.to_owned()), found);
    }

    fn fault_with(&mut self, code: Code, message: &str, expected: Option<String>, found: &str) {
        let mut finding = Finding::new(code.as_str(), message);
        finding.expected = expected;
        finding.found = Some(quote(found));
        self.findings.push((code, finding));
    }

    /// Ends with all that was wrong.
    ///
    /// # Errors
    ///
    /// The problem of the first fault, with all of them.
    pub fn finish(self) -> Result<(), Problem> {
        let Some((code, _)) = self.findings.first() else {
            return Ok(());
        };
        let code = *code;
        let findings = self.findings.into_iter().map(|(_, finding)| finding);
        Err(Problem::with_findings(code, findings.collect()))
    }
}

fn decoded(text: &str) -> Option<String> {
    let text = text.replace('+', " ");
    let decoded = percent_decode_str(&text).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

/// A query without parameters.
#[derive(Debug)]
pub struct NoQuery;

impl FromRequestParts<Arc<App>> for NoQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let mut parameters = Parameters::from_request_parts(parts, app).await?;
        parameters.refuse_others(&[]);
        parameters.finish().map(|()| Self)
    }
}

/// `forced`, of a cancel.
#[derive(Debug)]
pub struct Forced(pub bool);

impl FromRequestParts<Arc<App>> for Forced {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let mut parameters = Parameters::from_request_parts(parts, app).await?;
        parameters.refuse_others(&["forced"]);
        let forced = match parameters.get("forced").map(str::to_owned).as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(other) => {
                parameters.fault(Code::QueryValue, other, "`true` or `false`");
                false
            }
        };
        parameters.finish().map(|()| Self(forced))
    }
}
