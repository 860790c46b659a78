//! Writing what came of a step, if all is still as it was read.
//!
//! What is there is read first; then all that changes is sent together.

use sqlx::{QueryBuilder, Sqlite, SqliteConnection, query};

use crate::clock::Moment;
use crate::life::Event;
use crate::store::{Change, Committed, Line};
use crate::store::{projection, statement};

use super::event::{Entries, KEPT};
use super::row::{Cells, document};
use super::{Result, integer, line, report};

pub(super) async fn commit(
    db: &mut SqliteConnection,
    change: &Change,
    now: Moment,
) -> Result<Committed> {
    let Some(before) = before(db, change).await? else {
        return Ok(Committed::Conflict);
    };
    // Nothing may be written before this: a conflict leaves all as it was.
    if !claim_holds(change, &before) || !take_report(db, change).await? {
        return Ok(Committed::Conflict);
    }
    let mut sql = QueryBuilder::new("");
    update_life(&mut sql, change, before.key)?;
    update_rows(&mut sql, change, before.key)?;
    erase(&mut sql, change, before.key);
    update_line(&mut sql, change, &before, now)?;
    sql.build().execute(db).await?;
    Ok(Committed::Written)
}

/// What the life was before, and its line.
struct Before {
    key: i64,
    line: Line,
    open_parts: i64,
    /// None if there is no line: a dry run makes none.
    fence: Option<i64>,
}

/// The life, unless another version of it is there, or none.
async fn before(db: &mut SqliteConnection, change: &Change) -> Result<Option<Before>> {
    let row = query(statement::LIFE_TO_CHANGE)
        .bind(change.life.id.0.as_bytes().as_slice())
        .bind(integer(change.version)?)
        .fetch_optional(db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let cells = Cells::of(&row, "life", "id");
    Ok(Some(Before {
        key: cells.get("key")?,
        line: Line {
            device: cells.get("device")?,
            protocol: cells.protocol("protocol")?,
        },
        open_parts: cells.get("open_parts")?,
        fence: cells.get("fence")?,
    }))
}

/// Whether no other has claimed the line since.
fn claim_holds(change: &Change, before: &Before) -> bool {
    change.claim.as_ref().is_none_or(|claim| {
        claim.line == before.line && i64::try_from(claim.fence).ok() == before.fence
    })
}

/// Removes the report that the change takes; false if another took it.
async fn take_report(db: &mut SqliteConnection, change: &Change) -> Result<bool> {
    match change.report {
        None => Ok(true),
        Some(key) => report::remove(db, key).await,
    }
}

fn update_life(sql: &mut QueryBuilder<Sqlite>, change: &Change, key: i64) -> Result<()> {
    let life = &change.life;
    sql.push("UPDATE life SET version = version + 1, state = ")
        .push_bind(document(life)?)
        .push(", open_parts = ")
        .push_bind(integer(projection::open_parts(life))?)
        .push(", in_line = ")
        .push_bind(i64::from(projection::is_in_line(life)))
        .push(", ended_at = ")
        .push_bind(projection::ended(life).map(Moment::as_micros))
        .push(" WHERE key = ")
        .push_bind(key)
        .push("; ");
    Ok(())
}

/// What lists show, where it changed, and what happened.
fn update_rows(sql: &mut QueryBuilder<Sqlite>, change: &Change, key: i64) -> Result<()> {
    let life = &change.life;
    let entries = Entries::of(life, &change.events);
    if life.instruction.is_some() {
        let shown = Shown {
            table: "instruction",
            count: "logged",
            key,
            position: None,
        };
        shown.update(
            sql,
            life.status().as_str(),
            life.modified_at,
            entries.logs.len(),
        )?;
        shown.append(sql, &entries.logs)?;
    }
    for (position, (part, history)) in life.parts.iter().zip(&entries.histories).enumerate() {
        let shown = Shown {
            table: "part",
            count: "noted",
            key,
            position: Some(integer(position)?),
        };
        shown.update(sql, part.status().as_str(), part.modified_at, history.len())?;
        shown.append(sql, history)?;
    }
    Ok(())
}

/// A row that lists show.
struct Shown {
    table: &'static str,
    /// Its column that counts the entries that there ever were.
    count: &'static str,
    /// The key of its life.
    key: i64,
    /// Only of a part.
    position: Option<i64>,
}

impl Shown {
    /// Writes its status, if that or something else happened: a column that is written to is
    /// written to all its indexes.
    fn update(
        &self,
        sql: &mut QueryBuilder<Sqlite>,
        status: &str,
        modified_at: Moment,
        events: usize,
    ) -> Result<()> {
        sql.push("UPDATE ").push(self.table).push(" SET status = ");
        sql.push_bind(status).push(", modified_at = ");
        sql.push_bind(modified_at.as_micros()).push(", ");
        sql.push(self.count)
            .push(" = ")
            .push(self.count)
            .push(" + ");
        sql.push_bind(integer(events)?);
        self.found(sql);
        if events == 0 {
            sql.push(" AND (status <> ").push_bind(status);
            sql.push(" OR modified_at <> ")
                .push_bind(modified_at.as_micros());
            sql.push(")");
        }
        sql.push("; ");
        Ok(())
    }

    /// Appends entries, which are counted already, as far as they are kept.
    fn append(&self, sql: &mut QueryBuilder<Sqlite>, events: &[&Event]) -> Result<()> {
        for (event, back) in events.iter().zip((1..=events.len()).rev()) {
            let back = integer(back)?;
            sql.push("INSERT INTO event (owner, seq, entry) SELECT id, ");
            sql.push(self.count).push(" - ").push_bind(back).push(", ");
            sql.push_bind(document(event)?);
            sql.push(" FROM ").push(self.table);
            self.found(sql);
            sql.push(" AND ")
                .push(self.count)
                .push(" - ")
                .push_bind(back);
            sql.push(" < ").push_bind(KEPT).push("; ");
        }
        Ok(())
    }

    fn found(&self, sql: &mut QueryBuilder<Sqlite>) {
        sql.push(" WHERE life = ").push_bind(self.key);
        if let Some(position) = self.position {
            sql.push(" AND position = ").push_bind(position);
        }
    }
}

fn erase(sql: &mut QueryBuilder<Sqlite>, change: &Change, key: i64) {
    for part in &change.erase {
        sql.push("UPDATE part SET message = NULL WHERE sealed = 1 AND life = ")
            .push_bind(key)
            .push(" AND id = ")
            .push_bind(part.0.as_bytes().as_slice())
            .push("; ");
    }
}

/// Counts the line's open parts anew; who writes without a claim makes the line due.
fn update_line(
    sql: &mut QueryBuilder<Sqlite>,
    change: &Change,
    before: &Before,
    now: Moment,
) -> Result<()> {
    if change.life.terms.dry_run {
        return Ok(());
    }
    let more = integer(projection::open_parts(&change.life))? - before.open_parts;
    match &change.claim {
        Some(_) if more == 0 => (),
        Some(_) => line::count(sql, &before.line, more, None),
        None => line::count(sql, &before.line, more, Some(now)),
    }
    Ok(())
}
