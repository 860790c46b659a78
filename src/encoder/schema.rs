//! Instructions as a JSON Schema (2020-12).

use serde_json::{Map, Value, json};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
/// A base name that is a device and nothing else.
const DEVICE: &str = "^urn:dev:[^/]*:$";

/// The schema of a pack of SenML in JSON for one device, with these forms of its other records.
pub(super) fn instructions(id: &str, title: &str, mut records: Vec<Value>) -> Value {
    records.insert(0, device_record());
    json!({
        "$schema": DIALECT,
        "title": title,
        "description": format!("Instructions for `{id}`, as a pack of SenML in JSON"),
        "type": "array",
        "minItems": 1,
        "items": { "anyOf": records },
    })
}

/// The record that names the device and nothing else.
fn device_record() -> Value {
    json!({
        "type": "object",
        "title": "The device",
        "properties": { "bn": device() },
        "required": ["bn"],
        "additionalProperties": false,
    })
}

fn device() -> Value {
    json!({ "type": "string", "pattern": DEVICE })
}

/// A record with a name and a value of this label.
pub(super) fn record(name: &Value, (label, value): (&str, Value), unit: Option<&str>) -> Value {
    let mut properties = Map::new();
    properties.insert("bn".to_owned(), device());
    properties.insert("n".to_owned(), name.clone());
    if let Some(unit) = unit {
        properties.insert("u".to_owned(), json!({ "const": unit }));
    }
    properties.insert(label.to_owned(), value);
    json!({
        "type": "object",
        "properties": properties,
        "required": ["n", label],
        "additionalProperties": false,
    })
}

/// A record with any name and one value, for encoders whose commands are not known.
pub(super) fn any_record() -> Value {
    let one_value = ["v", "vb", "vs", "vd"].map(|label| json!({ "required": [label] }));
    json!({
        "type": "object",
        "properties": {
            "bn": { "type": "string" },
            "bu": { "type": "string" },
            "n": { "type": "string" },
            "u": { "type": "string" },
            "ct": { "type": "string" },
            "v": { "type": "number" },
            "vb": { "type": "boolean" },
            "vs": { "type": "string" },
            "vd": data(),
        },
        "oneOf": one_value,
    })
}

/// Data in base64url.
pub(super) fn data() -> Value {
    json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]*$" })
}

pub(super) fn any_of(mut records: Vec<Value>) -> Value {
    if records.len() > 1 {
        json!({ "anyOf": records })
    } else {
        records.pop().unwrap_or_default()
    }
}

pub(super) fn add(schema: &mut Value, key: &str, value: Option<Value>) {
    if let (Some(schema), Some(value)) = (schema.as_object_mut(), value) {
        schema.insert(key.to_owned(), value);
    }
}
