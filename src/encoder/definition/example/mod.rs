//! Examples of a definition: what is asked, and what the source says is sent.

mod expected;

use std::collections::BTreeMap;

use crate::directory::Binding;
use crate::document::{Node, Table};
use crate::error::{All, Code, Error, Sink, quote};
use crate::instruction::Instruction;
use crate::limits::Limits;
use crate::message::lora::{FPort, PayloadLimit};
use crate::message::{Message, Method, Protocol};
use crate::senml::{Profile, Reader, UnixTime};

use super::super::{Context, EncodeMemory, Encoder, Purpose, Writer};
use super::model::{Definition, Reading};
use expected::{Expected, Part, json, part, strings};

/// An instruction with what must come of it.
#[derive(Clone, Debug)]
pub struct Example {
    title: String,
    offset: usize,
    /// The records, without a device, as JSON.
    pub(super) records: String,
    method: Method,
    variables: BTreeMap<String, String>,
    expectation: Expectation,
}

#[derive(Clone, Debug)]
enum Expectation {
    Messages {
        parts: Vec<Part>,
        warnings: Option<Vec<String>>,
    },
    Refusal(String),
}

impl Example {
    pub(super) fn read(node: Node<'_>, protocol: Protocol) -> Result<Self, Error> {
        let mut table = node.table()?;
        let title = table
            .optional("title")
            .map_or(Ok(""), Node::string)?
            .to_owned();
        let records = json(table.required("instruction")?)?.to_string();
        let method = method(&mut table, protocol)?;
        let variables = strings(&mut table, "variables")?;
        let expect = table.optional("expect");
        let error = table.optional("error");
        let warnings = table.optional("warnings").map(Node::strings).transpose()?;
        let warnings = warnings.map(|codes| codes.into_iter().map(str::to_owned).collect());
        table.finish()?;
        let expectation = match (expect, error) {
            (Some(node), None) => {
                let parts = node
                    .array()?
                    .into_iter()
                    .map(part)
                    .collect::<Result<_, _>>()?;
                Expectation::Messages { parts, warnings }
            }
            (None, Some(node)) => Expectation::Refusal(code(node)?.to_owned()),
            _ => {
                return Err(node
                    .refuse(
                        Code::DefinitionMissingKey,
                        "an example has either `expect` or `error`",
                    )
                    .expected("one of `expect` and `error`"));
            }
        };
        Ok(Self {
            title,
            offset: node.offset(),
            records,
            method,
            variables,
            expectation,
        })
    }

    /// What it shows.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The records, without a device, as JSON.
    #[must_use]
    pub fn records(&self) -> &str {
        &self.records
    }

    /// The hex digits, the text or the code that must come of it, one for each message.
    #[must_use]
    pub fn expected(&self) -> Vec<String> {
        match &self.expectation {
            Expectation::Refusal(code) => vec![code.clone()],
            Expectation::Messages { parts, .. } => parts
                .iter()
                .filter_map(|part| part.payload.as_ref())
                .map(Expected::show)
                .collect(),
        }
    }

