//! The document that `GET /openapi.json` serves: the files of `openapi/` as one.
//!
//! Each file is a document of its own, and several have operations and components of one name. In
//! the whole, a component that is the same in every file is there once. Of others, and of
//! operations, those of a protocol get its prefix: `DownlinkStatus` of `lora-downlinks.json`
//! becomes `LoraDownlinkStatus`. A file refers to another by its name, and to the schemas of the
//! engine by theirs. What `x-members` of the extensions holds are members that schemas of the other
//! files gain.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

/// The files, with the prefix of each and its text.
const FILES: [(&str, &str, &str); 6] = [
    (
        "downlinks",
        "",
        include_str!("../../openapi/downlinks.json"),
    ),
    (
        "http-downlinks",
        "http",
        include_str!("../../openapi/http-downlinks.json"),
    ),
    (
        "lora-downlinks",
        "lora",
        include_str!("../../openapi/lora-downlinks.json"),
    ),
    (
        "mqtt-downlinks",
        "mqtt",
        include_str!("../../openapi/mqtt-downlinks.json"),
    ),
    (
        "sms-downlinks",
        "sms",
        include_str!("../../openapi/sms-downlinks.json"),
    ),
    (
        "extensions",
        "",
        include_str!("../../openapi/extensions.json"),
    ),
];

/// Schemas of the engine that a file names in place of a schema of its own.
const ENGINE_SCHEMAS: [(&str, &str); 2] = [
    (
        "../../schema/description.schema.json",
        include_str!("../../../schema/description.schema.json"),
    ),
    (
        "../../schema/preview.schema.json",
        include_str!("../../../schema/preview.schema.json"),
    ),
];

/// Why the files do not make one document. No request causes it.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A file is not JSON.
    #[error("`{0}` is not JSON: {1}")]
    Json(&'static str, serde_json::Error),
    /// Two files have different entries of one name.
    #[error("two files have different entries `{0}`")]
    Clash(String),
    /// `x-members` names a schema that no file has.
    #[error("`x-members` names `{0}`, which is not a schema with properties")]
    Members(String),
}

/// The whole, as served under this URL.
pub fn document(server: &str) -> Result<Value, Fault> {
    let files = read()?;
    let names = Names::of(&files);
    let mut whole = Whole::default();
    for file in &files {
        whole.take(file, &names)?;
    }
    for file in &files {
        whole.extend(file, &names)?;
    }
    Ok(whole.into_document(server))
}

/// One operation, for whoever holds routes to the document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Operation {
    /// The path, with its parameters in braces.
    pub path: String,
    /// The method, in upper case.
    pub method: String,
    /// The scope that the bearer token needs; absent where none is asked for.
    pub scope: Option<String>,
}

/// Every operation of a document, sorted by path and method.
#[must_use]
pub fn operations(document: &Value) -> Vec<Operation> {
    let mut operations: Vec<_> = members(document.get("paths"))
        .flat_map(|(path, item)| members(Some(item)).map(move |it| (path, it)))
        .map(|(path, (method, operation))| Operation {
            path: path.clone(),
            method: method.to_uppercase(),
            scope: scope(operation),
        })
        .collect();
    operations.sort();
    operations
}

fn scope(operation: &Value) -> Option<String> {
    let scope = operation.pointer("/security/0/BearerAuth/0")?;
    scope.as_str().map(str::to_owned)
}

fn members(object: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    object.and_then(Value::as_object).into_iter().flatten()
}

/// A file of the folder.
#[derive(Debug)]
struct File {
    prefix: &'static str,
    value: Value,
}

fn read() -> Result<Vec<File>, Fault> {
    FILES
        .into_iter()
        .map(|(name, prefix, text)| {
            let mut value = serde_json::from_str(text).map_err(|error| Fault::Json(name, error))?;
            embed(&mut value)?;
            Ok(File { prefix, value })
        })
        .collect()
}

/// Puts the engine's schemas where a file names them.
fn embed(document: &mut Value) -> Result<(), Fault> {
    let schemas = document.pointer_mut("/components/schemas");
    for (name, schema) in schemas.and_then(Value::as_object_mut).into_iter().flatten() {
        let place = schema.get("$ref").and_then(Value::as_str);
        let engine = ENGINE_SCHEMAS.iter().find(|(it, _)| Some(*it) == place);
        if let Some((place, text)) = engine {
            let text = serde_json::from_str(text).map_err(|error| Fault::Json(place, error))?;
            *schema = embedded(name, &text);
        }
    }
    Ok(())
}

/// A schema that was a document of its own, as a component: what it names moves with it.
fn embedded(name: &str, schema: &Value) -> Value {
    let below = format!("#/components/schemas/{name}/");
    let mut schema = map_texts(schema, "", &|key, text| match text.strip_prefix("#/") {
        Some(place) if key == "$ref" => format!("{below}{place}"),
        _ => text.to_owned(),
    });
    if let Some(members) = schema.as_object_mut() {
        members.remove("$schema");
    }
    schema
}

impl File {
    fn components(&self) -> impl Iterator<Item = (&String, &String, &Value)> {
        members(self.value.get("components")).flat_map(|(kind, entries)| {
            members(Some(entries)).map(move |(name, it)| (kind, name, it))
        })
    }
}

