//! What a list is asked for, as values: filters, sorts, positions and pages.

use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::life::Protocol;

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Collection {
    /// `/downlinks`: instructions.
    Instructions,
    /// `/{protocol}/downlinks`: parts.
    Parts(Protocol),
}

/// A field by which a list can be sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Field {
    /// When it was accepted.
    CreatedAt,
    /// When its status last changed.
    ModifiedAt,
    /// Its status, by code point.
    Status,
    /// Its identifier.
    Id,
    /// The device, as `/downlinks` names it.
    NetworkId,
    /// What the caller calls it.
    ExternalReference,
    /// The device, as the protocols' resources name it.
    DeviceId,
}

/// One level of a sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Key {
    /// The field.
    pub field: Field,
    /// Greatest first; absent values come first either way.
    pub descending: bool,
}

/// Up to three keys; the identifier decides among equals.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sort(pub Vec<Key>);

impl Default for Sort {
    /// Newest first.
    fn default() -> Self {
        Self(vec![Key {
            field: Field::CreatedAt,
            descending: true,
        }])
    }
}

/// Which rows belong to the list; each that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Filter {
    /// Exactly this status.
    pub status: Option<String>,
    /// Exactly this device, by its canonical name.
    pub device: Option<String>,
    /// A tag of the device exactly, or a part of its network id or of the message.
    pub q: Option<String>,
    /// Accepted then or later.
    pub created_since: Option<Moment>,
    /// Accepted before.
    pub created_before: Option<Moment>,
    /// Changed then or later.
    pub modified_since: Option<Moment>,
    /// Changed before.
    pub modified_before: Option<Moment>,
}

/// The value of a sort's field in the row that a page starts after.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Value {
    /// The row has none.
    Absent,
    /// A text.
    Text(String),
    /// A moment.
    Moment(Moment),
}

/// Where a page starts, and in which direction it goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Position {
    /// The values of the sort's keys, in their order, then the identifier; empty: from the end of
    /// the list that the direction starts at.
    pub after: Vec<Value>,
    /// Towards the start of the list: the page before, not the next.
    pub backwards: bool,
}

/// What is asked of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Which list.
    pub collection: Collection,
    /// Which rows.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// From where; from the start if absent.
    pub position: Option<Position>,
    /// Rows at most, 1 to 500.
    pub limit: u16,
}

/// A window of a list, always in the order of its sort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page starts; absent on the last.
    pub next: Option<Position>,
    /// Where the page before starts; absent on the first.
    pub prev: Option<Position>,
}

impl<T> Page<T> {
    /// The same window with every row turned into something else.
    ///
    /// # Errors
    ///
    /// The first row that cannot be turned.
    pub fn try_map<U, E>(self, turned: impl Fn(&T) -> Result<U, E>) -> Result<Page<U>, E> {
        Ok(Page {
            items: self.items.iter().map(turned).collect::<Result<_, _>>()?,
            next: self.next,
            prev: self.prev,
        })
    }
}
