//! Commands and their arguments.

use std::collections::BTreeMap;

use crate::document::{Name, Node, Table};
use crate::error::{Code, Error, Sink};

use super::super::argument::Argument;
use super::super::compile::Scope;
use super::super::declare::{self, Surroundings};
use super::super::decode::extent::Extent;
use super::super::limits::{ARGUMENTS, COMMANDS, FRAME_BYTES};
use super::super::model::{Command, Join, Template};
use super::super::needs;
use super::super::template::Raw;
use super::super::transport::Routes;
use super::super::usage::{Usage, Usages};
use super::Loader;
use super::keys::{at, check_name, reading, template, too_large, unused};

impl<'d> Loader<'d> {
    pub(super) fn commands(&mut self, sink: &mut dyn Sink) -> Result<Vec<Command>, Error> {
        let node = self.root.required("commands")?;
        let mut commands = Vec::new();
        let table = node.table()?;
        if table.entries().next().is_none() {
            sink.error(node.refuse(Code::DefinitionMissingKey, "the definition has no commands"))?;
        }
        for (name, node) in table.entries() {
            match self.command(name, node) {
                Ok(command) => commands.push(command),
                Err(error) => sink.error(error)?,
            }
        }
        if commands.len() > COMMANDS {
            return Err(too_large(format!("{} commands", commands.len()), COMMANDS));
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
                format!("`{}` is already an envelope", name.text),
            )
            .at_offset(name.offset));
        }
        if node.string().is_ok() {
            // `name = "03 {ro1}"` is short for a table with that frame.
            let raw = Raw::frame(node)?;
            let arguments = self.arguments_of(&raw.usages(), &mut BTreeMap::new(), node, false)?;
            return self.compiled(name, node, &raw, arguments, Routes::default());
        }
        let mut table = node.table()?;
        let (template_node, raw) = template(&mut table)?;
        let mut usages = raw.usages();
        let routes = Routes::read(&mut table, self.protocol, &mut usages)?;
        let is_text = matches!(raw, Raw::Text(_));
        let arguments = self.read_arguments(&mut table, &usages, template_node, is_text)?;
        let mut command = self.compiled(name, template_node, &raw, arguments, routes)?;
        if let Some(node) = table.optional("in") {
            command.envelope = Some(self.envelope_index(node)?);
        }
        command.join = self.command_join(&mut table, command.envelope)?;
        command.repeats = table.optional("repeat").map_or(Ok(false), Node::boolean)?;
        command.is_once = table.optional("once").map_or(Ok(false), Node::boolean)?;
        command.title = table
            .optional("title")
            .map(Node::string)
            .transpose()?
            .map(str::to_owned);
        command.reading = reading(&mut table, &self.reading)?;
        table.finish()?;
        Ok(command)
    }

    /// A command with nothing but its template and its route.
    fn compiled(
        &self,
        name: Name<'_>,
        template_node: Node<'_>,
        raw: &Raw,
        arguments: Vec<Argument>,
        routes: Routes<'_>,
    ) -> Result<Command, Error> {
        let scope = Scope {
            arguments: &arguments,
            variables: &self.variables,
            order: self.order,
            is_envelope: false,
        };
        let template = scope
            .template(raw)
            .map_err(|error| at(error, template_node))?;
        if let Template::Frame(steps) = &template {
            let shortest = Extent::of_all(steps, &arguments).min;
            if shortest > FRAME_BYTES {
                let found = format!("the frame has at least {shortest} bytes");
                return Err(at(too_large(found, FRAME_BYTES), template_node));
            }
        }
        let (port, topic) = routes.resolve(scope)?;
        Ok(Command {
            name: name.text.to_owned(),
            title: None,
            arguments,
            template,
            port,
            topic,
            envelope: self.envelope,
            join: self.join_of(self.envelope),
            repeats: false,
            is_once: false,
            reading: self.reading.clone(),
            offset: name.offset,
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
    pub(super) fn read_arguments(
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
        let (mut arguments, mut needs) = (Vec::with_capacity(usages.0.len()), Vec::new());
        for usage in &usages.0 {
            let (argument, needed) = self.argument(usage, own, template, is_text)?;
            needs.extend(needed.map(|node| (arguments.len(), node)));
            arguments.push(argument);
        }
        needs::resolve(&mut arguments, &needs)?;
        Ok(arguments)
    }

    fn argument(
        &mut self,
        usage: &Usage,
        own: &mut BTreeMap<&'d str, (Name<'d>, Node<'d>)>,
        template: Node<'_>,
        is_text: bool,
    ) -> Result<(Argument, Option<Node<'d>>), Error> {
        if !usage.slices.is_empty() && usage.sliced_width().is_none() {
            return Err(template
                .refuse(
                    Code::DefinitionWidth,
                    format!(
                        "the slices of `{}` do not cover each of its bits once",
                        usage.name
                    ),
                )
                .expected("slices from the highest bit to bit 0, such as `a[11:8]` and `a[7:0]`"));
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
}
