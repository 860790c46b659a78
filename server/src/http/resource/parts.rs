//! `/lora/downlinks` and its kin: what is sent over one protocol.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use crate::http::answer::{Answer, created, json, link};
use crate::http::app::App;
use crate::http::extract::{
    Allowed, Delete, Forced, Id, IdempotencyKey, JsonBody, NoQuery, Parameters, Read, Write,
};
use crate::http::problem::Problem;
use crate::http::{list_query, page, trace};
use crate::id::PartId;
use crate::life::Protocol;
use crate::list::Collection;
use crate::operation::{EventView, PartView};
use crate::store::PartRow;

/// `GET /{protocol}/downlinks`.
pub async fn list(
    protocol: Protocol,
    allowed: Allowed<Read>,
    State(app): State<Arc<App>>,
    parameters: Parameters,
) -> Answer {
    let client = &allowed.client;
    let query = list_query::read(&app, client, Collection::Parts(protocol), parameters).await?;
    let rows = app.operations.list_parts(client, &query).await?;
    let views = rows.try_map(PartView::of)?;
    json(
        StatusCode::OK,
        &page::document(&app, client, &query, protocol.resource(), views),
    )
}

/// `POST /{protocol}/downlinks`.
pub async fn create(
    protocol: Protocol,
    allowed: Allowed<Write>,
    State(app): State<Arc<App>>,
    _: NoQuery,
    IdempotencyKey(key): IdempotencyKey,
    headers: HeaderMap,
    JsonBody(body): JsonBody,
) -> Answer {
    let trace = trace::context(&headers);
    let made = app
        .operations
        .create_part(&allowed.client, protocol, &body, key, trace)
        .await?;
    let mut response = view(StatusCode::CREATED, &made.row)?;
    let path = format!("{}/{}", protocol.resource(), made.row.part);
    created(&mut response, &path, made.replayed);
    Ok(response)
}

/// `GET /{protocol}/downlinks/{id}`.
pub async fn read(
    protocol: Protocol,
    allowed: Allowed<Read>,
    State(app): State<Arc<App>>,
    _: NoQuery,
    Id(id): Id<PartId>,
) -> Answer {
    view(
        StatusCode::OK,
        &app.operations
            .read_part(&allowed.client, protocol, id)
            .await?,
    )
}

/// `GET /{protocol}/downlinks/{id}/events`.
pub async fn events(
    protocol: Protocol,
    allowed: Allowed<Read>,
    State(app): State<Arc<App>>,
    _: NoQuery,
    Id(id): Id<PartId>,
) -> Answer {
    let events = app
        .operations
        .history(&allowed.client, protocol, id)
        .await?;
    let items: Vec<EventView> = events.iter().map(EventView::of).collect();
    json(StatusCode::OK, &downlink::contract::Page::new(items))
}

/// `DELETE /{protocol}/downlinks/{id}`.
pub async fn cancel(
    protocol: Protocol,
    allowed: Allowed<Delete>,
    State(app): State<Arc<App>>,
    Forced(forced): Forced,
    Id(id): Id<PartId>,
) -> Result<StatusCode, Problem> {
    app.operations
        .cancel_part(&allowed.client, protocol, id, forced)
        .await?;
    Ok(StatusCode::ACCEPTED)
}

/// The part, with a link to the instruction that it is of.
fn view(status: StatusCode, row: &PartRow) -> Answer {
    let view = PartView::of(row)?;
    let mut response = json(status, &view)?;
    if let Some(parent) = view.parent {
        link(&mut response, &format!("/downlinks/{parent}"), "up");
    }
    Ok(response)
}
