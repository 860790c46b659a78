//! All that a service has: its configuration, keys, devices and store.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use downlink_server::clock::SystemClock;
use downlink_server::store::sqlite::SqliteStore;
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::issuer::{self, CLIENT};

/// Devices that messages are for.
pub(crate) const DEVICES: u64 = 1_000;

/// Nothing is refused for its rate; all else is as it is by default. Nobody listens at the broker's
/// address: what waits, waits.
const CONFIGURATION: &str = r#"
listen = { api = "127.0.0.1:0", operator = "127.0.0.1:0" }
log = { filter = "error" }
[limits]
client_rate = 1000000
client_burst = 1000000
client_in_flight = 1000
peer_rate = 1000000
peer_burst = 1000000
peer_in_flight = 1000
line = 1000000
"#;

pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        let mut text = String::from(CONFIGURATION);
        let jwks = folder.path("jwks.json").display().to_string();
        text.push_str(&issuer::configuration().replace("jwks.json", &jwks));
        writeln!(text, "[store]\npath = \"{}\"", folder.store().display()).unwrap();
        writeln!(
            text,
            "key_file = \"{}\"",
            folder.path("store.key").display()
        )
        .unwrap();
        writeln!(
            text,
            "[devices]\nfile = \"{}\"",
            folder.path("devices.toml").display()
        )
        .unwrap();
        folder.write("downlinkd.toml", text);
        folder.write("store.key", [7; 32]);
        folder.write("jwks.json", issuer::jwks());
        folder.write("devices.toml", devices(DEVICES));
        folder
    }

    /// The settings, with a broker that is not there.
    pub(crate) fn without_broker(self) -> Self {
        let file = self.path("downlinkd.toml");
        let mut text = std::fs::read_to_string(&file).unwrap();
        text.push_str("[mqtt]\nurl = \"mqtt://127.0.0.1:9\"\n");
        self.write("downlinkd.toml", text);
        self
    }

    pub(crate) fn root(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.path("store.sqlite")
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    /// The store alone, and what ends when it is on disk: the service must not run.
    pub(crate) async fn opened(&self) -> (Arc<SqliteStore>, JoinHandle<()>) {
        let clock = Arc::new(SystemClock);
        let (store, writer) = SqliteStore::open(&self.store(), clock).await.unwrap();
        (Arc::new(store), tokio::spawn(writer))
    }

    /// What the store takes on disk, in MiB.
    pub(crate) fn size(&self) -> u64 {
        std::fs::metadata(self.store()).unwrap().len() / (1024 * 1024)
    }
}

pub(crate) fn device(number: u64) -> String {
    format!("urn:dev:DVNUUID:00000000-0000-4000-8000-{number:012}:")
}

/// A device file.
pub(crate) fn devices(count: u64) -> String {
    let mut text = String::new();
    for number in 0..count {
        writeln!(
            text,
            "[devices.{:?}]\nclient = {CLIENT:?}\nencoder = \"shelly/gen2-switch\"\n\
             variables = {{ prefix = \"shelly{number}\" }}\ntags = [\"hall {}\"]",
            device(number),
            number % 100
        )
        .unwrap();
    }
    text
}
