//! The way of one request, from its bytes to the text of its document, and its stages.
//!
//! `anchor` is the least that any design does: reading the same bytes into borrowed structs with
//! `serde_json`. Read the ratio to it, not the nanoseconds.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a benchmark is a program; criterion makes its entry"
)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use downlink::Engine;
use downlink::contract::CreateDownlinkRequest;
use downlink::directory::Binding;
use downlink::encoder::Registry;
use downlink::instruction::Instruction;
use downlink::message::lora::Region;
use downlink::senml::UnixTime;
use serde::Deserialize;

/// Of the length and the shape that other designs were measured with.
const REQUEST: &str = concat!(
    r#"{"externalReference":"7","instruction":["#,
    r#"{"bn":"urn:dev:DEVEUI:0059AC0000152A2B:","n":"setKeepAlive","u":"s","v":600},"#,
    r#"{"n":"setChildLock","vb":true}],"method":{"protocol":"LORA","fPort":1},"#,
    r#""retryLimit":2,"feedbackTimeout":"PT10M","dryRun":true}"#,
);

const DOCUMENT: &str = concat!(
    r#"{"message":{"payloadHex":"020A0701","fPort":1},"retryLimit":2,"#,
    r#""deviceId":"urn:dev:DEVEUI:0059AC0000152A2B:","#,
    r#""feedbackTimeout":"PT10M","dryRun":true}"#,
);

fn whole_way(criterion: &mut Criterion) {
    let engine = Engine::new(Registry::builder().builtin().unwrap().build());
    let binding = Binding::new("mclimate/vicki")
        .region(Region::Eu868)
        .data_rate(0);
    let now = UnixTime::from_seconds(1_700_000_000);
    let encoded =
        |request: &CreateDownlinkRequest<'_>| engine.encode(request, &binding, now).unwrap();
    let to_document = |body: &[u8]| {
        let downlinks = encoded(&request(body));
        serde_json::to_string(downlinks.documents().unwrap().first().unwrap()).unwrap()
    };
    let body = REQUEST.as_bytes();
    assert_eq!(body.len(), 243);
    assert_eq!(to_document(body), DOCUMENT);

    let mut group = criterion.benchmark_group("whole_way");
    group.throughput(Throughput::Bytes(243));
    group.bench_function("anchor", |b| b.iter(|| anchor(black_box(body))));
    group.bench_function("document", |b| b.iter(|| to_document(black_box(body))));
    group.bench_function("preview", |b| {
        b.iter(|| {
            engine
                .preview(&request(black_box(body)), &binding, now)
                .to_string()
        });
    });
    group.finish();

    let mut group = criterion.benchmark_group("stage");
    let read = request(body);
    let pack = read.instruction();
    group.bench_function("parse", |b| b.iter(|| request(black_box(body))));
    group.bench_function("resolve", |b| {
        b.iter(|| Instruction::read(black_box(pack), now).unwrap());
    });
    group.bench_function("resolve_and_encode", |b| {
        b.iter(|| encoded(black_box(&read)));
    });
    let downlinks = encoded(&read);
    group.bench_function("document", |b| {
        b.iter(|| serde_json::to_string(&black_box(&downlinks).documents().unwrap()).unwrap());
    });
    group.finish();
}

fn request(body: &[u8]) -> CreateDownlinkRequest<'_> {
    CreateDownlinkRequest::from_json(body).unwrap()
}

/// The request as borrowed structs, by `serde_json::from_slice`.
fn anchor(body: &[u8]) -> Request<'_> {
    serde_json::from_slice(body).unwrap()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "it is only read")]
struct Request<'a> {
    external_reference: Option<&'a str>,
    #[serde(borrow)]
    instruction: Vec<Record<'a>>,
    method: Method<'a>,
    retry_limit: Option<u64>,
    feedback_timeout: Option<&'a str>,
    dry_run: Option<bool>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "it is only read")]
struct Record<'a> {
    bn: Option<&'a str>,
    n: Option<&'a str>,
    u: Option<&'a str>,
    v: Option<f64>,
    vs: Option<&'a str>,
    vb: Option<bool>,
    vd: Option<&'a str>,
    t: Option<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "it is only read")]
struct Method<'a> {
    protocol: &'a str,
    f_port: Option<u8>,
    topic: Option<&'a str>,
    content_type: Option<&'a str>,
}

criterion_group!(benches, whole_way);
criterion_main!(benches);
