//! `[limits]`: how much of everything is taken.

use std::num::{NonZeroU32, NonZeroUsize};

use super::section::Section;

/// How much of everything is taken. Rates and counts hold for one process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a request's body.
    pub body: NonZeroUsize,
    /// Bytes of a request's query.
    pub query: NonZeroUsize,
    /// Bytes of a request's headers.
    pub headers: NonZeroUsize,
    /// Open connections.
    pub connections: NonZeroUsize,
    /// For each client.
    pub client: Rate,
    /// For each peer address, before authentication.
    pub peer: Rate,
    /// Instructions that a client has encoded at the same time.
    pub encodings: NonZeroU32,
    /// Open parts of one device over one protocol.
    pub line: NonZeroU32,
}

/// How often something may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Requests each second, over a longer time.
    pub per_second: NonZeroU32,
    /// Requests at once, after a pause.
    pub burst: NonZeroU32,
    /// Requests that are being answered.
    pub in_flight: NonZeroU32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: const { NonZeroUsize::new(64 * 1024).unwrap() },
            query: const { NonZeroUsize::new(8 * 1024).unwrap() },
            headers: const { NonZeroUsize::new(16 * 1024).unwrap() },
            connections: const { NonZeroUsize::new(4096).unwrap() },
            client: Rate {
                per_second: const { NonZeroU32::new(100).unwrap() },
                burst: const { NonZeroU32::new(200).unwrap() },
                in_flight: const { NonZeroU32::new(64).unwrap() },
            },
            peer: Rate {
                per_second: const { NonZeroU32::new(200).unwrap() },
                burst: const { NonZeroU32::new(400).unwrap() },
                in_flight: const { NonZeroU32::new(128).unwrap() },
            },
            encodings: const { NonZeroU32::new(4).unwrap() },
            line: const { NonZeroU32::new(256).unwrap() },
        }
    }
}

impl Limits {
    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        let default = Self::default();
        Self {
            body: section.or("body", default.body),
            query: section.or("query", default.query),
            headers: section.or("headers", default.headers),
            connections: section.or("connections", default.connections),
            client: Rate {
                per_second: section.or("client_rate", default.client.per_second),
                burst: section.or("client_burst", default.client.burst),
                in_flight: section.or("client_in_flight", default.client.in_flight),
            },
            peer: Rate {
                per_second: section.or("peer_rate", default.peer.per_second),
                burst: section.or("peer_burst", default.peer.burst),
                in_flight: section.or("peer_in_flight", default.peer.in_flight),
            },
            encodings: section.or("encodings", default.encodings),
            line: section.or("line", default.line),
        }
    }
}