    /// Whether a refusal must come of it.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(self.expectation, Expectation::Refusal(_))
    }

    /// Encodes the instruction, compares, and reads back what was encoded.
    pub(super) fn prove(&self, definition: &Definition) -> Result<(), Error> {
        let mut findings = All::default();
        let messages = self.encode(definition, &mut findings);
        if let Err(error) = messages.as_ref().map_err(Clone::clone) {
            findings.errors.push(error.clone());
        }
        let messages = messages.unwrap_or_default();
        self.compare(&messages, &findings)
            .and_then(|()| self.read_back(definition, &messages))
            .map_err(|message| self.broken(&message))
    }

    /// Decoding counts a reading only if it encodes to the same message.
    fn read_back(&self, definition: &Definition, messages: &[Message]) -> Result<(), String> {
        let is_read = |name: &String| {
            let command = definition.command_index.get(name);
            let command = command.and_then(|index| definition.commands.get(*index));
            command.is_none_or(|command| !matches!(command.reading, Reading::Never(_)))
        };
        if !self.command_names().iter().all(is_read) {
            return Ok(());
        }
        for message in messages {
            if let Err(error) = definition.decode_message(message) {
                return Err(format!("it is not read back: {error}"));
            }
        }
        Ok(())
    }

    /// The records behind a device, as JSON.
    pub(super) fn pack(&self, protocol: Protocol) -> String {
        let device = device(protocol);
        let records = self.records.strip_prefix('[').unwrap_or(&self.records);
        format!(r#"[{{"bn":"{device}"}},{records}"#)
    }

    pub(super) fn method(&self) -> &Method {
        &self.method
    }

    pub(super) fn encode(
        &self,
        definition: &Definition,
        sink: &mut All,
    ) -> Result<Vec<Message>, Error> {
        let text = self.pack(definition.protocol);
        let reader = Reader::new().profile(Profile::Interop);
        let pack = reader.read_json(text.as_bytes(), &mut *sink)?;
        let Some(instruction) = Instruction::read_with(&pack, UnixTime::from_seconds(NOW), sink)?
        else {
            return Ok(Vec::new());
        };
        let mut binding = Binding::new(&definition.id).max_payload(i128::from(MOST_BYTES));
        for (name, value) in &self.variables {
            binding = binding.with_variable(name, value);
        }
        let context = Context::new(instruction.device(), &self.method, &binding);
        let limit = PayloadLimit::explicit(i128::from(MOST_BYTES))?;
        let limits = Limits::default();
        let mut memory = EncodeMemory::default();
        let mut writer = Writer::new(sink, Purpose::Messages, limit, &limits, &mut memory);
        definition.encode(&instruction, &context, &mut writer)?;
        let parts = writer.finish().into_iter();
        Ok(parts.map(|part| part.message).collect())
    }

    fn compare(&self, messages: &[Message], findings: &All) -> Result<(), String> {
        let first = findings.errors.first();
        match &self.expectation {
            Expectation::Refusal(code) => match first {
                Some(error) if error.code().as_str() == code => Ok(()),
                Some(error) => Err(format!(
                    "expected `{code}`, found `{}`: {}",
                    error.code(),
                    error.diagnostic().message
                )),
                None => Err(format!("expected `{code}`, but it was encoded")),
            },
            Expectation::Messages { parts, warnings } => {
                if let Some(error) = first {
                    let (code, message) = (error.code(), &error.diagnostic().message);
                    return Err(format!("it was refused with `{code}`: {message}"));
                }
                if parts.len() != messages.len() {
                    let (wanted, found) = (parts.len(), messages.len());
                    return Err(format!("expected {wanted} messages, found {found}"));
                }
                for (part, message) in parts.iter().zip(messages) {
                    part.compare(message)?;
                }
                let found: Vec<_> = findings
                    .warnings
                    .iter()
                    .map(|warning| warning.code.as_str())
                    .collect();
                match warnings {
                    Some(wanted) if *wanted != found => {
                        Err(format!("expected the warnings {wanted:?}, found {found:?}"))
                    }
                    _ => Ok(()),
                }
            }
        }
    }

    fn broken(&self, message: &str) -> Error {
        let title = quote(&self.title);
        Error::new(
            Code::RegistryExample,
            format!("the example \"{title}\" does not hold: {message}"),
        )
        .hint("correct the template, or the example where the source says so")
        .at_offset(self.offset)
    }
}

/// A time for examples, in which none may stand.
const NOW: i64 = 1_700_000_000;
/// Examples are of the device, not of a network.
pub(super) const MOST_BYTES: u8 = 242;

/// The device that stands in front of the records of an example.
pub(super) fn device(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Lora => "urn:dev:DEVEUI:0000000000000000:",
        Protocol::Mqtt => "urn:dev:DVNUUID:00000000-0000-0000-0000-000000000000:",
        Protocol::Sms | Protocol::Http => "urn:dev:IMEI:350000000000006:",
    }
}

fn method(table: &mut Table<'_>, protocol: Protocol) -> Result<Method, Error> {
    let Some(node) = table.optional("f_port") else {
        return Ok(Method::new(protocol));
    };
    let port = FPort::new(node.integer()?)
        .map_err(|error| node.refuse(Code::DefinitionValue, error.to_string()))?;
    Ok(Method::Lora { f_port: Some(port) })
}

/// The code of a refusal, which must be one that exists.
fn code(node: Node<'_>) -> Result<&str, Error> {
    let text = node.string()?;
    if Code::ALL.iter().any(|code| code.as_str() == text) {
        return Ok(text);
    }
    let known = Code::ALL.iter().map(|code| code.as_str());
    let error = node.refuse(Code::DefinitionValue, format!("no code `{}`", quote(text)));
    Err(match crate::error::nearest(text, known) {
        Some(meant) => error.hint(crate::error::did_you_mean(meant)),
        None => error,
    })
}

/// Proves every example, and warns of commands that have none.
pub(super) fn prove_all(definition: &Definition, sink: &mut dyn Sink) -> Result<(), Error> {
    for example in &definition.examples {
        if let Err(error) = example.prove(definition) {
            sink.error(error)?;
        }
    }
    for command in definition.commands_without_example() {
        let lint = Error::new(
            Code::DefinitionExample,
            format!("the command `{}` has no example", command.name),
        )
        .at_offset(command.offset)
        .hint("add one with bytes from the source");
        sink.warning(lint.into_warning());
    }
    Ok(())
}
