//! The examples of a definition for its script, as TS013 packages have them in `examples.json`.

use serde::ser::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::error::{All, Error};
use crate::instruction::{Entry, Instruction};
use crate::message::Message;
use crate::message::lora::FPort;
use crate::number::{Number, Rational};
use crate::senml::unit::Conversion;
use crate::senml::{self, Profile, Reader, UnixTime};

use super::super::argument::Argument;
use super::super::example::Case;
use super::super::model::Definition;
use super::argument::double;

impl Definition {
    /// The examples of the script, as packages of scripts have them in `examples.json` (TS013): what
    /// goes in, and what encoding gives.
    ///
    /// Where encoding refuses, `errors` has the code that the script's text begins with. Left out is
    /// what `input.data` cannot say: a unit that is none of the argument's, a name twice.
    ///
    /// ```
    /// use downlink::encoder::Registry;
    /// use downlink::encoder::definition::Definition;
    ///
    /// let registry = Registry::builder().builtin()?.build();
    /// let definition = Definition::of(registry.get("dragino/lt-22222-l")?).expect("a definition");
    /// let examples = definition.script_examples();
    /// assert!(examples.contains(r#""input":{"data":{"tdc":600}}"#), "{examples}");
    /// # Ok::<(), downlink::Error>(())
    /// ```
    #[must_use]
    pub fn script_examples(&self) -> String {
        let examples = self.examples.iter();
        let lines: Vec<String> = examples
            .filter_map(|case| self.script_example(case))
            .filter_map(|example| serde_json::to_string(&example).ok())
            .collect();
        format!("[\n{}\n]\n", lines.join(",\n"))
    }

    fn script_example<'e>(&self, case: &'e Case) -> Option<ScriptExample<'e>> {
        let text = case.pack(self.protocol);
        let reader = Reader::new().profile(Profile::Interop);
        let mut findings = All::default();
        let pack = reader.read_json(text.as_bytes(), &mut findings).ok()?;
        let instruction = Instruction::read(&pack, UnixTime::from_seconds(0)).ok()?;
        let mut data = Data::default();
        for entry in instruction.entries() {
            data.insert(entry.path(), self.script_value(entry)?)?;
        }
        let mut findings = All::default();
        let sent = case.encode(self, &mut findings);
        let sent = match findings.errors.into_iter().next() {
            Some(first) => Err(first),
            None => sent,
        };
        Some(ScriptExample {
            direction: "downlink-encode",
            description: &case.example.title,
            input: Input {
                data,
                f_port: case.example.f_port.map(FPort::number),
            },
            output: output(&sent),
        })
    }

    /// What a record says, in the unit of its argument.
    fn script_value(&self, entry: &Entry<'_>) -> Option<Value> {
        Some(match entry.value() {
            senml::Value::Number(number) => {
                let unit = entry.unit().map(|unit| (unit, self.unit_of(entry)));
                number_in(number, unit)?
            }
            senml::Value::String(text) => json!(text),
            senml::Value::Boolean(value) => json!(value),
            senml::Value::Data(bytes) => json!(bytes),
            _ => return None,
        })
    }

    /// The unit of the argument that a record gives.
    fn unit_of(&self, entry: &Entry<'_>) -> Option<&str> {
        let command = self.commands.iter().find(|it| it.name == entry.command());
        let envelope = || self.envelopes.iter().find(|it| it.name == entry.command());
        let arguments = match command {
            Some(command) => &command.arguments,
            None => &envelope()?.arguments,
        };
        let named = |argument: &&Argument| match entry.keys().next() {
            None => argument.is_required(),
            Some(_) => entry.keys().any(|key| key == argument.name),
        };
        arguments.iter().find(named)?.unit.as_deref()
    }
}

/// A number in the unit of its argument, if it has one that a script reads as the same.
fn number_in(number: Number, unit: Option<(&str, Option<&str>)>) -> Option<Value> {
    let value = Rational::from_decimal(number.as_decimal()?)?;
    let value = match unit {
        None => value,
        Some((from, to)) => Conversion::between(from, to?).ok()?.apply(value)?,
    };
    let double = double(value)?;
    let integer = value.to_integer().and_then(|it| i64::try_from(it).ok());
    Some(integer.map_or_else(|| json!(double), |integer| json!(integer)))
}

fn output(sent: &Result<Vec<Message>, Error>) -> Value {
    match sent.as_deref() {
        Ok([Message::Lora(downlink)]) => json!({
            "fPort": downlink.f_port().number(),
            "bytes": downlink.frm_payload(),
        }),
        Ok(_) => json!({ "errors": [crate::error::Code::LimitParts] }),
        Err(error) => json!({ "errors": [error.code()] }),
    }
}

#[derive(serde::Serialize)]
struct ScriptExample<'e> {
    #[serde(rename = "type")]
    direction: &'static str,
    description: &'e str,
    input: Input,
    output: Value,
}

#[derive(serde::Serialize)]
struct Input {
    data: Data,
    #[serde(rename = "fPort", skip_serializing_if = "Option::is_none")]
    f_port: Option<u8>,
}

/// An object whose members keep their order.
#[derive(Default)]
struct Data(Vec<(String, Node)>);

enum Node {
    Value(Value),
    Object(Data),
}

impl Data {
    /// Puts a value at a path; nothing if something stands there.
    fn insert(&mut self, path: &str, value: Value) -> Option<()> {
        let (key, rest) = match path.split_once('/') {
            Some((key, rest)) => (key, Some(rest)),
            None => (path, None),
        };
        let known = self.0.iter_mut().find(|(name, _)| name == key);
        match (known, rest) {
            (None, None) => self.0.push((key.to_owned(), Node::Value(value))),
            (None, Some(rest)) => {
                let mut inside = Self::default();
                inside.insert(rest, value)?;
                self.0.push((key.to_owned(), Node::Object(inside)));
            }
            (Some((_, Node::Object(inside))), Some(rest)) => inside.insert(rest, value)?,
            _ => return None,
        }
        Some(())
    }

    /// Whether the members are the items 0, 1, 2 and so on.
    fn is_array(&self) -> bool {
        let mut keys = self.0.iter().enumerate();
        keys.all(|(index, (key, _))| *key == index.to_string())
    }
}

/// As an array where the members are items.
impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.is_array() && !self.0.is_empty() {
            return serializer.collect_seq(self.0.iter().map(|(_, node)| node));
        }
        serializer.collect_map(self.0.iter().map(|(key, node)| (key, node)))
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Value(value) => value.serialize(serializer),
            Self::Object(data) => data.serialize(serializer),
        }
    }
}
