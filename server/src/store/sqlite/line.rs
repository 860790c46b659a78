//! Lines: who may work on them, and when.

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, query, query_scalar};

use crate::clock::Moment;
use crate::life::Protocol;
use crate::store::{Claim, Line, Stored, statement};

use super::row::{self, Cells};
use super::{Result, integer};

/// Takes lines that are due, the longest due first. Until its lease is over, a line is not due.
const CLAIM: &str = include_str!("claim.sql");

pub(super) async fn claim(
    db: &mut SqliteConnection,
    now: Moment,
    lease_until: Moment,
    limit: u32,
) -> Result<Vec<Claim>> {
    let rows = query(CLAIM)
        .bind(now.as_micros())
        .bind(lease_until.as_micros())
        .bind(i64::from(limit))
        .fetch_all(db)
        .await?;
    rows.iter().map(claimed).collect()
}

fn claimed(row: &SqliteRow) -> Result<Claim> {
    let cells = Cells::of(row, "line", "device");
    let line = Line {
        device: cells.get("device")?,
        protocol: cells.protocol("protocol")?,
    };
    Ok(Claim {
        line,
        fence: cells.number("fence")?,
        wakes: cells.number("wakes")?,
    })
}

pub(super) async fn renew(
    db: &mut SqliteConnection,
    claim: &Claim,
    lease_until: Moment,
) -> Result<bool> {
    let renewed = query(statement::RENEW)
        .bind(&claim.line.device)
        .bind(claim.line.protocol.as_str())
        .bind(integer(claim.fence)?)
        .bind(lease_until.as_micros())
        .execute(db)
        .await?;
    Ok(renewed.rows_affected() == 1)
}

/// Lets go of a line. One that was woken since it was claimed is due at once.
pub(super) async fn release(
    db: &mut SqliteConnection,
    claim: &Claim,
    due: Option<Moment>,
    now: Moment,
) -> Result<()> {
    let released = query(statement::RELEASE)
        .bind(&claim.line.device)
        .bind(claim.line.protocol.as_str())
        .bind(integer(claim.fence)?)
        .bind(integer(claim.wakes)?)
        .bind(due.map(Moment::as_micros))
        .execute(&mut *db)
        .await?;
    if released.rows_affected() == 0 {
        query(statement::RELEASE_WOKEN)
            .bind(&claim.line.device)
            .bind(claim.line.protocol.as_str())
            .bind(integer(claim.fence)?)
            .bind(now.as_micros())
            .execute(db)
            .await?;
    }
    Ok(())
}

/// Counts the open parts of a line anew. One that is woken is due; if it is held, or due already,
/// it keeps its moment: the one is woken at its release, the other keeps its turn.
pub(super) fn count(sql: &mut QueryBuilder<Sqlite>, line: &Line, more: i64, woken: Option<Moment>) {
    sql.push("UPDATE line SET open_parts = open_parts + ");
    sql.push_bind(more);
    if let Some(now) = woken.map(Moment::as_micros) {
        sql.push(", wakes = wakes + 1, due_at = CASE WHEN due_at <= ");
        sql.push_bind(now).push(" OR lease_until > ").push_bind(now);
        sql.push(" THEN due_at ELSE ").push_bind(now).push(" END");
    }
    sql.push(" WHERE device = ").push_bind(&line.device);
    sql.push(" AND protocol = ")
        .push_bind(line.protocol.as_str());
    sql.push("; ");
}

pub(super) async fn open(
    db: &mut SqliteConnection,
    line: &Line,
    limit: u32,
) -> Result<Vec<Stored>> {
    let rows = query(statement::OPEN_OF_LINE)
        .bind(&line.device)
        .bind(line.protocol.as_str())
        .bind(i64::from(limit))
        .fetch_all(db)
        .await?;
    rows.iter().map(row::stored).collect()
}

pub(super) async fn lines(
    db: &mut SqliteConnection,
    protocol: Protocol,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<Line>> {
    let devices: Vec<String> = query_scalar(statement::LINES)
        .bind(protocol.as_str())
        .bind(after.unwrap_or_default())
        .bind(i64::from(limit))
        .fetch_all(db)
        .await?;
    let line = |device| Line { device, protocol };
    Ok(devices.into_iter().map(line).collect())
}

pub(super) async fn next_due(db: &mut SqliteConnection) -> Result<Option<Moment>> {
    let due: Option<i64> = query_scalar(statement::NEXT_DUE).fetch_optional(db).await?;
    Ok(due.map(Moment::from_micros))
}
