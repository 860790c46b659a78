//! Logs of instructions and histories of parts: 100 entries each, then only a count.

use sqlx::{QueryBuilder, Sqlite, SqliteConnection, query};
use uuid::Uuid;

use crate::life::{Event, Life};
use crate::store::statement;

use super::row::{Cells, document};
use super::{Result, integer};

/// Entries that are kept of each.
pub(super) const KEPT: i64 = 100;
/// Entries that a list shows.
const SHOWN: i64 = 10;

/// What of new events belongs where.
pub(super) struct Entries<'e> {
    /// To the logs of the instruction.
    pub(super) logs: Vec<&'e Event>,
    /// To the history of each part, in their order.
    pub(super) histories: Vec<Vec<&'e Event>>,
}

impl<'e> Entries<'e> {
    /// An event of a part stands in its history, and in the logs if the contract names it; one
    /// without a part in the logs. A part that was posted directly has no logs: all is its history.
    pub(super) fn of(life: &Life, events: &'e [Event]) -> Self {
        let direct = life.instruction.is_none();
        let logged = |it: &&Event| !direct && (it.kind.is_logged() || it.part.is_none());
        let histories = life.parts.iter().map(|part| {
            let of_part = |it: &&Event| direct || it.part == Some(part.id);
            events.iter().filter(of_part).collect()
        });
        Self {
            logs: events.iter().filter(logged).collect(),
            histories: histories.collect(),
        }
    }
}

/// An entry of the logs or of a history: whose it is, its place, what happened.
pub(super) type Entry<'e> = (Uuid, i64, &'e Event);

/// The next entries of `owner`, which had `before`, as far as they are kept.
pub(super) fn entries<'e>(owner: Uuid, before: i64, events: &[&'e Event]) -> Vec<Entry<'e>> {
    let next = (before..KEPT).zip(events);
    next.map(|(seq, event)| (owner, seq, *event)).collect()
}

/// The statement that writes entries, if there are any.
pub(super) fn insert(sql: &mut QueryBuilder<Sqlite>, entries: &[Entry<'_>]) -> Result<()> {
    let mut separator = "INSERT INTO event (owner, seq, entry) VALUES (";
    for (owner, seq, event) in entries {
        sql.push(separator);
        sql.separated(", ")
            .push_bind(owner.as_bytes().as_slice())
            .push_bind(*seq)
            .push_bind(document(event)?);
        separator = "), (";
    }
    if !entries.is_empty() {
        sql.push("); ");
    }
    Ok(())
}

/// All entries that are kept.
pub(super) async fn all(db: &mut SqliteConnection, owner: Uuid) -> Result<Vec<Event>> {
    since(db, owner, 0).await
}

/// The last entries that are kept, of `ever` that there were.
pub(super) async fn last(db: &mut SqliteConnection, owner: Uuid, ever: u64) -> Result<Vec<Event>> {
    since(db, owner, integer(ever)?.min(KEPT) - SHOWN).await
}

async fn since(db: &mut SqliteConnection, owner: Uuid, first: i64) -> Result<Vec<Event>> {
    let rows = query(statement::EVENTS)
        .bind(owner.as_bytes().as_slice())
        .bind(first)
        .fetch_all(db)
        .await?;
    let entry = |row| Cells::of(row, "event", "owner").json("entry");
    rows.iter().map(entry).collect()
}
