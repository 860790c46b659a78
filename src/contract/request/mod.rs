//! The bodies of `POST /downlinks` and of `POST /{protocol}/downlinks`.
//!
//! It is read from its text, not through a tree, so that every fault knows its line and column, a
//! member that stands twice is seen, and numbers stay exact.

mod direct;
mod envelope;
mod member;
mod method;
mod object;

pub use direct::ProtocolRequest;
pub(crate) use envelope::Field;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::error::{Code, Error, First, Placed, Sink};
use crate::instruction::FeedbackTimeout;
use crate::json::Scanner;
use crate::limits::Limits;
use crate::senml::{self, Key, Label, Pack, PackMemory, Profile, Reader, Record};

use super::method::Method;

/// A request to send an instruction to a device.
///
/// Fields that only answers have are refused by name, and so are unknown fields and those of
/// another protocol. `null` is not absent, but for a label in a record of the instruction.
///
/// # serde
///
/// Reading and writing work with `serde_json` only: the instruction is taken and given as the text
/// that it is. What serde reads has texts of its own; [`CreateDownlinkRequest::from_json`] borrows
/// them from the body, and tells faults in full.
///
/// # Examples
///
/// ```
/// use downlink::contract::CreateDownlinkRequest;
/// use downlink::message::Protocol;
///
/// let body = br#"{
///     "instruction": [{"bn": "urn:dev:DEVEUI:0059AC0000152A2B:", "n": "reset", "vb": true}],
///     "method": {"protocol": "LORA"},
///     "retryLimit": 2
/// }"#;
/// let request = CreateDownlinkRequest::from_json(body)?;
/// assert_eq!(request.method.protocol(), Protocol::Lora);
/// assert_eq!(request.instruction().len(), 1);
/// assert_eq!(request.retry_limit, Some(2));
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CreateDownlinkRequest<'a> {
    /// What the caller calls the downlink.
    pub external_reference: Option<Cow<'a, str>>,
    instruction: Pack<'a>,
    source: Cow<'a, str>,
    /// Where in the source the instruction stands.
    place: Range<usize>,
    /// How it travels.
    pub method: Method<'a>,
    /// How often a message may be sent again.
    pub retry_limit: Option<u64>,
    /// How long to wait for feedback.
    pub feedback_timeout: Option<FeedbackTimeout>,
    /// Whether delivery is only pretended.
    pub dry_run: Option<bool>,
}

impl<'a> CreateDownlinkRequest<'a> {
    /// A request for this instruction, a SenML pack in JSON.
    ///
    /// # Errors
    ///
    /// The first rule that the pack breaks, as in [`Profile::Interop`].
    ///
    /// ```
    /// use downlink::contract::{CreateDownlinkRequest, Method};
    /// use downlink::message::Protocol;
    ///
    /// let pack = r#"[{"bn": "urn:dev:DEVEUI:0059AC0000152A2B:", "n": "tdc", "v": 60}]"#;
    /// let request = CreateDownlinkRequest::new(pack, Method::from(Protocol::Lora))?;
    /// assert_eq!(
    ///     serde_json::to_string(&request).unwrap(),
    ///     r#"{"instruction":[{"bn": "urn:dev:DEVEUI:0059AC0000152A2B:", "n": "tdc", "v": 60}],"method":{"protocol":"LORA"}}"#,
    /// );
    /// # Ok::<(), downlink::Error>(())
    /// ```
    pub fn new(instruction: &'a str, method: Method<'a>) -> Result<Self, Error> {
        let reader = Reader::new().profile(Profile::Interop).for_instruction();
        Ok(Self {
            external_reference: None,
            instruction: reader.read_json(instruction.as_bytes(), &mut First::default())?,
            source: Cow::Borrowed(instruction),
            place: 0..instruction.len(),
            method,
            retry_limit: None,
            feedback_timeout: None,
            dry_run: None,
        })
    }

