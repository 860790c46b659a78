//! The store in one file of SQLite.
//!
//! One connection writes: callers queue, and up to 64 of them are committed together, so that an
//! answer costs a share of a flush to disk instead of a whole one (`writer`). Others read, each
//! from the snapshot that it started with. The file belongs to one process (`open`).

mod accept;
mod commit;
mod device;
mod event;
mod kept;
mod line;
mod list;
mod open;
mod read;
mod report;
mod retention;
mod row;
mod writer;

use std::fs::File;
use std::sync::Arc;

use sqlx::SqlitePool;
use sqlx::error::ErrorKind;

use crate::clock::{Clock, Moment};
use crate::id::{Client, DownlinkId, PartId};
use crate::life::{Event, Protocol};
use crate::list::{Page, Query};

use super::{
    Acceptance, Accepted, Answer, Body, Bound, Change, Claim, Committed, Content, Device,
    EarlyReport, KeptReport, Line, PartRow, Repeated, ReportKey, Row, Store, StoreError, Stored,
};

pub use open::OpenError;

/// The store in one file of SQLite.
#[derive(Debug)]
pub struct SqliteStore {
    readers: SqlitePool,
    writer: writer::Queue,
    clock: Arc<dyn Clock>,
    /// Held as long as anything of this process uses the file.
    _lock: Arc<File>,
}

type Result<T> = std::result::Result<T, StoreError>;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let kind = error
            .as_database_error()
            .map(sqlx::error::DatabaseError::kind);
        match kind {
            None | Some(ErrorKind::Other) => Self::Unavailable(error.to_string()),
            Some(_) => Self::Refused(error.to_string()),
        }
    }
}

/// A count as the database keeps it.
fn integer(count: impl TryInto<i64>) -> Result<i64> {
    let too_large = |_| StoreError::Refused(String::from("a number is larger than 63 bits"));
    count.try_into().map_err(too_large)
}

