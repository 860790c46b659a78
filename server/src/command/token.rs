//! `downlinkd token`: tokens of the demo, to try what a caller may do.

use std::time::Duration;

use clap::Args;
use downlink_server::caller::Scope;
use downlink_server::clock::{Clock, SystemClock};
use downlink_server::service::demo_tokens;
use downlink_server::settings::Settings;

use super::{CONFIG, Failure, SOFTWARE, USAGE, other, print};

#[derive(Debug, Args)]
pub(crate) struct Token {
    /// Whose token; the devices of the demo belong to `demo`.
    #[arg(long, default_value = "demo")]
    client: String,
    /// What it allows; all of them by default.
    #[arg(long, value_name = "SCOPE", value_parser = Scope::ALL.map(Scope::as_str))]
    scope: Vec<String>,
    /// For how many hours it is valid.
    #[arg(long, value_name = "HOURS", default_value_t = 24)]
    hours: u32,
}

/// Prints a token that the demo with this store takes.
pub(super) fn run(settings: &Settings, is_demo: bool, token: &Token) -> Result<(), Failure> {
    if !is_demo {
        let text = "`token` makes tokens for the demo only: give `--demo`, or ask your issuer";
        return Err(Failure::Other(USAGE, text.to_owned()));
    }
    let tokens = demo_tokens(settings).map_err(|error| other(CONFIG)(&error))?;
    let asked =
        |scope: &Scope| token.scope.is_empty() || token.scope.iter().any(|it| it == scope.as_str());
    let scopes = Scope::ALL.into_iter().filter(asked).collect();
    let valid = Duration::from_hours(u64::from(token.hours));
    let made = tokens.make(&token.client, scopes, SystemClock.now(), valid);
    print(&made.map_err(|error| other(SOFTWARE)(&error))?)
}
