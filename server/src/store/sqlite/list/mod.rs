//! Pages of lists.
//!
//! A page is found in two steps: the keys of its rows by one index ([`plan`] says by which,
//! [`walk`] and [`sort`] read it), then the rows. Both see one snapshot.

mod cell;
mod plan;
mod sort;
mod statement;
mod walk;

use sqlx::SqliteConnection;

use crate::id::Client;
use crate::list::{Page, Position, Query};

use super::{Result, StoreError};

use cell::Cell;
use plan::{Plan, Way};
use statement::Source;

/// A row that belongs to the list.
#[derive(Debug)]
struct Found {
    key: i64,
    /// The values of the columns of the order.
    cells: Vec<Cell>,
}

/// What was read for a page.
#[derive(Debug, Default)]
struct Read {
    found: Vec<Found>,
    /// The row after which reading stopped, though there may be more.
    stopped: Option<Vec<Cell>>,
}

/// The keys of the rows of a page.
pub(super) async fn page(
    db: &mut SqliteConnection,
    client: &Client,
    query: &Query,
) -> Result<Page<i64>> {
    for plan in plan::plans(query)? {
        let source = Source::new(client, query, plan)?;
        let read = match source.plan.way {
            Way::Walk(turn) => Some(walk::read(db, &source, turn).await?),
            Way::Sort(limit) => sort::read(db, &source, limit).await?,
        };
        if let Some(read) = read {
            return assemble(query, &source.plan, read);
        }
    }
    Err(StoreError::TooWide { limit: plan::READ })
}

/// A page of what was read: one row more than it holds, if there are more.
fn assemble(query: &Query, plan: &Plan, mut read: Read) -> Result<Page<i64>> {
    let limit = usize::from(query.limit);
    let more = read.found.len() > limit;
    read.found.truncate(limit);
    let last = read.found.last().filter(|_| more).map(|it| &it.cells);
    let ahead = last.or(read.stopped.as_ref());
    let first = read
        .found
        .first()
        .map(|it| &it.cells)
        .or(read.stopped.as_ref());
    let backwards = query.position.as_ref().is_some_and(|it| it.backwards);
    let position = |cells: Option<&Vec<Cell>>, backwards| {
        let after = cells.map_or(Ok(Vec::new()), |cells| {
            cell::values(query, &plan.order, cells)
        });
        after.map(|after| Position { after, backwards })
    };
    let ahead = ahead
        .map(|cells| position(Some(cells), backwards))
        .transpose()?;
    let starts_inside = query
        .position
        .as_ref()
        .is_some_and(|it| !it.after.is_empty());
    let behind = starts_inside
        .then(|| position(first, !backwards))
        .transpose()?;
    let mut items: Vec<i64> = read.found.iter().map(|it| it.key).collect();
    if backwards {
        items.reverse();
        return Ok(Page {
            items,
            next: behind,
            prev: ahead,
        });
    }
    Ok(Page {
        items,
        next: ahead,
        prev: behind,
    })
}
