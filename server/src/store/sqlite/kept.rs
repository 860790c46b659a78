//! Values that are made once, and bodies that devices sent.

use sqlx::sqlite::SqliteRow;
use sqlx::{SqliteConnection, query, query_scalar};

use crate::clock::Moment;
use crate::store::{Body, statement};

use super::Result;
use super::row::Cells;

pub(super) async fn keep(db: &mut SqliteConnection, name: &str, new: &[u8]) -> Result<Vec<u8>> {
    query(statement::KEEP)
        .bind(name)
        .bind(new)
        .execute(&mut *db)
        .await?;
    Ok(query_scalar(statement::KEPT)
        .bind(name)
        .fetch_one(db)
        .await?)
}

pub(super) async fn note(
    db: &mut SqliteConnection,
    device: &str,
    body: Body,
    forget_before: Moment,
) -> Result<()> {
    query(statement::NOTE_BODY)
        .bind(device)
        .bind(body.at.as_micros())
        .bind(body.digest.as_slice())
        .bind(body.newest.map(Moment::as_micros))
        .execute(&mut *db)
        .await?;
    query(statement::FORGET_BODIES)
        .bind(device)
        .bind(forget_before.as_micros())
        .execute(db)
        .await?;
    Ok(())
}

pub(super) async fn bodies(
    db: &mut SqliteConnection,
    device: &str,
    since: Moment,
) -> Result<Vec<Body>> {
    let rows = query(statement::BODIES)
        .bind(device)
        .bind(since.as_micros())
        .fetch_all(db)
        .await?;
    rows.iter().map(body).collect()
}

fn body(row: &SqliteRow) -> Result<Body> {
    let cells = Cells::of(row, "body", "device");
    Ok(Body {
        digest: cells.digest("digest")?,
        at: cells.moment("at")?,
        newest: cells.optional_moment("newest")?,
    })
}
