//! `downlinkd devices`: the devices in the store.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;
use downlink_server::clock::SystemClock;
use downlink_server::device::{canonical, read_file};
use downlink_server::id::Client;
use downlink_server::operation::{NotImported, Operations};
use downlink_server::service::Mode;
use downlink_server::settings::Settings;
use downlink_server::store::sqlite::SqliteStore;
use downlink_server::store::{Device, Store, StoreError};

use super::{BAD_INPUT, Failure, NO_INPUT, UNAVAILABLE, other, print};

/// Devices of a page.
const PAGE: u32 = 500;

#[derive(Debug, Subcommand)]
pub(crate) enum Devices {
    /// Check a device file, and take its devices, all or none.
    Import {
        /// The device file.
        file: PathBuf,
        /// Remove the devices that the file lacks.
        #[arg(long)]
        prune: bool,
    },
    /// Print the names of a client's devices, one a line.
    List,
    /// Print the name of a device, its aliases and its tags.
    Show {
        /// Any form of its name, or an alias.
        device: String,
    },
}

/// Does what is asked of the devices of a client.
pub(super) async fn run(
    settings: &Settings,
    mode: Mode,
    devices: Devices,
    client: Option<&Client>,
) -> Result<(), Failure> {
    let needed = || {
        let text = "which client's? Name it with `--client`";
        client.ok_or_else(|| Failure::Other(super::USAGE, text.to_owned()))
    };
    match devices {
        Devices::Import { file, prune } => {
            let text = read(&file)?;
            let import = async |operations: Arc<Operations>| {
                import(&operations, &file, &text, client, prune).await
            };
            super::with_operations(settings, mode, import).await?
        }
        Devices::List => {
            let client = needed()?.clone();
            let all = with_store(settings, |store| async move { all(&*store, &client).await });
            all.await?.iter().try_for_each(|device| print(&device.id))
        }
        Devices::Show { device } => {
            let client = needed()?.clone();
            let name = canonical(&device);
            let find = |store: Arc<dyn Store>| async move { store.device(&client, &name).await };
            match with_store(settings, find).await? {
                Some(Device {
                    id, aliases, tags, ..
                }) => print(&format!(
                    "{id}\naliases: {}\ntags: {}",
                    aliases.join(", "),
                    tags.join(", ")
                )),
                None => Err(Failure::Other(
                    BAD_INPUT,
                    format!("there is no device `{device}`"),
                )),
            }
        }
    }
}

fn read(file: &Path) -> Result<String, Failure> {
    let unreadable = |error| Failure::Other(NO_INPUT, format!("{}: {error}", file.display()));
    std::fs::read_to_string(file).map_err(unreadable)
}

async fn import(
    operations: &Operations,
    file: &Path,
    text: &str,
    client: Option<&Client>,
    prune: bool,
) -> Result<(), Failure> {
    let registry = operations.engine.registry();
    let imported = read_file(text, client, &operations.sealer, &registry).map_err(|faults| {
        let faults = faults.iter().map(|it| format!("{}: {it}", file.display()));
        Failure::Other(BAD_INPUT, faults.collect::<Vec<_>>().join("\n"))
    })?;
    let count = imported.devices.len();
    let gone = operations.import(imported.devices, prune).await;
    let gone = gone.map_err(|error| not_imported(&error))?;
    print(&format!("{count} devices imported, {gone} removed"))
}

fn not_imported(error: &NotImported) -> Failure {
    let code = match error {
        NotImported::Store(StoreError::AliasTaken { .. }) => BAD_INPUT,
        NotImported::Store(_) => UNAVAILABLE,
        NotImported::NotEvicted { refusal, .. } => super::code(refusal),
    };
    other(code)(error)
}

/// Opens the store, which brings its schema up to date, and closes it.
pub(super) async fn migrate(settings: &Settings) -> Result<(), Failure> {
    with_store(settings, |store| async move { store.ready().await }).await?;
    print("the schema of the store is up to date")
}

async fn with_store<T, F: Future<Output = Result<T, StoreError>>>(
    settings: &Settings,
    ask: impl FnOnce(Arc<dyn Store>) -> F,
) -> Result<T, Failure> {
    let opened = SqliteStore::open(&settings.store.path, Arc::new(SystemClock)).await;
    let (store, writer) = opened.map_err(|error| other(UNAVAILABLE)(&error))?;
    let store: Arc<dyn Store> = Arc::new(store);
    // The writer ends once the store is dropped, with all that was asked of it on disk.
    let (asked, ()) = tokio::join!(ask(store), writer);
    asked.map_err(|error| other(UNAVAILABLE)(&error))
}

async fn all(store: &dyn Store, client: &Client) -> Result<Vec<Device>, StoreError> {
    let mut all: Vec<Device> = Vec::new();
    loop {
        let after = all.last().map(|device| device.id.clone());
        let page = store.devices(client, after.as_deref(), PAGE).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}