    /// Reads a request up to the first fault, with the instruction as in [`Profile::Interop`].
    ///
    /// # Errors
    ///
    /// The first fault, with its line and column: see [`CreateDownlinkRequest::read_json`].
    pub fn from_json(body: &'a [u8]) -> Result<Self, Error> {
        let request = Self::read_json(
            body,
            Profile::Interop,
            &Limits::default(),
            &mut First::default(),
        )?;
        request.ok_or_else(incomplete)
    }

    /// Reads a request, and hands every finding with its line and column to the sink.
    ///
    /// What is wrong about an optional field does not keep the rest from being read: there is a
    /// request if there is an instruction and a method. Whether it is faultless the sink knows.
    ///
    /// # Errors
    ///
    /// What the sink does not collect, and what leaves nothing to go on with: text that is no JSON,
    /// and a limit that is passed.
    ///
    /// ```
    /// use downlink::contract::CreateDownlinkRequest;
    /// use downlink::error::{All, Code};
    /// use downlink::senml::Profile;
    /// use downlink::Limits;
    ///
    /// let body = br#"{"instruction": [{"n": "a", "v": 1}], "method": {"protocol": "lora"}, "dryrun": true}"#;
    /// let mut findings = All::default();
    /// let limits = Limits::default();
    /// let request =
    ///     CreateDownlinkRequest::read_json(body, Profile::Interop, &limits, &mut findings)?;
    /// assert_eq!(request, None);
    /// let codes: Vec<_> = findings.errors.iter().map(|error| error.code()).collect();
    /// assert_eq!(codes, [Code::RequestUnknownProtocol, Code::RequestUnknownField]);
    /// # Ok::<(), downlink::Error>(())
    /// ```
    pub fn read_json(
        body: &'a [u8],
        profile: Profile,
        limits: &Limits,
        sink: &mut dyn Sink,
    ) -> Result<Option<Self>, Error> {
        Self::read_json_reusing(body, profile, limits, &mut PackMemory::default(), sink)
    }

    /// As [`CreateDownlinkRequest::read_json`], with the instruction in memory used before.
    pub(crate) fn read_json_reusing(
        body: &'a [u8],
        profile: Profile,
        limits: &Limits,
        memory: &mut PackMemory,
        sink: &mut dyn Sink,
    ) -> Result<Option<Self>, Error> {
        check_length(body, limits)?;
        let mut scanner = Scanner::from_utf8(body, limits.nesting)?;
        let text = scanner.text();
        let reader = Reader::new()
            .profile(profile)
            .limits(*limits)
            .for_instruction();
        let mut sink = Placed::new(text, sink);
        let request = envelope::read(&mut scanner, reader, memory, &mut sink);
        request.map_err(|error| sink.end(error))
    }

    /// The instruction, for using its memory again.
    pub(crate) fn into_instruction(self) -> Pack<'a> {
        self.instruction
    }

    /// What the device is to do.
    #[must_use]
    pub fn instruction(&self) -> &Pack<'a> {
        &self.instruction
    }

    /// The instruction as it was received.
    #[must_use]
    pub fn instruction_text(&self) -> &str {
        self.source.get(self.place.clone()).unwrap_or_default()
    }

    /// The whole text, into which the offsets of the instruction's fields point.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The same request, with texts of its own.
    #[must_use]
    pub fn into_owned(self) -> CreateDownlinkRequest<'static> {
        CreateDownlinkRequest {
            external_reference: self
                .external_reference
                .map(|text| Cow::Owned(text.into_owned())),
            instruction: self.instruction.into_owned(),
            source: Cow::Owned(self.source.into_owned()),
            place: self.place,
            method: self.method.into_owned(),
            retry_limit: self.retry_limit,
            feedback_timeout: self.feedback_timeout,
            dry_run: self.dry_run,
        }
    }

    /// The instruction as [`Downlink::message`](super::Downlink::message) holds it: as received,
    /// without the blanks between its tokens.
    ///
    /// ```
    /// use downlink::contract::{CreateDownlinkRequest, Method};
    /// use downlink::message::Protocol;
    ///
    /// let pack = r#"[ {"n": "text", "vs": "a b"} ]"#;
    /// let request = CreateDownlinkRequest::new(pack, Method::from(Protocol::Sms))?;
    /// assert_eq!(request.message(), r#"[{"n":"text","vs":"a b"}]"#);
    /// # Ok::<(), downlink::Error>(())
    /// ```
    #[must_use]
    pub fn message(&self) -> String {
        compacted(self.instruction_text())
    }

    /// As [`CreateDownlinkRequest::message`], with a text in place of the values of these records.
    ///
    /// `None` if they are not those of this request.
    pub(crate) fn message_masking(&self, records: &BTreeSet<usize>, mask: &str) -> Option<String> {
        let mut text = String::with_capacity(self.place.len());
        let mut shown = self.place.start;
        for offset in masked_offsets(&self.instruction, records) {
            let value = self.source.get(offset..self.place.end)?;
            text.push_str(self.source.get(shown..offset)?);
            text.extend(["\"", mask, "\""]);
            shown = offset + Scanner::new(value, 0).skip().ok()?.len();
        }
        text.push_str(self.source.get(shown..self.place.end)?);
        Some(compacted(&text))
    }
}

