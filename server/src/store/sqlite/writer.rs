//! The one connection that writes, and the queue before it.
//!
//! A flush to disk costs the same for one change and for many. So what waits while one is under way
//! is committed together by the next: each change in a savepoint of its own, so that one that fails
//! undoes nothing of the others, and all answers after the commit.

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
    /// Does it, and keeps what came of it. A failure of its own is undone; an error is that of the
    /// whole transaction.
    fn run<'a>(&'a mut self, db: &'a mut SqliteConnection) -> BoxFuture<'a, sqlx::Result<()>>;

    /// Answers after the commit; `lost` if there was none.
    fn answer(self: Box<Self>, lost: Option<&str>);
}

type Work<T> = Box<dyn for<'a> FnOnce(&'a mut SqliteConnection) -> BoxFuture<'a, Result<T>> + Send>;

struct Job<T> {
    work: Option<Work<T>>,
    outcome: Option<Result<T>>,
    caller: oneshot::Sender<Result<T>>,
}

impl<T: Send> Change for Job<T> {
    fn run<'a>(&'a mut self, db: &'a mut SqliteConnection) -> BoxFuture<'a, sqlx::Result<()>> {
        Box::pin(async move {
            let Some(work) = self.work.take() else {
                return Ok(());
            };
            let mut savepoint = db.begin().await?;
            let outcome = work(&mut savepoint).await;
            match &outcome {
                Ok(_) => savepoint.commit().await?,
                Err(_) => savepoint.rollback().await?,
            }
            self.outcome = Some(outcome);
            Ok(())
        })
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
    pub(super) fn write<'s, T, F>(&'s self, work: F) -> Answer<'s, T>
    where
        T: Send + 'static,
        F: for<'a> FnOnce(&'a mut SqliteConnection) -> BoxFuture<'a, Result<T>> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let job = Job {
            work: Some(Box::new(work)),
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
    let mut transaction = db.begin_with(BEGIN).await?;
    for change in batch {
        change.run(&mut transaction).await?;
    }
    transaction.commit().await
}
