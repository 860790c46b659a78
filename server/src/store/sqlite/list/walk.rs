//! Reading a list in the order of an index.
//!
//! Where the order changes its direction, an index gives one group of equal values at a time: each
//! is walked in the direction of the rest, and the next one is sought.

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};

use super::super::{Result, integer};
use super::cell::{self, Cell};
use super::plan::{READ, Term};
use super::statement::{Source, order_by};
use super::{Found, Read};

/// What a group costs at least, in rows: it takes several statements.
const GROUP: i64 = 50;

/// A group of rows that are equal in the first columns of the order, or all of them.
struct Group<'s> {
    /// The columns in which they are equal, with their values.
    equal: Vec<(Term, Cell)>,
    /// How they are ordered.
    order: &'s [Term],
    /// Where reading starts in it.
    after: Option<Vec<Cell>>,
}

pub(super) async fn read(
    db: &mut SqliteConnection,
    source: &Source<'_>,
    turn: usize,
) -> Result<Read> {
    let mut read = Read::default();
    let mut left = i64::from(READ);
    let mut next = first(db, source, turn).await?;
    while let Some(group) = next {
        let missing = source.wanted.saturating_sub(read.found.len());
        read.found
            .extend(matching(db, source, &group, missing, left).await?);
        if read.found.len() >= source.wanted {
            break;
        }
        if source.has_rest() {
            let rows = count(db, source, &group, left).await?;
            if rows > 0 {
                left -= rows.max(GROUP);
            }
            if left <= 0 {
                read.stopped = nth(db, source, &group, rows - 1).await?;
                break;
            }
        }
        next = following(db, source, group).await?;
    }
    Ok(read)
}

/// The group in which reading starts.
async fn first<'s>(
    db: &mut SqliteConnection,
    source: &'s Source<'_>,
    turn: usize,
) -> Result<Option<Group<'s>>> {
    let Some((leading, order)) = source
        .order
        .split_at_checked(turn)
        .filter(|it| !it.1.is_empty())
    else {
        let after = source.after.clone();
        return Ok(Some(Group {
            equal: Vec::new(),
            order: &source.order,
            after,
        }));
    };
    match source
        .after
        .as_ref()
        .and_then(|cells| cells.split_at_checked(turn))
    {
        Some((values, rest)) => {
            let equal = leading
                .iter()
                .copied()
                .zip(values.iter().cloned())
                .collect();
            Ok(Some(Group {
                equal,
                order,
                after: Some(rest.to_vec()),
            }))
        }
        None => group_after(db, source, leading, order, None).await,
    }
}

/// The group after this one.
async fn following<'s>(
    db: &mut SqliteConnection,
    source: &'s Source<'_>,
    group: Group<'s>,
) -> Result<Option<Group<'s>>> {
    if group.equal.is_empty() {
        return Ok(None);
    }
    let (leading, values): (Vec<Term>, Vec<Cell>) = group.equal.into_iter().unzip();
    group_after(db, source, &leading, group.order, Some(&values)).await
}

async fn group_after<'s>(
    db: &mut SqliteConnection,
    source: &'s Source<'_>,
    leading: &[Term],
    order: &'s [Term],
    values: Option<&[Cell]>,
) -> Result<Option<Group<'s>>> {
    let mut sql = QueryBuilder::new("SELECT ");
    sql.push(source.listed.key);
    source.columns(&mut sql);
    source.from(&mut sql);
    range(source, &mut sql, leading);
    if let Some(values) = values {
        beyond(&mut sql, leading, values);
    }
    order_by(&mut sql, leading);
    sql.push(" LIMIT 1");
    let Some(row) = sql.build().fetch_optional(db).await? else {
        return Ok(None);
    };
    let values = cell::of_row(&row, source.listed.table, leading)?;
    let equal = leading.iter().copied().zip(values).collect();
    Ok(Some(Group {
        equal,
        order,
        after: None,
    }))
}

/// The rows of a group that match, up to `limit`, among the first `left`.
async fn matching(
    db: &mut SqliteConnection,
    source: &Source<'_>,
    group: &Group<'_>,
    limit: usize,
    left: i64,
) -> Result<Vec<Found>> {
    let limit = integer(limit)?;
    let mut sql = QueryBuilder::new("SELECT ");
    sql.push(source.listed.key);
    source.columns(&mut sql);
    if source.has_rest() {
        sql.push(" FROM (SELECT ").push(source.listed.key);
        source.columns(&mut sql);
        source.columns_of_rest(&mut sql);
        group.rows(source, &mut sql);
        sql.push(" LIMIT ").push_bind(left).push(") r WHERE 1");
        source.rest(&mut sql);
    } else {
        group.rows(source, &mut sql);
    }
    sql.push(" LIMIT ").push_bind(limit);
    let rows = sql.build().fetch_all(db).await?;
    rows.iter().map(|row| found(source, row)).collect()
}

pub(super) fn found(source: &Source<'_>, row: &SqliteRow) -> Result<Found> {
    let cells = cell::of_row(row, source.listed.table, &source.order)?;
    Ok(Found {
        key: row.try_get(0)?,
        cells,
    })
}

/// How many rows of a group there are, up to `left`.
async fn count(
    db: &mut SqliteConnection,
    source: &Source<'_>,
    group: &Group<'_>,
    left: i64,
) -> Result<i64> {
    let mut sql = QueryBuilder::new("SELECT COUNT(*) FROM (SELECT 1");
    group.rows(source, &mut sql);
    sql.push(" LIMIT ").push_bind(left).push(")");
    Ok(sql.build_query_scalar().fetch_one(db).await?)
}

/// The cells of the row at this place of a group.
async fn nth(
    db: &mut SqliteConnection,
    source: &Source<'_>,
    group: &Group<'_>,
    place: i64,
) -> Result<Option<Vec<Cell>>> {
    let mut sql = QueryBuilder::new("SELECT ");
    sql.push(source.listed.key);
    source.columns(&mut sql);
    group.rows(source, &mut sql);
    sql.push(" LIMIT 1 OFFSET ").push_bind(place);
    let row = sql.build().fetch_optional(db).await?;
    row.map(|row| cell::of_row(&row, source.listed.table, &source.order))
        .transpose()
}

impl Group<'_> {
    /// Its rows in their order, from where reading starts.
    fn rows(&self, source: &Source<'_>, sql: &mut QueryBuilder<Sqlite>) {
        source.from(sql);
        for (term, value) in &self.equal {
            sql.push(" AND ").push(term.column.name()).push(" = ");
            value.bind(sql);
        }
        range(source, sql, self.order);
        if let Some(after) = &self.after {
            beyond(sql, self.order, after);
        }
        order_by(sql, self.order);
    }
}

/// The range of the first column, where the index seeks it.
fn range(source: &Source<'_>, sql: &mut QueryBuilder<Sqlite>, order: &[Term]) {
    if let Some(term) = order.first().filter(|term| source.plan.seeks(term.column)) {
        source.range(sql, term.column);
    }
}

/// Rows after these values, in an order of one direction.
fn beyond(sql: &mut QueryBuilder<Sqlite>, order: &[Term], values: &[Cell]) {
    let mut separator = " AND (";
    for term in order {
        sql.push(separator).push(term.column.name());
        separator = ", ";
    }
    let descending = order.first().is_some_and(|term| term.descending);
    sql.push(if descending { ") < " } else { ") > " });
    let mut separator = "(";
    for value in values {
        sql.push(separator);
        value.bind(sql);
        separator = ", ";
    }
    sql.push(")");
}
