//! What only `--demo` has.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;

use crate::http::answer::{Answer, json};
use crate::http::app::App;
use crate::http::codes::Code;
use crate::http::problem::Problem;

#[derive(Serialize)]
struct Token<'a> {
    token: &'a str,
}

/// `POST /demo/token`: the demo's token, for its page.
pub async fn token(State(app): State<Arc<App>>) -> Answer {
    match app.demo_token.as_deref() {
        Some(token) => json(StatusCode::OK, &Token { token }),
        None => Err(Problem::new(Code::HttpNotFound, "this is not the demo")),
    }
}
