//! `downlink decode`: bytes back to the instruction that says them.

use std::path::Path;

use downlink::encoder::definition::Definition;
use downlink::error::{Code, Error};
use downlink::message::mqtt::TopicName;
use downlink::message::{Method, Payload, Protocol};

use crate::args::DecodeArguments;
use crate::exit::{Exit, Failure};
use crate::input::{self, Source};
use crate::output::Output;

use super::order::any_device;

pub(super) fn run(arguments: &DecodeArguments) -> Result<Exit, Failure> {
    let registry = input::registry(&arguments.catalog.encoders)?;
    let refused = |error: Error| Failure::refused(error, Source::argument());
    let encoder = registry.get(&arguments.encoder).map_err(refused)?;
    let definition = encoder
        .definition()
        .ok_or_else(|| refused(not_read_back(encoder.id())))?;
    let payload = payload(arguments)?;
    let method = method(arguments, definition.protocol())?;
    let json = decode(definition, arguments, &method, &payload).map_err(refused)?;
    let mut output = Output::new();
    output.json(&json)?;
    output.finish()?;
    Ok(Exit::Done)
}

fn decode(
    definition: &Definition,
    arguments: &DecodeArguments,
    method: &Method,
    payload: &Payload,
) -> Result<String, Error> {
    let decoded = definition.decode(method, payload)?;
    let any = any_device(definition.protocol());
    decoded.to_senml_json(arguments.device.unwrap_or(any))
}

/// The payload: hex digits, or with `--text` what is written; `-` is standard input.
fn payload(arguments: &DecodeArguments) -> Result<Payload, Failure> {
    let source = match arguments.payload.as_str() {
        "-" => Source::read(Path::new("-"))?,
        written => Source::new("", written),
    };
    if arguments.text {
        let text = source
            .utf8()
            .map_err(|error| Failure::refused(error, source.clone()))?;
        // The end of the last line is the shell's.
        let text = text.strip_suffix('\n').unwrap_or(text);
        return Ok(Payload::Text(text.to_owned()));
    }
    let digits: Vec<u8> = source
        .bytes()
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    match hex::decode(digits) {
        Ok(bytes) => Ok(Payload::Binary(bytes)),
        Err(_) => Err(Failure::usage(
            "the payload is not hex, expected an even number of hex digits; --text takes a text",
        )),
    }
}

fn method(arguments: &DecodeArguments, protocol: Protocol) -> Result<Method, Failure> {
    let mut method = Method::new(protocol);
    match &mut method {
        Method::Lora { f_port } => *f_port = arguments.f_port,
        Method::Mqtt { topic, .. } => {
            let name = arguments.topic.as_ref().map(TopicName::new).transpose();
            *topic = name.map_err(|error| Failure::refused(error, Source::argument()))?;
        }
        _ => {}
    }
    Ok(method)
}

#[cold]
fn not_read_back(id: &str) -> Error {
    Error::new(
        Code::DecodeNoReading,
        format!("`{id}` is no definition, and reads nothing back"),
    )
    .expected("an encoder that is a definition")
}
