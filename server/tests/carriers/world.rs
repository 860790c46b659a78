//! A carrier with its loop running, and what the tests ask of it.

use std::sync::Arc;
use std::time::Duration;

use downlink::instruction::DeviceId;
use downlink::message::Payload;
use downlink::message::mqtt::{Publish, Qos, TopicName};
use downlink_server::carrier::mqtt::MqttSettings;
use downlink_server::carrier::{Carrier, Heard, MqttCarrier, Parcel};
use downlink_server::clock::{Clock, ManualClock, Moment};
use downlink_server::id::PartId;
use downlink_server::life::{HandOver, Report};
use tokio::sync::mpsc;
use tracing::instrument::WithSubscriber;

use crate::broker::soon;

/// How long a call to a carrier may take, on the carrier's clock.
pub(crate) const DEADLINE: Duration = Duration::from_secs(8);

/// A carrier whose clock stands still until the test moves it: no deadline passes by itself.
pub(crate) struct World {
    pub(crate) carrier: MqttCarrier,
    pub(crate) heard: mpsc::Receiver<Heard>,
    pub(crate) clock: Arc<ManualClock>,
}

impl World {
    pub(crate) fn new(settings: MqttSettings) -> Self {
        Self::logging(settings, tracing::Dispatch::none())
    }

    pub(crate) fn logging(settings: MqttSettings, log: tracing::Dispatch) -> Self {
        let clock = Arc::new(ManualClock::at(Moment::from_micros(1_764_439_200_000_000)));
        let (sender, heard) = mpsc::channel(1);
        let carriers_clock = Arc::clone(&clock);
        let (carrier, link) = MqttCarrier::new(settings, carriers_clock, sender);
        // It ends with the runtime of the test.
        tokio::spawn(link.with_subscriber(log));
        Self {
            carrier,
            heard,
            clock,
        }
    }

    /// A carrier that has connected.
    pub(crate) async fn connected(settings: MqttSettings) -> Self {
        let world = Self::new(settings);
        soon(world.carrier.connected()).await;
        world
    }

    pub(crate) fn parcel(&self, number: u128, publish: Publish) -> Parcel {
        let now = self.clock.now();
        Parcel {
            part: part(number),
            attempt: 1,
            device: DeviceId::Uuid(0),
            message: publish.into(),
            expires_at: now.plus(Duration::from_mins(10)),
            deadline: now.plus(DEADLINE),
        }
    }

    pub(crate) async fn hand_over(&self, number: u128, publish: Publish) -> HandOver {
        let parcel = self.parcel(number, publish);
        soon(self.carrier.hand_over(&parcel)).await
    }

    pub(crate) async fn report(&mut self) -> (PartId, Report) {
        let heard = soon(self.heard.recv()).await.expect("the loop runs");
        assert_eq!(heard.attempt, 1);
        (heard.part, heard.report)
    }
}

pub(crate) fn part(number: u128) -> PartId {
    PartId(uuid::Uuid::from_u128(number))
}

pub(crate) fn publish(topic: &str, payload: impl Into<Vec<u8>>, qos: Qos) -> Publish {
    let topic = TopicName::new(topic).unwrap();
    let mut publish = Publish::new(topic, Payload::Binary(payload.into()));
    publish.qos = Some(qos);
    publish
}

pub(crate) const TAKEN: HandOver = HandOver::Taken { item: None };

/// Settings for a broker of this machine, with the pauses of a test.
pub(crate) fn settings(port: u16) -> MqttSettings {
    let mut settings = MqttSettings::new("127.0.0.1", port, "downlinkd");
    settings.first_pause = Duration::from_secs(1);
    settings.longest_pause = Duration::from_secs(4);
    settings
}
