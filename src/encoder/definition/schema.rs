//! The instructions of a definition as a JSON Schema: for forms, and to check while one is typed.

use serde_json::{Value, json};

use crate::number::Rational;

use super::super::schema::{self, add, any_of, record};
use super::argument::{Argument, BytesFrom, Choice, Kind, LengthRule, Scalar, Shape};
use super::model::Definition;
use super::needs::Need;

/// The JSON Schema (2020-12) of the definition format, so that editors complete and check.
pub const JSON_SCHEMA: &str = include_str!("../../../schema/definition.schema.json");

/// An index of a list or a group: 0 to 63.
const INDEX: &str = "(0|[1-9]|[1-5][0-9]|6[0-3])";

impl Definition {
    /// The JSON Schema (2020-12) of the instructions that the definition takes.
    ///
    /// Numbers are in the units of the definition; that encoding takes related units too is left out,
    /// as is what only all records together say. What the schema refuses is refused by encoding or is
    /// another unit.
    pub(super) fn json_schema(&self) -> Value {
        let mut records = Vec::new();
        for envelope in &self.envelopes {
            let named = |argument| records_of(&envelope.name, argument, &envelope.arguments);
            records.extend(envelope.arguments.iter().flat_map(named));
        }
        for command in &self.commands {
            let mut own = vec![bare(
                &command.name,
                command.title.as_deref(),
                &command.arguments,
            )];
            let named = |argument| records_of(&command.name, argument, &command.arguments);
            own.extend(command.arguments.iter().flat_map(named));
            if command.is_once {
                own.iter_mut().for_each(mark_once);
            }
            records.extend(own);
        }
        records.retain(|record| !record.is_null());
        schema::instructions(&self.id, &self.title, records)
    }
}

fn mark_once(record: &mut Value) {
    const ONCE: &str = "Not sent again by itself";
    let text = match record["description"].as_str() {
        Some(others) => format!("{others}. {ONCE}"),
        None => ONCE.to_owned(),
    };
    add(record, "description", Some(Value::from(text)));
}

/// The record that names a command alone: its only argument that must be given, or a trigger.
fn bare(name: &str, title: Option<&str>, arguments: &[Argument]) -> Value {
    let name = json!({ "const": name });
    let mut required = arguments.iter().filter(|argument| argument.is_required());
    match (required.next(), required.next()) {
        (None, _) => {
            let mut record = record(&name, ("vb", json!({ "const": true })), None);
            add(&mut record, "title", title.map(Value::from));
            record
        }
        (Some(only), None) if only.shape == Shape::Single => any_of(forms(only, &name)),
        _ => Value::Null,
    }
}

/// The records that name an argument.
fn records_of(command: &str, argument: &Argument, all: &[Argument]) -> Vec<Value> {
    let name = &argument.name;
    let name = match argument.shape {
        Shape::Single => json!({ "const": format!("{command}/{name}") }),
        Shape::List { .. } => {
            json!({ "pattern": format!("^{}/{name}/{INDEX}$", literal(command)) })
        }
        Shape::Grouped => json!({ "pattern": format!("^{}/{INDEX}/{name}$", literal(command)) }),
    };
    let mut forms = forms(argument, &name);
    for form in &mut forms {
        add(form, "description", needs(argument, all).map(Value::from));
    }
    forms
}

/// With which values of others it takes effect, in words.
fn needs(argument: &Argument, all: &[Argument]) -> Option<String> {
    let need = |need: &Need| {
        let other = all.get(need.argument)?;
        Some(format!("`{}` = `{}`", other.name, need.wanted(all)))
    };
    let needs: Vec<String> = argument.needs.iter().filter_map(need).collect();
    (!needs.is_empty()).then(|| format!("Only with {}", needs.join(" and ")))
}

/// A name in a pattern.
fn literal(name: &str) -> String {
    name.replace('.', "\\.")
}

