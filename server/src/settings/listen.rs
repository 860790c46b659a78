//! `[listen]`: where the service can be reached.

use std::net::{Ipv4Addr, SocketAddr};

use super::network::Network;
use super::section::Section;
use super::url::PublicUrl;

/// Where the service can be reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// For callers and devices.
    pub api: SocketAddr,
    /// For operators: health and metrics.
    pub operator: SocketAddr,
    /// What links begin with; by default the address of `api`.
    pub public_url: Option<PublicUrl>,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
}

impl Default for Listen {
    fn default() -> Self {
        Self {
            api: (Ipv4Addr::LOCALHOST, 8080).into(),
            operator: (Ipv4Addr::LOCALHOST, 9090).into(),
            public_url: None,
            trusted_proxies: Vec::new(),
        }
    }
}

impl Listen {
    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        let default = Self::default();
        Self {
            api: section.or("api", default.api),
            operator: section.or("operator", default.operator),
            public_url: section.optional("public_url"),
            trusted_proxies: section.list("trusted_proxies"),
        }
    }
}
