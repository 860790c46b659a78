//! The whole service in one process: the real router and a real store, a clock that tests move,
//! carriers that do what tests say.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use downlink::encoder::{Registry, SharedRegistry};
use downlink_server::caller::{Callers, DemoTokens, Scope, Scopes};
use downlink_server::carrier::{Carriers, Heard, Parcel};
use downlink_server::clock::{Clock, ManualClock, Moment};
use downlink_server::device::read_file;
use downlink_server::http::app::App;
use downlink_server::http::router::router;
use downlink_server::id::{PartId, SystemIds};
use downlink_server::key::Key;
use downlink_server::life::{Abilities, Protocol, Report};
use downlink_server::operation::Operations;
use downlink_server::seal::Sealer;
use downlink_server::service::{self, Front, Means};
use downlink_server::settings::Settings;
use downlink_server::store::sqlite::SqliteStore;
use downlink_server::worker::Worker;
use tempfile::TempDir;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

use crate::caller::Caller;
use crate::scripted::Scripted;

/// What the whole is reached by.
pub(crate) const PUBLIC_URL: &str = "https://downlinks.example.com";

/// Devices of `acme`.
pub(crate) const RAW: &str = "urn:dev:DEVEUI:0059AC0000000007:";
pub(crate) const VALVE: &str = "urn:dev:DEVEUI:0059AC0000000004:";
pub(crate) const SWITCH: &str = "urn:dev:DEVEUI:0059AC0000000005:";
pub(crate) const SENSOR: &str = "urn:dev:DEVEUI:0059AC0000000008:";
pub(crate) const LAMP: &str = "urn:dev:DVNUUID:8b2d5e90-1f47-4c6b-a3d8-5e9c0b7f1a24:";
/// A device without an encoder of its own, told on the topics below `own/`.
pub(crate) const OWN_TOPICS: &str = "urn:dev:DVNUUID:8b2d5e90-1f47-4c6b-a3d8-5e9c0b7f1a26:";
pub(crate) const TRACKER: &str = "urn:dev:IMEI:350000000000008:";
pub(crate) const POLLING: &str = "urn:dev:IMEI:350000000000006:";
pub(crate) const CONSTANT: &str = "urn:dev:IMEI:350000000000014:";
/// A device of `other`.
pub(crate) const OTHERS_RAW: &str = "urn:dev:DEVEUI:0059AC00000000F7:";

pub(crate) const DEVICES: &str = include_str!("devices.toml");

/// Rounds after which a service that is not quiet is taken to be busy for ever.
const MOST_ROUNDS: usize = 1_000;

/// Reports that a test may leave unread.
const REPORTS: usize = 1_024;

/// The key of the tests' tokens.
const TOKEN_KEY: [u8; 32] = [7; 32];

/// The key that seals.
const STORE_KEY: [u8; 32] = [8; 32];

pub(crate) struct World {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) lora: Arc<Scripted>,
    pub(crate) mqtt: Arc<Scripted>,
    pub(crate) sms: Arc<Scripted>,
    pub(crate) app: Arc<App>,
    router: Router,
    worker: Worker,
    pub(crate) encoders: SharedRegistry,
    heard: Mutex<mpsc::Receiver<Heard>>,
    broken: Mutex<mpsc::Receiver<PartId>>,
    writer: JoinHandle<()>,
    settings: Settings,
    folder: TempDir,
}

/// How a world is made.
pub(crate) struct Plan {
    pub(crate) settings: Settings,
    /// Without any carrier, nothing is configured.
    pub(crate) has_carriers: bool,
    /// What the carrier of LoRaWAN can do.
    pub(crate) lora: Abilities,
}

impl Default for Plan {
    /// Every carrier, and no limit of requests that a test could reach.
    fn default() -> Self {
        let mut settings = Settings::default();
        let many = NonZeroU32::MAX;
        for rate in [&mut settings.limits.client, &mut settings.limits.peer] {
            (rate.per_second, rate.burst) = (many, many);
        }
        Self {
            settings,
            has_carriers: true,
            lora: Abilities::default(),
        }
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::planned(Plan::default()).await
    }

