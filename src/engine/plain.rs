//! Plain requests, read in one pass.
//!
//! ```text
//! request = "{" instruction, method, and none or one of each other field, in any order "}"
//! record  = "{" none or one of "bn" "n" "u" "v" "vs" "vb", in any order "}"
//! method  = "{" "protocol", and for LoRaWAN none or one "fPort" "}"
//! ```
//!
//! Strings have no escapes, numbers are few digits without an exponent, units are known. Of such a
//! request nothing is to be told but what it asks for, so that no field has to be kept with its
//! place. Whatever else a request has, the first look at it ends here with `None`, and
//! [`CreateDownlinkRequest`](crate::contract::CreateDownlinkRequest) reads it from its start; there
//! alone it is told what is wrong. A fuzzer holds that both ways give the same documents.

use crate::contract::Field;
use crate::instruction::{EntryMemory, FeedbackTimeout, Instruction, PlainInstruction};
use crate::json::Scanner;
use crate::limits::Limits;
use crate::message::lora::FPort;
use crate::message::{Method, Protocol};
use crate::number::ShortDecimal;
use crate::senml::unit::Unit;
use crate::senml::{Label, Profile, Value, plain_label};

use super::walk::Order;

/// How deep a plain request is nested: the request, the pack, a record.
const NESTING: usize = 3;

/// The unit whose values are looked at twice: a ratio, which is easily taken for a percentage.
const RATIO: &str = "%";

/// What has been read of a request of which nothing is to be told but what it asks for.
#[derive(Debug, Default)]
pub(super) struct PlainRequest<'a> {
    instruction: Option<Instruction<'a>>,
    method: Option<Method>,
    pub(super) external_reference: Option<&'a str>,
    retry_limit: Option<u64>,
    feedback_timeout: Option<FeedbackTimeout>,
    dry_run: Option<bool>,
}

impl<'a> PlainRequest<'a> {
    /// Reads a request, and gives what it asks for; `None` if it is not plain.
    pub(super) fn read(
        &mut self,
        body: &'a [u8],
        (profile, limits): (Profile, &Limits),
        memory: &mut EntryMemory,
    ) -> Option<(&Instruction<'a>, Order<'_>)> {
        // The others warn of units that `Interop` takes as they are.
        let is_interop = profile == Profile::Interop;
        if !is_interop || body.len() > limits.request || limits.nesting < NESTING {
            return None;
        }
        let mut scanner = Scanner::from_utf8(body, NESTING).ok()?;
        let mut members = scanner.plain_object()?;
        while let Some(field) = scanner.plain_member(&mut members, field)? {
            self.take(field, &mut scanner, limits, memory)?;
        }
        scanner.plain_end()?;
        let order = Order {
            method: self.method.as_ref()?,
            retry_limit: self.retry_limit,
            feedback_timeout: self.feedback_timeout,
            dry_run: self.dry_run,
        };
        Some((self.instruction.as_ref()?, order))
    }

    /// Gives back what was read into memory.
    pub(super) fn give_back(self, memory: &mut EntryMemory) {
        if let Some(instruction) = self.instruction {
            memory.give_back(instruction);
        }
    }

    #[inline]
    fn take(
        &mut self,
        field: Field,
        scanner: &mut Scanner<'a>,
        limits: &Limits,
        memory: &mut EntryMemory,
    ) -> Option<()> {
        match field {
            Field::Instruction => set(&mut self.instruction, read_pack(scanner, limits, memory)?),
            Field::Method => set(&mut self.method, read_method(scanner)?),
            Field::ExternalReference => set(&mut self.external_reference, scanner.plain_string()?),
            Field::RetryLimit => set(&mut self.retry_limit, integer(scanner.plain_number()?)?),
            Field::DryRun => set(&mut self.dry_run, scanner.plain_boolean()?),
            Field::FeedbackTimeout => {
                let timeout = FeedbackTimeout::parse(scanner.plain_string()?).ok()?;
                set(&mut self.feedback_timeout, timeout)
            }
        }
    }
}

/// The field whose name stands here; no two begin with one letter.
#[inline]
fn field(text: &[u8]) -> Option<(Field, usize)> {
    match text.first()? {
        b'e' => named(Field::ExternalReference, text),
        b'i' => named(Field::Instruction, text),
        b'm' => named(Field::Method, text),
        b'r' => named(Field::RetryLimit, text),
        b'f' => named(Field::FeedbackTimeout, text),
        b'd' => named(Field::DryRun, text),
        _ => None,
    }
}

/// Called for each field by itself, so that its name is known when this is compiled.
#[inline]
fn named(field: Field, text: &[u8]) -> Option<(Field, usize)> {
    let name = field.name();
    text.starts_with(name.as_bytes())
        .then_some((field, name.len()))
}

