//! The documents of the service, and the tables of those that are published.

use serde_json::Value;

/// A document: what the service says, and what is published.
pub(crate) struct Source {
    pub(crate) name: &'static str,
    pub(crate) document: Value,
    pub(crate) table: Value,
}

pub(crate) fn sources() -> [Source; 5] {
    [
        (
            "downlinks",
            include_str!("../../openapi/downlinks.json"),
            include_str!("../../../tests/contract/tables/downlinks.json"),
        ),
        (
            "http-downlinks",
            include_str!("../../openapi/http-downlinks.json"),
            include_str!("../../../tests/contract/tables/http-downlinks.json"),
        ),
        (
            "lora-downlinks",
            include_str!("../../openapi/lora-downlinks.json"),
            include_str!("../../../tests/contract/tables/lora-downlinks.json"),
        ),
        (
            "mqtt-downlinks",
            include_str!("../../openapi/mqtt-downlinks.json"),
            include_str!("../../../tests/contract/tables/mqtt-downlinks.json"),
        ),
        (
            "sms-downlinks",
            include_str!("../../openapi/sms-downlinks.json"),
            include_str!("../../../tests/contract/tables/sms-downlinks.json"),
        ),
    ]
    .map(|(name, document, table)| Source {
        name,
        document: serde_json::from_str(document).unwrap(),
        table: serde_json::from_str(table).unwrap(),
    })
}

pub(crate) fn source(name: &str) -> Source {
    let mut sources = sources().into_iter();
    sources.find(|source| source.name == name).unwrap()
}

/// The whole, as it is served.
pub(crate) fn whole() -> Value {
    downlink_server::http::openapi::document("http://127.0.0.1:8080").unwrap()
}
