//! All that a service has: its configuration, keys, devices and store.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use downlink_server::clock::SystemClock;
use downlink_server::store::sqlite::SqliteStore;
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::json;
use tempfile::TempDir;
use tokio::task::JoinHandle;

/// The client that the token is of.
pub(crate) const CLIENT: &str = "id/7";

/// Devices that messages are for.
pub(crate) const DEVICES: u64 = 1_000;

const PEM: &[u8] = include_bytes!("../../tests/keys/ed25519.pem");

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
[[auth.issuers]]
name = "id"
issuer = "https://id.example"
audience = "downlink"
client_claim = "client_id"
"#;

pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        let mut text = String::from(CONFIGURATION);
        writeln!(
            text,
            "jwks_file = \"{}\"",
            folder.path("jwks.json").display()
        )
        .unwrap();
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
        folder.write("jwks.json", jwks());
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

fn key() -> EncodingKey {
    EncodingKey::from_ed_pem(PEM).unwrap()
}

fn jwks() -> String {
    let mut jwk = Jwk::from_encoding_key(&key(), Algorithm::EdDSA).unwrap();
    jwk.common.key_id = Some(String::from("ed"));
    jwk.common.public_key_use = Some(PublicKeyUse::Signature);
    json!({"keys": [jwk]}).to_string()
}

/// A token for all that there is.
pub(crate) fn token() -> String {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let claims = json!({
        "iss": "https://id.example",
        "aud": "downlink",
        "exp": (now + Duration::from_hours(1)).as_secs(),
        "client_id": "7",
        "scope": "downlink.read downlink.write downlink.delete",
    });
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(String::from("ed"));
    encode(&header, &claims, &key()).unwrap()
}
