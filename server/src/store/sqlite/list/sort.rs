//! Reading a list that no index orders: what the filters leave is sorted, if it is not too much.

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::super::{Result, integer};
use super::cell::Cell;
use super::plan::{Column, Term};
use super::statement::{Source, order_by};
use super::{Read, walk};

/// None if the index leaves more than `limit` rows.
pub(super) async fn read(
    db: &mut SqliteConnection,
    source: &Source<'_>,
    limit: u32,
) -> Result<Option<Read>> {
    if is_too_wide(db, source, limit).await? {
        return Ok(None);
    }
    let mut sql = QueryBuilder::new("SELECT ");
    sql.push(source.listed.key);
    source.columns(&mut sql);
    sql.push(" FROM (SELECT ").push(source.listed.key);
    source.columns(&mut sql);
    source.columns_of_rest(&mut sql);
    sought(source, &mut sql);
    sql.push(") r WHERE 1");
    source.rest(&mut sql);
    if let Some(after) = &source.after {
        sql.push(" AND ");
        beyond(&mut sql, &source.order, after);
    }
    order_by(&mut sql, &source.order);
    sql.push(" LIMIT ").push_bind(integer(source.wanted)?);
    let rows = sql.build().fetch_all(db).await?;
    let found = rows
        .iter()
        .map(|row| walk::found(source, row))
        .collect::<Result<_>>()?;
    Ok(Some(Read {
        found,
        stopped: None,
    }))
}

async fn is_too_wide(db: &mut SqliteConnection, source: &Source<'_>, limit: u32) -> Result<bool> {
    let limit = i64::from(limit);
    let mut sql = QueryBuilder::new("SELECT COUNT(*) FROM (SELECT 1");
    sought(source, &mut sql);
    sql.push(" LIMIT ").push_bind(limit + 1).push(")");
    let rows: i64 = sql.build_query_scalar().fetch_one(db).await?;
    Ok(rows > limit)
}

/// What the index leaves.
fn sought(source: &Source<'_>, sql: &mut QueryBuilder<Sqlite>) {
    source.from(sql);
    for column in [Column::Created, Column::Modified] {
        if source.plan.seeks(column) {
            source.range(sql, column);
        }
    }
}

/// Rows after these values, in an order of any directions.
fn beyond(sql: &mut QueryBuilder<Sqlite>, order: &[Term], values: &[Cell]) {
    for (term, value) in order.iter().zip(values) {
        let name = term.column.name();
        sql.push("(")
            .push(name)
            .push(if term.descending { " < " } else { " > " });
        value.bind(sql);
        sql.push(" OR (").push(name).push(" = ");
        value.bind(sql);
        sql.push(" AND ");
    }
    // Equal in all columns, it is the row itself.
    sql.push("1 = 0");
    for _ in order {
        sql.push("))");
    }
}
