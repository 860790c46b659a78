//! A store that outlives processes, a clock that stands still, and a peer that notes what it gets.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use downlink::Engine;
use downlink::encoder::Registry;
use downlink_server::carrier::{Carrier, Carriers, Heard, Parcel};
use downlink_server::clock::{ManualClock, Moment};
use downlink_server::device::read_file;
use downlink_server::id::{Client, PartId, SystemIds};
use downlink_server::key::Key;
use downlink_server::life::{Abilities, Event, HandOver, Protocol, Report, Timing};
use downlink_server::operation::{Bounds, Encodings, Keys, Operations};
use downlink_server::seal::Sealer;
use downlink_server::store::Store;
use downlink_server::store::sqlite::SqliteStore;
use downlink_server::wake::Wake;
use downlink_server::worker::{Pace, Worker};
use futures::future::BoxFuture;
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::mpsc;

use crate::stopping::{Stop, Stopping};

/// Rounds of the worker, each a second apart, after which nothing more is to come.
const ROUNDS: usize = 8;

/// What becomes of a part of which nobody knows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Device {
    /// It is handed over again.
    Resends,
    /// It ends.
    Fails,
}

impl Device {
    fn name(self) -> &'static str {
        match self {
            Self::Resends => "urn:dev:DVNUUID:00000000-0000-4000-8000-000000000001:",
            Self::Fails => "urn:dev:DVNUUID:00000000-0000-4000-8000-000000000002:",
        }
    }

    fn on_unknown(self) -> &'static str {
        match self {
            Self::Resends => "resend",
            Self::Fails => "fail",
        }
    }

    fn entry(self) -> String {
        let (name, on_unknown) = (self.name(), self.on_unknown());
        format!(
            "[devices.\"{name}\"]\nencoder = \"shelly/gen2-switch\"\n\
             variables = {{ prefix = \"shelly\" }}\non_unknown = \"{on_unknown}\"\n"
        )
    }
}

fn acme() -> Client {
    Client::new("acme")
}

pub(crate) struct World {
    store: Arc<dyn Store>,
    pub(crate) clock: Arc<ManualClock>,
    peer: Arc<Peer>,
    heard: mpsc::Receiver<Heard>,
    _folder: TempDir,
}

/// One key for every process over a store.
fn sealer() -> Sealer {
    Sealer::new(&Key::new([7; 32]), Arc::new(SystemIds))
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(Moment::from_micros(1_764_439_200_000_000)));
        let path = folder.path().join("store.sqlite");
        let (store, writer) = SqliteStore::open(&path, clock.clone()).await.unwrap();
        // It ends with the store.
        tokio::spawn(writer);
        let file = [Device::Resends, Device::Fails].map(Device::entry).concat();
        let registry = Registry::builder().builtin().unwrap().build();
        let imported = read_file(&file, Some(&acme()), &sealer(), &registry).unwrap();
        store.import(imported.devices, false).await.unwrap();
        let (reports, heard) = mpsc::channel(100);
        let peer = Peer {
            got: Mutex::default(),
            reports,
        };
        Self {
            store: Arc::new(store),
            clock,
            peer: Arc::new(peer),
            heard,
            _folder: folder,
        }
    }

    /// A process over the store, which stops where it is said.
    pub(crate) fn process(&self, last: Option<(usize, Stop)>) -> Process {
        let store = Arc::new(Stopping::new(Arc::clone(&self.store), last));
        let peer: Arc<dyn Carrier> = self.peer.clone();
        let operations = Operations {
            store: store.clone(),
            carriers: Arc::new(Carriers::default().with(Protocol::Mqtt, peer)),
            engine: Engine::new(Registry::builder().builtin().unwrap().build()),
            clock: self.clock.clone(),
            ids: Arc::new(SystemIds),
            sealer: Arc::new(sealer()),
            wake: Wake::default(),
            encodings: Encodings::new(NonZeroU32::MIN),
            keys: Keys::default(),
            broken: mpsc::channel(1).0,
            bounds: Bounds::default(),
            timing: Timing::default(),
        };
        let operations = Arc::new(operations);
        Process {
            worker: Worker::new(Arc::clone(&operations), Pace::default()),
            operations,
            store,
        }
    }

    /// Posts a message; the part, if it was accepted.
    pub(crate) async fn post(&self, to: &Process, device: Device) -> Option<(Device, PartId)> {
        let body = json!({
            "deviceId": device.name(),
            "feedbackTimeout": "PT1H",
            "message": {
                "type": "text",
                "topic": "shelly/rpc",
                "payload": "on",
                "qos": "AT_LEAST_ONCE",
            },
        });
        let (client, body) = (acme(), body.to_string());
        let operations = &to.operations;
        let created = operations.create_part(&client, Protocol::Mqtt, body.as_bytes(), None, None);
        Some((device, created.await.ok()?.row.part))
    }

    /// Works, and passes on what the peer reports, until nothing more is to come.
    pub(crate) async fn work(&mut self, process: &Process) {
        for _ in 0..ROUNDS {
            process.worker.turn().await;
            while let Ok(report) = self.heard.try_recv() {
                // A process that is gone hears nothing.
                let _ = process.operations.report(&report).await;
            }
            self.clock.advance(Duration::from_secs(1));
        }
    }

    /// How often the peer got a part.
    pub(crate) fn times(&self, part: PartId) -> usize {
        let got = self.peer.got.lock().unwrap();
        got.iter().filter(|it| **it == part).count()
    }
}

/// What is gone when a process is killed.
pub(crate) struct Process {
    pub(crate) operations: Arc<Operations>,
    worker: Worker,
    store: Arc<Stopping>,
}

impl Process {
    pub(crate) fn is_stopped(&self) -> bool {
        self.store.is_stopped()
    }

    pub(crate) async fn history(&self, part: PartId) -> Vec<Event> {
        let client = acme();
        let history = self.operations.history(&client, Protocol::Mqtt, part);
        history.await.unwrap()
    }
}

/// Takes everything, and reports at once that it was delivered, to who handed it over.
#[derive(Debug)]
struct Peer {
    got: Mutex<Vec<PartId>>,
    reports: mpsc::Sender<Heard>,
}

impl Carrier for Peer {
    fn abilities(&self) -> Abilities {
        Abilities::default()
    }

    fn forgets(&self) -> bool {
        true
    }

    fn hand_over<'a>(&'a self, parcel: &'a Parcel) -> BoxFuture<'a, HandOver> {
        self.got.lock().unwrap().push(parcel.part);
        let heard = Heard {
            part: parcel.part,
            attempt: parcel.attempt,
            report: Report::Delivered,
        };
        self.reports.try_send(heard).unwrap();
        Box::pin(std::future::ready(HandOver::Taken { item: None }))
    }
}
