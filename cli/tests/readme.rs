//! What the README shows of the tool is what it prints.
//!
//! `BLESS=1 cargo test -p downlink-cli --test readme` writes it anew.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Commands of the tool that the README shows, so that none is missed.
const COMMANDS: usize = 4;

#[test]
fn the_readme_shows_what_the_commands_print() {
    let file = root().join("README.md");
    let readme = fs::read_to_string(&file).unwrap();
    let mut expected = String::new();
    let mut count = 0;
    let mut blocks = readme.split("```");
    while let Some(text) = blocks.next() {
        expected += text;
        let Some(block) = blocks.next() else { break };
        let block = match block.strip_prefix("console\n$ ") {
            Some(shown) => {
                let command = shown.lines().next().unwrap();
                let output = output(command);
                count += usize::from(output.is_some());
                let current = output.map(|output| format!("console\n$ {command}\n{output}"));
                current.unwrap_or_else(|| block.to_owned())
            }
            None => block.to_owned(),
        };
        expected += &["```", &block, "```"].concat();
    }
    assert_eq!(count, COMMANDS);
    if env::var_os("BLESS").is_some() {
        fs::write(&file, &expected).unwrap();
    }
    let is_current = fs::read_to_string(&file).unwrap() == expected;
    assert!(
        is_current,
        "README.md is not current: BLESS=1 cargo test -p downlink-cli --test readme"
    );
}

/// What a command prints, if it is one of the tool.
fn output(command: &str) -> Option<String> {
    let arguments = ["downlink ", "cargo run -p downlink-cli -- "]
        .iter()
        .find_map(|program| command.strip_prefix(program))?;
    let tool = Path::new(env!("CARGO_BIN_EXE_downlink"));
    let output = Command::new("sh")
        .arg("-c")
        .arg(format!("exec 2>&1\n'{}' {arguments}", tool.display()))
        .current_dir(root())
        .env_remove("DOWNLINK_DEVICES")
        .env("COLUMNS", "100")
        .output()
        .unwrap();
    Some(String::from_utf8(output.stdout).unwrap())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}
