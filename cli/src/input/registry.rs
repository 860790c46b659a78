//! The registry: the built-in encoders, and definitions from folders.

use std::fs;
use std::path::{Path, PathBuf};

use downlink::encoder::Registry;
use downlink::encoder::definition::Definition;
use downlink::error::{All, Diagnostic, Error};

use crate::exit::Failure;

use super::Source;

/// The built-in encoders and the definitions in these files and folders.
pub(crate) fn registry(paths: &[PathBuf]) -> Result<Registry, Failure> {
    let mut builder = Registry::builder().builtin().map_err(Failure::Fault)?;
    for path in definition_files(paths)? {
        let source = Source::read(&path)?;
        let registered = match definition(&source) {
            Ok((definition, _)) => builder.register(definition),
            Err(findings) => return Err(Failure::Refused { findings, source }),
        };
        builder = registered.map_err(|error| Failure::refused(error, source))?;
    }
    Ok(builder.build())
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
    let mut files = Vec::new();
    for path in paths {
        collect(path, &mut files)
            .map_err(|(path, error)| Failure::reading(&path.display().to_string(), error))?;
    }
    Ok(files)
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), (PathBuf, std::io::Error)> {
    let at = |error| (path.to_owned(), error);
    if !fs::metadata(path).map_err(at)?.is_dir() {
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
        if entry.is_dir() || entry.extension().is_some_and(|it| it == "toml") {
            collect(&entry, files)?;
        }
    }
    Ok(())
}
