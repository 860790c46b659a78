//! What a list reads at most, with more rows than that.

use downlink_server::list::{Collection, Field, Filter, Key, Query, Sort};
use downlink_server::store::StoreError;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, query};

use crate::world::{World, acme};

const ROWS: i64 = 60_000;

/// Copies the only instruction, behind the store's back; each copy is a microsecond younger.
async fn multiply(world: &World) {
    let mut db = SqliteConnectOptions::new()
        .filename(world.file())
        .connect()
        .await
        .unwrap();
    let count =
        "WITH RECURSIVE n (n) AS (SELECT 1000 UNION ALL SELECT n + 1 FROM n WHERE n < 1000 + $1)";
    let lives = "INSERT INTO life (key, id, client, device, protocol, number, version, state, provenance, \
         created_at, open_parts, in_line, ended_at) \
         SELECT n, CAST(printf('%016d', n) AS BLOB), client, device, protocol, n, version, state, provenance, \
         created_at + n, 0, 0, NULL FROM n, life WHERE key = 1";
    let rows = "INSERT INTO instruction SELECT n, CAST(printf('%016d', n) AS BLOB), client, device, 1, \
         printf('ref %d', n), status, created_at + n, modified_at, logged, printf('message %d', n) \
         FROM n, instruction WHERE life = 1";
    for insert in [lives, rows] {
        let statement =
            sqlx::AssertSqlSafe(insert.replacen("INSERT", &format!("{count} INSERT"), 1));
        query(statement).bind(ROWS).execute(&mut db).await.unwrap();
    }
}

fn list(sort: Sort, filter: Filter) -> Query {
    Query {
        collection: Collection::Instructions,
        filter,
        sort,
        position: None,
        limit: 10,
    }
}

fn by(field: Field) -> Key {
    Key {
        field,
        descending: false,
    }
}

#[tokio::test]
async fn a_page_reads_no_more_than_its_bound_and_says_where_to_go_on() {
    let world = World::sqlite().await;
    world.accept(world.instruction()).await;
    multiply(&world).await;

    // The oldest row is found by the second page: the first one reads 50,000 others.
    let q = Filter {
        q: Some(String::from("reboot")),
        ..Filter::default()
    };
    let mut query = list(Sort::default(), q);
    let first = world.store.instructions(&acme(), &query).await.unwrap();
    assert_eq!((first.items.len(), first.prev), (0, None));
    query.position = first.next;
    let second = world.store.instructions(&acme(), &query).await.unwrap();
    assert_eq!((second.items.len(), second.next), (1, None));
    query.position = second.prev;
    let back = world.store.instructions(&acme(), &query).await.unwrap();
    assert_eq!(back.items.len(), 0);

    // Each device is a group that costs what it has, and this one has all.
    let q = Filter {
        q: Some(String::from("message 2000")),
        ..Filter::default()
    };
    let newest_of_device = Sort(vec![
        by(Field::NetworkId),
        Key {
            descending: true,
            ..by(Field::CreatedAt)
        },
    ]);
    let mut query = list(newest_of_device, q);
    let first = world.store.instructions(&acme(), &query).await.unwrap();
    assert_eq!(
        first.items.len(),
        10,
        "`message 20000` and its nine neighbours come first"
    );
    let mut pages = 0;
    let mut found = first.items.len();
    query.position = first.next;
    while query.position.is_some() {
        let page = world.store.instructions(&acme(), &query).await.unwrap();
        found += page.items.len();
        query.position = page.next;
        pages += 1;
    }
    assert_eq!((found, pages), (11, 1));
}

#[tokio::test]
async fn what_no_index_orders_is_refused_if_it_is_too_much() {
    let world = World::sqlite().await;
    world.accept(world.instruction()).await;
    multiply(&world).await;
    let sort = Sort(vec![by(Field::CreatedAt), by(Field::Status)]);
    let wide = list(sort.clone(), Filter::default());
    let refused = world.store.instructions(&acme(), &wide).await.unwrap_err();
    assert!(
        matches!(refused, StoreError::TooWide { limit: 50_000 }),
        "{refused}"
    );
    let since = world.now().plus(std::time::Duration::from_millis(20));
    let narrow = list(
        sort,
        Filter {
            created_since: Some(since),
            ..Filter::default()
        },
    );
    let page = world.store.instructions(&acme(), &narrow).await.unwrap();
    assert_eq!(page.items.len(), 10);
    assert_eq!(
        page.items[0].instruction.as_ref().unwrap().message,
        "message 20000"
    );
}
