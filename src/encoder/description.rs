//! What an encoder tells about itself: for manual pages, forms and programs.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::message::Protocol;
use crate::message::lora::FPort;
use crate::number::Rational;

use super::schema;
use super::{Encoder, Example, RecordValue};

/// What an encoder takes, and where it sends it.
///
/// Serialized, it is the object that `schema/description.schema.json` describes.
///
/// ```
/// use downlink::encoder::Registry;
///
/// let registry = Registry::builder().builtin()?.build();
/// let description = registry.get("dragino/lt-22222-l")?.describe();
/// let tdc = description.commands.iter().find(|it| it.name == "tdc").expect("a command");
/// let seconds = &tdc.arguments[0];
/// assert_eq!((seconds.record.as_str(), seconds.unit.as_deref()), ("tdc/seconds", Some("s")));
/// assert!(seconds.units.contains(&"min".to_owned()));
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Description {
    /// The id, `vendor/device`.
    pub id: String,
    /// What the device is called.
    pub title: String,
    /// The models that it holds for.
    pub models: Vec<String>,
    /// The protocols that it can speak.
    pub protocols: Vec<Protocol>,
    /// The document that it was written from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What kind of document that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// What else a manual page says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// Where commands are sent that have no destination of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<Destination>,
    /// The variables that a device may have.
    pub variables: Variables,
    /// What may be said of the message around commands.
    pub envelopes: Vec<EnvelopeDescription>,
    /// The commands.
    pub commands: Vec<CommandDescription>,
    /// Whether it takes records that `commands` does not list.
    #[serde(rename = "open")]
    pub is_open: bool,
    /// What is sent for some instructions.
    pub examples: Vec<Example>,
    /// The JSON Schema (2020-12) of its instructions.
    pub instruction_schema: Value,
    /// As [`Encoder::digest`].
    pub digest: String,
}

/// What a definition was written from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Evidence {
    /// The vendor's manual.
    Manual,
    /// The vendor's published script.
    Codec,
    /// Published downlinks alone.
    Vectors,
}

impl Evidence {
    /// The word for it in a definition.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Codec => "codec",
            Self::Vectors => "vectors",
        }
    }
}

/// Whether payloads are read back as a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "reason", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Reading {
    /// No other command has the same payloads.
    Unique,
    /// Another command may have the same payload, and is what it is read as.
    Shadow,
    /// Never, for this reason.
    Never(String),
}

/// The variables that an encoder reads from a device's binding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Variables {
    /// It does not say: any name may be given.
    Any,
    /// These, and no others.
    Declared {
        /// In the order of the definition.
        variables: Vec<VariableDescription>,
    },
}

/// A variable of a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct VariableDescription {
    /// Its name in a binding.
    pub name: String,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The regular expression that the whole value must match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// The value if the binding does not give one; never that of a secret, unless it is empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Whether a binding must give it.
    #[serde(rename = "required")]
    pub is_required: bool,
    /// Whether its value is never shown.
    #[serde(rename = "secret")]
    pub is_secret: bool,
}

/// A command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CommandDescription {
    /// Its name in an instruction.
    pub name: String,
    /// What it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its arguments, in the order of the template.
    pub arguments: Vec<ArgumentDescription>,
    /// Where it is sent, if not where the others are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination: Option<Destination>,
    /// Whether it may be given several times in an instruction.
    #[serde(rename = "repeatable")]
    pub is_repeatable: bool,
    /// Whether it must not be sent again by itself when nobody knows whether it arrived.
    #[serde(rename = "once", default)]
    pub is_once: bool,
    /// Whether payloads are read back as it.
    pub reading: Reading,
}

/// What commands are wrapped in, and what of it a caller may give: `name/argument`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EnvelopeDescription {
    /// Its name in an instruction.
    pub name: String,
    /// Its arguments, in the order of the frame; each has a default.
    pub arguments: Vec<ArgumentDescription>,
}

/// An argument of a command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ArgumentDescription {
    /// Its name.
    pub name: String,
    /// What it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The name of its record, or of its first one: `relay/ro1`, `slots/0`, `points/0/x`.
    pub record: String,
    /// Whether a record named by the command alone gives it too.
    #[serde(rename = "bare")]
    pub is_bare: bool,
    /// What type of value it takes, and within which bounds.
    #[serde(flatten)]
    pub domain: Domain,
    /// How many values it has.
    pub arity: Arity,
    /// The domain in words, with the unit.
    pub takes: String,
    /// The unit of its bounds, and of numbers without a unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The other units that are converted to it.
    pub units: Vec<String>,
    /// The value if no record gives one; never that of a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<RecordValue>,
    /// Whether a record must give it.
    #[serde(rename = "required")]
    pub is_required: bool,
    /// Whether it may be missing from the message.
    #[serde(rename = "optional")]
    pub is_optional: bool,
    /// Whether its value is never shown.
    #[serde(rename = "secret")]
    pub is_secret: bool,
    /// The names that must not be sent again by themselves when nobody knows whether they arrived.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub once: Vec<String>,
    /// What other arguments must be for it to take effect; else giving it is refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<NeedDescription>,
}

/// What another argument of the same command must be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct NeedDescription {
    /// The name of the other argument.
    pub argument: String,
    /// A boolean, or a name of its enumeration.
    pub value: RecordValue,
}

