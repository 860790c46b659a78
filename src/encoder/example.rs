//! What an encoder sends for an instruction, as its source says.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::message::lora::FPort;

/// An instruction with what is sent for it, or with the code that it is refused with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Example {
    /// What it shows.
    pub title: String,
    /// The records in JSON, without a device.
    pub instruction: Value,
    /// The LoRaWAN port that is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub f_port: Option<FPort>,
    /// The variables of the device.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, String>,
    /// What is sent, message by message.
    pub messages: Vec<ExampleMessage>,
    /// The codes of all warnings, where they are given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warnings: Option<Vec<String>>,
    /// The code that it is refused with, where nothing is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A message of an example; what is not given may be anything.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ExampleMessage {
    /// The LoRaWAN port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub f_port: Option<FPort>,
    /// The MQTT topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// The MQTT content type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// HTTP header fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The payload.
    #[serde(flatten)]
    pub payload: Option<ExamplePayload>,
}

/// The payload of a message of an example.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum ExamplePayload {
    /// Bytes, as hex digits in upper case.
    Hex(String),
    /// A text.
    Text(String),
    /// A text that is this value in JSON, whatever the order of its members.
    Json(Value),
}

impl Example {
    /// Whether it shows a refusal.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.error.is_some()
    }
}

impl fmt::Display for ExamplePayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hex(text) | Self::Text(text) => f.write_str(text),
            Self::Json(value) => value.fmt(f),
        }
    }
}
