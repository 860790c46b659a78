//! The settings that the command line has too.

use std::path::PathBuf;

use super::reader::Given;

/// Variables that name a flag, not a key of the configuration file.
pub(super) const OWN_VARIABLES: [&str; 2] = ["DOWNLINKD_CONFIG", "DOWNLINKD_DEMO"];

/// The settings that the command line has too. They stand before the environment, and that before
/// the configuration file.
#[derive(Clone, Debug, Default, PartialEq, Eq, clap::Args)]
pub struct Flags {
    /// The configuration file; by default `downlinkd.toml` in this folder, if it is there.
    #[arg(long, value_name = "FILE", env = "DOWNLINKD_CONFIG")]
    pub config: Option<PathBuf>,
    /// Starts with simulated carriers, an MQTT broker and a token, on loopback only.
    #[arg(long, env = "DOWNLINKD_DEMO")]
    pub demo: bool,
    /// The address for callers and devices (`listen.api`).
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// The database file (`store.path`).
    #[arg(long, value_name = "FILE")]
    pub store: Option<String>,
}

impl Flags {
    pub(super) fn given(&self) -> Vec<Given> {
        let flags = [
            ("--listen", "listen.api", &self.listen),
            ("--store", "store.path", &self.store),
        ];
        let given = flags.into_iter().filter_map(|(flag, key, text)| {
            let text = text.clone()?;
            Some(Given { flag, key, text })
        });
        given.collect()
    }
}
