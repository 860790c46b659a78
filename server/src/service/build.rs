//! Builds the parts of a service from its settings.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use futures::future::BoxFuture;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::mpsc;

use crate::caller::{Callers, FetchJwks, JwksFile, JwksHttps};
use crate::carrier::mqtt::{Login, MqttSettings, Password, Tls};
use crate::carrier::{Carriers, Heard, MqttCarrier};
use crate::clock::Clock;
use crate::http::app::App;
use crate::id::{Ids, PartId, SystemIds};
use crate::key::{Key, KeyFault};
use crate::life::Protocol;
use crate::seal::Sealer;
use crate::settings::{KeySource, SecretSource, Settings, Timing};
use crate::store::sqlite::{OpenError, SqliteStore};
use crate::store::{Store, StoreError};
use crate::telemetry;
use crate::worker::Pace;

use super::app::{Front, Means, app, operations};
use super::encoders::{Folders, NotLoaded};

/// How a service is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// As configured.
    Normal,
    /// Without handing anything over.
    Paused,
    /// With a broker inside the process, simulated carriers and a token.
    #[cfg(feature = "demo")]
    Demo,
}

impl Mode {
    pub(super) fn is_paused(self) -> bool {
        self == Self::Paused
    }

    pub(super) fn is_demo(self) -> bool {
        !matches!(self, Self::Normal | Self::Paused)
    }
}

