//! The table of paths. The scope of each operation stands in its handler's `Allowed`.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, Method};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};

use crate::caller;
use crate::life::Protocol;
use crate::operation::Ingestion;

use super::app::App;
use super::codes::Code;
use super::extract::too_many;
use super::problem::Problem;
use super::resource::{demo, devices, downlinks, encoders, ingestion, parts, problems};

/// The protocols whose resource is served.
const SERVED: [Protocol; 4] = [
    Protocol::Lora,
    Protocol::Mqtt,
    Protocol::Sms,
    Protocol::Http,
];

/// The routes of the API.
pub fn router(app: Arc<App>) -> Router {
    let mut router = Router::new()
        .route("/downlinks", get(downlinks::list).post(downlinks::create))
        .route("/downlinks/preview", post(downlinks::preview))
        .route(
            "/downlinks/{id}",
            get(downlinks::read).delete(downlinks::cancel),
        )
        .route("/encoders", get(encoders::list))
        .route("/encoders/{*id}", get(encoders::read))
        .route("/devices", get(devices::list))
        .route("/devices/{id}", get(devices::read))
        .route("/ingestion/ip/senml/v1", calls(Ingestion::Ip))
        .route("/ingestion/m2m/senml/v1", calls(Ingestion::M2m))
        .route("/openapi.json", get(problems::openapi))
        .route("/problems/{*code}", get(problems::page))
        .route("/demo/token", post(demo::token));
    for protocol in SERVED {
        let path = protocol.resource();
        router = router
            .route(path, many(protocol))
            .route(&format!("{path}/{{id}}"), one(protocol))
            .route(&format!("{path}/{{id}}/events"), events(protocol));
    }
    router
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(not_found)
        .layer(from_fn(accepted))
        .layer(from_fn_with_state(Arc::clone(&app), limited))
        .with_state(app)
}

fn many(protocol: Protocol) -> MethodRouter<Arc<App>> {
    get(move |allowed, app, parameters| parts::list(protocol, allowed, app, parameters)).post(
        move |allowed, app, query, key, headers, body| {
            parts::create(protocol, allowed, app, query, key, headers, body)
        },
    )
}

fn one(protocol: Protocol) -> MethodRouter<Arc<App>> {
    get(move |allowed, app, query, id| parts::read(protocol, allowed, app, query, id))
        .delete(move |allowed, app, forced, id| parts::cancel(protocol, allowed, app, forced, id))
}

fn events(protocol: Protocol) -> MethodRouter<Arc<App>> {
    get(move |allowed, app, query, id| parts::events(protocol, allowed, app, query, id))
}

fn calls(ingestion: Ingestion) -> MethodRouter<Arc<App>> {
    post(move |app, request| ingestion::call(ingestion, app, request))
}

async fn not_found() -> Problem {
    Problem::new(Code::HttpNotFound, "the path does not exist")
}

async fn method_not_allowed(method: Method) -> Problem {
    Problem::new(Code::HttpMethod, format!("the path does not take {method}"))
}

/// Bounds how often an address may ask, before anyone is authenticated.
async fn limited(
    State(app): State<Arc<App>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Response {
    let fields = request.headers().get_all("x-forwarded-for").iter();
    let forwarded: Vec<&str> = fields.filter_map(|field| field.to_str().ok()).collect();
    let peer = caller::peer(peer.ip(), forwarded.into_iter(), &app.trusted_proxies);
    match app.rates.peer(peer) {
        Ok(_pass) => next.run(request).await,
        Err(refused) => too_many(refused).into_response(),
    }
}

/// Refuses callers that do not take JSON.
async fn accepted(request: Request, next: Next) -> Response {
    if takes_json(request.headers()) {
        return next.run(request).await;
    }
    Problem::new(Code::HttpAccept, "answers are in `application/json`").into_response()
}

fn takes_json(headers: &HeaderMap) -> bool {
    let mut fields = headers.get_all(ACCEPT).iter().peekable();
    let takes = |range: &str| {
        let essence = range.split(';').next().unwrap_or_default().trim();
        matches!(
            essence.to_ascii_lowercase().as_str(),
            "*/*"
                | "application/*"
                | "application/json"
                | "application/problem+json"
                | "text/markdown"
                | "text/*"
        )
    };
    fields.peek().is_none()
        || fields.any(|field| field.to_str().is_ok_and(|it| it.split(',').any(takes)))
}
