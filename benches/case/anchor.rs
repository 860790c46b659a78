//! P, the anchor: the least that any design does.

use serde::Deserialize;

/// Reads a request into borrowed structs, and does nothing with it.
pub fn anchor(body: &[u8]) -> Request<'_> {
    serde_json::from_slice(body).unwrap()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request<'a> {
    pub external_reference: Option<&'a str>,
    #[serde(borrow)]
    pub instruction: Vec<Record<'a>>,
    pub method: Method<'a>,
    pub retry_limit: Option<u64>,
    pub feedback_timeout: Option<&'a str>,
    pub dry_run: Option<bool>,
}

#[derive(Deserialize)]
pub struct Record<'a> {
    pub bn: Option<&'a str>,
    pub n: Option<&'a str>,
    pub u: Option<&'a str>,
    pub v: Option<f64>,
    pub vs: Option<&'a str>,
    pub vb: Option<bool>,
    pub vd: Option<&'a str>,
    pub t: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Method<'a> {
    pub protocol: &'a str,
    pub f_port: Option<u8>,
    pub topic: Option<&'a str>,
    pub content_type: Option<&'a str>,
}
