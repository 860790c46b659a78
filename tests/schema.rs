//! The two JSON Schemas: of the definition format, and of the instructions of a definition.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "catalogue/sample.rs"]
mod sample;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use downlink::encoder::definition::{Definition, JSON_SCHEMA};
use downlink::encoder::{Domain, Encoder, Registry};
use downlink::error::{All, Code};
use jsonschema::Validator;
use sample::{inside, record, records};
use serde_json::{Value, json};

/// The catalogue had as many definitions; it only grows.
const DEFINITIONS: usize = 150;

fn format_schema() -> Value {
    serde_json::from_str(JSON_SCHEMA).unwrap()
}

fn validator(schema: &Value) -> Validator {
    jsonschema::draft202012::meta::validate(schema).unwrap();
    jsonschema::draft202012::new(schema).unwrap()
}

fn from_toml(text: &str) -> Value {
    let table: toml::Table = toml::from_str(text).unwrap();
    serde_json::to_value(table).unwrap()
}

#[test]
fn every_definition_is_one_for_the_schema() {
    let validator = validator(&format_schema());
    let mut count = 0;
    for vendor in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("encoders")).unwrap() {
        let vendor = vendor.unwrap().path();
        if !vendor.is_dir() {
            continue;
        }
        for file in fs::read_dir(vendor).unwrap() {
            let file = file.unwrap().path();
            let document = from_toml(&fs::read_to_string(&file).unwrap());
            let faults: Vec<String> = validator
                .iter_errors(&document)
                .map(|fault| format!("{}: {fault}", fault.instance_path()))
                .collect();
            assert!(faults.is_empty(), "{}: {faults:?}", file.display());
            count += 1;
        }
    }
    assert!(count >= DEFINITIONS, "{count}");
}

#[test]
fn a_definition_to_start_from_is_sound() {
    let text = Definition::starter("acme/siren-2").unwrap();
    let mut findings = All::default();
    let definition = Definition::from_toml(&text, &mut findings).unwrap();
    assert_eq!(findings.errors, []);
    assert_eq!(findings.warnings, []);
    assert_eq!(definition.title(), "Acme SIREN-2");
    assert!(validator(&format_schema()).is_valid(&from_toml(&text)));
    for id in ["siren", "Acme/siren", "acme/", "acme/siren/2", ""] {
        let error = Definition::starter(id).unwrap_err();
        assert_eq!(error.code(), Code::DefinitionName, "{id}");
    }
}

/// The keys that the reader asks for where it found `x_key`.
fn asked_for(document: &str) -> BTreeSet<String> {
    let mut findings = All::default();
    let error = Definition::from_toml(document, &mut findings).err();
    let error = findings.errors.into_iter().chain(error).find(|error| {
        error.code() == Code::DefinitionUnknownKey
            && error.diagnostic().found.as_deref() == Some("x_key")
    });
    let error = error.unwrap_or_else(|| panic!("no unknown key in {document}"));
    let expected = error.diagnostic().expected.clone().unwrap();
    let keys = expected.split('`').skip(1).step_by(2);
    keys.map(str::to_owned).collect()
}

