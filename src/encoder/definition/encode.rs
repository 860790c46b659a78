//! From commands to messages: each command rendered, neighbors joined, envelopes put around.

use crate::error::{Error, First};
use crate::instruction::Instruction;
use crate::message::lora::FPort;
use crate::message::sms::Submit;

use super::super::writer::Content;
use super::super::{Context, Frame, Writer};
use super::argument::Argument;
use super::bind::Slots;
use super::model::{Command, Definition, Envelope, PortRule, Source, Template, Transport};
use super::open::{Destination, Open, Rendered};
use super::render::{Renderer, undeclared};
use super::topic::{fixed_topic, overridden_topic, topic_name};
use super::variable::VariableSource;

/// Writes the messages of an instruction, over this transport.
pub(super) fn encode(
    definition: &Definition,
    transport: &Transport,
    instruction: &Instruction<'_>,
    context: &Context<'_>,
    writer: &mut Writer<'_>,
) -> Result<(), Error> {
    let entries = instruction.entries();
    let mut invocations = writer.memory().binding.take_invocations();
    invocations.gather(definition, entries, writer)?;
    let mut assembly = Assembly {
        definition,
        transport,
        context,
        source: VariableSource::new(context),
        envelopes: Vec::with_capacity(definition.envelopes.len()),
    };
    for (envelope, records) in definition
        .envelopes
        .iter()
        .zip(invocations.envelopes(entries))
    {
        let mut slots = writer.memory().binding.take_slots();
        let is_bound = slots.bind(&envelope.name, &envelope.arguments, records, writer)?;
        assembly
            .envelopes
            .push((envelope, is_bound.then_some(slots)));
    }
    let mut slots = writer.memory().binding.take_slots();
    let (mut frame, mut open) = (writer.frame(), None);
    for (command, records) in invocations.commands(definition, entries) {
        if !slots.bind(&command.name, &command.arguments, records, writer)? {
            continue;
        }
        match assembly.render(command, &slots, &mut frame, writer) {
            Ok(rendered) => assembly.add(rendered, &mut frame, &mut open, writer)?,
            Err(error) => writer.error(error)?,
        }
    }
    writer.give_back(frame);
    if let Some(open) = open {
        assembly.close(open, writer)?;
    }
    let binding = &mut writer.memory().binding;
    binding.give_back_slots(slots);
    for slots in assembly
        .envelopes
        .into_iter()
        .filter_map(|(_, slots)| slots)
    {
        binding.give_back_slots(slots);
    }
    binding.give_back_invocations(invocations);
    Ok(())
}

struct Assembly<'a> {
    definition: &'a Definition,
    transport: &'a Transport,
    context: &'a Context<'a>,
    source: VariableSource<'a>,
    /// Without slots where their arguments were refused.
    envelopes: Vec<(&'a Envelope, Option<Slots<'a>>)>,
}

impl<'a> Assembly<'a> {
    /// Renders a command into a frame, whatever that held before.
    fn render(
        &self,
        command: &'a Command,
        slots: &Slots<'a>,
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<Rendered<'a>, Error> {
        let renderer = self.renderer(command, slots);
        frame.clear();
        let destination = self.destination(command, &renderer, frame, writer)?;
        note(command.is_once, &command.arguments, slots, frame);
        match &command.template {
            Template::Frame(steps) => renderer.frame(steps, None, frame, writer)?,
            Template::Text(text) => renderer.text(text, frame, writer)?,
            Template::Json(json) => {
                if self.is_in_string(command) {
                    writer.write_in_string(frame);
                }
                renderer.json(json.pieces(), frame, writer)?;
                if frame.bytes().is_empty() {
                    frame.constant(&command.name, b"{}");
                }
            }
        }
        Ok(Rendered {
            command,
            destination,
        })
    }

    /// Whether a text goes from here into the document, where nothing wraps or counts it before.
    fn is_in_string(&self, command: &Command) -> bool {
        let has_text = matches!(
            self.transport,
            Transport::Mqtt { .. } | Transport::Http { .. }
        );
        has_text && command.envelope.is_none()
    }

