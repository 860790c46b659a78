//! An MQTT broker inside the process (rumqttd), for demonstrations and tests.
//!
//! It speaks MQTT 3.1.1 with QoS 0 and 1 on 127.0.0.1, asks for no password and keeps nothing.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use rumqttd::protocol::v4::V4;
use rumqttd::{ConnectionSettings, LinkType, Router, RouterConfig, Server, ServerSettings};

/// The longest payload that it takes.
const LARGEST_PAYLOAD: usize = 256 * 1024;

/// The clients that it serves at a time.
const CONNECTIONS: usize = 64;

/// Messages to a client, or from it, that are not acknowledged yet.
const IN_FLIGHT: usize = 100;

/// Milliseconds that a client may take to say who it is.
const CONNECT_TIMEOUT_MS: u16 = 5_000;

/// The log of each topic: a few segments, of which the oldest goes.
const SEGMENT_SIZE: usize = 1024 * 1024;
const SEGMENTS: usize = 2;

/// A broker that listens once it is run.
pub struct Broker {
    address: SocketAddr,
    server: Server<V4>,
}

impl Broker {
    /// A broker on this port of 127.0.0.1; 0 lets the system pick one.
    ///
    /// rumqttd binds its port itself and does not say which one the system picked. So one is
    /// picked here, and let go before rumqttd takes it: should another process be quicker,
    /// [`Broker::run`] fails.
    ///
    /// Its router is a thread of its own from now on, which rumqttd offers no way to stop: it ends
    /// with the process, and does nothing while no client is connected.
    pub fn new(port: u16) -> io::Result<Self> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?.local_addr()?;
        let router = Router::new(0, router()).spawn();
        let server = Server::new(settings(address), router, V4);
        Ok(Self { address, server })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until it is dropped, or fails if it cannot listen.
    ///
    /// Dropped, it takes no new clients. Those that are connected are served by tasks that rumqttd
    /// has spawned: they end with their clients, or with the runtime.
    pub async fn run(mut self) -> io::Result<()> {
        let served = self.server.start(LinkType::Remote).await;
        served.map_err(|error| io::Error::other(error.to_string()))
    }
}

impl std::fmt::Debug for Broker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let address = &self.address;
        f.debug_struct("Broker")
            .field("address", address)
            .finish_non_exhaustive()
    }
}

fn router() -> RouterConfig {
    RouterConfig {
        max_connections: CONNECTIONS,
        max_outgoing_packet_count: 200,
        max_segment_size: SEGMENT_SIZE,
        max_segment_count: SEGMENTS,
        ..RouterConfig::default()
    }
}

fn settings(address: SocketAddr) -> ServerSettings {
    ServerSettings {
        name: "demo".to_owned(),
        listen: address,
        tls: None,
        next_connection_delay_ms: 1,
        connections: ConnectionSettings {
            connection_timeout_ms: CONNECT_TIMEOUT_MS,
            max_payload_size: LARGEST_PAYLOAD,
            max_inflight_count: IN_FLIGHT,
            auth: None,
            external_auth: None,
            dynamic_filters: true,
        },
    }
}
