//! Documents made from the tables: every field with a value that fits.

use serde_json::{Map, Value, json};

/// A value for a schema of a table, with every field.
///
/// `variant` chooses among the variants of a discriminator, going round at the last.
pub(crate) fn of(table: &Value, schema: &str, variant: usize) -> Value {
    node(table, schema, &table["schemas"][schema], variant)
}

fn node(table: &Value, name: &str, node_: &Value, variant: usize) -> Value {
    if let Some(schema) = node_["schema"].as_str() {
        return match name {
            "feedbackTimeout" => json!("PT1H30M"),
            _ => of(table, schema, variant),
        };
    }
    if let Some(property) = node_["discriminator"].as_str() {
        let variants = node_["variants"].as_object().unwrap();
        let (tag, schema) = variants.iter().nth(variant % variants.len()).unwrap();
        let mut sample = of(table, schema.as_str().unwrap(), variant);
        sample[property] = json!(tag);
        return sample;
    }
    if let Some(fields) = node_["fields"].as_array() {
        let members: Map<_, _> = fields
            .iter()
            .map(|field| {
                let name = field["name"].as_str().unwrap();
                (name.to_owned(), node(table, name, field, variant))
            })
            .collect();
        return Value::Object(members);
    }
    plain(table, name, node_, variant)
}

fn plain(table: &Value, name: &str, node: &Value, variant: usize) -> Value {
    match node["type"].as_str().unwrap() {
        "string" => json!(text(name, node)),
        "boolean" => json!(true),
        "integer" if name == "status" => json!(422),
        "integer" | "number" => json!(7),
        "array" => match node["items"].as_str() {
            Some("any") | None => json!([]),
            Some("SenMLRecord") => {
                json!([{"bn": "urn:dev:DEVEUI:0059AC0000152A2B:", "n": "a", "v": 1}])
            }
            Some(items) => json!([of(table, items, variant), of(table, items, variant + 1)]),
        },
        "object" => json!({"Content-Type": "text/plain", "X-Part": "1"}),
        other => panic!("no sample for {other}"),
    }
}

fn text(name: &str, node: &Value) -> String {
    if let Some(known) = node["known"].as_array() {
        return known.last().unwrap().as_str().unwrap().to_owned();
    }
    match (name, node["format"].as_str()) {
        ("DeviceId", _) => "urn:dev:DEVEUI:0059AC0000152A2B:",
        ("payloadHex", _) => "04FF",
        (_, Some("uuid")) => "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        (_, Some("date-time")) => "2024-02-29T23:59:60.123+01:00",
        (_, Some("duration")) => "PT24H",
        (_, Some("byte")) => "b2s=",
        (_, Some("uri")) => "https://example.com/downlinks?page=2",
        _ => "text",
    }
    .to_owned()
}

/// Pointers to everything in a document, itself left out.
pub(crate) fn pointers(value: &Value) -> Vec<String> {
    let members: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), member))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, item)| (index.to_string(), item))
            .collect(),
        _ => Vec::new(),
    };
    let mut all = Vec::new();
    for (name, member) in members {
        all.push(format!("/{name}"));
        all.extend(
            pointers(member)
                .into_iter()
                .map(|below| format!("/{name}{below}")),
        );
    }
    all
}

/// Takes out what stands at a pointer.
pub(crate) fn remove(value: &mut Value, pointer: &str) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match value.pointer_mut(parent).unwrap() {
        Value::Object(members) => drop(members.remove(name)),
        Value::Array(items) => drop(items.remove(name.parse().unwrap())),
        other => panic!("{other} has no members"),
    }
}
