//! The registry: the built-in encoders, and definitions and payload codecs from folders.

use std::fs;
use std::path::{Path, PathBuf};

use downlink::encoder::Registry;
use downlink::encoder::definition::Definition;
use downlink::error::{All, Diagnostic, Error};

use crate::exit::Failure;

use super::{Source, codec};

/// The built-in encoders, and the definitions and payload codecs in these files and folders.
pub(crate) fn registry(paths: &[PathBuf]) -> Result<Registry, Failure> {
    let mut builder = Registry::builder().builtin().map_err(Failure::Fault)?;
    let is_encoder = |path: &Path| is_definition(path) || is_codec(path);
    for path in files(paths, is_encoder)? {
        if is_codec(&path) {
            builder = codec::register(builder, &path, &id_of(&path), None)?;
            continue;
        }
        let source = Source::read(&path)?;
        let registered = match definition(&source) {
            Ok((definition, _)) => builder.register(definition),
            Err(findings) => return Err(Failure::Refused { findings, source }),
        };
        builder = registered.map_err(|error| Failure::refused(error, source))?;
    }
    Ok(builder.build())
}

/// A registry with nothing but a payload codec, which is called by its path.
pub(crate) fn codec_registry(path: &Path, data: Option<&str>) -> Result<Registry, Failure> {
    let id = path.display().to_string();
    Ok(codec::register(Registry::builder(), path, &id, data)?.build())
}

/// The vendor and the device that a payload codec is for: the last two names of its path.
fn id_of(path: &Path) -> String {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let names: Vec<_> = path.iter().map(|name| name.to_string_lossy()).collect();
    let last = names.len().saturating_sub(2);
    let id = names.get(last..).unwrap_or_default().join("/");
    id.strip_suffix(".js").unwrap_or(&id).to_owned()
}

/// Reads a definition and what it is warned of, or tells all that is wrong with it.
pub(crate) fn definition(
    source: &Source,
) -> Result<(Definition, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut findings = All::default();
    let read = source.utf8();
    let definition = read.and_then(|text| Definition::from_toml(text, &mut findings));
    let All {
        mut errors,
        warnings,
    } = findings;
    match definition {
        Ok(definition) if errors.is_empty() => return Ok((definition, warnings)),
        Ok(_) => {}
        Err(error) => errors.push(error),
    }
    let errors = errors.into_iter().map(Error::into_diagnostic);
    Err(warnings.into_iter().chain(errors).collect())
}

/// The files, and in folders those that end in `.toml`, in the order of their names.
pub(crate) fn definition_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    files(paths, is_definition)
}

/// The scripts, and in folders those of packages, in the order of their names.
pub(crate) fn codec_paths(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    files(paths, is_package)
}

fn is_definition(path: &Path) -> bool {
    !path.is_dir() && path.extension().is_some_and(|it| it == "toml")
}

fn is_codec(path: &Path) -> bool {
    is_package(path) || !path.is_dir() && path.extension().is_some_and(|it| it == "js")
}

/// Whether it is the folder of a package.
fn is_package(path: &Path) -> bool {
    const FILES: [&str; 6] = [
        "package.json",
        "metadata.json",
        "metainfo.json",
        "examples.json",
        "index.js",
        "main.js",
    ];
    FILES.iter().any(|file| path.join(file).is_file())
}

/// What is named, and what is wanted of what is in the folders that are named.
fn files(paths: &[PathBuf], is_wanted: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        collect(path, &is_wanted, &mut files)
            .map_err(|(path, error)| Failure::reading(&path.display().to_string(), error))?;
    }
    Ok(files)
}

fn collect(
    path: &Path,
    is_wanted: &impl Fn(&Path) -> bool,
    files: &mut Vec<PathBuf>,
) -> Result<(), (PathBuf, std::io::Error)> {
    let at = |error| (path.to_owned(), error);
    if !fs::metadata(path).map_err(at)?.is_dir() || is_wanted(path) {
        files.push(path.to_owned());
        return Ok(());
    }
    let entries = fs::read_dir(path).map_err(at)?;
    let mut entries = entries
        .map(|entry| entry.map(|it| it.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(at)?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() || is_wanted(&entry) {
            collect(&entry, is_wanted, files)?;
        }
    }
    Ok(())
}
