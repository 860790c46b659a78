//! The document of `/lora/downlinks`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, quote};
use crate::instruction::{DeviceId, FeedbackTimeout, text_form};

use super::status::{LoraFailureReason, ProtocolStatus};
use crate::message::lora::FPort;

/// A downlink for a LoRaWAN end device.
///
/// ```
/// use downlink::contract::{LoraDownlink, PayloadHex, PayloadHexMessage};
/// use downlink::message::lora::FPort;
/// use downlink::instruction::{DeviceId, FeedbackTimeout};
///
/// let message = PayloadHexMessage::new(PayloadHex::from_bytes(&[4, 255])?, FPort::new(2)?);
/// let device = DeviceId::DevEui(0x0059_AC00_0015_2A2B);
/// let downlink = LoraDownlink::new(device, message, FeedbackTimeout::MINIMUM);
/// assert_eq!(
///     serde_json::to_string(&downlink).unwrap(),
///     r#"{"message":{"payloadHex":"04FF","fPort":2},"deviceId":"urn:dev:DEVEUI:0059AC0000152A2B:","feedbackTimeout":"PT10M"}"#,
/// );
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct LoraDownlink {
    /// Identifies the downlink; only in answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What the end device gets.
    pub message: PayloadHexMessage,
    /// How far it is; only in answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ProtocolStatus>,
    /// How often it may be sent again; none means never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_limit: Option<u64>,
    /// How often it was sent again; only in answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_count: Option<u64>,
    /// The end device.
    pub device_id: DeviceId,
    /// When it was taken (RFC 3339), as written; only in answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// When it last changed (RFC 3339), as written; only in answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified_at: Option<String>,
    /// How long to wait for feedback.
    pub feedback_timeout: FeedbackTimeout,
    /// Whether delivery is only pretended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
    /// Why it failed last; only in answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_failure_reason: Option<LoraFailureReason>,
}

impl LoraDownlink {
    /// A new downlink, with none of the fields that may be absent.
    #[must_use]
    pub fn new(
        device_id: DeviceId,
        message: PayloadHexMessage,
        feedback_timeout: FeedbackTimeout,
    ) -> Self {
        Self {
            id: None,
            message,
            status: None,
            retry_limit: None,
            retry_count: None,
            device_id,
            created_at: None,
            modified_at: None,
            feedback_timeout,
            dry_run: None,
            last_failure_reason: None,
        }
    }
}

/// What an end device gets: a payload on a port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PayloadHexMessage {
    /// The application payload, `FRMPayload`.
    pub payload_hex: PayloadHex,
    /// The application port, 1 to 223.
    pub f_port: FPort,
}

impl PayloadHexMessage {
    /// A payload on a port.
    #[must_use]
    pub fn new(payload_hex: PayloadHex, f_port: FPort) -> Self {
        Self {
            payload_hex,
            f_port,
        }
    }
}

/// Whole bytes as hexadecimal digits; at least one byte.
///
/// Read, the digits stay as they were written; made from bytes, they are in upper case.
///
/// ```
/// use downlink::contract::PayloadHex;
///
/// assert_eq!(PayloadHex::parse("0a0B")?.to_bytes(), [10, 11]);
/// assert!(PayloadHex::parse("0a0").is_err());
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PayloadHex(String);

impl PayloadHex {
    /// Reads hexadecimal digits.
    ///
    /// # Errors
    ///
    /// [`Code::RequestType`] if there is none, half a byte, or another character.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.is_empty() {
            return Err(empty());
        }
        match hex::decode(text) {
            Ok(_) => Ok(Self(text.to_owned())),
            Err(_) => Err(not_hex(text)),
        }
    }

    /// Writes bytes as hexadecimal digits.
    ///
    /// # Errors
    ///
    /// [`Code::RequestType`] if there is none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.is_empty() {
            return Err(empty());
        }
        Ok(Self(hex::encode_upper(bytes)))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        hex::decode(&self.0).unwrap_or_default()
    }
}

#[cold]
fn empty() -> Error {
    Error::new(
        Code::RequestType,
        "the payload is empty, expected at least 1 byte",
    )
    .expected("at least 1 byte")
    .found("nothing")
}

#[cold]
fn not_hex(text: &str) -> Error {
    let found = if text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        format!("{} digits", text.len())
    } else {
        format!("`{}`", quote(text))
    };
    Error::new(
        Code::RequestType,
        format!("the payload is {found}, expected two hexadecimal digits for each byte"),
    )
    .expected("two hexadecimal digits for each byte")
    .found(found)
}

impl fmt::Display for PayloadHex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_form!(PayloadHex);
