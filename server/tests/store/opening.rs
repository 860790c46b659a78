//! Who may open the file.

use std::sync::Arc;

use downlink_server::clock::{ManualClock, Moment};
use downlink_server::store::sqlite::{OpenError, SqliteStore};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, query};

fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(Moment::from_micros(0)))
}

#[tokio::test]
async fn a_second_store_on_the_file_is_refused_until_the_first_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.db");
    let (store, writer) = SqliteStore::open(&file, clock()).await.unwrap();
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    for path in [&file, &link] {
        let refused = SqliteStore::open(path, clock()).await.err().unwrap();
        assert!(matches!(refused, OpenError::InUse(_)), "{refused}");
    }
    drop(store);
    let refused = SqliteStore::open(&file, clock()).await.err().unwrap();
    assert!(
        matches!(refused, OpenError::InUse(_)),
        "its writer may still write: {refused}"
    );
    writer.await;
    assert!(SqliteStore::open(&file, clock()).await.is_ok());
}

#[tokio::test]
async fn a_file_of_a_later_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.db");
    drop(SqliteStore::open(&file, clock()).await.unwrap());
    let mut db = SqliteConnectOptions::new()
        .filename(&file)
        .connect()
        .await
        .unwrap();
    let later = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (9001, 'later', TRUE, x'00', 0)";
    query(later).execute(&mut db).await.unwrap();
    db.close().await.unwrap();
    let refused = SqliteStore::open(&file, clock()).await.err().unwrap();
    let OpenError::Newer { found, known } = refused else {
        panic!("{refused}")
    };
    assert_eq!(found, 9001);
    assert!(known < found);
}

#[tokio::test]
async fn what_is_no_database_and_a_folder_that_is_absent_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.db");
    std::fs::write(&file, "This is a text, and no database.".repeat(100)).unwrap();
    let refused = SqliteStore::open(&file, clock()).await.err().unwrap();
    assert!(matches!(refused, OpenError::Database(_)), "{refused}");
    let nowhere = folder.path().join("absent").join("store.db");
    let refused = SqliteStore::open(&nowhere, clock()).await.err().unwrap();
    assert!(matches!(refused, OpenError::File(_)), "{refused}");
}
