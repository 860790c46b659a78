//! Writing what came of a step, if all is still as it was read.

use sqlx::{SqliteConnection, query};

use crate::clock::Moment;
use crate::store::{Change, Committed, Line};
use crate::store::{projection, statement};

use super::event::{Entries, append};
use super::row::{Cells, document};
use super::{Result, integer, line};

pub(super) async fn commit(
    db: &mut SqliteConnection,
    change: &Change,
    now: Moment,
) -> Result<Committed> {
    let Some(before) = before(db, change).await? else {
        return Ok(Committed::Conflict);
    };
    if !claim_holds(db, change, &before).await? || !write_life(db, change, &before).await? {
        return Ok(Committed::Conflict);
    }
    write_rows(db, change, before.key).await?;
    erase(db, change, before.key).await?;
    tell_line(db, change, &before, now).await?;
    Ok(Committed::Written)
}

/// What the life was before.
struct Before {
    key: i64,
    line: Line,
    open_parts: i64,
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
    }))
}

async fn claim_holds(db: &mut SqliteConnection, change: &Change, before: &Before) -> Result<bool> {
    match &change.claim {
        None => Ok(true),
        Some(claim) if claim.line != before.line => Ok(false),
        Some(claim) => line::is_held(db, claim).await,
    }
}

/// Writes the life; false if another version is there.
async fn write_life(db: &mut SqliteConnection, change: &Change, before: &Before) -> Result<bool> {
    let life = &change.life;
    let written = query(statement::UPDATE_LIFE)
        .bind(before.key)
        .bind(integer(change.version)?)
        .bind(document(life)?)
        .bind(integer(projection::open_parts(life))?)
        .bind(i64::from(projection::is_in_line(life)))
        .bind(projection::ended(life).map(Moment::as_micros))
        .execute(db)
        .await?;
    Ok(written.rows_affected() == 1)
}

/// Writes what lists show, where it changed, and what happened.
async fn write_rows(db: &mut SqliteConnection, change: &Change, key: i64) -> Result<()> {
    let life = &change.life;
    let entries = Entries::of(life, &change.events);
    let logged: Option<i64> = sqlx::query_scalar(statement::UPDATE_INSTRUCTION)
        .bind(key)
        .bind(life.status().as_str())
        .bind(life.modified_at.as_micros())
        .bind(integer(entries.logs.len())?)
        .fetch_optional(&mut *db)
        .await?;
    if let Some(ever) = logged {
        let before = ever - integer(entries.logs.len())?;
        append(db, life.id.0, before, &entries.logs).await?;
    }
    for (position, (part, history)) in life.parts.iter().zip(&entries.histories).enumerate() {
        let noted: Option<i64> = sqlx::query_scalar(statement::UPDATE_PART)
            .bind(key)
            .bind(integer(position)?)
            .bind(part.status().as_str())
            .bind(part.modified_at.as_micros())
            .bind(integer(history.len())?)
            .fetch_optional(&mut *db)
            .await?;
        if let Some(ever) = noted {
            append(db, part.id.0, ever - integer(history.len())?, history).await?;
        }
    }
    Ok(())
}

async fn erase(db: &mut SqliteConnection, change: &Change, key: i64) -> Result<()> {
    for part in &change.erase {
        query(statement::ERASE_MESSAGE)
            .bind(part.0.as_bytes().as_slice())
            .bind(key)
            .execute(&mut *db)
            .await?;
    }
    Ok(())
}

/// Counts the line's open parts anew; who writes without a claim makes the line due.
async fn tell_line(
    db: &mut SqliteConnection,
    change: &Change,
    before: &Before,
    now: Moment,
) -> Result<()> {
    if change.life.terms.dry_run {
        return Ok(());
    }
    let more = integer(projection::open_parts(&change.life))? - before.open_parts;
    match &change.claim {
        Some(_) if more == 0 => Ok(()),
        Some(_) => line::count(db, &before.line, more).await,
        None => line::count_and_wake(db, &before.line, more, now).await,
    }
}
