//! What an instruction became.

use crate::error::{Diagnostic, Error, First};
use crate::instruction::DeviceId;
use crate::message::Message;

use super::{Document, Settings, Walked};

/// What an instruction became: messages for one device, in order.
#[derive(Clone, Debug)]
pub struct Downlinks {
    device: DeviceId,
    encoder: String,
    messages: Vec<Message>,
    settings: Settings,
    warnings: Vec<Diagnostic>,
}

impl Downlinks {
    /// With the warnings of this walk, which are those after the first `noted`.
    pub(super) fn new(walked: Walked<'_>, findings: &First, noted: usize) -> Self {
        let warnings = findings.warnings.iter().skip(noted).cloned().collect();
        Self {
            device: walked.device,
            encoder: walked.encoder.id().to_owned(),
            messages: walked.parts.into_iter().map(|part| part.message).collect(),
            settings: walked.settings,
            warnings,
        }
    }

    /// The device that is told.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// The id of the encoder.
    #[must_use]
    pub fn encoder(&self) -> &str {
        &self.encoder
    }

    /// The messages, in the order in which they are to be sent.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// What was accepted, but somebody should know.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// The contract's document for each message, in order.
    ///
    /// # Errors
    ///
    /// A message that the contract has no form for, which no encoder of this crate makes.
    pub fn documents(&self) -> Result<Vec<Document>, Error> {
        let document = |message| Document::new(self.device, message, &self.settings);
        self.messages.iter().map(document).collect()
    }
}
