//! Reports that came before the record of the handing over.

use sqlx::sqlite::SqliteRow;
use sqlx::{SqliteConnection, query};

use crate::clock::Moment;
use crate::id::PartId;
use crate::store::{EarlyReport, KeptReport, ReportKey, statement};

use super::Result;
use super::row::{Cells, document};

pub(super) async fn keep(db: &mut SqliteConnection, early: &EarlyReport) -> Result<()> {
    query(statement::KEEP_REPORT)
        .bind(early.part.0.as_bytes().as_slice())
        .bind(i64::from(early.attempt))
        .bind(document(&early.report)?)
        .bind(early.heard_at.as_micros())
        .execute(db)
        .await?;
    Ok(())
}

pub(super) async fn oldest(db: &mut SqliteConnection, part: PartId) -> Result<Option<KeptReport>> {
    let row = query(statement::KEPT_REPORT)
        .bind(part.0.as_bytes().as_slice())
        .fetch_optional(db)
        .await?;
    row.as_ref().map(kept).transpose()
}

fn kept(row: &SqliteRow) -> Result<KeptReport> {
    let cells = Cells::of(row, "report", "part");
    Ok(KeptReport {
        key: ReportKey(cells.get("key")?),
        attempt: cells.get("attempt")?,
        report: cells.json("report")?,
    })
}

/// Removes a report; false if it is not there any more.
pub(super) async fn remove(db: &mut SqliteConnection, key: ReportKey) -> Result<bool> {
    let removed = query(statement::REMOVE_REPORT)
        .bind(key.0)
        .execute(db)
        .await?;
    Ok(removed.rows_affected() == 1)
}

pub(super) async fn remove_old(db: &mut SqliteConnection, heard_before: Moment) -> Result<u64> {
    let removed = query(statement::REMOVE_OLD_REPORTS)
        .bind(heard_before.as_micros())
        .execute(db)
        .await?;
    Ok(removed.rows_affected())
}
