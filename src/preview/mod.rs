//! Previews: what would be sent, and why, told in words and bytes.
//!
//! Every bit of a message is told exactly once: it comes from a record, a default, a variable, or
//! the command itself. Secrets are shown as a mask, in hex too.

mod text;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::encoder::{Mark, Part, Secrets, shown_header};
use crate::error::{All, Diagnostic, Error, Sink};
use crate::instruction::{DeviceId, FeedbackTimeout};
use crate::message::lora::{DataRate, PayloadLimit};
use crate::message::sms::Segments;
use crate::message::{Message, Payload, Protocol};

/// What a request would send, or what keeps it from being sent.
///
/// Printed, it is a page for people; serialized, the object that `schema/preview.schema.json`
/// describes.
///
/// ```
/// use downlink::contract::CreateDownlinkRequest;
/// use downlink::directory::Binding;
/// use downlink::encoder::Registry;
/// use downlink::senml::UnixTime;
/// use downlink::Engine;
///
/// let engine = Engine::new(Registry::builder().builtin()?.build());
/// let request = CreateDownlinkRequest::from_json(br#"{
///     "instruction": [{"bn": "urn:dev:DEVEUI:0059AC0000152A2B:", "n": "tdc", "v": 4}],
///     "method": {"protocol": "LORA"}
/// }"#)?;
/// let binding = Binding::new("dragino/lt-22222-l");
/// let preview = engine.preview(&request, &binding, UnixTime::from_seconds(0));
/// assert_eq!(preview.problems()[0].code.as_str(), "encode/out-of-range");
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Written")]
#[non_exhaustive]
pub struct Preview {
    #[serde(flatten)]
    shown: Option<Shown>,
    warnings: Vec<Diagnostic>,
    problems: Vec<Diagnostic>,
}

/// What would be sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shown {
    device: String,
    encoder: String,
    title: String,
    feedback_timeout: FeedbackTimeout,
    parts: Vec<PreviewPart>,
}

/// One message of a preview.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PreviewPart {
    /// How it travels.
    pub protocol: Protocol,
    /// The LoRaWAN port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub f_port: Option<u8>,
    /// The MQTT topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// The MQTT content type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// The HTTP header fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The payload in hex; `**` for each byte of a secret.
    pub payload_hex: String,
    /// The payload as text, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Bytes of the payload.
    pub length: usize,
    /// What LoRaWAN carries to the device at most, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<PayloadLimit>,
    /// The data rates that carry the payload, where the region is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data_rates: Vec<DataRate>,
    /// How an SMS is cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segments: Option<Segments>,
    /// Where each bit comes from, in the order of the bits.
    pub marks: Vec<Mark>,
    #[serde(skip)]
    payload: Vec<u8>,
}

/// A preview as it was written: with all that is shown, or with nothing of it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    device: Option<String>,
    encoder: Option<String>,
    title: Option<String>,
    feedback_timeout: Option<FeedbackTimeout>,
    parts: Option<Vec<PreviewPart>>,
    warnings: Vec<Diagnostic>,
    problems: Vec<Diagnostic>,
}

impl TryFrom<Written> for Preview {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let Written {
            device,
            encoder,
            title,
            feedback_timeout,
            parts,
            ..
        } = written;
        let shown = match (device, encoder, title, feedback_timeout, parts) {
            (None, None, None, None, None) => None,
            (Some(device), Some(encoder), Some(title), Some(feedback_timeout), Some(parts)) => {
                Some(Shown {
                    device,
                    encoder,
                    title,
                    feedback_timeout,
                    parts,
                })
            }
            _ => return Err("a preview has all of its parts, or none"),
        };
        Ok(Self {
            shown,
            warnings: written.warnings,
            problems: written.problems,
        })
    }
}

impl Preview {
    /// Walks with a sink that takes everything.
    pub(crate) fn collect(
        walk: impl FnOnce(&mut dyn Sink) -> Result<Option<Shown>, Error>,
    ) -> Self {
        let mut findings = All::default();
        let shown = match walk(&mut findings) {
            Ok(shown) => shown,
            Err(error) => {
                findings.errors.push(error);
                None
            }
        };
        Self::from(findings).showing(shown)
    }

    /// The page without problems and warnings, for those who tell them in their own way.
    #[must_use]
    pub fn page(&self) -> impl fmt::Display {
        text::Page(self.shown.as_ref())
    }

    /// Puts what was found before in front; with an error among it, nothing is shown as sent.
    #[must_use]
    pub fn after(self, findings: All) -> Self {
        let mut before = Self::from(findings);
        before.warnings.extend(self.warnings);
        before.problems.extend(self.problems);
        before.showing(self.shown)
    }

