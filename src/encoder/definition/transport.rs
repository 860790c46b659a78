//! What a definition says of its protocol: ports, topics, segments, header fields.

use crate::document::{Node, Table};
use crate::error::{Code, Error, quote};
use crate::message::Protocol;
use crate::message::http::{HeaderName, HeaderValue, Headers};
use crate::message::lora::FPort;
use crate::message::mqtt::{ContentType, Qos, TopicName};
use crate::message::sms::SegmentLimit;

use super::compile::Scope;
use super::frame::{Field, Integer, Order};
use super::model::{Join, PortRule, Text, TextPiece, Transport};
use super::template::{self, RawPiece};
use super::usage::Usages;
use super::variable::Variable;

/// Reads the section of the protocol, and how commands join.
pub(super) fn read(
    root: &mut Table<'_>,
    protocol: Protocol,
    variables: &[Variable],
) -> Result<(Transport, Join), Error> {
    let sections = ["lora", "mqtt", "sms", "http"].map(|key| (key, root.optional(key)));
    let own = protocol.as_str().to_ascii_lowercase();
    if let Some((key, Some(node))) = sections
        .iter()
        .find(|(key, node)| *key != own && node.is_some())
    {
        return Err(node
            .refuse(
                Code::DefinitionUnknownKey,
                format!("`[{key}]` in a definition for {protocol}"),
            )
            .expected(format!("`[{own}]`")));
    }
    let section = sections.into_iter().find_map(|(_, node)| node);
    let Some(node) = section else {
        return match protocol {
            Protocol::Mqtt => Err(Error::new(
                Code::DefinitionMissingKey,
                "expected `[mqtt]` with a `topic`, found none",
            )
            .at_offset(root.offset())),
            _ => Ok((default_transport(protocol), Join::Never)),
        };
    };
    let mut table = node.table()?;
    let join = join(&mut table, protocol)?;
    let transport = match protocol {
        Protocol::Lora => lora(&mut table)?,
        Protocol::Mqtt => mqtt(&mut table, variables)?,
        Protocol::Sms => sms(&mut table)?,
        Protocol::Http => http(&mut table)?,
    };
    table.finish()?;
    Ok((transport, join))
}

fn default_transport(protocol: Protocol) -> Transport {
    match protocol {
        Protocol::Lora => Transport::Lora {
            port: None,
            max_length: None,
        },
        Protocol::Mqtt => Transport::Mqtt {
            topic: None,
            may_override: false,
            content_type: None,
            qos: None,
        },
        Protocol::Sms => Transport::Sms {
            limit: SegmentLimit::ONE,
        },
        Protocol::Http => Transport::Http {
            headers: Headers::default(),
        },
    }
}

/// `true`, or the text that stands between two commands.
fn join(table: &mut Table<'_>, protocol: Protocol) -> Result<Join, Error> {
    let Some(node) = table.optional("join") else {
        return Ok(Join::Never);
    };
    if let Ok(separator) = node.string() {
        if protocol == Protocol::Lora {
            return Err(node.refuse(Code::DefinitionType, "bytes are joined with `join = true`"));
        }
        return Ok(Join::Separated(separator.to_owned()));
    }
    Ok(if node.boolean()? {
        Join::Adjacent
    } else {
        Join::Never
    })
}

fn lora(table: &mut Table<'_>) -> Result<Transport, Error> {
    let default = table.optional("f_port").map(port).transpose()?;
    let port = match table.optional("f_ports") {
        None => default.map(PortRule::Fixed),
        Some(node) if node.string().is_ok() => match node.string()? {
            "any" => Some(PortRule::Choice {
                among: Vec::new(),
                default,
            }),
            _ => {
                return Err(
                    node.refuse(Code::DefinitionValue, "expected \"any\" or a list of ports")
                );
            }
        },
        Some(node) => {
            let among: Vec<_> = node
                .array()?
                .into_iter()
                .map(port)
                .collect::<Result<_, _>>()?;
            if default.is_some_and(|default| !among.contains(&default)) {
                return Err(node
                    .refuse(Code::DefinitionValue, "`f_port` is not one of `f_ports`")
                    .hint("`f_port` is the default among `f_ports`: add it, or remove it"));
            }
            Some(PortRule::Choice { among, default })
        }
    };
    let max_length = table.optional("max_length").map(Node::count).transpose()?;
    Ok(Transport::Lora { port, max_length })
}

fn port(node: Node<'_>) -> Result<FPort, Error> {
    FPort::new(node.integer()?).map_err(|error| in_value(node, &error))
}

fn mqtt(table: &mut Table<'_>, variables: &[Variable]) -> Result<Transport, Error> {
    let node = table.required("topic")?;
    let scope = Scope {
        arguments: &[],
        variables,
        order: Order::Big,
        is_envelope: false,
    };
    let topic = topic(node, &template::pieces(node)?, scope)?;
    let may_override = table
        .optional("topic_override")
        .map_or(Ok(false), Node::boolean)?;
    let content_type = table
        .optional("content_type")
        .map(content_type)
        .transpose()?;
    let qos = table.optional("qos").map(qos).transpose()?;
    Ok(Transport::Mqtt {
        topic: Some(topic),
        may_override,
        content_type,
        qos,
    })
}

/// A topic whose literal pieces are checked now; the values are when they are known.
fn topic(node: Node<'_>, pieces: &[RawPiece], scope: Scope<'_>) -> Result<Text, Error> {
    let text = scope
        .text(pieces)
        .map_err(|error| error.at_offset(node.offset()))?;
    let shape: String = text
        .0
        .iter()
        .map(|piece| match piece {
            TextPiece::Literal(literal) => literal.as_str(),
            TextPiece::Value(_) => "x",
        })
        .collect();
    TopicName::new(&shape).map_err(|error| in_value(node, &error))?;
    Ok(text)
}

