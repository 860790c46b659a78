//! Accepting a downlink: all that belongs to it, or nothing.
//!
//! What stands in its way is read first. Then all its rows are sent together, since each statement
//! that is sent by itself costs more than it writes.

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection, query};

use crate::clock::Moment;
use crate::id::DownlinkId;
use crate::life::Event;
use crate::store::{Acceptance, Accepted, Idempotency, Instruction, Message};
use crate::store::{projection, statement};

use super::event::{self, Entries};
use super::row::{Cells, document};
use super::{Result, StoreError, integer, read};

/// Where a row belongs; to be completed by the identifier of the life.
const KEY_OF_LIFE: &str = "(SELECT key FROM life WHERE id = ";

pub(super) async fn accept(
    db: &mut SqliteConnection,
    new: &Acceptance,
    now: Moment,
) -> Result<Accepted> {
    if let Some(repeated) = repeated(db, new, now).await? {
        return Ok(repeated);
    }
    if let Some(first) = first_with_reference(db, new).await? {
        return Ok(Accepted::ReferenceTaken(first));
    }
    let number = if new.life.terms.dry_run {
        None
    } else {
        match take_number(db, new, now).await? {
            Some(number) => Some(number),
            None => return line_full(db, new).await,
        }
    };
    insert(db, new, number).await?;
    Ok(Accepted::New)
}

async fn repeated(
    db: &mut SqliteConnection,
    new: &Acceptance,
    now: Moment,
) -> Result<Option<Accepted>> {
    let Some(Idempotency { path, key, .. }) = &new.idempotency else {
        return Ok(None);
    };
    let first = read::repeated(db, &new.client, path, key, now).await?;
    Ok(first.map(|it| Accepted::Repeated {
        id: it.id,
        digest: it.digest,
    }))
}

async fn first_with_reference(
    db: &mut SqliteConnection,
    new: &Acceptance,
) -> Result<Option<DownlinkId>> {
    let Some(reference) = taken_reference(new) else {
        return Ok(None);
    };
    let row = query(statement::FIRST_WITH_REFERENCE)
        .bind(new.client.as_str())
        .bind(reference)
        .fetch_optional(db)
        .await?;
    let downlink = |row: SqliteRow| Cells::of(&row, "reference", "downlink").uuid("downlink");
    Ok(row.map(downlink).transpose()?.map(DownlinkId))
}

/// The reference that the downlink takes; a dry run takes none.
fn taken_reference(new: &Acceptance) -> Option<&str> {
    let reference = new.instruction.as_ref()?.external_reference.as_deref();
    reference.filter(|_| !new.life.terms.dry_run)
}

