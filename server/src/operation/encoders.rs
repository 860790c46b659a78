//! The encoders, as callers see them.

use downlink::encoder::{Description, Encoder, Registry};
use downlink::message::Protocol;
use serde::Serialize;

use crate::life;
use crate::store::Bound;

use super::{Operations, Refusal, protocol};

/// An encoder in the list of them.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EncoderSummary {
    id: String,
    title: String,
    protocols: Vec<Protocol>,
    digest: String,
    delivery: Vec<Delivery>,
}

/// What the end of a downlink says over one protocol.
#[derive(Clone, Debug, Serialize)]
struct Delivery {
    protocol: Protocol,
    delivered: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    simulated: bool,
}

impl Operations {
    /// Every encoder, in the order of the ids.
    ///
    /// # Errors
    ///
    /// A protocol of the engine that the service does not have.
    pub fn encoders(&self) -> Result<Vec<EncoderSummary>, Refusal> {
        let registry = self.engine.registry();
        let encoders = registry.iter();
        encoders.map(|it| self.encoder_summary(it)).collect()
    }

    /// What an encoder takes, with the JSON Schema of its instructions.
    ///
    /// # Errors
    ///
    /// [`Refusal::EncoderUnknown`].
    pub fn encoder(&self, id: &str) -> Result<Description, Refusal> {
        let registry = self.engine.registry();
        let encoder = registry.get(id).map_err(Refusal::EncoderUnknown)?;
        Ok(encoder.describe())
    }

    /// Encoders that devices are bound to, and that a registry does not have.
    ///
    /// # Errors
    ///
    /// A store that cannot be reached.
    pub async fn missing_encoders(&self, registry: &Registry) -> Result<Vec<Bound>, Refusal> {
        let mut bound = self.store.bound().await?;
        bound.retain(|it| registry.get(&it.encoder).is_err());
        Ok(bound)
    }

    fn encoder_summary(&self, encoder: &dyn Encoder) -> Result<EncoderSummary, Refusal> {
        let protocols = encoder.protocols();
        let delivery: Result<_, _> = protocols.iter().map(|it| self.delivery(*it)).collect();
        Ok(EncoderSummary {
            id: encoder.id().to_owned(),
            title: encoder.title().to_owned(),
            protocols: protocols.to_vec(),
            digest: encoder.digest(),
            delivery: delivery?,
        })
    }

    fn delivery(&self, protocol: Protocol) -> Result<Delivery, Refusal> {
        let way = protocol::of_engine(protocol)?;
        let carrier = self.carriers.of(way);
        Ok(Delivery {
            protocol,
            delivered: delivered(way),
            simulated: carrier.is_some_and(|it| it.is_simulated()),
        })
    }
}

/// What "delivered" means over a protocol: the last thing that it can tell, no more.
fn delivered(protocol: life::Protocol) -> &'static str {
    match protocol {
        life::Protocol::Lora => {
            "Unconfirmed: the network server transmitted it. Confirmed: the device acknowledged it."
        }
        life::Protocol::Mqtt => {
            "QoS 0: it was written to the connection. QoS 1 and 2: the broker acknowledged it."
        }
        life::Protocol::Sms => "The receipt of every segment says DELIVRD.",
        life::Protocol::Http => {
            "The device called again with another body, or the timeout passed after its answer."
        }
        life::Protocol::DigitalMatter => "The server took it; with `status_url`, what that says.",
    }
}