/// What an argument takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[non_exhaustive]
pub enum Domain {
    /// A number in `v`, or one of these names in `vs`.
    Number {
        /// Where it must lie, in the argument's unit; in ascending order.
        ranges: Vec<Interval>,
        /// Names for numbers of special meaning.
        names: Vec<String>,
        /// From one number that the device takes to the next, where it takes whole steps.
        #[serde(skip_serializing_if = "Option::is_none")]
        step: Option<Rational>,
        /// Whether a finer number than the device takes is rounded, with a warning.
        may_round: bool,
    },
    /// True or false in `vb`.
    Boolean,
    /// One of these names in `vs`.
    Enumeration {
        /// In the order of the definition.
        names: Vec<String>,
    },
    /// Text in `vs`.
    Text {
        /// How many bytes it has in UTF-8.
        length: Count,
        /// Whether it must be ASCII.
        #[serde(rename = "ascii")]
        is_ascii: bool,
        /// Characters that it must not have.
        excluded: String,
    },
    /// Hex digits in `vs`.
    Hex {
        /// For how many bytes.
        length: Count,
    },
    /// Data in `vd`.
    Data {
        /// How many bytes it has.
        length: Count,
    },
}

/// How many values an argument has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[non_exhaustive]
pub enum Arity {
    /// One: `command/argument`.
    One,
    /// A list of this many: `command/argument/0`, `command/argument/1` and so on.
    List(Count),
    /// One in each repetition of a group: `command/0/argument`, `command/1/argument` and so on.
    Repeated,
}

/// Numbers from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interval {
    /// The least.
    pub min: Rational,
    /// The greatest.
    pub max: Rational,
}

/// How many there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// The fewest.
    pub min: usize,
    /// The most.
    pub max: usize,
}

/// Where messages are sent.
///
/// Names in braces in a topic stand for arguments (`{channel}`) and variables (`{$prefix}`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Destination {
    /// The LoRaWAN port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<Port>,
    /// The MQTT topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// The content type of MQTT and HTTP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
}

/// Which LoRaWAN port a message is sent to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[non_exhaustive]
pub enum Port {
    /// This one.
    Fixed {
        /// The port.
        f_port: FPort,
    },
    /// The one that the request asks for.
    Requested {
        /// Those that it may ask for; all, where there are none.
        among: Vec<FPort>,
        /// The one for a request that asks for none.
        #[serde(skip_serializing_if = "Option::is_none")]
        default: Option<FPort>,
    },
    /// The value of an argument.
    Argument {
        /// Its name.
        name: String,
    },
    /// The value of a variable.
    Variable {
        /// Its name.
        name: String,
    },
}

impl Description {
    /// What is known of an encoder that says nothing more: it is open, and of no destination.
    #[must_use]
    pub fn of<E: Encoder + ?Sized>(encoder: &E) -> Self {
        let (id, title) = (encoder.id().to_owned(), encoder.title().to_owned());
        Self {
            instruction_schema: schema::instructions(&id, &title, vec![schema::any_record()]),
            id,
            title,
            models: Vec::new(),
            protocols: encoder.protocols().to_vec(),
            source: None,
            evidence: None,
            notes: None,
            destination: None,
            variables: encoder.variables(),
            envelopes: Vec::new(),
            commands: Vec::new(),
            is_open: true,
            examples: Vec::new(),
            digest: encoder.digest(),
        }
    }
}

impl Variables {
    /// That an encoder reads none.
    pub const NONE: Self = Self::Declared {
        variables: Vec::new(),
    };

    /// Those that are declared.
    #[must_use]
    pub fn declared(&self) -> &[VariableDescription] {
        match self {
            Self::Any => &[],
            Self::Declared { variables } => variables,
        }
    }

    /// The names of those that a binding must give.
    pub fn required(&self) -> impl Iterator<Item = &str> {
        let required = self.declared().iter().filter(|it| it.is_required);
        required.map(|it| it.name.as_str())
    }
}

impl VariableDescription {
    /// A variable that a binding must give, and that is no secret.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            title: None,
            pattern: None,
            default: None,
            is_required: true,
            is_secret: false,
        }
    }
}

impl CommandDescription {
    /// A command with these arguments, which is not read back.
    #[must_use]
    pub fn new(name: impl Into<String>, arguments: Vec<ArgumentDescription>) -> Self {
        Self {
            name: name.into(),
            title: None,
            arguments,
            destination: None,
            is_repeatable: false,
            is_once: false,
            reading: Reading::Never("the encoder does not say".to_owned()),
        }
    }
}

impl ArgumentDescription {
    /// An argument that must be given, by a record of this name.
    #[must_use]
    pub fn new(record: impl Into<String>, domain: Domain, takes: impl Into<String>) -> Self {
        let record = record.into();
        let name = record.rsplit('/').next().unwrap_or(&record).to_owned();
        Self {
            name,
            title: None,
            record,
            is_bare: false,
            domain,
            arity: Arity::One,
            takes: takes.into(),
            unit: None,
            units: Vec::new(),
            default: None,
            is_required: true,
            is_optional: false,
            is_secret: false,
            once: Vec::new(),
            needs: Vec::new(),
        }
    }
}

/// The port and the topic.
impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.port.as_ref().map(ToString::to_string);
        let topic = self.topic.as_ref().map(|topic| format!("topic {topic}"));
        let all: Vec<String> = [port, topic].into_iter().flatten().collect();
        f.write_str(&all.join(", "))
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed { f_port } => write!(f, "port {f_port}"),
            Self::Requested { among, default } => {
                match among.split_last() {
                    None => f.write_str("the port that the request asks for")?,
                    Some((only, [])) => write!(f, "port {only}")?,
                    Some((last, rest)) => {
                        let rest: Vec<String> = rest.iter().map(ToString::to_string).collect();
                        write!(f, "port {} or {last}", rest.join(", "))?;
                    }
                }
                match default {
                    Some(default) => write!(f, ", {default} by default"),
                    None => Ok(()),
                }
            }
            Self::Argument { name } => write!(f, "port {{{name}}}"),
            Self::Variable { name } => write!(f, "port {{${name}}}"),
        }
    }
}
