//! What callers see of downlinks, parts and events: the contract's documents with our extensions.

use downlink::contract::{
    Downlink, DownlinkEventType, DownlinkStatus, ErrorCode, HttpDownlink, HttpFailureReason,
    LoraDownlink, LoraFailureReason, MqttDownlink, MqttFailureReason, ProtocolRequest,
    ProtocolStatus, SmsDownlink, SmsFailureReason,
};
use downlink::message::Message;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::id::PartId;
use crate::life::{Event, Life, Part, Protocol};
use crate::store::{PartRow, Row};

use super::Refusal;

/// A downlink of `/downlinks`, with the extension members of this service.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DownlinkView {
    #[serde(flatten)]
    document: Downlink,
    logs: Vec<LogView>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    dry_run: bool,
}

/// An entry of the logs: the contract's members, and which part it concerns.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LogView {
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<DownlinkEventType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<ErrorCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<PartId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl DownlinkView {
    /// The downlink as it is now.
    ///
    /// # Errors
    ///
    /// A row that is not an instruction, or whose device has no name.
    pub fn of(row: &Row) -> Result<Self, Refusal> {
        let life = &row.stored.life;
        let instruction = row.instruction.as_ref();
        let instruction = instruction.ok_or_else(|| Refusal::fault("a row without instruction"))?;
        let device = row.stored.device.parse();
        let device = device.map_err(|_| Refusal::fault("a stored device has no canonical name"))?;
        let mut document = Downlink::for_device(device);
        document.id = Some(life.id.to_string());
        document
            .external_reference
            .clone_from(&instruction.external_reference);
        document.status = DownlinkStatus::from(life.status().as_str());
        document.message = Some(instruction.message.clone());
        document.created_at = Some(life.created_at.to_string());
        document.modified_at = Some(life.modified_at.to_string());
        Ok(Self {
            document,
            logs: row.logs.iter().map(LogView::of).collect(),
            dry_run: life.terms.dry_run,
        })
    }
}

impl LogView {
    fn of(event: &Event) -> Self {
        let error_code = event.error_code.as_deref();
        Self {
            created_at: event.at.to_string(),
            event: event.kind.contract_name().map(DownlinkEventType::from),
            error_code: error_code.and_then(|code| ErrorCode::parse(code).ok()),
            part: event.part,
            detail: event.detail.clone(),
        }
    }
}

/// A part, as the resource of its protocol shows it.
#[derive(Clone, Debug, Serialize)]
pub struct PartView {
    #[serde(flatten)]
    document: PartDocument,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    masked: bool,
    /// The instruction that it is part of, for the answer's `Link`.
    #[serde(skip)]
    pub parent: Option<Uuid>,
    /// Its id.
    #[serde(skip)]
    pub id: PartId,
}

/// The contract's document of a part.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(super) enum PartDocument {
    Lora(LoraDownlink),
    Mqtt(MqttDownlink),
    Sms(SmsDownlink),
    Http(HttpDownlink),
}

impl PartView {
    /// The part as it is now.
    ///
    /// # Errors
    ///
    /// A row whose document is not one of its protocol.
    pub fn of(row: &PartRow) -> Result<Self, Refusal> {
        let life = &row.stored.life;
        let part = life.part(row.part);
        let part = part.ok_or_else(|| Refusal::fault("a part that its life does not have"))?;
        let mut document = PartDocument::read(life.protocol, row.document.as_bytes())?;
        document.answer(life, part);
        Ok(Self {
            document,
            masked: row.masked,
            parent: life.instruction.map(|_| life.id.0),
            id: row.part,
        })
    }
}

/// Sets what answers say beside the request's own fields.
macro_rules! answer {
    ($document:ident, $life:ident, $part:ident, $reason:ident) => {{
        $document.id = Some($part.id.to_string());
        $document.status = Some(ProtocolStatus::from($part.status().as_str()));
        $document.created_at = Some($life.created_at.to_string());
        $document.modified_at = Some($part.modified_at.to_string());
        let reason = $part.failure.map(|reason| reason.spelled($life.protocol));
        $document.last_failure_reason = reason.map($reason::from);
    }};
}

