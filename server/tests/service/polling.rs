//! Devices that fetch their messages by a call of their own.

use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use downlink_server::carrier::polling::MessageToken;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::caller::{Caller, Reply};
use crate::requests::{direct_http, firmware, with};
use crate::world::{CONSTANT, POLLING, World, peer};

const PATH: &str = "/ingestion/m2m/senml/v1";
const SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyz";
const OTHER_SECRET: &str = "zyxwvutsrqponmlkjihgfedcba9876543210";

const SECOND: Duration = Duration::from_secs(1);

/// What a device measured.
fn pack(device: &str, value: u32) -> Vec<u8> {
    json!([{ "bn": device, "n": "temperature", "u": "Cel", "v": value }])
        .to_string()
        .into_bytes()
}

fn token(body: &[u8], secret: &str) -> String {
    MessageToken::of(body, secret).to_hex()
}

async fn call_with(world: &World, path: &str, body: Vec<u8>, token: String) -> Reply {
    let device = world.nobody().with("things-message-token", token);
    device.post_bytes(path, body).await
}

/// The device calls with a body that has this value.
async fn call(world: &World, value: u32) -> Reply {
    let body = pack(POLLING, value);
    let token = token(&body, SECRET);
    let reply = call_with(world, PATH, body, token).await.ok();
    world.turn_until_quiet().await;
    reply
}

/// The device calls, and the connection breaks before the answer is written.
async fn call_and_break(world: &World, value: u32) {
    let body = pack(POLLING, value);
    let request = Request::post(PATH)
        .header("content-type", "application/senml+json")
        .header("things-message-token", token(&body, SECRET))
        .extension(ConnectInfo(peer()))
        .body(Body::from(body));
    let response = world.router().oneshot(request.unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
    drop(response);
    world.turn_until_quiet().await;
}

async fn post(acme: &Caller<'_>, body: &str) -> String {
    let document = direct_http(body, json!({}));
    let reply = acme.post("/http/downlinks", document).await;
    reply.created().location()
}

#[tokio::test]
async fn a_device_for_which_nothing_waits_gets_an_empty_answer() {
    let world = World::new().await;
    let reply = call(&world, 1).await;
    assert!(reply.body.is_empty());
}

#[tokio::test]
async fn a_message_is_offered_answered_and_done_with_the_next_call() {
    let world = World::new().await;
    let acme = world.acme();
    let reply = acme.post("/downlinks", firmware("t0k3n")).await.created();
    let part = reply.links("item").remove(0);
    let second = post(&acme, "second").await;
    world.turn_until_quiet().await;
    assert_eq!(acme.status(&part).await, "EXECUTING");
    assert_eq!(acme.status(&second).await, "PENDING");
    assert_eq!(acme.status(&reply.location()).await, "EXECUTING");

    let answer = call(&world, 1).await;
    assert_eq!(answer.field("content-type"), Some("text/plain"));
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    assert!(text.contains("t0k3n"), "{text}");
    assert_eq!(acme.status(&part).await, "EXECUTING");
    assert_eq!(acme.status(&reply.location()).await, "SENT_TO_CARRIER");

    let next = call(&world, 2).await;
    assert_eq!(next.body, "second");
    let done = acme.see(&part).await;
    assert_eq!(done["status"], "DONE");
    assert!(done.get("lastFailureReason").is_none());
    assert_eq!(acme.status(&reply.location()).await, "DELIVERED");

    let last = call(&world, 3).await;
    assert!(last.body.is_empty());
    assert_eq!(acme.status(&second).await, "DONE");
}

#[tokio::test]
async fn a_call_need_not_wait_for_the_worker() {
    let world = World::new().await;
    let acme = world.acme();
    let part = post(&acme, "now").await;
    assert_eq!(acme.status(&part).await, "PENDING");
    assert_eq!(call(&world, 1).await.body, "now");
}

#[tokio::test]
async fn the_same_body_within_a_minute_gets_the_same_answer() {
    let world = World::new().await;
    let acme = world.acme();
    let part = post(&acme, "first").await;
    post(&acme, "second").await;
    assert_eq!(call(&world, 1).await.body, "first");
    for _ in 0..3 {
        world.pass(15 * SECOND).await;
        assert_eq!(call(&world, 1).await.body, "first");
        assert_eq!(acme.status(&part).await, "EXECUTING");
    }
    let history = acme.history(&part).await;
    assert!(history.contains(&"RESENT".to_owned()), "{history:?}");
}

#[tokio::test]
async fn a_body_that_was_sent_before_changes_nothing() {
    let world = World::new().await;
    let acme = world.acme();
    let part = post(&acme, "first").await;
    assert_eq!(call(&world, 1).await.body, "first");
    world.pass(Duration::from_mins(2)).await;
    // The last body, after more than a minute.
    assert!(call(&world, 1).await.body.is_empty());
    assert_eq!(acme.status(&part).await, "EXECUTING");
    assert!(call(&world, 2).await.body.is_empty());
    assert_eq!(acme.status(&part).await, "DONE");
    // An older one takes no message away.
    let second = post(&acme, "second").await;
    world.turn_until_quiet().await;
    let before = acme.see(&second).await;
    assert!(call(&world, 1).await.body.is_empty());
    assert_eq!(acme.see(&second).await, before);
    assert_eq!(call(&world, 3).await.body, "second");
}

#[tokio::test]
async fn a_device_whose_bodies_are_constant_may_send_them_again() {
    let world = World::new().await;
    let acme = world.acme();
    for text in ["first", "second"] {
        let document = with(
            direct_http(text, json!({})),
            json!({ "deviceId": CONSTANT }),
        );
        acme.post("/http/downlinks", document).await.created();
    }
    let mut bodies = Vec::new();
    for _ in 0..3 {
        let body = pack(CONSTANT, 1);
        let token = token(&body, OTHER_SECRET);
        let reply = call_with(&world, PATH, body, token).await.ok();
        bodies.push(String::from_utf8(reply.body.to_vec()).unwrap());
        world.pass(Duration::from_mins(2)).await;
    }
    assert_eq!(bodies, ["first", "second", ""]);
}

#[tokio::test]
async fn a_wrong_token_and_an_unknown_device_get_the_same_answer() {
    let world = World::new().await;
    let acme = world.acme();
    let part = post(&acme, "secret plan").await;
    world.turn_until_quiet().await;
    let before = acme.see(&part).await;
    let own = pack(POLLING, 1);
    let unknown = pack("urn:dev:IMEI:350000000000030:", 1);
    let others = pack(CONSTANT, 1);
    let without_secret = pack("urn:dev:IMEI:350000000000008:", 1);
    let two = json!([{ "bn": POLLING, "n": "a", "v": 1 }, { "bn": CONSTANT, "n": "a", "v": 1 }]);
    let two = two.to_string().into_bytes();
    let mut answers = Vec::new();
    for (path, body, token) in [
        (PATH, own.clone(), token(&own, OTHER_SECRET)),
        (PATH, own.clone(), token(&pack(POLLING, 2), SECRET)),
        (PATH, own.clone(), String::new()),
        (PATH, own.clone(), "x".repeat(64)),
        ("/ingestion/ip/senml/v1", own.clone(), token(&own, SECRET)),
        (PATH, unknown.clone(), token(&unknown, SECRET)),
        (PATH, others.clone(), token(&others, SECRET)),
        (PATH, without_secret.clone(), token(&without_secret, "")),
        (PATH, two.clone(), token(&two, SECRET)),
    ] {
        let reply = call_with(&world, path, body, token).await;
        answers.push((reply.headers.clone(), reply.body.clone()));
        reply.problem(401, "auth/token");
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]));
    assert_eq!(acme.see(&part).await, before);
    assert_eq!(call(&world, 1).await.body, "secret plan");
}

