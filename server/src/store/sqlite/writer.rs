//! The one connection that writes, and the queue before it.
//!
//! A flush to disk costs the same for one change and for many. So what waits while one is under way
//! is committed together by the next, and all answers after the commit. Where one fails, nothing is
//! committed, and the others are written again without it: a failure is rare, and a savepoint for
//! each change would cost two calls of the database each time.

use std::fmt;
use std::fs::File;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{BoxFuture, Either, select};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use super::{Answer, Result, SqliteStore, StoreError};

/// Changes that are committed together at most.
const BATCH: usize = 64;
/// Changes that wait at most; who comes then waits for room.
const QUEUE: usize = 1_024;
/// How long one waits for room.
const PATIENCE: Duration = Duration::from_secs(5);

const STOPPED: &str = "its writer has stopped";
const BEGIN: &str = "BEGIN IMMEDIATE";

/// Something that is written, once or not at all.
trait Change: Send {
    /// Does it, and keeps what came of it; false if it failed.
    fn run<'a>(&'a mut self, db: &'a mut SqliteConnection) -> BoxFuture<'a, bool>;

    /// Whether it failed when it was run last.
    fn has_failed(&self) -> bool;

    /// Answers after the commit; `lost` if there was none.
    fn answer(self: Box<Self>, lost: Option<&str>);
}

struct Job<I, T, F> {
    input: I,
    work: F,
    outcome: Option<Result<T>>,
    caller: oneshot::Sender<Result<T>>,
}

impl<I, T, F> Change for Job<I, T, F>
where
    I: Send + Sync,
    T: Send,
    F: for<'a> Fn(&'a mut SqliteConnection, &'a I) -> BoxFuture<'a, Result<T>> + Send,
{
    fn run<'a>(&'a mut self, db: &'a mut SqliteConnection) -> BoxFuture<'a, bool> {
        let work = (self.work)(db, &self.input);
        let outcome = &mut self.outcome;
        Box::pin(async move { outcome.insert(work.await).is_ok() })
    }

    fn has_failed(&self) -> bool {
        matches!(self.outcome, Some(Err(_)))
    }

    fn answer(self: Box<Self>, lost: Option<&str>) {
        let outcome = match (lost, self.outcome) {
            (None, Some(outcome)) => outcome,
            (Some(why), _) => Err(StoreError::Unavailable(why.to_owned())),
            (None, None) => Err(StoreError::Unavailable(STOPPED.to_owned())),
        };
        // Who asked may have gone; the change stands all the same.
        let _ = self.caller.send(outcome);
    }
}

/// Where changes wait for the writer.
pub(super) struct Queue(mpsc::Sender<Box<dyn Change>>);

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Queue").field(&self.0.capacity()).finish()
    }
}

/// The other end of the queue.
pub(super) struct Changes(mpsc::Receiver<Box<dyn Change>>);

impl Queue {
    pub(super) fn new() -> (Self, Changes) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        (Self(sender), Changes(receiver))
    }
}

impl SqliteStore {
    /// Queues a change, and answers when it is on disk.
    ///
    /// It is done again if another change of its group fails.
    pub(super) fn write<'s, I, T, F>(&'s self, input: I, work: F) -> Answer<'s, T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'a> Fn(&'a mut SqliteConnection, &'a I) -> BoxFuture<'a, Result<T>> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let job = Job {
            input,
            work,
            outcome: None,
            caller,
        };
        Box::pin(async move {
            self.room().await?.send(Box::new(job));
            answer
                .await
                .map_err(|_| StoreError::Unavailable(STOPPED.to_owned()))?
        })
    }

    async fn room(&self) -> Result<mpsc::Permit<'_, Box<dyn Change>>> {
        if let Ok(permit) = self.writer.0.try_reserve() {
            return Ok(permit);
        }
        let patience = self.clock.sleep_until(self.clock.now().plus(PATIENCE));
        match select(pin!(self.writer.0.reserve()), patience).await {
            Either::Left((Ok(permit), _)) => Ok(permit),
            Either::Left((Err(_), _)) => Err(StoreError::Unavailable(STOPPED.to_owned())),
            Either::Right(_) => Err(StoreError::Unavailable(String::from("its queue is full"))),
        }
    }
}

/// The loop that commits.
pub(super) struct Writer {
    options: SqliteConnectOptions,
    /// None after a transaction that failed as a whole: nothing is known of the connection then.
    connection: Option<SqliteConnection>,
    _lock: Arc<File>,
}

impl Writer {
    pub(super) fn new(
        options: SqliteConnectOptions,
        connection: SqliteConnection,
        lock: Arc<File>,
    ) -> Self {
        Self {
            options,
            connection: Some(connection),
            _lock: lock,
        }
    }

    /// Commits what is queued until the store is dropped.
    pub(super) async fn run(mut self, mut changes: Changes) {
        let mut batch = Vec::with_capacity(BATCH);
        while changes.0.recv_many(&mut batch, BATCH).await > 0 {
            let lost = self
                .commit(&mut batch)
                .await
                .err()
                .map(|error| error.to_string());
            for change in batch.drain(..) {
                change.answer(lost.as_deref());
            }
        }
        if let Some(connection) = self.connection.take() {
            // All that was answered is on disk already.
            let _ = connection.close().await;
        }
    }

    async fn commit(&mut self, batch: &mut [Box<dyn Change>]) -> sqlx::Result<()> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        commit(&mut connection, batch).await?;
        self.connection = Some(connection);
        Ok(())
    }
}

async fn commit(db: &mut SqliteConnection, batch: &mut [Box<dyn Change>]) -> sqlx::Result<()> {
    // Each round leaves one more out.
    while !is_written(db, batch).await? {}
    Ok(())
}

/// Writes the changes that have not failed; false if one of them does now, and nothing is written.
async fn is_written(
    db: &mut SqliteConnection,
    batch: &mut [Box<dyn Change>],
) -> sqlx::Result<bool> {
    let mut transaction = db.begin_with(BEGIN).await?;
    for change in batch.iter_mut().filter(|it| !it.has_failed()) {
        if !change.run(&mut transaction).await {
            transaction.rollback().await?;
            return Ok(false);
        }
    }
    transaction.commit().await?;
    Ok(true)
}
