//! Bounds on requests that hold before anyone is authenticated.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::caller;
use crate::settings::Limits;

use super::app::App;
use super::codes::Code;
use super::extract::too_many;
use super::problem::Problem;

/// Bounds how often an address may ask, and how long what it sends before the body may be.
pub(super) async fn limited(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    if let Err(problem) = is_short(&request, &app.limits) {
        return problem.into_response();
    }
    let fields = request.headers().get_all("x-forwarded-for").iter();
    let forwarded: Vec<&str> = fields.filter_map(|field| field.to_str().ok()).collect();
    let peer = caller::peer(peer.ip(), forwarded.into_iter(), &app.trusted_proxies);
    match app.rates.peer(peer) {
        Ok(_pass) => next.run(request).await,
        Err(refused) => too_many(refused).into_response(),
    }
}

fn is_short(request: &Request, limits: &Limits) -> Result<(), Problem> {
    let query = request.uri().query().map_or(0, str::len);
    fits("query", query, limits.query.get())?;
    fits("header", length(request.headers()), limits.headers.get())
}

fn fits(what: &str, length: usize, most: usize) -> Result<(), Problem> {
    if length <= most {
        return Ok(());
    }
    let detail = format!("the {what} has {length} bytes, expected at most {most}");
    Err(Problem::new(Code::LimitRequest, detail))
}

/// Bytes of a header's names and values.
fn length(headers: &HeaderMap) -> usize {
    let fields = headers.iter();
    let lengths = fields.map(|(name, value)| name.as_str().len().saturating_add(value.len()));
    lengths.fold(0, usize::saturating_add)
}
