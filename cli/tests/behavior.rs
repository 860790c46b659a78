//! How the tool behaves towards files, streams, pipes and its environment.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

const REQUEST: &str = r#"{"externalReference": "REFERENCE", "instruction": [{"bn": "urn:dev:DEVEUI:0059AC0000000001:", "n": "tdc", "v": 600}], "method": {"protocol": "LORA"}}"#;

/// What the request above becomes.
const PAYLOAD: &str = "01000258";

#[test]
fn the_example_requests_are_shown_and_encoded() {
    let mut seen = 0;
    for entry in fs::read_dir(root().join("examples/requests")).unwrap() {
        let path = entry.unwrap().path();
        let request = path.to_str().unwrap();
        let devices = ["--devices", "examples/devices.toml"];
        for command in ["preview", "encode"] {
            let output = run(tool().arg(command).arg(request).args(devices));
            assert_eq!(output.status.code(), Some(0), "{request}");
            assert!(
                !output.stdout.is_empty() && output.stderr.is_empty(),
                "{request}"
            );
        }
        seen += 1;
    }
    assert_eq!(seen, 11);
}

#[test]
fn the_device_file_is_the_one_of_the_environment_or_of_the_folder() {
    let input = root().join("cli/tests/input");
    let named = run(tool()
        .args(["encode", "cli/tests/input/lint.json"])
        .env("DOWNLINK_DEVICES", input.join("devices.toml")));
    assert_eq!(named.status.code(), Some(0));
    let in_folder = run(tool().current_dir(&input).args(["encode", "lint.json"]));
    assert_eq!(in_folder.status.code(), Some(0));
    let nowhere = run(tool().args(["encode", "cli/tests/input/lint.json"]));
    assert_eq!(nowhere.status.code(), Some(65));
    let missing = run(tool()
        .args(["encode", "cli/tests/input/lint.json"])
        .env("DOWNLINK_DEVICES", input.join("nothing.toml")));
    assert_eq!(missing.status.code(), Some(66));
}

#[test]
fn a_pipe_that_is_closed_is_no_error() {
    let mut child = spawn(&["list"]);
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
}

/// A package whose script requires a file that is a link.
#[cfg(all(unix, feature = "js"))]
fn linked(name: &str, target: &Path) -> Output {
    use std::os::unix::fs::symlink;
    let folder = env::temp_dir().join(format!("downlink-{name}-{}", std::process::id()));
    let package = folder.join("acme/lamp");
    fs::create_dir_all(package.join("lib")).unwrap();
    let script = "exports.encodeDownlink = () => ({ fPort: 2, bytes: require('./enc.js').bytes });";
    fs::write(package.join("index.js"), script).unwrap();
    fs::write(package.join("lib/enc.js"), "exports.bytes = [1];").unwrap();
    fs::write(folder.join("enc.js"), "exports.bytes = [2];").unwrap();
    symlink(target, package.join("enc.js")).unwrap();
    // A folder in itself ends the search no less.
    symlink(&folder, folder.join("acme/again")).unwrap();
    let path = folder.to_str().unwrap();
    let output = run(tool().args([
        "preview",
        "--format",
        "hex",
        "--encoders",
        path,
        "--encoder",
        "acme/lamp",
        "--set",
        "on=true",
    ]));
    fs::remove_dir_all(&folder).unwrap();
    output
}

#[cfg(all(unix, feature = "js"))]
#[test]
fn a_link_does_not_lead_out_of_a_package() {
    let inside = linked("inside", Path::new("lib/enc.js"));
    assert_eq!(String::from_utf8(inside.stdout).unwrap(), "01\n");
    let outside = linked("outside", Path::new("../../enc.js"));
    assert_eq!(outside.status.code(), Some(65));
    let error = String::from_utf8(outside.stderr).unwrap();
    assert!(error.contains("error[codec/package]"), "{error}");
    assert!(error.contains("outside the package"), "{error}");
}

#[test]
fn nothing_is_styled_beside_a_terminal() {
    let output = run(tool().args(["encode", "cli/tests/input/empty.json"]));
    assert!(!output.stderr.contains(&0x1b));
}

#[test]
fn no_color_stands_above_what_asks_for_color() {
    let colored = |variables: &[(&str, &str)]| {
        let variables = variables.iter().copied();
        run(tool()
            .args(["encode", "cli/tests/input/empty.json"])
            .envs(variables))
    };
    assert!(colored(&[("CLICOLOR_FORCE", "1")]).stderr.contains(&0x1b));
    let plain = colored(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]);
    assert!(!plain.stderr.contains(&0x1b));
}

#[test]
fn a_line_is_answered_before_the_next_one_comes() {
    let mut child = ndjson(&[]);
    let mut input = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    for number in 1..=3 {
        writeln!(input, "{REQUEST}").unwrap();
        let answer: Value = serde_json::from_str(&answers.next().unwrap().unwrap()).unwrap();
        assert_eq!(answer["line"], number);
    }
    drop(input);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn many_lines_keep_their_order() {
    let lines = 5_000;
    let mut child = ndjson(&[]);
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        for number in 1..=lines {
            writeln!(
                input,
                "{}",
                REQUEST.replace("REFERENCE", &number.to_string())
            )
            .unwrap();
        }
    });
    let answers = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut seen = 0;
    for (index, answer) in answers.enumerate() {
        let answer: Value = serde_json::from_str(&answer.unwrap()).unwrap();
        assert_eq!(answer["line"], index + 1);
        assert_eq!(answer["externalReference"], (index + 1).to_string());
        assert_eq!(
            answer["documents"][0]["document"]["message"]["payloadHex"],
            PAYLOAD
        );
        seen += 1;
    }
    writer.join().unwrap();
    assert_eq!(seen, lines);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_first_refusal_is_the_end_though_more_may_come() {
    let mut child = ndjson(&[]);
    let mut input = child.stdin.take().unwrap();
    write!(input, "{REQUEST}\nnothing\n{REQUEST}\n").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(65));
    let answers = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(answers.count(), 2);
}