/// One record for each type of value that the argument takes.
fn forms(argument: &Argument, name: &Value) -> Vec<Value> {
    let names = |choices: &[Choice]| {
        let names: Vec<&str> = choices.iter().map(|choice| choice.name.as_str()).collect();
        ("vs", json!({ "enum": names }))
    };
    let form = |value: (&str, Value), unit: Option<&str>| {
        let mut record = record(name, value, unit);
        add(
            &mut record,
            "title",
            argument.title.clone().map(Value::from),
        );
        record
    };
    let mut forms = match &argument.kind {
        Kind::Number { .. } => vec![form(("v", number(argument)), argument.unit.as_deref())],
        Kind::Boolean { .. } => vec![form(("vb", json!({ "type": "boolean" })), None)],
        Kind::Enumeration(choices) => vec![form(names(choices), None)],
        Kind::Text(rule) => vec![form(("vs", text(rule.length)), None)],
        Kind::Bytes { from, length } => vec![form(bytes(*from, *length), None)],
    };
    if !argument.specials().is_empty() {
        forms.push(form(names(argument.specials()), None));
    }
    let default = argument.default.as_ref();
    for form in &mut forms {
        annotate(form, argument, default);
    }
    forms
}

/// Says what stands for a value that is not given, and that a secret is not to be shown.
fn annotate(form: &mut Value, argument: &Argument, default: Option<&Scalar<'_>>) {
    let Some(properties) = form.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    for (label, value) in properties {
        let own = match (label.as_str(), default) {
            _ if argument.is_secret => None,
            ("v", Some(Scalar::Number(value))) => literal_number(*value),
            ("vb", Some(Scalar::Boolean(value))) => Some(json!(value)),
            ("vs", Some(Scalar::Choice(index))) => {
                argument.choices().get(*index).map(|it| json!(it.name))
            }
            ("vs", Some(Scalar::Text(text))) => Some(json!(text)),
            _ => None,
        };
        add(value, "default", own);
        if argument.is_secret && label.starts_with('v') {
            add(value, "writeOnly", Some(json!(true)));
        }
        if label == "vs" {
            add(value, "description", once(argument).map(Value::from));
        }
    }
}

/// Which names are not sent again by themselves, in words.
fn once(argument: &Argument) -> Option<String> {
    let names: Vec<String> = argument.once().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => None,
        names => Some(format!("Not sent again by itself: {}", names.join(", "))),
    }
}

fn number(argument: &Argument) -> Value {
    let Kind::Number { ranges, .. } = &argument.kind else {
        return json!({});
    };
    let range = |(min, max): &(Rational, Rational)| {
        let mut schema = json!({ "type": "number" });
        add(&mut schema, "minimum", literal_number(*min));
        add(&mut schema, "maximum", literal_number(*max));
        let may_round = argument.may_round && !argument.is_exact;
        add(
            &mut schema,
            "multipleOf",
            argument
                .step
                .filter(|_| !may_round)
                .and_then(|step| multiple(step, *min)),
        );
        schema
    };
    any_of(ranges.0.iter().map(range).collect())
}

/// The step as a factor of all values, if a value that is held is a multiple of it.
fn multiple(step: Rational, held: Rational) -> Option<Value> {
    held.checked_div(step)?.to_integer()?;
    literal_number(step)
}

/// A number with all its digits; nothing where JSON has none for it.
fn literal_number(value: Rational) -> Option<Value> {
    serde_json::from_str(&value.to_decimal()?.to_string()).ok()
}

fn text(length: LengthRule) -> Value {
    // Lengths are of bytes, of which a character has four at most.
    json!({
        "type": "string",
        "minLength": length.min.div_ceil(4),
        "maxLength": length.max,
    })
}

fn bytes(from: BytesFrom, LengthRule { min, max }: LengthRule) -> (&'static str, Value) {
    match from {
        BytesFrom::Hex => {
            let pattern = format!("^([0-9A-Fa-f]{{2}}){{{min},{max}}}$");
            ("vs", json!({ "type": "string", "pattern": pattern }))
        }
        BytesFrom::Data => (
            "vd",
            json!({
                "type": "string",
                "pattern": "^[A-Za-z0-9_-]*$",
                "minLength": (min * 4).div_ceil(3),
                "maxLength": (max * 4).div_ceil(3),
            }),
        ),
    }
}
