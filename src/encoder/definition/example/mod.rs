//! Examples of a definition: what is asked, and what the source says is sent.

mod expected;

use crate::directory::Binding;
use crate::document::Node;
use crate::error::{All, Code, Error, Sink, quote};
use crate::instruction::Instruction;
use crate::limits::Limits;
use crate::message::lora::PayloadLimit;
use crate::message::{Message, Method, Protocol};
use crate::senml::{Profile, Reader, UnixTime};

use super::super::{Context, EncodeMemory, Encoder, Example, Purpose, Reading, Writer};
use super::model::Definition;
use expected::{compare, f_port, json, message, strings};

/// An example with where it stands in the file.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) example: Example,
    offset: usize,
}

impl Case {
    pub(super) fn read(node: Node<'_>) -> Result<Self, Error> {
        let mut table = node.table()?;
        let mut example = Example {
            title: table
                .optional("title")
                .map_or(Ok(""), Node::string)?
                .to_owned(),
            instruction: json(table.required("instruction")?)?,
            f_port: table.optional("f_port").map(f_port).transpose()?,
            variables: strings(&mut table, "variables")?,
            ..Example::default()
        };
        let expect = table.optional("expect");
        let error = table.optional("error");
        let warnings = table.optional("warnings").map(Node::strings).transpose()?;
        table.finish()?;
        match (expect, error) {
            (Some(node), None) => {
                let parts = node.array()?.into_iter().map(message);
                example.messages = parts.collect::<Result<_, _>>()?;
                let owned = |codes: Vec<&str>| codes.into_iter().map(str::to_owned).collect();
                example.warnings = warnings.map(owned);
            }
            (None, Some(node)) => example.error = Some(code(node)?.to_owned()),
            _ => return Err(neither(node)),
        }
        Ok(Self {
            example,
            offset: node.offset(),
        })
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
        if !self.example.command_names().iter().all(is_read) {
            return Ok(());
        }
        for message in messages {
            if let Err(error) = definition.decode_message(message) {
                return Err(format!("it cannot be decoded: {error}"));
            }
        }
        Ok(())
    }

    /// The records after that of a device, as JSON.
    pub(super) fn pack(&self, protocol: Protocol) -> String {
        let device = device(protocol);
        let records = self.example.instruction.to_string();
        let records = records.strip_prefix('[').unwrap_or(&records);
        format!(r#"[{{"bn":"{device}"}},{records}"#)
    }

    fn method(&self, protocol: Protocol) -> Method {
        match self.example.f_port {
            Some(port) => Method::Lora { f_port: Some(port) },
            None => Method::new(protocol),
        }
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
        let mut binding = Binding::new(&definition.id).with_max_payload(i128::from(MOST_BYTES));
        for (name, value) in &self.example.variables {
            binding = binding.with_variable(name, value);
        }
        let method = self.method(definition.protocol);
        let context = Context::new(instruction.device(), &method, &binding);
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
        match (&self.example.error, first) {
            (Some(code), Some(error)) if error.code().as_str() == code => Ok(()),
            (Some(code), Some(error)) => Err(format!(
                "expected `{code}`, found `{}`: {}",
                error.code(),
                error.diagnostic().message
            )),
            (Some(code), None) => Err(format!("expected `{code}`, but it was encoded")),
            (None, Some(error)) => {
                let (code, message) = (error.code(), &error.diagnostic().message);
                Err(format!("it was refused with `{code}`: {message}"))
            }
            (None, None) => self.compare_messages(messages, findings),
        }
    }

    fn compare_messages(&self, messages: &[Message], findings: &All) -> Result<(), String> {
        let wanted = &self.example.messages;
        if wanted.len() != messages.len() {
            let (wanted, found) = (wanted.len(), messages.len());
            return Err(format!("expected {wanted} messages, found {found}"));
        }
        for (wanted, message) in wanted.iter().zip(messages) {
            compare(wanted, message)?;
        }
        let warnings = findings.warnings.iter();
        let found: Vec<_> = warnings.map(|warning| warning.code.as_str()).collect();
        match &self.example.warnings {
            Some(wanted) if *wanted != found => {
                Err(format!("expected the warnings {wanted:?}, found {found:?}"))
            }
            _ => Ok(()),
        }
    }

    fn broken(&self, message: &str) -> Error {
        let title = quote(&self.example.title);
        Error::new(
            Code::RegistryExample,
            format!("the example \"{title}\" fails: {message}"),
        )
        .hint("correct the template, or the example if the source differs")
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

#[cold]
fn neither(node: Node<'_>) -> Error {
    node.refuse(
        Code::DefinitionMissingKey,
        "an example has either `expect` or `error`",
    )
    .expected("one of `expect` and `error`")
}

/// The code of a refusal, which must be one that exists.
fn code(node: Node<'_>) -> Result<&str, Error> {
    let text = node.string()?;
    if Code::ALL.iter().any(|code| code.as_str() == text) {
        return Ok(text);
    }
    let known = Code::ALL.iter().map(|code| code.as_str());
    let error = node.refuse(Code::DefinitionValue, format!("no code `{}`", quote(text)));
    Err(error.suggest_key(text, known))
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