/// Where the values of these records stand, in order; a base value is a part of each number.
fn masked_offsets(pack: &Pack<'_>, records: &BTreeSet<usize>) -> Vec<usize> {
    let values_of = |index: &usize| pack.record(*index).map_or(&[][..], Record::fields);
    let is_number = |field: &senml::Field<'_>| field.key == Key::Label(Label::Value);
    let has_number = records.iter().flat_map(values_of).any(is_number);
    let is_masked = |index: usize, field: &senml::Field<'_>| match field.key {
        Key::Label(Label::BaseValue) => has_number,
        Key::Label(label) => label.is_value() && records.contains(&index),
        _ => false,
    };
    let mut offsets = Vec::new();
    for (index, record) in pack.records().enumerate() {
        let masked = record
            .fields()
            .iter()
            .filter(|field| is_masked(index, field));
        offsets.extend(masked.map(|field| field.offset));
    }
    offsets.sort_unstable();
    offsets
}

/// A request of which something is missing that no sink would let pass.
#[cold]
pub(crate) fn incomplete() -> Error {
    Error::new(Code::RequestMissingField, "the request is not complete")
}

/// JSON without the blanks between its tokens.
fn compacted(json: &str) -> String {
    let mut compact = String::with_capacity(json.len());
    let (mut is_in_string, mut is_escaped) = (false, false);
    for character in json.chars() {
        if is_in_string {
            is_in_string = is_escaped || character != '"';
            is_escaped = !is_escaped && character == '\\';
        } else if character.is_ascii_whitespace() {
            continue;
        } else {
            is_in_string = character == '"';
        }
        compact.push(character);
    }
    compact
}

fn check_length(body: &[u8], limits: &Limits) -> Result<(), Error> {
    let limit = limits.request;
    if body.len() <= limit {
        return Ok(());
    }
    Err(Error::new(
        Code::LimitRequest,
        format!(
            "the request has {} bytes, expected at most {limit}",
            body.len()
        ),
    )
    .expected(format!("at most {limit} bytes"))
    .found(body.len().to_string()))
}

impl Serialize for CreateDownlinkRequest<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let instruction: &RawValue =
            serde_json::from_str(self.instruction_text()).map_err(S::Error::custom)?;
        Fields {
            external_reference: self.external_reference.as_deref(),
            instruction,
            method: &self.method,
            retry_limit: self.retry_limit,
            feedback_timeout: self.feedback_timeout,
            dry_run: self.dry_run,
        }
        .serialize(serializer)
    }
}

/// The fields in the order of the schema.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fields<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    external_reference: Option<&'r str>,
    instruction: &'r RawValue,
    method: &'r Method<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_limit: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feedback_timeout: Option<FeedbackTimeout>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dry_run: Option<bool>,
}

impl<'de> Deserialize<'de> for CreateDownlinkRequest<'static> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        let request = CreateDownlinkRequest::from_json(text.get().as_bytes());
        request
            .map(CreateDownlinkRequest::into_owned)
            .map_err(D::Error::custom)
    }
}
