//! What is expected of a message, and how it is compared.

use std::collections::BTreeMap;

use toml::de::DeValue;

use crate::document::{Node, Table};
use crate::error::{Code, Error};
use crate::message::lora::FPort;
use crate::message::{Message, Payload};

use super::super::super::{ExampleMessage, ExamplePayload};

/// Compares a message with what an example says of it.
pub(super) fn compare(expected: &ExampleMessage, message: &Message) -> Result<(), String> {
    let payload = match message {
        Message::Lora(downlink) => {
            differs("f_port", expected.f_port.as_ref(), Some(&downlink.f_port()))?;
            Payload::Binary(downlink.frm_payload().to_vec())
        }
        Message::Mqtt(publish) => {
            let topic = Some(publish.topic.as_str());
            differs("topic", expected.topic.as_deref(), topic)?;
            let found = publish.content_type.as_ref().map(AsRef::as_ref);
            differs("content_type", expected.content_type.as_deref(), found)?;
            publish.payload.clone()
        }
        Message::Sms(submit) => Payload::Text(submit.text().to_owned()),
        Message::Http(content) => {
            for (name, value) in &expected.headers {
                let found = content.headers.value(name).map(AsRef::as_ref);
                differs(name, Some(value.as_str()), found)?;
            }
            content.body.clone()
        }
    };
    match &expected.payload {
        None => Ok(()),
        Some(expected) => compare_payload(expected, &payload),
    }
}

/// Compares what is named.
fn differs<T: PartialEq + std::fmt::Debug + ?Sized>(
    what: &str,
    expected: Option<&T>,
    found: Option<&T>,
) -> Result<(), String> {
    match expected {
        Some(_) if expected != found => {
            Err(format!("expected {what} {expected:?}, found {found:?}"))
        }
        _ => Ok(()),
    }
}

fn compare_payload(expected: &ExamplePayload, payload: &Payload) -> Result<(), String> {
    let found = match (expected, payload) {
        (ExamplePayload::Hex(_), _) => {
            Some(ExamplePayload::Hex(hex::encode_upper(payload.as_bytes())))
        }
        (ExamplePayload::Text(_), Payload::Text(text)) => Some(ExamplePayload::Text(text.clone())),
        (ExamplePayload::Json(_), Payload::Text(text)) => {
            serde_json::from_str(text).ok().map(ExamplePayload::Json)
        }
        _ => None,
    };
    match found {
        Some(found) if found == *expected => Ok(()),
        Some(found) => Err(format!("expected {expected}, found {found}")),
        None => Err(format!(
            "expected {expected}, found another kind of payload"
        )),
    }
}

pub(super) fn message(node: Node<'_>) -> Result<ExampleMessage, Error> {
    let mut table = node.table()?;
    let message = ExampleMessage {
        f_port: table.optional("f_port").map(f_port).transpose()?,
        topic: text(&mut table, "topic")?,
        content_type: text(&mut table, "content_type")?,
        headers: strings(&mut table, "headers")?,
        payload: payload(node, &mut table)?,
    };
    table.finish()?;
    Ok(message)
}

fn text(table: &mut Table<'_>, key: &'static str) -> Result<Option<String>, Error> {
    let text = table.optional(key).map(Node::string).transpose()?;
    Ok(text.map(str::to_owned))
}

fn payload(node: Node<'_>, table: &mut Table<'_>) -> Result<Option<ExamplePayload>, Error> {
    let found = [
        table.optional("hex"),
        table.optional("text"),
        table.optional("json"),
    ];
    Ok(match found {
        [Some(node), None, None] => {
            let bytes = hex::decode(node.string()?.replace(' ', ""));
            let bytes = bytes
                .map_err(|error| node.refuse(Code::DefinitionValue, format!("not hex: {error}")))?;
            Some(ExamplePayload::Hex(hex::encode_upper(bytes)))
        }
        [None, Some(node), None] => Some(ExamplePayload::Text(node.string()?.to_owned())),
        [None, None, Some(node)] => Some(ExamplePayload::Json(json(node)?)),
        [None, None, None] => None,
        _ => return Err(node.refuse(Code::DefinitionValue, "a message has one payload")),
    })
}

pub(super) fn f_port(node: Node<'_>) -> Result<FPort, Error> {
    FPort::new(node.integer()?)
        .map_err(|error| node.refuse(Code::DefinitionValue, error.to_string()))
}

pub(super) fn strings(
    table: &mut Table<'_>,
    key: &'static str,
) -> Result<BTreeMap<String, String>, Error> {
    let Some(node) = table.optional(key) else {
        return Ok(BTreeMap::new());
    };
    let entries = node.table()?.entries();
    entries
        .map(|(name, node)| Ok((name.text.to_owned(), node.string()?.to_owned())))
        .collect()
}

/// A TOML value as JSON; numbers as they are written.
pub(super) fn json(node: Node<'_>) -> Result<serde_json::Value, Error> {
    use serde_json::Value;
    Ok(match node.value() {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Boolean(value) => Value::Bool(*value),
        DeValue::Integer(_) | DeValue::Float(_) => {
            let text = node.decimal()?.to_string();
            serde_json::from_str(&text)
                .map_err(|_| node.refuse(Code::DefinitionValue, "not a number of JSON"))?
        }
        DeValue::Array(_) => node
            .array()?
            .into_iter()
            .map(json)
            .collect::<Result<_, _>>()?,
        DeValue::Table(_) => {
            let members = node
                .table()?
                .entries()
                .map(|(name, node)| Ok((name.text.to_owned(), json(node)?)))
                .collect::<Result<_, Error>>()?;
            Value::Object(members)
        }
        DeValue::Datetime(_) => {
            return Err(node.refuse(Code::DefinitionValue, "JSON has no dates"));
        }
    })
}
