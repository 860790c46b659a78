//! Health and metrics, on a listener of their own.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use metrics_exporter_prometheus::PrometheusHandle;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::operation::Operations;

use super::answer::json;

/// What operators ask for.
#[derive(Clone, Debug)]
pub struct Operator {
    /// What is served.
    pub operations: Arc<Operations>,
    /// Whether the service is stopping.
    pub draining: CancellationToken,
    /// The metrics.
    pub metrics: PrometheusHandle,
}

#[derive(Debug, Serialize)]
struct Readiness {
    ready: bool,
    draining: bool,
    store: bool,
    carriers: Vec<CarrierState>,
}

#[derive(Debug, Serialize)]
struct CarrierState {
    protocol: &'static str,
    simulated: bool,
}

/// The routes of the operator's listener.
pub fn router(operator: Operator) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(operator)
}

/// Ready is whoever reaches the store and is not stopping; a carrier that is away turns nothing red.
async fn ready(State(operator): State<Operator>) -> Response {
    let store = operator.operations.store.ready().await.is_ok();
    let draining = operator.draining.is_cancelled();
    let ready = store && !draining;
    let carriers = operator.operations.carriers.iter();
    let carriers = carriers.map(|(protocol, carrier)| CarrierState {
        protocol: protocol.as_str(),
        simulated: carrier.is_simulated(),
    });
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body = Readiness {
        ready,
        draining,
        store,
        carriers: carriers.collect(),
    };
    json(status, &body).into_response()
}

async fn metrics(State(operator): State<Operator>) -> Response {
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(CONTENT_TYPE, kind)], operator.metrics.render()).into_response()
}
