//! The JSON of previews and descriptions against the schemas that are published in `schema/`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "catalogue/device.rs"]
mod device;

use std::fs;
use std::path::Path;

use device::binding;
use downlink::Engine;
use downlink::directory::{Binding, Bindings};
use downlink::encoder::definition::Definition;
use downlink::encoder::{Description, Registry};
use downlink::message::{Method, Protocol};
use downlink::preview::Preview;
use downlink::senml::{Pack, Profile, UnixTime};
use jsonschema::Validator;
use serde_json::{Value, json};

/// Encoders and examples of the catalogue; both only grow.
const ENCODERS: usize = 311;
const EXAMPLES: usize = 3500;
/// The files in `examples/requests`.
const REQUESTS: usize = 11;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn schema(name: &str) -> Validator {
    let file = root().join(format!("schema/{name}.schema.json"));
    let schema = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

fn faults(validator: &Validator, value: &Value) -> Vec<String> {
    let faults = validator.iter_errors(value);
    faults
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect()
}

fn engine() -> Engine {
    Engine::new(Registry::builder().builtin().unwrap().build())
}

const NOW: i64 = 1_700_000_000;

/// Checks a preview, and that it is read as it was written; its page too, but for single bits beside
/// a secret, which its JSON does not have.
fn check(validator: &Validator, preview: &Preview, place: &str) {
    let value = serde_json::to_value(preview).unwrap();
    assert_eq!(faults(validator, &value), [""; 0], "{place}: {value}");
    let text = serde_json::to_string(preview).unwrap();
    let read: Preview = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), text, "{place}");
    if !text.contains("\"secret\"") {
        assert_eq!(read.to_string(), preview.to_string(), "{place}");
    }
}

#[test]
fn the_previews_of_the_examples_are_as_the_schema_says() {
    let validator = schema("preview");
    let devices = fs::read_to_string(root().join("examples/devices.toml")).unwrap();
    let devices = Bindings::from_toml(&devices).unwrap();
    let mut requests = 0;
    for file in fs::read_dir(root().join("examples/requests")).unwrap() {
        let file = file.unwrap().path();
        let now = UnixTime::from_seconds(NOW);
        let preview = engine().preview_json(&fs::read(&file).unwrap(), &devices, now);
        assert!(!preview.parts().is_empty(), "{}: {preview}", file.display());
        check(&validator, &preview, &file.display().to_string());
        requests += 1;
    }
    assert_eq!(requests, REQUESTS);
}

#[test]
fn the_place_of_a_fault_is_as_the_schema_says() {
    let validator = schema("preview");
    let binding = Binding::new("generic/raw");
    let now = UnixTime::from_seconds(NOW);
    let preview = engine().preview_json("{\"𝄞\": 01}".as_bytes(), &binding, now);
    check(&validator, &preview, "a number that JSON does not have");
    let position = &serde_json::to_value(&preview).unwrap()["problems"][0]["position"];
    assert_eq!(
        *position,
        json!({ "line": 1, "column": 8, "utf16Column": 9 })
    );
}

/// The previews of sound examples and of those that are refused.
#[test]
fn the_previews_of_the_catalogue_are_as_the_schema_says() {
    let validator = schema("preview");
    let engine = engine();
    let (mut examples, mut refused) = (0, 0);
    for definition in engine.registry().iter().filter_map(Definition::of) {
        let binding = binding(definition);
        for example in definition.examples() {
            let binding = example
                .variables
                .iter()
                .fold(binding.clone(), |it, (name, text)| {
                    it.with_variable(name, text)
                });
            let method = match example.f_port {
                None => Method::new(definition.protocol()),
                f_port => Method::Lora { f_port },
            };
            let preview = preview(&engine, definition, &example.instruction, &method, &binding);
            let place = format!("{} {}", definition.id(), example.title);
            check(&validator, &preview, &place);
            examples += 1;
            refused += usize::from(!preview.problems().is_empty());
        }
    }
    assert!(
        examples >= EXAMPLES && refused >= 10,
        "{examples} {refused}"
    );
}

fn preview(
    engine: &Engine,
    definition: &Definition,
    records: &Value,
    method: &Method,
    binding: &Binding,
) -> Preview {
    let device = match definition.protocol() {
        Protocol::Lora => "urn:dev:DEVEUI:0000000000000000:",
        Protocol::Mqtt => "urn:dev:DVNUUID:00000000-0000-0000-0000-000000000000:",
        _ => "urn:dev:IMEI:350000000000006:",
    };
    let mut pack = vec![json!({ "bn": device })];
    pack.extend(records.as_array().unwrap().iter().cloned());
    let text = Value::from(pack).to_string();
    let reader = downlink::senml::Reader::new().profile(Profile::Interop);
    let pack: Pack<'_> = reader
        .read_json(text.as_bytes(), &mut downlink::error::First::default())
        .unwrap();
    engine.preview_pack(&pack, method, binding, UnixTime::from_seconds(NOW))
}

