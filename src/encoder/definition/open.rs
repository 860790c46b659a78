//! Commands on their way into a message that several of them may share.

use crate::message::http::Headers;
use crate::message::lora::FPort;
use crate::message::mqtt::{ContentType, Qos, TopicName};
use crate::message::sms::SegmentLimit;

use super::super::Frame;
use super::model::{Command, Join, Json, Template};

/// Where a message goes, and what is said beside its payload.
#[derive(Debug, PartialEq)]
pub(super) enum Destination<'d> {
    Lora(FPort),
    Mqtt {
        topic: TopicName,
        content_type: Option<ContentType>,
        qos: Option<Qos>,
    },
    Sms(SegmentLimit),
    Http(&'d Headers),
}

/// A command on its way into a message; its bytes are in a frame beside it.
pub(super) struct Rendered<'d> {
    pub(super) command: &'d Command,
    pub(super) destination: Destination<'d>,
}

/// The message that the next command may still join.
pub(super) struct Open<'d> {
    pub(super) destination: Destination<'d>,
    /// The commands that joined before the last one, if their keys must not come again.
    earlier: Vec<&'d Command>,
    /// The last command that joined.
    pub(super) last: &'d Command,
    pub(super) frame: Frame,
}

impl<'d> Open<'d> {
    pub(super) fn new(rendered: Rendered<'d>, frame: Frame) -> Self {
        Self {
            destination: rendered.destination,
            earlier: Vec::new(),
            last: rendered.command,
            frame,
        }
    }

    /// Whether another command may share the message.
    pub(super) fn takes(&self, rendered: &Rendered<'_>) -> bool {
        let Rendered {
            command,
            destination,
        } = rendered;
        command.join != Join::Never
            && self.last.join == command.join
            && self.last.envelope == command.envelope
            && self.destination == *destination
            && self.last.template.is_alike(&command.template)
            && self.has_no_key_of(command)
    }

    /// Whether none of the command's members is there yet; only objects have members.
    fn has_no_key_of(&self, command: &Command) -> bool {
        let (Some(last), Some(own)) = (self.last.template.members(), command.template.members())
        else {
            return !matches!(command.template, Template::Json(_));
        };
        let earlier = self.earlier.iter().filter_map(|it| it.template.members());
        let mut known = earlier.chain([last]).flatten();
        !last.is_empty()
            && !own.is_empty()
            && !known.any(|(key, _)| own.iter().any(|(own, _)| own == key))
    }

    /// Notes that a command has joined, whose bytes are in this frame.
    pub(super) fn join(&mut self, command: &'d Command, frame: &Frame) {
        self.frame.join_notes(frame);
        let last = std::mem::replace(&mut self.last, command);
        if last.template.members().is_some() {
            self.earlier.push(last);
        }
    }

    /// Puts another command behind what is open.
    pub(super) fn append(&mut self, command: &Command, frame: &Frame) {
        match (&command.template, &command.join) {
            (Template::Json(_), _) => {
                self.frame
                    .truncate(self.frame.bytes().len().saturating_sub(1));
                self.frame.constant(&command.name, b",");
                self.frame.append_behind(frame, 1);
            }
            (_, Join::Separated(separator)) => {
                self.frame.constant(&command.name, separator.as_bytes());
                self.frame.append(frame);
            }
            _ => self.frame.append(frame),
        }
    }

    /// Undoes appending, when so many bytes were there.
    pub(super) fn take_back(&mut self, length: usize) {
        if matches!(self.last.template, Template::Json(_)) {
            self.frame.truncate(length.saturating_sub(1));
            self.frame.constant(&self.last.name, b"}");
        } else {
            self.frame.truncate(length);
        }
    }
}

impl Template {
    fn is_alike(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// The members of an object.
    pub(super) fn members(&self) -> Option<&[(String, Json)]> {
        match self {
            Self::Json(json) => json.members(),
            _ => None,
        }
    }
}
