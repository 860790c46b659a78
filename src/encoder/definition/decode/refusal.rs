//! Why a payload is not read back.

use crate::error::{Code, Error};
use crate::message::lora::FPort;
use crate::message::{Method, Payload, Protocol};

use super::super::super::Reading;
use super::super::argument::one_of;
use super::super::model::Definition;
use super::decoded::Interpretation;
use super::search::Search;

impl Definition {
    #[cold]
    pub(super) fn other_protocol(&self, found: Protocol) -> Error {
        Error::new(
            Code::EncodeUnsupportedProtocol,
            format!("`{}` supports {}, not {found}", self.id, self.protocol),
        )
        .expected(self.protocol.as_str())
        .found(found.as_str())
    }

    #[cold]
    pub(super) fn other_port(&self, port: FPort) -> Error {
        let known: Vec<String> = self.known_ports().iter().map(ToString::to_string).collect();
        let expected = one_of(known.iter().map(String::as_str));
        Error::new(
            Code::DecodePort,
            format!(
                "`{}` has no command for port {port}, expected {expected}",
                self.id
            ),
        )
        .expected(expected)
        .found(port.to_string())
    }

    #[cold]
    pub(super) fn no_reading(
        &self,
        methods: &[Method],
        method: &Method,
        payload: &Payload,
    ) -> Error {
        let length = payload.as_bytes().len();
        let progress = methods
            .iter()
            .filter_map(|method| Search::new(self, method, payload).progress())
            .max_by_key(|progress| progress.end);
        let (read, nearest) = progress.map_or((None, None), |it| (it.read, it.nearest));
        let read = read.map_or(String::new(), |read| format!(": {read}"));
        let place = match method {
            Method::Lora {
                f_port: Some(port), ..
            } => format!(" on port {port}"),
            _ => String::new(),
        };
        let error = Error::new(
            Code::DecodeNoReading,
            format!(
                "no command of `{}` matches these {length} bytes{place}{read}",
                self.id
            ),
        );
        let is_never = |reading: &Reading| matches!(reading, Reading::Never(_));
        let never = self.commands.iter().filter(|it| is_never(&it.reading));
        let never = one_of(never.map(|command| command.name.as_str()));
        let never = (never != "none").then(|| format!("never decoded: {never}"));
        let nearest = nearest.map(|nearest| format!("nearest: {nearest}"));
        match (nearest, never) {
            (Some(nearest), Some(never)) => error.hint(format!("{nearest}; {never}")),
            (Some(hint), None) | (None, Some(hint)) => error.hint(hint),
            (None, None) => error,
        }
    }

    #[cold]
    pub(super) fn ambiguous(&self, readings: &[Interpretation]) -> Error {
        let shown: Vec<String> = readings.iter().map(Interpretation::summary).collect();
        let readings = one_of(shown.iter().map(String::as_str));
        let error = Error::new(
            Code::DecodeAmbiguous,
            format!("the payload of `{}` matches {readings}", self.id),
        )
        .expected("one reading")
        .found(readings);
        match self.protocol {
            Protocol::Lora => error.hint("give the port that it was sent to"),
            Protocol::Mqtt => error.hint("give the topic that it was sent to"),
            Protocol::Sms | Protocol::Http => error,
        }
    }
}

impl Interpretation {
    /// The commands without their values, and the port.
    fn summary(&self) -> String {
        let commands = self.commands.join(", ");
        match self.decoded.f_port {
            Some(port) => format!("{commands} on port {port}"),
            None => commands,
        }
    }
}
