//! The `Idempotency-Key` header field.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use downlink::contract::Finding;

use crate::http::app::App;
use crate::http::codes::Code;
use crate::http::problem::Problem;
use crate::operation::Key;

/// The key, if the request has one.
#[derive(Debug)]
pub struct IdempotencyKey(pub Option<Key>);

impl FromRequestParts<Arc<App>> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, Problem> {
        let mut fields = parts.headers.get_all("idempotency-key").iter();
        let Some(field) = fields.next() else {
            return Ok(Self(None));
        };
        let key = field.to_str().ok().and_then(Key::new);
        match (key, fields.next()) {
            (Some(key), None) => Ok(Self(Some(key))),
            _ => Err(refused()),
        }
    }
}

fn refused() -> Problem {
    let expected = format!("one text of 1 to {} visible ASCII characters", Key::MOST);
    let message = format!("the `Idempotency-Key` is not valid, expected {expected}");
    let mut finding = Finding::new(Code::QueryValue.as_str(), &message);
    finding.expected = Some(expected);
    Problem::with_findings(Code::QueryValue, vec![finding])
}
