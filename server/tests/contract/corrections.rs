//! `CORRECTIONS.md` lists every difference from what is published, and nothing else.

use serde_json::Value;

use crate::facts::{self, Facts};
use crate::sources::{sources, whole};

const LIST: &str = include_str!("../../openapi/CORRECTIONS.md");

#[test]
fn every_difference_is_a_correction_and_every_correction_a_difference() {
    let differences = differences();
    let corrections = corrections();
    let unlisted: Vec<_> = differences
        .iter()
        .filter(|difference| !corrections.iter().any(|it| it.names(difference)))
        .map(Difference::row)
        .collect();
    assert!(
        unlisted.is_empty(),
        "not in CORRECTIONS.md:\n{}",
        unlisted.join("\n")
    );
    let documents = sources().map(|source| source.name);
    let unfounded: Vec<_> = corrections
        .iter()
        .flat_map(|it| documents.map(|document| (it, document)))
        .filter(|(it, document)| matches(&it.document, document))
        .filter(|(it, document)| {
            let mut within = differences
                .iter()
                .filter(|there| there.document == *document);
            !within.any(|difference| it.names(difference))
        })
        .map(|(it, document)| format!("{document} {}", it.at))
        .collect();
    assert!(unfounded.is_empty(), "not in the documents: {unfounded:#?}");
    assert!(differences.len() > 300 && corrections.len() > 30);
}

#[test]
fn a_document_has_the_version_of_the_published_one() {
    for source in sources() {
        assert_eq!(
            source.document["info"]["version"], source.table["version"],
            "{}",
            source.name
        );
    }
}

/// What the service says otherwise than it is published.
#[derive(Debug)]
struct Difference {
    document: &'static str,
    at: String,
    published: Option<Value>,
    ours: Option<Value>,
}

impl Difference {
    /// As a row of the list.
    fn row(&self) -> String {
        let value = |value: &Option<Value>| match value {
            Some(value) => format!("`{}`", value.to_string().replace('|', "\\|")),
            None => "–".to_owned(),
        };
        let (published, ours) = (value(&self.published), value(&self.ours));
        format!(
            "| `{}` | `{}` | {published} | {ours} |",
            self.document, self.at
        )
    }
}

fn differences() -> Vec<Difference> {
    let whole = whole();
    let mut differences = Vec::new();
    for source in sources() {
        let mut published = facts::of_table(&source.table);
        let ours: Facts = facts::of_document(&source.document, &whole);
        for (at, ours) in ours {
            let published = published.remove(&at);
            if published.as_ref() != Some(&ours) {
                differences.push(Difference {
                    document: source.name,
                    at,
                    published,
                    ours: Some(ours),
                });
            }
        }
        differences.extend(published.into_iter().map(|(at, published)| Difference {
            document: source.name,
            at,
            published: Some(published),
            ours: None,
        }));
    }
    differences
}

/// A row of the list.
#[derive(Debug)]
struct Correction {
    /// The name of a document, or `*` for all.
    document: String,
    /// The place; `*` stands for anything within one of its names.
    at: String,
    published: Option<Value>,
    ours: Option<Value>,
}

impl Correction {
    fn names(&self, difference: &Difference) -> bool {
        matches(&self.document, difference.document)
            && self.at.split('.').count() == difference.at.split('.').count()
            && self
                .at
                .split('.')
                .zip(difference.at.split('.'))
                .all(|(glob, name)| matches(glob, name))
            && self.published == difference.published
            && self.ours == difference.ours
    }
}

fn matches(glob: &str, name: &str) -> bool {
    match glob.split_once('*') {
        None => glob == name,
        Some((start, end)) => name
            .strip_prefix(start)
            .is_some_and(|rest| rest.ends_with(end)),
    }
}

/// The rows of the tables, in which a cell is code or a dash for what is absent.
fn corrections() -> Vec<Correction> {
    LIST.lines()
        .filter_map(|line| line.strip_prefix("| `")?.strip_suffix(" |"))
        .map(|line| {
            let cells: Vec<_> = line
                .split(" | ")
                .map(|cell| cell.trim_matches('`'))
                .collect();
            let [document, at, published, ours] = cells[..] else {
                panic!("a row has four cells: {line}")
            };
            let value = |cell: &str| {
                (cell != "–").then(|| serde_json::from_str(&cell.replace("\\|", "|")).unwrap())
            };
            Correction {
                document: document.to_owned(),
                at: at.to_owned(),
                published: value(published),
                ours: value(ours),
            }
        })
        .collect()
}
