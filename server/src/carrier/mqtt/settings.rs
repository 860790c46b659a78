//! What an operator says of the broker.

use std::fmt;
use std::num::{NonZeroU16, NonZeroU32};
use std::time::Duration;

use rumqttc::{MqttOptions, NetworkOptions, TlsError, Transport};

/// Where the broker is, and how it is spoken to.
#[derive(Clone, Debug)]
pub struct MqttSettings {
    /// The name or address of the broker.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// What the broker knows this process by. A second connection of the same name ends the first
    /// (MQTT 3.1.1 §3.1.4), so each process needs its own.
    pub client_id: String,
    /// Who connects; nobody in particular, if absent.
    pub login: Option<Login>,
    /// Whose certificates are trusted; absent, the connection is in the clear.
    pub tls: Option<Tls>,
    /// Seconds of silence after which the broker is asked whether it is there. After as many again
    /// without an answer the connection is given up.
    pub keep_alive: NonZeroU16,
    /// Seconds that connecting, and writing one message, may take.
    pub patience: NonZeroU16,
    /// Messages that the broker has not acknowledged yet, at most.
    pub window: NonZeroU16,
    /// The largest packet in bytes that the broker takes: it does not say so in MQTT 3.1.1, and
    /// closes the connection on a larger one.
    pub largest_packet: NonZeroU32,
    /// The pause before the first try to connect again; it doubles with each.
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
}

impl MqttSettings {
    /// The broker at this address, and for the rest what suits most of them.
    #[must_use]
    pub fn new(host: impl Into<String>, port: u16, client_id: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            port,
            client_id: client_id.into(),
            login: None,
            tls: None,
            keep_alive: const { NonZeroU16::new(30).unwrap() },
            patience: const { NonZeroU16::new(5).unwrap() },
            window: const { NonZeroU16::new(64).unwrap() },
            largest_packet: const { NonZeroU32::new(256 * 1024).unwrap() },
            first_pause: Duration::from_secs(1),
            longest_pause: Duration::from_mins(1),
        }
    }

    pub(super) fn largest_packet(&self) -> usize {
        usize::try_from(self.largest_packet.get()).unwrap_or(usize::MAX)
    }

    /// As the client wants them. The session is a clean one: nothing is kept for the next
    /// connection but in the store.
    ///
    /// # Errors
    ///
    /// If the certificates that this machine trusts cannot be read.
    pub(super) fn options(&self) -> Result<MqttOptions, TlsError> {
        let mut options = MqttOptions::new(&self.client_id, (self.host.clone(), self.port));
        options
            .set_transport(self.transport()?)
            .set_clean_session(true)
            .set_keep_alive(self.keep_alive.get())
            .set_inflight(self.window.get())
            .set_max_packet_size(self.largest_packet(), self.largest_packet());
        match &self.login {
            Some(Login {
                username,
                password: Some(Password(password)),
            }) => {
                options.set_credentials(username, password.clone());
            }
            Some(Login {
                username,
                password: None,
            }) => {
                options.set_username(username);
            }
            None => {}
        }
        Ok(options)
    }

    fn transport(&self) -> Result<Transport, TlsError> {
        match &self.tls {
            None => Ok(Transport::tcp()),
            Some(Tls::Machine) => Transport::try_tls_with_default_config(),
            Some(Tls::Authority(pem)) => Ok(Transport::tls(pem.clone(), None, None)),
        }
    }

    pub(super) fn network_options(&self) -> NetworkOptions {
        let mut options = NetworkOptions::new();
        options.set_tcp_nodelay(true);
        options.set_connection_timeout(self.patience.get().into());
        options
    }
}

/// Whose certificates are trusted. That of the broker must be for [`MqttSettings::host`].
#[derive(Clone, Debug)]
pub enum Tls {
    /// Of the authorities that this machine trusts.
    Machine,
    /// Of these authorities alone: certificates in PEM.
    Authority(Vec<u8>),
}

/// Who connects. MQTT 3.1.1 has no password without a user name (§3.1.2.9).
#[derive(Clone, Debug)]
pub struct Login {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: Option<Password>,
}

/// A password, which shows itself to nobody.
#[derive(Clone)]
pub struct Password(Vec<u8>);

impl Password {
    /// This password: any bytes.
    #[must_use]
    pub fn new(password: impl Into<Vec<u8>>) -> Self {
        Self(password.into())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_debug_output_has_the_password() {
        let mut settings = MqttSettings::new("localhost", 1883, "downlinkd");
        settings.login = Some(Login {
            username: "downlinkd".to_owned(),
            password: Some(Password::new("tr0ub4dor")),
        });
        let shown = format!("{settings:?}");
        assert!(shown.contains("***"), "{shown}");
        assert!(!shown.contains("tr0ub4dor"), "{shown}");
    }
}
