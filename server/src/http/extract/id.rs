//! Identifiers and names in paths.

use std::fmt::Debug;
use std::str::FromStr;
use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;

use crate::http::app::App;
use crate::http::codes::Code;
use crate::http::problem::Problem;
use crate::operation::Refusal;

/// The identifier in the path. What is not one names nothing that there is.
#[derive(Debug)]
pub struct Id<T>(pub T);

impl<T: FromStr + Debug> FromRequestParts<Arc<App>> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let not_found = || Problem::from(Refusal::NotFound);
        let parameters = RawPathParams::from_request_parts(parts, app).await;
        let parameters = parameters.map_err(|_| not_found())?;
        let id = parameters.iter().find(|(name, _)| *name == "id");
        let id = id.and_then(|(_, text)| text.parse().ok());
        id.map(Self).ok_or_else(not_found)
    }
}

/// The name in the path, decoded. What is not UTF-8 names nothing that there is.
#[derive(Debug)]
pub struct Name(pub String);

impl FromRequestParts<Arc<App>> for Name {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let parameters = RawPathParams::from_request_parts(parts, app).await;
        let name = parameters.ok().and_then(|parameters| {
            let name = parameters.iter().next();
            name.map(|(_, name)| Self(name.to_owned()))
        });
        name.ok_or_else(|| Problem::new(Code::HttpNotFound, "the path does not exist"))
    }
}
