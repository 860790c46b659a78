//! What the vendors' published decoders read in the frames of the catalogue: `tools/witness` asked them, this reads the answers.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use downlink::Engine;
use downlink::directory::Binding;
use downlink::encoder::Registry;
use downlink::message::lora::FPort;
use downlink::message::{Message, Method};
use downlink::senml::{Pack, UnixTime};
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Definitions with a witness, and the rows of all.
const FILES: usize = 188;
const ROWS: usize = 8043;
/// Places where witnesses contradict each other.
const CONFLICTS: usize = 144;

/// What a decoder says of a definition.
#[derive(Deserialize)]
struct Testimony {
    encoder: String,
    source: String,
    commit: String,
    licence: String,
    rows: Vec<Row>,
}

/// A frame, and what the decoder reads of one argument in it.
#[derive(Deserialize)]
struct Row {
    argument: String,
    value: Value,
    records: Map<String, Value>,
    hex: String,
    f_port: u8,
    read: Value,
    same: bool,
}

#[derive(Deserialize)]
struct Conflicts {
    conflict: Vec<Conflict>,
}

/// A place of a definition that witnesses tell differently, and what was decided.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Conflict {
    encoders: Vec<String>,
    /// A command, or one of its arguments.
    place: String,
    /// Each with what it says, the one that is followed first.
    witnesses: Vec<String>,
    ruling: String,
    /// Whether the place is left out, since it moves something.
    #[serde(default)]
    left_out: bool,
    /// Whether the published decoder reads it otherwise.
    #[serde(default)]
    read_otherwise: bool,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn testimonies() -> Vec<Testimony> {
    let vendors = fs::read_dir(folder("tests/vectors/witness")).unwrap();
    let vendors = vendors
        .map(|it| it.unwrap().path())
        .filter(|it| it.is_dir());
    let files = vendors.flat_map(|vendor| fs::read_dir(vendor).unwrap());
    let read = |path: PathBuf| {
        let testimony: Testimony = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        assert!(path.ends_with(format!("{}.json", testimony.encoder)));
        testimony
    };
    files.map(|file| read(file.unwrap().path())).collect()
}

fn conflicts() -> Vec<Conflict> {
    let text = fs::read_to_string(folder("catalogue/conflicts.toml")).unwrap();
    toml::from_str::<Conflicts>(&text).unwrap().conflict
}

fn registry() -> Registry {
    Registry::builder().builtin().unwrap().build()
}

fn pack(records: &Map<String, Value>) -> String {
    let record = |(name, value): (&String, &Value)| {
        let label = match value {
            Value::Number(_) => "v",
            Value::Bool(_) => "vb",
            Value::String(_) => "vs",
            other => panic!("{name}: {other}"),
        };
        json!({ "n": name, label: value })
    };
    let mut all = vec![json!({ "bn": "urn:dev:DEVEUI:0059AC0000152A2B:" })];
    all.extend(records.iter().map(record));
    Value::Array(all).to_string()
}

/// What the definition sends for a row today.
fn sent(engine: &Engine, encoder: &str, row: &Row) -> String {
    let text = pack(&row.records);
    let pack = Pack::from_json(text.as_bytes()).unwrap();
    let f_port = Some(FPort::new(i128::from(row.f_port)).unwrap());
    let (method, binding) = (Method::Lora { f_port }, Binding::new(encoder));
    let downlinks = engine.encode_pack(&pack, &method, &binding, UnixTime::from_seconds(0));
    match downlinks.as_ref().map(downlink::Downlinks::messages) {
        Ok([Message::Lora(downlink)]) => hex::encode_upper(downlink.frm_payload()),
        other => format!("{other:?}"),
    }
}

#[test]
fn what_the_decoders_read_is_what_is_sent_today() {
    let engine = Engine::new(registry());
    let (testimonies, mut rows, mut faults) = (testimonies(), 0, Vec::new());
    for Testimony {
        encoder,
        rows: own,
        source,
        commit,
        licence,
    } in &testimonies
    {
        assert!(
            !source.is_empty() && !commit.is_empty() && !licence.is_empty(),
            "{encoder}"
        );
        for row in own {
            rows += 1;
            assert_eq!(row.records[&row.argument], row.value, "{encoder}");
            let sent = sent(&engine, encoder, row);
            if sent != row.hex {
                faults.push(format!(
                    "{encoder} {} {}: {sent}, not {}",
                    row.argument, row.value, row.hex
                ));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "run tools/witness again:\n{}",
        faults.join("\n")
    );
    assert_eq!((testimonies.len(), rows), (FILES, ROWS));
}

#[test]
fn what_a_decoder_reads_otherwise_stands_among_the_conflicts() {
    let place = |encoder: &str, argument: &str| format!("{encoder} {argument}");
    let mut otherwise = BTreeMap::new();
    for testimony in testimonies() {
        for row in testimony.rows.iter().filter(|row| !row.same) {
            let told = format!("{} is read as {}", row.value, row.read);
            otherwise.insert(place(&testimony.encoder, &row.argument), told);
        }
    }
    let known = conflicts().into_iter().filter(|it| it.read_otherwise);
    let known: BTreeSet<String> = known
        .flat_map(|it| {
            it.encoders
                .iter()
                .map(|id| place(id, &it.place))
                .collect::<Vec<_>>()
        })
        .collect();
    let found: BTreeSet<String> = otherwise.keys().cloned().collect();
    assert_eq!(found, known, "{otherwise:#?}");
}

#[test]
fn a_conflict_has_two_witnesses_and_a_ruling_that_the_catalogue_follows() {
    let registry = registry();
    let conflicts = conflicts();
    for conflict in &conflicts {
        let place = &conflict.place;
        assert!(
            conflict.witnesses.len() >= 2 && !conflict.ruling.is_empty(),
            "{place}"
        );
        assert!(!conflict.encoders.is_empty(), "{place}");
        for id in &conflict.encoders {
            let described = registry.get(id).unwrap().describe();
            let commands = described.commands.iter();
            let mut names = commands.flat_map(|command| {
                let arguments = command.arguments.iter().map(|it| it.record.clone());
                arguments.chain([command.name.clone()])
            });
            assert_ne!(
                names.any(|name| name == *place),
                conflict.left_out,
                "{id} {place}"
            );
        }
    }
    assert_eq!(conflicts.len(), CONFLICTS);
}
