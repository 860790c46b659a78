//! What an instruction became.

use std::collections::BTreeSet;

use crate::contract::CreateDownlinkRequest;
use crate::encoder::{MASK, Secrets};
use crate::error::{Diagnostic, Error, First};
use crate::instruction::{DeviceId, FeedbackTimeout};
use crate::message::Message;

use super::document::Mask;
use super::{Document, Settings, Walked};

/// What an instruction became: messages for one device, in order.
#[derive(Clone, Debug)]
pub struct Downlinks {
    device: DeviceId,
    encoder: String,
    messages: Vec<Message>,
    /// Of each message.
    known: Vec<Known>,
    /// The records that give secret arguments.
    secret_records: BTreeSet<usize>,
    settings: Settings,
    warnings: Vec<Diagnostic>,
}

/// What is known of a message.
#[derive(Clone, Debug)]
struct Known {
    secrets: Secrets,
    is_once: bool,
}

impl Downlinks {
    /// With the warnings of this walk, which are those after the first `noted`.
    pub(super) fn new(walked: Walked<'_>, findings: &First, noted: usize) -> Self {
        let mut downlinks = Self {
            device: walked.device,
            encoder: walked.encoder.id().to_owned(),
            messages: Vec::with_capacity(walked.parts.len()),
            known: Vec::with_capacity(walked.parts.len()),
            secret_records: BTreeSet::new(),
            settings: walked.settings,
            warnings: findings.warnings.iter().skip(noted).cloned().collect(),
        };
        for part in walked.parts {
            let marks = part.style.into_marks();
            downlinks.known.push(Known {
                secrets: Secrets::of(&marks),
                is_once: marks.notes.is_once,
            });
            downlinks.secret_records.extend(marks.notes.secret_records);
            downlinks.messages.push(part.message);
        }
        downlinks
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

    /// How long feedback may take: of the request, else of the binding, else of the engine.
    #[must_use]
    pub fn feedback_timeout(&self) -> FeedbackTimeout {
        self.settings.feedback_timeout
    }

    /// The messages, in the order in which they are to be sent.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The messages with what is known of each, in the order in which they are to be sent.
    #[must_use]
    pub fn parts(&self) -> impl ExactSizeIterator<Item = Part<'_>> {
        let messages = self.messages.iter().zip(&self.known);
        messages.map(|(message, known)| Part {
            device: self.device,
            settings: &self.settings,
            message,
            known,
        })
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
        self.parts().map(Part::document).collect()
    }

    /// The instruction as [`CreateDownlinkRequest::message`] gives it, but with `"***"` for the
    /// value of each secret argument: what [`Downlink::message`](crate::contract::Downlink::message)
    /// may be stored as.
    ///
    /// The request must be the one that these messages were made of. A base value is masked too
    /// where it may be part of a secret. The text is still JSON, but no pack where a secret was a
    /// number.
    ///
    /// ```
    /// use downlink::Engine;
    /// use downlink::contract::CreateDownlinkRequest;
    /// use downlink::directory::Binding;
    /// use downlink::encoder::Registry;
    /// use downlink::senml::UnixTime;
    ///
    /// let engine = Engine::new(Registry::builder().builtin()?.build());
    /// let request = CreateDownlinkRequest::from_json(br#"{
    ///     "instruction": [
    ///         {"bn": "urn:dev:IMEI:350000000000006:", "n": "W001/new_password", "vs": "271828"}
    ///     ],
    ///     "method": {"protocol": "SMS"}
    /// }"#)?;
    /// let binding = Binding::new("megastek/gvt800");
    /// let downlinks = engine.encode(&request, &binding, UnixTime::from_seconds(1_700_000_000))?;
    /// assert_eq!(
    ///     downlinks.masked_message(&request),
    ///     r#"[{"bn":"urn:dev:IMEI:350000000000006:","n":"W001/new_password","vs":"***"}]"#,
    /// );
    /// # Ok::<(), downlink::Error>(())
    /// ```
    #[must_use]
    pub fn masked_message(&self, request: &CreateDownlinkRequest<'_>) -> String {
        let masked = request.message_masking(&self.secret_records, MASK);
        masked.unwrap_or_else(|| format!("\"{MASK}\""))
    }
}

