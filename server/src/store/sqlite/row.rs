//! Rows become values; one that does not is named by table, column and id.

use std::fmt::Display;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Row as _, Sqlite, Type};
use uuid::Uuid;

use crate::clock::Moment;
use crate::id::{Client, PartId};
use crate::life::Protocol;
use crate::store::{Content, Device, Message, Stored};

use super::{Result, StoreError};

/// A row of a table, read column by column.
pub(super) struct Cells<'r> {
    row: &'r SqliteRow,
    table: &'static str,
    id: &'static str,
}

impl<'r> Cells<'r> {
    /// The row of `table` that the column `id` identifies.
    pub(super) fn of(row: &'r SqliteRow, table: &'static str, id: &'static str) -> Self {
        Self { row, table, id }
    }

    pub(super) fn get<T>(&self, column: &str) -> Result<T>
    where
        T: for<'a> Decode<'a, Sqlite> + Type<Sqlite>,
    {
        self.row
            .try_get(column)
            .map_err(|why| self.broken(column, why))
    }

    pub(super) fn number(&self, column: &str) -> Result<u64> {
        let number: i64 = self.get(column)?;
        u64::try_from(number).map_err(|why| self.broken(column, why))
    }

    pub(super) fn flag(&self, column: &str) -> Result<bool> {
        match self.get(column)? {
            0_i64 => Ok(false),
            1 => Ok(true),
            _ => Err(self.broken(column, "neither 0 nor 1")),
        }
    }

    pub(super) fn moment(&self, column: &str) -> Result<Moment> {
        self.get(column).map(Moment::from_micros)
    }

    pub(super) fn optional_moment(&self, column: &str) -> Result<Option<Moment>> {
        let micros: Option<i64> = self.get(column)?;
        Ok(micros.map(Moment::from_micros))
    }

    pub(super) fn uuid(&self, column: &str) -> Result<Uuid> {
        let bytes: Vec<u8> = self.get(column)?;
        Uuid::from_slice(&bytes).map_err(|why| self.broken(column, why))
    }

    pub(super) fn digest(&self, column: &str) -> Result<[u8; 32]> {
        let bytes: Vec<u8> = self.get(column)?;
        bytes
            .try_into()
            .map_err(|_| self.broken(column, "not 32 bytes"))
    }

    pub(super) fn client(&self, column: &str) -> Result<Client> {
        self.get(column).map(|name: String| Client::new(&name))
    }

    pub(super) fn protocol(&self, column: &str) -> Result<Protocol> {
        let name: String = self.get(column)?;
        Protocol::from_name(&name).ok_or_else(|| self.broken(column, "not a protocol"))
    }

    /// A document. The error says where it is malformed and nothing of what it holds.
    pub(super) fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T> {
        let text: String = self.get(column)?;
        serde_json::from_str(&text).map_err(|why| {
            let place = format!("not what it should be at column {}", why.column());
            self.broken(column, place)
        })
    }

    fn broken(&self, column: &str, why: impl Display) -> StoreError {
        let (table, id) = (self.table, self.identity());
        StoreError::Broken(format!("{table}.{column} where {} is {id}: {why}", self.id))
    }

    fn identity(&self) -> String {
        let bytes = self.row.try_get::<Vec<u8>, _>(self.id);
        let uuid = bytes.as_deref().map(Uuid::from_slice);
        match (uuid, bytes.as_ref()) {
            (Ok(Ok(uuid)), _) => uuid.to_string(),
            (_, Ok(bytes)) => {
                String::from_utf8(bytes.clone()).unwrap_or_else(|_| hex::encode(bytes))
            }
            (_, Err(_)) => String::from("unknown"),
        }
    }
}

/// A document as it is kept.
pub(super) fn document(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|why| StoreError::Refused(why.to_string()))
}

pub(super) fn stored(row: &SqliteRow) -> Result<Stored> {
    let cells = Cells::of(row, "life", "id");
    let number: Option<i64> = cells.get("number")?;
    Ok(Stored {
        life: cells.json("state")?,
        version: cells.number("version")?,
        client: cells.client("client")?,
        device: cells.get("device")?,
        number: number.map(|_| cells.number("number")).transpose()?,
    })
}

pub(super) fn content(row: &SqliteRow) -> Result<Content> {
    let cells = Cells::of(row, "part", "id");
    let message = match (cells.get("message")?, cells.flag("sealed")?) {
        (Some(bytes), false) => Message::Plain(bytes),
        (Some(bytes), true) => Message::Sealed(bytes),
        (None, true) => Message::Erased,
        (None, false) => return Err(cells.broken("message", "absent, though it was never sealed")),
    };
    Ok(Content {
        part: PartId(cells.uuid("id")?),
        document: cells.get("document")?,
        message,
        masked: cells.flag("masked")?,
    })
}

pub(super) fn device(row: &SqliteRow) -> Result<Device> {
    let cells = Cells::of(row, "device", "id");
    Ok(Device {
        client: cells.client("client")?,
        id: cells.get("id")?,
        aliases: cells.json("aliases")?,
        tags: cells.json("tags")?,
        encoder: cells.get("encoder")?,
        entry: cells.get("entry")?,
    })
}
