//! Every definition that comes with the crate: loaded, and its examples proven.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::fs;
use std::path::{Path, PathBuf};

use downlink::encoder::Registry;
use downlink::encoder::definition::Definition;
use downlink::error::All;

/// Files of definitions; changed together with the folder.
const FILES: usize = 200;

fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("encoders");
    let mut files: Vec<PathBuf> = fs::read_dir(root)
        .unwrap()
        .flat_map(|vendor| fs::read_dir(vendor.unwrap().path()).unwrap())
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
        let definition = registry
            .get(&id)
            .unwrap()
            .definition()
            .expect("a sound definition");
        assert_eq!(definition.id(), id);
    }
}
