//! What a payload says, in the normal form of instructions.

use std::collections::BTreeMap;
use std::fmt;

use crate::error::{Error, First};
use crate::instruction::DeviceId;
use crate::message::Protocol;
use crate::message::lora::FPort;
use crate::number::{Decimal, Rational};
use crate::senml::{Label, Pack, Profile, Reader};

use super::super::argument::{Argument, BytesFrom, Kind, MASK, Scalar, Shape};
use super::super::example;
use super::super::model::Definition;
use super::found::Found;
use super::search::Candidate;

/// What a payload says: the normal form of the instructions that encode to it.
///
/// It has one record for each argument in the order of the frame, in the units of the definition
/// and with defaults filled in. Secrets are in it, since it must encode to the same payload again;
/// its `Debug` form masks them.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// In the order of the payload.
    pub(super) commands: Vec<String>,
    records: Vec<DecodedRecord>,
    pub(super) variables: BTreeMap<String, Kept>,
    pub(super) f_port: Option<FPort>,
}

/// One record of what was decoded.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct DecodedRecord {
    /// The name behind the device: `relay/ro1`.
    pub name: String,
    /// The unit of a number.
    pub unit: Option<String>,
    /// The value.
    pub value: DecodedValue,
    /// Whether the value must not be shown.
    pub is_secret: bool,
}

/// The value of a record.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum DecodedValue {
    /// `v`
    Number(Decimal),
    /// `vb`
    Boolean(bool),
    /// `vs`
    Text(String),
    /// `vd`
    Data(Vec<u8>),
}

/// The text of a variable.
#[derive(Clone, PartialEq)]
pub(super) struct Kept {
    pub(super) text: String,
    is_secret: bool,
}

impl Decoded {
    /// The records, in order.
    #[must_use]
    pub fn records(&self) -> &[DecodedRecord] {
        &self.records
    }

    /// The port that the payload is for, where the protocol has ports.
    #[must_use]
    pub fn f_port(&self) -> Option<FPort> {
        self.f_port
    }

    /// The variables of the device that stand in the payload or its topic, with their texts.
    pub fn variables(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables
            .iter()
            .map(|(name, kept)| (name.as_str(), kept.text.as_str()))
    }

    /// The instruction for this device, as a pack of SenML in JSON.
    ///
    /// # Errors
    ///
    /// None that is known; a pack is checked when it is built.
    pub fn to_senml_json(&self, device: DeviceId) -> Result<String, Error> {
        self.pack(device).map(|pack| pack.to_json())
    }

