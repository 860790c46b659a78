//! Rooms use only those rooms that ARCHITECTURE.md says they may.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod rooms;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use rooms::{allowed, modules, texts, uses};

#[test]
fn rooms_use_what_the_map_lets_them_and_the_map_has_no_arrow_too_many() {
    let allowed = allowed();
    assert_eq!(allowed.len(), 14);
    let rooms: BTreeSet<&String> = allowed.keys().collect();
    for room in rooms {
        assert_eq!(uses(room, &allowed), allowed[room], "what `{room}` uses");
    }
}

#[test]
fn every_room_is_on_the_map() {
    assert_eq!(modules(), allowed().into_keys().collect());
}

/// Devices are data: what is special about one stands in its definition.
#[test]
fn no_code_knows_a_vendor() {
    let encoders = Path::new(env!("CARGO_MANIFEST_DIR")).join("encoders");
    let vendors: Vec<String> = fs::read_dir(encoders)
        .unwrap()
        .map(|entry| format!("{}/", entry.unwrap().file_name().to_str().unwrap()))
        .collect();
    assert!(vendors.len() >= 41);
    for text in allowed().keys().flat_map(|room| texts(room)) {
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            let known = vendors.iter().find(|vendor| line.contains(vendor.as_str()));
            assert!(known.is_none(), "{line}");
        }
    }
}
