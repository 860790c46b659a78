//! What a definition tells about itself: for manual pages, tables and forms.

use std::collections::BTreeSet;

use crate::message::Protocol;

use super::argument::{Argument, Kind, Scalar};
use super::example::Example;
use super::model::{Definition, Evidence};

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
    /// Whether it may stand several times in an instruction.
    pub repeats: bool,
}

/// An argument, as a manual page tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ArgumentDescription {
    /// Its name in an instruction.
    pub name: String,
    /// What it is.
    pub title: Option<String>,
    /// The label of its value: `v`, `vs`, `vb` or `vd`.
    pub label: &'static str,
    /// What it takes, with the unit.
    pub takes: String,
    /// The unit, if it has one.
    pub unit: Option<String>,
    /// What stands for it if no record gives it.
    pub default: Option<String>,
    /// Whether it may be missing.
    pub is_optional: bool,
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

    /// The names of the variables that a device must have.
    pub fn required_variables(&self) -> impl Iterator<Item = &str> {
        self.variables
            .iter()
            .filter(|variable| variable.is_required())
            .map(|variable| variable.name.as_str())
    }

    /// The commands, in the order of the file.
    #[must_use]
    pub fn commands(&self) -> Vec<CommandDescription> {
        let command = |command: &super::model::Command| CommandDescription {
            name: command.name.clone(),
            title: command.title.clone(),
            arguments: command
                .arguments
                .iter()
                .map(Argument::description)
                .collect(),
            repeats: command.repeats,
        };
        self.commands.iter().map(command).collect()
    }

    /// The commands that no example shows.
    pub(super) fn commands_without_example(&self) -> Vec<&str> {
        let shown: BTreeSet<String> = self
            .examples
            .iter()
            .filter(|example| !example.is_refusal())
            .flat_map(Example::command_names)
            .collect();
        let names = self.commands.iter().map(|command| command.name.as_str());
        names.filter(|name| !shown.contains(*name)).collect()
    }
}

impl Argument {
    fn description(&self) -> ArgumentDescription {
        ArgumentDescription {
            name: self.name.clone(),
            title: self.title.clone(),
            label: self.label(),
            takes: self.describe(),
            unit: self.unit.clone(),
            default: self
                .default
                .as_ref()
                .map(|default| self.show_default(default)),
            is_optional: self.is_optional,
        }
    }

    fn label(&self) -> &'static str {
        use super::argument::BytesFrom;
        match &self.kind {
            Kind::Number { .. } => "v",
            Kind::Boolean { .. } => "vb",
            Kind::Enumeration(_) | Kind::Text(_) => "vs",
            Kind::Bytes {
                from: BytesFrom::Hex,
                ..
            } => "vs",
            Kind::Bytes {
                from: BytesFrom::Data,
                ..
            } => "vd",
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
    fn command_names(&self) -> Vec<String> {
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