/// What the names of the files become in the whole.
#[derive(Debug)]
struct Names {
    /// Kind and name of the components that are not the same in every file.
    differing: BTreeSet<(String, String)>,
}

impl Names {
    fn of(files: &[File]) -> Self {
        let mut seen = BTreeMap::new();
        let mut differing = BTreeSet::new();
        for (kind, name, entry) in files.iter().flat_map(File::components) {
            let entry = map_texts(entry, "", &|_, text| local(text).to_owned());
            let key = (kind.clone(), name.clone());
            if *seen.entry(key.clone()).or_insert_with(|| entry.clone()) != entry {
                differing.insert(key);
            }
        }
        Self { differing }
    }

    /// The name of a component of the file with this prefix.
    fn component(&self, kind: &str, name: &str, prefix: &str) -> String {
        let key = (kind.to_owned(), name.to_owned());
        let prefix = if self.differing.contains(&key) {
            prefix
        } else {
            ""
        };
        prefixed(prefix, name)
    }

    /// A part of a file, with all that it names.
    fn rewrite(&self, part: &Value, file: &File) -> Value {
        map_texts(part, "", &|key, text| match key {
            "operationId" => prefixed(file.prefix, text),
            "operationRef" => text.trim_start_matches(|it| it != '#').to_owned(),
            _ => self
                .reference(text, file)
                .unwrap_or_else(|| text.to_owned()),
        })
    }

    fn reference(&self, text: &str, file: &File) -> Option<String> {
        let (other, place) = text.split_once("#/components/")?;
        let prefix = match other.strip_suffix(".json") {
            Some(other) => FILES.iter().find(|(name, ..)| *name == other)?.1,
            None => file.prefix,
        };
        let (kind, name) = place.split_once('/')?;
        Some(format!(
            "#/components/{kind}/{}",
            self.component(kind, name, prefix)
        ))
    }
}

/// A reference without its file.
fn local(text: &str) -> &str {
    let place = text.find("#/components/");
    place.and_then(|place| text.get(place..)).unwrap_or(text)
}

/// The prefix and the name in the case of the name: `loraSort`, `LoraDownlinkStatus`.
fn prefixed(prefix: &str, name: &str) -> String {
    match name.chars().next() {
        _ if prefix.is_empty() => name.to_owned(),
        Some(first) if first.is_uppercase() => capitalized(prefix) + name,
        _ => prefix.to_owned() + &capitalized(name),
    }
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(chars)
        .collect()
}

/// The value with each text replaced by what is made of it and of the key before it.
fn map_texts(value: &Value, key: &str, change: &dyn Fn(&str, &str) -> String) -> Value {
    match value {
        Value::String(text) => change(key, text).into(),
        Value::Array(items) => items
            .iter()
            .map(|item| map_texts(item, key, change))
            .collect(),
        Value::Object(members) => members
            .iter()
            .map(|(key, member)| (key.clone(), map_texts(member, key, change)))
            .collect(),
        other => other.clone(),
    }
}

/// The document while it is put together.
#[derive(Debug, Default)]
struct Whole {
    tags: Vec<Value>,
    paths: Map<String, Value>,
    components: BTreeMap<String, Map<String, Value>>,
}

impl Whole {
    fn take(&mut self, file: &File, names: &Names) -> Result<(), Fault> {
        let tags = file.value.get("tags").and_then(Value::as_array);
        self.tags.extend(tags.into_iter().flatten().cloned());
        for (path, item) in members(file.value.get("paths")) {
            add(&mut self.paths, path, names.rewrite(item, file))?;
        }
        for (kind, name, entry) in file.components() {
            let entries = self.components.entry(kind.clone()).or_default();
            let name = names.component(kind, name, file.prefix);
            add(entries, &name, names.rewrite(entry, file))?;
        }
        Ok(())
    }

    fn extend(&mut self, file: &File, names: &Names) -> Result<(), Fault> {
        for (schema, extension) in members(file.value.get("x-members")) {
            let properties = self
                .components
                .get_mut("schemas")
                .and_then(|schemas| {
                    schemas
                        .get_mut(schema)?
                        .get_mut("properties")?
                        .as_object_mut()
                })
                .ok_or_else(|| Fault::Members(schema.clone()))?;
            for (name, member) in members(Some(extension)) {
                add(properties, name, names.rewrite(member, file))?;
            }
        }
        Ok(())
    }

    fn into_document(self, server: &str) -> Value {
        json!({
            "openapi": "3.1.0",
            "info": { "title": "Downlinks", "version": env!("CARGO_PKG_VERSION") },
            "servers": [{ "url": server }],
            "tags": self.tags,
            "paths": self.paths,
            "components": self.components,
        })
    }
}

fn add(entries: &mut Map<String, Value>, name: &str, entry: Value) -> Result<(), Fault> {
    match entries.get(name) {
        Some(there) if *there != entry => Err(Fault::Clash(name.to_owned())),
        _ => {
            entries.insert(name.to_owned(), entry);
            Ok(())
        }
    }
}
