//! The table of paths. The scope of each operation stands in its handler's `Allowed`.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::Method;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};

use crate::caller;
use crate::life::Protocol;
use crate::operation::Ingestion;

use super::accept;
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
    // What their devices accept, messages decide.
    let ingestion = Router::new()
        .route("/ingestion/ip/senml/v1", calls(Ingestion::Ip))
        .route("/ingestion/m2m/senml/v1", calls(Ingestion::M2m));
    let pages = Router::new()
        .route("/problems/{*code}", get(problems::page))
        .layer(from_fn(accepting_markdown));
    documents()
        .layer(from_fn(accepting_json))
        .merge(ingestion)
        .merge(pages)
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(not_found)
        .layer(from_fn_with_state(Arc::clone(&app), limited))
        .with_state(app)
}

/// The routes whose answers are documents in JSON.
fn documents() -> Router<Arc<App>> {
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
        .route("/openapi.json", get(problems::openapi))
        .route("/demo/token", post(demo::token));
    for protocol in SERVED {
        let path = protocol.resource();
        router = router
            .route(path, many(protocol))
            .route(&format!("{path}/{{id}}"), one(protocol))
            .route(&format!("{path}/{{id}}/events"), events(protocol));
    }
    router
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

async fn accepting_json(request: Request, next: Next) -> Response {
    accepting(
        &["application/json", "application/problem+json"],
        request,
        next,
    )
    .await
}

async fn accepting_markdown(request: Request, next: Next) -> Response {
    accepting(&["text/markdown"], request, next).await
}

/// Refuses callers that take none of the media types that there are.
async fn accepting(types: &[&str], request: Request, next: Next) -> Response {
    if accept::takes(request.headers(), types) {
        return next.run(request).await;
    }
    let detail = format!("the answer is one of `{}`", types.join("`, `"));
    Problem::new(Code::HttpAccept, detail).into_response()
}
