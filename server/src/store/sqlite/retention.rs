//! Removing what ended long ago, with all that belongs to it.

use sqlx::{SqliteConnection, query};

use crate::clock::Moment;
use crate::store::statement;

use super::Result;

/// What belongs to a life goes before it, since each statement finds the same lives.
const IN_ORDER: [&str; 4] = [
    statement::RETIRE_LOGS,
    statement::RETIRE_HISTORIES,
    statement::RETIRE_REFERENCES,
    statement::RETIRE_LIVES,
];

pub(super) async fn retire(
    db: &mut SqliteConnection,
    ended_before: Moment,
    limit: u32,
    now: Moment,
) -> Result<u64> {
    query(statement::FORGET_KEYS)
        .bind(now.as_micros())
        .execute(&mut *db)
        .await?;
    let mut lives = 0;
    for statement in IN_ORDER {
        let gone = query(statement)
            .bind(ended_before.as_micros())
            .bind(i64::from(limit))
            .execute(&mut *db)
            .await?;
        lives = gone.rows_affected();
    }
    Ok(lives)
}
