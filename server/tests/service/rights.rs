//! Every operation of the documents, held to the router and to who may do it.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use downlink_server::caller::Scope;
use downlink_server::http::openapi::{self, Operation};
use downlink_server::http::router;
use serde_json::Value;

use crate::caller::Caller;
use crate::requests::{direct, direct_lamp, direct_raw, raw, with};
use crate::world::{OTHERS_RAW, PUBLIC_URL, World};

/// Operations of the documents, and those of them that ask for a scope.
const OPERATIONS: usize = 34;
const WITH_SCOPE: usize = 29;

/// Another name of a device of `acme`.
const ALIAS: &str = "urn:dev:IMEI:350000000000022:";

/// An identifier that nobody has.
const NO_ID: &str = "01234567-89ab-7cde-8f01-23456789abcd";

fn operations() -> Vec<Operation> {
    let document = openapi::document(PUBLIC_URL).unwrap();
    let operations = openapi::operations(&document);
    assert_eq!(operations.len(), OPERATIONS);
    operations
}

/// The operations that ask for a scope, with the scope.
fn guarded() -> Vec<(Operation, Scope)> {
    let guarded = operations().into_iter().filter_map(|operation| {
        let name = operation.scope.clone()?;
        let scope = Scope::ALL.into_iter().find(|it| it.as_str() == name);
        Some((operation, scope?))
    });
    let guarded: Vec<_> = guarded.collect();
    assert_eq!(guarded.len(), WITH_SCOPE);
    guarded
}

/// The path with identifiers in the place of its parameters.
fn path_of(operation: &Operation, id: &str) -> String {
    let filled = operation
        .path
        .replace("{downlinkId}", id)
        .replace("{encoderId}", "generic/raw")
        .replace("{deviceId}", OTHERS_RAW)
        .replace("{room}/{name}", "auth/token");
    assert!(!filled.contains('{'), "{filled}");
    filled
}

async fn ask(caller: &Caller<'_>, operation: &Operation, id: &str) -> crate::caller::Reply {
    let path = path_of(operation, id);
    caller.send(&operation.method, &path, b"{}".to_vec()).await
}

/// What the router takes at a path: it says so where a method is refused.
async fn methods_at(world: &World, path: &str) -> BTreeSet<String> {
    let reply = world.nobody().send("PROPFIND", path, Vec::new()).await;
    let allow = reply.field("allow").unwrap_or_default().to_owned();
    reply.problem(405, "http/method");
    let methods = allow.split(',').filter(|method| *method != "HEAD");
    methods.map(str::to_owned).collect()
}

/// Whether a path of the documents is this path of the router, whose last parameter may take
/// several segments.
fn is_at(document: &str, route: &str) -> bool {
    let mut segments = document.split('/');
    for wanted in route.split('/') {
        let segment = segments.next();
        match (wanted, segment) {
            (wanted, Some(_)) if wanted.starts_with("{*") => return true,
            (wanted, Some(segment)) if wanted.starts_with('{') && segment.starts_with('{') => {}
            (wanted, Some(segment)) if wanted == segment => {}
            _ => return false,
        }
    }
    segments.next().is_none()
}

#[tokio::test]
async fn the_router_has_the_operations_of_the_documents_and_no_others() {
    let world = World::new().await;
    let operations: Vec<_> = operations();
    let mut found = 0;
    for route in router::paths() {
        let documented: Vec<_> = operations
            .iter()
            .filter(|operation| is_at(&operation.path, &route))
            .collect();
        let methods: BTreeSet<_> = documented.iter().map(|it| it.method.clone()).collect();
        let first = documented.first();
        let first = first.unwrap_or_else(|| panic!("no document has {route}"));
        let path = path_of(first, NO_ID);
        assert_eq!(methods_at(&world, &path).await, methods, "{route}");
        found += documented.len();
    }
    assert_eq!(found, OPERATIONS);
}

