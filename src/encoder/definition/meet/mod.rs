//! Commands whose payloads can meet, which decoding could not tell apart.
//!
//! Two commands that go the same way and have a payload in common are refused unless one of them
//! says `shadow = true`; so are commands that join where one is a prefix of another.

mod frame;
mod json;
mod pattern;
mod sequence;
mod text;

use crate::error::{Code, Error, Sink};
use crate::message::lora::FPort;

use super::super::Reading;
use super::argument::{Argument, Kind};
use super::model::{Command, Definition, Join, PortRule, Source, Step, Template, Transport};
use frame::{At, Frame};
use json::Side;
use pattern::Pattern;
use sequence::Sequence;

/// Hands every pair that meets to the sink.
pub(super) fn refuse(definition: &Definition, sink: &mut dyn Sink) -> Result<(), Error> {
    let ways: Vec<Way<'_>> = definition
        .commands
        .iter()
        .filter(|command| command.reading == Reading::Unique)
        .map(|command| Way::new(definition, command))
        .collect();
    for (place, way) in ways.iter().enumerate() {
        for other in ways.iter().take(place) {
            if let Some(error) = way.meeting(other) {
                sink.error(error)?;
            }
        }
        if let Some(error) = way.running_on(&ways) {
            sink.error(error)?;
        }
    }
    Ok(())
}

/// A command, where it goes, and the payloads that it may have.
struct Way<'d> {
    definition: &'d Definition,
    command: &'d Command,
    topic: Option<Pattern>,
    /// Nothing for JSON.
    own: Option<Pattern>,
    /// The envelope around it, with anything inside.
    whole: Option<Pattern>,
}

impl<'d> Way<'d> {
    fn new(definition: &'d Definition, command: &'d Command) -> Self {
        let envelope = command
            .envelope
            .and_then(|index| definition.envelopes.get(index));
        Self {
            definition,
            command,
            topic: topic(definition, command),
            own: match &command.template {
                Template::Frame(steps) => Some(framed(steps, &command.arguments)),
                Template::Text(text) => Some(text::pattern(
                    text,
                    &command.arguments,
                    &definition.variables,
                )),
                Template::Json(_) => None,
            },
            whole: envelope.map(|envelope| framed(&envelope.steps, &envelope.arguments)),
        }
    }

    /// Why the two cannot be told apart.
    fn meeting(&self, other: &Self) -> Option<Error> {
        if !self.goes_with(other) {
            return None;
        }
        if let (Template::Json(a), Template::Json(b)) =
            (&self.command.template, &other.command.template)
        {
            let meets = self.side(a.tree()).meets(other.side(b.tree()));
            return meets.then(|| self.refusal(other));
        }
        let (own, others) = if self.command.envelope == other.command.envelope {
            (self.own.as_ref()?, other.own.as_ref()?)
        } else {
            (self.whole()?, other.whole()?)
        };
        let bytes = own.common(others)?;
        Some(self.refusal_with(other, &self.shown(&bytes)))
    }

    /// Why it cannot be told where the command ends if another stands behind it.
    fn running_on(&self, ways: &[Self]) -> Option<Error> {
        let joins = |way: &Self| way.command.join == Join::Adjacent;
        let own = self.own.as_ref().filter(|_| joins(self))?;
        let is_near =
            |way: &&Self| way.command.envelope == self.command.envelope && way.goes_with(self);
        let others: Vec<&Self> = ways.iter().filter(is_near).collect();
        let members = others
            .iter()
            .filter_map(|way| Some((way.own.as_ref()?, joins(way))));
        let sequence = Sequence {
            members: members.collect(),
        };
        others.iter().enumerate().find_map(|(place, longer)| {
            let is_another = longer.command.name != self.command.name && joins(longer);
            let bytes = match longer.own.as_ref().filter(|_| is_another) {
                Some(pattern) => own.start_of(pattern),
                None => sequence.split(own, place),
            };
            Some(self.prefix(longer, &bytes?))
        })
    }

