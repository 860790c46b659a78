//! Envelopes: what commands of one kind are wrapped in.

use crate::document::{Name, Node};
use crate::error::{Code, Error, Sink, quote};

use super::super::compile::Scope;
use super::super::model::{Envelope, Join, Template};
use super::super::template::Raw;
use super::Loader;
use super::keys::{at, check_name};

impl<'d> Loader<'d> {
    pub(super) fn read_envelopes(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
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
            return Err(node
                .refuse(
                    Code::DefinitionMissingKey,
                    format!(
                        "the argument `{}` of an envelope needs a default",
                        argument.name
                    ),
                )
                .expected(format!("`args.{}.default`", argument.name)));
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

    pub(super) fn envelope_index(&self, node: Node<'_>) -> Result<usize, Error> {
        let name = node.string()?;
        let known = || self.envelopes.iter().map(|envelope| envelope.name.as_str());
        known().position(|known| known == name).ok_or_else(|| {
            let error = node.refuse(
                Code::DefinitionUndeclared,
                format!("unknown envelope `{}`", quote(name)),
            );
            error
                .hint(format!("declare it as `[envelopes.{}]`", quote(name)))
                .suggest_name(name, known())
        })
    }
}