    /// What is shown only if there is no problem.
    fn showing(mut self, shown: Option<Shown>) -> Self {
        // Where there is an error, a warning about the same says nothing more.
        let problems = &self.problems;
        self.warnings.retain(|warning| {
            warning.pointer.is_none() || !problems.iter().any(|it| it.pointer == warning.pointer)
        });
        self.shown = shown.filter(|_| self.problems.is_empty());
        self
    }

    /// Gives every finding its line and column in the JSON text that was read.
    #[must_use]
    pub fn placed_in(mut self, json: &str) -> Self {
        let place = |findings: Vec<Diagnostic>| {
            let findings = findings.into_iter();
            findings.map(|finding| finding.placed_in(json)).collect()
        };
        self.warnings = place(self.warnings);
        self.problems = place(self.problems);
        self
    }

    /// The messages, in order; none if there are problems.
    #[must_use]
    pub fn parts(&self) -> &[PreviewPart] {
        self.shown.as_ref().map_or(&[], |shown| &shown.parts)
    }

    /// What would be accepted, but somebody should know.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// All that keeps it from being sent.
    #[must_use]
    pub fn problems(&self) -> &[Diagnostic] {
        &self.problems
    }
}

/// What was found where there is nothing to show.
impl From<All> for Preview {
    fn from(findings: All) -> Self {
        let problems = findings.errors.into_iter().map(Error::into_diagnostic);
        Self {
            shown: None,
            warnings: findings.warnings,
            problems: problems.collect(),
        }
    }
}

impl Shown {
    pub(crate) fn new(
        device: DeviceId,
        encoder: String,
        title: String,
        feedback_timeout: FeedbackTimeout,
        parts: Vec<Part>,
        payload_limit: PayloadLimit,
    ) -> Self {
        let parts = parts
            .into_iter()
            .map(|part| PreviewPart::new(part, payload_limit))
            .collect();
        Self {
            device: device.to_string(),
            encoder,
            title,
            feedback_timeout,
            parts,
        }
    }
}

impl PreviewPart {
    fn new(part: Part, payload_limit: PayloadLimit) -> Self {
        let Part { message, style } = part;
        let marks = style.into_marks();
        let secrets = Secrets::of(&marks);
        let mut marks = marks.bits;
        marks.sort_by_key(|mark| mark.bits.start);
        let marks = merged(marks);
        let mut shown = Self {
            protocol: message.protocol(),
            f_port: None,
            topic: None,
            content_type: None,
            headers: BTreeMap::new(),
            payload_hex: String::new(),
            text: None,
            length: 0,
            limit: None,
            data_rates: Vec::new(),
            segments: None,
            marks,
            payload: Vec::new(),
        };
        shown.take(message, &secrets, payload_limit);
        shown.length = shown.payload.len();
        shown.payload_hex = secrets.hex(&shown.payload);
        shown
    }

    fn take(&mut self, message: Message, secrets: &Secrets, payload_limit: PayloadLimit) {
        let payload = match message {
            Message::Lora(downlink) => {
                self.f_port = Some(downlink.f_port().number());
                self.limit = Some(payload_limit);
                self.data_rates = payload_limit.data_rates(downlink.frm_payload().len());
                Payload::Binary(downlink.into_frm_payload())
            }
            Message::Mqtt(publish) => {
                self.topic = Some(secrets.topic(publish.topic.as_str()).into_owned());
                self.content_type = publish.content_type.map(|it| it.to_string());
                publish.payload
            }
            Message::Sms(submit) => {
                self.segments = Some(submit.segments());
                Payload::Text(submit.into_text())
            }
            Message::Http(content) => {
                let fields = content.headers.iter();
                self.headers = fields
                    .map(|(name, value)| (name.to_string(), shown_header(value).to_owned()))
                    .collect();
                content.body
            }
        };
        self.payload = payload.as_bytes().to_vec();
        if let Payload::Text(text) = payload {
            self.text = Some(secrets.text(&text).into_owned());
        }
    }
}

/// Runs that follow each other and have the same origin and meaning are one.
fn merged(marks: Vec<Mark>) -> Vec<Mark> {
    let mut merged: Vec<Mark> = Vec::with_capacity(marks.len());
    for mark in marks {
        match merged.last_mut() {
            Some(last) if last.continues_in(&mark) => last.bits.end = mark.bits.end,
            _ => merged.push(mark),
        }
    }
    merged
}

impl Mark {
    fn continues_in(&self, next: &Self) -> bool {
        self.bits.end == next.bits.start
            && self.origin == next.origin
            && self.meaning == next.meaning
    }
}
