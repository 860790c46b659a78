//! Rows that are not what they should be are named, and only they are in the way.

use downlink_server::life::Protocol;
use downlink_server::store::StoreError;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, query};

use crate::world::{DEVICE, World, acme, device, line};

/// Changes rows behind the store's back.
async fn spoil(world: &World, change: &str) {
    let mut db = SqliteConnectOptions::new()
        .filename(world.file())
        .connect()
        .await
        .unwrap();
    query(AssertSqlSafe(change)).execute(&mut db).await.unwrap();
    db.close().await.unwrap();
}

fn named<T: std::fmt::Debug>(answer: Result<T, StoreError>, words: &[&str]) {
    let Err(StoreError::Broken(text)) = answer else {
        panic!("{answer:?}")
    };
    for word in words {
        assert!(text.contains(word), "`{text}` does not name `{word}`");
    }
    assert!(
        !text.contains("s3cret"),
        "`{text}` shows what the row holds"
    );
}

#[tokio::test]
async fn a_broken_row_is_named_by_table_column_and_id() {
    let world = World::sqlite().await;
    let stored = world.accept(world.instruction()).await;
    let (id, part) = (stored.life.id, stored.life.parts[0].id);
    world
        .store
        .import(vec![device(&acme(), DEVICE, &[], &[])], false)
        .await
        .unwrap();

    spoil(&world, "UPDATE life SET state = '{\"s3cret\":1}'").await;
    named(
        world.store.instruction(&acme(), id).await,
        &["life", "state", &id.to_string()],
    );
    named(
        world.store.life_of(part).await,
        &["life", "state", &id.to_string()],
    );
    named(
        world.store.open(&line(), 10).await,
        &["life", "state", &id.to_string()],
    );
    named(
        world.store.part(&acme(), Protocol::Lora, part).await,
        &["life", "state", &id.to_string()],
    );

    spoil(&world, "UPDATE part SET masked = 7").await;
    named(
        world.store.content(part).await,
        &["part", "masked", &part.to_string()],
    );
    spoil(&world, "UPDATE part SET masked = 0, message = NULL").await;
    named(
        world.store.content(part).await,
        &["part", "message", &part.to_string()],
    );

    spoil(&world, "UPDATE event SET entry = 's3cret'").await;
    let state = serde_json::to_string(&stored.life).unwrap();
    spoil(&world, &format!("UPDATE life SET state = '{state}'")).await;
    let logs = world.store.instruction(&acme(), id).await;
    named(logs, &["event", "entry", &id.to_string()]);
}

#[tokio::test]
async fn a_broken_device_is_named() {
    let world = World::sqlite().await;
    world
        .store
        .import(vec![device(&acme(), DEVICE, &[], &[])], false)
        .await
        .unwrap();
    spoil(&world, "UPDATE device SET tags = '[s3cret'").await;
    named(
        world.store.any_device(DEVICE).await,
        &["device", "tags", DEVICE],
    );
    named(
        world.store.devices(&acme(), None, 10).await,
        &["device", "tags", DEVICE],
    );
}

#[tokio::test]
async fn a_broken_line_is_named() {
    let world = World::sqlite().await;
    world.accept(world.instruction()).await;
    spoil(&world, "UPDATE line SET fence = -7").await;
    let claims = world.store.claim(world.now(), world.now(), 10).await;
    named(claims, &["line", "fence", DEVICE]);
}
