//! The example requests: what is encoded, what the preview tells of it, and what the contract asks.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "contract/validator.rs"]
#[expect(dead_code, reason = "the laws of the contract use more of it")]
mod validator;

use std::fs;
use std::path::{Path, PathBuf};

use downlink::Engine;
use downlink::contract::CreateDownlinkRequest;
use downlink::directory::Bindings;
use downlink::encoder::Registry;
use downlink::engine::Document;
use downlink::senml::UnixTime;
use serde_json::Value;

/// Files in `examples/requests`.
const REQUESTS: usize = 11;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn requests() -> Vec<PathBuf> {
    let folder = fs::read_dir(root().join("examples/requests")).unwrap();
    let mut files: Vec<PathBuf> = folder.map(|file| file.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), REQUESTS);
    files
}

fn engine() -> Engine {
    Engine::new(Registry::builder().builtin().unwrap().build())
}

fn bindings() -> Bindings {
    let text = fs::read_to_string(root().join("examples/devices.toml")).unwrap();
    Bindings::from_toml(&text).unwrap()
}

fn now() -> UnixTime {
    UnixTime::from_seconds(1_700_000_000)
}

fn documents(body: &[u8]) -> Vec<Document> {
    let request = CreateDownlinkRequest::from_json(body).unwrap();
    engine()
        .encode(&request, &bindings(), now())
        .unwrap()
        .documents()
        .unwrap()
}

fn schema(document: &Document) -> &'static str {
    match document {
        Document::Lora(_) => "LoraDownlink",
        Document::Mqtt(_) => "MqttDownlink",
        Document::Sms(_) => "SmsDownlink",
        Document::Http(_) => "HttpDownlink",
        _ => panic!("a resource that the test does not know"),
    }
}

#[test]
fn every_document_holds_against_the_schema_of_its_resource() {
    for file in requests() {
        for document in documents(&fs::read(&file).unwrap()) {
            let value = serde_json::to_value(&document).unwrap();
            let faults = validator::faults(document.resource(), schema(&document), &value);
            assert_eq!(faults, Vec::<String>::new(), "{}", file.display());
        }
    }
}

/// The payload of a document as bytes.
fn payload(document: &Document) -> Vec<u8> {
    use base64::Engine as _;
    let value = serde_json::to_value(document).unwrap();
    let message = &value["message"];
    let base64 = |text: &Value| {
        base64::engine::general_purpose::STANDARD
            .decode(text.as_str().unwrap())
            .unwrap()
    };
    let text = |text: &Value| text.as_str().unwrap().as_bytes().to_vec();
    match document {
        Document::Lora(_) => hex::decode(message["payloadHex"].as_str().unwrap()).unwrap(),
        Document::Sms(_) => text(&message["text"]),
        Document::Mqtt(_) if message["type"] == "binary" => base64(&message["payload"]),
        Document::Mqtt(_) => text(&message["payload"]),
        Document::Http(_) if message["type"] == "binary" => base64(&message["body"]),
        _ => text(&message["body"]),
    }
}

#[test]
fn previews_agree_with_what_is_encoded_and_tell_each_bit_once() {
    for file in requests() {
        let body = fs::read(&file).unwrap();
        let preview = engine().preview_json(&body, &bindings(), now());
        assert_eq!(preview.problems(), [], "{}", file.display());
        let documents = documents(&body);
        assert_eq!(preview.parts().len(), documents.len());
        for (part, document) in preview.parts().iter().zip(&documents) {
            let sent = payload(document);
            assert_eq!(part.length, sent.len());
            let mut next = 0;
            for mark in &part.marks {
                assert_eq!(mark.bits.start, next, "{}", file.display());
                next = mark.bits.end;
            }
            assert_eq!(next, sent.len() * 8, "{}", file.display());
            let shown = part.payload_hex.as_bytes().chunks(2);
            for (shown, sent) in shown.zip(sent) {
                assert!(shown == b"**" || shown == format!("{sent:02X}").as_bytes());
            }
        }
    }
}

#[test]
fn the_same_request_gives_the_same_documents() {
    for file in requests() {
        let body = fs::read(&file).unwrap();
        assert_eq!(documents(&body), documents(&body));
    }
}

#[test]
fn a_preview_tells_of_the_request_and_of_the_instruction() {
    let body = br#"{
        "instruction": [{"bn": "urn:dev:DEVEUI:0059AC0000000001:", "n": "tcd", "v": 1, "unit": "s"}],
        "method": {"protocol": "LORA"},
        "retryLimit": -1
    }"#;
    let preview = engine().preview_json(body, &bindings(), now());
    let problems = preview.problems().iter();
    let found: Vec<_> = problems
        .map(|it| (it.code.as_str(), it.pointer.as_deref().unwrap()))
        .collect();
    assert_eq!(
        found,
        [
            ("request/range", "/retryLimit"),
            ("instruction/unknown-label", "/instruction/0/unit"),
            ("encode/unknown-command", "/instruction/0/n"),
        ]
    );
    // The label that is no label is not warned of as well.
    assert_eq!(preview.warnings(), []);
    assert!(preview.parts().is_empty());
}

#[test]
fn a_record_that_is_refused_is_the_only_problem() {
    let body = br#"{
        "instruction": [{"bn": "urn:dev:DEVEUI:0059AC0000000001:", "n": "/tdc", "v": 60}],
        "method": {"protocol": "LORA"}
    }"#;
    let preview = engine().preview_json(body, &bindings(), now());
    let codes: Vec<_> = preview
        .problems()
        .iter()
        .map(|it| it.code.as_str())
        .collect();
    assert_eq!(codes, ["instruction/name"]);
}
