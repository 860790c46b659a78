//! What only `--demo` has.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::http::answer::{Answer, json};
use crate::http::app::App;
use crate::http::codes::Code;
use crate::http::problem::Problem;
use crate::operation::Refusal;

/// A token, as RFC 6749 §5.1 writes it.
#[derive(Serialize)]
struct Granted<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: u64,
}

/// `POST /demo/token`: the demo's token, for its page.
pub async fn token(State(app): State<Arc<App>>) -> Answer {
    let Some(token) = app.demo_token.as_deref() else {
        return Err(Problem::new(Code::HttpNotFound, "this is not the demo"));
    };
    let document = Granted {
        access_token: token,
        token_type: "Bearer",
        expires_in: expires_in(token, app.operations.clock.now())
            .ok_or_else(|| Refusal::fault("the demo's token has no `exp`"))?,
    };
    json(StatusCode::OK, &document)
}

/// Seconds until a token of our own expires.
fn expires_in(token: &str, now: Moment) -> Option<u64> {
    #[derive(Deserialize)]
    struct Claims {
        exp: u64,
    }
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Claims = serde_json::from_slice(&claims).ok()?;
    let now = now.since(Moment::from_micros(0)).as_secs();
    Some(claims.exp.saturating_sub(now))
}
