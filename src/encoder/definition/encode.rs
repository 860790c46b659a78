//! From commands to messages: each command rendered, neighbors joined, envelopes put around.

use crate::error::{Error, First};
use crate::instruction::Instruction;
use crate::message::lora::FPort;
use crate::message::mqtt::{ContentType, TopicName};
use crate::message::sms::Submit;

use super::super::writer::Content;
use super::super::{Context, Frame, Writer};
use super::bind::{Invocation, Invocations, Slots};
use super::model::{
    Command, Definition, Envelope, Join, Json, PortRule, Source, Template, Text, Transport,
};
use super::render::Renderer;

/// Writes the messages of an instruction, over this transport.
pub(super) fn encode(
    definition: &Definition,
    transport: &Transport,
    instruction: &Instruction<'_>,
    context: &Context<'_>,
    writer: &mut Writer<'_>,
) -> Result<(), Error> {
    let invocations = Invocations::gather(definition, instruction, writer)?;
    let mut envelopes = Vec::with_capacity(definition.envelopes.len());
    for (envelope, entries) in definition.envelopes.iter().zip(&invocations.envelopes) {
        let slots = Slots::bind(&envelope.name, &envelope.arguments, entries, writer)?;
        envelopes.push((envelope, slots));
    }
    let mut assembly = Assembly {
        definition,
        transport,
        context,
        envelopes,
        open: None,
    };
    for invocation in &invocations.commands {
        match assembly.render(invocation, writer) {
            Ok(Some(rendered)) => assembly.add(rendered, writer)?,
            Ok(None) => {}
            Err(error) => writer.error(error)?,
        }
    }
    assembly.close(writer)
}

/// Where a message goes.
#[derive(Clone, Debug, PartialEq)]
enum Destination {
    Lora(FPort),
    Mqtt {
        topic: TopicName,
        content_type: Option<ContentType>,
    },
    Sms,
    Http,
}

/// A command on its way into a message.
struct Rendered<'d> {
    command: &'d Command,
    destination: Destination,
    frame: Frame,
}

/// The message that the next command may still join.
struct Open<'d> {
    destination: Destination,
    envelope: Option<usize>,
    /// The keys of the object so far.
    keys: Vec<&'d str>,
    /// The last command that joined.
    last: &'d Command,
    frame: Frame,
}

struct Assembly<'a> {
    definition: &'a Definition,
    transport: &'a Transport,
    context: &'a Context<'a>,
    envelopes: Vec<(&'a Envelope, Option<Slots<'a>>)>,
    open: Option<Open<'a>>,
}

