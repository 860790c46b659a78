//! Requests that are wrong before or beside what they ask for.

use downlink_server::http::codes::Code;
use downlink_server::settings::Settings;
use serde_json::{Value, json};

use crate::requests::{direct, direct_raw, raw, with};
use crate::world::{Plan, RAW, World};

#[tokio::test]
async fn a_body_that_is_no_document_is_400_with_its_place() {
    let world = World::new().await;
    for path in ["/downlinks", "/downlinks/preview", "/lora/downlinks"] {
        for body in ["", "{", "[]", "null", "{\"a\":1,}", "\u{feff}{}"] {
            let reply = world.acme().post_bytes(path, body.into()).await;
            assert_eq!(reply.status, 400, "{path} {body}: {reply:?}");
            assert!(!reply.findings().is_empty(), "{path} {body}");
        }
    }
    let reply = world
        .acme()
        .post_bytes("/downlinks", vec![b'"', 0xff])
        .await;
    assert_eq!(reply.status, 400);
}

#[tokio::test]
async fn all_findings_are_told_at_once() {
    let world = World::new().await;
    let acme = world.acme();
    let wrong = json!({ "nonsense": 1, "retryLimit": "x", "dryRun": 2, "status": "DONE" });
    let reply = acme
        .post("/downlinks", with(raw(RAW, "01"), wrong.clone()))
        .await;
    assert_eq!(reply.status, 400);
    assert_eq!(reply.findings().len(), 4, "{:?}", reply.json());
    for (path, document) in direct() {
        let reply = acme.post(path, with(document, wrong.clone())).await;
        assert_eq!(reply.status, 400, "{reply:?}");
        assert!(reply.findings().len() >= 4, "{:?}", reply.json());
    }
    let commands = json!([
        { "bn": crate::world::LAMP, "n": "Power1", "vs": "sideways" },
        { "n": "Dimmer", "u": "/100", "v": 400 },
        { "n": "NoSuchCommand", "v": 1 },
    ]);
    let document = json!({ "instruction": commands, "method": { "protocol": "MQTT" } });
    let reply = acme.post("/downlinks", document).await;
    assert_eq!(reply.status, 422);
    assert_eq!(reply.findings().len(), 3, "{:?}", reply.json());
}

#[tokio::test]
async fn retries_and_timeouts_have_bounds() {
    let world = World::new().await;
    let acme = world.acme();
    for (members, status) in [
        (json!({ "retryLimit": 100 }), 201),
        (json!({ "retryLimit": 101 }), 422),
        (json!({ "feedbackTimeout": "P31D" }), 201),
        (json!({ "feedbackTimeout": "P31DT1S" }), 422),
        (json!({ "feedbackTimeout": "PT10M" }), 201),
        (json!({ "feedbackTimeout": "PT9M59S" }), 422),
        (json!({ "feedbackTimeout": "P1M" }), 400),
        (json!({ "retryLimit": -1 }), 400),
    ] {
        for (path, document) in [
            ("/downlinks", raw(RAW, "01")),
            ("/lora/downlinks", direct_raw(RAW, "01")),
        ] {
            let reply = acme.post(path, with(document, members.clone())).await;
            let found = reply.status.as_u16();
            // Which of the two a value out of range is, is the engine's.
            let is_refused = found == 400 || found == 422;
            assert_eq!(is_refused, status != 201, "{path} {members}: {reply:?}");
        }
    }
}

#[tokio::test]
async fn the_routers_own_refusals_are_problems() {
    let world = World::new().await;
    let acme = world.acme();
    for path in [
        "/",
        "/downlink",
        "/downlinks/",
        "/lora",
        "/lora/downlinks/a/b/c",
    ] {
        acme.get(path).await.problem(404, "http/not-found");
    }
    for (method, path) in [
        ("PUT", "/downlinks"),
        ("DELETE", "/downlinks"),
        ("PATCH", "/lora/downlinks"),
        ("POST", "/openapi.json"),
    ] {
        let reply = acme.send(method, path, Vec::new()).await;
        assert!(reply.field("allow").is_some(), "{method} {path}");
        reply.problem(405, "http/method");
    }
    for taken in [
        "text/html",
        "image/*",
        "application/xml;q=1",
        "application/json;q=0",
    ] {
        let reply = world.acme().with("accept", taken).get("/downlinks").await;
        reply.problem(406, "http/accept");
    }
    for taken in ["*/*", "application/json", "text/html, application/*;q=0.1"] {
        let reply = world.acme().with("accept", taken).get("/downlinks").await;
        reply.ok();
    }
}

