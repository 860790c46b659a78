//! The document of `/mqtt/downlinks`.

use serde::{Deserialize, Serialize};

use crate::instruction::{DeviceId, FeedbackTimeout};

use super::base64::Base64String;
use super::status::{MqttFailureReason, MqttQualityOfService, ProtocolStatus};

/// A downlink for a device that subscribes to a topic.
///
/// ```
/// use downlink::contract::{MqttDownlink, MqttMessage, MqttTextMessage};
/// use downlink::instruction::FeedbackTimeout;
///
/// let device = "urn:dev:DVNUUID:f81d4fae-7dec-11d0-a765-00a0c91e6bf6:".parse()?;
/// let message = MqttMessage::Text(MqttTextMessage::new("on", "downlink"));
/// let downlink = MqttDownlink::new(device, message, FeedbackTimeout::MINIMUM);
/// let json = serde_json::to_string(&downlink).unwrap();
/// assert!(json.starts_with(r#"{"message":{"type":"text","payload":"on","topic":"downlink"},"#));
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MqttDownlink {
    /// Identifies the downlink; only in answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What is published.
    pub message: MqttMessage,
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
    pub last_failure_reason: Option<MqttFailureReason>,
}

impl MqttDownlink {
    /// A new downlink, with none of the fields that may be absent.
    #[must_use]
    pub fn new(
        device_id: DeviceId,
        message: MqttMessage,
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

/// What is published, told apart by `type`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
#[non_exhaustive]
pub enum MqttMessage {
    /// Bytes.
    Binary(MqttBinaryMessage),
    /// UTF-8 text.
    Text(MqttTextMessage),
}

/// A payload of bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MqttBinaryMessage {
    /// The bytes.
    pub payload: Base64String,
    /// The topic name to publish to.
    pub topic: String,
    /// The media type of the payload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// How surely it arrives; at most once if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qos: Option<MqttQualityOfService>,
}

impl MqttBinaryMessage {
    /// A payload to publish to a topic.
    #[must_use]
    pub fn new(payload: Base64String, topic: impl Into<String>) -> Self {
        Self {
            payload,
            topic: topic.into(),
            content_type: None,
            qos: None,
        }
    }
}

/// A payload of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MqttTextMessage {
    /// The text.
    pub payload: String,
    /// The topic name to publish to.
    pub topic: String,
    /// The media type of the payload.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// How surely it arrives; at most once if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qos: Option<MqttQualityOfService>,
}

impl MqttTextMessage {
    /// A payload to publish to a topic.
    #[must_use]
    pub fn new(payload: impl Into<String>, topic: impl Into<String>) -> Self {
        Self {
            payload: payload.into(),
            topic: topic.into(),
            content_type: None,
            qos: None,
        }
    }
}
