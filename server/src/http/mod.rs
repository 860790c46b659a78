//! The service over HTTP: paths, extractors, documents, problems.

pub mod accept;
pub mod answer;
pub mod app;
pub mod codes;
pub mod cursor;
pub mod extract;
mod limited;
pub mod list_query;
pub mod openapi;
pub mod operator;
pub mod page;
pub mod problem;
pub mod resource;
pub mod router;
pub mod trace;