    pub(crate) async fn planned(plan: Plan) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(Moment::from_micros(1_764_439_200_000_000)));
        let world = Self::opened(plan, folder, clock).await;
        world.import(DEVICES, false).await;
        world
    }

    async fn opened(plan: Plan, folder: TempDir, clock: Arc<ManualClock>) -> Self {
        let file = folder.path().join("downlinks.db");
        let (store, writer) = SqliteStore::open(&file, clock.clone()).await.unwrap();
        let writer = tokio::spawn(writer);
        let (reports, heard) = mpsc::channel(REPORTS);
        let (broken, breaks) = mpsc::channel(REPORTS);
        let carrier = |abilities| Arc::new(Scripted::new(abilities, reports.clone()));
        let (lora, mqtt, sms) = (
            carrier(plan.lora),
            carrier(Abilities::default()),
            carrier(Abilities::default()),
        );
        let carriers = if plan.has_carriers {
            Carriers::default()
                .with(Protocol::Lora, lora.clone())
                .with(Protocol::Mqtt, mqtt.clone())
                .with(Protocol::Sms, sms.clone())
        } else {
            Carriers::default()
        };
        let encoders = SharedRegistry::new(Registry::builder().builtin().unwrap().build());
        let means = Means {
            store: Arc::new(store),
            clock: clock.clone(),
            ids: Arc::new(SystemIds),
            carriers,
            encoders: encoders.clone(),
            sealer: Sealer::new(&Key::new(STORE_KEY), Arc::new(SystemIds)),
            broken,
        };
        let front = Front {
            callers: Callers::new(clock.clone()).with_demo(&tokens()).unwrap(),
            public_url: PUBLIC_URL.to_owned(),
            demo_token: None,
        };
        let operations = service::operations(&plan.settings, means);
        let app = service::app(&plan.settings, operations, front).await;
        let app = Arc::new(app.unwrap());
        let worker = Worker::new(
            Arc::clone(&app.operations),
            service::pace(&plan.settings.timing),
        );
        Self {
            clock,
            lora,
            mqtt,
            sms,
            router: router(Arc::clone(&app)),
            app,
            worker,
            encoders,
            heard: Mutex::new(heard),
            broken: Mutex::new(breaks),
            writer,
            settings: plan.settings,
            folder,
        }
    }

    /// The same store after the process ended and was started again.
    pub(crate) async fn restarted(self) -> Self {
        let plan = Plan {
            settings: self.settings,
            ..Plan::default()
        };
        drop((self.router, self.worker, self.app));
        // It ends when nobody uses the store any more.
        self.writer.await.unwrap();
        let (folder, clock) = (self.folder, self.clock);
        Self::opened(plan, folder, clock).await
    }

    pub(crate) fn operations(&self) -> &Operations {
        &self.app.operations
    }

    /// Writes the device file into the store.
    pub(crate) async fn import(&self, text: &str, prune: bool) -> usize {
        let operations = self.operations();
        let registry = operations.engine.registry();
        let imported = read_file(text, None, &operations.sealer, &registry).unwrap();
        operations.import(imported.devices, prune).await.unwrap()
    }

    /// A caller with all rights.
    pub(crate) fn caller(&self, client: &str) -> Caller<'_> {
        Caller::new(self, Some(self.token(client, &Scope::ALL)))
    }

    pub(crate) fn acme(&self) -> Caller<'_> {
        self.caller("acme")
    }

    /// A caller with these rights alone.
    pub(crate) fn caller_with(&self, client: &str, scopes: &[Scope]) -> Caller<'_> {
        Caller::new(self, Some(self.token(client, scopes)))
    }

    pub(crate) fn nobody(&self) -> Caller<'_> {
        Caller::new(self, None)
    }

    /// A caller whose token was good until a second ago.
    pub(crate) fn late_caller(&self, client: &str) -> Caller<'_> {
        let past = self.clock.now().minus(Duration::from_hours(1));
        let valid = Duration::from_mins(59);
        let token = tokens().make(client, Scopes::ALL, past, valid);
        Caller::new(self, Some(token.unwrap()))
    }

    fn token(&self, client: &str, scopes: &[Scope]) -> String {
        let valid = Duration::from_hours(8784);
        let scopes: Scopes = scopes.iter().copied().collect();
        tokens()
            .make(client, scopes, self.clock.now(), valid)
            .unwrap()
    }

    /// One more worker on the same lines.
    pub(crate) fn another_worker(&self) -> Worker {
        let operations = Arc::clone(&self.app.operations);
        Worker::new(operations, service::pace(&self.settings.timing))
    }

    pub(crate) fn store_file(&self) -> PathBuf {
        self.folder.path().join("downlinks.db")
    }

    /// From now on nothing can be written.
    pub(crate) fn stop_the_writer(&self) {
        self.writer.abort();
    }

    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    /// Works once on every line that is due; how many there were.
    pub(crate) async fn turn(&self) -> usize {
        self.worker.turn().await
    }

    /// Works, and takes what carriers report, until nothing is left to do at this moment.
    pub(crate) async fn turn_until_quiet(&self) {
        for _ in 0..MOST_ROUNDS {
            if self.turn().await + self.take_reports().await + self.take_breaks().await == 0 {
                return;
            }
        }
        panic!("not quiet after {MOST_ROUNDS} rounds");
    }

    /// Moves the clock, and works on what became due.
    pub(crate) async fn pass(&self, duration: Duration) {
        self.clock.advance(duration);
        self.turn_until_quiet().await;
    }

    /// What the carrier of a parcel says of it later.
    pub(crate) async fn report(&self, parcel: &Parcel, report: Report) {
        let heard = Heard {
            part: parcel.part,
            attempt: parcel.attempt,
            report,
        };
        self.operations().report(&heard).await.unwrap();
        self.turn_until_quiet().await;
    }

    async fn take_reports(&self) -> usize {
        let mut heard = self.heard.lock().await;
        let mut count = 0;
        while let Ok(report) = heard.try_recv() {
            self.operations().report(&report).await.unwrap();
            count += 1;
        }
        count
    }

    async fn take_breaks(&self) -> usize {
        let mut broken = self.broken.lock().await;
        let mut count = 0;
        while let Ok(part) = broken.try_recv() {
            self.operations().answer_broken(part).await.unwrap();
            count += 1;
        }
        count
    }

    /// Works until the carrier is called and does not answer; then the worker is gone, as when its
    /// process is killed.
    pub(crate) async fn crash_while(&self, carrier: &Scripted) {
        let before = carrier.parcels().len();
        tokio::select! {
            biased;
            _ = self.turn() => panic!("the carrier answered"),
            () = carrier.called_beyond(before) => {}
        }
    }

    /// Works, while the carrier that is called does not answer until its deadline is over.
    pub(crate) async fn turn_past_the_deadline(&self, carrier: &Scripted) {
        let before = carrier.parcels().len();
        let past = async {
            carrier.called_beyond(before).await;
            self.clock.advance(self.settings.timing.call_deadline);
        };
        tokio::join!(self.turn(), past);
        self.turn_until_quiet().await;
    }
}

/// Where requests of the tests come from.
pub(crate) fn peer() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], 50_000))
}

fn tokens() -> DemoTokens {
    DemoTokens::new(Key::new(TOKEN_KEY))
}
