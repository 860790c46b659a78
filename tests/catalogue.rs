//! Laws over every command of every definition that comes with the crate.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

#[path = "catalogue/device.rs"]
mod device;
#[path = "catalogue/flags.rs"]
mod flags;
#[path = "catalogue/hints.rs"]
mod hints;
#[path = "catalogue/numbers.rs"]
mod numbers;
#[path = "catalogue/once.rs"]
mod once;
#[path = "catalogue/sample.rs"]
mod sample;
#[path = "catalogue/secret.rs"]
mod secret;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use device::binding;
use downlink::encoder::definition::Definition;
use downlink::encoder::{ArgumentDescription, CommandDescription, Domain, Interval, Registry};
use downlink::error::{Code, Error};
use downlink::message::lora::FPort;
use downlink::message::{Message, Method, Protocol};
use downlink::number::Rational;
use downlink::preview::{Preview, PreviewPart};
use downlink::senml::{Pack, UnixTime};
use downlink::{Downlinks, Engine};
use proptest::prelude::*;
use sample::{inside, number, record, records};

/// The catalogue had as many definitions and arguments; it only grows.
const DEFINITIONS: usize = 308;
const ARGUMENTS: usize = 6583;

static REGISTRY: LazyLock<Registry> =
    LazyLock::new(|| Registry::builder().builtin().unwrap().build());

fn engine() -> &'static Engine {
    static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(REGISTRY.clone()));
    &ENGINE
}

fn definitions() -> Vec<&'static Definition> {
    REGISTRY.iter().filter_map(Definition::of).collect()
}

