//! The registry: the built-in encoders, and definitions and payload codecs from folders.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use downlink::encoder::definition::Definition;
use downlink::encoder::{Context, Encoder, Registry, RegistryBuilder, Writer};
use downlink::error::{All, Audience, Code, Diagnostic, Error, quote};
use downlink::instruction::Instruction;
use downlink::message::Protocol;

use crate::exit::Failure;

use super::files::{self, Found};
use super::skipped::Skipped;
use super::{Source, codec};

/// Which payload codecs of a folder a command may use; no others are run.
pub(crate) enum Wanted {
    /// All that work.
    All,
    /// The one with this id, which must work.
    One(String),
    /// Those with these ids; one that does not work fails when it is used.
    Some(BTreeSet<String>),
}

impl Wanted {
    fn has(&self, id: &str) -> bool {
        match self {
            Self::All => true,
            Self::One(wanted) => wanted == id,
            Self::Some(wanted) => wanted.contains(id),
        }
    }
}

/// A registry, and what of the folders is not in it.
pub(crate) struct Loaded {
    pub(crate) registry: Registry,
    pub(crate) skipped: Skipped,
}

impl Loaded {
    /// The encoder with this id; if there is none, what was skipped may be why.
    pub(crate) fn get(&self, id: &str) -> Result<&dyn Encoder, Failure> {
        self.registry.get(id).map_err(|error| {
            let mut findings = self.skipped.summary();
            findings.push(error.into_diagnostic());
            let source = Source::argument();
            Failure::Refused { findings, source }
        })
    }
}

/// The built-in encoders, and the definitions and payload codecs in these files and folders.
///
/// A definition that is wrong is refused. Of scripts, folders may hold many that only decode, or
/// that do not load, as repositories of vendors do: they are in nobody's way.
pub(crate) fn registry(paths: &[PathBuf], wanted: &Wanted) -> Result<Loaded, Failure> {
    let mut loading = Loading::new()?;
    let mut codecs: BTreeMap<String, Vec<Found>> = BTreeMap::new();
    for found in files::encoders(paths)? {
        if files::is_codec(&found.path) {
            codecs.entry(id_of(&found.path)).or_default().push(found);
        } else {
            loading = loading.definition(&found)?;
        }
    }
    for (id, found) in codecs {
        if wanted.has(&id) {
            loading = loading.codecs(&id, found, wanted)?;
        }
    }
    let loaded = Loaded {
        registry: loading.builder.build(),
        skipped: loading.skipped,
    };
    if let (Wanted::One(id), false) = (wanted, loaded.skipped.is_empty()) {
        loaded.get(id)?;
    }
    Ok(loaded)
}

/// A registry that is being filled.
struct Loading {
    builder: RegistryBuilder,
    ids: BTreeSet<String>,
    skipped: Skipped,
}

impl Loading {
    fn new() -> Result<Self, Failure> {
        let builtin = || Registry::builder().builtin().map_err(Failure::Fault);
        let ids = builtin()?.build();
        Ok(Self {
            builder: builtin()?,
            ids: ids.iter().map(|it| it.id().to_owned()).collect(),
            skipped: Skipped::default(),
        })
    }

    /// Takes a definition; in a folder also another TOML file, which is skipped.
    fn definition(mut self, found: &Found) -> Result<Self, Failure> {
        let source = Source::read(&found.path)?.open();
        if !found.is_named && !has_format(&source) {
            let reason = no_definition().into_diagnostic();
            self.skipped.add(&found.path, &reason);
            return Ok(self);
        }
        let registered = match definition(&source) {
            Ok((definition, _)) => {
                self.ids.insert(definition.id().to_owned());
                self.builder.register(definition)
            }
            Err(findings) => return Err(Failure::Refused { findings, source }),
        };
        self.builder = registered.map_err(|error| Failure::refused(error, source))?;
        Ok(self)
    }

    /// Takes the codec with this id, of which there should be one that works.
    fn codecs(mut self, id: &str, found: Vec<Found>, wanted: &Wanted) -> Result<Self, Failure> {
        let mut working = match found.len() {
            0 | 1 => found,
            _ => self.working(id, found),
        };
        let others = working.split_off(working.len().min(1));
        let Some(first) = working.pop() else {
            return Ok(self);
        };
        let another = others.first().map(|it| it.path.as_path());
        let is_listed = matches!(wanted, Wanted::All);
        if self.ids.contains(id) || (another.is_some() && !is_listed) {
            let reason = two_with_one_id(id, &first.path, another);
            let failure = Failure::refused(reason, Source::argument());
            return self
                .without_each(id, &others, wanted)
                .without(id, &first, failure, wanted);
        }
        let (builder, failure) = codec::register(self.builder, &first.path, id, None)?;
        self.builder = builder;
        match failure {
            Some(failure) => self.without(id, &first, failure, wanted),
            None => Ok(self.without_each(id, &others, wanted)),
        }
    }

