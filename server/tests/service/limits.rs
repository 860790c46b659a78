//! How much of a request is taken, and how long it may take.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::ConnectInfo;
use axum::http::Request;
use futures::{StreamExt, stream};
use tower::ServiceExt;

use crate::world::{World, peer};

#[tokio::test]
async fn a_query_or_a_header_that_is_too_long_is_refused() {
    let world = World::new().await;
    let limits = world.app.limits;
    let query = |length: usize| format!("/downlinks?q={}", "x".repeat(length - "q=".len()));
    let most = limits.query.get();
    let acme = world.acme();
    // A limit of its own bounds `q`.
    acme.get(&query(most)).await.problem(400, "query/value");
    let problem = acme
        .get(&query(most + 1))
        .await
        .problem(413, "limit/request");
    let expected = format!("the query has {} bytes, expected at most {most}", most + 1);
    assert_eq!(problem["detail"], expected);
    let long = "x".repeat(limits.headers.get());
    let nobody = world.nobody().with("x-long", long);
    nobody.get("/downlinks").await.problem(413, "limit/request");
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_given_up() {
    let world = World::new().await;
    let first = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"[{"))]);
    let body = Body::from_stream(first.chain(stream::pending()));
    let request = Request::post("/ingestion/m2m/senml/v1")
        .header("content-type", "application/senml+json")
        .extension(ConnectInfo(peer()))
        .body(body)
        .unwrap();
    let mut answer = std::pin::pin!(world.router().oneshot(request));
    assert!(futures::poll!(&mut answer).is_pending());
    world
        .clock
        .advance(world.app.body_deadline - Duration::from_millis(1));
    assert!(futures::poll!(&mut answer).is_pending());
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(answer.await.unwrap().status(), 413);
}
