//! Reading downlinks and their parts.

use std::collections::HashMap;

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, query, query_scalar};

use crate::clock::Moment;
use crate::id::{Client, DownlinkId, PartId};
use crate::life::Protocol;
use crate::store::{Content, Instruction, PartRow, Repeated, Row, StoreError, Stored, statement};

use super::row::{self, Cells};
use super::{Result, event};

pub(super) async fn instruction(
    db: &mut SqliteConnection,
    client: &Client,
    id: DownlinkId,
) -> Result<Option<Row>> {
    let key: Option<i64> = query_scalar(statement::INSTRUCTION)
        .bind(client.as_str())
        .bind(id.0.as_bytes().as_slice())
        .fetch_optional(&mut *db)
        .await?;
    let Some(key) = key else { return Ok(None) };
    let rows = rows(db, statement::INSTRUCTION_ROWS, &[key]).await?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let (mut found, _) = instruction_row(row)?;
    found.logs = event::all(db, id.0).await?;
    Ok(Some(found))
}

pub(super) async fn part(
    db: &mut SqliteConnection,
    client: &Client,
    protocol: Protocol,
    id: PartId,
) -> Result<Option<PartRow>> {
    let key: Option<i64> = query_scalar(statement::PART)
        .bind(client.as_str())
        .bind(protocol.as_str())
        .bind(id.0.as_bytes().as_slice())
        .fetch_optional(&mut *db)
        .await?;
    let Some(key) = key else { return Ok(None) };
    Ok(parts(db, &[key]).await?.pop())
}

/// The instructions with these keys, in the order of the keys, with their last entries.
pub(super) async fn instructions(db: &mut SqliteConnection, keys: &[i64]) -> Result<Vec<Row>> {
    let mut found = Vec::with_capacity(keys.len());
    for row in rows(db, statement::INSTRUCTION_ROWS, keys).await? {
        let (mut instruction, logged) = instruction_row(&row)?;
        let id = instruction.stored.life.id.0;
        instruction.logs = event::last(db, id, logged).await?;
        found.push(instruction);
    }
    Ok(found)
}

/// The parts with these keys, in the order of the keys.
pub(super) async fn parts(db: &mut SqliteConnection, keys: &[i64]) -> Result<Vec<PartRow>> {
    let rows = rows(db, statement::PART_ROWS, keys).await?;
    rows.iter().map(part_row).collect()
}

/// The rows with these keys, in their order.
async fn rows(
    db: &mut SqliteConnection,
    select: &'static str,
    keys: &[i64],
) -> Result<Vec<SqliteRow>> {
    let mut statement = QueryBuilder::<Sqlite>::new(select);
    statement.push(" (");
    let mut list = statement.separated(", ");
    for key in keys {
        list.push_bind(*key);
    }
    statement.push(")");
    let mut by_key = HashMap::with_capacity(keys.len());
    for row in statement.build().persistent(false).fetch_all(db).await? {
        by_key.insert(Cells::of(&row, "life", "id").get::<i64>("key")?, row);
    }
    let missing = || {
        StoreError::Refused(String::from(
            "a row is gone from the snapshot that it was found in",
        ))
    };
    keys.iter()
        .map(|key| by_key.remove(key).ok_or_else(missing))
        .collect()
}

fn instruction_row(row: &SqliteRow) -> Result<(Row, u64)> {
    let life = Cells::of(row, "life", "id");
    let cells = Cells::of(row, "instruction", "id");
    let reference: String = cells.get("external_reference")?;
    let instruction = Instruction {
        external_reference: cells.flag("has_reference")?.then_some(reference),
        message: cells.get("message")?,
    };
    let found = Row {
        stored: row::stored(row)?,
        instruction: Some(instruction),
        provenance: life.json("provenance")?,
        logs: Vec::new(),
    };
    Ok((found, cells.number("logged")?))
}

fn part_row(row: &SqliteRow) -> Result<PartRow> {
    let cells = Cells::of(row, "part", "part");
    Ok(PartRow {
        stored: row::stored(row)?,
        part: PartId(cells.uuid("part")?),
        document: cells.get("document")?,
        masked: cells.flag("masked")?,
    })
}

pub(super) async fn life_of(db: &mut SqliteConnection, part: PartId) -> Result<Option<Stored>> {
    let row = query(statement::LIFE_OF_PART)
        .bind(part.0.as_bytes().as_slice())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(row::stored).transpose()
}

pub(super) async fn content(db: &mut SqliteConnection, part: PartId) -> Result<Option<Content>> {
    let row = query(statement::CONTENT)
        .bind(part.0.as_bytes().as_slice())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(row::content).transpose()
}

pub(super) async fn repeated(
    db: &mut SqliteConnection,
    client: &Client,
    path: &str,
    key: &str,
    now: Moment,
) -> Result<Option<Repeated>> {
    let row = query(statement::REPEATED)
        .bind(client.as_str())
        .bind(path)
        .bind(key)
        .bind(now.as_micros())
        .fetch_optional(db)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let cells = Cells::of(&row, "idempotency", "downlink");
    let id = DownlinkId(cells.uuid("downlink")?);
    Ok(Some(Repeated {
        id,
        digest: cells.digest("digest")?,
    }))
}

pub(super) async fn ready(db: &mut SqliteConnection) -> Result<()> {
    query(statement::READY).fetch_optional(db).await?;
    Ok(())
}
