//! The document of `/http/downlinks`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::instruction::{DeviceId, FeedbackTimeout};

use super::base64::Base64String;
use super::status::{HttpFailureReason, ProtocolStatus};

/// A downlink for a device that fetches it over HTTP.
///
/// ```
/// use downlink::contract::{HttpDownlink, HttpMessage, HttpTextMessage};
/// use downlink::instruction::FeedbackTimeout;
///
/// let device = "urn:dev:IMEI:123456789012345:".parse()?;
/// let message = HttpMessage::Text(HttpTextMessage::new("on"));
/// let downlink = HttpDownlink::new(device, message, FeedbackTimeout::MINIMUM);
/// assert_eq!(
///     serde_json::to_string(&downlink).unwrap(),
///     r#"{"message":{"type":"text","body":"on"},"deviceId":"urn:dev:IMEI:123456789012345:","feedbackTimeout":"PT10M"}"#,
/// );
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct HttpDownlink {
    /// Identifies the downlink; only in answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What the device gets.
    pub message: HttpMessage,
    /// How far it is; only in answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ProtocolStatus>,
    /// The device.
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
    pub last_failure_reason: Option<HttpFailureReason>,
}

impl HttpDownlink {
    /// A new downlink, with none of the fields that may be absent.
    #[must_use]
    pub fn new(
        device_id: DeviceId,
        message: HttpMessage,
        feedback_timeout: FeedbackTimeout,
    ) -> Self {
        Self {
            id: None,
            message,
            status: None,
            device_id,
            created_at: None,
            modified_at: None,
            feedback_timeout,
            dry_run: None,
            last_failure_reason: None,
        }
    }
}

/// The answer that a device gets, told apart by `type`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
#[non_exhaustive]
pub enum HttpMessage {
    /// Bytes.
    Binary(HttpBinaryMessage),
    /// UTF-8 text.
    Text(HttpTextMessage),
}

/// A body of bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HttpBinaryMessage {
    /// The bytes.
    pub body: Base64String,
    /// Header fields by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<BTreeMap<String, String>>,
}

impl HttpBinaryMessage {
    /// A body without header fields.
    #[must_use]
    pub fn new(body: Base64String) -> Self {
        Self {
            body,
            headers: None,
        }
    }
}

/// A body of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HttpTextMessage {
    /// The text.
    pub body: String,
    /// Header fields by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<BTreeMap<String, String>>,
}

impl HttpTextMessage {
    /// A body without header fields.
    #[must_use]
    pub fn new(body: impl Into<String>) -> Self {
        Self {
            body: body.into(),
            headers: None,
        }
    }
}
