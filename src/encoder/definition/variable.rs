//! Variables of a device: what differs from one to the next and is no part of an instruction.

use std::cell::OnceCell;

use crate::document::{Name, Node};
use crate::error::{Audience, Code, Error, quote};
use crate::instruction::DeviceText;

use super::super::Context;
use super::argument::MASK;
use super::pattern::Pattern;

/// A declared or built-in variable.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) title: Option<String>,
    pub(super) default: Option<String>,
    pattern: Option<Pattern>,
    pub(super) is_secret: bool,
    built_in: Option<BuiltIn>,
}

/// Where values come from: the binding of a device, and the device itself.
#[derive(Debug)]
pub(super) struct VariableSource<'a> {
    pub(super) context: &'a Context<'a>,
    /// The URN of the device, once a variable has asked for it.
    urn: OnceCell<DeviceText>,
}

impl<'a> VariableSource<'a> {
    pub(super) fn new(context: &'a Context<'a>) -> Self {
        Self {
            context,
            urn: OnceCell::new(),
        }
    }

    /// Whether the value of a variable is shown nowhere: the definition says so, or the binding.
    pub(super) fn is_secret(&self, variable: &Variable) -> bool {
        variable.is_secret || self.context.binding().is_secret(&variable.name)
    }

    /// The value of a variable as it may be shown.
    pub(super) fn shown(&self, variable: &Variable, value: &str) -> String {
        if self.is_secret(variable) {
            MASK.to_owned()
        } else {
            quote(value)
        }
    }

    fn urn(&self) -> &str {
        let device = self.context.device();
        self.urn.get_or_init(|| device.to_text()).as_str()
    }
}

/// What every device has.
#[derive(Clone, Copy, Debug)]
enum BuiltIn {
    Urn,
    DevEui,
    Imei,
}

impl Variable {
    /// The variables that need no declaration.
    pub(super) fn built_in() -> Vec<Self> {
        [
            ("urn", BuiltIn::Urn),
            ("dev_eui", BuiltIn::DevEui),
            ("imei", BuiltIn::Imei),
        ]
        .map(|(name, built_in)| Self {
            name: name.to_owned(),
            title: None,
            default: None,
            pattern: None,
            is_secret: false,
            built_in: Some(built_in),
        })
        .into()
    }

    /// Reads a declaration.
    pub(super) fn read(name: Name<'_>, node: Node<'_>) -> Result<Self, Error> {
        let mut table = node.table()?;
        let pattern = table.optional("pattern").map(pattern).transpose()?;
        let default = table
            .optional("default")
            .map(|node| node.string().map(str::to_owned));
        let is_secret = table.optional("secret").map_or(Ok(false), Node::boolean)?;
        let title = table.optional("title").map(Node::string).transpose()?;
        table.finish()?;
        let name = name.text.to_owned();
        Ok(Self {
            name,
            title: title.map(str::to_owned),
            default: default.transpose()?,
            pattern,
            is_secret,
            built_in: None,
        })
    }

    /// Whether a definition declares it.
    pub(super) fn is_declared(&self) -> bool {
        self.built_in.is_none()
    }

    /// The pattern as it is declared.
    pub(super) fn declared_pattern(&self) -> Option<&str> {
        self.pattern.as_ref().map(Pattern::as_str)
    }

    /// Whether a device must be given a value.
    pub(super) fn is_required(&self) -> bool {
        self.built_in.is_none() && self.default.is_none()
    }

    /// Whether the variable may have this value.
    pub(super) fn admits(&self, value: &str) -> bool {
        self.pattern
            .as_ref()
            .is_none_or(|pattern| pattern.admits(value))
    }

    /// The value for this device.
    pub(super) fn value<'v>(&'v self, source: &'v VariableSource<'_>) -> Result<&'v str, Error> {
        let value = match self.built_in {
            Some(built_in) => built_in.value(source.urn()),
            None => source
                .context
                .variable(&self.name)
                .or(self.default.as_deref()),
        };
        let value = value.ok_or_else(|| self.missing())?;
        match &self.pattern {
            Some(pattern) if !pattern.admits(value) => {
                Err(self.mismatch(source.shown(self, value), pattern))
            }
            _ => Ok(value),
        }
    }

    /// The value has no form in its place.
    pub(super) fn does_not_fit(
        &self,
        value: &str,
        wire: &str,
        source: &VariableSource<'_>,
    ) -> Error {
        let found = source.shown(self, value);
        Error::new(
            Code::EncodeVariable,
            format!("the variable `{}` is `{found}`, expected {wire}", self.name),
        )
        .expected(wire)
        .found(found)
    }

    #[cold]
    fn missing(&self) -> Error {
        let error = Error::new(
            Code::EncodeVariableMissing,
            format!("the device has no value for the variable `{}`", self.name),
        )
        .expected(format!("a value for `{}`", self.name));
        match self.built_in {
            Some(_) => error.hint("this kind of device has none; choose another encoder"),
            None => {
                let hint = format!("give `{}` in the device's variables", self.name);
                error.hint_for(Audience::Operator, hint)
            }
        }
    }

    #[cold]
    fn mismatch(&self, found: String, pattern: &Pattern) -> Error {
        Error::new(
            Code::EncodeVariable,
            format!(
                "the variable `{}` is `{found}`, expected {}",
                self.name,
                pattern.as_str()
            ),
        )
        .expected(pattern.as_str())
        .found(found)
    }
}

impl BuiltIn {
    fn value(self, urn: &str) -> Option<&str> {
        let behind = |kind| Some(urn.strip_prefix(kind)?.trim_end_matches(':'));
        match self {
            Self::Urn => Some(urn),
            Self::DevEui => behind("urn:dev:DEVEUI:"),
            Self::Imei => behind("urn:dev:IMEI:"),
        }
    }
}

/// A pattern that must match the whole value.
fn pattern(node: Node<'_>) -> Result<Pattern, Error> {
    let text = node.string()?;
    Pattern::new(text).map_err(|error| {
        node.refuse(
            Code::DefinitionValue,
            format!("the pattern is not well formed: {error}"),
        )
    })
}
