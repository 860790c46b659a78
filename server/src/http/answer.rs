//! Answers that are not refusals.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LINK, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::operation::Refusal;

use super::problem::Problem;

/// What a handler answers.
pub type Answer = Result<Response, Problem>;

/// A document in JSON.
///
/// # Errors
///
/// A document that cannot be written, which none of ours is.
pub fn json(status: StatusCode, document: &impl Serialize) -> Answer {
    let body = serde_json::to_vec(document);
    let body =
        body.map_err(|error| Refusal::fault(&format!("an answer cannot be written: {error}")))?;
    let fields = [
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((status, fields, body).into_response())
}

/// Says where what was created is, and whether it was so before.
pub fn created(response: &mut Response, path: &str, replayed: bool) {
    let headers = response.headers_mut();
    insert(headers, LOCATION, path);
    if replayed {
        headers.insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
}

/// Adds a link to what belongs to the answer (RFC 8288).
pub fn link(response: &mut Response, path: &str, relation: &str) {
    let value = format!("<{path}>; rel=\"{relation}\"");
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().append(LINK, value);
    }
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