#[tokio::test]
async fn a_body_is_json_within_its_limit_and_not_compressed() {
    let world = World::new().await;
    for (name, value) in [
        ("content-type", "text/plain"),
        ("content-type", "application/xml"),
        ("content-type", ""),
        ("content-encoding", "gzip"),
    ] {
        let acme = world.acme().with(name, value);
        let reply = acme.post("/downlinks", raw(RAW, "01")).await;
        reply.problem(415, "http/media-type");
    }
    let acme = world
        .acme()
        .with("content-type", "application/json; charset=utf-8");
    acme.post("/downlinks", raw(RAW, "01")).await.created();
    let long = vec![b' '; 64 * 1024 + 1];
    let reply = world.acme().post_bytes("/downlinks", long).await;
    reply.problem(413, "limit/request");
}

#[tokio::test]
async fn the_gravest_finding_makes_the_status() {
    let world = World::new().await;
    let acme = world.acme();
    // Understood and refused beside not understood.
    let both = with(raw(RAW, "not hex"), json!({ "nonsense": true }));
    assert_eq!(acme.post("/downlinks", both).await.status, 400);
    assert_eq!(
        acme.post("/downlinks", raw(RAW, "not hex")).await.status,
        422
    );
}

#[tokio::test]
async fn parameters_that_are_not_known_are_refused_all_at_once() {
    let world = World::new().await;
    let acme = world.acme();
    let reply = acme.get("/downlinks?a=1&b=2&limit=0").await;
    assert_eq!(
        reply.findings(),
        ["query/unknown", "query/unknown", "query/value"]
    );
    reply.problem(400, "query/unknown");
    let id = "01234567-89ab-7cde-8f01-23456789abcd";
    for path in [
        format!("/downlinks/{id}?x"),
        format!("/lora/downlinks/{id}?forced=true"),
        format!("/lora/downlinks/{id}/events?limit=1"),
        "/encoders?q=x".to_owned(),
        "/devices?after=x".to_owned(),
    ] {
        acme.get(&path).await.problem(400, "query/unknown");
    }
    let reply = acme.post("/downlinks?dryRun=true", raw(RAW, "01")).await;
    reply.problem(400, "query/unknown");
    for query in ["forced=yes", "forced=true&forced=true", "forced="] {
        let path = format!("/downlinks/{id}?{query}");
        acme.delete(&path).await.problem(400, "query/value");
    }
}

#[tokio::test]
async fn every_problem_has_its_page() {
    let world = World::new().await;
    for code in Code::ALL {
        let page = world.nobody().get(&format!("/problems/{code}")).await.ok();
        let text = String::from_utf8(page.body.to_vec()).unwrap();
        assert!(text.contains(code.as_str()), "{text}");
    }
    let reply = world.nobody().get("/problems/no/such").await;
    reply.problem(404, "http/not-found");
}

#[tokio::test]
async fn a_service_that_is_stopping_says_when_to_come_again() {
    let world = World::new().await;
    world.app.draining.cancel();
    let reply = world.acme().post("/downlinks", raw(RAW, "01")).await;
    assert!(reply.field("retry-after").is_some());
    reply.problem(503, "service/draining");
}

#[tokio::test]
async fn a_client_that_asks_too_often_is_told_when_to_ask_again() {
    let plan = Plan {
        settings: Settings::default(),
        ..Plan::default()
    };
    let world = World::planned(plan).await;
    let mut refused = None;
    for _ in 0..400 {
        let reply = world.acme().get("/encoders?x").await;
        if reply.status == 429 {
            refused = Some(reply);
            break;
        }
    }
    let refused = refused.expect("a limit");
    assert!(refused.field("retry-after").is_some());
    let problem: Value = refused.problem(429, "rate/limit");
    assert!(problem["detail"].is_string());
    world.caller("other").get("/devices").await.ok();
    world.clock.advance(std::time::Duration::from_secs(10));
    world.acme().get("/devices").await.ok();
}
