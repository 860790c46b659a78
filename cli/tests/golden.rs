//! What the tool prints, file by file: `cli/tests/cli/*.txt`.
//!
//! ```text
//! # What it shows.
//! $ downlink list --filter vicki
//! exit 0
//! --- stdout
//! ...
//! --- stderr
//! ...
//! ```
//!
//! Commands run at the root of the repository; `< FILE` gives standard input. Files `codec-*` need
//! the feature `js`, files `without-js-*` need it off. With `BLESS=1` the files are written anew;
//! read the difference.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// How many files there are, so that none is lost without being missed.
const FILES: usize = 212;

#[test]
fn every_command_prints_what_its_file_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let is_blessing = std::env::var_os("BLESS").is_some();
    let mut differing = Vec::new();
    for path in files.iter().filter(|path| is_for_this_build(path)) {
        let golden = fs::read_to_string(path).unwrap();
        let printed = run(&golden);
        if is_blessing {
            fs::write(path, printed).unwrap();
        } else if printed != golden {
            differing.push(format!(
                "{}\n{}",
                path.display(),
                difference(&golden, &printed)
            ));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
    assert_eq!(files.len(), FILES);
}

/// Whether the feature is on or off, as the file needs it.
fn is_for_this_build(path: &Path) -> bool {
    let other = if cfg!(feature = "js") {
        "without-js-"
    } else {
        "codec-"
    };
    !path
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .starts_with(other)
}

/// Runs the command of a file, and writes the file as it would be right.
fn run(golden: &str) -> String {
    let is_head = |line: &&str| line.starts_with(['#', '$']);
    let head: Vec<&str> = golden.lines().take_while(is_head).collect();
    let line = head
        .last()
        .and_then(|line| line.strip_prefix("$ downlink "))
        .expect("a command");
    let (arguments, input) = match line.split_once(" < ") {
        Some((arguments, input)) => (arguments, Some(input)),
        None => (line, None),
    };
    let output = tool()
        .args(words(arguments))
        .stdin(input.map_or(Stdio::null(), |input| {
            File::open(root().join(input)).unwrap().into()
        }))
        .output()
        .unwrap();
    format!(
        "{}\nexit {}\n--- stdout\n{}--- stderr\n{}",
        head.join("\n"),
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

fn tool() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_downlink"));
    command
        .current_dir(root())
        .env_remove("DOWNLINK_DEVICES")
        .env("COLUMNS", "100");
    command
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Words as a shell splits them, as far as single quotes go.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut is_quoted) = (String::new(), false);
    for character in line.chars() {
        match character {
            '\'' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(std::mem::take(&mut word)),
            other => word.push(other),
        }
    }
    words.push(word);
    words
}

/// The first line that differs.
fn difference(golden: &str, printed: &str) -> String {
    let (mut golden, mut printed) = (golden.lines(), printed.lines());
    loop {
        match (golden.next(), printed.next()) {
            (None, None) => return "  the ends of the lines differ".to_owned(),
            (wanted, found) if wanted != found => {
                return format!("  expected {wanted:?}\n  found    {found:?}");
            }
            _ => {}
        }
    }
}
