//! Pages that anyone may read: the documents of the operations, and what a code means.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use crate::http::app::App;
use crate::http::codes::{self, Code};
use crate::http::extract::Name;
use crate::http::problem::Problem;

/// `GET /openapi.json`.
pub async fn openapi(State(app): State<Arc<App>>) -> Response {
    ([(CONTENT_TYPE, "application/json")], app.openapi.clone()).into_response()
}

/// `GET /problems/{code}`.
pub async fn page(Name(code): Name) -> Result<Response, Problem> {
    let page = codes::page(&code);
    let page = page.ok_or_else(|| Problem::new(Code::HttpNotFound, "there is no such code"))?;
    Ok((
        [(CONTENT_TYPE, "text/markdown; charset=utf-8")],
        page.into_owned(),
    )
        .into_response())
}
