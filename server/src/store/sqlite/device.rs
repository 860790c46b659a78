//! Devices: finding them by any name, and importing all of them or none.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection, query, query_scalar};

use crate::id::Client;
use crate::store::{Bound, Device, statement};

use super::row::{self, Cells, document};
use super::{Result, StoreError};

/// Devices that one statement writes: seven values each stay far below SQLite's bound of 32,766.
const CHUNK: usize = 500;

pub(super) async fn by_id(db: &mut SqliteConnection, id: &str) -> Result<Option<Device>> {
    let row = query(statement::DEVICE_BY_ID)
        .bind(id)
        .fetch_optional(db)
        .await?;
    row.as_ref().map(row::device).transpose()
}

/// The client's device of this canonical name, else of this alias.
pub(super) async fn of_client(
    db: &mut SqliteConnection,
    client: &Client,
    name: &str,
) -> Result<Option<Device>> {
    let row = query(statement::DEVICE_OF_CLIENT)
        .bind(client.as_str())
        .bind(name)
        .fetch_optional(db)
        .await?;
    row.as_ref().map(row::device).transpose()
}

pub(super) async fn all_of_client(
    db: &mut SqliteConnection,
    client: &Client,
    after: Option<&str>,
    limit: u32,
) -> Result<Vec<Device>> {
    let rows = query(statement::DEVICES)
        .bind(client.as_str())
        .bind(after.unwrap_or_default())
        .bind(i64::from(limit))
        .fetch_all(db)
        .await?;
    rows.iter().map(row::device).collect()
}

pub(super) async fn bound(db: &mut SqliteConnection) -> Result<Vec<Bound>> {
    let rows = query(statement::BOUND).fetch_all(db).await?;
    let bound = |row: &SqliteRow| {
        let cells = Cells::of(row, "device", "first");
        Ok(Bound {
            encoder: cells.get("encoder")?,
            devices: cells.number("devices")?,
            first: cells.get("first")?,
        })
    };
    rows.iter().map(bound).collect()
}

pub(super) async fn import(
    db: &mut SqliteConnection,
    devices: &[Device],
    prune: bool,
) -> Result<Vec<String>> {
    let owners = owners(db).await?;
    let named: BTreeMap<&str, &Device> = devices.iter().map(|it| (it.id.as_str(), it)).collect();
    let last: i64 = query_scalar(statement::LAST_IMPORT)
        .fetch_one(&mut *db)
        .await?;
    let number = last.saturating_add(1);
    let named: Vec<&Device> = named.into_values().collect();
    for chunk in named.chunks(CHUNK) {
        forget_names(db, chunk).await?;
        write_devices(db, chunk, number).await?;
    }
    let mut gone: Vec<String> = moved(&named, &owners);
    if prune {
        gone.extend(pruned(db, number).await?);
    }
    // Only now: an alias may go from a device that is further down, or is removed, to another.
    for chunk in named.chunks(CHUNK) {
        write_names(db, chunk).await?;
    }
    gone.sort();
    Ok(gone)
}

async fn owners(db: &mut SqliteConnection) -> Result<HashMap<String, Client>> {
    let owner = |row: &SqliteRow| {
        let cells = Cells::of(row, "device", "id");
        Ok((cells.get("id")?, cells.client("client")?))
    };
    let rows = query(statement::OWNERS).fetch_all(db).await?;
    rows.iter().map(owner).collect()
}

/// Those that have another client now.
fn moved(named: &[&Device], owners: &HashMap<String, Client>) -> Vec<String> {
    let has_moved = |it: &&&Device| owners.get(&it.id).is_some_and(|owner| *owner != it.client);
    named
        .iter()
        .filter(has_moved)
        .map(|it| it.id.clone())
        .collect()
}

async fn pruned(db: &mut SqliteConnection, import: i64) -> Result<Vec<String>> {
    let gone = query_scalar(statement::NOT_IMPORTED)
        .bind(import)
        .fetch_all(&mut *db)
        .await?;
    query(statement::PRUNE).bind(import).execute(db).await?;
    Ok(gone)
}