    fn renderer<'s>(&'s self, command: &'s Command, slots: &'s Slots<'s>) -> Renderer<'s> {
        Renderer {
            name: &command.name,
            arguments: &command.arguments,
            slots,
            variables: &self.definition.variables,
            source: &self.source,
            index: 0,
        }
    }

    fn destination(
        &self,
        command: &Command,
        renderer: &Renderer<'_>,
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<Destination<'a>, Error> {
        match self.transport {
            Transport::Lora { port, .. } => {
                let rule = command.port.as_ref().or(port.as_ref());
                self.port(rule, renderer, writer).map(Destination::Lora)
            }
            Transport::Mqtt {
                topic,
                may_override,
                content_type,
                qos,
            } => {
                let topic = command.topic.as_ref().or(topic.as_ref());
                let own = topic_name(topic, renderer, frame, writer)?;
                let (context, content_type) = (self.context, content_type.as_ref());
                let (topic, content_type) = if *may_override {
                    let asked = context.requested_content_type();
                    (
                        overridden_topic(context, own, frame),
                        asked.or(content_type).cloned(),
                    )
                } else {
                    (
                        fixed_topic(own, topic, renderer, writer)?,
                        context.fixed_content_type(content_type)?,
                    )
                };
                Ok(Destination::Mqtt {
                    topic,
                    content_type,
                    qos: *qos,
                })
            }
            Transport::Sms { limit } => Ok(Destination::Sms(*limit)),
            Transport::Http { headers } => Ok(Destination::Http(headers)),
        }
    }

    fn port(
        &self,
        rule: Option<&PortRule>,
        renderer: &Renderer<'_>,
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
    fn add(
        &self,
        rendered: Rendered<'a>,
        frame: &mut Frame,
        open: &mut Option<Open<'a>>,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        if let Some(open) = open.as_mut().filter(|open| open.takes(&rendered)) {
            let before = open.frame.bytes().len();
            open.append(rendered.command, frame);
            if self.fits(open, writer) {
                open.join(rendered.command, frame);
                return Ok(());
            }
            open.take_back(before);
        }
        if let Some(done) = open.take() {
            self.close(done, writer)?;
        }
        let frame = std::mem::replace(frame, writer.frame());
        *open = Some(Open::new(rendered, frame));
        Ok(())
    }

    /// Whether what is open is short enough, with its envelope around it.
    fn fits(&self, open: &Open<'_>, writer: &mut Writer<'_>) -> bool {
        let Some((envelope, slots)) = self.envelope_of(open) else {
            return self.is_short(None, &open.frame, writer);
        };
        let mut whole = writer.untraced_frame();
        // What is only tried is warned of when it is sent.
        let mut unheard = First::default();
        let mut trial = writer.trial(&mut unheard);
        let wrapped = self.wrap(envelope, slots, &open.frame, &mut whole, &mut trial);
        let fits = wrapped.is_ok() && self.is_short(envelope.max_length, &whole, writer);
        writer.give_back(whole);
        fits
    }

    /// Whether a message is short enough for its device and its network.
    fn is_short(&self, own: Option<usize>, whole: &Frame, writer: &Writer<'_>) -> bool {
        let length = whole.bytes().len();
        match self.transport {
            Transport::Lora { max_length, .. } => {
                let allowed = own.or(*max_length).unwrap_or(usize::MAX);
                length <= allowed.min(writer.payload_limit().bytes())
            }
            Transport::Sms { limit } => {
                let text = String::from_utf8(whole.bytes().to_vec()).ok();
                text.and_then(|text| Submit::new(text).ok())
                    .is_some_and(|submit| limit.check(&submit).is_ok())
            }
            _ => own.is_none_or(|allowed| length <= allowed),
        }
    }

