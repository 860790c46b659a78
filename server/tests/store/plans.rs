//! How the database runs the statements of lists and claims: by an index, nothing else.
//!
//! The statements are those that the store really sends: the driver reports each, and the ones that
//! were sent inside a span of ours are explained against the same file.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fmt::Write;
use std::path::Path;
use std::sync::{Mutex, Once};
use std::time::Duration;

use downlink_server::life::{EventKind, Protocol, Report};
use downlink_server::list::{Collection, Field, Filter, Key, Query, Sort};
use downlink_server::store::{Body, Change, EarlyReport};
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Row, query};
use tracing::field::{Field as Recorded, Visit};
use tracing::{Instrument, Subscriber, info_span};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use crate::lists::{filters, sorts};
use crate::world::{World, acme, change, device, key};

/// Statements that were sent, each with the span that it was sent in.
static SENT: Mutex<BTreeSet<(&'static str, String)>> = Mutex::new(BTreeSet::new());

struct Listener;

#[derive(Default)]
struct Statement {
    summary: String,
    whole: String,
}

impl Visit for Statement {
    fn record_debug(&mut self, field: &Recorded, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Recorded, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.trim().clone_into(&mut self.whole),
            _ => (),
        }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Listener {
    fn on_event(&self, event: &tracing::Event<'_>, context: Context<'_, S>) {
        let Some(span) = context.event_span(event) else {
            return;
        };
        if event.metadata().target() != "sqlx::query" {
            return;
        }
        let mut statement = Statement::default();
        event.record(&mut statement);
        let text = if statement.whole.is_empty() {
            statement.summary
        } else {
            statement.whole
        };
        let lines = text.lines().filter(|it| !it.starts_with("--"));
        let text = lines.collect::<Vec<_>>().join(" ");
        // Several may be sent together.
        for one in text.split(';').filter(|it| !it.trim().is_empty()) {
            let words = one.split_whitespace().collect::<Vec<_>>().join(" ");
            SENT.lock().unwrap().insert((span.metadata().name(), words));
        }
    }
}

fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing_subscriber::registry().with(Listener).init());
}

fn sent(span: &str) -> Vec<String> {
    let sent = SENT.lock().unwrap();
    sent.iter()
        .filter(|it| it.0 == span)
        .map(|it| it.1.clone())
        .collect()
}

/// How the database runs a statement, a line for each step.
async fn plan(file: &Path, statement: &str) -> Vec<String> {
    let mut db = SqliteConnectOptions::new()
        .filename(file)
        .connect()
        .await
        .unwrap();
    let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
    let step = |row: SqliteRow| row.get::<String, _>("detail");
    query(explain)
        .fetch_all(&mut db)
        .await
        .unwrap()
        .into_iter()
        .map(step)
        .collect()
}

/// A step that reads a whole table, or sorts. What a subquery gives one by one is read as it comes.
fn reads_all(step: &str) -> bool {
    let given = ["SCAN r", "SCAN (subquery", "SCAN CONSTANT ROW"];
    step.contains("SCAN") && !given.iter().any(|it| step.starts_with(it))
}

fn sorts_rows(step: &str) -> bool {
    step.contains("TEMP B-TREE")
}

fn list(collection: Collection, sort: Sort, filter: Filter) -> Query {
    Query {
        collection,
        filter,
        sort,
        position: None,
        limit: 2,
    }
}

/// Asks for a list, for the page after, and for the one before.
async fn walk(world: &World, mut query: Query) {
    for _ in 0..3 {
        let (next, prev) = match query.collection {
            Collection::Instructions => {
                let page = world.store.instructions(&acme(), &query).await.unwrap();
                (page.next, page.prev)
            }
            Collection::Parts(_) => {
                let page = world.store.parts(&acme(), &query).await.unwrap();
                (page.next, page.prev)
            }
        };
        query.position = if query.position.is_some() { prev } else { next };
        if query.position.is_none() {
            break;
        }
    }
}

