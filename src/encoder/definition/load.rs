//! Reads a definition from TOML, checking all that can be checked before a device is there.

use std::collections::BTreeMap;

use crate::document::{Codes, Document, Name, Node, Table};
use crate::error::{Code, Error, Sink, did_you_mean, nearest, quote};
use crate::message::Protocol;

use super::argument::Argument;
use super::compile::Scope;
use super::declare::{self, Enumerations, Surroundings};
use super::example::Example;
use super::frame::Order;
use super::limits::{ARGUMENTS, COMMANDS, FILE_BYTES};
use super::model::{Command, Definition, Envelope, Evidence, Join, Template};
use super::template::Raw;
use super::transport;
use super::usage::{Usage, Usages};
use super::variable::Variable;

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
    Loader::new(document.root())?.definition(sink)
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
        })
    }

    fn definition(mut self, sink: &mut dyn Sink) -> Result<Definition, Error> {
        let id = self.id()?;
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
        let commands = self.commands(sink)?;
        let examples = self.examples(sink)?;
        self.refuse_unused(sink)?;
        // Only decoding asks for these.
        self.root
            .optional("decode")
            .map(Node::boolean)
            .transpose()?;
        self.root.optional("reason").map(Node::string).transpose()?;
        sink_result(self.root.finish(), sink)?;
        let command_index = commands
            .iter()
            .enumerate()
            .map(|(index, command)| (command.name.clone(), index))
            .collect();
        Ok(Definition {
            id,
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
        })
    }

    fn id(&mut self) -> Result<String, Error> {
        let node = self.root.required("id")?;
        let id = node.string()?;
        let is_part = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.'))
        };
        match id.split_once('/') {
            Some((vendor, device)) if is_part(vendor) && is_part(device) => Ok(id.to_owned()),
            _ => Err(node
                .refuse(Code::DefinitionName, format!("`{}` is no id", quote(id)))
                .expected("`vendor/device` in lower case")),
        }
    }

    fn read_envelopes(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
        if let Some(node) = self.root.optional("envelopes") {
            for (name, node) in node.table()?.entries() {
                match self.read_envelope(name, node) {
                    Ok(envelope) => self.envelopes.push(envelope),
                    Err(error) => sink.error(error)?,
                }
            }
        }
        if let Some(node) = self.root.optional("in") {
            self.envelope = Some(self.envelope_index(node)?);
        }
        Ok(())
    }

    fn read_envelope(&mut self, name: Name<'d>, node: Node<'d>) -> Result<Envelope, Error> {
        check_name(name, true)?;
        let mut table = node.table()?;
        let frame = table.required("frame")?;
        let raw = Raw::frame(frame)?;
        let arguments = self.read_arguments(&mut table, &raw.usages(), frame, false)?;
        if let Some(argument) = arguments.iter().find(|argument| argument.default.is_none()) {
            return Err(node.refuse(
                Code::DefinitionMissingKey,
                format!(
                    "the argument `{}` of an envelope needs a default",
                    argument.name
                ),
            ));
        }
        let scope = Scope {
            arguments: &arguments,
            variables: &self.variables,
            order: self.order,
            is_envelope: true,
        };
        let Template::Frame(steps) = scope.template(&raw).map_err(|error| at(error, frame))? else {
            return Err(frame.refuse(Code::DefinitionFrame, "an envelope has a frame"));
        };
        let joins = table.optional("join").map_or(Ok(false), Node::boolean)?;
        let max_length = table.optional("max_length").map(Node::count).transpose()?;
        table.finish()?;
        let join = if joins { Join::Adjacent } else { Join::Never };
        Ok(Envelope {
            name: name.text.to_owned(),
            arguments,
            steps,
            join,
            max_length,
        })
    }

    fn envelope_index(&self, node: Node<'_>) -> Result<usize, Error> {
        let name = node.string()?;
        let known = || self.envelopes.iter().map(|envelope| envelope.name.as_str());
        known().position(|known| known == name).ok_or_else(|| {
            let error = node.refuse(
                Code::DefinitionUndeclared,
                format!("no envelope `{}`", quote(name)),
            );
            match nearest(name, known()) {
                Some(meant) => error.hint(did_you_mean(meant)),
                None => error,
            }
        })
    }

    fn commands(&mut self, sink: &mut dyn Sink) -> Result<Vec<Command>, Error> {
        let node = self.root.required("commands")?;
        let mut commands = Vec::new();
        for (name, node) in node.table()?.entries() {
            match self.command(name, node) {
                Ok(command) => commands.push(command),
                Err(error) => sink.error(error)?,
            }
        }
        if commands.len() > COMMANDS {
            return Err(too_large(format!("{} commands", commands.len()), COMMANDS));
        }
        if commands.is_empty() {
            sink.error(node.refuse(Code::DefinitionMissingKey, "there is no command"))?;
        }
        Ok(commands)
    }

    fn command(&mut self, name: Name<'d>, node: Node<'d>) -> Result<Command, Error> {
        check_name(name, true)?;
        if self
            .envelopes
            .iter()
            .any(|envelope| envelope.name == name.text)
        {
            return Err(Error::new(
                Code::DefinitionName,
                format!("`{}` is an envelope already", name.text),
            )
            .at_offset(name.offset));
        }
        if node.string().is_ok() {
            return self.short_command(name, node);
        }
        let mut table = node.table()?;
        let (template_node, raw) = template(&mut table)?;
        let mut usages = raw.usages();
        let routes = transport::Routes::read(&mut table, self.protocol, &mut usages)?;
        let is_text = matches!(raw, Raw::Text(_));
        let arguments = self.read_arguments(&mut table, &usages, template_node, is_text)?;
        let scope = Scope {
            arguments: &arguments,
            variables: &self.variables,
            order: self.order,
            is_envelope: false,
        };
        let template = scope
            .template(&raw)
            .map_err(|error| at(error, template_node))?;
        let (port, topic) = routes.resolve(scope)?;
        let envelope = match table.optional("in") {
            Some(node) => Some(self.envelope_index(node)?),
            None => self.envelope,
        };
        let join = self.command_join(&mut table, envelope)?;
        let repeats = table.optional("repeat").map_or(Ok(false), Node::boolean)?;
        let title = table
            .optional("title")
            .map(Node::string)
            .transpose()?
            .map(str::to_owned);
        // Only decoding asks for these.
        table.optional("shadow").map(Node::boolean).transpose()?;
        table.optional("decode").map(Node::boolean).transpose()?;
        table.optional("reason").map(Node::string).transpose()?;
        table.finish()?;
        let name = name.text.to_owned();
        Ok(Command {
            name,
            title,
            arguments,
            template,
            port,
            topic,
            envelope,
            join,
            repeats,
        })
    }

    /// `name = "03 {ro1}"` is short for a table with that frame.
    fn short_command(&mut self, name: Name<'d>, node: Node<'d>) -> Result<Command, Error> {
        let raw = Raw::frame(node)?;
        let arguments = self.arguments_of(&raw.usages(), &mut BTreeMap::new(), node, false)?;
        let scope = Scope {
            arguments: &arguments,
            variables: &self.variables,
            order: self.order,
            is_envelope: false,
        };
        let template = scope.template(&raw).map_err(|error| at(error, node))?;
        Ok(Command {
            name: name.text.to_owned(),
            title: None,
            arguments,
            template,
            port: None,
            topic: None,
            envelope: self.envelope,
            join: self.join_of(self.envelope),
            repeats: false,
        })
    }

    fn join_of(&self, envelope: Option<usize>) -> Join {
        match envelope.and_then(|index| self.envelopes.get(index)) {
            Some(envelope) => envelope.join.clone(),
            None => self.join.clone(),
        }
    }

    fn command_join(&self, table: &mut Table<'_>, envelope: Option<usize>) -> Result<Join, Error> {
        let usual = self.join_of(envelope);
        match table.optional("join").map(Node::boolean).transpose()? {
            Some(false) => Ok(Join::Never),
            Some(true) if usual == Join::Never => Ok(Join::Adjacent),
            _ => Ok(usual),
        }
    }

    /// The arguments of a command, declared in its own table or for the whole definition.
    fn read_arguments(
        &mut self,
        table: &mut Table<'d>,
        usages: &Usages,
        template: Node<'d>,
        is_text: bool,
    ) -> Result<Vec<Argument>, Error> {
        let mut own = BTreeMap::new();
        if let Some(node) = table.optional("args") {
            for (name, node) in node.table()?.entries() {
                check_name(name, false)?;
                own.insert(name.text, (name, node));
            }
        }
        let arguments = self.arguments_of(usages, &mut own, template, is_text)?;
        match own.into_values().next() {
            None => Ok(arguments),
            Some((name, _)) => Err(unused(
                name,
                usages.0.iter().map(|usage| usage.name.as_str()),
            )),
        }
    }

    /// Takes from `own` what the template uses.
    fn arguments_of(
        &mut self,
        usages: &Usages,
        own: &mut BTreeMap<&'d str, (Name<'d>, Node<'d>)>,
        template: Node<'_>,
        is_text: bool,
    ) -> Result<Vec<Argument>, Error> {
        if usages.0.len() > ARGUMENTS {
            return Err(at(
                too_large(format!("{} arguments", usages.0.len()), ARGUMENTS),
                template,
            ));
        }
        usages
            .0
            .iter()
            .map(|usage| self.argument(usage, own, template, is_text))
            .collect()
    }

    fn argument(
        &mut self,
        usage: &Usage,
        own: &mut BTreeMap<&'d str, (Name<'d>, Node<'d>)>,
        template: Node<'_>,
        is_text: bool,
    ) -> Result<Argument, Error> {
        if !usage.slices.is_empty() && usage.sliced_width().is_none() {
            return Err(template.refuse(
                Code::DefinitionWidth,
                format!(
                    "the slices of `{}` do not cover each of its bits once",
                    usage.name
                ),
            ));
        }
        let declaration = match own.remove(usage.name.as_str()) {
            Some((_, node)) => Some(node),
            None => self
                .arguments
                .get_mut(usage.name.as_str())
                .map(|(_, node, is_used)| {
                    *is_used = true;
                    *node
                }),
        };
        let surroundings = Surroundings {
            enumerations: &self.enumerations,
            separators: &self.separators,
            is_text,
        };
        declare::argument(&usage.name, declaration, usage, surroundings)
            .map_err(|error| at(error, declaration.unwrap_or(template)))
    }

    fn examples(&mut self, sink: &mut dyn Sink) -> Result<Vec<Example>, Error> {
        let mut examples = Vec::new();
        let nodes = self
            .root
            .optional("examples")
            .map_or(Ok(Vec::new()), Node::array)?;
        for node in nodes {
            match Example::read(node, self.protocol) {
                Ok(example) => examples.push(example),
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

fn sink_result(result: Result<(), Error>, sink: &mut dyn Sink) -> Result<(), Error> {
    result.or_else(|error| sink.error(error))
}

/// The table of this key, each entry read.
fn named<'d, T>(
    root: &mut Table<'d>,
    key: &'static str,
    read: impl Fn(Name<'d>, Node<'d>) -> Result<T, Error>,
) -> Result<BTreeMap<String, T>, Error> {
    let Some(node) = root.optional(key) else {
        return Ok(BTreeMap::new());
    };
    let entries = node.table()?.entries();
    entries
        .map(|(name, node)| {
            check_name(name, false)?;
            Ok((name.text.to_owned(), read(name, node)?))
        })
        .collect()
}

fn protocol(node: Node<'_>) -> Result<Protocol, Error> {
    let name = node.string()?;
    Protocol::ALL
        .iter()
        .copied()
        .find(|protocol| protocol.as_str() == name)
        .ok_or_else(|| {
            node.refuse(
                Code::DefinitionValue,
                format!("`{}` is no protocol", quote(name)),
            )
            .expected("`LORA`, `MQTT`, `SMS` or `HTTP`")
        })
}

fn order(node: Node<'_>) -> Result<Order, Error> {
    match node.string()? {
        "little" => Ok(Order::Little),
        "big" => Ok(Order::Big),
        other => Err(node
            .refuse(
                Code::DefinitionValue,
                format!("`{}` is no byte order", quote(other)),
            )
            .expected("`little` or `big`")),
    }
}

fn evidence(node: Node<'_>) -> Result<Evidence, Error> {
    match node.string()? {
        "manual" => Ok(Evidence::Manual),
        "codec" => Ok(Evidence::Codec),
        "vectors" => Ok(Evidence::Vectors),
        other => Err(node
            .refuse(
                Code::DefinitionValue,
                format!("`{}` is no evidence", quote(other)),
            )
            .expected("`manual`, `codec` or `vectors`")),
    }
}

/// Exactly one of `frame`, `text` and `json`.
fn template<'d>(table: &mut Table<'d>) -> Result<(Node<'d>, Raw), Error> {
    let found = [
        table.optional("frame"),
        table.optional("text"),
        table.optional("json"),
    ];
    match found {
        [Some(node), None, None] => Ok((node, Raw::frame(node)?)),
        [None, Some(node), None] => Ok((node, Raw::text(node)?)),
        [None, None, Some(node)] => Ok((node, Raw::json(node)?)),
        _ => Err(Error::new(
            Code::DefinitionMissingKey,
            "a command has exactly one of `frame`, `text` and `json`",
        )
        .at_offset(table.offset())),
    }
}

/// `[A-Za-z][A-Za-z0-9_]*`; commands and envelopes also take `-` and `.` inside.
fn check_name(name: Name<'_>, is_command: bool) -> Result<(), Error> {
    let is_inside =
        |c: char| c.is_ascii_alphanumeric() || c == '_' || is_command && matches!(c, '-' | '.');
    let is_name = name.text.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.text.chars().all(is_inside);
    if is_name {
        return Ok(());
    }
    Err(Error::new(
        Code::DefinitionName,
        format!("`{}` is no name", quote(name.text)),
    )
    .expected("a letter, then letters, digits or `_`")
    .at_offset(name.offset))
}

fn unused<'n>(name: Name<'_>, used: impl Iterator<Item = &'n str>) -> Error {
    let error = Error::new(
        Code::DefinitionUnused,
        format!("the argument `{}` is not used", quote(name.text)),
    )
    .at_offset(name.offset);
    match nearest(name.text, used) {
        Some(meant) => error.hint(did_you_mean(meant)),
        None => error,
    }
}

fn too_large(found: String, most: usize) -> Error {
    Error::new(
        Code::DefinitionLimit,
        format!("{found}, at most {most} are allowed"),
    )
    .expected(format!("at most {most}"))
    .found(found)
}

/// Places an error that has no place yet.
fn at(error: Error, node: Node<'_>) -> Error {
    if error.diagnostic().position.is_some() {
        error
    } else {
        error.at_offset(node.offset())
    }
}
