//! What a document says, in the form of the tables, and then as one fact for each place.
//!
//! `tests/contract/tables/README.md` describes the form.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// One value for each place, such as `schemas.LoraDownlink.fields.retryLimit.minimum`.
pub(crate) type Facts = BTreeMap<String, Value>;

/// What a table says.
pub(crate) fn of_table(table: &Value) -> Facts {
    let mut facts = Facts::new();
    for section in ["operations", "schemas"] {
        flatten(&table[section], section, &mut facts);
    }
    facts
}

/// What a document says; `whole` has what it refers to in other files.
pub(crate) fn of_document(document: &Value, whole: &Value) -> Facts {
    let reader = Reader { document, whole };
    of_table(&json!({ "operations": reader.operations(), "schemas": reader.schemas() }))
}

fn flatten(value: &Value, at: &str, facts: &mut Facts) {
    let mut below = |name: &str, member: &Value| flatten(member, &format!("{at}.{name}"), facts);
    match value {
        Value::Object(members) => members.iter().for_each(|(name, it)| below(name, it)),
        Value::Array(items)
            if items.iter().all(|item| item["name"].is_string()) && !items.is_empty() =>
        {
            for item in items {
                let mut members = item.as_object().unwrap().clone();
                let name = members.remove("name").unwrap();
                below(name.as_str().unwrap(), &Value::Object(members));
            }
        }
        _ => assert!(
            facts.insert(at.to_owned(), value.clone()).is_none(),
            "{at} twice"
        ),
    }
}

struct Reader<'d> {
    document: &'d Value,
    whole: &'d Value,
}

impl<'d> Reader<'d> {
    fn operations(&self) -> Value {
        let paths = self.document["paths"].as_object().unwrap();
        let operations = paths.iter().flat_map(|(path, item)| {
            let item = item.as_object().unwrap();
            item.iter().map(move |(method, operation)| {
                (
                    format!("{} {path}", method.to_uppercase()),
                    self.operation(operation),
                )
            })
        });
        operations.collect::<Map<_, _>>().into()
    }

    fn operation(&self, operation: &'d Value) -> Value {
        let mut facts = Map::new();
        facts.insert("operationId".into(), operation["operationId"].clone());
        facts.insert(
            "scope".into(),
            operation["security"][0]["BearerAuth"][0].clone(),
        );
        if let Some(parameters) = operation["parameters"].as_array() {
            let parameters = parameters.iter().map(|it| parameter(self.followed(it)));
            facts.insert("parameters".into(), parameters.collect());
        }
        if let Some(body) = operation.get("requestBody") {
            facts.insert("body".into(), body_facts(body));
        }
        let responses = operation["responses"].as_object().unwrap().iter();
        let responses = responses.map(|(status, it)| (status.clone(), response(self.followed(it))));
        facts.insert("responses".into(), responses.collect::<Map<_, _>>().into());
        facts.into()
    }

    /// What is referred to, in this document or in another.
    fn followed(&self, value: &'d Value) -> &'d Value {
        let Some(reference) = value["$ref"].as_str() else {
            return value;
        };
        let (file, pointer) = reference.split_once('#').unwrap();
        let document = if file.is_empty() {
            self.document
        } else {
            self.whole
        };
        document.pointer(pointer).unwrap()
    }

    fn schemas(&self) -> Value {
        let schemas = self.document["components"]["schemas"].as_object().unwrap();
        let schemas = schemas
            .iter()
            .map(|(name, it)| (name.clone(), self.schema(name, it)));
        schemas.collect::<Map<_, _>>().into()
    }

    fn schema(&self, name: &str, schema: &'d Value) -> Value {
        let is_object = schema.get("properties").is_some() || schema.get("allOf").is_some();
        let mut facts = if is_object && schema.get("discriminator").is_none() {
            let mut fields = Fields::default();
            self.gather(schema, &mut fields);
            closed(schema)
                .chain([("fields".to_owned(), fields.into_facts())])
                .collect()
        } else {
            node(schema)
        };
        if schema["title"].as_str().is_some_and(|title| title != name) {
            facts.insert("title".into(), schema["title"].clone());
        }
        facts.into()
    }

    fn gather(&self, schema: &'d Value, fields: &mut Fields<'d>) {
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.gather(self.followed(part), fields);
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            fields.properties.insert(name, property);
        }
        let required = schema["required"].as_array().into_iter().flatten();
        fields
            .required
            .extend(required.map(|name| name.as_str().unwrap()));
    }
}

