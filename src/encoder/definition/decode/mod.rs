//! From a payload back to the instruction that says it.
//!
//! A payload is read with every command of the definition; a reading counts only if encoding it
//! gives the same payload, so that decoding trusts nothing but encoding.

mod bits;
mod decoded;
pub(super) mod extent;
mod found;
mod json;
mod progress;
mod refusal;
mod route;
mod search;
mod steps;
mod text;
mod wire;

use std::collections::BTreeSet;

use crate::directory::Binding;
use crate::error::{Error, First};
use crate::instruction::Instruction;
use crate::limits::Limits;
use crate::message::http::Headers;
use crate::message::lora::{FPort, PayloadLimit};
use crate::message::{Message, Method, Payload};
use crate::senml::UnixTime;

use super::super::{Context, Decoded, EncodeMemory, Purpose, Writer};
use super::encode;
use super::example;
use super::limits::FILE_BYTES;
use super::model::{Definition, Transport};
pub(super) use json::Tree;
use search::Search;

use decoded::Interpretation;
pub(super) use decoded::plain;

impl Definition {
    /// Reads a payload back: the instruction whose encoding it is.
    ///
    /// `decode/no-reading` where no command has this payload, `decode/ambiguous` where several have
    /// it, `decode/port` for a port that the device does not listen on,
    /// `encode/unsupported-protocol` for the method of another protocol.
    pub(super) fn read_payload(
        &self,
        method: &Method,
        payload: &Payload,
    ) -> Result<Decoded, Error> {
        if method.protocol() != self.protocol {
            return Err(self.other_protocol(method.protocol()));
        }
        let methods = match (method, &self.transport) {
            (Method::Lora { f_port: None }, Transport::Lora { .. }) => self.methods(),
            (Method::Lora { f_port: Some(port) }, _) if !self.listens_on(*port) => {
                return Err(self.other_port(*port));
            }
            _ => vec![method.clone()],
        };
        let mut readings: Vec<Interpretation> = Vec::new();
        if payload.as_bytes().len() <= FILE_BYTES {
            for with_shadows in [false, true] {
                for method in &methods {
                    self.read(method, payload, with_shadows, &mut readings);
                }
                if !readings.is_empty() {
                    break;
                }
            }
        }
        match readings.len() {
            0 => Err(self.no_reading(&methods, method, payload)),
            1 => readings
                .pop()
                .map(|reading| reading.decoded)
                .ok_or_else(|| self.no_reading(&methods, method, payload)),
            _ => Err(self.ambiguous(&readings)),
        }
    }

    /// A method for each port that is known without a device.
    fn methods(&self) -> Vec<Method> {
        let lora = |port: FPort| Method::Lora { f_port: Some(port) };
        self.known_ports().into_iter().map(lora).collect()
    }

    fn known_ports(&self) -> BTreeSet<FPort> {
        let usual = match &self.transport {
            Transport::Lora { port, .. } => port.as_ref(),
            _ => None,
        };
        self.commands
            .iter()
            .filter_map(|command| command.port.as_ref().or(usual))
            .flat_map(|rule| rule.known().into_owned())
            .collect()
    }

    /// Whether some command may go to the port.
    fn listens_on(&self, port: FPort) -> bool {
        let method = Method::Lora { f_port: Some(port) };
        let payload = Payload::Binary(Vec::new());
        Search::new(self, &method, &payload).has_commands()
    }

    /// Adds what the payload reads as, unless the same commands were read already.
    fn read(
        &self,
        method: &Method,
        payload: &Payload,
        with_shadows: bool,
        readings: &mut Vec<Interpretation>,
    ) {
        /// Readings beyond these make nothing clearer.
        const MOST_READINGS: usize = 16;
        /// Candidates that do not encode to the payload are no reason to go on for ever.
        const MOST_TRIED: usize = 256;
        let search = Search::new(self, method, payload);
        let mut tried = 0;
        search.candidates(with_shadows, &mut |candidate| {
            tried += 1;
            let reading = Interpretation::of(self, candidate)
                .filter(|reading| self.gives(reading, method, payload, search.tree()));
            if let Some(mut reading) = reading {
                if let Method::Lora { f_port } = method {
                    reading.decoded.f_port = *f_port;
                }
                let is_new = |known: &Interpretation| known.commands != reading.commands;
                if readings.iter().all(is_new) {
                    readings.push(reading);
                }
                if with_shadows {
                    return false;
                }
            }
            tried < MOST_TRIED && readings.len() < MOST_READINGS
        });
    }

    /// Whether encoding a reading gives this payload.
    fn gives(
        &self,
        reading: &Interpretation,
        method: &Method,
        payload: &Payload,
        tree: Option<&Tree>,
    ) -> bool {
        match self.encoded(reading, method).as_deref() {
            Ok([message]) => match (message_text(message), tree) {
                (Some(text), Some(tree)) if message_bytes(message) != payload.as_bytes() => {
                    Tree::read(text).is_ok_and(|sent| sent.is_same(tree))
                }
                _ => message_bytes(message) == payload.as_bytes(),
            },
            _ => false,
        }
    }

    fn encoded(&self, reading: &Interpretation, method: &Method) -> Result<Vec<Message>, Error> {
        let device = reading.device(self.protocol)?;
        let pack = reading.decoded.pack(device)?;
        let mut sink = First::default();
        let instruction = Instruction::read(&pack, UnixTime::from_seconds(0))?;
        let mut binding = Binding::new(&self.id);
        for variable in &reading.decoded.variables {
            binding = binding.with_variable(&variable.name, &variable.text);
        }
        // Without a topic nothing but the payload can be compared.
        let plain = Transport::Http {
            headers: Headers::default(),
        };
        let transport = match method {
            Method::Mqtt { topic: None, .. } => &plain,
            _ => &self.transport,
        };
        let context = Context::new(device, method, &binding);
        let limit = PayloadLimit::explicit(i128::from(example::MOST_BYTES))?;
        let limits = Limits::default();
        let mut memory = EncodeMemory::default();
        let mut writer = Writer::new(&mut sink, Purpose::Messages, limit, &limits, &mut memory);
        encode::encode(self, transport, &instruction, &context, &mut writer)?;
        let parts = writer.finish().into_iter();
        Ok(parts.map(|part| part.message).collect())
    }
}

fn message_bytes(message: &Message) -> &[u8] {
    match message {
        Message::Lora(downlink) => downlink.frm_payload(),
        Message::Mqtt(publish) => publish.payload.as_bytes(),
        Message::Sms(submit) => submit.text().as_bytes(),
        Message::Http(content) => content.body.as_bytes(),
    }
}

fn message_text(message: &Message) -> Option<&str> {
    std::str::from_utf8(message_bytes(message)).ok()
}
