//! What is expected of a message, and how it is compared.

use std::collections::BTreeMap;

use toml::de::DeValue;

use crate::document::{Node, Table};
use crate::error::{Code, Error};
use crate::message::lora::FPort;
use crate::message::{Message, Payload};

/// What is expected of one message; what is not named may be anything.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    f_port: Option<FPort>,
    topic: Option<String>,
    content_type: Option<String>,
    headers: BTreeMap<String, String>,
    pub(super) payload: Option<Expected>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expected {
    Bytes(Vec<u8>),
    Text(String),
    /// Compared as a value, whatever the order of the keys.
    Json(serde_json::Value),
}

impl Part {
    pub(super) fn compare(&self, message: &Message) -> Result<(), String> {
        let payload = match message {
            Message::Lora(downlink) => {
                differs("f_port", self.f_port.as_ref(), Some(&downlink.f_port()))?;
                Payload::Binary(downlink.frm_payload().to_vec())
            }
            Message::Mqtt(publish) => {
                differs("topic", self.topic.as_deref(), Some(publish.topic.as_str()))?;
                let found = publish.content_type.as_ref().map(AsRef::as_ref);
                differs("content_type", self.content_type.as_deref(), found)?;
                publish.payload.clone()
            }
            Message::Sms(submit) => Payload::Text(submit.text().to_owned()),
            Message::Http(content) => {
                for (name, value) in &self.headers {
                    let found = content.headers.value(name).map(AsRef::as_ref);
                    differs(name, Some(value.as_str()), found)?;
                }
                content.body.clone()
            }
        };
        match &self.payload {
            None => Ok(()),
            Some(expected) => expected.compare(&payload),
        }
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

impl Expected {
    pub(super) fn show(&self) -> String {
        match self {
            Self::Bytes(bytes) => hex::encode_upper(bytes),
            Self::Text(text) => text.clone(),
            Self::Json(value) => value.to_string(),
        }
    }

    fn compare(&self, payload: &Payload) -> Result<(), String> {
        let found = match (self, payload) {
            (Self::Bytes(_), _) => Some(Self::Bytes(payload.as_bytes().to_vec())),
            (Self::Text(_), Payload::Text(text)) => Some(Self::Text(text.clone())),
            (Self::Json(_), Payload::Text(text)) => serde_json::from_str(text).ok().map(Self::Json),
            _ => None,
        };
        match found {
            Some(found) if found == *self => Ok(()),
            Some(found) => Err(format!("expected {}, found {}", self.show(), found.show())),
            None => Err(format!(
                "expected {}, found another kind of payload",
                self.show()
            )),
        }
    }
}

pub(super) fn part(node: Node<'_>) -> Result<Part, Error> {
    let mut table = node.table()?;
    let f_port = match table.optional("f_port") {
        None => None,
        Some(node) => {
            let port = FPort::new(node.integer()?);
            Some(port.map_err(|error| node.refuse(Code::DefinitionValue, error.to_string()))?)
        }
    };
    let topic = table
        .optional("topic")
        .map(Node::string)
        .transpose()?
        .map(str::to_owned);
    let content_type = table
        .optional("content_type")
        .map(Node::string)
        .transpose()?;
    let headers = strings(&mut table, "headers")?;
    let found = [
        table.optional("hex"),
        table.optional("text"),
        table.optional("json"),
    ];
    let payload = match found {
        [Some(node), None, None] => {
            let bytes = hex::decode(node.string()?.replace(' ', ""));
            let bytes = bytes
                .map_err(|error| node.refuse(Code::DefinitionValue, format!("not hex: {error}")))?;
            Some(Expected::Bytes(bytes))
        }
        [None, Some(node), None] => Some(Expected::Text(node.string()?.to_owned())),
        [None, None, Some(node)] => Some(Expected::Json(json(node)?)),
        [None, None, None] => None,
        _ => return Err(node.refuse(Code::DefinitionValue, "a message has one payload")),
    };
    table.finish()?;
    let content_type = content_type.map(str::to_owned);
    Ok(Part {
        f_port,
        topic,
        content_type,
        headers,
        payload,
    })
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