#[derive(Default)]
struct Fields<'d> {
    properties: BTreeMap<&'d str, &'d Value>,
    required: Vec<&'d str>,
}

impl Fields<'_> {
    fn into_facts(self) -> Value {
        let fields = self.properties.into_iter().map(|(name, property)| {
            let mut facts = node(property);
            facts.insert("name".into(), name.into());
            facts.insert("required".into(), self.required.contains(&name).into());
            Value::Object(facts)
        });
        fields.collect()
    }
}

/// What a schema says where it is used.
fn node(schema: &Value) -> Map<String, Value> {
    const PLAIN: [&str; 14] = [
        "type",
        "format",
        "pattern",
        "minimum",
        "maximum",
        "exclusiveMaximum",
        "minLength",
        "maxLength",
        "default",
        "contentEncoding",
        "enum",
        "const",
        "readOnly",
        "x-extensible-enum",
    ];
    let parts = schema["allOf"].as_array().into_iter().flatten();
    if let Some(reference) = std::iter::once(schema).chain(parts).find_map(referred) {
        return Map::from_iter([("schema".to_owned(), reference.into())]);
    }
    if let Some(property) = schema["discriminator"].get("propertyName") {
        return discriminated(property, schema);
    }
    let plain = PLAIN
        .into_iter()
        .filter_map(|name| Some((name, schema.get(name)?.clone())));
    let plain = plain.map(|(name, value)| (name.replace("x-extensible-enum", "known"), value));
    let forms = schema["oneOf"]
        .as_array()
        .map(|forms| forms.iter().filter_map(referred).collect());
    let items = schema
        .get("items")
        .map(|items| referred(items).unwrap_or("any").into());
    let values = schema["additionalProperties"].get("type").cloned();
    let others = [("oneOf", forms), ("items", items), ("values", values)];
    let others = others
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    plain.chain(others).chain(closed(schema)).collect()
}

fn discriminated(property: &Value, schema: &Value) -> Map<String, Value> {
    let mapping = schema["discriminator"]["mapping"].as_object().unwrap();
    let forms: Vec<_> = schema["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(referred)
        .collect();
    let variants: Map<_, _> = mapping
        .iter()
        .map(|(tag, place)| (tag.clone(), last(place.as_str().unwrap()).into()))
        .collect();
    assert!(
        variants
            .values()
            .all(|name| forms.contains(&name.as_str().unwrap())),
        "{schema}"
    );
    assert_eq!(variants.len(), forms.len(), "{schema}");
    Map::from_iter([
        ("discriminator".to_owned(), property.clone()),
        ("variants".to_owned(), variants.into()),
    ])
}

/// That no other members are taken.
fn closed(schema: &Value) -> impl Iterator<Item = (String, Value)> {
    let is_closed =
        schema["additionalProperties"] == false || schema["unevaluatedProperties"] == false;
    is_closed
        .then(|| ("closed".to_owned(), true.into()))
        .into_iter()
}

fn referred(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str().map(last)
}

fn last(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap()
}

fn parameter(parameter: &Value) -> Value {
    for default in ["style", "explode", "allowReserved", "content"] {
        assert!(parameter.get(default).is_none(), "{parameter}");
    }
    let mut facts = node(&parameter["schema"]);
    facts.insert("name".into(), parameter["name"].clone());
    facts.insert("in".into(), parameter["in"].clone());
    facts.insert("required".into(), (parameter["required"] == true).into());
    facts.into()
}

fn body_facts(body: &Value) -> Value {
    let schema = &body["content"]["application/json"]["schema"];
    let facts = [
        ("required".to_owned(), (body["required"] == true).into()),
        ("content".to_owned(), content(body)),
    ];
    facts
        .into_iter()
        .chain(closed(schema))
        .collect::<Map<_, _>>()
        .into()
}

fn response(response: &Value) -> Value {
    let mut facts = Map::from_iter([("content".to_owned(), content(response))]);
    for part in ["headers", "links"] {
        if let Some(members) = response[part].as_object() {
            let mut names: Vec<_> = members.keys().cloned().collect();
            names.sort();
            facts.insert(part.to_owned(), names.into());
        }
    }
    facts.into()
}

fn content(holder: &Value) -> Value {
    let Some(content) = holder["content"].as_object() else {
        return "none".into();
    };
    let types: Vec<_> = content
        .iter()
        .map(|(media_type, it)| format!("{media_type} {}", referred(&it["schema"]).unwrap()))
        .collect();
    types.join(", ").into()
}
