//! How a list is read: which index gives its order, and what is left to filter or to sort.

use crate::list::{Collection, Field, Filter, Key, Query};

use super::super::{Result, StoreError};

/// Rows that are read for a page at most where the index does not filter.
pub(super) const READ: u32 = 50_000;
/// Rows that are sorted rather than sought in an index that only gives their order: above it, one
/// in 200 of a million rows matches, and a page of 50 is found sooner by walking.
const FEW: u32 = 5_000;

/// A column that lists are sorted by. None is ever NULL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    HasReference,
    Reference,
    Created,
    Modified,
    Status,
    Id,
    Device,
}

use Column::{Created, Device, HasReference, Id, Modified, Reference, Status};

impl Column {
    pub(super) fn name(self) -> &'static str {
        match self {
            HasReference => "has_reference",
            Reference => "external_reference",
            Created => "created_at",
            Modified => "modified_at",
            Status => "status",
            Id => "id",
            Device => "device",
        }
    }
}

/// A column of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) column: Column,
    pub(super) descending: bool,
}

/// An index, without the columns that every list fixes.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) name: &'static str,
    columns: &'static [Column],
}

/// What is listed: a table and its indexes.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) table: &'static str,
    pub(super) key: &'static str,
    pub(super) message: Option<&'static str>,
    indexes: &'static [Index],
}

macro_rules! indexes {
    ($($name:literal: $($column:ident)+;)+) => {
        &[$(Index { name: $name, columns: &[$($column),+] }),+]
    };
}

static INSTRUCTIONS: Listed = Listed {
    table: "instruction",
    key: "life",
    message: Some("message"),
    indexes: indexes! {
        "instruction_by_device_created": Device Created Id;
        "instruction_by_device_modified": Device Modified Id;
        "instruction_by_device": Device Id;
        "instruction_by_status_created": Status Created Id;
        "instruction_by_status_modified": Status Modified Id;
        "instruction_by_status_device": Status Device Id;
        "instruction_by_status_reference": Status HasReference Reference Id;
        "instruction_by_status": Status Id;
        "instruction_by_created": Created Id;
        "instruction_by_modified": Modified Id;
        "instruction_by_reference": HasReference Reference Id;
        "instruction_by_id": Id;
    },
};

static PARTS: Listed = Listed {
    table: "part",
    key: "key",
    message: None,
    indexes: indexes! {
        "part_by_device_created": Device Created Id;
        "part_by_device_modified": Device Modified Id;
        "part_by_device": Device Id;
        "part_by_status_created": Status Created Id;
        "part_by_status_modified": Status Modified Id;
        "part_by_status_device": Status Device Id;
        "part_by_status": Status Id;
        "part_by_created": Created Id;
        "part_by_modified": Modified Id;
        "part_by_id": Id;
    },
};

impl Listed {
    pub(super) fn of(collection: Collection) -> &'static Self {
        match collection {
            Collection::Instructions => &INSTRUCTIONS,
            Collection::Parts(_) => &PARTS,
        }
    }
}

/// How a list is read.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) index: &'static Index,
    /// The column before those of the order that a filter fixes.
    pub(super) fixed: Option<Column>,
    pub(super) order: Vec<Term>,
    pub(super) way: Way,
}

impl Plan {
    /// The columns whose range the index seeks.
    pub(super) fn seeks(&self, column: Column) -> bool {
        let at = |at: usize| self.order.get(at).is_some_and(|term| term.column == column);
        match self.way {
            Way::Walk(1) if at(1) => self.order.first().is_some_and(|it| it.column == Status),
            Way::Walk(_) => at(0),
            Way::Sort(_) => self.index.columns.contains(&column),
        }
    }
}

/// What the index does for the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// It gives the order of the terms before this one, and within each of their values, in a
    /// direction of its own, that of the rest. At the end of the order: it gives all of it.
    Walk(usize),
    /// It leaves at most so many rows, which are sorted.
    Sort(u32),
}

/// The ways to read a list, the best first: the last one holds whatever is stored.
pub(super) fn plans(query: &Query) -> Result<Vec<Plan>> {
    let listed = Listed::of(query.collection);
    let order = order(query)?;
    let fixed = fixed(&query.filter);
    let walk = |fixed: Option<Column>| {
        let index = listed.indexes.iter().find(|it| gives(it, fixed, &order))?;
        let way = Way::Walk(turn(&order, &query.filter)?);
        Some(Plan {
            index,
            fixed,
            order: order.clone(),
            way,
        })
    };
    let narrowed = fixed.iter().find_map(|column| walk(Some(*column)));
    Ok(match (narrowed, walk(None)) {
        (Some(plan), _) => vec![plan],
        (None, Some(plan)) if fixed.is_empty() => vec![plan],
        (None, Some(plan)) => vec![sorted(listed, query, order, FEW)?, plan],
        (None, None) => vec![sorted(listed, query, order, READ)?],
    })
}