impl Store for SqliteStore {
    fn accept(&self, acceptance: Acceptance) -> Answer<'_, Accepted> {
        let now = self.clock.now();
        self.write((acceptance, now), |db, (new, now)| {
            Box::pin(accept::accept(db, new, *now))
        })
    }

    fn commit(&self, change: Change) -> Answer<'_, Committed> {
        let now = self.clock.now();
        self.write((change, now), |db, (change, now)| {
            Box::pin(commit::commit(db, change, *now))
        })
    }

    fn instruction<'a>(&'a self, client: &'a Client, id: DownlinkId) -> Answer<'a, Option<Row>> {
        Box::pin(async move {
            let mut db = self.readers.begin().await?;
            read::instruction(&mut db, client, id).await
        })
    }

    fn part<'a>(
        &'a self,
        client: &'a Client,
        protocol: Protocol,
        id: PartId,
    ) -> Answer<'a, Option<PartRow>> {
        Box::pin(async move {
            let mut db = self.readers.begin().await?;
            read::part(&mut db, client, protocol, id).await
        })
    }

    fn history(&self, part: PartId) -> Answer<'_, Vec<Event>> {
        Box::pin(async move {
            let mut db = self.readers.acquire().await?;
            event::all(&mut db, part.0).await
        })
    }

    fn life_of(&self, part: PartId) -> Answer<'_, Option<Stored>> {
        Box::pin(async move {
            let mut db = self.readers.acquire().await?;
            read::life_of(&mut db, part).await
        })
    }

    fn instructions<'a>(&'a self, client: &'a Client, query: &'a Query) -> Answer<'a, Page<Row>> {
        Box::pin(async move {
            let mut db = self.readers.begin().await?;
            let page = list::page(&mut db, client, query).await?;
            let items = read::instructions(&mut db, &page.items).await?;
            Ok(Page {
                items,
                next: page.next,
                prev: page.prev,
            })
        })
    }

    fn parts<'a>(&'a self, client: &'a Client, query: &'a Query) -> Answer<'a, Page<PartRow>> {
        Box::pin(async move {
            let mut db = self.readers.begin().await?;
            let page = list::page(&mut db, client, query).await?;
            let items = read::parts(&mut db, &page.items).await?;
            Ok(Page {
                items,
                next: page.next,
                prev: page.prev,
            })
        })
    }

    fn repeated<'a>(
        &'a self,
        client: &'a Client,
        path: &'a str,
        key: &'a str,
        now: Moment,
    ) -> Answer<'a, Option<Repeated>> {
        Box::pin(async move {
            let mut db = self.readers.acquire().await?;
            read::repeated(&mut db, client, path, key, now).await
        })
    }

    fn claim(&self, now: Moment, lease_until: Moment, limit: u32) -> Answer<'_, Vec<Claim>> {
        self.write((), move |db, ()| {
            Box::pin(line::claim(db, now, lease_until, limit))
        })
    }

    fn renew<'a>(&'a self, claim: &'a Claim, lease_until: Moment) -> Answer<'a, bool> {
        self.write(claim.clone(), move |db, claim| {
            Box::pin(line::renew(db, claim, lease_until))
        })
    }

    fn release<'a>(&'a self, claim: &'a Claim, due: Option<Moment>) -> Answer<'a, ()> {
        let now = self.clock.now();
        self.write(claim.clone(), move |db, claim| {
            Box::pin(line::release(db, claim, due, now))
        })
    }

    fn open<'a>(&'a self, line: &'a Line, limit: u32) -> Answer<'a, Vec<Stored>> {
        Box::pin(async move {
            let mut db = self.readers.acquire().await?;
            line::open(&mut db, line, limit).await
        })
    }

    fn next_due(&self) -> Answer<'_, Option<Moment>> {
        Box::pin(async move {
            let mut db = self.readers.acquire().await?;
            line::next_due(&mut db).await
        })
    }

    fn lines<'a>(
        &'a self,
        protocol: Protocol,
        after: Option<&'a str>,
        limit: u32,
    ) -> Answer<'a, Vec<Line>> {
        Box::pin(async move {
            let mut db = self.readers.acquire().await?;
            line::lines(&mut db, protocol, after, limit).await
        })
    }

    fn content(&self, part: PartId) -> Answer<'_, Option<Content>> {
        Box::pin(async move {
            let mut db = self.readers.acquire().await?;
            read::content(&mut db, part).await
        })
    }

    fn device<'a>(&'a self, client: &'a Client, name: &'a str) -> Answer<'a, Option<Device>> {
        Box::pin(async move {
            let mut db = self.readers.acquire().await?;
            device::of_client(&mut db, client, name).await
        })
    }

    fn any_device<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Device>> {
        Box::pin(async move {
            let mut db = self.readers.acquire().await?;
            device::by_id(&mut db, id).await
        })
    }

    fn devices<'a>(
        &'a self,
        client: &'a Client,
        after: Option<&'a str>,
        limit: u32,
    ) -> Answer<'a, Vec<Device>> {
        Box::pin(async move {
            let mut db = self.readers.acquire().await?;
            device::all_of_client(&mut db, client, after, limit).await
        })
    }

    fn bound(&self) -> Answer<'_, Vec<Bound>> {
        Box::pin(async move {
            let mut db = self.readers.acquire().await?;
            device::bound(&mut db).await
        })
    }

    fn import(&self, devices: Vec<Device>, prune: bool) -> Answer<'_, Vec<String>> {
        self.write(devices, move |db, devices| {
            Box::pin(device::import(db, devices, prune))
        })
    }

    fn keep<'a>(&'a self, name: &'a str, new: Vec<u8>) -> Answer<'a, Vec<u8>> {
        self.write((name.to_owned(), new), |db, (name, new)| {
            Box::pin(kept::keep(db, name, new))
        })
    }

    fn bodies<'a>(&'a self, device: &'a str, since: Moment) -> Answer<'a, Vec<Body>> {
        Box::pin(async move {
            let mut db = self.readers.acquire().await?;
            kept::bodies(&mut db, device, since).await
        })
    }

    fn note_body<'a>(
        &'a self,
        device: &'a str,
        body: Body,
        forget_before: Moment,
    ) -> Answer<'a, ()> {
        self.write(device.to_owned(), move |db, device| {
            Box::pin(kept::note(db, device, body, forget_before))
        })
    }

    fn keep_report(&self, early: EarlyReport) -> Answer<'_, ()> {
        self.write(early, |db, early| Box::pin(report::keep(db, early)))
    }

    fn kept_report(&self, part: PartId) -> Answer<'_, Option<KeptReport>> {
        Box::pin(async move {
            let mut db = self.readers.acquire().await?;
            report::oldest(&mut db, part).await
        })
    }

    fn remove_report(&self, key: ReportKey) -> Answer<'_, bool> {
        self.write(key, |db, key| Box::pin(report::remove(db, *key)))
    }

    fn remove_old_reports(&self, heard_before: Moment) -> Answer<'_, u64> {
        self.write(heard_before, |db, before| {
            Box::pin(report::remove_old(db, *before))
        })
    }

    fn retire(&self, ended_before: Moment, limit: u32) -> Answer<'_, u64> {
        let now = self.clock.now();
        self.write((), move |db, ()| {
            Box::pin(retention::retire(db, ended_before, limit, now))
        })
    }

    fn ready(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            let mut db = self.readers.acquire().await?;
            read::ready(&mut db).await?;
            self.write((), |db, ()| Box::pin(read::ready(db))).await
        })
    }
}
