//! `downlink decode`: bytes back to the instruction that says them.

use std::path::Path;
use std::time::SystemTime;

use downlink::encoder::Encoder;
use downlink::error::{Diagnostic, Error};
use downlink::message::mqtt::TopicName;
use downlink::message::{Method, Payload, Protocol};

use crate::args::{DecodeArguments, PayloadForm};
use crate::exit::{Exit, Failure};
use crate::input::{self, Codec, Source, Wanted};
use crate::output::Output;
use crate::report::Reporter;

use super::order::any_device;

pub(super) fn run(arguments: &DecodeArguments, reporter: &Reporter) -> Result<Exit, Failure> {
    let (json, warnings) = match (&arguments.codec, &arguments.payload) {
        (Some(codec), _) => read_by_script(codec, &arguments.encoder, arguments)?,
        (None, payload) => read_by_encoder(payload.as_deref().unwrap_or_default(), arguments)?,
    };
    let mut output = Output::new();
    output.json(&json)?;
    output.finish()?;
    reporter.diagnostics(&warnings, &Source::argument());
    Ok(Exit::Done)
}

fn read_by_script(
    codec: &Path,
    payload: &str,
    arguments: &DecodeArguments,
) -> Result<(String, Vec<Diagnostic>), Failure> {
    let any = any_device(Protocol::Lora);
    let device = (!arguments.data).then_some(arguments.device.unwrap_or(any));
    let now = arguments.now.unwrap_or_else(|| SystemTime::now().into());
    let payload = read_payload(payload, arguments)?;
    Codec::read(codec)?.decode(payload.as_bytes(), arguments.f_port, now, device)
}

fn read_by_encoder(
    payload: &str,
    arguments: &DecodeArguments,
) -> Result<(String, Vec<Diagnostic>), Failure> {
    let wanted = Wanted::One(arguments.encoder.clone());
    let registry = input::registry(&arguments.catalog.encoders, &wanted)?;
    let refused = |error: Error| Failure::refused(error, Source::argument());
    let encoder = registry.get(&arguments.encoder)?;
    let payload = read_payload(payload, arguments)?;
    let protocol = protocol(encoder, arguments)?;
    let method = method(arguments, protocol)?;
    let decoded = encoder.decode(&method, &payload).map_err(refused)?;
    let device = match (arguments.device, decoded.variable("urn")) {
        (Some(device), _) => device,
        (None, Some(urn)) => urn.parse().map_err(refused)?,
        (None, None) => any_device(protocol),
    };
    let json = decoded.to_senml_json(device).map_err(refused)?;
    Ok((json, decoded.warnings))
}

/// The protocol that is given, else the only one of the encoder.
fn protocol(encoder: &dyn Encoder, arguments: &DecodeArguments) -> Result<Protocol, Failure> {
    match (arguments.protocol, encoder.protocols()) {
        (Some(protocol), _) => Ok(protocol),
        (None, [only]) => Ok(*only),
        (None, several) => {
            let names: Vec<&str> = several.iter().map(|it| it.as_str()).collect();
            Err(Failure::usage(&format!(
                "the encoder supports {}; choose one with --protocol",
                names.join(", ")
            )))
        }
    }
}

/// The payload, as it is written; `-` is standard input.
fn read_payload(payload: &str, arguments: &DecodeArguments) -> Result<Payload, Failure> {
    let source = match payload {
        "-" => Source::read(Path::new("-"))?,
        written => Source::new("", written),
    };
    let text = source
        .utf8()
        .map_err(|error| Failure::refused(error, source.clone()))?;
    let form = if arguments.text {
        PayloadForm::Text
    } else {
        arguments.from
    };
    let read = match form {
        PayloadForm::Hex => Payload::from_hex(text),
        PayloadForm::Base64 => Payload::from_base64(text),
        // The end of the last line is the shell's.
        PayloadForm::Text => Ok(Payload::Text(
            text.strip_suffix('\n').unwrap_or(text).to_owned(),
        )),
    };
    read.map_err(|error| {
        let reason = &error.diagnostic().message;
        Failure::usage(&format!("{reason}; --from also takes base64 and text"))
    })
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
