//! `/devices`: what is configured for a client's devices.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use crate::http::answer::{Answer, json};
use crate::http::app::App;
use crate::http::codes::Code;
use crate::http::extract::{Allowed, Name, NoQuery, Parameters, Read};

/// Devices of a page.
const LIMIT: u32 = 100;

/// `GET /devices`: pages in the order of the names.
pub async fn list(
    allowed: Allowed<Read>,
    State(app): State<Arc<App>>,
    mut parameters: Parameters,
) -> Answer {
    parameters.refuse_others(&["after"]);
    let after = parameters.get("after").map(str::to_owned);
    if after.as_deref() == Some("") {
        parameters.fault(Code::QueryValue, "", "the name of a device in `after`");
    }
    parameters.finish()?;
    let devices = app
        .operations
        .devices(&allowed.client, after.as_deref(), LIMIT)
        .await?;
    let mut page = downlink::contract::Page::new(devices.devices);
    page.next = devices
        .next
        .map(|after| format!("{}/devices?after={after}", app.public_url));
    json(StatusCode::OK, &page)
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
