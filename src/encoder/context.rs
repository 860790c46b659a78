//! What an encoder knows besides the instruction.

use crate::directory::Binding;
use crate::error::{Code, Error};
use crate::instruction::DeviceId;
use crate::message::lora::FPort;
use crate::message::mqtt::{ContentType, TopicName};
use crate::message::{Method, Protocol};
use crate::senml::UnixTime;

/// The device, its binding, and how the caller wants the downlink delivered.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    device: DeviceId,
    method: &'a Method,
    binding: &'a Binding,
    now: Option<UnixTime>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(device: DeviceId, method: &'a Method, binding: &'a Binding) -> Self {
        Self {
            device,
            method,
            binding,
            now: None,
        }
    }

    /// Says what time it is.
    pub(crate) fn at(self, now: UnixTime) -> Self {
        Self {
            now: Some(now),
            ..self
        }
    }

    /// The time that the caller gave; an example of a definition has none.
    #[must_use]
    pub fn now(&self) -> Option<UnixTime> {
        self.now
    }

    /// The device that is told.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// What is configured for it.
    #[must_use]
    pub fn binding(&self) -> &'a Binding {
        self.binding
    }

    /// How the downlink is delivered.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        self.method.protocol()
    }

    /// The value of a variable of the device.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&'a str> {
        self.binding.variable(name)
    }

    /// The port that the caller asks for.
    #[must_use]
    pub fn requested_port(&self) -> Option<FPort> {
        match self.method {
            Method::Lora { f_port } => *f_port,
            _ => None,
        }
    }

    /// The port that the device has, if the caller asks for no other.
    ///
    /// # Errors
    ///
    /// [`Code::EncodePortConflict`].
    #[inline]
    pub fn fixed_port(&self, own: FPort) -> Result<FPort, Error> {
        match self.requested_port() {
            Some(asked) if asked != own => Err(port_conflict(asked, &own.to_string())),
            _ => Ok(own),
        }
    }

    /// The port that the caller chooses among these, or among all where there are none.
    ///
    /// # Errors
    ///
    /// [`Code::EncodePortConflict`] for another, [`Code::EncodePortMissing`] for none where there
    /// is no default.
    pub fn chosen_port(&self, among: &[FPort], default: Option<FPort>) -> Result<FPort, Error> {
        match self.requested_port().or(default) {
            Some(port) if among.is_empty() || among.contains(&port) => Ok(port),
            Some(port) => {
                let among: Vec<String> = among.iter().map(ToString::to_string).collect();
                Err(port_conflict(port, &among.join(" or ")))
            }
            None => Err(Error::new(
                Code::EncodePortMissing,
                "neither the device nor the request gives a port",
            )
            .expected("`fPort` in the method")
            .hint("set `fPort` to the port that the device listens on")
            .at_pointer(PORT)),
        }
    }

    /// The topic that the caller asks for.
    #[must_use]
    pub fn requested_topic(&self) -> Option<&'a TopicName> {
        match self.method {
            Method::Mqtt { topic, .. } => topic.as_ref(),
            _ => None,
        }
    }

    /// The content type that the caller asks for.
    #[must_use]
    pub fn requested_content_type(&self) -> Option<&'a ContentType> {
        match self.method {
            Method::Mqtt { content_type, .. } => content_type.as_ref(),
            _ => None,
        }
    }

    /// The topic that the device has, if the caller asks for no other.
    ///
    /// # Errors
    ///
    /// [`Code::EncodeTopicConflict`].
    #[inline]
    pub fn fixed_topic(&self, own: TopicName) -> Result<TopicName, Error> {
        match self.requested_topic() {
            Some(asked) if *asked != own => Err(topic_conflict(asked, own.as_str())),
            _ => Ok(own),
        }
    }

    /// The content type that the device has, if the caller asks for no other.
    ///
    /// # Errors
    ///
    /// [`Code::EncodeTopicConflict`].
    #[inline]
    pub fn fixed_content_type(
        &self,
        own: Option<&ContentType>,
    ) -> Result<Option<ContentType>, Error> {
        match (self.requested_content_type(), own) {
            (Some(asked), Some(own)) if asked != own => {
                let error = conflict("content type", asked.as_str(), own.as_str());
                Err(error.at_pointer("/method/contentType"))
            }
            (asked, own) => Ok(own.or(asked).cloned()),
        }
    }
}

/// The request asks for another topic than the device's, which is shown like this.
#[cold]
pub(super) fn topic_conflict(asked: &TopicName, own: &str) -> Error {
    conflict("topic", asked.as_str(), own).at_pointer("/method/topic")
}

const PORT: &str = "/method/fPort";

fn port_conflict(asked: FPort, own: &str) -> Error {
    Error::new(
        Code::EncodePortConflict,
        format!("the request asks for port {asked}, but the device has port {own}"),
    )
    .expected(own)
    .found(asked.to_string())
    .hint("omit `fPort`")
    .at_pointer(PORT)
}

fn conflict(what: &str, asked: &str, own: &str) -> Error {
    Error::new(
        Code::EncodeTopicConflict,
        format!("the request asks for the {what} `{asked}`, but the device has `{own}`"),
    )
    .expected(own)
    .found(asked)
    .hint(format!("omit the {what}"))
}