fn content_type(node: Node<'_>) -> Result<ContentType, Error> {
    ContentType::new(literal(node)?).map_err(|error| in_value(node, &error))
}

/// A text that is sent as it is: what looks like a placeholder would be sent as well.
fn literal(node: Node<'_>) -> Result<&str, Error> {
    let text = node.string()?;
    if !text.contains(['{', '}']) {
        return Ok(text);
    }
    let error = node.refuse(
        Code::DefinitionValue,
        "a header field takes neither arguments nor variables",
    );
    Err(error.expected("a text without braces").found(quote(text)))
}

fn qos(node: Node<'_>) -> Result<Qos, Error> {
    match node.integer()? {
        0 => Ok(Qos::AtMostOnce),
        1 => Ok(Qos::AtLeastOnce),
        2 => Ok(Qos::ExactlyOnce),
        _ => Err(node.refuse(Code::DefinitionValue, "expected 0, 1 or 2")),
    }
}

fn sms(table: &mut Table<'_>) -> Result<Transport, Error> {
    let limit = match table.optional("max_segments") {
        None => SegmentLimit::ONE,
        Some(node) => SegmentLimit::new(node.integer()?).map_err(|error| in_value(node, &error))?,
    };
    Ok(Transport::Sms { limit })
}

fn http(table: &mut Table<'_>) -> Result<Transport, Error> {
    let mut headers = Vec::new();
    if let Some(node) = table.optional("content_type") {
        let value = content_type(node)?.to_string();
        headers.push(header(node, "Content-Type", &value)?);
    }
    if let Some(node) = table.optional("headers") {
        for (name, value) in node.table()?.entries() {
            headers.push(header(value, name.text, literal(value)?)?);
        }
    }
    let headers = Headers::new(headers).map_err(|error| error.at_offset(table.offset()))?;
    Ok(Transport::Http { headers })
}

fn header(node: Node<'_>, name: &str, value: &str) -> Result<(HeaderName, HeaderValue), Error> {
    let name = HeaderName::new(name).map_err(|error| in_value(node, &error))?;
    Ok((
        name,
        HeaderValue::new(value).map_err(|error| in_value(node, &error))?,
    ))
}

/// A value that its own type refuses, in a definition.
fn in_value(node: Node<'_>, error: &Error) -> Error {
    let diagnostic = error.diagnostic();
    let refused = node.refuse(Code::DefinitionValue, diagnostic.message.clone());
    match &diagnostic.expected {
        Some(expected) => refused.expected(expected.clone()),
        None => refused,
    }
}

/// Where a command goes if it does not go where the others do.
#[derive(Default)]
pub(super) struct Routes<'d> {
    port: Option<RawPort<'d>>,
    topic: Option<(Node<'d>, Vec<RawPiece>)>,
}

enum RawPort<'d> {
    Fixed(FPort),
    From(Node<'d>, Field),
}

impl<'d> Routes<'d> {
    /// Reads `f_port` and `topic` of a command; what they use is added to its usages.
    pub(super) fn read(
        table: &mut Table<'d>,
        protocol: Protocol,
        usages: &mut Usages,
    ) -> Result<Self, Error> {
        let mut routes = Self::default();
        if protocol == Protocol::Lora {
            if let Some(node) = table.optional("f_port") {
                routes.port = Some(raw_port(node, usages)?);
            }
        }
        if protocol == Protocol::Mqtt {
            if let Some(node) = table.optional("topic") {
                let pieces = template::pieces(node)?;
                for piece in &pieces {
                    if let RawPiece::Field(field) = piece {
                        usages.add_field(field, None, false);
                    }
                }
                routes.topic = Some((node, pieces));
            }
        }
        Ok(routes)
    }

    pub(super) fn resolve(
        self,
        scope: Scope<'_>,
    ) -> Result<(Option<PortRule>, Option<Text>), Error> {
        let port = match self.port {
            None => None,
            Some(RawPort::Fixed(port)) => Some(PortRule::Fixed(port)),
            Some(RawPort::From(node, field)) => {
                let source = scope
                    .source(&field)
                    .map_err(|error| error.at_offset(node.offset()))?;
                Some(PortRule::From(source))
            }
        };
        let topic = self
            .topic
            .map(|(node, pieces)| topic(node, &pieces, scope))
            .transpose()?;
        Ok((port, topic))
    }
}

/// A number, `"{argument}"` or `"{$variable}"`.
fn raw_port<'d>(node: Node<'d>, usages: &mut Usages) -> Result<RawPort<'d>, Error> {
    /// The application ports (LoRaWAN L2 1.0.4 §4.3.2) are a range of one byte.
    const ONE_BYTE: Integer = super::usage::BYTE;
    if node.string().is_err() {
        return port(node).map(RawPort::Fixed);
    }
    let mut pieces = template::pieces(node)?;
    match (pieces.len(), pieces.pop()) {
        (1, Some(RawPiece::Field(field))) if field.is_bare() => {
            usages.add_field(&field, Some(ONE_BYTE), false);
            Ok(RawPort::From(node, field))
        }
        _ => Err(node
            .refuse(
                Code::DefinitionValue,
                "a port is a number, an argument or a variable",
            )
            .expected("`10`, `\"{argument}\"` or `\"{$variable}\"`")),
    }
}
