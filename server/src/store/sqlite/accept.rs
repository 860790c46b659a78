//! Accepting a downlink: all that belongs to it, or nothing.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection, query};

use crate::clock::Moment;
use crate::id::DownlinkId;
use crate::life::Part;
use crate::store::{Acceptance, Accepted, Content, Idempotency, Instruction, Message};
use crate::store::{projection, statement};

use super::event::{Entries, append};
use super::row::{Cells, document};
use super::{Result, StoreError, integer, read};

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
    let key = insert_life(db, new, number).await?;
    if let Some(instruction) = &new.instruction {
        insert_instruction(db, new, key, instruction, entries.logs.len()).await?;
        append(db, new.life.id.0, 0, &entries.logs).await?;
    }
    if new.contents.len() != new.life.parts.len() {
        return Err(StoreError::Refused(String::from(
            "there is not one content for each part",
        )));
    }
    let parts = new
        .life
        .parts
        .iter()
        .zip(&new.contents)
        .zip(&entries.histories);
    for (position, ((part, content), history)) in parts.enumerate() {
        let place = Place {
            key,
            position: integer(position)?,
            noted: integer(history.len())?,
        };
        insert_part(db, new, &place, part, content).await?;
        append(db, part.id.0, 0, history).await?;
    }
    remember(db, new).await
}

async fn insert_life(
    db: &mut SqliteConnection,
    new: &Acceptance,
    number: Option<i64>,
) -> Result<i64> {
    let life = &new.life;
    let row = query(statement::INSERT_LIFE)
        .bind(life.id.0.as_bytes().as_slice())
        .bind(new.client.as_str())
        .bind(&new.device)
        .bind(life.protocol.as_str())
        .bind(number)
        .bind(document(life)?)
        .bind(document(&new.provenance)?)
        .bind(life.created_at.as_micros())
        .bind(integer(projection::open_parts(life))?)
        .bind(i64::from(projection::is_in_line(life)))
        .bind(projection::ended(life).map(Moment::as_micros))
        .fetch_one(db)
        .await?;
    Ok(row.try_get(0)?)
}

async fn insert_instruction(
    db: &mut SqliteConnection,
    new: &Acceptance,
    key: i64,
    instruction: &Instruction,
    logged: usize,
) -> Result<()> {
    let life = &new.life;
    let reference = instruction.external_reference.as_deref();
    query(statement::INSERT_INSTRUCTION)
        .bind(key)
        .bind(life.id.0.as_bytes().as_slice())
        .bind(new.client.as_str())
        .bind(&new.device)
        .bind(i64::from(reference.is_some()))
        .bind(reference.unwrap_or_default())
        .bind(life.status().as_str())
        .bind(life.created_at.as_micros())
        .bind(life.modified_at.as_micros())
        .bind(integer(logged)?)
        .bind(&instruction.message)
        .execute(&mut *db)
        .await?;
    if let Some(reference) = taken_reference(new) {
        query(statement::TAKE_REFERENCE)
            .bind(new.client.as_str())
            .bind(reference)
            .bind(life.id.0.as_bytes().as_slice())
            .execute(db)
            .await?;
    }
    Ok(())
}

/// Where a part stands.
struct Place {
    /// The key of its life.
    key: i64,
    position: i64,
    /// The entries of its history.
    noted: i64,
}

async fn insert_part(
    db: &mut SqliteConnection,
    new: &Acceptance,
    place: &Place,
    part: &Part,
    content: &Content,
) -> Result<()> {
    let (sealed, message) = match &content.message {
        Message::Plain(bytes) => (false, Some(bytes)),
        Message::Sealed(bytes) => (true, Some(bytes)),
        Message::Erased => (true, None),
    };
    query(statement::INSERT_PART)
        .bind(part.id.0.as_bytes().as_slice())
        .bind(place.key)
        .bind(place.position)
        .bind(new.client.as_str())
        .bind(new.life.protocol.as_str())
        .bind(&new.device)
        .bind(part.status().as_str())
        .bind(new.life.created_at.as_micros())
        .bind(part.modified_at.as_micros())
        .bind(place.noted)
        .bind(i64::from(content.masked))
        .bind(i64::from(sealed))
        .bind(message)
        .bind(&content.document)
        .execute(db)
        .await?;
    Ok(())
}

async fn remember(db: &mut SqliteConnection, new: &Acceptance) -> Result<()> {
    let Some(idempotency) = &new.idempotency else {
        return Ok(());
    };
    query(statement::REMEMBER_KEY)
        .bind(new.client.as_str())
        .bind(&idempotency.path)
        .bind(&idempotency.key)
        .bind(idempotency.digest.as_slice())
        .bind(new.life.id.0.as_bytes().as_slice())
        .bind(idempotency.expires_at.as_micros())
        .execute(db)
        .await?;
    Ok(())
}