    /// Those of several that work; if none does, the first one, which says why.
    fn working(&mut self, id: &str, found: Vec<Found>) -> Vec<Found> {
        let (mut working, mut broken) = (Vec::new(), Vec::new());
        for found in found {
            match codec::refusal(&found.path, id) {
                None => working.push(found),
                Some(failure) => broken.push((found, failure)),
            }
        }
        if working.is_empty() && !broken.is_empty() {
            working.push(broken.remove(0).0);
        }
        for (found, failure) in broken {
            if let Some(reason) = reason_of(&failure) {
                self.skipped.add(&found.path, &reason);
            }
        }
        working
    }

    /// Skips codecs whose id is that of another one.
    fn without_each(mut self, id: &str, others: &[Found], wanted: &Wanted) -> Self {
        for other in others {
            let reason = two_with_one_id(id, &other.path, None);
            if matches!(wanted, Wanted::All) {
                self.skipped.add(&other.path, &reason.into_diagnostic());
            }
        }
        self
    }

    /// Goes on without a codec that is refused, where that is possible.
    fn without(
        mut self,
        id: &str,
        found: &Found,
        failure: Failure,
        wanted: &Wanted,
    ) -> Result<Self, Failure> {
        match (wanted, reason_of(&failure)) {
            (Wanted::All, Some(reason)) if !found.is_named => {
                self.skipped.add(&found.path, &reason);
            }
            (Wanted::Some(_), Some(reason)) if !self.ids.contains(id) => {
                let broken = Broken {
                    id: id.to_owned(),
                    path: found.path.display().to_string(),
                    reason,
                };
                let registered = self.builder.register(broken);
                self.builder =
                    registered.map_err(|error| Failure::refused(error, Source::argument()))?;
            }
            _ => return Err(failure),
        }
        Ok(self)
    }
}

fn reason_of(failure: &Failure) -> Option<Diagnostic> {
    match failure {
        Failure::Refused { findings, .. } => findings.last().cloned(),
        _ => None,
    }
}

/// An encoder that cannot be loaded, which matters to those alone who ask for it.
#[derive(Debug)]
struct Broken {
    id: String,
    path: String,
    reason: Diagnostic,
}

impl Encoder for Broken {
    fn id(&self) -> &str {
        &self.id
    }

    fn protocols(&self) -> &[Protocol] {
        &[Protocol::Lora]
    }

    fn encode(
        &self,
        _: &Instruction<'_>,
        _: &Context<'_>,
        _: &mut Writer<'_>,
    ) -> Result<(), Error> {
        let (path, reason) = (quote(&self.path), &self.reason);
        let error = Error::new(reason.code, format!("`{path}`: {}", reason.message));
        Err(match &reason.expected {
            Some(expected) => error.expected(expected),
            None => error,
        })
    }
}

/// Whether the file says in which format of definitions it is; other tools have TOML files too.
fn has_format(source: &Source) -> bool {
    let is_format = |line: &str| {
        let rest = line.trim_start().strip_prefix("format");
        rest.is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    source.text().is_none_or(|text| text.lines().any(is_format))
}

fn no_definition() -> Error {
    Error::new(
        Code::DefinitionMissingKey,
        "not a definition, since it has no `format`",
    )
}

fn two_with_one_id(id: &str, path: &Path, another: Option<&Path>) -> Error {
    let (id, path) = (quote(id), path.display().to_string());
    let another = match another {
        Some(another) => format!("`{}`", quote(&another.display().to_string())),
        None => "another encoder".to_owned(),
    };
    Error::new(
        Code::RegistryDuplicate,
        format!("`{id}` is the id of `{}` and of {another}", quote(&path)),
    )
    .expected("a unique id")
    .hint_for(
        Audience::Operator,
        "name the script itself with --codec, or a folder with only one of them",
    )
}

/// A registry with nothing but a payload codec, which is called by its path.
pub(crate) fn codec_registry(path: &Path, data: Option<&str>) -> Result<Registry, Failure> {
    let id = path.display().to_string();
    match codec::register(Registry::builder(), path, &id, data)? {
        (builder, None) => Ok(builder.build()),
        (_, Some(failure)) => Err(failure),
    }
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
