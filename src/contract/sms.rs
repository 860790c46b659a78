//! The document of `/sms/downlinks`.

use serde::{Deserialize, Serialize};

use crate::instruction::{DeviceId, FeedbackTimeout};

use super::status::{ProtocolStatus, SmsFailureReason};

/// A downlink for a mobile device, as a text message.
///
/// ```
/// use downlink::contract::{SmsDownlink, SmsMessage};
/// use downlink::instruction::FeedbackTimeout;
///
/// let device = "urn:dev:IMEI:123456789012345:".parse()?;
/// let downlink = SmsDownlink::new(device, SmsMessage::new("reset"), FeedbackTimeout::MINIMUM);
/// assert_eq!(
///     serde_json::to_string(&downlink).unwrap(),
///     r#"{"message":{"text":"reset"},"deviceId":"urn:dev:IMEI:123456789012345:","feedbackTimeout":"PT10M"}"#,
/// );
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SmsDownlink {
    /// Identifies the downlink; only in answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What the device gets.
    pub message: SmsMessage,
    /// Identifies the SIM card in the device; only in answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icc_id: Option<String>,
    /// How far it is; only in answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ProtocolStatus>,
    /// The device; here, and only here, the contract takes any text.
    pub device_id: String,
    /// When it was taken (RFC 3339), as written; only in answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// When it last changed (RFC 3339), as written; only in answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified_at: Option<String>,
    /// How often it may be sent again; none means never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_limit: Option<u64>,
    /// How often it was sent again; only in answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_count: Option<u64>,
    /// How long to wait for feedback.
    pub feedback_timeout: FeedbackTimeout,
    /// Whether delivery is only pretended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dry_run: Option<bool>,
    /// Why it failed last; only in answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_failure_reason: Option<SmsFailureReason>,
}

impl SmsDownlink {
    /// A new downlink, with none of the fields that may be absent.
    #[must_use]
    pub fn new(
        device_id: DeviceId,
        message: SmsMessage,
        feedback_timeout: FeedbackTimeout,
    ) -> Self {
        Self {
            id: None,
            message,
            icc_id: None,
            status: None,
            device_id: device_id.to_string(),
            created_at: None,
            modified_at: None,
            retry_limit: None,
            retry_count: None,
            feedback_timeout,
            dry_run: None,
            last_failure_reason: None,
        }
    }
}

/// A text message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SmsMessage {
    /// Identifies the message; only in answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sms_message_id: Option<i64>,
    /// The text.
    pub text: String,
}

impl SmsMessage {
    /// A new message with this text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            sms_message_id: None,
            text: text.into(),
        }
    }
}
