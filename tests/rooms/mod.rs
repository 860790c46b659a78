//! Reads the map of rooms in `ARCHITECTURE.md`, and what the code of each room uses.
//!
//! The map and the code are those of the package whose test includes this file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// From a room to the rooms that it uses.
pub(crate) type Arrows = BTreeMap<String, BTreeSet<String>>;

/// The map: `room -> room room`.
pub(crate) fn allowed() -> Arrows {
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

/// The modules that `lib.rs` declares.
pub(crate) fn modules() -> BTreeSet<String> {
    let library = read(&source("lib.rs"));
    let modules = library.lines().filter_map(|line| {
        let line = line.strip_prefix("pub ").unwrap_or(line);
        line.strip_prefix("mod ")?.strip_suffix(';')
    });
    modules.map(str::to_owned).collect()
}

/// The rooms that a room names after `crate::`, comments left out.
pub(crate) fn uses(room: &str, rooms: &Arrows) -> BTreeSet<String> {
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

/// The files of a room: `room.rs`, and all in the folder `room`.
pub(crate) fn texts(room: &str) -> Vec<String> {
    let own = Some(source(&format!("{room}.rs"))).filter(|file| file.exists());
    let folder = Some(source(room)).filter(|folder| folder.exists());
    let inner = folder.iter().flat_map(|folder| files(folder));
    own.into_iter()
        .chain(inner)
        .map(|file| read(&file))
        .collect()
}

/// All files in a folder and the folders in it, in the order of their paths.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let within = |path: PathBuf| {
        if path.is_dir() {
            files(&path)
        } else {
            vec![path]
        }
    };
    paths.into_iter().flat_map(within).collect()
}

/// A path in `src`.
pub(crate) fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(name)
}

/// The text of a file.
pub(crate) fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}
