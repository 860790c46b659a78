//! Values of the columns of an order: as the database has them, and as positions have them.

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Sqlite};
use uuid::Uuid;

use crate::clock::Moment;
use crate::list::{Key, Position, Query, Value};

use super::super::row::Cells;
use super::super::{Result, StoreError};
use super::plan::{Column, Term, columns};

/// A value of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Integer(i64),
    Text(String),
    Id(Uuid),
}

const MISFIT: StoreError = StoreError::Misfit("its position does not belong to its sort");

impl Cell {
    pub(super) fn bind(&self, statement: &mut QueryBuilder<Sqlite>) {
        match self {
            Self::Integer(value) => statement.push_bind(*value),
            Self::Text(value) => statement.push_bind(value.clone()),
            Self::Id(value) => statement.push_bind(value.as_bytes().to_vec()),
        };
    }

    pub(super) fn read(cells: &Cells<'_>, column: Column) -> Result<Self> {
        let name = column.name();
        Ok(match column {
            Column::HasReference | Column::Created | Column::Modified => {
                Self::Integer(cells.get(name)?)
            }
            Column::Reference | Column::Status | Column::Device => Self::Text(cells.get(name)?),
            Column::Id => Self::Id(cells.uuid(name)?),
        })
    }
}

/// The cells of the order in a row of `table`.
pub(super) fn of_row(row: &SqliteRow, table: &'static str, order: &[Term]) -> Result<Vec<Cell>> {
    let cells = Cells::of(row, table, "id");
    order
        .iter()
        .map(|term| Cell::read(&cells, term.column))
        .collect()
}

/// The values of a position: one for each key of the sort, then the identifier. A key that decides
/// nothing, such as one that a filter fixes, has none.
pub(super) fn values(query: &Query, order: &[Term], cells: &[Cell]) -> Result<Vec<Value>> {
    let mut values = Vec::with_capacity(query.sort.0.len() + 1);
    for key in &query.sort.0 {
        let terms = columns(query.collection, *key)?;
        let of_key: Vec<&Cell> = terms
            .iter()
            .filter_map(|it| find(order, cells, it.column))
            .collect();
        values.push(value(&of_key));
    }
    let id = find(order, cells, Column::Id).ok_or(MISFIT)?;
    values.push(value(&[id]));
    Ok(values)
}

fn find<'c>(order: &[Term], cells: &'c [Cell], column: Column) -> Option<&'c Cell> {
    let mut both = order.iter().zip(cells);
    both.find(|(term, _)| term.column == column)
        .map(|(_, cell)| cell)
}

fn value(cells: &[&Cell]) -> Value {
    match cells {
        [Cell::Integer(0), _] | [] => Value::Absent,
        [.., Cell::Text(text)] => Value::Text(text.clone()),
        [.., Cell::Integer(micros)] => Value::Moment(Moment::from_micros(*micros)),
        [.., Cell::Id(id)] => Value::Text(id.to_string()),
    }
}

/// The cells of the order at a position; none at an end of the list.
pub(super) fn of_position(
    query: &Query,
    order: &[Term],
    position: &Position,
) -> Result<Option<Vec<Cell>>> {
    let Some((id, values)) = position.after.split_last() else {
        return Ok(None);
    };
    if values.len() != query.sort.0.len() {
        return Err(MISFIT);
    }
    let mut known = Vec::new();
    for (key, value) in query.sort.0.iter().zip(values) {
        known.extend(of_value(query, *key, value)?);
    }
    known.push((Column::Id, id_cell(id)?));
    let cell = |term: &Term| {
        let found = known.iter().find(|(column, _)| *column == term.column);
        found.map(|(_, cell)| cell.clone()).ok_or(MISFIT)
    };
    order.iter().map(cell).collect::<Result<_>>().map(Some)
}

/// The cells that a value of a key stands for; none if it decides nothing.
fn of_value(query: &Query, key: Key, value: &Value) -> Result<Vec<(Column, Cell)>> {
    let terms = columns(query.collection, key)?;
    Ok(match (terms.as_slice(), value) {
        ([has, reference], Value::Absent) => {
            vec![
                (has.column, Cell::Integer(0)),
                (reference.column, Cell::Text(String::new())),
            ]
        }
        ([has, reference], Value::Text(text)) => {
            vec![
                (has.column, Cell::Integer(1)),
                (reference.column, Cell::Text(text.clone())),
            ]
        }
        (_, Value::Absent) => Vec::new(),
        ([term], Value::Moment(moment)) if is_moment(term.column) => {
            vec![(term.column, Cell::Integer(moment.as_micros()))]
        }
        ([term], value) if term.column == Column::Id => vec![(term.column, id_cell(value)?)],
        ([term], Value::Text(text)) if !is_moment(term.column) => {
            vec![(term.column, Cell::Text(text.clone()))]
        }
        _ => return Err(MISFIT),
    })
}

fn is_moment(column: Column) -> bool {
    matches!(column, Column::Created | Column::Modified)
}

fn id_cell(value: &Value) -> Result<Cell> {
    match value {
        Value::Text(text) => text.parse().map(Cell::Id).map_err(|_| MISFIT),
        Value::Absent | Value::Moment(_) => Err(MISFIT),
    }
}
