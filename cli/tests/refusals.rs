//! Wrong inputs: each has its own code, its place, what was expected, and the nearest right name.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

/// An input, its code, its place, and the hint where a name is near.
type Refusal = (
    &'static str,
    &'static str,
    Option<(&'static str, u64, u64)>,
    Option<&'static str>,
);

const REFUSALS: [Refusal; 17] = [
    (
        "typo-in-command.json",
        "encode/unknown-command",
        Some(("/instruction/0/n", 3, 53)),
        Some("did you mean `relay`?"),
    ),
    (
        "out-of-range.json",
        "encode/out-of-range",
        Some(("/instruction/1/v", 4, 23)),
        None,
    ),
    (
        "missing-argument.json",
        "encode/missing-argument",
        Some(("/instruction/0/n", 3, 53)),
        Some("send each argument in a separate record"),
    ),
    (
        "wrong-unit.json",
        "encode/unit",
        Some(("/instruction/0/u", 3, 65)),
        None,
    ),
    (
        "unknown-device.json",
        "device/unknown",
        Some(("/instruction/0/bn", 3, 12)),
        Some("add the device to the device file, or name an encoder"),
    ),
    (
        "unknown-encoder.json",
        "encoder/unknown",
        Some(("/instruction/0/bn", 3, 12)),
        Some("did you mean `dragino/lt-22222-l`?"),
    ),
    (
        "port-0.json",
        "encode/port-range",
        Some(("/method/fPort", 5, 43)),
        None,
    ),
    (
        "port-224.json",
        "encode/port-range",
        Some(("/method/fPort", 5, 43)),
        None,
    ),
    (
        "too-many-bytes.json",
        "limit/payload",
        Some(("/instruction", 2, 18)),
        Some("EU868 DR3 carries 115 bytes"),
    ),
    (
        "number-for-boolean.json",
        "encode/type",
        Some(("/instruction/0/v", 3, 74)),
        Some("use `vb` with true or false"),
    ),
    (
        "unknown-label.json",
        "instruction/unknown-label",
        Some(("/instruction/0/unit", 3, 68)),
        Some("did you mean `u`?"),
    ),
    (
        "fraction-for-relay.json",
        "encode/not-exact",
        Some(("/instruction/0/v", 3, 96)),
        None,
    ),
    (
        "two-devices.json",
        "instruction/two-devices",
        Some(("/instruction/1/bn", 4, 12)),
        Some("send one instruction for each device"),
    ),
    (
        "negative-retry-limit.json",
        "request/range",
        Some(("/retryLimit", 6, 17)),
        None,
    ),
    (
        "short-feedback-timeout.json",
        "request/feedback-timeout",
        Some(("/feedbackTimeout", 6, 22)),
        None,
    ),
    ("empty.json", "json/syntax", Some(("", 1, 1)), None),
    ("random.bin", "text/utf8", None, None),
];

#[test]
fn a_wrong_input_is_told_in_full_and_prints_nothing() {
    for (input, code, place, hint) in REFUSALS {
        let output = encode(input);
        assert_eq!(output.status.code(), Some(65), "{input}");
        assert!(output.stdout.is_empty(), "{input}");
        let [finding] = findings(&output).try_into().expect(input);
        assert_eq!(finding["severity"], "error", "{input}");
        assert_eq!(finding["code"], code, "{input}");
        assert!(finding["expected"].is_string(), "{input}");
        assert!(finding["message"].is_string(), "{input}");
        assert_eq!(finding.get("hint").and_then(Value::as_str), hint, "{input}");
        match place {
            Some((pointer, line, column)) => {
                assert_eq!(
                    finding["position"],
                    json!({"line": line, "column": column, "utf16Column": column}),
                    "{input}"
                );
                assert_eq!(
                    finding.get("pointer").map_or("", |it| it.as_str().unwrap()),
                    pointer
                );
            }
            None => assert!(finding["position"]["offset"].is_u64(), "{input}"),
        }
    }
}

#[test]
fn different_faults_have_different_codes() {
    let codes: BTreeSet<&str> = REFUSALS.iter().map(|(_, code, ..)| *code).collect();
    // Both ports are of one fault.
    assert_eq!(codes.len(), REFUSALS.len() - 1);
}

#[test]
fn preview_refuses_what_encode_refuses() {
    for (input, code, ..) in REFUSALS {
        let output = run("preview", input);
        assert_eq!(output.status.code(), Some(65), "{input}");
        assert!(output.stdout.is_empty(), "{input}");
        let codes: Vec<Value> = findings(&output)
            .iter()
            .map(|it| it["code"].clone())
            .collect();
        assert!(codes.contains(&json!(code)), "{input}: {codes:?}");
    }
}

fn encode(input: &str) -> Output {
    run("encode", input)
}

fn run(command: &str, input: &str) -> Output {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/input");
    Command::new(env!("CARGO_BIN_EXE_downlink"))
        .current_dir(folder)
        .args([
            command,
            input,
            "--devices",
            "devices.toml",
            "--error-format",
            "json",
        ])
        .output()
        .unwrap()
}

fn findings(output: &Output) -> Vec<Value> {
    let text = std::str::from_utf8(&output.stderr).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}