    pub(super) fn pack(&self, device: DeviceId) -> Result<Pack<'_>, Error> {
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
            pack = match &record.value {
                DecodedValue::Number(number) => pack.number(Label::Value, *number),
                DecodedValue::Boolean(value) => pack.boolean(Label::BooleanValue, *value),
                DecodedValue::Text(text) => pack.text(Label::StringValue, text.as_str()),
                DecodedValue::Data(bytes) => pack.data(Label::DataValue, bytes.as_slice()),
            };
        }
        let reader = Reader::new().profile(Profile::Interop);
        pack.build_with(&reader, &mut First::default())
    }

    /// The records of a candidate; nothing if a value in it is none of its argument.
    pub(super) fn of(definition: &Definition, candidate: &Candidate<'_>) -> Option<Self> {
        let mut decoded = Self {
            commands: Vec::new(),
            records: Vec::new(),
            variables: BTreeMap::new(),
            f_port: None,
        };
        if let Some((envelope, found)) = &candidate.envelope {
            decoded.take(definition, &envelope.name, &envelope.arguments, found)?;
        }
        for spoken in &candidate.commands {
            let command = spoken.command;
            decoded.commands.push(command.name.clone());
            let before = decoded.records.len();
            decoded.take(definition, &command.name, &command.arguments, &spoken.found)?;
            if decoded.records.len() == before {
                decoded.records.push(trigger(&command.name));
            }
        }
        Some(decoded)
    }

    fn take(
        &mut self,
        definition: &Definition,
        name: &str,
        arguments: &[Argument],
        found: &Found,
    ) -> Option<()> {
        for (index, text) in &found.variables {
            let variable = definition.variables.get(*index)?;
            let kept = Kept {
                text: text.clone(),
                is_secret: variable.is_secret,
            };
            let known = self.variables.insert(variable.name.clone(), kept.clone());
            if known.is_some_and(|known| known != kept) {
                return None;
            }
        }
        let values = found.clone().finish(arguments)?;
        let mut has_group = false;
        for (argument, own) in arguments.iter().zip(&values) {
            match argument.shape {
                Shape::Grouped if has_group => {}
                Shape::Grouped => {
                    has_group = true;
                    self.group(name, arguments, &values)?;
                }
                Shape::List { .. } => {
                    for (index, value) in own.iter().enumerate() {
                        let name = format!("{name}/{}/{index}", argument.name);
                        self.records.push(record(name, argument, value)?);
                    }
                }
                Shape::Single => {
                    if let Some(value) = own.first() {
                        let name = format!("{name}/{}", argument.name);
                        self.records.push(record(name, argument, value)?);
                    }
                }
            }
        }
        Some(())
    }

    /// The arguments of a group, repetition by repetition.
    fn group(
        &mut self,
        name: &str,
        arguments: &[Argument],
        values: &[Vec<Scalar<'static>>],
    ) -> Option<()> {
        let grouped = || {
            let both = arguments.iter().zip(values);
            both.filter(|(argument, _)| argument.shape == Shape::Grouped)
        };
        let repetitions = grouped().map(|(_, own)| own.len()).max().unwrap_or(0);
        for index in 0..repetitions {
            for (argument, own) in grouped() {
                let name = format!("{name}/{index}/{}", argument.name);
                self.records.push(record(name, argument, own.get(index)?)?);
            }
        }
        Some(())
    }
}

fn trigger(name: &str) -> DecodedRecord {
    DecodedRecord {
        name: name.to_owned(),
        unit: None,
        value: DecodedValue::Boolean(true),
        is_secret: false,
    }
}

fn record(name: String, argument: &Argument, value: &Scalar<'_>) -> Option<DecodedRecord> {
    let is_number = matches!(value, Scalar::Number(_));
    let is_hex = matches!(
        argument.kind,
        Kind::Bytes {
            from: BytesFrom::Hex,
            ..
        }
    );
    let value = match value {
        Scalar::Number(value) => DecodedValue::Number(plain(*value)?),
        Scalar::Boolean(value) => DecodedValue::Boolean(*value),
        Scalar::Choice(index) => DecodedValue::Text(argument.choices().get(*index)?.name.clone()),
        Scalar::Text(text) => DecodedValue::Text(text.clone().into_owned()),
        Scalar::Bytes(bytes) if is_hex => DecodedValue::Text(hex::encode_upper(bytes)),
        Scalar::Bytes(bytes) => DecodedValue::Data(bytes.to_vec()),
    };
    Some(DecodedRecord {
        name,
        unit: argument.unit.clone().filter(|_| is_number),
        value,
        is_secret: argument.is_secret,
    })
}

/// The number as people write it: an integer without a fraction.
fn plain(value: Rational) -> Option<Decimal> {
    let integer = value.to_integer().and_then(|it| Decimal::new(it, 0));
    integer.or_else(|| value.to_decimal().map(Decimal::normalized))
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

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = if self.is_secret { MASK } else { &self.text };
        shown.fmt(f)
    }
}

impl Decoded {
    /// The device that the payload tells of, else one that no payload tells of.
    pub(super) fn device(&self, protocol: Protocol) -> Result<DeviceId, Error> {
        let told = |name: &str| self.variables.get(name).map(|kept| kept.text.as_str());
        if let Some(urn) = told("urn") {
            return urn.parse();
        }
        if let Some(dev_eui) = told("dev_eui") {
            return format!("urn:dev:DEVEUI:{dev_eui}:").parse();
        }
        if let Some(imei) = told("imei") {
            return format!("urn:dev:IMEI:{imei}:").parse();
        }
        example::device(protocol).parse()
    }
}
