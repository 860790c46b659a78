//! The service over HTTP.

pub mod cursor;
