//! What a definition tells about itself: for manual pages, tables and forms.

use std::collections::BTreeSet;

use crate::message::Protocol;
use crate::number::Rational;

use super::super::{
    ArgumentDescription, Arity, CommandDescription, Count, Description, Domain,
    EnvelopeDescription, Evidence, Example, Interval, NeedDescription, RecordValue,
    VariableDescription, Variables,
};
use super::argument::{Argument, BytesFrom, Kind, LengthRule, Scalar, Shape, TextRule};
use super::decode::plain;
use super::model::{Command, Definition};
use super::needs::Need;
use super::variable::Variable;

impl Definition {
    /// The id, `vendor/device`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the device is called.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The models that it holds for.
    #[must_use]
    pub fn models(&self) -> &[String] {
        &self.models
    }

    /// The protocol that the device speaks.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// The document that it was written from.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What kind of document that is.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        self.evidence
    }

    /// The examples, in the order of the file.
    #[must_use]
    pub fn examples(&self) -> impl ExactSizeIterator<Item = &Example> {
        self.examples.iter().map(|case| &case.example)
    }

    /// The variables that it declares.
    pub(super) fn described_variables(&self) -> Variables {
        let declared = self.variables.iter().filter(|it| it.is_declared());
        Variables::Declared {
            variables: declared.map(Variable::description).collect(),
        }
    }

    pub(super) fn description(&self) -> Description {
        Description {
            models: self.models.clone(),
            source: Some(self.source.clone()),
            evidence: Some(self.evidence),
            destination: self.destination(),
            envelopes: self.envelopes(),
            commands: self.commands(),
            is_open: false,
            examples: self.examples().cloned().collect(),
            instruction_schema: self.json_schema(),
            ..Description::of(self)
        }
    }

    /// The envelopes that have something to say, in the order of the file.
    #[must_use]
    pub fn envelopes(&self) -> Vec<EnvelopeDescription> {
        let envelopes = self.envelopes.iter();
        envelopes
            .filter(|envelope| !envelope.arguments.is_empty())
            .map(|envelope| EnvelopeDescription {
                name: envelope.name.clone(),
                arguments: described(&envelope.name, &envelope.arguments, false),
            })
            .collect()
    }

    /// The commands, in the order of the file.
    #[must_use]
    pub fn commands(&self) -> Vec<CommandDescription> {
        let command = |command: &Command| CommandDescription {
            name: command.name.clone(),
            title: command.title.clone(),
            arguments: described(&command.name, &command.arguments, true),
            destination: self.destination_of(command),
            is_repeatable: command.repeats,
            is_once: command.is_once,
            reading: command.reading.clone(),
        };
        self.commands.iter().map(command).collect()
    }

    /// The commands that no example shows.
    pub(super) fn commands_without_example(&self) -> impl Iterator<Item = &Command> {
        let shown: BTreeSet<String> = self
            .examples
            .iter()
            .map(|case| &case.example)
            .filter(|example| !example.is_refusal())
            .flat_map(Example::command_names)
            .collect();
        let commands = self.commands.iter();
        commands.filter(move |command| !shown.contains(&command.name))
    }
}

/// The arguments of a command or an envelope; a command may be named alone for its only one.
fn described(name: &str, arguments: &[Argument], is_command: bool) -> Vec<ArgumentDescription> {
    let required = arguments.iter().filter(|it| it.is_required()).count();
    let describe = |argument: &Argument| {
        let is_only = required == 1 && argument.is_required();
        let is_bare = is_command && is_only && argument.shape == Shape::Single;
        ArgumentDescription {
            needs: needs(argument, arguments),
            ..argument.description(name, is_bare)
        }
    };
    arguments.iter().map(describe).collect()
}

fn needs(argument: &Argument, arguments: &[Argument]) -> Vec<NeedDescription> {
    let need = |need: &Need| {
        let other = arguments.get(need.argument)?;
        Some(NeedDescription {
            argument: other.name.clone(),
            value: other.record_value(&need.value)?,
        })
    };
    argument.needs.iter().filter_map(need).collect()
}

impl Variable {
    fn description(&self) -> VariableDescription {
        let is_shown = |value: &&String| !self.is_secret || value.is_empty();
        VariableDescription {
            title: self.title.clone(),
            pattern: self.declared_pattern().map(str::to_owned),
            default: self.default.as_ref().filter(is_shown).cloned(),
            is_required: self.is_required(),
            is_secret: self.is_secret,
            ..VariableDescription::new(&self.name)
        }
    }
}