/// The sorts that the page promises to be as fast with a million rows as with ten thousand.
fn promised() -> Vec<Sort> {
    let single = sorts().into_iter().filter(|it| it.0.len() == 1);
    let times = [Field::CreatedAt, Field::ModifiedAt];
    let pairs = sorts().into_iter().filter(|it| {
        it.0.len() == 2
            && [Field::Status, Field::NetworkId].contains(&it.0[0].field)
            && times.contains(&it.0[1].field)
    });
    single.chain(pairs).collect()
}

fn parts_of(sort: &Sort) -> Option<Sort> {
    let key = |key: &Key| match key.field {
        Field::ExternalReference => None,
        Field::NetworkId => Some(Key {
            field: Field::DeviceId,
            ..*key
        }),
        _ => Some(*key),
    };
    sort.0
        .iter()
        .map(key)
        .collect::<Option<Vec<Key>>>()
        .map(Sort)
}

/// A few of a million have a status, or almost all of them.
fn of_status() -> Filter {
    Filter {
        status: Some(String::from("PENDING")),
        ..Filter::default()
    }
}

async fn filled() -> World {
    let world = World::sqlite().await;
    for number in 0..6 {
        let mut new = world.instruction();
        new.device = format!("urn:dev:eui:{:016x}:", number % 3);
        world.accept(new).await;
        world.advance(1);
    }
    world
}

#[tokio::test]
async fn a_promised_order_is_read_by_its_index() {
    listen();
    let work = async {
        let world = filled().await;
        for sort in promised() {
            let filters = [Filter::default(), of_status()];
            // A pair of fields is walked where the status is not fixed.
            let count = if sort.0.len() == 1 { 2 } else { 1 };
            for filter in filters.into_iter().take(count) {
                walk(
                    &world,
                    list(Collection::Instructions, sort.clone(), filter.clone()),
                )
                .await;
                if let Some(sort) = parts_of(&sort) {
                    walk(
                        &world,
                        list(Collection::Parts(Protocol::Lora), sort, filter),
                    )
                    .await;
                }
            }
        }
        world
    };
    let world = work.instrument(info_span!("promised")).await;
    let mut found = 0;
    for statement in sent("promised")
        .iter()
        .filter(|it| it.contains("INDEXED BY"))
    {
        let steps = plan(&world.file(), statement).await;
        for step in &steps {
            assert!(
                !reads_all(step) && !sorts_rows(step),
                "{statement}\n{steps:#?}"
            );
        }
        assert!(
            steps.iter().any(|it| it.contains("(client=?")),
            "{statement}\n{steps:#?}"
        );
        found += 1;
    }
    assert!(found > 60, "{found} statements were sent");
}

#[tokio::test]
async fn every_list_is_read_by_an_index_even_where_it_is_sorted() {
    listen();
    let work = async {
        let world = filled().await;
        for sort in sorts() {
            for filter in filters() {
                walk(&world, list(Collection::Instructions, sort.clone(), filter)).await;
            }
        }
        world
    };
    let world = work.instrument(info_span!("every")).await;
    let mut found = 0;
    for statement in sent("every").iter().filter(|it| it.contains("INDEXED BY")) {
        let steps = plan(&world.file(), statement).await;
        assert!(
            !steps.iter().any(|it| reads_all(it)),
            "{statement}\n{steps:#?}"
        );
        found += 1;
    }
    assert!(found > 300, "{found} statements were sent");
}

