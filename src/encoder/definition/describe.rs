//! What a definition tells about itself: for manual pages, tables and forms.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use crate::message::Protocol;
use crate::number::Rational;

use super::argument::{Argument, BytesFrom, Kind, LengthRule, MASK, Scalar, Shape};
use super::example::Example;
use super::model::{Command, Definition, Evidence, Reading};
use super::variable::Variable;

/// A command, as a manual page tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CommandDescription {
    /// Its name in an instruction.
    pub name: String,
    /// What it does.
    pub title: Option<String>,
    /// Its arguments, in the order of the template.
    pub arguments: Vec<ArgumentDescription>,
    /// The port or the topic that it is sent to, if not that of the definition.
    pub destination: Option<String>,
    /// Whether it may stand several times in an instruction.
    pub repeats: bool,
    /// Whether it must not be sent again by itself when nobody knows whether it arrived.
    pub is_once: bool,
    /// Whether payloads are read back as it.
    pub reading: Reading,
}

/// An argument, as a manual page tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArgumentDescription {
    /// Its name in an instruction.
    pub name: String,
    /// What it is.
    pub title: Option<String>,
    /// What type of value it takes, and within which bounds.
    pub domain: Domain,
    /// How many values it has.
    pub arity: Arity,
    /// The domain in words, with the unit.
    pub takes: String,
    /// The unit, if it has one.
    pub unit: Option<String>,
    /// What stands for it if no record gives it.
    pub default: Option<String>,
    /// Whether it may be missing.
    pub is_optional: bool,
    /// Whether its value is never shown.
    pub is_secret: bool,
    /// The names that must not be sent again by themselves when nobody knows whether they arrived.
    pub once: Vec<String>,
}

/// What an argument takes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Domain {
    /// A number in `v`, or one of these names in `vs`.
    Number {
        /// Where it must lie, in the argument's unit; in ascending order.
        ranges: Vec<(Rational, Rational)>,
        /// Names for numbers of special meaning.
        names: Vec<String>,
        /// From one number that the device takes to the next, where it takes whole steps.
        step: Option<Rational>,
        /// Whether a finer number than the device takes is rounded, with a warning.
        may_round: bool,
    },
    /// True or false in `vb`.
    Boolean,
    /// One of these names in `vs`.
    Enumeration(Vec<String>),
    /// Text in `vs`, of this many bytes.
    Text(RangeInclusive<usize>),
    /// Hex digits in `vs`, for this many bytes.
    Hex(RangeInclusive<usize>),
    /// Data in `vd`, of this many bytes.
    Data(RangeInclusive<usize>),
}

/// How many values an argument has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Arity {
    /// One: `command/argument`.
    One,
    /// A list of this many: `command/argument/0`, `command/argument/1` and so on.
    List(RangeInclusive<usize>),
    /// One in each repetition of a group: `command/0/argument`, `command/1/argument` and so on.
    Repeated,
}

/// A variable, as a manual page tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VariableDescription {
    /// Its name in a binding.
    pub name: String,
    /// What it is.
    pub title: Option<String>,
    /// The regular expression that the whole value must match.
    pub pattern: Option<String>,
    /// What stands for it if the binding does not give it; a secret one as a mask.
    pub default: Option<String>,
    /// Whether its value is never shown.
    pub is_secret: bool,
}

