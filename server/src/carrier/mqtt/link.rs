//! Holds a connection to the broker, and makes another when it is lost.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use rumqttc::{AsyncClient, ConnectionError, EventLoop};
use tokio::sync::{mpsc, watch};

use super::connection::{Connection, Order};
use super::messages::Messages;
use super::settings::MqttSettings;
use crate::carrier::Heard;
use crate::clock::Clock;

/// Orders that wait at the door of a connection; all others wait where they are made.
const WAITING_ORDERS: usize = 1;

/// Messages that the client has and has not begun to write.
const UNWRITTEN: usize = 1;

/// What holds the connection.
pub(super) struct Link {
    settings: MqttSettings,
    clock: Arc<dyn Clock>,
    connected: watch::Sender<Option<mpsc::Sender<Order>>>,
    reports: Reports,
}

impl Link {
    pub(super) fn new(
        settings: MqttSettings,
        clock: Arc<dyn Clock>,
        connected: watch::Sender<Option<mpsc::Sender<Order>>>,
        heard: mpsc::Sender<Heard>,
    ) -> Self {
        let reports = Reports {
            heard,
            waiting: VecDeque::new(),
        };
        Self {
            settings,
            clock,
            connected,
            reports,
        }
    }

    /// Connects again and again, with pauses that grow until a connection outlasts the longest.
    pub(super) async fn run(mut self) {
        let mut pause = self.settings.first_pause;
        loop {
            let began = self.clock.now();
            let why = self.hold_one().await;
            if self.clock.now().since(began) >= self.settings.longest_pause {
                pause = self.settings.first_pause;
            }
            let (host, port) = (&self.settings.host, self.settings.port);
            tracing::warn!(
                host,
                port,
                why,
                pause_s = pause.as_secs_f64(),
                "no MQTT connection"
            );
            self.rest(pause).await;
            pause = pause.saturating_mul(2).min(self.settings.longest_pause);
        }
    }

    /// Holds one connection until it is lost, and says why it was.
    async fn hold_one(&mut self) -> String {
        let (client, mut events) = match self.client() {
            Ok(built) => built,
            Err(why) => return why,
        };
        events.set_network_options(self.settings.network_options());
        // The first thing that happens is the CONNACK.
        if let Err(error) = events.poll().await {
            return reason(&error);
        }
        let why = self.serve(client, events).await;
        reason(&why)
    }

    fn client(&self) -> Result<(AsyncClient, EventLoop), String> {
        let options = self.settings.options();
        let options = options.map_err(|error| error.to_string())?;
        let builder = AsyncClient::builder(options).capacity(UNWRITTEN);
        builder.try_build().map_err(|error| error.to_string())
    }

    async fn serve(&mut self, client: AsyncClient, events: EventLoop) -> ConnectionError {
        let (host, port) = (&self.settings.host, self.settings.port);
        tracing::info!(host, port, "connected to the MQTT broker");
        let (sender, orders) = mpsc::channel(WAITING_ORDERS);
        let window = self.settings.window.get().into();
        let connection = Connection {
            client,
            orders,
            messages: Messages::new(window, &mut self.reports),
        };
        self.connected.send_replace(Some(sender));
        let why = connection.serve(events).await;
        self.connected.send_replace(None);
        why
    }

    /// Passes on what was heard, and then waits until the pause is over.
    async fn rest(&mut self, pause: Duration) {
        let until = self.clock.now().plus(pause);
        self.reports.send_all().await;
        self.clock.sleep_until(until).await;
    }
}

/// Why there is no connection, without anything that a peer sent.
fn reason(error: &ConnectionError) -> String {
    match error {
        ConnectionError::NotConnAck(_) => "the peer did not answer with CONNACK".to_owned(),
        other => other.to_string(),
    }
}

/// What was heard and not fetched yet. Bounded by the window.
pub(super) struct Reports {
    heard: mpsc::Sender<Heard>,
    waiting: VecDeque<Heard>,
}

impl Reports {
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(super) fn push(&mut self, heard: Heard) {
        self.waiting.push_back(heard);
    }

    /// Passes on the oldest report; waits for ever if there is none.
    ///
    /// Once nobody can fetch them, the service is ending: what the store says of their messages is
    /// decided by their timeouts.
    pub(super) async fn send_one(&mut self) {
        if self.waiting.is_empty() {
            return std::future::pending().await;
        }
        let Ok(room) = self.heard.reserve().await else {
            return self.waiting.clear();
        };
        if let Some(oldest) = self.waiting.pop_front() {
            room.send(oldest);
        }
    }

    async fn send_all(&mut self) {
        while !self.waiting.is_empty() {
            self.send_one().await;
        }
    }
}