fn pack_text(definition: &Definition, records: &[String]) -> String {
    let device = match definition.protocol() {
        Protocol::Lora => "urn:dev:DEVEUI:0000000000000000:",
        Protocol::Mqtt => "urn:dev:DVNUUID:00000000-0000-0000-0000-000000000000:",
        _ => "urn:dev:IMEI:350000000000006:",
    };
    format!(r#"[{{"bn":"{device}"}},{}]"#, records.join(","))
}

const NOW: i64 = 1_700_000_000;

/// Its manuals name no port for downlinks, so the request does.
const WITHOUT_PORT: &str = "radio-bridge/sensors";

fn method(definition: &Definition) -> Method {
    if definition.id() == WITHOUT_PORT {
        let f_port = Some(FPort::new(1).unwrap());
        Method::Lora { f_port }
    } else {
        Method::new(definition.protocol())
    }
}

fn encode(
    engine: &Engine,
    definition: &Definition,
    records: &[String],
) -> Result<Vec<Message>, Error> {
    Ok(downlinks(engine, definition, records)?.messages().to_vec())
}

fn downlinks(
    engine: &Engine,
    definition: &Definition,
    records: &[String],
) -> Result<Downlinks, Error> {
    let text = pack_text(definition, records);
    let pack = Pack::from_json(text.as_bytes())?;
    let now = UnixTime::from_seconds(NOW);
    engine.encode_pack(&pack, &method(definition), &binding(definition), now)
}

fn preview(engine: &Engine, definition: &Definition, records: &[String]) -> Preview {
    let text = pack_text(definition, records);
    let pack = Pack::from_json(text.as_bytes()).unwrap();
    engine.preview_pack(
        &pack,
        &method(definition),
        &binding(definition),
        UnixTime::from_seconds(NOW),
    )
}

/// A sound use of a command, but for one argument.
fn with(command: &CommandDescription, changed: &ArgumentDescription, value: &str) -> Vec<String> {
    records(command, &mut |argument| {
        if argument.name == changed.name {
            value.to_owned()
        } else {
            inside(&argument.domain, 0.0)
        }
    })
}

/// Numbers a step of the wire beyond each bound that lie in no range, and numbers beyond everything.
fn outside(ranges: &[Interval], step: Option<Rational>) -> Vec<String> {
    let step = step.unwrap_or(Rational::ONE);
    let beyond = ranges.iter().flat_map(|Interval { min, max }| {
        [
            min.checked_sub(step).unwrap(),
            max.checked_add(step).unwrap(),
        ]
    });
    let is_outside =
        |value: &Rational| !ranges.iter().any(|it| it.min <= *value && *value <= it.max);
    let mut values: Vec<String> = beyond
        .filter(is_outside)
        .filter(|value| value.to_decimal().is_some())
        .map(number)
        .collect();
    let huge = Rational::from(1_000_000_000_000_i64);
    for value in [huge, Rational::ZERO.checked_sub(huge).unwrap()] {
        if is_outside(&value) {
            values.push(number(value));
        }
    }
    values.push(r#""v":1e40"#.to_owned());
    values
}

/// Values of another type than the domain's, and names that it does not have.
fn wrong(domain: &Domain) -> Vec<(&'static str, Code)> {
    const NUMBER: &str = r#""v":1"#;
    const BOOLEAN: &str = r#""vb":true"#;
    const TEXT: &str = r#""vs":"no-such-name""#;
    match domain {
        Domain::Number { names, .. } if names.is_empty() => {
            vec![(BOOLEAN, Code::EncodeType), (TEXT, Code::EncodeType)]
        }
        Domain::Number { .. } => {
            vec![(BOOLEAN, Code::EncodeType), (TEXT, Code::EncodeUnknownEnum)]
        }
        Domain::Boolean => vec![(NUMBER, Code::EncodeType), (TEXT, Code::EncodeType)],
        Domain::Enumeration { .. } => vec![
            (NUMBER, Code::EncodeType),
            (BOOLEAN, Code::EncodeType),
            (TEXT, Code::EncodeUnknownEnum),
        ],
        _ => vec![(NUMBER, Code::EncodeType), (BOOLEAN, Code::EncodeType)],
    }
}

#[test]
fn what_is_beyond_an_argument_is_refused_and_what_is_within_is_taken() {
    let engine = engine();
    let (mut arguments, mut faults) = (0, Vec::new());
    for definition in definitions() {
        for command in definition.commands() {
            for argument in &command.arguments {
                arguments += 1;
                let place = format!("{} {}", definition.id(), argument.record);
                for (value, expected) in verdicts(&argument.domain) {
                    let sent = encode(engine, definition, &with(&command, argument, &value));
                    let found = sent.as_ref().err().map(Error::code);
                    if found != expected {
                        faults.push(format!("{place} {value}: {expected:?}, found {sent:?}"));
                    }
                }
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
    assert!(arguments >= ARGUMENTS, "{arguments}");
}

/// A value with the code that it is refused with, or none if it is taken.
fn verdicts(domain: &Domain) -> Vec<(String, Option<Code>)> {
    let mut verdicts: Vec<_> = [0.0, 0.5, 0.999]
        .map(|share| (inside(domain, share), None))
        .into();
    let wrong = wrong(domain).into_iter();
    verdicts.extend(wrong.map(|(value, code)| (value.to_owned(), Some(code))));
    if let Domain::Number { ranges, step, .. } = domain {
        let outside = outside(ranges, *step).into_iter();
        verdicts.extend(outside.map(|value| (value, Some(Code::EncodeOutOfRange))));
    }
    verdicts
}

#[test]
fn what_is_beyond_an_argument_of_an_envelope_is_refused_too() {
    let engine = engine();
    let mut arguments = 0;
    for definition in definitions() {
        let command = &definition.commands()[0];
        for envelope in definition.envelopes() {
            for argument in &envelope.arguments {
                arguments += 1;
                for (value, expected) in verdicts(&argument.domain) {
                    let mut records = records(command, &mut |it| inside(&it.domain, 0.0));
                    let name = &argument.record;
                    records.push(record(name, &value));
                    let sent = encode(engine, definition, &records);
                    let found = sent.as_ref().err().map(Error::code);
                    assert_eq!(found, expected, "{} {name} {value}", definition.id());
                }
            }
        }
    }
    assert!(arguments >= 2, "{arguments}");
}

#[test]
fn misspelt_names_are_refused() {
    let engine = engine();
    for definition in definitions() {
        for command in definition.commands() {
            let misspelt = [record(&format!("{}x", command.name), r#""vb":true"#)];
            let error = encode(engine, definition, &misspelt).unwrap_err();
            assert_eq!(
                error.code(),
                Code::EncodeUnknownCommand,
                "{} {}",
                definition.id(),
                command.name
            );
            let misspelt = [record(
                &format!("{}/no_such_argument", command.name),
                r#""v":1"#,
            )];
            let error = encode(engine, definition, &misspelt).unwrap_err();
            assert_eq!(
                error.code(),
                Code::EncodeUnknownArgument,
                "{} {}",
                definition.id(),
                command.name
            );
        }
    }
    assert!(definitions().len() >= DEFINITIONS);
}

/// Every bit of the payload is in exactly one mark.
fn assert_each_bit_is_told_once(part: &PreviewPart) {
    let mut next = 0;
    for mark in &part.marks {
        assert_eq!(mark.bits.start, next, "{:?}", part.marks);
        assert!(mark.bits.end > mark.bits.start);
        next = mark.bits.end;
    }
    assert_eq!(next, part.length * 8, "{:?}", part.marks);
}

/// The payload in hex, as a preview shows it where nothing is secret.
fn payload_hex(message: &Message) -> String {
    let bytes = match message {
        Message::Lora(downlink) => downlink.frm_payload(),
        Message::Mqtt(publish) => publish.payload.as_bytes(),
        Message::Sms(submit) => submit.text().as_bytes(),
        Message::Http(content) => content.body.as_bytes(),
        _ => panic!("a protocol that the test does not know"),
    };
    hex::encode_upper(bytes)
}

fn assert_preview_tells_what_is_sent(preview: &Preview, sent: &[Message]) {
    assert_eq!(preview.problems(), []);
    assert_eq!(preview.parts().len(), sent.len());
    for (part, message) in preview.parts().iter().zip(sent) {
        assert_each_bit_is_told_once(part);
        let sent = payload_hex(message);
        assert_eq!(part.payload_hex.len(), sent.len());
        let differ = |(shown, sent): &(char, char)| shown != sent;
        let masked = part
            .payload_hex
            .chars()
            .zip(sent.chars())
            .filter(differ)
            .map(|(shown, _)| shown);
        assert_eq!(
            masked
                .collect::<BTreeSet<_>>()
                .difference(&BTreeSet::from(['*']))
                .count(),
            0
        );
        assert_eq!(
            part.payload_hex.contains('*'),
            part.marks.iter().any(|mark| mark.meaning.secret)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn previews_tell_each_bit_once_and_encoding_agrees(
        chosen in prop::collection::vec(any::<prop::sample::Index>(), 1..4),
        shares in prop::collection::vec(0.0..1.0_f64, 24),
        which in any::<prop::sample::Index>(),
    ) {
        let engine = engine();
        let definitions = definitions();
        let definition = definitions[which.index(definitions.len())];
        let commands = definition.commands();
        let indices: BTreeSet<usize> = chosen.iter().map(|it| it.index(commands.len())).collect();
        let mut shares = shares.into_iter().cycle();
        let all: Vec<String> = indices
            .iter()
            .flat_map(|index| {
                records(&commands[*index], &mut |argument| {
                    inside(&argument.domain, shares.next().unwrap_or(0.0))
                })
            })
            .collect();
        let preview = preview(engine, definition, &all);
        match encode(engine, definition, &all) {
            Ok(sent) => assert_preview_tells_what_is_sent(&preview, &sent),
            Err(error) => {
                let first = preview.problems().first().map(|problem| problem.code);
                prop_assert_eq!(first, Some(error.code()));
            }
        }
    }
}
