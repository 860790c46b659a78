//! Where commands are sent to, in words.

use super::argument::Argument;
use super::model::{Command, Definition, PortRule, Source, Text, TextPiece, Transport};

impl Definition {
    /// The port or the topic that commands are sent to, in words; none where the protocol has neither.
    ///
    /// ```
    /// use downlink::encoder::Registry;
    ///
    /// let registry = Registry::builder().builtin()?.build();
    /// let definition = registry.get("milesight/ws52x")?.definition().unwrap();
    /// assert_eq!(definition.destination().as_deref(), Some("port 85"));
    /// # Ok::<(), downlink::Error>(())
    /// ```
    #[must_use]
    pub fn destination(&self) -> Option<String> {
        match &self.transport {
            Transport::Lora { port, .. } => Some(match port {
                Some(rule) => self.port(rule, &[]),
                None => "the port that the request asks for".to_owned(),
            }),
            Transport::Mqtt { topic, .. } => Some(self.topic(topic.as_ref()?, &[])),
            Transport::Sms { .. } | Transport::Http { .. } => None,
        }
    }

    /// The port or the topic of a command that has its own.
    pub(super) fn destination_of(&self, command: &Command) -> Option<String> {
        let arguments = &command.arguments;
        match (&command.port, &command.topic) {
            (Some(rule), _) => Some(self.port(rule, arguments)),
            (None, Some(topic)) => Some(self.topic(topic, arguments)),
            (None, None) => None,
        }
    }

    fn port(&self, rule: &PortRule, arguments: &[Argument]) -> String {
        match rule {
            PortRule::Fixed(port) => format!("port {port}"),
            PortRule::Choice { among, default } => {
                let among: Vec<String> = among.iter().map(ToString::to_string).collect();
                let among = match among.split_last() {
                    Some((last, rest)) if !rest.is_empty() => {
                        format!("{} or {last}", rest.join(", "))
                    }
                    Some((only, _)) => only.clone(),
                    None => "any".to_owned(),
                };
                let default = default.map(|port| format!(", {port} by default"));
                format!("port {among}{}", default.unwrap_or_default())
            }
            PortRule::From(source) => format!("port {}", self.placeholder(*source, arguments)),
        }
    }

    fn topic(&self, topic: &Text, arguments: &[Argument]) -> String {
        let piece = |piece: &TextPiece| match piece {
            TextPiece::Literal(literal) => literal.clone(),
            TextPiece::Value(value) => self.placeholder(value.source, arguments),
        };
        let pieces: String = topic.0.iter().map(piece).collect();
        format!("topic {pieces}")
    }

    /// A name as it stands in a template.
    fn placeholder(&self, source: Source, arguments: &[Argument]) -> String {
        match source {
            Source::Argument(place) => {
                let name = arguments.get(place).map(|it| it.name.as_str());
                format!("{{{}}}", name.unwrap_or_default())
            }
            Source::Variable(index) => {
                let name = self.variables.get(index).map(|it| it.name.as_str());
                format!("{{${}}}", name.unwrap_or_default())
            }
        }
    }
}
