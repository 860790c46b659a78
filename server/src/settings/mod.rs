//! What an operator decides: one configuration file, the environment, and a few flags.
//!
//! Every key of the file is also a variable of the environment: `listen.api` is
//! `DOWNLINKD_LISTEN_API`. A text needs no quotes there; any other value is written as in the file
//! (`["10.0.0.0/8"]`). Flags stand before variables, variables before the file. What is not known is
//! refused with the nearest name that is; all faults come at once, each with its place.
//!
//! A room gets its own section as a value. Nothing else reads the environment.

mod auth;
mod encoders;
mod fault;
mod flags;
mod limits;
mod listen;
mod log;
mod mqtt;
mod network;
mod reader;
mod secret;
mod section;
mod store;
mod timing;
mod url;
mod value;

#[cfg(test)]
mod tests;

use std::io::ErrorKind;
use std::path::Path;

pub use auth::{Auth, Issuer, IssuerName, KeySource, NotAName};
pub use encoders::{Devices, Encoders};
pub use fault::{Fault, Place};
pub use flags::Flags;
pub use limits::{Limits, Rate};
pub use listen::Listen;
pub use log::{Log, LogFormat, NotAFormat};
pub use mqtt::{Login, Mqtt};
pub use network::{Network, NotANetwork};
pub use secret::{Secret, SecretFault, SecretSource};
pub use store::Store;
pub use timing::{Retention, Timing};
pub use url::{BrokerUrl, HttpsUrl, NotAUrl, PublicUrl};

use reader::{Outside, Reader};

/// The configuration file where no flag names one.
const DEFAULT_FILE: &str = "downlinkd.toml";

/// What an operator decided. What nobody decided has its default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Where the service can be reached.
    pub listen: Listen,
    /// Where downlinks are kept.
    pub store: Store,
    /// Whose tokens are taken.
    pub auth: Auth,
    /// How much of everything is taken.
    pub limits: Limits,
    /// Definitions of encoders.
    pub encoders: Encoders,
    /// The devices.
    pub devices: Devices,
    /// The broker of the MQTT devices.
    pub mqtt: Mqtt,
    /// How long everything takes at most.
    pub timing: Timing,
    /// What is logged.
    pub log: Log,
}

impl Settings {
    /// The settings of this process: of its file, its environment, and these flags.
    pub fn load(flags: &Flags) -> Result<Self, Vec<Fault>> {
        let (name, text) = read_file(flags)?;
        let (variables, mut faults) = environment();
        let outside = Outside::new(flags.given(), own(variables.into_iter()));
        let mut reader = Reader::new((&name, &text), &outside);
        let settings = Self::read_with(&mut reader);
        faults.extend(reader.faults);
        faults.extend(settings.faults_of_mode(flags.demo));
        if faults.is_empty() {
            Ok(settings)
        } else {
            Err(faults)
        }
    }

    /// The settings of a file's text and an environment. The file's name is for faults alone.
    ///
    /// Variables of other programs may be there; those that begin with `DOWNLINKD_` must be known.
    pub fn read(
        file: Option<(&str, &str)>,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, Vec<Fault>> {
        let outside = Outside::new(Vec::new(), own(variables));
        let mut reader = Reader::new(file.unwrap_or_default(), &outside);
        let settings = Self::read_with(&mut reader);
        if reader.faults.is_empty() {
            Ok(settings)
        } else {
            Err(reader.faults)
        }
    }

    /// A text that is no TOML has no other faults: what was meant cannot be known.
    fn read_with(reader: &mut Reader<'_>) -> Self {
        let root = reader.root();
        let root = root.get_ref();
        if !reader.faults.is_empty() {
            return Self::default();
        }
        let settings = Self {
            listen: reader.section(root, "listen", Listen::read),
            store: reader.section(root, "store", Store::read),
            auth: reader.section(root, "auth", Auth::read),
            limits: reader.section(root, "limits", Limits::read),
            encoders: reader.section(root, "encoders", Encoders::read),
            devices: reader.section(root, "devices", Devices::read),
            mqtt: reader.section(root, "mqtt", Mqtt::read),
            timing: reader.section(root, "timing", Timing::read),
            log: reader.section(root, "log", Log::read),
        };
        reader.finish(root);
        settings
    }

    /// The demo is open to all who reach it, so it listens on loopback alone; without it, what it
    /// makes by itself must be given.
    fn faults_of_mode(&self, demo: bool) -> Vec<Fault> {
        let fault = |key: &str, message: &str| Fault {
            place: None,
            key: key.to_owned(),
            message: message.to_owned(),
        };
        let addresses = [
            ("listen.api", self.listen.api),
            ("listen.operator", self.listen.operator),
        ];
        let mut faults = Vec::new();
        if demo {
            let open = addresses
                .into_iter()
                .filter(|(_, it)| !it.ip().to_canonical().is_loopback());
            faults.extend(open.map(|(key, _)| fault(key, "the demo listens on loopback only")));
            return faults;
        }
        if self.store.key_file.is_none() {
            faults.push(fault(
                "store.key_file",
                "missing: a file of 32 random bytes (`--demo` makes one)",
            ));
        }
        if self.auth.issuers.is_empty() {
            faults.push(fault(
                "auth.issuers",
                "missing: without an issuer nobody has a token (`--demo` makes one)",
            ));
        }
        faults
    }
}

/// The variables of this process. One of ours that is not UTF-8 is a fault.
fn environment() -> (Vec<(String, String)>, Vec<Fault>) {
    let mut variables = Vec::new();
    let mut faults = Vec::new();
    for (name, value) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        match value.into_string() {
            Ok(value) => variables.push((name, value)),
            Err(_) if name.starts_with(reader::PREFIX) => faults.push(Fault {
                place: Some(Place::Variable(name)),
                key: String::new(),
                message: "not UTF-8".to_owned(),
            }),
            Err(_) => {}
        }
    }
    (variables, faults)
}

/// The variables without those that are flags.
fn own(
    variables: impl Iterator<Item = (String, String)>,
) -> impl Iterator<Item = (String, String)> {
    variables.filter(|(name, _)| !flags::OWN_VARIABLES.contains(&name.as_str()))
}

/// Name and text of the configuration file; only one that a flag names must be there.
fn read_file(flags: &Flags) -> Result<(String, String), Vec<Fault>> {
    let path = flags.config.as_deref().unwrap_or(Path::new(DEFAULT_FILE));
    let name = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => Ok((name, text)),
        Err(error) if error.kind() == ErrorKind::NotFound && flags.config.is_none() => {
            Ok((name, String::new()))
        }
        Err(error) => Err(vec![Fault {
            place: None,
            key: String::new(),
            message: format!("`{name}` cannot be read: {error}"),
        }]),
    }
}