/// Whether a field of the method is the port; else it is the protocol.
fn is_port(text: &[u8]) -> Option<(bool, usize)> {
    match text {
        [b'p', b'r', b'o', b't', b'o', b'c', b'o', b'l', ..] => Some((false, 8)),
        [b'f', b'P', b'o', b'r', b't', ..] => Some((true, 5)),
        _ => None,
    }
}

/// The label that stands here; a request is for now, so that times are not plain.
fn label(text: &[u8]) -> Option<(Label, usize)> {
    plain_label(text).filter(|(label, _)| !matches!(label, Label::Time | Label::BaseTime))
}

/// Sets what is not set yet.
fn set<T>(slot: &mut Option<T>, value: T) -> Option<()> {
    slot.replace(value).is_none().then_some(())
}

fn integer(literal: &str) -> Option<u64> {
    let has_leading_zero = literal.len() > 1 && literal.starts_with('0');
    literal.parse().ok().filter(|_| !has_leading_zero)
}

#[inline]
fn read_method(scanner: &mut Scanner<'_>) -> Option<Method> {
    let (mut protocol, mut f_port) = (None, None);
    let mut members = scanner.plain_object()?;
    while let Some(is_port) = scanner.plain_member(&mut members, is_port)? {
        if is_port {
            let port = FPort::new(integer(scanner.plain_number()?)?);
            set(&mut f_port, port.ok()?)?;
        } else {
            set(&mut protocol, scanner.plain_string()?.parse().ok()?)?;
        }
    }
    match (protocol?, f_port) {
        (Protocol::Lora, f_port) => Some(Method::Lora { f_port }),
        (protocol, None) => Some(Method::new(protocol)),
        (_, Some(_)) => None,
    }
}

fn read_pack<'a>(
    scanner: &mut Scanner<'a>,
    limits: &Limits,
    memory: &mut EntryMemory,
) -> Option<Instruction<'a>> {
    let mut instruction = PlainInstruction::reusing(memory);
    let mut base = "";
    let mut items = scanner.plain_array()?;
    let mut index = 0;
    while scanner.plain_item(&mut items)? {
        let record = PlainRecord::read(scanner)?;
        base = record.base.unwrap_or(base);
        let name = (base, record.name.unwrap_or_default());
        if index == limits.records || name.0.len() + name.1.len() > limits.name {
            return None;
        }
        match record.value {
            Some(value) if is_short(value, limits) && record.is_of_one_mind() => {
                instruction.push(name, value, record.unit, index)?;
            }
            None if record.only_sets_base() => {}
            _ => return None,
        }
        index += 1;
    }
    instruction.finish(memory)
}

fn is_short(value: Value<'_>, limits: &Limits) -> bool {
    match value {
        Value::String(text) => text.len() <= limits.value,
        _ => true,
    }
}

#[derive(Clone, Copy, Default)]
struct PlainRecord<'a> {
    base: Option<&'a str>,
    name: Option<&'a str>,
    unit: Option<&'a str>,
    value: Option<Value<'a>>,
}

impl<'a> PlainRecord<'a> {
    fn read(scanner: &mut Scanner<'a>) -> Option<Self> {
        let mut record = Self::default();
        let mut members = scanner.plain_object()?;
        while let Some(label) = scanner.plain_member(&mut members, label)? {
            match label {
                Label::Value => set(&mut record.value, read_number(scanner)?)?,
                Label::BooleanValue => {
                    set(&mut record.value, Value::Boolean(scanner.plain_boolean()?))?;
                }
                _ => record.take_text(label, scanner.plain_string()?)?,
            }
        }
        Some(record)
    }

    #[inline]
    fn take_text(&mut self, label: Label, text: &'a str) -> Option<()> {
        match label {
            Label::StringValue => set(&mut self.value, Value::String(text)),
            Label::BaseName => set(&mut self.base, text),
            Label::Name => set(&mut self.name, text),
            Label::Unit => set(&mut self.unit, text),
            _ => None,
        }
    }

    /// Whether the unit is known, belongs to a number, and is no ratio.
    fn is_of_one_mind(&self) -> bool {
        match (self.unit, self.value) {
            (None, _) => true,
            (Some(unit), Some(Value::Number(_))) => unit != RATIO && Unit::find(unit).is_some(),
            _ => false,
        }
    }

    fn only_sets_base(&self) -> bool {
        self.base.is_some() && self.name.is_none() && self.unit.is_none()
    }
}

fn read_number<'a>(scanner: &mut Scanner<'a>) -> Option<Value<'a>> {
    let number = ShortDecimal::from_literal(scanner.plain_number()?)?;
    Some(Value::Number(number.into()))
}