impl<'a> Assembly<'a> {
    /// Renders a command; `None` if something was refused and more is being looked for.
    fn render(
        &self,
        invocation: &'a Invocation<'a>,
        writer: &mut Writer<'_>,
    ) -> Result<Option<Rendered<'a>>, Error> {
        let command = invocation.command;
        let Some(slots) = Slots::bind(
            &command.name,
            &command.arguments,
            &invocation.entries,
            writer,
        )?
        else {
            return Ok(None);
        };
        let renderer = self.renderer(command, &slots);
        let destination = self.destination(command, renderer, writer)?;
        let mut frame = writer.frame();
        match &command.template {
            Template::Frame(steps) => renderer.frame(steps, &mut None, &mut frame, writer)?,
            Template::Text(text) => renderer.text(text, &mut frame, writer)?,
            Template::Json(json) => {
                if !renderer.json(json, &mut frame, writer)? {
                    frame.constant(&command.name, b"{}");
                }
            }
        }
        Ok(Some(Rendered {
            command,
            destination,
            frame,
        }))
    }

    fn renderer<'s>(&'s self, command: &'s Command, slots: &'s Slots<'s>) -> Renderer<'s> {
        Renderer {
            name: &command.name,
            arguments: &command.arguments,
            slots,
            variables: &self.definition.variables,
            context: self.context,
            index: 0,
        }
    }

    fn destination(
        &self,
        command: &Command,
        renderer: Renderer<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<Destination, Error> {
        match self.transport {
            Transport::Lora { port, .. } => {
                let rule = command.port.as_ref().or(port.as_ref());
                self.port(rule, renderer, writer).map(Destination::Lora)
            }
            Transport::Mqtt {
                topic,
                may_override,
                content_type,
                ..
            } => {
                let topic = command.topic.as_ref().or(topic.as_ref());
                let topic = topic_name(topic, renderer, writer)?;
                Ok(if *may_override {
                    Destination::Mqtt {
                        topic: self.context.requested_topic().cloned().unwrap_or(topic),
                        content_type: self
                            .context
                            .requested_content_type()
                            .or(content_type.as_ref())
                            .cloned(),
                    }
                } else {
                    Destination::Mqtt {
                        topic: self.context.fixed_topic(topic)?,
                        content_type: self.context.fixed_content_type(content_type.as_ref())?,
                    }
                })
            }
            Transport::Sms { .. } => Ok(Destination::Sms),
            Transport::Http { .. } => Ok(Destination::Http),
        }
    }

    fn port(
        &self,
        rule: Option<&PortRule>,
        renderer: Renderer<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<FPort, Error> {
        match rule {
            Some(PortRule::Fixed(port)) => self.context.fixed_port(*port),
            Some(PortRule::Choice { among, default }) => self.context.chosen_port(among, *default),
            Some(PortRule::From(source)) => {
                let port = said_port(*source, renderer, writer)?;
                self.context.fixed_port(port)
            }
            None => self.context.chosen_port(&[], None),
        }
    }

    /// Puts a command behind the last one, or into a message of its own.
    fn add(&mut self, rendered: Rendered<'a>, writer: &mut Writer<'_>) -> Result<(), Error> {
        let Rendered {
            command,
            destination,
            frame,
        } = rendered;
        let (keys, envelope) = (keys(command), command.envelope);
        if let Some(open) = self.open.take() {
            if open.takes(command, &destination, &keys) {
                let joined = open.joined(command, &frame);
                if self.fits(&destination, envelope, &joined, writer) {
                    let keys = [open.keys, keys].concat();
                    self.open = Some(Open {
                        destination,
                        envelope,
                        keys,
                        last: command,
                        frame: joined,
                    });
                    return Ok(());
                }
            }
            self.open = Some(open);
        }
        self.close(writer)?;
        self.open = Some(Open {
            destination,
            envelope,
            keys,
            last: command,
            frame,
        });
        Ok(())
    }

    /// Whether a message with this inside is short enough.
    fn fits(
        &self,
        destination: &Destination,
        envelope: Option<usize>,
        inside: &Frame,
        writer: &Writer<'_>,
    ) -> bool {
        // What is only tried is warned of when it is sent.
        let mut unheard = First::default();
        let mut trial = writer.trial(&mut unheard);
        let Ok(whole) = self.wrapped(envelope, inside.clone(), &mut trial) else {
            return false;
        };
        let length = whole.bytes().len();
        let own = envelope.and_then(|index| self.envelopes.get(index)?.0.max_length);
        match (self.transport, destination) {
            (Transport::Lora { max_length, .. }, _) => {
                let allowed = own.or(*max_length).unwrap_or(usize::MAX);
                length <= allowed.min(writer.payload_limit().bytes())
            }
            (Transport::Sms { limit }, _) => {
                let text = String::from_utf8(whole.bytes).ok();
                text.and_then(|text| Submit::new(text).ok())
                    .is_some_and(|submit| limit.check(&submit).is_ok())
            }
            _ => own.is_none_or(|allowed| length <= allowed),
        }
    }

    /// Puts the envelope around what is inside.
    fn wrapped(
        &self,
        envelope: Option<usize>,
        inside: Frame,
        writer: &mut Writer<'_>,
    ) -> Result<Frame, Error> {
        let Some((envelope, slots)) = envelope.and_then(|index| self.envelopes.get(index)) else {
            return Ok(inside);
        };
        let Some(slots) = slots else {
            return Ok(inside);
        };
        let renderer = Renderer {
            name: &envelope.name,
            arguments: &envelope.arguments,
            slots,
            variables: &self.definition.variables,
            context: self.context,
            index: 0,
        };
        let mut whole = writer.frame();
        renderer.frame(&envelope.steps, &mut Some(inside), &mut whole, writer)?;
        Ok(whole)
    }

    /// Hands the open message over.
    fn close(&mut self, writer: &mut Writer<'_>) -> Result<(), Error> {
        let Some(Open {
            destination,
            envelope,
            last,
            frame,
            ..
        }) = self.open.take()
        else {
            return Ok(());
        };
        let frame = match self.wrapped(envelope, frame, writer) {
            Ok(frame) => frame,
            Err(error) => return writer.error(error),
        };
        match (self.transport, destination) {
            (_, Destination::Lora(port)) => writer.lora(port, frame),
            (
                Transport::Mqtt { qos, .. },
                Destination::Mqtt {
                    topic,
                    content_type,
                },
            ) => writer.mqtt(topic, content_type, *qos, content(last, frame)),
            (Transport::Sms { limit }, Destination::Sms) => writer.sms(*limit, frame),
            (Transport::Http { headers }, Destination::Http) => {
                writer.http(headers.clone(), content(last, frame))
            }
            _ => Ok(()),
        }
    }
}

impl Open<'_> {
    fn takes(&self, command: &Command, destination: &Destination, keys: &[&str]) -> bool {
        command.join != Join::Never
            && self.last.join == command.join
            && self.envelope == command.envelope
            && self.destination == *destination
            && std::mem::discriminant(&self.last.template)
                == std::mem::discriminant(&command.template)
            && !keys.iter().any(|key| self.keys.contains(key))
            && (!matches!(command.template, Template::Json(_))
                || !keys.is_empty() && !self.keys.is_empty())
    }

    /// What is open with another command behind it.
    fn joined(&self, command: &Command, frame: &Frame) -> Frame {
        let mut joined = self.frame.clone();
        match (&command.template, &command.join) {
            (Template::Json(_), _) => {
                joined = joined.trimmed(0, 1);
                joined.constant(&command.name, b",");
                joined.append(frame.clone().trimmed(1, 0));
            }
            (_, Join::Separated(separator)) => {
                joined.constant(&command.name, separator.as_bytes());
                joined.append(frame.clone());
            }
            _ => joined.append(frame.clone()),
        }
        joined
    }
}