#[test]
fn refusals_stand_among_the_answers() {
    let lines = 2_000;
    let mut child = ndjson(&["--keep-going"]);
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        for number in 1..=lines {
            let line = if number % 3 == 0 { "[]" } else { REQUEST };
            writeln!(input, "{line}").unwrap();
        }
    });
    let answers = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut seen = 0;
    for (number, answer) in (1..).zip(answers) {
        let answer: Value = serde_json::from_str(&answer.unwrap()).unwrap();
        assert_eq!(answer["line"], number);
        assert_eq!(answer["error"].is_object(), number % 3 == 0);
        assert_eq!(answer["documents"].is_array(), number % 3 != 0);
        seen += 1;
    }
    writer.join().unwrap();
    assert_eq!(seen, lines);
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn a_line_becomes_the_documents_that_its_request_becomes() {
    let devices = ["--devices", "examples/devices.toml"];
    let mut seen = 0;
    for entry in fs::read_dir(root().join("examples/requests")).unwrap() {
        let request: Value =
            serde_json::from_slice(&fs::read(entry.unwrap().path()).unwrap()).unwrap();
        let answered = |arguments: &[&str]| {
            let mut child = spawn(&[&["encode", "-"], &devices[..], arguments].concat());
            writeln!(child.stdin.take().unwrap(), "{request}").unwrap();
            let output = child.wait_with_output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{request}");
            String::from_utf8(output.stdout).unwrap()
        };
        let documents: Vec<Value> = answered(&[])
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        // Not all are read in the same way.
        for arguments in [&["--ndjson"][..], &["--ndjson", "--profile", "strict"]] {
            let answer: Value = serde_json::from_str(&answered(arguments)).unwrap();
            let line = answer["documents"].as_array().unwrap();
            let line: Vec<&Value> = line.iter().map(|it| &it["document"]).collect();
            assert_eq!(line, documents.iter().collect::<Vec<_>>());
        }
        seen += 1;
    }
    assert_eq!(seen, 11);
}

#[test]
fn a_line_that_is_too_long_is_counted_and_not_kept() {
    let mut child = ndjson(&["--keep-going"]);
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        for _ in 0..1024 {
            input.write_all(&vec![b'x'; 64 * 1024]).unwrap();
        }
        writeln!(input, "\n{REQUEST}").unwrap();
    });
    let mut answers = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut answers)
        .unwrap();
    writer.join().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let answers: Vec<Value> = answers
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), 2);
    assert_eq!(answers[0]["error"]["code"], "limit/request");
    assert_eq!(answers[0]["error"]["found"], (64 * 1024 * 1024).to_string());
    assert_eq!(answers[1]["line"], 2);
}

#[test]
fn a_pack_means_the_same_in_both_formats() {
    let encode = |input: &str| {
        let devices = ["--devices", "cli/tests/input/devices.toml"];
        run(tool()
            .args(["encode", input, "--protocol", "LORA"])
            .args(devices))
        .stdout
    };
    let from_json = encode("cli/tests/input/pack.json");
    assert!(!from_json.is_empty());
    assert_eq!(from_json, encode("cli/tests/input/pack.cbor"));
}

#[test]
fn a_built_in_definition_passes_its_own_check() {
    let output = run(tool().args(["check", "encoders"]));
    assert_eq!(output.status.code(), Some(0));
    let listed = run(tool().arg("list"));
    let generic = run(tool().args(["list", "--filter", "generic/"]));
    let checked = String::from_utf8(output.stdout).unwrap().lines().count() - 1;
    let lines = |output: &Output| String::from_utf8_lossy(&output.stdout).lines().count();
    assert_eq!(checked, lines(&listed) - lines(&generic));
}

#[test]
fn every_encoder_has_a_page() {
    let listed = run(tool().args(["list", "--format", "json"]));
    let listed: Vec<Value> = serde_json::from_slice(&listed.stdout).unwrap();
    assert!(listed.len() > 10);
    for encoder in &listed {
        let id = encoder["id"].as_str().unwrap();
        let output = run(tool().args(["show", id]));
        assert_eq!(output.status.code(), Some(0), "{id}");
        let page = String::from_utf8(output.stdout).unwrap();
        assert!(
            page.starts_with(id) && page.contains("\nPROTOCOL\n"),
            "{id}"
        );
    }
}

#[test]
fn every_shell_has_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = run(tool().args(["completions", shell]));
        assert_eq!(output.status.code(), Some(0));
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(script.contains("devices"), "{shell}");
    }
}

fn ndjson(arguments: &[&str]) -> Child {
    let common = [
        "encode",
        "--ndjson",
        "--devices",
        "cli/tests/input/devices.toml",
    ];
    spawn(&[&common, arguments].concat())
}

fn spawn(arguments: &[&str]) -> Child {
    tool()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

fn run(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().unwrap()
}

/// The tool at the root of the repository, without what the environment would say to it.
fn tool() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_downlink"));
    command.current_dir(root());
    for variable in ["DOWNLINK_DEVICES", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        command.env_remove(variable);
    }
    command
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}
