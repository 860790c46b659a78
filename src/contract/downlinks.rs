//! The answers of `/downlinks`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, quote};
use crate::instruction::{DeviceId, text_form};

use super::request::CreateDownlinkRequest;
use super::status::{DownlinkEventType, DownlinkStatus};

/// An instruction on its way to a device.
///
/// ```
/// use downlink::contract::{Downlink, DownlinkStatus};
///
/// let json = r#"{"networkId":"urn:dev:DEVEUI:0059AC0000152A2B:","status":"LOST"}"#;
/// let downlink: Downlink = serde_json::from_str(json)?;
/// assert_eq!(downlink.status, DownlinkStatus::Other("LOST".to_owned()));
/// assert_eq!(serde_json::to_string(&downlink)?, json);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Downlink {
    /// Identifies the downlink.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The device, by the name that its network knows.
    pub network_id: String,
    /// What the caller calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_reference: Option<String>,
    /// How far it is.
    pub status: DownlinkStatus,
    /// The instruction: the text of a SenML pack, not the pack itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// When it was taken (RFC 3339), as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// When it last changed (RFC 3339), as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modified_at: Option<String>,
    /// What happened to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logs: Option<Vec<DownlinkLog>>,
}

impl Downlink {
    /// The answer to a request: pending, with the instruction as it was received.
    #[must_use]
    pub fn new(device: DeviceId, request: &CreateDownlinkRequest<'_>) -> Self {
        Self {
            external_reference: request.external_reference.as_deref().map(str::to_owned),
            message: Some(request.message()),
            ..Self::for_device(device)
        }
    }

    /// A pending downlink for a device, of which nothing else is known.
    #[must_use]
    pub fn for_device(device: DeviceId) -> Self {
        Self {
            id: None,
            network_id: device.to_string(),
            external_reference: None,
            status: DownlinkStatus::Pending,
            message: None,
            created_at: None,
            modified_at: None,
            logs: None,
        }
    }
}

/// Something that happened to a downlink.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct DownlinkLog {
    /// When it happened (RFC 3339), as written.
    pub created_at: String,
    /// What happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<DownlinkEventType>,
    /// Why it failed, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<ErrorCode>,
}

impl DownlinkLog {
    /// An entry of this time (RFC 3339).
    #[must_use]
    pub fn new(created_at: impl Into<String>) -> Self {
        Self {
            created_at: created_at.into(),
            event: None,
            error_code: None,
        }
    }
}

/// Why a downlink failed: a text that is not blank. The contract lists no values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ErrorCode(String);

impl ErrorCode {
    /// Reads an error code.
    ///
    /// # Errors
    ///
    /// [`Code::RequestType`] if the text is blank.
    pub fn parse(text: &str) -> Result<Self, Error> {
        if text.trim().is_empty() {
            return Err(Error::new(
                Code::RequestType,
                format!(
                    "the error code is `{}`, expected a text that is not blank",
                    quote(text)
                ),
            )
            .expected("a text that is not blank")
            .found(quote(text)));
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_form!(ErrorCode);