    /// The envelope of what is open, with its arguments; none where they were refused.
    fn envelope_of(&self, open: &Open<'_>) -> Option<(&'a Envelope, &Slots<'a>)> {
        let (envelope, slots) = self.envelopes.get(open.last.envelope?)?;
        Some((envelope, slots.as_ref()?))
    }

    /// Puts the envelope around what is inside.
    fn wrap(
        &self,
        envelope: &Envelope,
        slots: &Slots<'_>,
        inside: &Frame,
        whole: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        let renderer = Renderer {
            name: &envelope.name,
            arguments: &envelope.arguments,
            slots,
            variables: &self.definition.variables,
            source: &self.source,
            index: 0,
        };
        renderer.frame(&envelope.steps, Some(inside), whole, writer)
    }

    /// Puts the envelope around what is open.
    fn finish(&self, open: &mut Open<'_>, writer: &mut Writer<'_>) -> Result<(), Error> {
        let Some((envelope, slots)) = self.envelope_of(open) else {
            return Ok(());
        };
        let mut whole = writer.frame();
        self.wrap(envelope, slots, &open.frame, &mut whole, writer)?;
        whole.join_notes(&open.frame);
        note(false, &envelope.arguments, slots, &mut whole);
        writer.give_back(std::mem::replace(&mut open.frame, whole));
        Ok(())
    }

    /// Hands the open message over.
    fn close(&self, mut open: Open<'_>, writer: &mut Writer<'_>) -> Result<(), Error> {
        match self.finish(&mut open, writer) {
            Ok(()) => send(open, writer),
            Err(error) => writer.error(error),
        }
    }
}

fn send(open: Open<'_>, writer: &mut Writer<'_>) -> Result<(), Error> {
    let Open {
        destination,
        last,
        frame,
        ..
    } = open;
    match destination {
        Destination::Lora(port) => writer.lora(port, frame),
        Destination::Mqtt {
            topic,
            content_type,
            qos,
        } => writer.mqtt(topic, content_type, qos, content(last, frame)),
        Destination::Sms(limit) => writer.sms(limit, frame),
        Destination::Http(headers) => writer.http(headers.clone(), content(last, frame)),
    }
}

fn content(command: &Command, frame: Frame) -> Content {
    match command.template {
        Template::Frame(_) => Content::Binary(frame),
        Template::Text(_) | Template::Json(_) => Content::Text(frame),
    }
}

/// Notes whether the command, or one of these values, must not be sent again by itself, and which
/// records are secret.
#[inline]
fn note(is_once: bool, arguments: &[Argument], slots: &Slots<'_>, frame: &mut Frame) {
    if frame.is_traced() {
        note_traced(is_once, arguments, slots, frame);
    }
}

/// By itself, and out of the way of messages of which nothing is noted.
#[cold]
fn note_traced(is_once: bool, arguments: &[Argument], slots: &Slots<'_>, frame: &mut Frame) {
    frame.note(|notes| {
        notes.is_once |= is_once || slots.has_once(arguments);
        notes.secret_records.extend(slots.secret_records(arguments));
    });
}

/// The port that an argument or a variable says.
fn said_port(
    source: Source,
    renderer: &Renderer<'_>,
    writer: &mut Writer<'_>,
) -> Result<FPort, Error> {
    match source {
        Source::Variable(index) => {
            let variable = renderer.variables.get(index).ok_or_else(undeclared)?;
            let value = variable.value(renderer.source)?;
            let number: Option<i128> = value.parse().ok();
            let port = number.and_then(|number| FPort::new(number).ok());
            port.ok_or_else(|| {
                variable.does_not_fit(value, "a port from 1 to 223", renderer.source)
            })
        }
        Source::Argument(place) => {
            let argument = renderer.arguments.get(place).ok_or_else(undeclared)?;
            let Some(given) = renderer.slots.at(place, 0) else {
                return renderer.source.context.chosen_port(&[], None);
            };
            let bounds = (0, i128::from(u8::MAX));
            let number = given.to_integer(argument, &[], bounds, writer)?;
            FPort::new(number).map_err(|error| given.placed(error))
        }
    }
}
