//! What the README and the catalogue show is what there is.
//!
//! `BLESS=1 cargo test --test readme` writes the generated parts anew.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use downlink::encoder::Registry;
use downlink::encoder::definition::Definition;

/// The definitions that the tables must have at the least.
const DEFINITIONS: usize = 60;

fn path(file: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

fn read(file: &str) -> String {
    fs::read_to_string(path(file)).unwrap_or_default()
}

/// Compares a file with what it should be, or writes it.
fn assert_current(file: &str, expected: &str) {
    if env::var_os("BLESS").is_some() {
        fs::write(path(file), expected).unwrap();
    }
    let is_current = read(file) == expected;
    assert!(
        is_current,
        "{file} is not current: BLESS=1 cargo test --test readme"
    );
}

/// The text with `part` between the two marks.
fn with_part(text: &str, start: &str, end: &str, part: &str) -> String {
    let (before, rest) = text.split_once(start).expect(start);
    let (_, after) = rest.split_once(end).expect(end);
    [before, start, part, end, after].concat()
}

#[test]
fn the_readme_shows_the_library_as_it_runs_and_counts_the_devices() {
    let readme = with_part(&read("README.md"), "```rust\n", "```", &library());
    let (start, end) = ("<!-- devices -->\n", "<!-- end of devices -->");
    assert_current("README.md", &with_part(&readme, start, end, &devices()));
}

/// The example without what every program has around it.
fn library() -> String {
    let example = read("examples/library.rs");
    let (head, rest) = example.split_once("fn main()").unwrap();
    let (_, body) = rest.split_once("{\n").unwrap();
    let (body, _) = body.split_once("    Ok(())").unwrap();
    let head = head.lines().filter(|line| line.starts_with("use "));
    let body = body
        .lines()
        .map(|line| line.strip_prefix("    ").unwrap_or(line));
    let shown: Vec<&str> = head.chain([""]).chain(body).collect();
    let lines = shown.iter().filter(|line| !line.is_empty()).count();
    assert_eq!(lines, 12);
    shown.join("\n") + "\n"
}

/// How many there are, of how many vendors.
fn devices() -> String {
    let registry = Registry::builder().builtin().unwrap().build();
    let mut counts = Counts::default();
    for definition in registry.iter().filter_map(Definition::of) {
        counts.add(definition);
    }
    assert!(counts.definitions >= DEFINITIONS);
    format!("\n{}\n\n", counts.summary())
}

#[test]
fn an_encoder_of_ones_own_takes_fewer_than_forty_lines() {
    let example = read("examples/custom_encoder.rs");
    let lines = example.lines().filter(|line| !line.is_empty()).count();
    assert!((20..40).contains(&lines), "{lines} lines");
}

#[test]
fn the_catalogue_lists_every_encoder_with_its_source() {
    let registry = Registry::builder().builtin().unwrap().build();
    let mut page = HEAD.to_owned();
    let mut definitions = 0;
    for encoder in registry.iter() {
        let (id, title) = (encoder.id(), encoder.title());
        let protocols: Vec<&str> = encoder.protocols().iter().map(|it| it.as_str()).collect();
        let protocols = protocols.join(", ");
        let Some(definition) = Definition::of(encoder) else {
            writeln!(page, "| `{id}` | {title} | {protocols} | | code | |").unwrap();
            continue;
        };
        definitions += 1;
        let (commands, source) = (definition.commands().len(), definition.source());
        let evidence = definition.evidence().as_str();
        let file = format!("[`{id}`](../encoders/{id}.toml)");
        let source = source.replace('|', "\\|");
        writeln!(
            page,
            "| {file} | {title} | {protocols} | {commands} | {evidence} | {source} |"
        )
        .unwrap();
    }
    assert!(definitions >= DEFINITIONS);
    assert_current("docs/devices.md", &page);
}

const HEAD: &str = "\
# Devices

Every encoder that comes with the crate. Evidence says what a definition was written from: the vendor's *manual*, a
published *codec* of the vendor, or *vectors* only, which are published examples and the weakest of the three. This page
is generated from the registry.

| encoder | device | protocol | commands | evidence | source |
|---|---|---|---|---|---|
";

#[derive(Default)]
struct Counts {
    vendors: BTreeSet<String>,
    definitions: usize,
    commands: usize,
    by_evidence: BTreeMap<&'static str, usize>,
}

impl Counts {
    fn add(&mut self, definition: &Definition) {
        let (vendor, _) = definition.id().split_once('/').unwrap();
        self.vendors.insert(vendor.to_owned());
        self.definitions += 1;
        self.commands += definition.commands().len();
        *self
            .by_evidence
            .entry(definition.evidence().as_str())
            .or_default() += 1;
    }

    fn summary(&self) -> String {
        let of = |evidence| self.by_evidence.get(evidence).copied().unwrap_or_default();
        format!(
            "{} definitions of {} vendors with {} commands come with the crate: {} written from the vendor's manual, {} \
             from its\npublished codec, {} from published examples only. [docs/devices.md](docs/devices.md) lists each with \
             its source. Beside them\nstand `generic/raw` and the SenML encoders, which need no definition.",
            self.definitions,
            self.vendors.len(),
            self.commands,
            of("manual"),
            of("codec"),
            of("vectors"),
        )
    }
}
