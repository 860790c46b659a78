//! A secret is in nothing that the tool prints, whatever else is wrong.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::io::Write;
use std::process::{Command, Stdio};

use downlink::encoder::definition::Definition;
use downlink::encoder::{ArgumentDescription, Domain, Registry};
use downlink::message::Protocol;

/// As many secret arguments and variables the catalogue had; it only grows.
const ARGUMENTS: usize = 41;
const VARIABLES: usize = 10;

/// What stands in the place of each secret: of its type, and in no other text.
const TEXT: &str = "Zq7Xw";
const HEX: &str = "A5B6C7D8E9F0A1B2";
const NUMBER: &str = "271828";

/// Second faults: records behind the secret one, and other ends of the text.
const FAULTS: [&str; 9] = [
    r#",{"n":"nonsense","v":1}]"#,
    r#",{"n":"nonsense","x":1}]"#,
    r#",{"n":"nonsense","v":1,"v":2}]"#,
    r#",{"n":"nonsense","v":01}]"#,
    r#",{"n":"nonsense","u":"parsec","v":1}]"#,
    r#",{"bn":"urn:dev:DEVEUI:0000000000000001:","n":"nonsense","v":1}]"#,
    r#",{"n":"nonsense"}]"#,
    ",",
    "",
];

fn value(argument: &ArgumentDescription) -> (&'static str, String) {
    match argument.domain {
        Domain::Number { .. } => (NUMBER, format!(r#""v":{NUMBER}"#)),
        Domain::Hex { .. } => (HEX, format!(r#""vs":"{HEX}""#)),
        _ => (TEXT, format!(r#""vs":"{TEXT}""#)),
    }
}

fn device(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Lora => "urn:dev:DEVEUI:0000000000000000:",
        Protocol::Mqtt => "urn:dev:DVNUUID:00000000-0000-0000-0000-000000000000:",
        _ => "urn:dev:IMEI:350000000000006:",
    }
}

/// All that the tool prints for these arguments and this input.
fn printed(arguments: &[&str], input: &str) -> String {
    let mut tool = Command::new(env!("CARGO_BIN_EXE_downlink"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    tool.stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = tool.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    format!("{}{}", text(output.stdout), text(output.stderr))
}

/// Requests of a line each, with every fault behind a record.
fn lines(definition: &Definition, record: &str) -> String {
    let (device, protocol) = (device(definition.protocol()), definition.protocol());
    let line = |fault: &&str| {
        format!(
            r#"{{"method":{{"protocol":"{protocol}"}},"instruction":[{{"bn":"{device}",{record}}}{fault}}}"#
        ) + "\n"
    };
    FAULTS.iter().map(line).collect()
}

fn definitions(registry: &Registry) -> impl Iterator<Item = &Definition> {
    registry.iter().filter_map(Definition::of)
}

#[test]
fn a_secret_argument_is_in_nothing_that_is_printed() {
    let registry = Registry::builder().builtin().unwrap().build();
    let mut tried = 0;
    for definition in definitions(&registry) {
        let commands = definition.commands();
        let arguments = commands.iter().flat_map(|it| &it.arguments);
        for argument in arguments.filter(|it| it.is_secret) {
            tried += 1;
            let (secret, said) = value(argument);
            let place = format!("{} {}", definition.id(), argument.record);
            let record = format!(r#""n":"{}",{said}"#, argument.record);
            let all = lines(definition, &record);
            let encoder = ["--encoder", definition.id()];
            for format in ["text", "json"] {
                let arguments = ["encode", "-", "--ndjson", "--keep-going", "--error-format"];
                let refused = printed(&[&arguments[..], &[format], &encoder].concat(), &all);
                assert!(
                    refused.matches("error").count() >= FAULTS.len(),
                    "{place}: {refused}"
                );
                assert!(!refused.contains(secret), "{place}: {refused}");
            }
            let set = format!("{}=\"{secret}\"", argument.record);
            let misspelt = format!("{}x=\"{secret}\"", argument.record);
            for other in ["nonsense=1", &misspelt] {
                let arguments = ["preview", "--set", &set, "--set", other];
                let refused = printed(&[&arguments[..], &encoder].concat(), "");
                assert!(refused.contains("error["), "{place}: {refused}");
                assert!(!refused.contains(secret), "{place}: {refused}");
            }
        }
    }
    assert!(tried >= ARGUMENTS, "{tried}");
}

#[test]
fn a_secret_variable_is_in_nothing_that_is_printed() {
    let registry = Registry::builder().builtin().unwrap().build();
    let mut tried = 0;
    for definition in definitions(&registry) {
        let variables = downlink::encoder::Encoder::variables(definition);
        for variable in variables.declared().iter().filter(|it| it.is_secret) {
            tried += 1;
            let given = format!("{}={TEXT}", variable.name);
            let all = lines(definition, r#""n":"nonsense","vb":true"#);
            let encoder = ["--encoder", definition.id(), "--var", &given];
            let arguments = ["encode", "-", "--ndjson", "--keep-going"];
            let refused = printed(&[&arguments[..], &encoder].concat(), &all);
            assert!(!refused.contains(TEXT), "{}: {refused}", definition.id());
            for command in definition.commands().iter().take(2) {
                let set = format!("{}=true", command.name);
                for format in ["text", "json"] {
                    let arguments = ["preview", "--format", format, "--set", &set];
                    let shown = printed(&[&arguments[..], &encoder].concat(), "");
                    assert!(!shown.contains(TEXT), "{}: {shown}", definition.id());
                }
            }
        }
    }
    assert!(tried >= VARIABLES, "{tried}");
}
