//! Requests that come twice: external references and idempotency keys.

use std::time::Duration;

use serde_json::{Value, json};

use crate::requests::{direct, raw, with};
use crate::world::{RAW, World};

#[tokio::test]
async fn an_external_reference_is_taken_while_its_downlink_is_kept() {
    let world = World::new().await;
    let acme = world.acme();
    let named = |payload| {
        let reference = json!({ "externalReference": "pump-17" });
        with(raw(RAW, payload), reference)
    };
    let first = acme.post("/downlinks", named("01")).await.created();
    assert_eq!(first.json()["externalReference"], "pump-17");
    for _ in 0..2 {
        let second = acme.post("/downlinks", named("02")).await;
        let problem = second.problem(409, "reference/taken");
        assert_eq!(problem["existing"], first.location());
        // Its end changes nothing.
        world.turn_until_quiet().await;
    }
    let items = acme.see("/downlinks").await;
    assert_eq!(items["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_reference_has_1_to_255_characters_and_no_control_character() {
    let world = World::new().await;
    let acme = world.acme();
    let long = "é".repeat(255);
    for (reference, fits) in [
        ("", false),
        ("a\nb", false),
        (long.as_str(), true),
        (&format!("{long}é"), false),
    ] {
        let document = with(raw(RAW, "01"), json!({ "externalReference": reference }));
        let reply = acme.post("/downlinks", document).await;
        if fits {
            reply.created();
            continue;
        }
        assert_eq!(reply.status, 400);
        let pointer = &reply.json()["errors"][0]["pointer"];
        assert_eq!(pointer, "/externalReference");
    }
}

/// The five paths that take an `Idempotency-Key`.
fn keyed() -> impl Iterator<Item = (&'static str, Value)> {
    let instruction = ("/downlinks", raw(RAW, "01"));
    std::iter::once(instruction).chain(direct())
}

#[tokio::test]
async fn the_same_request_of_a_key_gets_the_same_answer() {
    let world = World::new().await;
    let acme = world.acme().with("idempotency-key", "k-1");
    for (path, document) in keyed() {
        let first = acme.post(path, document.clone()).await.created();
        assert_eq!(first.field("idempotency-replayed"), None);
        world.turn_until_quiet().await;
        let again = acme.post(path, document.clone()).await.created();
        assert_eq!(again.field("idempotency-replayed"), Some("true"));
        assert_eq!(again.location(), first.location());
        assert_eq!(again.links("item"), first.links("item"));
        assert_eq!(again.json(), first.json(), "{path}");
        let other = with(document, json!({ "retryLimit": 7 }));
        acme.post(path, other)
            .await
            .problem(422, "idempotency/body");
    }
}

#[tokio::test]
async fn a_key_is_remembered_for_a_day_and_a_refusal_is_not() {
    let world = World::new().await;
    let acme = world.acme().with("idempotency-key", "k-1");
    acme.post("/downlinks", raw(RAW, "not hex")).await;
    let first = acme.post("/downlinks", raw(RAW, "01")).await.created();
    world
        .pass(Duration::from_hours(24) - Duration::from_secs(1))
        .await;
    let again = acme.post("/downlinks", raw(RAW, "01")).await.created();
    assert_eq!(again.location(), first.location());
    world.pass(Duration::from_secs(1)).await;
    let new = acme.post("/downlinks", raw(RAW, "01")).await.created();
    assert_ne!(new.location(), first.location());
}

#[tokio::test]
async fn a_key_that_is_none_is_refused() {
    let world = World::new().await;
    for key in ["", "a b", &"k".repeat(256)] {
        let acme = world.acme().with("idempotency-key", key);
        let reply = acme.post("/downlinks", raw(RAW, "01")).await;
        assert_eq!(reply.status, 400, "{key}: {reply:?}");
    }
}

#[tokio::test]
async fn complaint_13_concurrent_twins_make_one_downlink() {
    let world = World::new().await;
    let acme = world.acme().with("idempotency-key", "k-1");
    for (path, document) in keyed() {
        let post = || acme.post(path, document.clone());
        let (first, second, third) = tokio::join!(post(), post(), post());
        let first = first.created();
        for twin in [second, third] {
            assert_eq!(twin.field("retry-after"), Some("1"));
            twin.problem(409, "idempotency/busy");
        }
        let again = post().await.created();
        assert_eq!(again.location(), first.location());
        let items = acme.see(path).await["items"].clone();
        let ids = items.as_array().unwrap().iter().map(|it| &it["id"]);
        let id = first.json()["id"].clone();
        assert_eq!(ids.filter(|it| **it == id).count(), 1, "{path}");
    }
}

#[tokio::test]
async fn complaint_13_concurrent_references_make_one_downlink() {
    let world = World::new().await;
    let acme = world.acme();
    let document = with(raw(RAW, "01"), json!({ "externalReference": "once" }));
    let posts = (0..8).map(|_| acme.post("/downlinks", document.clone()));
    let replies = futures::future::join_all(posts).await;
    let (made, refused): (Vec<_>, Vec<_>) = replies.into_iter().partition(|it| it.status == 201);
    assert_eq!((made.len(), refused.len()), (1, 7));
    for reply in refused {
        let problem = reply.problem(409, "reference/taken");
        assert_eq!(problem["existing"], made[0].location());
    }
    world.turn_until_quiet().await;
    assert_eq!(world.lora.parcels().len(), 1);
}
