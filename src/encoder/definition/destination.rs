//! Where commands are sent to.

use super::super::{Destination, Port};
use super::argument::Argument;
use super::model::{Command, Definition, PortRule, Source, Text, TextPiece, Transport};

impl Definition {
    /// Where commands are sent that have no destination of their own; none for SMS.
    pub(super) fn destination(&self) -> Option<Destination> {
        match &self.transport {
            Transport::Lora { port, .. } => Some(Destination {
                port: Some(match port {
                    Some(rule) => self.port(rule, &[]),
                    None => Port::Requested {
                        among: Vec::new(),
                        default: None,
                    },
                }),
                ..Destination::default()
            }),
            Transport::Mqtt {
                topic,
                content_type,
                ..
            } => Some(Destination {
                topic: topic.as_ref().map(|topic| self.topic(topic, &[])),
                content_type: content_type.as_ref().map(ToString::to_string),
                ..Destination::default()
            }),
            Transport::Http { headers } => Some(Destination {
                content_type: headers.value("Content-Type").map(ToString::to_string),
                ..Destination::default()
            }),
            Transport::Sms { .. } => None,
        }
    }

    /// The port or the topic of a command that has its own.
    pub(super) fn destination_of(&self, command: &Command) -> Option<Destination> {
        let arguments = &command.arguments;
        let port = command.port.as_ref().map(|rule| self.port(rule, arguments));
        let topic = command.topic.as_ref();
        let topic = topic.map(|topic| self.topic(topic, arguments));
        (port.is_some() || topic.is_some()).then_some(Destination {
            port,
            topic,
            content_type: None,
        })
    }

    fn port(&self, rule: &PortRule, arguments: &[Argument]) -> Port {
        match rule {
            PortRule::Fixed(f_port) => Port::Fixed { f_port: *f_port },
            PortRule::Choice { among, default } => Port::Requested {
                among: among.clone(),
                default: *default,
            },
            PortRule::From(source @ Source::Argument(_)) => Port::Argument {
                name: self.name_of(*source, arguments).to_owned(),
            },
            PortRule::From(source @ Source::Variable(_)) => Port::Variable {
                name: self.name_of(*source, arguments).to_owned(),
            },
        }
    }

    fn topic(&self, topic: &Text, arguments: &[Argument]) -> String {
        let piece = |piece: &TextPiece| match piece {
            TextPiece::Literal(literal) => literal.clone(),
            TextPiece::Value(value) => {
                let name = self.name_of(value.source, arguments);
                match value.source {
                    Source::Argument(_) => format!("{{{name}}}"),
                    Source::Variable(_) => format!("{{${name}}}"),
                }
            }
        };
        topic.0.iter().map(piece).collect()
    }

    /// The name of an argument or a variable.
    fn name_of<'n>(&'n self, source: Source, arguments: &'n [Argument]) -> &'n str {
        let name = match source {
            Source::Argument(place) => arguments.get(place).map(|it| it.name.as_str()),
            Source::Variable(index) => self.variables.get(index).map(|it| it.name.as_str()),
        };
        name.unwrap_or_default()
    }
}
