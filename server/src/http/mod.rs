//! The service over HTTP.

pub mod cursor;
//! HTTP: what callers and devices see of the service.

pub mod codes;
pub mod openapi;
