//! What the device file says of a device for this service alone.

use std::collections::BTreeMap;
use std::time::Duration;

use downlink::Error;
use downlink::directory::{Extra, Extras};
use downlink::error::Sink;
use downlink::instruction::{DeviceId, SimpleDuration};

use crate::life::OnUnknown;
use crate::settings::Secret;

use super::TopicFilter;

/// The most downlinks of a line in flight at a time.
const MOST_IN_FLIGHT: i128 = 1_000;

/// What only this service needs to know of a device.
#[derive(Clone, Debug, Default)]
pub struct DeviceSettings {
    /// Who owns it; the demo's client if absent.
    pub client: Option<String>,
    /// Other names of it: device identifiers in their canonical form, or other texts as written.
    pub aliases: Vec<String>,
    /// What `q` finds exactly.
    pub tags: Vec<String>,
    /// What its network server needs to know.
    pub network: BTreeMap<String, String>,
    /// On which topics it may be told; none given means those of its encoder.
    pub topics: Vec<TopicFilter>,
    /// Which broker it is at.
    pub broker: Option<String>,
    /// Its number.
    pub msisdn: Option<String>,
    /// Its SIM card.
    pub icc_id: Option<String>,
    /// What it makes its message tokens with.
    pub secret: Option<Secret>,
    /// Downlinks of a line that may be in flight at a time.
    pub in_flight: Option<u32>,
    /// From acceptance to the first handing over.
    pub max_wait: Option<Duration>,
    /// What happens when nobody knows whether a carrier took a message.
    pub on_unknown: Option<OnUnknown>,
    /// Whether a body that it sent before counts again.
    pub replay: Replay,
}

/// Whether a body that a device sent before counts again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Replay {
    /// It changes nothing.
    #[default]
    Refuse,
    /// For devices whose bodies do not change.
    Allow,
}

impl DeviceSettings {
    /// Reads the keys of a device that the engine hands on.
    ///
    /// # Errors
    ///
    /// What the sink does not collect, with its place in the file.
    pub fn read(extras: &Extras, sink: &mut dyn Sink) -> Result<Self, Error> {
        let mut settings = Self::default();
        for extra in extras.iter() {
            if let Err(error) = settings.set(extra) {
                sink.error(error)?;
            }
        }
        Ok(settings)
    }

    fn set(&mut self, extra: &Extra) -> Result<(), Error> {
        match extra.name() {
            "client" => self.client = Some(named(extra)?),
            "aliases" => self.aliases = extra.texts()?.iter().map(|it| canonical(it)).collect(),
            "tags" => self.tags = extra.texts()?.to_vec(),
            "network" => self.network = network(extra)?,
            "topics" => self.topics = topics(extra)?,
            "broker" => self.broker = Some(named(extra)?),
            "msisdn" => self.msisdn = Some(named(extra)?),
            "icc_id" => self.icc_id = Some(named(extra)?),
            "secret" => self.secret = Some(secret(extra)?),
            "in_flight" => self.in_flight = Some(in_flight(extra)?),
            "max_wait" => self.max_wait = Some(duration(extra)?),
            "on_unknown" => self.on_unknown = Some(on_unknown(extra)?),
            "replay" => self.replay = replay(extra)?,
            // The engine hands on only keys that it knows as a service's.
            other => return Err(extra.refuse(format!("`{other}` is not read by this service"))),
        }
        Ok(())
    }
}

/// A name in its canonical form, if it is a device identifier.
#[must_use]
pub fn canonical(name: &str) -> String {
    match DeviceId::parse(name) {
        Ok(device) => device.to_string(),
        Err(_) => name.to_owned(),
    }
}

fn named(extra: &Extra) -> Result<String, Error> {
    match extra.text()? {
        "" => Err(extra.refuse("expected a text that is not empty")),
        text => Ok(text.to_owned()),
    }
}

fn network(extra: &Extra) -> Result<BTreeMap<String, String>, Error> {
    let fields = extra.table()?.iter();
    let text = |field: &downlink::directory::Extra| {
        let text = match field.boolean() {
            Ok(value) => value.to_string(),
            Err(_) => field.text()?.to_owned(),
        };
        Ok((field.name().to_owned(), text))
    };
    fields.map(text).collect()
}

fn topics(extra: &Extra) -> Result<Vec<TopicFilter>, Error> {
    let filters = extra.texts()?.iter();
    let filter = |text: &String| {
        TopicFilter::new(text).ok_or_else(|| extra.refuse("expected topic filters (MQTT 5.0 §4.7)"))
    };
    filters.map(filter).collect()
}

fn secret(extra: &Extra) -> Result<Secret, Error> {
    let text = extra.text()?;
    let is_sound =
        (30..=100).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_alphanumeric());
    if is_sound {
        return Ok(Secret::new(text.to_owned()));
    }
    Err(extra.refuse("expected a secret of 30 to 100 letters and digits"))
}

fn in_flight(extra: &Extra) -> Result<u32, Error> {
    let expected = || extra.refuse(format!("expected 1 to {MOST_IN_FLIGHT}"));
    match extra.integer()? {
        number @ 1..=MOST_IN_FLIGHT => u32::try_from(number).map_err(|_| expected()),
        _ => Err(expected()),
    }
}

fn duration(extra: &Extra) -> Result<Duration, Error> {
    let duration = SimpleDuration::parse(extra.text()?);
    let duration = duration.map_err(|error| error.at_position(extra.position()))?;
    Ok(Duration::new(
        duration.seconds(),
        duration.subsecond_nanoseconds(),
    ))
}

fn on_unknown(extra: &Extra) -> Result<OnUnknown, Error> {
    match extra.text()? {
        "resend" => Ok(OnUnknown::Resend),
        "fail" => Ok(OnUnknown::Fail),
        _ => Err(extra.refuse("expected `resend` or `fail`")),
    }
}

fn replay(extra: &Extra) -> Result<Replay, Error> {
    match extra.text()? {
        "allow" => Ok(Replay::Allow),
        "refuse" => Ok(Replay::Refuse),
        _ => Err(extra.refuse("expected `allow` or `refuse`")),
    }
}
