//! The service over HTTP: paths, extractors, documents, problems.

pub mod answer;
pub mod app;
pub mod codes;
pub mod cursor;
mod extract;
mod list_query;
pub mod openapi;
pub mod operator;
mod page;
pub mod problem;
mod resource;
pub mod router;
mod trace;
