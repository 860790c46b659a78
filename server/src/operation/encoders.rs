//! The encoders, as callers see them.

use downlink::encoder::Description;
use serde::Serialize;

use super::{Operations, Refusal};

/// An encoder in the list of them.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EncoderSummary {
    id: String,
    title: String,
    protocols: Vec<downlink::message::Protocol>,
    digest: String,
}

/// An encoder with all that it takes, and the JSON Schema of its instructions.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EncoderView {
    #[serde(flatten)]
    description: Description,
    digest: String,
}

impl Operations {
    /// Every encoder, in the order of the ids.
    #[must_use]
    pub fn encoders(&self) -> Vec<EncoderSummary> {
        let registry = self.engine.registry();
        let summary = |encoder: &dyn downlink::encoder::Encoder| EncoderSummary {
            id: encoder.id().to_owned(),
            title: encoder.title().to_owned(),
            protocols: encoder.protocols().to_vec(),
            digest: encoder.digest(),
        };
        registry.iter().map(summary).collect()
    }

    /// The encoder of this id, with the JSON Schema of its instructions.
    ///
    /// # Errors
    ///
    /// [`Refusal::EncoderUnknown`].
    pub fn encoder(&self, id: &str) -> Result<EncoderView, Refusal> {
        let registry = self.engine.registry();
        let encoder = registry.get(id).map_err(Refusal::EncoderUnknown)?;
        Ok(EncoderView {
            description: encoder.describe(),
            digest: encoder.digest(),
        })
    }
}