/// The next number of the line, which becomes due; none if the line is full.
async fn take_number(
    db: &mut SqliteConnection,
    new: &Acceptance,
    now: Moment,
) -> Result<Option<i64>> {
    let parts = integer(projection::open_parts(&new.life))?;
    if parts > i64::from(new.line_limit) {
        return Ok(None);
    }
    let row = query(statement::TAKE_NUMBER)
        .bind(&new.device)
        .bind(new.life.protocol.as_str())
        .bind(parts)
        .bind(i64::from(new.line_limit))
        .bind(now.as_micros())
        .fetch_optional(db)
        .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

async fn line_full(db: &mut SqliteConnection, new: &Acceptance) -> Result<Accepted> {
    let oldest: Option<i64> = sqlx::query_scalar(statement::OLDEST_OPEN)
        .bind(&new.device)
        .bind(new.life.protocol.as_str())
        .fetch_optional(db)
        .await?;
    // One that has more parts than the line may hold finds no older one.
    let oldest = oldest.map_or(new.life.created_at, Moment::from_micros);
    Ok(Accepted::LineFull { oldest })
}

async fn insert(db: &mut SqliteConnection, new: &Acceptance, number: Option<i64>) -> Result<()> {
    let entries = Entries::of(&new.life, &new.events);
    let mut sql = QueryBuilder::new("");
    insert_life(&mut sql, new, number)?;
    if let Some(instruction) = &new.instruction {
        insert_instruction(&mut sql, new, instruction, entries.logs.len())?;
    }
    insert_parts(&mut sql, new, &entries.histories)?;
    event::insert(&mut sql, &owned(new, &entries))?;
    remember(&mut sql, new);
    sql.build().execute(db).await?;
    Ok(())
}

fn insert_life(
    sql: &mut QueryBuilder<Sqlite>,
    new: &Acceptance,
    number: Option<i64>,
) -> Result<()> {
    let life = &new.life;
    sql.push(
        "INSERT INTO life (id, client, device, protocol, number, version, state, provenance, \
         created_at, open_parts, in_line, ended_at) VALUES (",
    );
    sql.separated(", ")
        .push_bind(life.id.0.as_bytes().as_slice())
        .push_bind(new.client.as_str())
        .push_bind(&new.device)
        .push_bind(life.protocol.as_str())
        .push_bind(number)
        .push("1")
        .push_bind(document(life)?)
        .push_bind(document(&new.provenance)?)
        .push_bind(life.created_at.as_micros())
        .push_bind(integer(projection::open_parts(life))?)
        .push_bind(i64::from(projection::is_in_line(life)))
        .push_bind(projection::ended(life).map(Moment::as_micros));
    sql.push("); ");
    Ok(())
}

fn insert_instruction(
    sql: &mut QueryBuilder<Sqlite>,
    new: &Acceptance,
    instruction: &Instruction,
    logged: usize,
) -> Result<()> {
    let life = &new.life;
    let id = life.id.0.as_bytes().as_slice();
    let reference = instruction.external_reference.as_deref();
    sql.push(
        "INSERT INTO instruction (life, id, client, device, has_reference, external_reference, \
         status, created_at, modified_at, logged, message) VALUES (",
    );
    sql.separated(", ")
        .push(KEY_OF_LIFE)
        .push_bind_unseparated(id)
        .push_unseparated(")")
        .push_bind(id)
        .push_bind(new.client.as_str())
        .push_bind(&new.device)
        .push_bind(i64::from(reference.is_some()))
        .push_bind(reference.unwrap_or_default())
        .push_bind(life.status().as_str())
        .push_bind(life.created_at.as_micros())
        .push_bind(life.modified_at.as_micros())
        .push_bind(integer(logged)?)
        .push_bind(&instruction.message);
    sql.push("); ");
    if let Some(reference) = taken_reference(new) {
        sql.push("INSERT INTO reference (client, reference, downlink) VALUES (");
        sql.separated(", ")
            .push_bind(new.client.as_str())
            .push_bind(reference)
            .push_bind(id);
        sql.push("); ");
    }
    Ok(())
}

fn insert_parts(
    sql: &mut QueryBuilder<Sqlite>,
    new: &Acceptance,
    histories: &[Vec<&Event>],
) -> Result<()> {
    let life = &new.life;
    if new.contents.len() != life.parts.len() {
        return Err(StoreError::Refused(String::from(
            "there is not one content for each part",
        )));
    }
    for (position, (part, content)) in life.parts.iter().zip(&new.contents).enumerate() {
        let (sealed, message) = match &content.message {
            Message::Plain(bytes) => (false, Some(bytes)),
            Message::Sealed(bytes) => (true, Some(bytes)),
            Message::Erased => (true, None),
        };
        sql.push(
            "INSERT INTO part (id, life, position, client, protocol, device, status, created_at, \
             modified_at, noted, masked, sealed, message, document) VALUES (",
        );
        sql.separated(", ")
            .push_bind(part.id.0.as_bytes().as_slice())
            .push(KEY_OF_LIFE)
            .push_bind_unseparated(life.id.0.as_bytes().as_slice())
            .push_unseparated(")")
            .push_bind(integer(position)?)
            .push_bind(new.client.as_str())
            .push_bind(life.protocol.as_str())
            .push_bind(&new.device)
            .push_bind(part.status().as_str())
            .push_bind(life.created_at.as_micros())
            .push_bind(part.modified_at.as_micros())
            .push_bind(integer(histories.get(position).map_or(0, Vec::len))?)
            .push_bind(i64::from(content.masked))
            .push_bind(i64::from(sealed))
            .push_bind(message)
            .push_bind(&content.document);
        sql.push("); ");
    }
    Ok(())
}

/// The first entries of the logs and of each history, with whose they are.
fn owned<'e>(new: &Acceptance, entries: &Entries<'e>) -> Vec<event::Entry<'e>> {
    let logs = new
        .instruction
        .iter()
        .map(|_| (new.life.id.0, &entries.logs));
    let histories = new
        .life
        .parts
        .iter()
        .map(|it| it.id.0)
        .zip(&entries.histories);
    let first = |(owner, events): (_, &Vec<&'e Event>)| event::entries(owner, 0, events);
    logs.chain(histories).flat_map(first).collect()
}

fn remember(sql: &mut QueryBuilder<Sqlite>, new: &Acceptance) {
    let Some(idempotency) = &new.idempotency else {
        return;
    };
    sql.push("INSERT INTO idempotency (client, path, key, digest, downlink, expires_at) VALUES (");
    sql.separated(", ")
        .push_bind(new.client.as_str())
        .push_bind(&idempotency.path)
        .push_bind(&idempotency.key)
        .push_bind(idempotency.digest.as_slice())
        .push_bind(new.life.id.0.as_bytes().as_slice())
        .push_bind(idempotency.expires_at.as_micros());
    sql.push(
        ") ON CONFLICT (client, path, key) DO UPDATE SET digest = excluded.digest, \
         downlink = excluded.downlink, expires_at = excluded.expires_at",
    );
}
