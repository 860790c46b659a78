//! Finds files in folders: definitions, and payload codecs in scripts and packages.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::exit::Failure;

/// A file, or the folder of a package.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) path: PathBuf,
    /// Whether an argument names it, and not a folder around it.
    pub(super) is_named: bool,
}

/// The files, and in folders those that end in `.toml`, in the order of their names.
pub(crate) fn definition_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    paths_of(paths, is_definition)
}

/// The scripts, and in folders those of packages, in the order of their names.
pub(crate) fn codec_paths(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    paths_of(paths, is_package)
}

/// Definitions, scripts and packages.
pub(super) fn encoders(paths: &[PathBuf]) -> Result<Vec<Found>, Failure> {
    find(paths, |path| is_definition(path) || is_codec(path))
}

pub(super) fn is_codec(path: &Path) -> bool {
    is_package(path) || !path.is_dir() && path.extension().is_some_and(|it| it == "js")
}

fn is_definition(path: &Path) -> bool {
    !path.is_dir() && path.extension().is_some_and(|it| it == "toml")
}

/// Whether it is the folder of a package: one with a script under a usual name or with what
/// describes it. A repository that holds packages may be described too; it has folders instead.
fn is_package(path: &Path) -> bool {
    const SCRIPTS: [&str; 2] = ["index.js", "main.js"];
    const DESCRIPTIONS: [&str; 4] = [
        "package.json",
        "metadata.json",
        "metainfo.json",
        "examples.json",
    ];
    let has = |file: &&str| path.join(file).is_file();
    if SCRIPTS.iter().any(has) {
        return true;
    }
    DESCRIPTIONS.iter().any(has) && (names_its_script(path) || !has_folders(path))
}

/// Whether a description in the folder names a script that is there.
fn names_its_script(folder: &Path) -> bool {
    ["package.json", "metadata.json", "metainfo.json"]
        .iter()
        .filter_map(|file| fs::read(folder.join(file)).ok())
        .filter_map(|text| serde_json::from_slice::<serde_json::Value>(&text).ok())
        .filter_map(|json| Some(json.get("main")?.as_str()?.to_owned()))
        .any(|main| folder.join(main).is_file())
}

fn has_folders(path: &Path) -> bool {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).any(|it| it.is_dir())
}

fn paths_of(paths: &[PathBuf], is_wanted: fn(&Path) -> bool) -> Result<Vec<PathBuf>, Failure> {
    let found = find(paths, is_wanted)?;
    Ok(found.into_iter().map(|found| found.path).collect())
}

/// What is named, and what is wanted of what is in the folders that are named.
fn find(paths: &[PathBuf], is_wanted: impl Fn(&Path) -> bool) -> Result<Vec<Found>, Failure> {
    let mut walk = Walk {
        is_wanted,
        seen: BTreeSet::new(),
        found: Vec::new(),
    };
    for path in paths {
        walk.collect(path, true)
            .map_err(|(path, error)| Failure::reading(&path.display().to_string(), error))?;
    }
    Ok(walk.found)
}

struct Walk<W> {
    is_wanted: W,
    /// Folders by their real paths, since links may lead round in a circle.
    seen: BTreeSet<PathBuf>,
    found: Vec<Found>,
}

impl<W: Fn(&Path) -> bool> Walk<W> {
    fn collect(&mut self, path: &Path, is_named: bool) -> Result<(), (PathBuf, io::Error)> {
        let at = |error| (path.to_owned(), error);
        if !fs::metadata(path).map_err(at)?.is_dir() || (self.is_wanted)(path) {
            self.found.push(Found {
                path: path.to_owned(),
                is_named,
            });
            return Ok(());
        }
        if !self.seen.insert(fs::canonicalize(path).map_err(at)?) {
            return Ok(());
        }
        let entries = fs::read_dir(path).map_err(at)?;
        let mut entries = entries
            .map(|entry| entry.map(|it| it.path()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(at)?;
        entries.sort();
        for entry in entries {
            if !is_of_tools(&entry) && (entry.is_dir() || (self.is_wanted)(&entry)) {
                self.collect(&entry, false)?;
            }
        }
        Ok(())
    }
}

/// Whether a version control system or a package manager keeps it, not an author of encoders.
fn is_of_tools(path: &Path) -> bool {
    let name = path.file_name().map(|it| it.to_string_lossy());
    name.is_some_and(|name| name.starts_with('.') || name == "node_modules")
}
