//! Puts all together: store, carriers, worker, listeners. The only place that spawns.
//!
//! Stopping goes in this order: nothing new is accepted; what is being answered and what is being
//! handed over is finished; then carriers and the store are let go. What waits stays in the store.

mod app;
pub mod build;
mod codecs;
#[cfg(feature = "demo")]
mod demo;
mod devices;
pub mod encoders;
mod offline;
mod serve;

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::carrier::Heard;
use crate::clock::{Clock, SystemClock};
use crate::http::operator::{self, Operator};
use crate::http::router::router;
use crate::id::PartId;
use crate::operation::{Operations, Refusal};
use crate::settings::{Retention, Settings, Timing};
use crate::store::sqlite::SqliteStore;
use crate::worker::Worker;

pub use app::{Front, Means, app, operations};
use build::{Built, Channels};
pub use build::{Mode, StartError, pace, sealer};
#[cfg(feature = "demo")]
pub use demo::demo_tokens;
pub use offline::offline;
use serve::{Bounds, serve};

/// Reports that wait to be written down.
const REPORTS: usize = 1_024;

/// Answers to devices that broke and wait to be written down.
const BROKEN: usize = 1_024;

/// Reports that are written down at the same time: the store commits them together.
const REPORTS_AT_ONCE: usize = 64;

/// How long a report waits before it is written down again, while the store cannot be reached.
const AGAIN: Duration = Duration::from_secs(1);

/// How long a report waits for the record of the handing over that it speaks of.
const EARLY: Duration = Duration::from_hours(1);

/// Downlinks that are removed at a time.
const RETIRED: u32 = 500;

/// A service that runs.
#[derive(Debug)]
pub struct Service {
    /// Where callers and devices reach it.
    pub api: SocketAddr,
    /// Where operators reach it.
    pub operator: SocketAddr,
    /// Only in the demo: the broker inside the process.
    pub broker: Option<SocketAddr>,
    /// Only in the demo: a token for all that there is.
    pub token: Option<String>,
    /// What it does, for tests of whole services.
    pub operations: Arc<Operations>,
    draining: CancellationToken,
    ending: CancellationToken,
    listeners: TaskTracker,
    workers: TaskTracker,
    others: TaskTracker,
    drain: Duration,
    clock: Arc<dyn Clock>,
}

impl Service {
    /// Starts it.
    ///
    /// # Errors
    ///
    /// What keeps it from starting.
    pub async fn start(settings: &Settings, mode: Mode) -> Result<Self, StartError> {
        let api = bind("listen.api", settings.listen.api).await?;
        let operator = bind_operator(settings.listen.operator, mode).await?;
        let address = api.local_addr()?;
        let (reports, heard) = mpsc::channel(REPORTS);
        let (broken, breaks) = mpsc::channel(BROKEN);
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let (store, writer) = SqliteStore::open(&settings.store.path, Arc::clone(&clock)).await?;
        let others = TaskTracker::new();
        // It ends when nobody uses the store any more.
        others.spawn(writer);
        let channels = Channels { reports, broken };
        let built = build::build(settings, mode, address, (store, clock), channels).await?;
        let service = Self {
            api: address,
            operator: operator.local_addr()?,
            broker: built.broker,
            token: built.app.demo_token.clone(),
            operations: Arc::clone(&built.app.operations),
            draining: built.app.draining.clone(),
            ending: CancellationToken::new(),
            listeners: TaskTracker::new(),
            workers: TaskTracker::new(),
            others,
            drain: settings.timing.drain,
            clock: Arc::clone(&built.app.operations.clock),
        };
        service.listen(settings, (api, operator), &built);
        service.work(settings, mode, heard, breaks, built);
        Ok(service)
    }

    /// Stops it, in at most the time that settings give.
    pub async fn stop(self) {
        self.draining.cancel();
        self.listeners.close();
        self.workers.close();
        self.others.close();
        let end = self.clock.now().plus(self.drain);
        let (listeners, workers, others) = (self.listeners, self.workers, self.others);
        let (ending, operations) = (self.ending, self.operations);
        let finished = async {
            listeners.wait().await;
            workers.wait().await;
            ending.cancel();
            // The writer of the store ends once nobody has the store.
            drop(operations);
            others.wait().await;
        };
        tokio::select! {
            () = finished => {}
            () = self.clock.sleep_until(end) => {
                tracing::warn!("what is not finished is left to the next start");
            }
        }
    }

    fn listen(
        &self,
        settings: &Settings,
        (api, operator): (TcpListener, TcpListener),
        built: &Built,
    ) {
        let bounds = || Bounds::of(settings);
        let clock = || Arc::clone(&self.clock);
        let routes = router(Arc::clone(&built.app));
        self.listeners
            .spawn(serve(api, routes, bounds(), clock(), self.draining.clone()));
        let routes = operator::router(Operator {
            operations: Arc::clone(&self.operations),
            draining: self.draining.clone(),
            metrics: built.metrics.clone(),
        });
        // Operators see that it drains until it ends.
        self.others.spawn(serve(
            operator,
            routes,
            bounds(),
            clock(),
            self.ending.clone(),
        ));
    }

