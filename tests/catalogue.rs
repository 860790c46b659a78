//! Laws over every command of every definition that comes with the crate.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "catalogue/device.rs"]
mod device;
#[path = "catalogue/sample.rs"]
mod sample;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use device::binding;
use downlink::Engine;
use downlink::encoder::Registry;
use downlink::encoder::definition::{ArgumentDescription, CommandDescription, Definition, Domain};
use downlink::error::{Code, Error};
use downlink::message::{Message, Method, Protocol};
use downlink::number::Rational;
use downlink::preview::{Preview, PreviewPart};
use downlink::senml::{Pack, UnixTime};
use proptest::prelude::*;
use sample::{inside, number, path, record, records};

/// The catalogue had as many definitions and arguments; it only grows.
const DEFINITIONS: usize = 200;
const ARGUMENTS: usize = 3529;

fn engine() -> &'static Engine {
    static ENGINE: LazyLock<Engine> =
        LazyLock::new(|| Engine::new(Registry::builder().builtin().unwrap().build()));
    &ENGINE
}

fn definitions(engine: &Engine) -> Vec<&Definition> {
    engine
        .registry()
        .iter()
        .filter_map(|encoder| encoder.definition())
        .collect()
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

fn encode(
    engine: &Engine,
    definition: &Definition,
    records: &[String],
) -> Result<Vec<Message>, Error> {
    let text = pack_text(definition, records);
    let pack = Pack::from_json(text.as_bytes())?;
    let method = Method::new(definition.protocol());
    let now = UnixTime::from_seconds(NOW);
    let downlinks = engine.encode_pack(&pack, method, &binding(definition), now)?;
    Ok(downlinks.messages().to_vec())
}

fn preview(engine: &Engine, definition: &Definition, records: &[String]) -> Preview {
    let text = pack_text(definition, records);
    let pack = Pack::from_json(text.as_bytes()).unwrap();
    let method = Method::new(definition.protocol());
    engine.preview_pack(
        &pack,
        method,
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

/// Numbers one beyond each bound that lie in no range, and numbers beyond everything.
fn outside(ranges: &[(Rational, Rational)]) -> Vec<String> {
    let beyond = ranges.iter().flat_map(|(min, max)| {
        [
            min.checked_sub(Rational::ONE).unwrap(),
            max.checked_add(Rational::ONE).unwrap(),
        ]
    });
    let is_outside =
        |value: &Rational| !ranges.iter().any(|(min, max)| min <= value && value <= max);
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
        Domain::Enumeration(_) => vec![
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
    for definition in definitions(engine) {
        for command in definition.commands() {
            for argument in &command.arguments {
                arguments += 1;
                let place = format!("{} {}", definition.id(), path(&command, argument));
                let mut expect = |value: &str, expected: Option<Code>| {
                    let sent = encode(engine, definition, &with(&command, argument, value));
                    let found = sent.as_ref().err().map(Error::code);
                    if found != expected {
                        faults.push(format!("{place} {value}: {expected:?}, found {sent:?}"));
                    }
                };
                for share in [0.0, 0.5, 0.999] {
                    expect(&inside(&argument.domain, share), None);
                }
                for (value, code) in wrong(&argument.domain) {
                    expect(value, Some(code));
                }
                if let Domain::Number {
                    ranges, may_round, ..
                } = &argument.domain
                {
                    for value in outside(ranges) {
                        expect(&value, Some(Code::EncodeOutOfRange));
                    }
                    let third = ranges.iter().find(|(min, max)| min < max).map(|(min, _)| {
                        min.checked_add(Rational::new(1, 1_000_000).unwrap())
                            .unwrap()
                    });
                    if let Some(third) = third.filter(|third| third.to_decimal().is_some()) {
                        let expected = (!may_round).then_some(Code::EncodeNotExact);
                        expect(&number(third), expected);
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

#[test]
fn the_bounds_of_a_number_give_different_bytes() {
    let engine = engine();
    for definition in definitions(engine) {
        for command in definition.commands() {
            for argument in &command.arguments {
                let Domain::Number { ranges, .. } = &argument.domain else {
                    continue;
                };
                let (min, max) = (ranges[0].0, ranges[ranges.len() - 1].1);
                if min == max || min.to_decimal().is_none() || max.to_decimal().is_none() {
                    continue;
                }
                let sent = |value| {
                    encode(
                        engine,
                        definition,
                        &with(&command, argument, &number(value)),
                    )
                };
                // A value that means something else is refused, and not sent twice.
                if let (Ok(least), Ok(most)) = (sent(min), sent(max)) {
                    assert_ne!(
                        least,
                        most,
                        "{} {}",
                        definition.id(),
                        path(&command, argument)
                    );
                }
            }
        }
    }
}

#[test]
fn misspelt_names_are_refused() {
    let engine = engine();
    for definition in definitions(engine) {
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
    assert!(definitions(engine).len() >= DEFINITIONS);
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
        let definitions = definitions(engine);
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
