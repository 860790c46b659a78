//! What encoders tell about themselves, whatever they are written in.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use downlink::Error;
use downlink::encoder::definition::Definition;
use downlink::encoder::{Context, Encoder, Registry, Variables, Writer};
use downlink::error::{Code, First};
use downlink::instruction::Instruction;
use downlink::message::{Method, Payload, Protocol};

/// Encoders of the crate; it only grows.
const ENCODERS: usize = 311;

fn registry() -> Registry {
    Registry::builder().builtin().unwrap().build()
}

/// An encoder from outside that says nothing about itself.
#[derive(Debug)]
struct Silent;

impl Encoder for Silent {
    fn id(&self) -> &'static str {
        "acme/silent"
    }

    fn protocols(&self) -> &[Protocol] {
        &[Protocol::Lora]
    }

    fn encode(&self, _: &Instruction, _: &Context, _: &mut Writer) -> Result<(), Error> {
        Ok(())
    }
}

#[test]
fn every_encoder_describes_itself() {
    let registry = registry();
    let (mut encoders, mut digests) = (0, BTreeSet::new());
    for encoder in registry.iter() {
        let description = encoder.describe();
        let id = encoder.id();
        assert_eq!(description.id, id);
        assert_eq!(description.title, encoder.title());
        assert_eq!(description.protocols, encoder.protocols());
        assert_eq!(description.variables, encoder.variables(), "{id}");
        assert_eq!(description.digest, encoder.digest(), "{id}");
        let of_commands = description.commands.iter().map(|it| &it.destination);
        let destinations = [&description.destination].into_iter().chain(of_commands);
        let destinations: Vec<_> = destinations.flatten().cloned().collect();
        assert_eq!(encoder.destinations(), destinations, "{id}");
        assert_eq!(description.instruction_schema["title"], encoder.title());
        assert_eq!(description.is_open, description.commands.is_empty(), "{id}");
        assert_ne!(description.variables, Variables::Any, "{id}");
        let is_hex = |digit: char| matches!(digit, '0'..='9' | 'a'..='f');
        assert!(description.digest.len() == 64 && description.digest.chars().all(is_hex));
        digests.insert(description.digest);
        encoders += 1;
    }
    assert!(encoders >= ENCODERS, "{encoders}");
    assert_eq!(digests.len(), encoders, "each has a digest of its own");
}

#[test]
fn an_encoder_that_says_nothing_takes_anything_and_reads_nothing() {
    let description = Silent.describe();
    assert_eq!(description.title, "acme/silent");
    assert!(description.is_open);
    assert_eq!(description.variables, Variables::Any);
    let payload = Payload::Binary(vec![1]);
    let refused = Silent.decode(&Method::new(Protocol::Lora), &payload);
    assert_eq!(refused.unwrap_err().code(), Code::DecodeNoReading);
}

#[test]
fn the_digest_of_a_definition_is_that_of_its_text() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("encoders/dragino/lt-22222-l.toml");
    let text = fs::read_to_string(file).unwrap();
    let read = |text: &str| Definition::from_toml(text, &mut First::default()).unwrap();
    let registry = registry();
    let built_in = registry.get("dragino/lt-22222-l").unwrap();
    assert_eq!(read(&text).digest(), built_in.digest());
    assert_ne!(read(&format!("{text}\n")).digest(), built_in.digest());
}

/// The record names and the names of commands that a form is made of.
#[test]
fn every_argument_names_its_record() {
    let (mut arguments, mut bare) = (0, 0);
    for encoder in registry().iter() {
        for command in encoder.describe().commands {
            for argument in &command.arguments {
                let rest = argument.record.strip_prefix(command.name.as_str()).unwrap();
                let keys: Vec<&str> = rest.split('/').skip(1).collect();
                assert!(
                    keys.contains(&argument.name.as_str()),
                    "{}",
                    argument.record
                );
                assert!(!argument.is_required || argument.default.is_none());
                arguments += 1;
                bare += usize::from(argument.is_bare);
            }
            let required = command.arguments.iter().filter(|it| it.is_required).count();
            let is_bare = command.arguments.iter().any(|it| it.is_bare);
            assert!(!is_bare || required == 1, "{}", command.name);
        }
    }
    assert!(arguments >= 6583 && bare >= 1000, "{arguments} {bare}");
}
