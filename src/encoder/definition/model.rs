//! A definition as it is used: names resolved, ranges known, nothing left to parse.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::message::Protocol;
use crate::message::http::Headers;
use crate::message::lora::FPort;
use crate::message::mqtt::{ContentType, Qos};
use crate::message::sms::SegmentLimit;

use super::super::{Evidence, Reading};
use super::argument::Argument;
use super::checksum::Algorithm;
use super::example::Case;
use super::flatten::JsonTemplate;
use super::frame::{Integer, Op, Order};
use super::variable::Variable;

/// A device's downlinks as data: the language is told in the documentation of
/// [`definition`](super).
#[derive(Clone, Debug)]
pub struct Definition {
    pub(super) id: String,
    /// Where the id stands in the file.
    pub(super) id_offset: usize,
    pub(super) title: String,
    pub(super) models: Vec<String>,
    pub(super) protocol: Protocol,
    pub(super) source: String,
    pub(super) evidence: Evidence,
    pub(super) transport: Transport,
    pub(super) commands: Vec<Command>,
    /// Where a command of this name stands.
    pub(super) command_index: HashMap<String, usize, FixedState>,
    pub(super) envelopes: Vec<Envelope>,
    pub(super) variables: Vec<Variable>,
    pub(super) examples: Vec<Case>,
    /// Of the text that it was read from.
    pub(super) digest: String,
}

/// What a protocol asks of all messages of a device.
#[derive(Clone, Debug)]
pub(super) enum Transport {
    Lora {
        port: Option<PortRule>,
        max_length: Option<usize>,
    },
    Mqtt {
        topic: Option<Text>,
        may_override: bool,
        content_type: Option<ContentType>,
        qos: Option<Qos>,
    },
    Sms {
        limit: SegmentLimit,
    },
    Http {
        headers: Headers,
    },
}

/// Which port a downlink goes to.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum PortRule {
    Fixed(FPort),
    /// The request chooses among these, or among all where there are none.
    Choice {
        among: Vec<FPort>,
        default: Option<FPort>,
    },
    /// An argument or a variable says it.
    From(Source),
}

/// Something that a device can be told to do.
#[derive(Clone, Debug)]
pub(super) struct Command {
    pub(super) name: String,
    pub(super) title: Option<String>,
    pub(super) arguments: Vec<Argument>,
    pub(super) template: Template,
    /// Instead of the transport's.
    pub(super) port: Option<PortRule>,
    /// Instead of the transport's.
    pub(super) topic: Option<Text>,
    /// Index among the envelopes.
    pub(super) envelope: Option<usize>,
    pub(super) join: Join,
    /// Whether each record is a message of its own.
    pub(super) repeats: bool,
    /// Whether a message that has it must not be sent again by itself.
    pub(super) is_once: bool,
    pub(super) reading: Reading,
    /// Where it stands in the file.
    pub(super) offset: usize,
}

/// Whether neighbors share a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Join {
    Never,
    /// Bytes one behind the other, or members of one object.
    Adjacent,
    /// Texts with this between them.
    Separated(String),
}

/// What commands of one kind are wrapped in.
#[derive(Clone, Debug)]
pub(super) struct Envelope {
    pub(super) name: String,
    pub(super) arguments: Vec<Argument>,
    pub(super) steps: Vec<Step>,
    pub(super) join: Join,
    pub(super) max_length: Option<usize>,
}

/// What a command says.
#[derive(Clone, Debug)]
pub(super) enum Template {
    Frame(Vec<Step>),
    Text(Text),
    Json(JsonTemplate),
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Index among the command's arguments.
    Argument(usize),
    /// Index among the definition's variables.
    Variable(usize),
}

/// A piece of a frame.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Constant(Vec<u8>),
    /// The commands inside an envelope.
    Inner,
    Value {
        source: Source,
        layout: Layout,
        scale: Vec<Op>,
        is_list: bool,
    },
    Bits {
        runs: Vec<Run>,
        reversed: bool,
    },
    Length {
        integer: Integer,
        order: Order,
        scale: Vec<Op>,
        steps: Vec<Step>,
    },
    Sum {
        algorithm: Algorithm,
        steps: Vec<Step>,
    },
    Pad {
        length: usize,
        with: u8,
    },
    Group {
        arguments: Vec<usize>,
        steps: Vec<Step>,
    },
}

/// How a value lies in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    Integer(Integer, Order),
    Float {
        bytes: usize,
        order: Order,
    },
    /// A text: as many bytes as there are.
    Text,
    /// Bytes that are written as hex digits outside the wire.
    Hex,
    /// Bytes.
    Data,
}

/// A run of bits.
#[derive(Clone, Debug)]
pub(super) enum Run {
    Constant {
        value: u128,
        width: u32,
    },
    Given {
        argument: usize,
    },
    Slice {
        argument: usize,
        low: u32,
        width: u32,
    },
    Value {
        argument: usize,
        is_signed: bool,
        width: u32,
        scale: Vec<Op>,
    },
}

impl Run {
    pub(super) fn width(&self) -> u32 {
        match self {
            Self::Constant { width, .. }
            | Self::Slice { width, .. }
            | Self::Value { width, .. } => *width,
            Self::Given { .. } => 1,
        }
    }
}

/// A text with places for values.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Text(pub(super) Vec<TextPiece>);

#[derive(Clone, Debug, PartialEq)]
pub(super) enum TextPiece {
    Literal(String),
    Value(TextValue),
}

/// A value in a text or in JSON.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TextValue {
    pub(super) source: Source,
    pub(super) digits: Digits,
    pub(super) scale: Vec<Op>,
    pub(super) is_list: bool,
}

/// How a number is written in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digits {
    /// As many as it takes; a fraction where the argument may have one.
    Plain,
    /// As many as it takes, within this integer type.
    Integer(Integer),
    /// Decimal with leading zeros.
    Decimal(usize),
    /// Hexadecimal with leading zeros.
    Hex(usize),
}

/// A JSON value with places for values.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    Object(Vec<(String, Json)>),
    Array(Vec<Json>),
    /// Already written.
    Literal(String),
    Value(TextValue),
    Text(Text),
}
