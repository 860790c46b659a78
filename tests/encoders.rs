//! Every definition that comes with the crate: loaded, and its examples proven.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::fs;
use std::path::{Path, PathBuf};

use downlink::Engine;
use downlink::directory::Binding;
use downlink::encoder::definition::Definition;
use downlink::encoder::{Encoder, Registry};
use downlink::error::All;
use downlink::message::{Method, Protocol};
use downlink::senml::{Profile, Reader, UnixTime};

/// Files of definitions; changed together with the folder.
const FILES: usize = 308;
/// Examples in them; it only grows.
const EXAMPLES: usize = 5909;

fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("encoders");
    let mut files: Vec<PathBuf> = fs::read_dir(root)
        .unwrap()
        .map(|vendor| vendor.unwrap().path())
        .filter(|vendor| vendor.is_dir())
        .flat_map(|vendor| fs::read_dir(vendor).unwrap())
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    files
}

#[test]
fn every_definition_is_sound_and_its_examples_hold() {
    let mut faults = Vec::new();
    for file in files() {
        let text = fs::read_to_string(&file).unwrap();
        let mut findings = All::default();
        if let Err(error) = Definition::from_toml(&text, &mut findings) {
            findings.errors.push(error);
        }
        let errors = findings.errors.iter().map(ToString::to_string);
        let warnings = findings.warnings.iter().map(ToString::to_string);
        faults.extend(
            errors
                .chain(warnings)
                .map(|fault| format!("{}: {fault}", file.display())),
        );
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(files().len() >= FILES);
}

#[test]
fn every_file_is_in_the_registry_under_its_path() {
    let registry = Registry::builder().builtin().unwrap().build();
    for file in files() {
        let vendor = file
            .parent()
            .unwrap()
            .file_name()
            .unwrap()
            .to_str()
            .unwrap();
        let id = format!("{vendor}/{}", file.file_stem().unwrap().to_str().unwrap());
        let definition = Definition::of(registry.get(&id).unwrap()).expect("a sound definition");
        assert_eq!(definition.id(), id);
    }
}

/// Commands of the catalogue; it only grows.
const COMMANDS: usize = 4755;

/// `show` is a manual page: it says of every command what it does.
#[test]
fn every_command_has_a_title() {
    let registry = Registry::builder().builtin().unwrap().build();
    let mut commands = 0;
    let mut untitled = Vec::new();
    for definition in registry.iter().filter_map(Definition::of) {
        for command in definition.commands() {
            commands += 1;
            if command.title.is_none_or(|title| title.trim().is_empty()) {
                untitled.push(format!("{} {}", definition.id(), command.name));
            }
        }
    }
    assert!(untitled.is_empty(), "{}", untitled.join("\n"));
    assert!(commands >= COMMANDS, "{commands}");
}

/// What comes of the instruction of an example, with every variable that it may need.
fn sent(registry: &Registry, definition: &Definition, records: &str) -> String {
    let device = match definition.protocol() {
        Protocol::Lora => "urn:dev:DEVEUI:0000000000000000:",
        Protocol::Mqtt => "urn:dev:DVNUUID:00000000-0000-0000-0000-000000000000:",
        _ => "urn:dev:IMEI:350000000000006:",
    };
    let records = records.strip_prefix('[').unwrap();
    let text = format!(r#"[{{"bn":"{device}"}},{records}"#);
    let binding = definition.variables().required().fold(
        Binding::new(definition.id()).with_max_payload(242),
        |binding, name| binding.with_variable(name, "x1"),
    );
    let reader = Reader::new().profile(Profile::Interop);
    let pack = reader.read_json(text.as_bytes(), &mut All::default());
    let engine = Engine::new(registry.clone());
    let method = Method::new(definition.protocol());
    let now = UnixTime::from_seconds(1_700_000_000);
    let downlinks = engine.encode_pack(&pack.unwrap(), &method, &binding, now);
    format!(
        "{:?}",
        downlinks.map(|it| (it.messages().to_vec(), it.warnings().to_vec()))
    )
}

#[test]
fn a_built_in_definition_and_one_from_outside_give_the_same() {
    let built_in = Registry::builder().builtin().unwrap().build();
    let texts = files().into_iter().map(|file| {
        let text = fs::read(&file).unwrap();
        (file.display().to_string(), text)
    });
    let outside = Registry::builder().definitions(texts).unwrap().build();
    let mut compared = 0;
    for encoder in outside.iter() {
        let definition = Definition::of(encoder).unwrap();
        for example in definition.examples() {
            let records = example.instruction.to_string();
            let [own, others] = [&built_in, &outside].map(|it| sent(it, definition, &records));
            assert_eq!(own, others, "{} {records}", definition.id());
            compared += 1;
        }
    }
    assert!(compared >= EXAMPLES, "{compared}");
}