#[test]
fn the_limits_of_a_preview_are_numbers() {
    let engine = engine();
    let shown = |binding: Binding, method: Method, record: &str| {
        let text = format!(r#"[{{"bn":"urn:dev:IMEI:350000000000006:",{record}}}]"#);
        let pack = Pack::from_json(text.as_bytes()).unwrap();
        let preview = engine.preview_pack(&pack, &method, &binding, UnixTime::from_seconds(NOW));
        serde_json::to_value(&preview).unwrap()["parts"][0].clone()
    };
    let lora = || Method::Lora {
        f_port: Some("1".parse::<u8>().unwrap().try_into().unwrap()),
    };
    let hex = r#""n":"payloadHex","vs":"00""#;
    let raw = || Binding::new("generic/raw");
    let limit = |binding| shown(binding, lora(), hex)["limit"].clone();
    assert_eq!(limit(raw()), json!({ "bytes": 51, "source": "unknown" }));
    assert_eq!(
        limit(raw().with_max_payload(100_i128)),
        json!({ "bytes": 100, "source": "explicit" })
    );
    let text = r#""n":"payload","vs":"Привет""#;
    assert_eq!(
        shown(raw(), Method::Sms, text)["segments"],
        json!({ "count": 1, "used": 6, "limit": 70, "alphabet": "ucs2", "outside": "П" })
    );
}

#[test]
fn a_limit_that_is_none_is_not_read() {
    use downlink::message::lora::PayloadLimit;
    let read = |text: &str| serde_json::from_str::<PayloadLimit>(text).map(|it| it.to_string());
    let known = r#"{"bytes":51,"source":"dataRate","region":"EU868","dataRate":0}"#;
    assert_eq!(read(known).unwrap(), "51 bytes (EU868 DR0)");
    for text in [
        r#"{"bytes":52,"source":"dataRate","region":"EU868","dataRate":0}"#,
        r#"{"bytes":51,"source":"dataRate","region":"EU868"}"#,
        r#"{"bytes":243,"source":"explicit"}"#,
        r#"{"bytes":50,"source":"unknown"}"#,
        r#"{"bytes":51,"source":"guess"}"#,
    ] {
        assert!(read(text).is_err(), "{text}");
    }
}

#[test]
fn the_descriptions_of_all_encoders_are_as_the_schema_says() {
    let validator = schema("description");
    let mut encoders = 0;
    for encoder in engine().registry().iter() {
        let description = encoder.describe();
        let value = serde_json::to_value(&description).unwrap();
        assert_eq!(faults(&validator, &value), [""; 0], "{}", encoder.id());
        let text = serde_json::to_string(&description).unwrap();
        let read: Description = serde_json::from_str(&text).unwrap();
        assert_eq!(read, description);
        let own = &description.instruction_schema;
        jsonschema::draft202012::meta::validate(own).unwrap();
        encoders += 1;
    }
    assert!(encoders >= ENCODERS, "{encoders}");
}

#[test]
fn the_schemas_refuse_what_is_not_theirs() {
    let preview = schema("preview");
    for (value, is_sound) in [
        (json!({ "warnings": [], "problems": [] }), true),
        (
            json!({ "warnings": [], "problems": [], "device": "urn:dev:x" }),
            false,
        ),
        (json!({ "warnings": [] }), false),
        (json!({ "warnings": [], "problems": [{}] }), false),
    ] {
        assert_eq!(preview.is_valid(&value), is_sound, "{value}");
    }
    let description = schema("description");
    let lamp = engine()
        .registry()
        .get("dragino/lt-22222-l")
        .unwrap()
        .describe();
    let sound = serde_json::to_value(&lamp).unwrap();
    assert!(description.is_valid(&sound));
    for (pointer, wrong) in [
        ("/digest", json!("00")),
        ("/commands/0/arguments/0/names", json!("close")),
        ("/commands/0/arguments/0/kind", json!("text")),
        ("/commands/0/once", Value::Null),
        ("/protocols/0", json!("lora")),
        ("/variables", json!([])),
    ] {
        let mut changed = sound.clone();
        *changed.pointer_mut(pointer).expect(pointer) = wrong;
        assert!(!description.is_valid(&changed), "{pointer}");
    }
}