/// Why a service does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address cannot be listened on.
    #[error("`{setting}`: {address} cannot be listened on: {error}")]
    Listen {
        /// The setting.
        setting: &'static str,
        /// The address.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// The store.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A key.
    #[error(transparent)]
    Key(#[from] KeyFault),
    /// Encoders.
    #[error(transparent)]
    Encoders(#[from] NotLoaded),
    /// A secret.
    #[error(transparent)]
    Secret(#[from] crate::settings::SecretFault),
    /// A setting that is needed and missing.
    #[error("the setting `{0}` is missing")]
    Missing(&'static str),
    /// The device file.
    #[error("{0}")]
    Devices(String),
    /// All else.
    #[error("{0}")]
    Other(String),
    /// The system.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// All that a service is made of.
pub(super) struct Built {
    pub(super) app: Arc<App>,
    pub(super) metrics: PrometheusHandle,
    pub(super) broker: Option<SocketAddr>,
    pub(super) encoders: Folders,
    pub(super) loops: Vec<BoxFuture<'static, ()>>,
}

/// Where the parts of a service tell of what happens by itself.
#[derive(Debug)]
pub(super) struct Channels {
    /// What carriers report.
    pub(super) reports: mpsc::Sender<Heard>,
    /// Parts whose answer to a device broke.
    pub(super) broken: mpsc::Sender<PartId>,
}

/// How fast the worker goes.
#[must_use]
pub fn pace(timing: &Timing) -> Pace {
    Pace {
        lease: timing.lease,
        poll: timing.poll,
        rest: (timing.carrier_pause, timing.longest_carrier_pause),
    }
}

pub(super) async fn build(
    settings: &Settings,
    mode: Mode,
    address: SocketAddr,
    (store, clock): (SqliteStore, Arc<dyn Clock>),
    channels: Channels,
) -> Result<Built, StartError> {
    let ids: Arc<dyn Ids> = Arc::new(SystemIds);
    let store: Arc<dyn Store> = Arc::new(store);
    let encoders = Folders::load(&settings.encoders)?;
    let mut ways = Ways::new(settings, Arc::clone(&clock), channels.reports)?;
    let mut callers = Callers::new(Arc::clone(&clock));
    for issuer in &settings.auth.issuers {
        callers = callers.with_issuer(issuer, key_source(&issuer.keys)?);
    }
    let sealer = sealer(settings, mode, &ids)?;
    let mut token = None;
    let mut devices = None;
    #[cfg(feature = "demo")]
    if mode == Mode::Demo {
        let demo = super::demo::token(settings, &*ids, &*clock, callers)?;
        callers = demo.0;
        token = Some(demo.1);
        ways.simulate()?;
        devices = Some(super::demo::devices());
    }
    let public_url = settings
        .listen
        .public_url
        .as_ref()
        .map(|url| url.as_str().to_owned());
    let means = Means {
        store,
        clock,
        ids,
        carriers: ways.carriers,
        encoders: encoders.shared(),
        sealer,
        broken: channels.broken,
    };
    let front = Front {
        callers,
        public_url: public_url.unwrap_or_else(|| format!("http://{address}")),
        demo_token: token,
    };
    let app = app(settings, operations(settings, means), front).await?;
    let devices = devices.as_ref().map(|(text, client)| (*text, client));
    super::devices::import(settings, &app.operations, devices).await?;
    super::encoders::check(&app.operations).await?;
    Ok(Built {
        app: Arc::new(app),
        metrics: telemetry::start_metrics()
            .map_err(|error| StartError::Other(error.to_string()))?,
        broker: ways.broker,
        encoders,
        loops: ways.loops,
    })
}

fn key_source(source: &KeySource) -> Result<Arc<dyn FetchJwks>, StartError> {
    Ok(match source {
        KeySource::File(path) => Arc::new(JwksFile::new(path.clone())),
        KeySource::Https(url) => {
            let https = JwksHttps::new(url.clone());
            Arc::new(https.map_err(|error| StartError::Other(error.to_string()))?)
        }
    })
}

/// Seals and opens with the key of the settings; the demo makes one beside its store.
///
/// # Errors
///
/// A key that is missing or cannot be read.
pub fn sealer(settings: &Settings, mode: Mode, ids: &Arc<dyn Ids>) -> Result<Sealer, StartError> {
    let key = store_key(settings, mode, &**ids)?;
    Ok(Sealer::new(&key, Arc::clone(ids)))
}

fn store_key(settings: &Settings, mode: Mode, ids: &dyn Ids) -> Result<Key, StartError> {
    match &settings.store.key_file {
        Some(path) => Ok(Key::read(path)?),
        None if mode.is_demo() => Ok(Key::read_or_make(&beside(settings, "key"), ids)?),
        None => Err(StartError::Missing("store.key_file")),
    }
}

/// A file beside the store's.
pub(super) fn beside(settings: &Settings, extension: &str) -> PathBuf {
    settings.store.path.with_extension(extension)
}

/// The carriers, and the loops that they need.
struct Ways {
    carriers: Carriers,
    loops: Vec<BoxFuture<'static, ()>>,
    broker: Option<SocketAddr>,
    clock: Arc<dyn Clock>,
    reports: mpsc::Sender<Heard>,
}

impl Ways {
    fn new(
        settings: &Settings,
        clock: Arc<dyn Clock>,
        reports: mpsc::Sender<Heard>,
    ) -> Result<Self, StartError> {
        let mut ways = Self {
            carriers: Carriers::default(),
            loops: Vec::new(),
            broker: None,
            clock,
            reports,
        };
        let mqtt = &settings.mqtt;
        if let Some(url) = &mqtt.url {
            let mut own = MqttSettings::new(url.host.clone(), url.port, mqtt.client_id.clone());
            own.window = mqtt.window;
            own.first_pause = settings.timing.carrier_pause;
            own.longest_pause = settings.timing.longest_carrier_pause;
            own.largest_packet = mqtt.largest_packet;
            own.tls = url.tls.then_some(Tls::Machine);
            if let Some(login) = &mqtt.login {
                let password = login
                    .password
                    .as_ref()
                    .map(SecretSource::load)
                    .transpose()?;
                own.login = Some(Login {
                    username: login.username.clone(),
                    password: password.map(|it| Password::new(it.reveal())),
                });
            }
            ways.publish(own);
        }
        Ok(ways)
    }

    fn publish(&mut self, settings: MqttSettings) {
        let reports = self.reports.clone();
        let (carrier, link) = MqttCarrier::new(settings, Arc::clone(&self.clock), reports);
        self.loops.push(Box::pin(link));
        let carriers = std::mem::take(&mut self.carriers);
        self.carriers = carriers.with(Protocol::Mqtt, Arc::new(carrier));
    }

    /// What the demo has instead of networks: a broker of its own, and carriers that only pretend.
    #[cfg(feature = "demo")]
    fn simulate(&mut self) -> Result<(), StartError> {
        use crate::carrier::Simulated;
        use crate::demo::broker::Broker;
        if self.carriers.of(Protocol::Mqtt).is_none() {
            let broker = Broker::new(0)?;
            let address = broker.address();
            self.broker = Some(address);
            self.loops.push(Box::pin(async move {
                if let Err(error) = broker.run().await {
                    tracing::error!(%error, "the demo's broker failed");
                }
            }));
            self.publish(MqttSettings::new(
                address.ip().to_string(),
                address.port(),
                "downlinkd-demo",
            ));
        }
        for protocol in [Protocol::Lora, Protocol::Sms] {
            let simulated = Simulated::new(Arc::clone(&self.clock), self.reports.clone());
            let carriers = std::mem::take(&mut self.carriers);
            self.carriers = carriers.with(protocol, Arc::new(simulated));
        }
        Ok(())
    }
}
