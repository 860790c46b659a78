//! A writer that stops anywhere leaves a file that opens, with all that it answered.

use std::collections::BTreeSet;
use std::pin::pin;
use std::task::Poll;

use downlink_server::id::PartId;
use downlink_server::life::Protocol;
use downlink_server::store::{Accepted, StoreError};
use futures::future::{BoxFuture, Either, join_all, poll_fn, select};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, query_scalar};

use crate::world::{World, acme, line};

/// Polls the writer so many times, and drops it wherever it is.
async fn stopped_after(polls: usize, mut writer: BoxFuture<'static, ()>) {
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 || writer.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        left -= 1;
        Poll::Pending
    })
    .await;
    drop(writer);
}

/// Accepts downlinks while the writer stops; the parts that were answered, and those that were not.
async fn interrupted(
    world: &World,
    writer: BoxFuture<'static, ()>,
    polls: usize,
) -> [Vec<PartId>; 2] {
    let new: Vec<_> = (0..150).map(|_| world.instruction()).collect();
    let parts: Vec<PartId> = new.iter().map(|it| it.life.parts[0].id).collect();
    let acceptances = join_all(new.into_iter().map(|it| world.store.accept(it)));
    let answers = match select(pin!(stopped_after(polls, writer)), acceptances).await {
        Either::Left(((), acceptances)) => acceptances.await,
        Either::Right((answers, _)) => answers,
    };
    let (mut answered, mut lost) = (Vec::new(), Vec::new());
    for (part, answer) in parts.into_iter().zip(answers) {
        match answer {
            Ok(Accepted::New) => answered.push(part),
            Err(StoreError::Unavailable(_)) => lost.push(part),
            other => panic!("{other:?}"),
        }
    }
    [answered, lost]
}

#[tokio::test]
async fn a_writer_that_stops_anywhere_leaves_all_that_it_answered() {
    let mut answers = BTreeSet::new();
    for polls in [0, 1, 2, 5].into_iter().chain((20..400).step_by(20)) {
        let (world, writer) = World::idle_sqlite().await;
        let [answered, lost] = interrupted(&world, writer, polls).await;
        answers.insert(answered.len());
        let world = world.reopened().await;
        for part in &answered {
            let row = world
                .store
                .part(&acme(), Protocol::Lora, *part)
                .await
                .unwrap()
                .unwrap();
            let instruction = world
                .store
                .instruction(&acme(), row.stored.life.id)
                .await
                .unwrap();
            assert_eq!(instruction.unwrap().logs.len(), 1);
        }
        let open = world.store.open(&line(), 256).await.unwrap();
        let numbers: Vec<u64> = open.iter().filter_map(|it| it.number).collect();
        let expected: Vec<u64> = (1..).take(open.len()).collect();
        assert_eq!(
            numbers, expected,
            "a transaction is there whole or not at all"
        );
        assert!(open.len() >= answered.len() && open.len() <= answered.len() + lost.len());
        is_whole(&world).await;
        world.accept(world.instruction()).await;
    }
    assert!(
        answers.len() > 2,
        "it stopped at different places: {answers:?}"
    );
}

async fn is_whole(world: &World) {
    let mut db = SqliteConnectOptions::new()
        .filename(world.file())
        .connect()
        .await
        .unwrap();
    let check: String = query_scalar("PRAGMA integrity_check")
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert_eq!(check, "ok");
    let counted: Option<i64> = query_scalar("SELECT open_parts FROM line")
        .fetch_optional(&mut db)
        .await
        .unwrap();
    let there: i64 = query_scalar("SELECT COUNT(*) FROM part")
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert_eq!(counted.unwrap_or_default(), there);
}

#[tokio::test]
async fn a_store_without_its_writer_says_so() {
    let (world, writer) = World::idle_sqlite().await;
    drop(writer);
    let refused = world.store.accept(world.instruction()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused}");
    assert!(world.store.ready().await.is_err());
}
