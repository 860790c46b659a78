//! Opening the file: one process, the newest schema, nothing lost when the power fails.

use std::fs::{File, TryLockError};
use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, SqliteConnection};

use crate::clock::Clock;

use super::SqliteStore;
use super::writer::{Queue, Writer};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

const READERS: u32 = 4;
/// How long a connection waits for another that is just closing.
const BUSY: Duration = Duration::from_secs(5);
/// Pages in memory, in KiB: an acceptance touches some twenty indexes.
const WRITER_CACHE: &str = "-65536";
const READER_CACHE: &str = "-16384";
/// The log of writes is cut to this many bytes once a long reader has let go of it.
const LOG_SIZE: &str = "67108864";

/// Why the file was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process, or another store of this one, has it open.
    #[error("the database `{0}` is in use by another process: SQLite serves one process only")]
    InUse(PathBuf),
    /// A later version of the service has written it.
    #[error(
        "the database has schema version {found}, and this version of the service knows schema \
         versions up to {known}: run the version that wrote it, or a later one"
    )]
    Newer {
        /// The version of its schema.
        found: i64,
        /// The last version that is known.
        known: i64,
    },
    /// The file or its lock file cannot be opened.
    #[error("the database cannot be opened: {0}")]
    File(#[from] io::Error),
    /// It is no database, or is damaged.
    #[error("the database cannot be read: {0}")]
    Database(#[from] sqlx::Error),
    /// Its schema cannot be brought up to date.
    #[error("the schema of the database cannot be brought up to date: {0}")]
    Schema(#[source] MigrateError),
}

impl SqliteStore {
    /// Opens the file, makes it if it is absent, and brings its schema up to date.
    ///
    /// Nothing is written before the returned future is polled: it is the loop that commits, and it
    /// ends when the store is dropped and all that was queued is on disk.
    pub async fn open(
        path: &Path,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, impl Future<Output = ()> + Send + use<>), OpenError> {
        let lock = Arc::new(lock(path)?);
        let options = options(path);
        let mut connection = writer(&options).connect().await?;
        migrate(&mut connection).await?;
        let (queue, jobs) = Queue::new();
        let store = Self {
            readers: readers(options.clone()).await?,
            writer: queue,
            clock,
            _lock: Arc::clone(&lock),
        };
        let writer = Writer::new(writer(&options), connection, lock);
        Ok((store, writer.run(jobs)))
    }
}

/// Takes the file for this process, until all that holds the lock is dropped; a process that dies
/// lets go of it.
///
/// The lock is on a file beside the database. SQLite's own exclusive mode would shut out our
/// readers too, and a lock on the database file itself would undo SQLite's when it is closed: on
/// POSIX, closing any descriptor of a file drops all locks that its process holds on it.
fn lock(path: &Path) -> Result<File, OpenError> {
    let mut name = resolved(path)?.into_os_string();
    name.push(".lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(name)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path.to_owned())),
        Err(TryLockError::Error(error)) => Err(error.into()),
    }
}

/// Where the file really is, so that a link to it has the same lock.
fn resolved(path: &Path) -> io::Result<PathBuf> {
    if path.exists() {
        return path.canonicalize();
    }
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new(".")).canonicalize()?;
    Ok(path
        .file_name()
        .map_or(folder.clone(), |name| folder.join(name)))
}

/// `FULL`, since an answer promises that what it speaks of survives a loss of power. Erased bytes
/// are overwritten where that costs nothing more.
fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY)
        .pragma("temp_store", "MEMORY")
        .pragma("secure_delete", "FAST")
        .pragma("journal_size_limit", LOG_SIZE)
}

fn writer(options: &SqliteConnectOptions) -> SqliteConnectOptions {
    options.clone().pragma("cache_size", WRITER_CACHE)
}

/// Connections that only read, kept as long as the store is.
async fn readers(options: SqliteConnectOptions) -> Result<SqlitePool, sqlx::Error> {
    let options = options
        .pragma("cache_size", READER_CACHE)
        .pragma("query_only", "ON");
    SqlitePoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(BUSY)
        .idle_timeout(None)
        .max_lifetime(None)
        // A file does not hang up, and to ask would double what a short read costs.
        .test_before_acquire(false)
        .connect_with(options)
        .await
}

async fn migrate(connection: &mut SqliteConnection) -> Result<(), OpenError> {
    MIGRATIONS
        .run_direct(None, connection, false)
        .await
        .map_err(|error| match error {
            MigrateError::VersionMissing(found) => {
                let known = MIGRATIONS.iter().map(|it| it.version).max().unwrap_or(0);
                OpenError::Newer { found, known }
            }
            error => OpenError::Schema(error),
        })
}
