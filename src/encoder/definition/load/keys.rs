//! The keys of a definition, one by one.

use std::collections::BTreeMap;

use crate::document::{Name, Node, Table};
use crate::error::{Code, Error, Sink, did_you_mean, nearest, quote};
use crate::message::Protocol;

use super::super::super::{Evidence, Reading};
use super::super::frame::Order;
use super::super::template::Raw;

pub(super) fn sink_result(result: Result<(), Error>, sink: &mut dyn Sink) -> Result<(), Error> {
    result.or_else(|error| sink.error(error))
}

/// The table of this key, each entry read.
pub(super) fn named<'d, T>(
    root: &mut Table<'d>,
    key: &'static str,
    read: impl Fn(Name<'d>, Node<'d>) -> Result<T, Error>,
) -> Result<BTreeMap<String, T>, Error> {
    let Some(node) = root.optional(key) else {
        return Ok(BTreeMap::new());
    };
    let entries = node.table()?.entries();
    entries
        .map(|(name, node)| {
            check_name(name, false)?;
            Ok((name.text.to_owned(), read(name, node)?))
        })
        .collect()
}

pub(super) fn protocol(node: Node<'_>) -> Result<Protocol, Error> {
    let name = node.string()?;
    Protocol::ALL
        .iter()
        .copied()
        .find(|protocol| protocol.as_str() == name)
        .ok_or_else(|| {
            node.refuse(
                Code::DefinitionValue,
                format!("`{}` is not a valid protocol", quote(name)),
            )
            .expected("`LORA`, `MQTT`, `SMS` or `HTTP`")
        })
}

pub(super) fn order(node: Node<'_>) -> Result<Order, Error> {
    match node.string()? {
        "little" => Ok(Order::Little),
        "big" => Ok(Order::Big),
        other => Err(node
            .refuse(
                Code::DefinitionValue,
                format!("`{}` is not a valid byte order", quote(other)),
            )
            .expected("`little` or `big`")),
    }
}

pub(super) fn evidence(node: Node<'_>) -> Result<Evidence, Error> {
    match node.string()? {
        "manual" => Ok(Evidence::Manual),
        "codec" => Ok(Evidence::Codec),
        "vectors" => Ok(Evidence::Vectors),
        other => Err(node
            .refuse(
                Code::DefinitionValue,
                format!("`{}` is not a valid kind of evidence", quote(other)),
            )
            .expected("`manual`, `codec` or `vectors`")),
    }
}

/// `shadow = true`, or `decode = false` with a `reason`; neither leaves it at what is usual.
pub(super) fn reading(table: &mut Table<'_>, usual: &Reading) -> Result<Reading, Error> {
    let shadow = table.optional("shadow");
    let decode = table.optional("decode");
    let reason = table.optional("reason").map(Node::string).transpose()?;
    let is_shadow = shadow.map_or(Ok(false), Node::boolean)?;
    let decode = match decode {
        None => None,
        Some(node) => Some((node, node.boolean()?)),
    };
    match decode {
        Some((node, false)) => match reason {
            Some(reason) => Ok(Reading::Never(reason.to_owned())),
            None => Err(node
                .refuse(
                    Code::DefinitionMissingKey,
                    "`decode = false` needs a `reason`",
                )
                .expected("`reason`")),
        },
        _ if is_shadow => Ok(Reading::Shadow),
        Some((_, true)) => Ok(Reading::Unique),
        None => Ok(usual.clone()),
    }
}

/// Exactly one of `frame`, `text` and `json`.
pub(super) fn template<'d>(table: &mut Table<'d>) -> Result<(Node<'d>, Raw), Error> {
    let found = [
        table.optional("frame"),
        table.optional("text"),
        table.optional("json"),
    ];
    match found {
        [Some(node), None, None] => Ok((node, Raw::frame(node)?)),
        [None, Some(node), None] => Ok((node, Raw::text(node)?)),
        [None, None, Some(node)] => Ok((node, Raw::json(node)?)),
        _ => Err(no_template(table)),
    }
}

/// Not one template; perhaps its key is misspelt.
#[cold]
fn no_template(table: &Table<'_>) -> Error {
    let error = Error::new(
        Code::DefinitionMissingKey,
        "a command has exactly one of `frame`, `text` and `json`",
    );
    let meant = table.entries().find_map(|(name, _)| {
        let meant = nearest(name.text, ["frame", "text", "json"])?;
        (meant != name.text).then_some((name, meant))
    });
    match meant {
        Some((name, meant)) => error.hint(did_you_mean(meant)).at_offset(name.offset),
        None => error.at_offset(table.offset()),
    }
}

/// `[A-Za-z][A-Za-z0-9_]*`; commands and envelopes also take `-` and `.` inside.
pub(super) fn check_name(name: Name<'_>, is_command: bool) -> Result<(), Error> {
    let is_inside =
        |c: char| c.is_ascii_alphanumeric() || c == '_' || is_command && matches!(c, '-' | '.');
    let is_name = name.text.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.text.chars().all(is_inside);
    if is_name {
        return Ok(());
    }
    Err(Error::new(
        Code::DefinitionName,
        format!("`{}` is not a valid name", quote(name.text)),
    )
    .expected("a letter, then letters, digits or `_`")
    .at_offset(name.offset))
}

pub(super) fn unused<'n>(name: Name<'_>, used: impl Iterator<Item = &'n str>) -> Error {
    let error = Error::new(
        Code::DefinitionUnused,
        format!("the argument `{}` is not used", quote(name.text)),
    )
    .at_offset(name.offset);
    error
        .hint("remove it, or use it as `{name}` in a template")
        .suggest_name(name.text, used)
}

pub(super) fn too_large(found: String, most: usize) -> Error {
    Error::new(
        Code::DefinitionLimit,
        format!("{found}, at most {most} are allowed"),
    )
    .expected(format!("at most {most}"))
    .found(found)
}

/// Places an error that has no place yet.
pub(super) fn at(error: Error, node: Node<'_>) -> Error {
    if error.diagnostic().position.is_some() {
        error
    } else {
        error.at_offset(node.offset())
    }
}
