//! Pages of lists: each order and each filter that is promised to take the same time however many
//! rows there are, from the start and from the middle.

use std::time::{Duration, Instant};

use downlink_server::id::Client;
use downlink_server::life::Protocol;
use downlink_server::list::{Collection, Field, Filter, Key, Position, Query, Sort, Value};
use downlink_server::store::Store;
use downlink_server::store::sqlite::SqliteStore;

use crate::fill::{self, EACH, accepted_at, ids, modified_at, status};
use crate::folder::device;
use crate::issuer::CLIENT;
use crate::stopwatch::Times;

/// Rows of a page.
const LIMIT: u16 = 50;
/// How often each page is read.
const TIMES: usize = 15;
/// More than this is more than was promised.
const PROMISED: f64 = 2.0;

/// A page, and how long it takes.
pub(crate) struct Measured {
    name: String,
    /// The rows that it has.
    rows: usize,
    time: Duration,
}

pub(crate) async fn measure(store: &SqliteStore, rows: u64) -> Vec<Measured> {
    // In the middle, among those of its device and of its status too.
    let middle = rows / 2 + 55;
    let mut measured = Vec::new();
    for collection in [Collection::Instructions, Collection::Parts(Protocol::Lora)] {
        for sort in sorts(collection) {
            for (filtered, filter) in filters(rows) {
                for position in [None, Some(position(middle, collection, &sort))] {
                    let place = if position.is_none() {
                        "first"
                    } else {
                        "middle"
                    };
                    let query = Query {
                        collection,
                        filter: filter.clone(),
                        sort: sort.clone(),
                        position,
                        limit: LIMIT,
                    };
                    let name = format!("{} {filtered}, {place}", name(collection, &sort));
                    measured.push(page(store, &query, name).await);
                }
            }
        }
    }
    measured
}

async fn page(store: &SqliteStore, query: &Query, name: String) -> Measured {
    let client = Client::new(CLIENT);
    let (mut times, mut rows) = (Vec::new(), 0);
    for _ in 0..TIMES {
        let start = Instant::now();
        rows = match query.collection {
            Collection::Instructions => {
                let page = store.instructions(&client, query).await;
                page.unwrap_or_else(|error| panic!("{name}: {error}"))
                    .items
                    .len()
            }
            Collection::Parts(_) => {
                let page = store.parts(&client, query).await;
                page.unwrap_or_else(|error| panic!("{name}: {error}"))
                    .items
                    .len()
            }
        };
        times.push(start.elapsed());
    }
    Measured {
        name,
        rows,
        time: Times::of(times).at(50),
    }
}

/// After the row of this number.
fn position(number: u64, collection: Collection, sort: &Sort) -> Position {
    let (instruction, part) = ids(number);
    let (id, status) = match collection {
        Collection::Instructions => (instruction, status(number)),
        Collection::Parts(_) => (part, "PENDING"),
    };
    let value = |key: &Key| match key.field {
        Field::CreatedAt => Value::Moment(accepted_at(number)),
        Field::ModifiedAt => Value::Moment(modified_at(number)),
        Field::Status => Value::Text(status.to_owned()),
        Field::Id => Value::Text(id.to_string()),
        Field::NetworkId | Field::DeviceId => Value::Text(device(number / EACH)),
        Field::ExternalReference => Value::Text(format!("order {}", fill::key(number))),
    };
    let id = Value::Text(id.to_string());
    Position {
        after: sort.0.iter().map(value).chain([id]).collect(),
        backwards: false,
    }
}

fn key(field: Field, descending: bool) -> Key {
    Key { field, descending }
}

/// Each field alone, and status and device before a time, in each direction.
fn sorts(collection: Collection) -> Vec<Sort> {
    let device = match collection {
        Collection::Instructions => Field::NetworkId,
        Collection::Parts(_) => Field::DeviceId,
    };
    let times = [Field::CreatedAt, Field::ModifiedAt];
    let mut alone = vec![Field::Status, Field::Id, device];
    alone.extend(times);
    if collection == Collection::Instructions {
        alone.push(Field::ExternalReference);
    }
    let directions = [false, true];
    let alone = alone
        .into_iter()
        .flat_map(|field| directions.map(|it| Sort(vec![key(field, it)])));
    let mut sorts: Vec<Sort> = alone.collect();
    for first in [Field::Status, device] {
        for second in times {
            for one in directions {
                sorts.extend(directions.map(|it| Sort(vec![key(first, one), key(second, it)])));
            }
        }
    }
    sorts
}

/// None; a device; a status of most rows, of nine in a hundred, and of one. Parts have the first
/// and the last.
fn filters(rows: u64) -> Vec<(&'static str, Filter)> {
    let of_status = |status: &str| Filter {
        status: Some(status.to_owned()),
        ..Filter::default()
    };
    let of_device = Filter {
        device: Some(device(rows / EACH / 2 + 5)),
        ..Filter::default()
    };
    vec![
        ("", Filter::default()),
        ("of a device", of_device),
        ("PENDING", of_status("PENDING")),
        ("RETRY", of_status("RETRY")),
        ("SENT_TO_CARRIER", of_status("SENT_TO_CARRIER")),
        ("EXECUTING", of_status("EXECUTING")),
    ]
}

fn name(collection: Collection, sort: &Sort) -> String {
    let list = match collection {
        Collection::Instructions => "/downlinks",
        Collection::Parts(_) => "/lora/downlinks",
    };
    let key = |key: &Key| {
        let sign = if key.descending { "-" } else { "" };
        format!("{sign}{:?}", key.field)
    };
    let keys: Vec<String> = sort.0.iter().map(key).collect();
    format!("{list} {}", keys.join(","))
}

/// Those that take longer with many rows than was promised, and what all take.
pub(crate) fn print(few: &[Measured], many: &[Measured]) {
    let mut ratios = Vec::new();
    for (few, many) in few.iter().zip(many) {
        let ratio = many.time.as_secs_f64() / few.time.as_secs_f64();
        ratios.push(ratio);
        if ratio > PROMISED {
            println!(
                "    {}: {:.2?} for {} rows, then {:.2?} for {}, {ratio:.2} times",
                many.name, few.time, few.rows, many.time, many.rows
            );
        }
    }
    ratios.sort_unstable_by(f64::total_cmp);
    let over = ratios.iter().filter(|it| **it > PROMISED).count();
    println!(
        "    {} lists: ratio p50 {:.2}, p90 {:.2}, at most {:.2}; {over} over {PROMISED}",
        ratios.len(),
        ratios[ratios.len() / 2],
        ratios[ratios.len() * 9 / 10],
        ratios[ratios.len() - 1],
    );
    for (which, measured) in [("few", few), ("many", many)] {
        let times = Times::of(measured.iter().map(|it| it.time).collect());
        let (half, most) = (times.at(50), times.at(100));
        println!("    a page of {LIMIT} with {which}: p50 {half:.2?}, slowest {most:.2?}");
    }
}