#[tokio::test]
async fn without_a_token_or_with_one_that_is_over_nothing_is_allowed() {
    let world = World::new().await;
    for (operation, _) in guarded() {
        for (caller, challenge) in [
            (world.nobody(), "Bearer"),
            (world.late_caller("acme"), r#"Bearer error="invalid_token""#),
        ] {
            let reply = ask(&caller, &operation, NO_ID).await;
            assert_eq!(reply.field("www-authenticate"), Some(challenge));
            reply.problem(401, "auth/token");
        }
    }
}

#[tokio::test]
async fn the_scope_is_looked_at_before_the_id_and_the_body() {
    let world = World::new().await;
    for (operation, scope) in guarded() {
        let others = Scope::ALL.into_iter().filter(|it| *it != scope);
        let others: Vec<_> = others.collect();
        for scopes in [&others[..], &[]] {
            let caller = world.caller_with("acme", scopes);
            let reply = ask(&caller, &operation, NO_ID).await;
            let challenge = reply.field("www-authenticate").map(str::to_owned);
            assert_eq!(
                challenge.as_deref(),
                Some(r#"Bearer error="insufficient_scope""#)
            );
            let problem = reply.problem(403, "auth/scope");
            let detail = problem["detail"].as_str().unwrap();
            assert!(detail.contains(scope.as_str()), "{detail}");
        }
    }
}

#[tokio::test]
async fn one_scope_is_enough_for_its_operations() {
    let world = World::new().await;
    for (operation, scope) in guarded() {
        let caller = world.caller_with("acme", &[scope]);
        let reply = ask(&caller, &operation, NO_ID).await;
        let refused = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN];
        assert!(!refused.contains(&reply.status), "{reply:?}");
    }
}

#[tokio::test]
async fn what_needs_no_token_is_answered_without_one() {
    let world = World::new().await;
    let mut open = 0;
    for operation in operations() {
        if operation.scope.is_some() {
            continue;
        }
        open += 1;
        let reply = ask(&world.nobody(), &operation, NO_ID).await;
        let expected = match operation.path.as_str() {
            "/openapi.json" | "/problems/{room}/{name}" => 200,
            "/demo/token" => 404,
            // Devices show a token of another kind.
            path if path.starts_with("/ingestion/") => 400,
            path => panic!("{path} needs no token"),
        };
        assert_eq!(reply.status.as_u16(), expected, "{reply:?}");
    }
    assert_eq!(open, OPERATIONS - WITH_SCOPE);
}

/// Everything that can be named by an identifier: what another client has looks the same as what
/// nobody has, to the byte.
#[tokio::test]
async fn what_another_client_owns_is_not_found() {
    let world = World::new().await;
    let other = world.caller("other");
    let instruction = other.post("/downlinks", raw(OTHERS_RAW, "01")).await;
    let part = other
        .post("/lora/downlinks", direct_raw(OTHERS_RAW, "02"))
        .await;
    let ids = [instruction.created(), part.created()].map(|it| it.json()["id"].clone());
    let acme = world.acme();
    let mut asked = 0;
    for (operation, _) in guarded() {
        if !operation.path.contains("{downlinkId}") {
            continue;
        }
        let unknown = ask(&acme, &operation, NO_ID).await;
        for id in &ids {
            let others = ask(&acme, &operation, id.as_str().unwrap()).await;
            assert_eq!(others.body, unknown.body);
            others.problem(404, "downlink/not-found");
            asked += 1;
        }
    }
    assert_eq!(asked, 28);
    for path in ["/downlinks", "/lora/downlinks"] {
        assert_eq!(acme.see(path).await["items"], Value::Array(Vec::new()));
        assert_eq!(
            other.see(path).await["items"].as_array().unwrap().len(),
            2 - usize::from(path == "/downlinks")
        );
    }
}

#[tokio::test]
async fn what_is_no_identifier_is_not_found() {
    let world = World::new().await;
    let with_underscores = NO_ID.replace('-', "_");
    for id in ["x", "0", "%00", "..%2F", &with_underscores] {
        let path = format!("/downlinks/{id}");
        let reply = world.acme().get(&path).await;
        reply.problem(404, "downlink/not-found");
    }
}

#[tokio::test]
async fn a_device_of_another_client_looks_like_one_that_nobody_has() {
    let world = World::new().await;
    let nobodys = "urn:dev:DEVEUI:0059AC00000000FF:";
    let acme = world.acme();
    let name = |it: &str| it.replace(nobodys, OTHERS_RAW);
    let mut answers = Vec::new();
    for device in [OTHERS_RAW, nobodys] {
        let replies = [
            acme.post("/downlinks", raw(device, "01")).await,
            acme.post("/downlinks/preview", raw(device, "01")).await,
            acme.post("/lora/downlinks", direct_raw(device, "01")).await,
            acme.post(
                "/mqtt/downlinks",
                with(direct_lamp("a"), serde_json::json!({ "deviceId": device })),
            )
            .await,
            acme.get(&format!("/devices/{device}")).await,
        ];
        let texts = replies.map(|reply| name(&reply.problem(404, "device/unknown").to_string()));
        answers.push(texts);
    }
    assert_eq!(answers[0], answers[1]);
}

/// The owner of a number may not be told either by an external reference, a key or an alias.
#[tokio::test]
async fn references_keys_and_aliases_are_of_their_client() {
    let world = World::new().await;
    let named = |device| {
        with(
            raw(device, "01"),
            serde_json::json!({ "externalReference": "mine" }),
        )
    };
    let key = "one-key";
    let other = world.caller("other").with("idempotency-key", key);
    let acme = world.acme().with("idempotency-key", key);
    let theirs = other.post("/downlinks", named(OTHERS_RAW)).await.created();
    let ours = acme.post("/downlinks", named(crate::world::RAW)).await;
    assert_ne!(ours.created().json()["id"], theirs.json()["id"]);
    let by_alias = direct_raw(ALIAS, "01");
    let acme = world.acme().post("/lora/downlinks", by_alias.clone()).await;
    acme.created();
    let other = world.caller("other");
    let reply = other.post("/lora/downlinks", by_alias).await;
    reply.problem(404, "device/unknown");
}

/// The walk above must see direct posts of every protocol.
#[test]
fn each_direct_resource_is_in_the_documents() {
    let operations = operations();
    for (path, _) in direct() {
        let mut posts = operations.iter().filter(|it| it.method == "POST");
        assert!(posts.any(|it| it.path == path), "{path}");
    }
}