/// What commands are wrapped in, and what of it a caller may say: `name/argument`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EnvelopeDescription {
    /// Its name in an instruction.
    pub name: String,
    /// Its arguments, in the order of the frame; each has a default.
    pub arguments: Vec<ArgumentDescription>,
}

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
    pub fn examples(&self) -> &[Example] {
        &self.examples
    }

    /// The variables that it declares.
    ///
    /// ```
    /// use downlink::encoder::Registry;
    ///
    /// let registry = Registry::builder().builtin()?.build();
    /// let definition = registry.get("shelly/gen2-switch")?.definition().unwrap();
    /// assert_eq!(definition.variables()[0].name, "prefix");
    /// # Ok::<(), downlink::Error>(())
    /// ```
    #[must_use]
    pub fn variables(&self) -> Vec<VariableDescription> {
        let declared = self.variables.iter().filter(|it| it.is_declared());
        declared.map(Variable::description).collect()
    }

    /// The names of the variables that a device must have.
    pub fn required_variables(&self) -> impl Iterator<Item = &str> {
        self.variables
            .iter()
            .filter(|variable| variable.is_required())
            .map(|variable| variable.name.as_str())
    }

    /// The envelopes that have something to say, in the order of the file.
    #[must_use]
    pub fn envelopes(&self) -> Vec<EnvelopeDescription> {
        let envelopes = self.envelopes.iter();
        envelopes
            .filter(|envelope| !envelope.arguments.is_empty())
            .map(|envelope| EnvelopeDescription {
                name: envelope.name.clone(),
                arguments: described(&envelope.arguments),
            })
            .collect()
    }

    /// The commands, in the order of the file.
    #[must_use]
    pub fn commands(&self) -> Vec<CommandDescription> {
        let command = |command: &Command| CommandDescription {
            name: command.name.clone(),
            title: command.title.clone(),
            arguments: described(&command.arguments),
            destination: self.destination_of(command),
            repeats: command.repeats,
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
            .filter(|example| !example.is_refusal())
            .flat_map(Example::command_names)
            .collect();
        let commands = self.commands.iter();
        commands.filter(move |command| !shown.contains(&command.name))
    }
}

fn described(arguments: &[Argument]) -> Vec<ArgumentDescription> {
    arguments.iter().map(Argument::description).collect()
}

impl Variable {
    fn description(&self) -> VariableDescription {
        let shown = |value: &String| {
            if self.is_secret && !value.is_empty() {
                MASK.to_owned()
            } else {
                value.clone()
            }
        };
        VariableDescription {
            name: self.name.clone(),
            title: self.title.clone(),
            pattern: self.declared_pattern().map(str::to_owned),
            default: self.default.as_ref().map(shown),
            is_secret: self.is_secret,
        }
    }
}

impl Argument {
    fn description(&self) -> ArgumentDescription {
        ArgumentDescription {
            name: self.name.clone(),
            title: self.title.clone(),
            domain: self.domain(),
            arity: self.arity(),
            takes: self.describe(),
            unit: self.unit.clone(),
            default: self
                .default
                .as_ref()
                .map(|default| self.show_default(default)),
            is_optional: self.is_optional,
            is_secret: self.is_secret,
            once: self.once().map(str::to_owned).collect(),
        }
    }

    fn domain(&self) -> Domain {
        let names = || {
            self.choices()
                .iter()
                .map(|choice| choice.name.clone())
                .collect()
        };
        let bounds = |length: &LengthRule| length.min..=length.max;
        match &self.kind {
            Kind::Number { ranges, .. } => Domain::Number {
                ranges: ranges.0.clone(),
                names: names(),
                step: self.step,
                may_round: self.may_round && !self.is_exact,
            },
            Kind::Boolean { .. } => Domain::Boolean,
            Kind::Enumeration(_) => Domain::Enumeration(names()),
            Kind::Text(rule) => Domain::Text(bounds(&rule.length)),
            Kind::Bytes {
                from: BytesFrom::Hex,
                length,
            } => Domain::Hex(bounds(length)),
            Kind::Bytes {
                from: BytesFrom::Data,
                length,
            } => Domain::Data(bounds(length)),
        }
    }

    fn arity(&self) -> Arity {
        match self.shape {
            Shape::Single => Arity::One,
            Shape::List { min, max } => Arity::List(min..=max),
            Shape::Grouped => Arity::Repeated,
        }
    }

    fn show_default(&self, default: &Scalar<'_>) -> String {
        match default {
            Scalar::Number(value) => self.show_number(*value),
            Scalar::Boolean(value) => value.to_string(),
            Scalar::Choice(index) => self
                .choices()
                .get(*index)
                .map_or_else(String::new, |choice| choice.name.clone()),
            Scalar::Text(text) => self.shown(text),
            Scalar::Bytes(bytes) => self.shown(&hex::encode_upper(bytes)),
        }
    }
}

impl Example {
    /// The commands that its records name.
    pub(super) fn command_names(&self) -> Vec<String> {
        let records: serde_json::Value = serde_json::from_str(&self.records).unwrap_or_default();
        let records = records.as_array().cloned().unwrap_or_default();
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