    /// The payload as it is sent, with the envelope around it.
    fn whole(&self) -> Option<&Pattern> {
        self.whole.as_ref().or(self.own.as_ref())
    }

    fn side(&self, json: &'d super::model::Json) -> Side<'d> {
        Side {
            json,
            arguments: &self.command.arguments,
            variables: &self.definition.variables,
        }
    }

    /// Whether both may go to the same port or topic.
    fn goes_with(&self, other: &Self) -> bool {
        if let Transport::Lora { port, .. } = &self.definition.transport {
            let ports = |way: &Self| {
                let rule = way.command.port.as_ref().or(port.as_ref());
                rule.map_or(Vec::new(), |rule| ports(rule, &way.command.arguments))
            };
            let (own, others) = (ports(self), ports(other));
            return own.is_empty() || others.is_empty() || own.iter().any(|it| others.contains(it));
        }
        match (&self.topic, &other.topic) {
            (Some(own), Some(others)) => own.common(others).is_some(),
            _ => true,
        }
    }

    fn shown(&self, bytes: &[u8]) -> String {
        match (&self.command.template, std::str::from_utf8(bytes)) {
            (Template::Text(_), Ok(text)) => format!("\"{}\"", crate::error::quote(text)),
            _ => hex::encode_upper(bytes),
        }
    }

    #[cold]
    fn refusal(&self, other: &Self) -> Error {
        self.refused(other, "can have the same payload")
    }

    #[cold]
    fn refusal_with(&self, other: &Self, payload: &str) -> Error {
        let what = format!("can have the same payload, such as {payload}");
        self.refused(other, &what).found(payload)
    }

    fn refused(&self, other: &Self, what: &str) -> Error {
        let (own, others) = (&self.command.name, &other.command.name);
        Error::new(
            Code::DefinitionAmbiguous,
            format!("`{others}` and `{own}` {what}"),
        )
        .hint("set `shadow = true` on the one to be read last, and explain why in a comment")
        .at_offset(self.command.offset)
    }

    #[cold]
    fn prefix(&self, longer: &Self, bytes: &[u8]) -> Error {
        let (own, longer) = (&self.command.name, &longer.command.name);
        let payload = self.shown(bytes);
        Error::new(
            Code::DefinitionAmbiguous,
            format!(
                "`{own}` joins others, but its end is ambiguous: `{longer}` can also start with \
                 {payload}"
            ),
        )
        .found(payload)
        .hint("set `join = false` or `shadow = true`, or precede the open-ended part with `len:`")
        .at_offset(self.command.offset)
    }
}

fn framed(steps: &[Step], arguments: &[Argument]) -> Pattern {
    let mut frame = Frame {
        pattern: Pattern::new(),
        arguments,
    };
    let end = frame.steps(steps, At::START);
    frame.pattern.ends_at(end.place)
}

fn topic(definition: &Definition, command: &Command) -> Option<Pattern> {
    let Transport::Mqtt {
        topic,
        may_override: false,
        ..
    } = &definition.transport
    else {
        return None;
    };
    let topic = command.topic.as_ref().or(topic.as_ref())?;
    Some(text::pattern(
        topic,
        &command.arguments,
        &definition.variables,
    ))
}

/// The ports that a rule allows; none where it may be any.
fn ports(rule: &PortRule, arguments: &[Argument]) -> Vec<FPort> {
    match rule {
        PortRule::Fixed(port) => vec![*port],
        PortRule::Choice { among, .. } => among.clone(),
        PortRule::From(Source::Variable(_)) => Vec::new(),
        PortRule::From(Source::Argument(place)) => {
            let kind = arguments.get(*place).map(|argument| &argument.kind);
            let Some(Kind::Number { ranges, specials }) = kind else {
                return Vec::new();
            };
            let all = (FPort::MIN.number()..=FPort::MAX.number()).filter(|port| {
                let number = crate::number::Rational::from(i64::from(*port));
                specials.is_empty() && ranges.contain(number)
            });
            all.filter_map(|port| FPort::new(port).ok()).collect()
        }
    }
}