#[tokio::test]
async fn a_body_that_is_no_pack_is_refused_and_gets_nothing() {
    let world = World::new().await;
    let acme = world.acme();
    let part = post(&acme, "x").await;
    for body in [&b""[..], b"{}", b"[]", b"[{\"n\":1}]", b"[{"] {
        let reply = call_with(&world, PATH, body.to_vec(), token(body, SECRET)).await;
        assert_eq!(reply.status, 400, "{reply:?}");
    }
    assert_eq!(acme.status(&part).await, "PENDING");
}

#[tokio::test]
async fn an_answer_that_broke_is_offered_again() {
    let world = World::new().await;
    let acme = world.acme();
    let part = post(&acme, "first").await;
    call_and_break(&world, 1).await;
    assert_eq!(acme.status(&part).await, "EXECUTING");
    let history = acme.history(&part).await;
    assert_eq!(history.last().unwrap(), "CARRIER_AWAY", "{history:?}");
    // Another body does not end it: the device did not get it.
    assert_eq!(call(&world, 2).await.body, "first");
    assert_eq!(acme.status(&part).await, "EXECUTING");
    call(&world, 3).await;
    assert_eq!(acme.status(&part).await, "DONE");
}

#[tokio::test]
async fn nobody_asked_is_a_timeout_and_an_answer_that_nobody_confirmed_is_none() {
    let world = World::new().await;
    let acme = world.acme();
    let first = post(&acme, "first").await;
    let second = post(&acme, "second").await;
    world.turn_until_quiet().await;
    world.pass(Duration::from_hours(1)).await;
    let ended = acme.see(&first).await;
    assert_eq!(ended["lastFailureReason"], "TIMEOUT");
    assert_eq!(call(&world, 1).await.body, "second");
    world.pass(Duration::from_hours(1)).await;
    let ended: Value = acme.see(&second).await;
    assert_eq!(ended["status"], "DONE");
    assert!(ended.get("lastFailureReason").is_none());
}

#[tokio::test]
async fn an_answer_has_the_header_fields_and_bytes_of_its_message() {
    let world = World::new().await;
    let acme = world.acme();
    let headers = json!({ "Content-Type": "text/csv", "X-Own": "1" });
    let document = direct_http("a,b", headers);
    acme.post("/http/downlinks", document).await.created();
    let binary = json!({
        "deviceId": POLLING,
        "feedbackTimeout": "PT1H",
        "message": { "type": "binary", "body": "AQID" },
    });
    acme.post("/http/downlinks", binary).await.created();
    let text = call(&world, 1).await;
    assert_eq!(text.field("content-type"), Some("text/csv"));
    assert_eq!(text.field("x-own"), Some("1"));
    assert_eq!(text.body, "a,b");
    let bytes = call(&world, 2).await;
    assert_eq!(bytes.field("content-type"), None);
    assert_eq!(bytes.body, [1, 2, 3][..]);
}

#[tokio::test]
async fn a_message_is_offered_until_it_is_cancelled() {
    let world = World::new().await;
    let acme = world.acme();
    let part = post(&acme, "first").await;
    world.turn_until_quiet().await;
    acme.delete(&part).await.accepted();
    assert!(call(&world, 1).await.body.is_empty());
    assert_eq!(acme.see(&part).await["lastFailureReason"], "CANCELLED");
    let answered = post(&acme, "second").await;
    assert_eq!(call(&world, 2).await.body, "second");
    acme.delete(&answered)
        .await
        .problem(409, "downlink/in-flight");
}
