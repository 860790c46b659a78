//! `/encoders`: what devices can be told.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use downlink::contract::Page;

use crate::http::answer::{Answer, json};
use crate::http::app::App;
use crate::http::extract::{Allowed, Name, NoQuery, Read};

/// `GET /encoders`.
pub async fn list(_: Allowed<Read>, State(app): State<Arc<App>>, _: NoQuery) -> Answer {
    json(StatusCode::OK, &Page::new(app.operations.encoders()?))
}

/// `GET /encoders/{id}`; the slash of an id may be written `%2F` too.
pub async fn read(
    _: Allowed<Read>,
    State(app): State<Arc<App>>,
    _: NoQuery,
    Name(id): Name,
) -> Answer {
    json(StatusCode::OK, &app.operations.encoder(&id)?)
}
