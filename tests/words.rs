//! What the engine, the tool and the service say, in the words of the list in CONTRIBUTING.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};

/// The words of the column "instead of".
fn refused_words() -> Vec<String> {
    let page = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let (_, words) = page.split_once("## Words").expect("a list of words");
    let (words, _) = words.split_once("\n## ").expect("an end of the list");
    let rows = words.lines().filter(|line| line.starts_with("| "));
    let columns = rows.filter_map(|row| row.split('|').nth(2));
    columns
        .flat_map(|column| column.split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The files of source in a folder, tests left out.
fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for entry in entries {
        let is_rust = entry.extension().is_some_and(|it| it == "rs");
        if entry.is_dir() && !entry.ends_with("tests") {
            sources(&entry, files);
        } else if is_rust && !entry.ends_with("tests.rs") {
            files.push(entry);
        }
    }
}

/// The texts of a source: its literals with a blank in them, and what `--help` prints.
fn texts(source: &str, is_help: bool) -> Vec<String> {
    let source = source.split("#[cfg(test)]\nmod tests").next().unwrap();
    let mut texts = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find(['"', '/', '\'', 'r']) {
        let (_, found) = rest.split_at(at);
        rest = if let Some(comment) = found.strip_prefix("//") {
            let (line, rest) = comment.split_once('\n').unwrap_or((comment, ""));
            let help = line.strip_prefix("/ ").filter(|_| is_help);
            texts.extend(help.map(str::to_owned));
            rest
        } else if let Some(raw) = found.strip_prefix("r#\"") {
            let (text, rest) = raw.split_once("\"#").unwrap();
            texts.push(text.to_owned());
            rest
        } else if let Some(raw) = found.strip_prefix("r\"") {
            let (text, rest) = raw.split_once('"').unwrap();
            texts.push(text.to_owned());
            rest
        } else if found.starts_with("'\"'") || found.starts_with("'\\'") {
            found.get(3..).unwrap()
        } else if let Some(text) = found.strip_prefix('"') {
            let end = length(text);
            texts.push(text.get(..end).unwrap().to_owned());
            text.get(end + 1..).unwrap()
        } else {
            let mut characters = found.chars();
            characters.next();
            characters.as_str()
        };
    }
    texts.retain(|text| text.contains(' '));
    texts
}

/// Where a literal ends.
fn length(text: &str) -> usize {
    let mut is_escaped = false;
    text.find(|character| {
        let ends = character == '"' && !is_escaped;
        is_escaped = character == '\\' && !is_escaped;
        ends
    })
    .expect("the end of a literal")
}

/// Whether the word is in the text, as a whole.
fn has(text: &str, word: &str) -> bool {
    let is_letter = |character: Option<char>| character.is_some_and(char::is_alphabetic);
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (
            text.get(..at).unwrap(),
            text.get(at + word.len()..).unwrap(),
        );
        !is_letter(before.chars().next_back()) && !is_letter(after.chars().next())
    })
}

#[test]
fn errors_and_help_are_in_the_words_of_the_list() {
    let words = refused_words();
    assert!(words.len() > 30, "{words:?}");
    let (mut seen, mut found) = (0, Vec::new());
    for (folder, least) in [("src", 180), ("cli/src", 30), ("server/src", 150)] {
        let mut files = Vec::new();
        sources(&root().join(folder), &mut files);
        assert!(files.len() >= least, "{folder} has {} files", files.len());
        for file in files {
            let source = fs::read_to_string(&file).unwrap();
            let is_help = file.ends_with("args.rs") || file.ends_with("args/senml.rs");
            for text in texts(&source, is_help) {
                seen += 1;
                let words = words.iter().filter(|word| has(&text, word));
                found.extend(words.map(|word| format!("{}: `{word}` in {text:?}", file.display())));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(seen > 1500, "{seen} texts");
}

#[test]
fn a_word_is_found_in_a_literal_and_nowhere_else() {
    let source = "// behind\nlet a = '\"'; let b = \"it is \\\"behind\\\" it\"; /// behind it\nlet c = r#\"twice in it\"#;";
    assert_eq!(
        texts(source, false),
        ["it is \\\"behind\\\" it", "twice in it"]
    );
    assert_eq!(texts(source, true).len(), 3);
    assert!(has("it is behind it", "behind") && !has("behindhand it", "behind"));
}
