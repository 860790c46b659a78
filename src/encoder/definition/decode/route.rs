//! What the way that a payload went tells of its command.

use std::borrow::Cow;

use crate::message::Method;
use crate::message::lora::FPort;

use super::super::model::{Command, PortRule, Source, Transport};
use super::found::Found;
use super::search::Search;
use super::text::TextMatcher;
use super::wire;

impl Search<'_, '_> {
    /// What the port or the topic says; nothing if the command goes another way.
    pub(super) fn routed(&self, command: &Command) -> Option<Found> {
        let found = Found::default();
        match (&self.definition.transport, self.method) {
            (
                Transport::Lora { port, .. },
                Method::Lora {
                    f_port: Some(asked),
                },
            ) => {
                let rule = command.port.as_ref().or(port.as_ref());
                rule.map_or(Some(Found::default()), |rule| {
                    on_port(command, rule, *asked)
                })
            }
            (
                Transport::Mqtt {
                    topic,
                    may_override,
                    ..
                },
                Method::Mqtt {
                    topic: Some(asked), ..
                },
            ) => {
                let template = command.topic.as_ref().or(topic.as_ref())?;
                let matcher = TextMatcher {
                    text: asked.as_str(),
                    arguments: &command.arguments,
                    variables: &self.definition.variables,
                };
                let read = matcher.whole(template, found);
                read.or_else(|| may_override.then(Found::default))
            }
            _ => Some(found),
        }
    }
}

/// What the port says of a command; nothing if it goes to another.
fn on_port(command: &Command, rule: &PortRule, asked: FPort) -> Option<Found> {
    let mut found = Found::default();
    match rule {
        PortRule::Fixed(port) => (*port == asked).then_some(found),
        PortRule::Choice { among, .. } => {
            (among.is_empty() || among.contains(&asked)).then_some(found)
        }
        PortRule::From(Source::Argument(place)) => {
            let argument = command.arguments.get(*place)?;
            let read = wire::integer(argument, i128::from(asked.number()), &[]);
            found.put((*place, argument), 0, read)?;
            Some(found)
        }
        PortRule::From(Source::Variable(index)) => {
            found.put_variable(*index, &asked.to_string());
            Some(found)
        }
    }
}

impl PortRule {
    /// The ports that are known without a device.
    pub(super) fn known(&self) -> Cow<'_, [FPort]> {
        match self {
            Self::Fixed(port) => Cow::Owned(vec![*port]),
            Self::Choice { among, .. } if !among.is_empty() => Cow::Borrowed(among),
            Self::Choice { default, .. } => Cow::Owned(default.iter().copied().collect()),
            Self::From(_) => Cow::Borrowed(&[]),
        }
    }
}
