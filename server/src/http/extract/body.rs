//! The bytes of a body in JSON, within their limit.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use downlink::error::quote;

use crate::http::app::App;
use crate::http::codes::Code;
use crate::http::problem::Problem;

/// A body that says it is JSON; the engine reads its bytes.
#[derive(Debug)]
pub struct JsonBody(pub Bytes);

impl FromRequest<Arc<App>> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        is_json(request.headers(), &["application/json"])?;
        read(request, app).await.map(Self)
    }
}

/// Refuses a body of another media type, or one that is compressed.
pub(crate) fn is_json(headers: &HeaderMap, taken: &[&'static str]) -> Result<(), Problem> {
    let encoding = headers.get(CONTENT_ENCODING);
    if let Some(encoding) = encoding.filter(|it| *it != "identity") {
        let expected = "a body that is not compressed";
        return Err(unsupported(expected, encoding.as_bytes()));
    }
    let field = headers
        .get(CONTENT_TYPE)
        .map_or(&b""[..], |value| value.as_bytes());
    let text = String::from_utf8_lossy(field);
    let essence = text.split(';').next().unwrap_or_default().trim();
    if taken.iter().any(|it| essence.eq_ignore_ascii_case(it)) {
        return Ok(());
    }
    Err(unsupported(&taken.join(" or "), field))
}

fn unsupported(expected: &str, found: &[u8]) -> Problem {
    let found = match found {
        [] => "no `Content-Type`".to_owned(),
        field => format!("`{}`", quote(&String::from_utf8_lossy(field))),
    };
    Problem::new(
        Code::HttpMediaType,
        format!("the body has {found}, expected {expected}"),
    )
}

/// Reads a body that is neither too long nor too slow.
pub(crate) async fn read(request: Request, app: &App) -> Result<Bytes, Problem> {
    let most = app.limits.body.get();
    let told = request.headers().get(CONTENT_LENGTH);
    let told = told.and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
    let is_too_long = told.is_some_and(|it| usize::try_from(it).is_ok_and(|it| it > most));
    if is_too_long {
        return Err(too_large(most));
    }
    let clock = &app.operations.clock;
    let end = clock.now().plus(app.body_deadline);
    tokio::select! {
        biased;
        read = to_bytes(request.into_body(), most) => read.map_err(|_| too_large(most)),
        () = clock.sleep_until(end) => Err(too_slow(app.body_deadline)),
    }
}

fn too_slow(deadline: Duration) -> Problem {
    let seconds = deadline.as_secs_f64();
    let detail = format!("the body did not arrive within {seconds} s");
    Problem::new(Code::LimitRequest, detail)
}

fn too_large(most: usize) -> Problem {
    Problem::new(
        Code::LimitRequest,
        format!("the body has more than {most} bytes"),
    )
}
