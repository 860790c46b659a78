//! What a payload says, as an instruction.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Diagnostic, Error, First};
use crate::instruction::{DeviceId, Entry};
use crate::message::lora::FPort;
use crate::number::Decimal;
use crate::senml::{Label, Pack, Profile, Reader, ResolvedRecord, Value};

use super::MASK;

/// What a payload says: the records of an instruction, without the device.
///
/// Those of a definition are the normal form of the instructions that encode to the payload: one
/// record for each argument in the order of the frame, in the units of the definition and with
/// defaults filled in. Secrets are in it, since it must encode to the same payload again; its `Debug`
/// form masks them.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Decoded {
    /// In the order of the payload.
    pub records: Vec<DecodedRecord>,
    /// The port that the payload is for, where the protocol has ports.
    pub f_port: Option<FPort>,
    /// The variables of the device that stand in the payload or its topic, by name.
    pub variables: Vec<DecodedVariable>,
    /// What a script warns of.
    pub warnings: Vec<Diagnostic>,
}

/// One record of what was decoded.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct DecodedRecord {
    /// The name without the device: `relay/ro1`.
    pub name: String,
    /// The unit of a number.
    pub unit: Option<String>,
    /// What data holds (RFC 9193).
    pub content_format: Option<String>,
    /// The value.
    pub value: RecordValue,
    /// Whether the value must not be shown.
    pub is_secret: bool,
}

/// A variable that was decoded.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DecodedVariable {
    /// Its name in a binding.
    pub name: String,
    /// Its value.
    pub text: String,
    /// Whether the value must not be shown.
    pub is_secret: bool,
}

/// The value of a record.
///
/// Serialized, it is an object with the label that a record has for it: `{"v":600}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum RecordValue {
    /// `v`
    #[serde(rename = "v")]
    Number(Decimal),
    /// `vb`
    #[serde(rename = "vb")]
    Boolean(bool),
    /// `vs`
    #[serde(rename = "vs")]
    Text(String),
    /// `vd`, in base64url without padding.
    #[serde(rename = "vd", with = "base64url")]
    Data(Vec<u8>),
}

mod base64url {
    use base64::Engine;
    use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&BASE64.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        BASE64.decode(text).map_err(D::Error::custom)
    }
}

impl Decoded {
    /// These records.
    #[must_use]
    pub fn new(records: Vec<DecodedRecord>) -> Self {
        Self {
            records,
            ..Self::default()
        }
    }

    /// The text of a variable.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&str> {
        let variable = self.variables.iter().find(|it| it.name == name);
        variable.map(|it| it.text.as_str())
    }

    /// The instruction for this device, as a pack of SenML in JSON.
    ///
    /// # Errors
    ///
    /// A name that SenML does not have, which only an encoder from outside can give.
    pub fn to_senml_json(&self, device: DeviceId) -> Result<String, Error> {
        self.pack(device).map(|pack| pack.to_json())
    }

    /// The instruction for this device.
    pub(crate) fn pack(&self, device: DeviceId) -> Result<Pack<'_>, Error> {
        let mut pack = Pack::builder()
            .record()
            .text(Label::BaseName, device.to_string());
        for (place, record) in self.records.iter().enumerate() {
            if place > 0 {
                pack = pack.record();
            }
            pack = pack.text(Label::Name, record.name.as_str());
            if let Some(unit) = &record.unit {
                pack = pack.text(Label::Unit, unit.as_str());
            }
            if let Some(format) = &record.content_format {
                pack = pack.text(Label::ContentFormat, format.as_str());
            }
            pack = match &record.value {
                RecordValue::Number(number) => pack.number(Label::Value, *number),
                RecordValue::Boolean(value) => pack.boolean(Label::BooleanValue, *value),
                RecordValue::Text(text) => pack.text(Label::StringValue, text.as_str()),
                RecordValue::Data(bytes) => pack.data(Label::DataValue, bytes.as_slice()),
            };
        }
        let reader = Reader::new().profile(Profile::Interop);
        pack.build_with(&reader, &mut First::default())
    }
}

impl DecodedRecord {
    /// A record without a unit, which may be shown.
    #[must_use]
    pub fn new(name: impl Into<String>, value: RecordValue) -> Self {
        Self {
            name: name.into(),
            unit: None,
            content_format: None,
            value,
            is_secret: false,
        }
    }

    /// The record of an instruction; nothing for a value that no encoder sends.
    pub(super) fn of(entry: &Entry<'_>) -> Option<Self> {
        Some(Self {
            unit: entry.unit().map(str::to_owned),
            content_format: entry.content_format().map(str::to_owned),
            ..Self::new(entry.path(), RecordValue::of(entry.value())?)
        })
    }

    /// A record whose name has no device in it; nothing for a value that no encoder sends.
    pub(super) fn of_resolved(record: &ResolvedRecord<'_>) -> Option<Self> {
        Some(Self {
            unit: record.unit.map(str::to_owned),
            content_format: record.content_format.map(str::to_owned),
            ..Self::new(record.name.to_string(), RecordValue::of(record.value?)?)
        })
    }
}

impl RecordValue {
    fn of(value: Value<'_>) -> Option<Self> {
        Some(match value {
            Value::Number(number) => Self::Number(number.as_decimal()?),
            Value::Boolean(value) => Self::Boolean(value),
            Value::String(text) => Self::Text(text.to_owned()),
            Value::Data(bytes) => Self::Data(bytes.to_vec()),
            Value::ObjectLink(_) | Value::Null => return None,
        })
    }
}

impl fmt::Debug for DecodedRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("DecodedRecord");
        shown.field("name", &self.name).field("unit", &self.unit);
        if self.is_secret {
            shown.field("value", &MASK);
        } else {
            shown.field("value", &self.value);
        }
        shown.finish_non_exhaustive()
    }
}

impl fmt::Debug for DecodedVariable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = if self.is_secret { MASK } else { &self.text };
        let mut shown = f.debug_struct("DecodedVariable");
        shown.field("name", &self.name).field("text", &text);
        shown.finish_non_exhaustive()
    }
}
