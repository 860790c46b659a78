//! What a payload says, in the normal form of instructions.

use crate::error::Error;
use crate::instruction::DeviceId;
use crate::message::Protocol;
use crate::number::{Decimal, Rational};

use super::super::super::{Decoded, DecodedRecord, DecodedVariable, RecordValue};
use super::super::argument::{Argument, Scalar, Shape};
use super::super::example;
use super::super::model::Definition;
use super::super::needs;
use super::found::Found;
use super::search::Candidate;

/// One way to read a payload.
#[derive(Clone, Debug)]
pub(super) struct Interpretation {
    /// In the order of the payload.
    pub(super) commands: Vec<String>,
    pub(super) decoded: Decoded,
}

impl Interpretation {
    /// The records of a candidate; nothing if a value in it is none of its argument.
    pub(super) fn of(definition: &Definition, candidate: &Candidate<'_>) -> Option<Self> {
        let mut reading = Self {
            commands: Vec::new(),
            decoded: Decoded::default(),
        };
        if let Some((envelope, found)) = &candidate.envelope {
            reading.take(definition, &envelope.name, &envelope.arguments, found)?;
        }
        for spoken in &candidate.commands {
            let command = spoken.command;
            reading.commands.push(command.name.clone());
            let before = reading.decoded.records.len();
            reading.take(definition, &command.name, &command.arguments, &spoken.found)?;
            if reading.decoded.records.len() == before {
                let trigger = DecodedRecord::new(&command.name, RecordValue::Boolean(true));
                reading.decoded.records.push(trigger);
            }
        }
        let variables = &mut reading.decoded.variables;
        variables.sort_by(|one, other| one.name.cmp(&other.name));
        Some(reading)
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
            match self.decoded.variable(&variable.name) {
                Some(known) if known != text => return None,
                Some(_) => {}
                None => self.decoded.variables.push(DecodedVariable {
                    name: variable.name.clone(),
                    text: text.clone(),
                    is_secret: variable.is_secret,
                }),
            }
        }
        let mut values = found.clone().finish(arguments)?;
        needs::leave_out(arguments, &mut values);
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
                        self.decoded.records.push(record(name, argument, value)?);
                    }
                }
                Shape::Single => {
                    if let Some(value) = own.first() {
                        let name = format!("{name}/{}", argument.name);
                        self.decoded.records.push(record(name, argument, value)?);
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
                self.decoded
                    .records
                    .push(record(name, argument, own.get(index)?)?);
            }
        }
        Some(())
    }
}

fn record(name: String, argument: &Argument, value: &Scalar<'_>) -> Option<DecodedRecord> {
    let is_number = matches!(value, Scalar::Number(_));
    let value = argument.record_value(value)?;
    Some(DecodedRecord {
        unit: argument.unit.clone().filter(|_| is_number),
        is_secret: argument.is_secret,
        ..DecodedRecord::new(name, value)
    })
}

/// The number as people write it: an integer without a fraction.
pub(in super::super) fn plain(value: Rational) -> Option<Decimal> {
    let integer = value.to_integer().and_then(|it| Decimal::new(it, 0));
    integer.or_else(|| value.to_decimal().map(Decimal::normalized))
}

impl Interpretation {
    /// The device that the payload tells of, else one that no payload tells of.
    pub(super) fn device(&self, protocol: Protocol) -> Result<DeviceId, Error> {
        let told = |name: &str| self.decoded.variable(name);
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