/// The members of the command's object; none if it is no object.
fn keys(command: &Command) -> Vec<&str> {
    match &command.template {
        Template::Json(Json::Object(members)) => {
            members.iter().map(|(key, _)| key.as_str()).collect()
        }
        _ => Vec::new(),
    }
}

fn content(command: &Command, frame: Frame) -> Content {
    match command.template {
        Template::Frame(_) => Content::Binary(frame),
        Template::Text(_) | Template::Json(_) => Content::Text(frame),
    }
}

fn topic_name(
    topic: Option<&Text>,
    renderer: Renderer<'_>,
    writer: &mut Writer<'_>,
) -> Result<TopicName, Error> {
    let mut frame = Frame::untraced();
    if let Some(topic) = topic {
        renderer.text(topic, &mut frame, writer)?;
    }
    TopicName::new(String::from_utf8_lossy(frame.bytes()))
}

/// The port that an argument or a variable says.
fn said_port(
    source: Source,
    renderer: Renderer<'_>,
    writer: &mut Writer<'_>,
) -> Result<FPort, Error> {
    match source {
        Source::Variable(index) => {
            let variable = renderer.variables.get(index);
            let value = variable
                .map(|variable| variable.value(renderer.context))
                .transpose()?;
            let number: i128 = value.and_then(|value| value.parse().ok()).unwrap_or(0);
            FPort::new(number)
        }
        Source::Argument(place) => {
            let (Some(argument), Some(given)) =
                (renderer.arguments.get(place), renderer.slots.at(place, 0))
            else {
                return renderer.context.chosen_port(&[], None);
            };
            let bounds = (0, i128::from(u8::MAX));
            let number = given.to_integer(argument, &[], bounds, writer)?;
            FPort::new(number).map_err(|error| given.placed(error))
        }
    }
}