impl Argument {
    fn description(&self, command: &str, is_bare: bool) -> ArgumentDescription {
        let default = self.default.as_ref().filter(|_| !self.is_secret);
        ArgumentDescription {
            name: self.name.clone(),
            title: self.title.clone(),
            is_bare,
            arity: self.arity(),
            unit: self.unit.clone(),
            units: self.other_units(),
            default: default.and_then(|default| self.record_value(default)),
            is_required: self.is_required(),
            is_optional: self.is_optional,
            is_secret: self.is_secret,
            once: self.once().map(str::to_owned).collect(),
            ..ArgumentDescription::new(self.first_record(command), self.domain(), self.describe())
        }
    }

    /// The name of its record, or of its first one.
    fn first_record(&self, command: &str) -> String {
        match self.shape {
            Shape::Single => format!("{command}/{}", self.name),
            Shape::List { .. } => format!("{command}/{}/0", self.name),
            Shape::Grouped => format!("{command}/0/{}", self.name),
        }
    }

    fn other_units(&self) -> Vec<String> {
        let units = self.conversions.iter().map(|(unit, _)| *unit);
        let others = units.filter(|unit| Some(*unit) != self.unit.as_deref());
        others.map(str::to_owned).collect()
    }

    fn domain(&self) -> Domain {
        let names = || self.choices().iter().map(|choice| choice.name.clone());
        let interval = |(min, max): &(Rational, Rational)| Interval {
            min: *min,
            max: *max,
        };
        match &self.kind {
            Kind::Number { ranges, .. } => Domain::Number {
                ranges: ranges.0.iter().map(interval).collect(),
                names: names().collect(),
                step: self.step,
                may_round: self.may_round && !self.is_exact,
            },
            Kind::Boolean { .. } => Domain::Boolean,
            Kind::Enumeration(_) => Domain::Enumeration {
                names: names().collect(),
            },
            Kind::Text(rule) => rule.domain(),
            Kind::Bytes { from, length } => {
                let length = length.count();
                match from {
                    BytesFrom::Hex => Domain::Hex { length },
                    BytesFrom::Data => Domain::Data { length },
                }
            }
        }
    }

    fn arity(&self) -> Arity {
        match self.shape {
            Shape::Single => Arity::One,
            Shape::List { min, max } => Arity::List(Count { min, max }),
            Shape::Grouped => Arity::Repeated,
        }
    }

    /// The value as a record gives it; nothing for a number that is no finite decimal.
    pub(super) fn record_value(&self, value: &Scalar<'_>) -> Option<RecordValue> {
        let is_hex = matches!(
            self.kind,
            Kind::Bytes {
                from: BytesFrom::Hex,
                ..
            }
        );
        Some(match value {
            Scalar::Number(value) => RecordValue::Number(plain(*value)?),
            Scalar::Boolean(value) => RecordValue::Boolean(*value),
            Scalar::Choice(index) => RecordValue::Text(self.choices().get(*index)?.name.clone()),
            Scalar::Text(text) => RecordValue::Text(text.clone().into_owned()),
            Scalar::Bytes(bytes) if is_hex => RecordValue::Text(hex::encode_upper(bytes)),
            Scalar::Bytes(bytes) => RecordValue::Data(bytes.to_vec()),
        })
    }
}

impl TextRule {
    fn domain(&self) -> Domain {
        Domain::Text {
            length: self.length.count(),
            is_ascii: self.is_ascii,
            excluded: self.separators.clone(),
        }
    }
}

impl LengthRule {
    fn count(self) -> Count {
        Count {
            min: self.min,
            max: self.max,
        }
    }
}

impl Example {
    /// The commands that its records name.
    pub(super) fn command_names(&self) -> Vec<String> {
        let records = self.instruction.as_array().map_or(&[][..], Vec::as_slice);
        let base = records
            .first()
            .and_then(|record| record["bn"].as_str())
            .unwrap_or_default();
        records
            .iter()
            .filter_map(|record| record["n"].as_str())
            .map(|name| format!("{base}{name}"))
            .filter_map(|name| name.split('/').next().map(str::to_owned))
            .collect()
    }
}