impl PartDocument {
    /// Reads a document that went through the checks of [`downlink::contract::ProtocolRequest`].
    pub(super) fn read(protocol: Protocol, json: &[u8]) -> Result<Self, Refusal> {
        let document = match protocol {
            Protocol::Lora => serde_json::from_slice(json).map(Self::Lora),
            Protocol::Mqtt => serde_json::from_slice(json).map(Self::Mqtt),
            Protocol::Sms => serde_json::from_slice(json).map(Self::Sms),
            Protocol::Http => serde_json::from_slice(json).map(Self::Http),
            Protocol::DigitalMatter => return Err(no_document()),
        };
        // The text of the error may quote a secret.
        document.map_err(|_| Refusal::fault("a document is not one of its protocol"))
    }

    /// The document of a body, as it was posted. Numbers are those that the engine read: to it
    /// `85.0` is an integer.
    pub(super) fn posted(
        protocol: Protocol,
        body: &[u8],
        request: &ProtocolRequest,
    ) -> Result<Self, Refusal> {
        let body = serde_json::from_slice(body);
        let mut body: Value = body.map_err(|_| Refusal::fault("a request is not JSON"))?;
        let port = match &request.message {
            Message::Lora(downlink) => Some(downlink.f_port().number().into()),
            _ => None,
        };
        let numbers = [
            ("/retryLimit", request.retry_limit),
            ("/message/fPort", port),
        ];
        for (pointer, number) in numbers {
            if let (Some(place), Some(number)) = (body.pointer_mut(pointer), number) {
                *place = number.into();
            }
        }
        let written = serde_json::to_vec(&body);
        Self::read(
            protocol,
            &written.map_err(|_| Refusal::fault("a document cannot be written"))?,
        )
    }

    fn answer(&mut self, life: &Life, part: &Part) {
        match self {
            Self::Lora(document) => {
                answer!(document, life, part, LoraFailureReason);
                document.retry_count = Some(part.retries.into());
            }
            Self::Mqtt(document) => answer!(document, life, part, MqttFailureReason),
            Self::Sms(document) => {
                answer!(document, life, part, SmsFailureReason);
                document.retry_count = Some(part.retries.into());
            }
            Self::Http(document) => answer!(document, life, part, HttpFailureReason),
        }
    }
}

/// The resource of Digital Matter is not served yet, so nothing of it is stored.
fn no_document() -> Refusal {
    Refusal::fault("a document of Digital Matter")
}

/// An entry of a part's history (`GET /{protocol}/downlinks/{id}/events`).
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EventView {
    created_at: String,
    event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl EventView {
    /// The entry.
    #[must_use]
    pub fn of(event: &Event) -> Self {
        Self {
            created_at: event.at.to_string(),
            event: event.kind.name(),
            error_code: event.error_code.clone(),
            detail: event.detail.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use downlink::message::Protocol as EngineProtocol;

    use super::*;

    #[test]
    fn a_number_without_a_fraction_is_an_integer_however_it_is_written() {
        for number in ["10", "10.0", "1e1", "100E-1"] {
            let body = format!(
                r#"{{"deviceId": "urn:dev:DEVEUI:0059AC0000000007:", "feedbackTimeout": "PT1H",
                    "message": {{"payloadHex": "0a", "fPort": {number}}}, "retryLimit": {number}}}"#
            );
            let body = body.as_bytes();
            let request = ProtocolRequest::from_json(EngineProtocol::Lora, body).unwrap();
            let document = PartDocument::posted(Protocol::Lora, body, &request).unwrap();
            let shown = serde_json::to_value(&document).unwrap();
            assert_eq!(shown["retryLimit"], 10, "{number}");
            assert_eq!(shown["message"]["fPort"], 10, "{number}");
            assert_eq!(shown["message"]["payloadHex"], "0a");
        }
    }
}
