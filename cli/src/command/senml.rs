//! `downlink senml`: packs by themselves, without devices.

use std::io::{self, IsTerminal, Write};
use std::time::SystemTime;

use downlink::Limits;
use downlink::error::{All, Code, Error, First, Sink};
use downlink::message::Payload;
use downlink::senml::{Pack, Reader, UnixTime};

use crate::args::{SenmlCommand, SenmlFormat, SenmlInput};
use crate::exit::{Exit, Failure};
use crate::input::Source;
use crate::output::{Output, escaped};
use crate::report::Reporter;

/// Nobody sends these packs, so that they may be longer than those of requests.
fn limits() -> Limits {
    Limits {
        request: 256 << 20,
        records: 1 << 20,
        value: 16 << 20,
        ..Limits::default()
    }
}

pub(super) fn run(command: &SenmlCommand, reporter: &Reporter) -> Result<Exit, Failure> {
    match command {
        SenmlCommand::Check(input) => check(input, reporter),
        SenmlCommand::Resolve { input, to, now } => {
            let now = now.unwrap_or_else(|| SystemTime::now().into());
            write(input, *to, reporter, |pack| resolved(pack, *to, now))
        }
        SenmlCommand::Convert { input, to } => {
            write(input, *to, reporter, |pack| Ok(converted(pack, *to)))
        }
    }
}

/// Prints every finding on standard output, since they are what was asked for.
fn check(input: &SenmlInput, reporter: &Reporter) -> Result<Exit, Failure> {
    let source = read(input)?;
    let mut findings = All::default();
    if let Err(error) = pack(&source, input, &mut findings) {
        findings.errors.push(error);
    }
    let is_refused = !findings.errors.is_empty();
    let errors = findings.errors.into_iter().map(Error::into_diagnostic);
    let mut output = anstream::stdout().lock();
    for finding in findings.warnings.into_iter().chain(errors) {
        let text = reporter.text(&finding, &source);
        output.write_all(text.as_bytes())?;
    }
    output.flush()?;
    Ok(if is_refused {
        Exit::Refused
    } else {
        Exit::Done
    })
}

/// Reads a pack and prints what is made of it.
fn write(
    input: &SenmlInput,
    to: SenmlFormat,
    reporter: &Reporter,
    turn: impl FnOnce(&Pack<'_>) -> Result<Vec<u8>, Error>,
) -> Result<Exit, Failure> {
    if to == SenmlFormat::Cbor && io::stdout().is_terminal() {
        return Err(Failure::usage(
            "CBOR is not for a terminal: use `--to cbor-hex`",
        ));
    }
    let source = read(input)?;
    let mut findings = First::default();
    let made = pack(&source, input, &mut findings).and_then(|pack| turn(&pack));
    let mut findings = findings.warnings;
    let made = match made {
        Ok(made) => made,
        Err(error) => {
            findings.push(error.into_diagnostic());
            return Err(Failure::Refused { findings, source });
        }
    };
    let mut output = Output::new();
    output.write_all(&made)?;
    output.finish()?;
    reporter.diagnostics(&findings, &source);
    Ok(Exit::Done)
}

fn resolved(pack: &Pack<'_>, to: SenmlFormat, now: UnixTime) -> Result<Vec<u8>, Error> {
    let resolved = pack.resolve(now)?;
    Ok(match to {
        SenmlFormat::Json => line(&resolved.to_json()),
        SenmlFormat::Cbor => resolved.to_cbor(),
        SenmlFormat::CborHex => line(&hex::encode(resolved.to_cbor())),
    })
}

fn converted(pack: &Pack<'_>, to: SenmlFormat) -> Vec<u8> {
    match to {
        SenmlFormat::Json => line(&pack.to_json()),
        SenmlFormat::Cbor => pack.to_cbor(),
        SenmlFormat::CborHex => line(&hex::encode(pack.to_cbor())),
    }
}

fn line(text: &str) -> Vec<u8> {
    format!("{}\n", escaped(text)).into_bytes()
}

/// Reads the input; hex digits become the bytes that they stand for.
fn read(input: &SenmlInput) -> Result<Source, Failure> {
    let source = Source::read(&input.pack)?;
    if input.from != Some(SenmlFormat::CborHex) {
        return Ok(source);
    }
    let digits = source.utf8().and_then(Payload::from_hex);
    match digits {
        Ok(bytes) => Ok(Source::new(source.name(), bytes.into_bytes())),
        Err(error) => {
            let reason = &error.diagnostic().message;
            let error = Error::new(Code::CborSyntax, reason.replace("the payload", "the input"))
                .expected("two hex digits for each byte");
            Err(Failure::refused(error, source))
        }
    }
}

fn pack<'s>(
    source: &'s Source,
    input: &SenmlInput,
    sink: &mut dyn Sink,
) -> Result<Pack<'s>, Error> {
    let reader = Reader::new()
        .profile(input.profile.into())
        .mode(input.mode.into())
        .limits(limits());
    let is_cbor = match input.from {
        Some(format) => format != SenmlFormat::Json,
        None => source.is_cbor(),
    };
    if is_cbor {
        reader.read_cbor(source.bytes(), sink)
    } else {
        reader.read_json(source.bytes(), sink)
    }
}