/// One message of [`Downlinks`], and what is known of it.
///
/// ```
/// use downlink::Engine;
/// use downlink::contract::CreateDownlinkRequest;
/// use downlink::directory::Binding;
/// use downlink::encoder::Registry;
/// use downlink::senml::UnixTime;
///
/// let engine = Engine::new(Registry::builder().builtin()?.build());
/// let request = CreateDownlinkRequest::from_json(br#"{
///     "instruction": [{"bn": "urn:dev:IMEI:350000000000006:", "n": "getinfo", "vb": true}],
///     "method": {"protocol": "SMS"}
/// }"#)?;
/// let binding = Binding::new("teltonika/fmb").with_variable("password", "opensesame");
/// let downlinks = engine.encode(&request, &binding, UnixTime::from_seconds(1_700_000_000))?;
/// let part = downlinks.parts().next().unwrap();
/// assert!(part.holds_secret());
/// let masked = serde_json::to_string(&part.masked_document()?).unwrap();
/// assert!(masked.contains(r#""text":" *** getinfo""#));
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Part<'d> {
    device: DeviceId,
    settings: &'d Settings,
    message: &'d Message,
    known: &'d Known,
}

impl<'d> Part<'d> {
    /// The message.
    #[must_use]
    pub fn message(self) -> &'d Message {
        self.message
    }

    /// Whether the message holds the value of a secret argument or variable, or what a short one
    /// could be found by, such as a check value over it.
    ///
    /// Definitions say what is secret; of what encoders in Rust and scripts write, only header
    /// values are known to be.
    #[must_use]
    pub fn holds_secret(self) -> bool {
        self.known.secrets.are_in(self.message)
    }

    /// Whether the message may be sent again by itself when nobody knows whether it arrived: what
    /// no command or name that a definition marks with `once` is in.
    ///
    /// Of messages of encoders in Rust and of scripts nobody says otherwise.
    ///
    /// ```
    /// use downlink::Engine;
    /// use downlink::contract::CreateDownlinkRequest;
    /// use downlink::directory::Binding;
    /// use downlink::encoder::Registry;
    /// use downlink::senml::UnixTime;
    ///
    /// let engine = Engine::new(Registry::builder().builtin()?.build());
    /// let request = CreateDownlinkRequest::from_json(br#"{
    ///     "instruction": [
    ///         {"bn": "urn:dev:DVNUUID:00000000-0000-0000-0000-000000000000:"},
    ///         {"n": "state/state", "vs": "toggle"}
    ///     ],
    ///     "method": {"protocol": "MQTT"}
    /// }"#)?;
    /// let binding = Binding::new("zigbee2mqtt/device").with_variable("friendly_name", "lamp");
    /// let downlinks = engine.encode(&request, &binding, UnixTime::from_seconds(1_700_000_000))?;
    /// assert!(!downlinks.parts().next().unwrap().is_repeatable());
    /// # Ok::<(), downlink::Error>(())
    /// ```
    #[must_use]
    pub fn is_repeatable(self) -> bool {
        !self.known.is_once
    }

    /// The contract's document of the message.
    ///
    /// # Errors
    ///
    /// A message that the contract has no form for, which no encoder of this crate makes.
    pub fn document(self) -> Result<Document, Error> {
        Document::new(self.device, self.message, Mask::Nothing, self.settings)
    }

    /// The document as it may be shown: `***` for each secret in a text, a topic or a header value,
    /// zero for each byte of one in a binary payload.
    ///
    /// # Errors
    ///
    /// As [`Part::document`].
    pub fn masked_document(self) -> Result<Document, Error> {
        let mask = Mask::Secrets(&self.known.secrets);
        Document::new(self.device, self.message, mask, self.settings)
    }
}
