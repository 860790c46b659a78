//! Reads a definition from TOML, checking all that can be checked before a device is there.

mod command;
mod envelope;
mod keys;

use std::collections::BTreeMap;

use crate::document::{Codes, Document, Name, Node, Table};
use crate::error::{Code, Error, Sink, quote};
use crate::message::Protocol;

use super::super::Reading;
use super::super::digest::digest;
use super::declare::{self, Enumerations};
use super::example::Case;
use super::frame::Order;
use super::limits::FILE_BYTES;
use super::model::{Definition, Envelope, Join};
use super::transport;
use super::variable::Variable;
use keys::{evidence, named, order, protocol, reading, sink_result, too_large, unused};

const CODES: Codes = Codes {
    syntax: Code::DefinitionSyntax,
    unknown_key: Code::DefinitionUnknownKey,
    missing_key: Code::DefinitionMissingKey,
    wrong_type: Code::DefinitionType,
};

/// Characters that end a value in most command languages.
const SEPARATORS: &str = " ,;:=&?#|\"'`";

/// Reads a definition; every fault that can be told apart goes to the sink.
pub(super) fn definition(text: &str, sink: &mut dyn Sink) -> Result<Definition, Error> {
    if text.len() > FILE_BYTES {
        return Err(too_large(
            format!("the file has {} bytes", text.len()),
            FILE_BYTES,
        ));
    }
    let document = Document::parse(text, &CODES)?;
    Loader::new(document.root())?.definition(digest(text), sink)
}

/// What commands are read with.
struct Loader<'d> {
    root: Table<'d>,
    protocol: Protocol,
    order: Order,
    separators: String,
    enumerations: Enumerations,
    variables: Vec<Variable>,
    /// Defaults for arguments by name, and which of them were used.
    arguments: BTreeMap<&'d str, (Name<'d>, Node<'d>, bool)>,
    envelopes: Vec<Envelope>,
    /// The envelope of commands that name none.
    envelope: Option<usize>,
    join: Join,
    /// Whether payloads are read as commands that do not say it.
    reading: Reading,
}

impl<'d> Loader<'d> {
    fn new(mut root: Table<'d>) -> Result<Self, Error> {
        let format = root.required("format")?;
        if format.integer()? != 1 {
            return Err(format
                .refuse(Code::DefinitionValue, "the format is not known")
                .expected("1"));
        }
        let protocol = protocol(root.required("protocol")?)?;
        let order = root.optional("endian").map_or(Ok(Order::Big), order)?;
        let separators = root
            .optional("separators")
            .map_or(Ok(SEPARATORS), Node::string)?;
        let enumerations = named(&mut root, "enums", |_, node| declare::enumeration(node))?;
        let declared = named(&mut root, "variables", Variable::read)?;
        let variables = declared.into_values().chain(Variable::built_in()).collect();
        let arguments = match root.optional("args") {
            None => BTreeMap::new(),
            Some(node) => {
                let entries = node.table()?.entries();
                entries
                    .map(|(name, node)| (name.text, (name, node, false)))
                    .collect()
            }
        };
        Ok(Self {
            root,
            protocol,
            order,
            separators: separators.to_owned(),
            enumerations,
            variables,
            arguments,
            envelopes: Vec::new(),
            envelope: None,
            join: Join::Never,
            reading: Reading::Unique,
        })
    }

    fn definition(mut self, digest: String, sink: &mut dyn Sink) -> Result<Definition, Error> {
        let (id, id_offset) = self.id()?;
        let title = self.root.required("title")?.string()?.to_owned();
        let models = self
            .root
            .optional("models")
            .map_or(Ok(Vec::new()), Node::strings)?;
        let source = self.root.required("source")?.string()?.to_owned();
        let evidence = evidence(self.root.required("evidence")?)?;
        let (transport, join) = transport::read(&mut self.root, self.protocol, &self.variables)?;
        self.join = join;
        self.read_envelopes(sink)?;
        self.reading = reading(&mut self.root, &Reading::Unique)?;
        let commands = self.commands(sink)?;
        let examples = self.examples(sink)?;
        self.refuse_unused(sink)?;
        sink_result(self.root.finish(), sink)?;
        let command_index = commands
            .iter()
            .enumerate()
            .map(|(index, command)| (command.name.clone(), index))
            .collect();
        Ok(Definition {
            id,
            id_offset,
            title,
            models: models.into_iter().map(str::to_owned).collect(),
            protocol: self.protocol,
            source,
            evidence,
            transport,
            commands,
            command_index,
            envelopes: self.envelopes,
            variables: self.variables,
            examples,
            digest,
        })
    }

    /// The id, and where it stands.
    fn id(&mut self) -> Result<(String, usize), Error> {
        let node = self.root.required("id")?;
        let id = node.string()?;
        split_id(id).map_err(|error| error.at_offset(node.offset()))?;
        Ok((id.to_owned(), node.offset()))
    }

    fn examples(&mut self, sink: &mut dyn Sink) -> Result<Vec<Case>, Error> {
        let mut examples = Vec::new();
        let nodes = self
            .root
            .optional("examples")
            .map_or(Ok(Vec::new()), Node::array)?;
        for node in nodes {
            match Case::read(node) {
                Ok(case) => examples.push(case),
                Err(error) => sink.error(error)?,
            }
        }
        Ok(examples)
    }

    fn refuse_unused(&self, sink: &mut dyn Sink) -> Result<(), Error> {
        for (name, _, is_used) in self.arguments.values() {
            if !is_used {
                sink.error(unused(*name, std::iter::empty()))?;
            }
        }
        Ok(())
    }
}

/// The vendor and the device of an id.
pub(super) fn split_id(id: &str) -> Result<(&str, &str), Error> {
    let is_part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.'))
    };
    id.split_once('/')
        .filter(|(vendor, device)| is_part(vendor) && is_part(device))
        .ok_or_else(|| {
            Error::new(
                Code::DefinitionName,
                format!("`{}` is not a valid id", quote(id)),
            )
            .expected("`vendor/device` in lower case")
        })
}
