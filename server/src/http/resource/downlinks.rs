//! `/downlinks`: instructions.

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
use crate::id::DownlinkId;
use crate::list::Collection;
use crate::operation::DownlinkView;
use crate::store::Row;

const PATH: &str = "/downlinks";

/// `GET /downlinks`.
pub async fn list(
    allowed: Allowed<Read>,
    State(app): State<Arc<App>>,
    parameters: Parameters,
) -> Answer {
    let client = &allowed.client;
    let query = list_query::read(&app, client, Collection::Instructions, parameters).await?;
    let rows = app.operations.list(client, &query).await?;
    let views = rows.try_map(DownlinkView::of)?;
    json(
        StatusCode::OK,
        &page::document(&app, client, &query, PATH, views),
    )
}

/// `POST /downlinks`.
pub async fn create(
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
        .create(&allowed.client, &body, key, trace)
        .await?;
    let mut response = view(StatusCode::CREATED, &made.row)?;
    created(
        &mut response,
        &format!("{PATH}/{}", made.row.stored.life.id),
        made.replayed,
    );
    Ok(response)
}

/// `GET /downlinks/{id}`.
pub async fn read(
    allowed: Allowed<Read>,
    State(app): State<Arc<App>>,
    _: NoQuery,
    Id(id): Id<DownlinkId>,
) -> Answer {
    view(
        StatusCode::OK,
        &app.operations.read(&allowed.client, id).await?,
    )
}

/// `DELETE /downlinks/{id}`.
pub async fn cancel(
    allowed: Allowed<Delete>,
    State(app): State<Arc<App>>,
    Forced(forced): Forced,
    Id(id): Id<DownlinkId>,
) -> Result<StatusCode, Problem> {
    app.operations.cancel(&allowed.client, id, forced).await?;
    Ok(StatusCode::ACCEPTED)
}

/// `POST /downlinks/preview`.
pub async fn preview(
    allowed: Allowed<Write>,
    State(app): State<Arc<App>>,
    _: NoQuery,
    JsonBody(body): JsonBody,
) -> Answer {
    json(
        StatusCode::OK,
        &app.operations.preview(&allowed.client, &body).await?,
    )
}

/// The downlink, with a link to each of its parts.
fn view(status: StatusCode, row: &Row) -> Answer {
    let mut response = json(status, &DownlinkView::of(row)?)?;
    let life = &row.stored.life;
    for part in &life.parts {
        link(
            &mut response,
            &format!("{}/{}", life.protocol.resource(), part.id),
            "item",
        );
    }
    Ok(response)
}