#[test]
fn the_schema_has_the_keys_that_the_reader_asks_for() {
    const HEAD: &str =
        "format = 1\nid = \"a/b\"\ntitle = \"\"\nsource = \"\"\nevidence = \"manual\"\n";
    const COMMANDS: &str = "[commands]\na = \"01\"\n";
    let schema = format_schema();
    let places = [
        ("", "LORA", format!("x_key = 1\n{COMMANDS}")),
        ("lora", "LORA", format!("[lora]\nx_key = 1\n{COMMANDS}")),
        (
            "mqtt",
            "MQTT",
            format!("[mqtt]\ntopic = \"a\"\nx_key = 1\n{COMMANDS}"),
        ),
        ("sms", "SMS", format!("[sms]\nx_key = 1\n{COMMANDS}")),
        ("http", "HTTP", format!("[http]\nx_key = 1\n{COMMANDS}")),
        (
            "variable",
            "SMS",
            format!("[variables]\nv = {{ x_key = 1 }}\n{COMMANDS}"),
        ),
        (
            "envelope",
            "LORA",
            format!("[envelopes]\ne = {{ frame = \"{{*}}\", x_key = 1 }}\n{COMMANDS}"),
        ),
        (
            "argument",
            "LORA",
            "[commands]\na = { frame = \"{x}\", args.x = { x_key = 1 } }\n".to_owned(),
        ),
        (
            "example",
            "LORA",
            format!("{COMMANDS}[[examples]]\ninstruction = []\nexpect = []\nx_key = 1\n"),
        ),
        (
            "part",
            "LORA",
            format!("{COMMANDS}[[examples]]\ninstruction = []\nexpect = [{{ x_key = 1 }}]\n"),
        ),
    ];
    for (place, protocol, body) in places {
        let asked = asked_for(&format!("{HEAD}protocol = \"{protocol}\"\n{body}"));
        let own = match place {
            "" => &schema["properties"],
            place => &schema["$defs"][place]["properties"],
        };
        let told: BTreeSet<String> = own.as_object().unwrap().keys().cloned().collect();
        assert_eq!(told, asked, "{place}");
    }
    // The keys of a command depend on the protocol.
    let of = |protocol: &str, rest: &str| {
        asked_for(&format!(
            "{HEAD}protocol = \"{protocol}\"\n{rest}[commands]\na = {{ frame = \"01\", x_key = 1 }}\n"
        ))
    };
    let mut asked = of("LORA", "");
    asked.extend(of("MQTT", "[mqtt]\ntopic = \"a\"\n"));
    let own = schema["$defs"]["command"]["properties"]
        .as_object()
        .unwrap();
    let told: BTreeSet<String> = own.keys().cloned().collect();
    assert_eq!(told, asked);
}

/// A pack of one record for the device.
fn pack(record: &str) -> Value {
    let record: Value = serde_json::from_str(record).unwrap();
    json!([{ "bn": "urn:dev:DEVEUI:0000000000000000:" }, record])
}

#[test]
fn the_schema_of_instructions_takes_what_encoding_takes() {
    let registry = Registry::builder().builtin().unwrap().build();
    let mut arguments = 0;
    let definitions = registry.iter().filter_map(Definition::of);
    for definition in definitions.step_by(3) {
        let validator = validator(&definition.describe().instruction_schema);
        let takes = |record: &str| validator.is_valid(&pack(record));
        for command in definition.commands() {
            for share in [0.0, 0.5, 0.999] {
                for record in records(&command, &mut |it| inside(&it.domain, share)) {
                    assert!(takes(&record), "{} {record}", definition.id());
                }
            }
            assert!(!takes(&record("no-such-command", r#""vb":true"#)));
            for argument in &command.arguments {
                arguments += 1;
                let mut wrong = vec![r#""vs":"\u0001""#.to_owned(), r#""v":1e300"#.to_owned()];
                match &argument.domain {
                    Domain::Boolean => wrong.push(r#""v":1"#.to_owned()),
                    _ => wrong.push(r#""vb":true"#.to_owned()),
                }
                if matches!(argument.domain, Domain::Text { .. }) {
                    wrong.remove(0);
                }
                for value in wrong {
                    let wrong = record(&argument.record, &value);
                    assert!(!takes(&wrong), "{} {wrong}", definition.id());
                }
            }
        }
    }
    assert!(arguments > 500, "{arguments}");
}

#[test]
fn the_schema_of_an_argument_tells_its_bounds() {
    let text = r#"
        format = 1
        id = "acme/siren"
        title = "ACME siren"
        protocol = "LORA"
        source = "ACME siren manual 1.0"
        evidence = "manual"
        [lora]
        f_port = 10
        [commands.sound]
        title = "Make a noise"
        frame = "01 {duration:u8*2} {level}"
        args.duration = { unit = "s", min = 0.5, max = 100, exact = true, enum = { forever = 255 } }
        args.level = { max = 9, default = 5, secret = true }
    "#;
    let definition = Definition::from_toml(text, &mut All::default()).unwrap();
    let schema = definition.describe().instruction_schema;
    let records = &schema["items"]["anyOf"];
    let duration = &records[2]["properties"];
    assert_eq!(duration["n"], json!({ "const": "sound/duration" }));
    assert_eq!(duration["u"], json!({ "const": "s" }));
    let bounds = json!({ "type": "number", "minimum": 0.5, "maximum": 100, "multipleOf": 0.5 });
    assert_eq!(duration["v"], bounds);
    let special = &records[3]["properties"]["vs"];
    assert_eq!(*special, json!({ "enum": ["forever"] }));
    let level = &records[4]["properties"]["v"];
    let bounds =
        json!({ "type": "number", "minimum": 0, "maximum": 9, "multipleOf": 1, "writeOnly": true });
    assert_eq!(*level, bounds);
}
