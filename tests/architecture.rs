//! Rooms use only those rooms that ARCHITECTURE.md says they may.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

type Arrows = BTreeMap<String, BTreeSet<String>>;

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
    let library = read(&source("lib.rs"));
    let modules = library.lines().filter_map(|line| {
        let line = line.strip_prefix("pub ").unwrap_or(line);
        line.strip_prefix("mod ")?.strip_suffix(';')
    });
    let modules: BTreeSet<String> = modules.map(str::to_owned).collect();
    assert_eq!(modules, allowed().into_keys().collect());
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

/// The map: `room -> room room`.
fn allowed() -> Arrows {
    let map = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md"));
    let (_, map) = map.split_once("```arrows\n").unwrap();
    let (map, _) = map.split_once("```").unwrap();
    let arrows = map
        .lines()
        .map(|line| line.split_once(" ->").expect("an arrow"));
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    arrows
        .map(|(from, to)| (from.to_owned(), words(to)))
        .collect()
}

/// The rooms that a room names behind `crate::`, comments left out.
fn uses(room: &str, rooms: &Arrows) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for text in texts(room) {
        let code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let code: String = code.collect();
        for path in code.split("crate::").skip(1) {
            let group = path
                .strip_prefix('{')
                .map(|group| group.split('}').next().unwrap());
            for name in group.unwrap_or(path).split(',') {
                let name = name.trim_start();
                let end = name.find(|c: char| !c.is_ascii_lowercase() && c != '_');
                used.insert(name.split_at(end.unwrap_or(name.len())).0.to_owned());
                if group.is_none() {
                    break;
                }
            }
        }
    }
    used.retain(|name| name != room && rooms.contains_key(name));
    used
}

/// The files of a room.
fn texts(room: &str) -> Vec<String> {
    let file = source(&format!("{room}.rs"));
    if file.exists() {
        return vec![read(&file)];
    }
    let mut folders = vec![source(room)];
    let mut texts = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                texts.push(read(&path));
            }
        }
    }
    texts
}

fn source(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(name)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}
