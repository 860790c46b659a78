//! What the demo has that a service has not: a token, and the devices of the examples.

use std::time::Duration;

use crate::caller::{Callers, DemoTokens, Scopes};
use crate::clock::Clock;
use crate::id::{Client, Ids, SystemIds};
use crate::key::Key;
use crate::settings::Settings;

use super::build::{StartError, beside};

/// The client whose token the demo prints.
const CLIENT: &str = "demo";

/// How long the token is valid.
const VALID: Duration = Duration::from_hours(30 * 24);

/// The devices that the demo has where no file is configured.
const DEVICES: &str = include_str!("../../../examples/devices.toml");

/// Takes tokens that are signed with a key of the data folder, and makes one.
pub(super) fn token(
    settings: &Settings,
    ids: &dyn Ids,
    clock: &dyn Clock,
    callers: Callers,
) -> Result<(Callers, String), StartError> {
    let other = |error: &dyn std::fmt::Display| StartError::Other(error.to_string());
    let tokens = tokens(settings, ids)?;
    let made = tokens.make(CLIENT, Scopes::ALL, clock.now(), VALID);
    let token = made.map_err(|error| other(&error))?;
    let callers = callers.with_demo(&tokens).map_err(|error| other(&error))?;
    Ok((callers, token))
}

/// Makes the tokens that the demo with this store takes.
///
/// # Errors
///
/// A key that is there and cannot be read.
pub fn demo_tokens(settings: &Settings) -> Result<DemoTokens, StartError> {
    tokens(settings, &SystemIds)
}

fn tokens(settings: &Settings, ids: &dyn Ids) -> Result<DemoTokens, StartError> {
    let key = Key::read_or_make(&beside(settings, "token-key"), ids)?;
    Ok(DemoTokens::new(key))
}

/// The devices where no file is configured, and who owns those without `client`.
pub(super) fn devices() -> (&'static str, Client) {
    (DEVICES, DemoTokens::client(CLIENT))
}