/// The columns of the order, the identifier last. What a filter fixes orders nothing.
fn order(query: &Query) -> Result<Vec<Term>> {
    let mut order: Vec<Term> = Vec::new();
    let fixed = fixed(&query.filter);
    for term in terms(query)? {
        let known = fixed.contains(&term.column) || order.iter().any(|it| it.column == term.column);
        if !known {
            order.push(term);
        }
        if term.column == Id {
            break;
        }
    }
    Ok(order)
}

/// The columns of each key in its order, then the identifier in the direction of the last.
fn terms(query: &Query) -> Result<Vec<Term>> {
    let mut terms = Vec::new();
    for key in &query.sort.0 {
        terms.extend(columns(query.collection, *key)?);
    }
    let descending = query.sort.0.last().is_some_and(|key| key.descending);
    terms.push(Term {
        column: Id,
        descending,
    });
    Ok(terms)
}

/// The columns of a key. Absent references come first in both directions.
pub(super) fn columns(collection: Collection, key: Key) -> Result<Vec<Term>> {
    let term = |column| Term {
        column,
        descending: key.descending,
    };
    Ok(match (key.field, collection) {
        (Field::CreatedAt, _) => vec![term(Created)],
        (Field::ModifiedAt, _) => vec![term(Modified)],
        (Field::Status, _) => vec![term(Status)],
        (Field::Id, _) => vec![term(Id)],
        (Field::NetworkId | Field::DeviceId, _) => vec![term(Device)],
        (Field::ExternalReference, Collection::Instructions) => {
            vec![
                Term {
                    column: HasReference,
                    descending: false,
                },
                term(Reference),
            ]
        }
        (Field::ExternalReference, Collection::Parts(_)) => {
            return Err(StoreError::Misfit("parts have no external reference"));
        }
    })
}

/// The columns that filters fix, the one that leaves fewer rows first.
fn fixed(filter: &Filter) -> Vec<Column> {
    let device = filter.device.as_ref().map(|_| Device);
    device
        .into_iter()
        .chain(filter.status.as_ref().map(|_| Status))
        .collect()
}

fn gives(index: &Index, fixed: Option<Column>, order: &[Term]) -> bool {
    let wanted = fixed
        .into_iter()
        .chain(order.iter().map(|term| term.column));
    index.columns.iter().copied().eq(wanted)
}

/// Where an order changes its direction, if it does so once at most. Where a range is asked for
/// within each status, each status is walked by itself, so that the range is sought.
fn turn(order: &[Term], filter: &Filter) -> Option<usize> {
    let turns: Vec<usize> = (1..order.len())
        .filter(|at| direction(order, *at) != direction(order, *at - 1))
        .collect();
    match (turns.as_slice(), seeks_within_status(order, filter)) {
        ([], false) => Some(order.len()),
        ([] | [1], true) => Some(1),
        ([at], false) => Some(*at),
        _ => None,
    }
}

fn seeks_within_status(order: &[Term], filter: &Filter) -> bool {
    let first = order.first().map(|term| term.column);
    first == Some(Status)
        && order
            .get(1)
            .is_some_and(|term| has_range(filter, term.column))
}

fn direction(order: &[Term], at: usize) -> Option<bool> {
    order.get(at).map(|term| term.descending)
}

pub(super) fn has_range(filter: &Filter, column: Column) -> bool {
    match column {
        Created => filter.created_since.is_some() || filter.created_before.is_some(),
        Modified => filter.modified_since.is_some() || filter.modified_before.is_some(),
        _ => false,
    }
}

/// Reads by the index that leaves the fewest rows, and sorts.
fn sorted(listed: &Listed, query: &Query, order: Vec<Term>, limit: u32) -> Result<Plan> {
    let fixed = fixed(&query.filter).first().copied();
    let range = [Created, Modified]
        .into_iter()
        .find(|it| has_range(&query.filter, *it));
    let wanted: Vec<Column> = fixed.into_iter().chain(range).chain([Id]).collect();
    let index = listed.indexes.iter().find(|it| *it.columns == *wanted);
    let index = index.ok_or(StoreError::Misfit("no index has what its filters fix"))?;
    Ok(Plan {
        index,
        fixed,
        order,
        way: Way::Sort(limit),
    })
}