/// All that is done to downlinks and lines beside listing them.
async fn all_verbs(world: &World) {
    let mut new = world.instruction();
    new.instruction.as_mut().unwrap().external_reference = Some(String::from("order 7"));
    new.idempotency = Some(key("k", world.now().plus(Duration::from_mins(1))));
    let stored = world.accept(new.clone()).await;
    let part = stored.life.parts[0].id;
    let store = &world.store;
    let lease = world.now().plus(Duration::from_secs(30));
    let claim = store
        .claim(world.now(), lease, 100)
        .await
        .unwrap()
        .remove(0);
    store.renew(&claim, lease).await.unwrap();
    let stored = store.open(&claim.line, 10).await.unwrap().remove(0);
    let mut own = Change {
        claim: Some(claim.clone()),
        ..change(&stored)
    };
    own.life.parts[0].stage = world.ended();
    own.erase = vec![part];
    own.events = vec![
        world.event(EventKind::Delivered, None),
        world.event(EventKind::PartDelivered, Some(part)),
    ];
    store.commit(own).await.unwrap();
    store.release(&claim, Some(lease)).await.unwrap();
    store.release(&claim, None).await.unwrap();
    store.next_due().await.unwrap();
    let stored = world.stored(part).await;
    store.commit(change(&stored)).await.unwrap();
    new.line_limit = 0;
    new.idempotency = None;
    new.instruction.as_mut().unwrap().external_reference = None;
    store.accept(new).await.unwrap();
    store.instruction(&acme(), stored.life.id).await.unwrap();
    store.part(&acme(), Protocol::Lora, part).await.unwrap();
    store.history(part).await.unwrap();
    store.content(part).await.unwrap();
    store.device(&acme(), "urn:dev:a:").await.unwrap();
    store.device(&acme(), "alias").await.unwrap();
    store.devices(&acme(), None, 10).await.unwrap();
    store.bound().await.unwrap();
    store.keep("key", vec![1]).await.unwrap();
    store.bodies("urn:dev:a:", world.now()).await.unwrap();
    let early = EarlyReport {
        part,
        attempt: 1,
        report: Report::Delivered,
        heard_at: world.now(),
    };
    store.keep_report(early).await.unwrap();
    let kept = store.kept_report(part).await.unwrap().unwrap();
    store.remove_report(kept.key).await.unwrap();
    store.remove_old_reports(world.now()).await.unwrap();
    let body = Body {
        digest: [1; 32],
        at: world.now(),
        newest: None,
    };
    store.note_body("urn:dev:a:", body, body.at).await.unwrap();
    store
        .retire(world.now().plus(Duration::from_secs(1)), 10)
        .await
        .unwrap();
}

#[tokio::test]
async fn every_other_statement_finds_its_rows_by_an_index() {
    listen();
    let work = async {
        let world = filled().await;
        world
            .store
            .import(vec![device(&acme(), "urn:dev:a:", &["alias"], &[])], false)
            .await
            .unwrap();
        let taken = vec![device(&acme(), "urn:dev:b:", &["alias"], &[])];
        world.store.import(taken, false).await.unwrap_err();
        all_verbs(&world).instrument(info_span!("verbs")).await;
        world
    };
    let world = work.instrument(info_span!("writer")).await;
    let mut golden = String::new();
    let statements: BTreeSet<String> = sent("verbs").into_iter().chain(sent("writer")).collect();
    for statement in statements.iter().filter(|it| finds_rows(it)) {
        let steps = plan(&world.file(), statement).await;
        let whole = steps.iter().any(|it| reads_all(it) || sorts_rows(it));
        assert_eq!(whole, of_an_import(statement), "{statement}\n{steps:#?}");
        writeln!(golden, "{statement}\n    {}\n", steps.join("\n    ")).unwrap();
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/store/plans.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, &golden).unwrap();
    }
    assert_eq!(
        golden,
        std::fs::read_to_string(&file).unwrap(),
        "review it, then BLESS=1"
    );
}

fn finds_rows(statement: &str) -> bool {
    let verb = statement.split(' ').next().unwrap_or_default();
    let finds = ["SELECT", "UPDATE", "DELETE"].contains(&verb) || statement.contains("SELECT");
    finds && !statement.contains("_sqlx_migrations")
}

/// An import looks at all devices once.
fn of_an_import(statement: &str) -> bool {
    statement == "SELECT id, client FROM device"
}