    fn work(
        &self,
        settings: &Settings,
        mode: Mode,
        heard: mpsc::Receiver<Heard>,
        breaks: mpsc::Receiver<PartId>,
        built: Built,
    ) {
        if !mode.is_paused() {
            let worker = Worker::new(Arc::clone(&self.operations), build::pace(&settings.timing));
            let draining = self.draining.clone();
            let operations = Arc::clone(&self.operations);
            self.workers.spawn(async move {
                // Before anything is handed over by this process.
                operations.recover().await;
                worker.run(draining).await;
            });
        }
        let operations = Arc::clone(&self.operations);
        self.until_the_end(take_reports(operations, heard));
        self.until_the_end(take_breaks(Arc::clone(&self.operations), breaks));
        self.until_the_end(retire(Arc::clone(&self.operations), settings.timing));
        let app = Arc::clone(&built.app);
        self.until_the_end(async move { app.rates.sweep().await });
        let (app, refresh) = (Arc::clone(&built.app), settings.auth.refresh);
        self.until_the_end(async move { app.callers.refresh(refresh).await });
        self.until_the_end(encoders::follow(
            Arc::clone(&self.operations),
            built.encoders,
        ));
        for task in built.loops {
            self.until_the_end(task);
        }
    }

    fn until_the_end(&self, task: impl Future<Output = ()> + Send + 'static) {
        let ending = self.ending.clone();
        self.others.spawn(async move {
            tokio::select! {
                () = task => {}
                () = ending.cancelled() => {}
            }
        });
    }
}

async fn bind(setting: &'static str, address: SocketAddr) -> Result<TcpListener, StartError> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|error| StartError::Listen {
        setting,
        address,
        error,
    })
}

/// The demo says where its operator's listener is, and several may run on one machine.
async fn bind_operator(address: SocketAddr, mode: Mode) -> Result<TcpListener, StartError> {
    match bind("listen.operator", address).await {
        Err(StartError::Listen { error, .. })
            if mode.is_demo() && error.kind() == ErrorKind::AddrInUse =>
        {
            bind("listen.operator", SocketAddr::new(address.ip(), 0)).await
        }
        bound => bound,
    }
}

/// Takes what carriers report.
async fn take_reports(operations: Arc<Operations>, heard: mpsc::Receiver<Heard>) {
    let next = |mut heard: mpsc::Receiver<Heard>| async { Some((heard.recv().await?, heard)) };
    futures::stream::unfold(heard, next)
        .for_each_concurrent(REPORTS_AT_ONCE, |report| take_report(&operations, report))
        .await;
}

/// Nobody says a report again: it is held until the store can be reached.
async fn take_report(operations: &Operations, report: Heard) {
    while let Err(refusal) = operations.report(&report).await {
        tracing::error!(part = %report.part, ?refusal, "a report cannot be written down");
        if !matches!(refusal, Refusal::StoreGone) {
            return;
        }
        let again = operations.clock.now().plus(AGAIN);
        operations.clock.sleep_until(again).await;
    }
}

async fn take_breaks(operations: Arc<Operations>, mut breaks: mpsc::Receiver<PartId>) {
    while let Some(part) = breaks.recv().await {
        if let Err(refusal) = operations.answer_broken(part).await {
            tracing::error!(%part, ?refusal, "a broken answer cannot be written down");
        }
    }
}

/// Removes what is old, again and again.
async fn retire(operations: Arc<Operations>, timing: Timing) {
    loop {
        let now = operations.clock.now();
        operations
            .clock
            .sleep_until(now.plus(timing.retention_sweep))
            .await;
        retire_downlinks(&operations, timing.retention).await;
        retire_reports(&operations).await;
    }
}

async fn retire_downlinks(operations: &Operations, retention: Retention) {
    let before = operations.clock.now().minus(retention.duration());
    loop {
        match operations.store.retire(before, RETIRED).await {
            Ok(0) => break,
            Ok(retired) => tracing::info!(retired, "downlinks were removed for their age"),
            Err(error) => {
                tracing::error!(%error, "what is old cannot be removed");
                break;
            }
        }
    }
}

async fn retire_reports(operations: &Operations) {
    let before = operations.clock.now().minus(EARLY);
    match operations.store.remove_old_reports(before).await {
        Ok(0) => {}
        Ok(reports) => {
            tracing::error!(reports, "reports of what was never handed over are dropped");
        }
        Err(error) => tracing::error!(%error, "old reports cannot be removed"),
    }
}
