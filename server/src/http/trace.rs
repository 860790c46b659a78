//! The W3C trace context of a request, kept with its parts.

use axum::http::HeaderMap;

/// The `traceparent`, if it is well formed (W3C Trace Context §3.2).
#[must_use]
pub fn context(headers: &HeaderMap) -> Option<String> {
    let text = headers.get("traceparent")?.to_str().ok()?;
    let fields: Vec<&str> = text.split('-').collect();
    let lengths = fields.iter().map(|field| field.len());
    let is_hex = |field: &&str| {
        field
            .bytes()
            .all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_sound = lengths.eq([2, 32, 16, 2]) && fields.iter().all(is_hex);
    is_sound.then(|| text.to_owned())
}
