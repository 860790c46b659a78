//! A caller with the right that an operation asks for.

use std::marker::PhantomData;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use crate::caller::{Pass, Scope, TokenRefused, TooMany};
use crate::http::app::App;
use crate::http::codes::Code;
use crate::http::problem::Problem;
use crate::id::Client;
use crate::operation::Refusal;

/// What an operation asks of a token, as a type.
pub trait Asks {
    /// The scope.
    const SCOPE: Scope;
}

/// `downlink.read`.
#[derive(Debug)]
pub struct Read;
/// `downlink.write`.
#[derive(Debug)]
pub struct Write;
/// `downlink.delete`.
#[derive(Debug)]
pub struct Delete;

impl Asks for Read {
    const SCOPE: Scope = Scope::Read;
}
impl Asks for Write {
    const SCOPE: Scope = Scope::Write;
}
impl Asks for Delete {
    const SCOPE: Scope = Scope::Delete;
}

/// A caller that may do what the operation does, within its limits.
///
/// Without it there is no client, and without a client nothing can be asked.
#[derive(Debug)]
pub struct Allowed<S> {
    /// Whose downlinks and devices there are.
    pub client: Client,
    _pass: Pass<Client>,
    scope: PhantomData<S>,
}

impl<S: Asks> FromRequestParts<Arc<App>> for Allowed<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let field = parts.headers.get(AUTHORIZATION);
        let text = field.and_then(|value| value.to_str().ok());
        let caller = app.callers.authenticate(text).await.map_err(unauthorized)?;
        if !caller.scopes.allow(S::SCOPE) {
            return Err(forbidden(S::SCOPE));
        }
        let pass = app.rates.client(&caller.client).map_err(too_many)?;
        if app.draining.is_cancelled() {
            return Err(Refusal::Draining.into());
        }
        Ok(Self {
            client: caller.client,
            _pass: pass,
            scope: PhantomData,
        })
    }
}

fn unauthorized(refused: TokenRefused) -> Problem {
    let challenge = match refused {
        TokenRefused::Missing => "Bearer",
        _ => r#"Bearer error="invalid_token""#,
    };
    Problem::new(Code::AuthToken, refused.to_string()).challenge(challenge)
}

fn forbidden(scope: Scope) -> Problem {
    let detail = format!("the token does not have the scope `{}`", scope.as_str());
    Problem::new(Code::AuthScope, detail).challenge(r#"Bearer error="insufficient_scope""#)
}

/// A problem that says when to ask again.
pub(crate) fn too_many(refused: TooMany) -> Problem {
    let seconds = refused.retry_after().as_secs().max(1);
    Problem::new(Code::RateLimit, refused.to_string()).retry_after(seconds)
}
