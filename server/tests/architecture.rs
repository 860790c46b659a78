//! Rooms use only those rooms that `ARCHITECTURE.md` says they may, and the house rules that a text
//! can prove hold everywhere.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "../../tests/rooms/mod.rs"]
mod rooms;

use std::collections::BTreeSet;
use std::path::Path;

use rooms::{Arrows, allowed, files, modules, read, source, uses};

/// Files of `src` and of `migrations` that there are at the least: a test that reads an empty
/// folder proves nothing.
const SOURCES: usize = 130;
const MIGRATIONS: usize = 2;

/// The longest file, in lines.
const FILE: usize = 400;

/// The longest body of a handler, in lines.
const HANDLER: usize = 15;

/// Handlers that there are at the least.
const HANDLERS: usize = 16;

/// Words, and the only places in `src` whose code may have them.
const WORDS: [(&str, &[&str]); 8] = [
    ("sqlx", &["store/"]),
    ("std::env", &["settings/"]),
    ("env::var", &["settings/"]),
    // rumqttd's router is a thread of its own, which it offers no other way to run.
    ("spawn(", &["service.rs", "service/", "demo/broker.rs"]),
    // What `encodings.rs` starts, it waits for.
    (
        "spawn_blocking(",
        &["service.rs", "service/", "operation/encodings.rs"],
    ),
    ("unbounded", &[]),
    // Answers are made in `http`; `jwks_https.rs` reads the answer of a peer.
    ("StatusCode", &["http/", "caller/jwks_https.rs"]),
    ("axum", &["http/", "service.rs", "service/"]),
];

/// Ways to ask a database what time it is, or for chance.
const CLOCKS: [&str; 8] = [
    "current_timestamp",
    "current_time",
    "current_date",
    "now()",
    "datetime(",
    "strftime(",
    "unixepoch(",
    "random()",
];

#[test]
fn rooms_use_what_the_map_lets_them_and_the_map_has_no_arrow_too_many() {
    let allowed = allowed();
    assert_eq!(modules(), allowed.keys().cloned().collect());
    for room in allowed.keys() {
        assert_eq!(uses(room, &allowed), allowed[room], "what `{room}` uses");
    }
}

/// So each room can be read with only those before it in mind.
#[test]
fn no_arrow_leads_back() {
    let mut rest: Arrows = allowed();
    while !rest.is_empty() {
        let is_ready = |to: &BTreeSet<String>| !to.iter().any(|room| rest.contains_key(room));
        let ready = rest.iter().find(|(_, to)| is_ready(to));
        let ready = ready.map(|(room, _)| room.clone());
        let ready = ready.unwrap_or_else(|| panic!("a circle among {:?}", rest.keys()));
        rest.remove(&ready);
    }
}

#[test]
fn what_belongs_to_one_room_stands_in_that_room_alone() {
    for (name, text) in sources() {
        for line in code(&text) {
            for (word, places) in WORDS {
                let is_there = places.iter().any(|place| name.starts_with(place));
                assert!(
                    is_there || !line.contains(word),
                    "`{word}` in {name}: {line}"
                );
            }
        }
    }
}

/// Time is an argument of every statement.
#[test]
fn no_statement_asks_the_database_for_the_time_or_for_chance() {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let migrations: Vec<String> = files(&migrations).iter().map(|file| read(file)).collect();
    assert!(migrations.len() >= MIGRATIONS);
    let sql = sources().into_iter();
    let sql = sql.filter(|(name, _)| name.starts_with("store/"));
    // `now()` in Rust is our clock's.
    let sql = sql.map(|(_, text)| text.replace("clock.now()", ""));
    for text in migrations.into_iter().chain(sql) {
        for line in text.to_lowercase().lines() {
            let clock = CLOCKS.iter().find(|clock| line.contains(**clock));
            assert!(clock.is_none(), "{line}");
        }
    }
}

/// Extract, call one operation, answer.
#[test]
fn a_handler_is_short() {
    let resources = sources().into_iter();
    let resources = resources.filter(|(name, _)| name.starts_with("http/resource/"));
    let mut handlers = 0;
    for (name, text) in resources {
        for function in text.split("\npub async fn ").skip(1) {
            let (signature, body) = function.split_once(" {\n").unwrap();
            let (body, _) = body.split_once("\n}").unwrap();
            let handler = signature.split('(').next().unwrap();
            let lines = body.lines().count();
            assert!(lines <= HANDLER, "`{handler}` in {name} has {lines} lines");
            handlers += 1;
        }
    }
    assert!(handlers >= HANDLERS, "{handlers} handlers");
}

#[test]
fn a_file_has_at_most_four_hundred_lines() {
    for (name, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= FILE, "{name} has {lines} lines");
    }
}

/// The files of `src`, by their paths in it.
fn sources() -> Vec<(String, String)> {
    let root = source("");
    let named = files(&root).into_iter().map(|file| {
        let name = file.strip_prefix(&root).unwrap().to_str().unwrap();
        (name.to_owned(), read(&file))
    });
    let sources: Vec<_> = named.collect();
    assert!(sources.len() >= SOURCES, "{} files", sources.len());
    sources
}

/// The lines of code: without comments and what follows `#[cfg(test)]`, which stands last.
fn code(text: &str) -> impl Iterator<Item = &str> {
    let code = text.split("\n#[cfg(test)]\nmod ").next().unwrap();
    code.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
}
