//! How many of the published downlinks stand as examples in the definitions of their vendors.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Vectors in the files, and those of them that differ and give bytes.
const VECTORS: usize = 1038;
const DISTINCT: usize = 928;
/// Conflicts and samples among them.
const CONFLICTS: usize = 38;

/// What is left stands in the definitions, all but this share.
const COVERED_PERCENT: usize = 100;

#[derive(Deserialize)]
struct Vector {
    vendor: String,
    f_port: Option<u8>,
    hex: Option<String>,
}

/// A payload of a vendor's device; the port if the source names one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Downlink {
    vendor: String,
    hex: String,
    f_port: Option<u8>,
}

#[derive(Deserialize)]
struct Conflicts {
    conflict: Vec<Conflict>,
}

#[derive(Deserialize)]
struct Conflict {
    vendor: String,
    hex: String,
    kind: String,
    reason: String,
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn vectors() -> Vec<Vector> {
    [
        "chirpstack",
        "manuals",
        "mclimate-manual",
        "mclimate-unit-tests",
        "the-things-network",
    ]
    .iter()
    .flat_map(|name| {
        let file = folder("tests/vectors").join(format!("{name}.json"));
        serde_json::from_str::<Vec<Vector>>(&fs::read_to_string(file).unwrap()).unwrap()
    })
    .collect()
}

/// The folder of a vendor under `encoders`, where it is called otherwise.
fn folder_of(vendor: &str) -> &str {
    match vendor {
        // The vectors of Cayenne LPP.
        "generic" => "cayenne",
        vendor => vendor,
    }
}

/// Without those that must be refused, and those that are no bytes.
fn distinct(vectors: Vec<Vector>) -> BTreeSet<Downlink> {
    vectors
        .into_iter()
        .filter_map(|vector| {
            let bytes = hex::decode(vector.hex?.replace(' ', "")).ok()?;
            Some(Downlink {
                vendor: folder_of(&vector.vendor).to_owned(),
                hex: hex::encode(bytes),
                f_port: vector.f_port,
            })
        })
        .collect()
}

fn conflicts() -> Vec<Conflict> {
    let text = fs::read_to_string(folder("tests/vectors/conflicts.toml")).unwrap();
    toml::from_str::<Conflicts>(&text).unwrap().conflict
}

/// What the examples of a definition expect, as `(hex, port)`.
fn examples(definition: &toml::Table) -> Vec<(String, Option<u8>)> {
    let parts = |table: &toml::Table| {
        let parts = table.get("expect").and_then(toml::Value::as_array);
        parts.cloned().unwrap_or_default()
    };
    let part = |part: &toml::Value| {
        let hex = match (part.get("hex"), part.get("text")) {
            (Some(hex), _) => hex.as_str()?.to_lowercase(),
            (_, Some(text)) => hex::encode(text.as_str()?),
            _ => return None,
        };
        let port = part.get("f_port").and_then(toml::Value::as_integer);
        Some((hex, port.map(|port| u8::try_from(port).unwrap())))
    };
    let all = definition.get("examples").and_then(toml::Value::as_array);
    all.into_iter()
        .flatten()
        .filter_map(toml::Value::as_table)
        .flat_map(parts)
        .filter_map(|expected| part(&expected))
        .collect()
}

/// From what the examples give to the evidence of a definition that has it, with the port and without.
fn given() -> BTreeMap<Downlink, String> {
    let mut given = BTreeMap::new();
    for vendor in fs::read_dir(folder("encoders")).unwrap() {
        let vendor = vendor.unwrap();
        if !vendor.path().is_dir() {
            continue;
        }
        let name = vendor.file_name().into_string().unwrap();
        for file in fs::read_dir(vendor.path()).unwrap() {
            let text = fs::read_to_string(file.unwrap().path()).unwrap();
            let definition: toml::Table = toml::from_str(&text).unwrap();
            let evidence = definition["evidence"].as_str().unwrap();
            for (hex, f_port) in examples(&definition) {
                for f_port in [f_port, None] {
                    let downlink = Downlink {
                        vendor: name.clone(),
                        hex: hex.clone(),
                        f_port,
                    };
                    given.insert(downlink, evidence.to_owned());
                }
            }
        }
    }
    given
}

#[test]
fn published_downlinks_stand_as_examples_of_their_vendor() {
    let vectors = vectors();
    assert_eq!(vectors.len(), VECTORS);
    let distinct = distinct(vectors);
    assert_eq!(distinct.len(), DISTINCT);
    let doubtful: BTreeSet<(String, String)> = conflicts()
        .into_iter()
        .map(|conflict| (folder_of(&conflict.vendor).to_owned(), conflict.hex))
        .collect();
    let given = given();

    let (mut vendors, mut evidences) = (BTreeMap::new(), BTreeMap::new());
    let (mut covered, mut asked, mut missing) = (0, 0, Vec::new());
    for downlink in &distinct {
        if doubtful.contains(&(downlink.vendor.clone(), downlink.hex.clone())) {
            continue;
        }
        asked += 1;
        let (hits, all): &mut (usize, usize) = vendors.entry(&downlink.vendor).or_default();
        *all += 1;
        match given.get(downlink) {
            Some(evidence) => {
                *hits += 1;
                covered += 1;
                *evidences.entry(evidence).or_insert(0) += 1;
            }
            None => missing.push(downlink),
        }
    }
    for (vendor, (hits, all)) in vendors {
        println!("{vendor}: {hits} of {all}");
    }
    for (evidence, count) in evidences {
        println!("written from {evidence}: {count}");
    }
    println!("{covered} of {asked}, and {} of doubt", DISTINCT - asked);
    assert!(asked >= DISTINCT - CONFLICTS, "{asked}");
    assert!(covered * 100 >= asked * COVERED_PERCENT, "{missing:#?}");
    assert!(covered * 100 >= distinct.len() * 95, "{covered}");
}

#[test]
fn a_conflict_is_a_vector_that_no_example_gives() {
    let published: BTreeSet<(String, String)> = distinct(vectors())
        .into_iter()
        .map(|downlink| (downlink.vendor, downlink.hex))
        .collect();
    let given = given();
    let conflicts = conflicts();
    for conflict in &conflicts {
        let place = format!("{} {}", conflict.vendor, conflict.hex);
        assert!(!conflict.reason.is_empty(), "{place}");
        let elsewhere = match conflict.kind.as_str() {
            "answer" | "wrong" | "sigfox" | "inexpressible" | "sample" => false,
            "elsewhere" => true,
            kind => panic!("{place}: no kind `{kind}`"),
        };
        let vendor = folder_of(&conflict.vendor).to_owned();
        let is_published = published.contains(&(vendor.clone(), conflict.hex.clone()));
        assert_ne!(is_published, elsewhere, "{place}");
        let downlink = Downlink {
            vendor,
            hex: conflict.hex.clone(),
            f_port: None,
        };
        assert!(!given.contains_key(&downlink), "{place}");
    }
    assert!(conflicts.len() >= CONFLICTS, "{}", conflicts.len());
}
