//! The table of paths. The scope of each operation stands in its handler's `Allowed`.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};

use crate::life::Protocol;
use crate::operation::Ingestion;

use super::accept;
use super::app::App;
use super::codes::Code;
use super::limited::limited;
use super::problem::Problem;
use super::resource::{demo, devices, downlinks, encoders, ingestion, parts, problems};

/// The protocols whose resource is served.
const SERVED: [Protocol; 4] = [
    Protocol::Lora,
    Protocol::Mqtt,
    Protocol::Sms,
    Protocol::Http,
];

type Route = (String, MethodRouter<Arc<App>>);

/// The routes of the API.
pub fn router(app: Arc<App>) -> Router {
    // What devices accept that fetch messages, the messages decide.
    let ingestion = merged(ingestion());
    let pages = merged(pages()).layer(from_fn(accepting_markdown));
    merged(documents())
        .layer(from_fn(accepting_json))
        .merge(ingestion)
        .merge(pages)
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(not_found)
        .layer(from_fn_with_state(Arc::clone(&app), limited))
        .with_state(app)
}

/// The path of each route, with its parameters in braces.
pub fn paths() -> impl Iterator<Item = String> {
    let routes = documents().into_iter().chain(ingestion()).chain(pages());
    routes.map(|(path, _)| path)
}

fn merged(routes: Vec<Route>) -> Router<Arc<App>> {
    let add = |router: Router<_>, (path, methods): Route| router.route(&path, methods);
    routes.into_iter().fold(Router::new(), add)
}

/// The routes whose answers are documents in JSON.
fn documents() -> Vec<Route> {
    let fixed = [
        ("/downlinks", get(downlinks::list).post(downlinks::create)),
        ("/downlinks/preview", post(downlinks::preview)),
        (
            "/downlinks/{id}",
            get(downlinks::read).delete(downlinks::cancel),
        ),
        ("/encoders", get(encoders::list)),
        ("/encoders/{*id}", get(encoders::read)),
        ("/devices", get(devices::list)),
        ("/devices/{id}", get(devices::read)),
        ("/openapi.json", get(problems::openapi)),
        ("/demo/token", post(demo::token)),
    ];
    let fixed = fixed.map(|(path, methods)| (path.to_owned(), methods));
    let of_protocols = SERVED.into_iter().flat_map(of_protocol);
    fixed.into_iter().chain(of_protocols).collect()
}

fn of_protocol(protocol: Protocol) -> [Route; 3] {
    let path = protocol.resource();
    [
        (path.to_owned(), many(protocol)),
        (format!("{path}/{{id}}"), one(protocol)),
        (format!("{path}/{{id}}/events"), events(protocol)),
    ]
}

fn ingestion() -> Vec<Route> {
    let ways = [
        ("/ingestion/ip/senml/v1", Ingestion::Ip),
        ("/ingestion/m2m/senml/v1", Ingestion::M2m),
    ];
    ways.map(|(path, way)| (path.to_owned(), calls(way))).into()
}

fn pages() -> Vec<Route> {
    vec![("/problems/{*code}".to_owned(), get(problems::page))]
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
    Problem::new(
        Code::HttpMethod,
        format!("the path does not support {method}"),
    )
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
