//! Holds documents against the field tables of the contract.
//!
//! A variant is chosen by its discriminator, and only by that: the schemas of the contract hold no
//! constant for it, so that trying them one by one takes every document for every variant.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock};

use regex_lite::Regex;
use serde_json::Value;

/// How the fault of a field ends that a document may not bring when it is sent.
pub(crate) const READ_ONLY: &str = "only answers have it";

/// The table of a resource such as `/lora/downlinks`.
pub(crate) fn table(resource: &str) -> &'static Value {
    static TABLES: OnceLock<BTreeMap<&str, Value>> = OnceLock::new();
    let tables = TABLES.get_or_init(|| {
        [
            ("/downlinks", include_str!("tables/downlinks.json")),
            (
                "/http/downlinks",
                include_str!("tables/http-downlinks.json"),
            ),
            (
                "/lora/downlinks",
                include_str!("tables/lora-downlinks.json"),
            ),
            ("/sms/downlinks", include_str!("tables/sms-downlinks.json")),
            (
                "/mqtt/downlinks",
                include_str!("tables/mqtt-downlinks.json"),
            ),
        ]
        .map(|(resource, text)| (resource, serde_json::from_str(text).unwrap()))
        .into()
    });
    &tables[resource]
}

/// Everything in which a document that is sent differs from a schema of its resource.
pub(crate) fn faults(resource: &str, schema: &str, document: &Value) -> Vec<String> {
    let mut check = Check {
        table: table(resource),
        faults: Vec::new(),
    };
    check.schema(schema, document, "");
    check.faults
}

struct Check {
    table: &'static Value,
    faults: Vec<String>,
}

impl Check {
    fn fault(&mut self, at: &str, fault: &str) {
        self.faults.push(format!("{at}: {fault}"));
    }

    fn schema(&mut self, name: &str, value: &Value, at: &str) {
        let schema = &self.table["schemas"][name];
        assert!(schema.is_object(), "no schema {name}");
        self.node(schema, value, at);
    }

    /// Checks a value against a schema, or against what a field says of itself.
    fn node(&mut self, node: &'static Value, value: &Value, at: &str) {
        if node["readOnly"] == true {
            self.fault(at, READ_ONLY);
        }
        if let Some(name) = node["schema"].as_str() {
            self.schema(name, value, at);
        } else if let Some(property) = node["discriminator"].as_str() {
            self.variant(node, property, value, at);
        } else if let Some(fields) = node["fields"].as_array() {
            self.object(fields, value, at);
        } else if let Some(forms) = node["oneOf"].as_array() {
            self.one_of(forms, value, at);
        } else {
            self.plain(node, value, at);
        }
    }

    fn variant(&mut self, node: &'static Value, property: &str, value: &Value, at: &str) {
        match value[property].as_str().map(|tag| &node["variants"][tag]) {
            Some(Value::String(name)) => self.schema(name, value, at),
            _ => self.fault(at, &format!("`{property}` is {}", value[property])),
        }
    }

    fn object(&mut self, fields: &'static [Value], value: &Value, at: &str) {
        let Some(members) = value.as_object() else {
            return self.fault(at, "no object");
        };
        for field in fields {
            let name = field["name"].as_str().unwrap();
            match members.get(name) {
                Some(member) => self.node(field, member, &format!("{at}/{name}")),
                None if field["required"] == true => self.fault(at, &format!("no `{name}`")),
                None => {}
            }
        }
        for name in members.keys() {
            if !fields.iter().any(|field| field["name"] == **name) {
                self.fault(at, &format!("`{name}` is not in the contract"));
            }
        }
    }

    fn one_of(&mut self, forms: &'static [Value], value: &Value, at: &str) {
        let fitting = forms
            .iter()
            .filter(|form| {
                let mut check = Self {
                    table: self.table,
                    faults: Vec::new(),
                };
                check.schema(form.as_str().unwrap(), value, at);
                check.faults.is_empty()
            })
            .count();
        if fitting != 1 {
            self.fault(at, &format!("{value} fits {fitting} forms"));
        }
    }

    fn plain(&mut self, node: &'static Value, value: &Value, at: &str) {
        let is_fitting = match node["type"].as_str().unwrap_or("any") {
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "array" => value.is_array(),
            "object" => value.is_object(),
            _ => true,
        };
        if !is_fitting {
            return self.fault(at, &format!("{value} is no {}", node["type"]));
        }
        if let Some(text) = value.as_str() {
            self.text(node, text, at);
        }
        if let Some(number) = value.as_i64() {
            self.range(node, number, at);
        }
        if let (Some(name), Some(items)) = (node["items"].as_str(), value.as_array()) {
            for (index, item) in items.iter().enumerate().filter(|_| name != "any") {
                self.schema(name, item, &format!("{at}/{index}"));
            }
        }
        if let (Some("string"), Some(members)) = (node["values"].as_str(), value.as_object()) {
            for (name, _) in members.iter().filter(|(_, member)| !member.is_string()) {
                self.fault(&format!("{at}/{name}"), "no string");
            }
        }
    }

    fn text(&mut self, node: &Value, text: &str, at: &str) {
        const UUID: &str = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$";
        let pattern = match node["format"].as_str() {
            Some("uuid") => Some(UUID),
            _ => node["pattern"].as_str(),
        };
        if let Some(pattern) = pattern.filter(|pattern| {
            !Regex::new(&pattern.replace(r"\d", "[0-9]"))
                .unwrap()
                .is_match(text)
        }) {
            self.fault(at, &format!("`{text}` does not match {pattern}"));
        }
    }

    fn range(&mut self, node: &Value, number: i64, at: &str) {
        let is_low = node["minimum"]
            .as_i64()
            .is_some_and(|minimum| number < minimum);
        let is_high = node["exclusiveMaximum"]
            .as_i64()
            .is_some_and(|limit| number >= limit);
        if is_low || is_high {
            self.fault(at, &format!("{number} is out of range"));
        }
    }
}

/// Whether a text matches a pattern; a pattern is compiled once.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    static COMPILED: Mutex<BTreeMap<String, Regex>> = Mutex::new(BTreeMap::new());
    COMPILED
        .lock()
        .unwrap()
        .entry(pattern.to_owned())
        .or_insert_with(|| Regex::new(pattern).unwrap())
        .is_match(text)
}
