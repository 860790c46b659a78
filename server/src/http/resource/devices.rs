//! `/devices`: what is configured for a client's devices.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use downlink::contract::Page;

use crate::http::answer::{Answer, json};
use crate::http::app::App;
use crate::http::cursor::DeviceBookmark;
use crate::http::extract::{Allowed, Name, NoQuery, Parameters, Read};
use crate::http::list_query;
use crate::http::problem::Problem;
use crate::id::Client;

/// `GET /devices`: pages in the order of the names.
pub async fn list(
    allowed: Allowed<Read>,
    State(app): State<Arc<App>>,
    parameters: Parameters,
) -> Answer {
    let client = &allowed.client;
    let (after, limit) = window(&app, client, parameters)?;
    let devices = app
        .operations
        .devices(client, after.as_deref(), limit.into());
    let devices = devices.await?;
    let mut page = Page::new(devices.devices);
    page.next = devices.next.map(|after| {
        let cursor = app.cursors.make(client, &DeviceBookmark { after });
        format!("{}/devices?limit={limit}&cursor={cursor}", app.public_url)
    });
    json(StatusCode::OK, &page)
}

/// After which device the page starts, and how many it has at most.
fn window(
    app: &App,
    client: &Client,
    mut parameters: Parameters,
) -> Result<(Option<String>, u16), Problem> {
    parameters.refuse_others(&["cursor", "limit"]);
    let limit = list_query::limit(&mut parameters);
    let cursor = parameters.get("cursor").map(str::to_owned);
    parameters.finish()?;
    let now = app.operations.clock.now();
    let bookmark = cursor.map(|cursor| app.cursors.read_device(client, &cursor, now));
    let bookmark = bookmark.transpose().map_err(|_| list_query::invalid())?;
    Ok((bookmark.map(|it| it.after), limit))
}

/// `GET /devices/{id}`: by any form of its name, or an alias.
pub async fn read(
    allowed: Allowed<Read>,
    State(app): State<Arc<App>>,
    _: NoQuery,
    Name(id): Name,
) -> Answer {
    json(
        StatusCode::OK,
        &app.operations.device(&allowed.client, &id).await?,
    )
}