async fn forget_names(db: &mut SqliteConnection, devices: &[&Device]) -> Result<()> {
    for forget in ["DELETE FROM device_alias", "DELETE FROM device_tag"] {
        let mut statement = QueryBuilder::<Sqlite>::new(forget);
        statement.push(" WHERE device IN (");
        let mut list = statement.separated(", ");
        for device in devices {
            list.push_bind(&device.id);
        }
        statement.push(")");
        statement
            .build()
            .persistent(false)
            .execute(&mut *db)
            .await?;
    }
    Ok(())
}

async fn write_devices(db: &mut SqliteConnection, devices: &[&Device], import: i64) -> Result<()> {
    let documents = devices
        .iter()
        .map(|it| Ok((*it, document(&it.aliases)?, document(&it.tags)?)));
    let documents: Vec<(&Device, String, String)> = documents.collect::<Result<_>>()?;
    let mut statement = QueryBuilder::<Sqlite>::new(
        "INSERT INTO device (id, client, aliases, tags, encoder, entry, import) ",
    );
    statement.push_values(documents, |mut row, (device, aliases, tags)| {
        row.push_bind(&device.id)
            .push_bind(device.client.as_str())
            .push_bind(aliases)
            .push_bind(tags)
            .push_bind(&device.encoder)
            .push_bind(&device.entry)
            .push_bind(import);
    });
    statement.push(
        " ON CONFLICT (id) DO UPDATE SET client = excluded.client, aliases = excluded.aliases, \
         tags = excluded.tags, encoder = excluded.encoder, entry = excluded.entry, import = excluded.import",
    );
    statement.build().persistent(false).execute(db).await?;
    Ok(())
}

async fn write_names(db: &mut SqliteConnection, devices: &[&Device]) -> Result<()> {
    let tags = names(devices, |it| &it.tags);
    write_rows(db, "INSERT INTO device_tag (client, device, tag) ", &tags).await?;
    let aliases = names(devices, |it| &it.aliases);
    match write_rows(
        db,
        "INSERT INTO device_alias (client, device, alias) ",
        &aliases,
    )
    .await
    {
        Err(StoreError::Refused(why)) => Err(taken(db, &aliases)
            .await?
            .unwrap_or(StoreError::Refused(why))),
        other => other,
    }
}

/// A name of a device, and whose it is.
type Name<'d> = (&'d str, &'d str, &'d str);

/// Every name once.
fn names<'d>(devices: &[&'d Device], of: impl Fn(&'d Device) -> &'d Vec<String>) -> Vec<Name<'d>> {
    let of_device = |device: &&'d Device| {
        let (client, id): (&'d str, &'d str) = (device.client.as_str(), &device.id);
        of(device)
            .iter()
            .map(move |name| (client, id, name.as_str()))
    };
    let names: BTreeSet<Name<'d>> = devices.iter().flat_map(of_device).collect();
    names.into_iter().collect()
}

async fn write_rows(
    db: &mut SqliteConnection,
    insert: &'static str,
    names: &[Name<'_>],
) -> Result<()> {
    for chunk in names.chunks(CHUNK) {
        let mut statement = QueryBuilder::<Sqlite>::new(insert);
        statement.push_values(chunk, |mut row, (client, device, name)| {
            row.push_bind(*client).push_bind(*device).push_bind(*name);
        });
        statement
            .build()
            .persistent(false)
            .execute(&mut *db)
            .await?;
    }
    Ok(())
}

/// The first of these aliases that another device has, or that two of these devices name.
async fn taken(db: &mut SqliteConnection, aliases: &[Name<'_>]) -> Result<Option<StoreError>> {
    let mut named = HashMap::new();
    for (client, device, alias) in aliases {
        let row = query(statement::DEVICE_BY_ALIAS)
            .bind(*client)
            .bind(*alias)
            .fetch_optional(&mut *db)
            .await?;
        let stored = row.as_ref().map(row::device).transpose()?.map(|it| it.id);
        let before = named.insert((client, alias), (*device).to_owned());
        if let Some(device) = stored.or(before) {
            return Ok(Some(StoreError::AliasTaken {
                alias: (*alias).to_owned(),
                device,
            }));
        }
    }
    Ok(None)
}
