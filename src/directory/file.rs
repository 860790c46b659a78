//! The device file.
//!
//! ```toml
//! [defaults]
//! feedback_timeout = "PT1H"
//!
//! [devices."urn:dev:DEVEUI:0059AC0000152A2B:"]
//! encoder = "dragino/lt-22222-l"
//! region = "EU868"
//! data_rate = 0                  # or max_payload = 51
//! variables = { }
//! base_only_record = true        # for `generic/senml-json` and its kin
//! types = { setpoint = "float" }
//! ```

use toml::de::DeValue;

use std::collections::BTreeMap;

use crate::document::{Codes, Document, Node, Table};
use crate::error::{Code, Error};
use crate::instruction::{DeviceId, FeedbackTimeout};
use crate::message::lora::Region;

use super::{Binding, Bindings, NumberType};

const CODES: Codes = Codes {
    syntax: Code::DevicesFile,
    unknown_key: Code::DevicesFile,
    missing_key: Code::DevicesFile,
    wrong_type: Code::DevicesFile,
};

pub(super) fn read(text: &str) -> Result<Bindings, Error> {
    let document = Document::parse(text, &CODES)?;
    let mut root = document.root();
    let default = match root.optional("defaults") {
        Some(node) => {
            let mut table = node.table()?;
            let timeout = feedback_timeout(&mut table)?;
            table.finish()?;
            timeout
        }
        None => None,
    };
    let mut bindings = Bindings::default();
    if let Some(node) = root.optional("devices") {
        for (name, node) in node.table()?.entries() {
            let device =
                DeviceId::parse(name.text).map_err(|error| error.at_offset(name.offset))?;
            if bindings.insert(device, binding(node, default)?).is_some() {
                return Err(
                    Error::new(Code::DevicesFile, format!("`{device}` stands twice"))
                        .at_offset(name.offset),
                );
            }
        }
    }
    root.finish()?;
    Ok(bindings)
}

fn binding(node: Node<'_>, default: Option<FeedbackTimeout>) -> Result<Binding, Error> {
    let mut table = node.table()?;
    let mut binding = Binding::new(table.required("encoder")?.string()?);
    binding.region = table.optional("region").map(region).transpose()?;
    binding.data_rate = table.optional("data_rate").map(Node::integer).transpose()?;
    binding.max_payload = table
        .optional("max_payload")
        .map(Node::integer)
        .transpose()?;
    binding.feedback_timeout = feedback_timeout(&mut table)?.or(default);
    binding.base_only_record = table
        .optional("base_only_record")
        .map_or(Ok(false), Node::boolean)?;
    if let Some(node) = table.optional("types") {
        let entries = node.table()?.entries();
        let types = entries.map(|(name, node)| Ok((name.text.to_owned(), number_type(node)?)));
        binding.types = types.collect::<Result<_, Error>>()?;
    }
    if let Some(node) = table.optional("variables") {
        binding.variables = variables(node)?;
    }
    table.finish()?;
    binding
        .payload_limit()
        .map_err(|error| error.at_offset(node.offset()))?;
    Ok(binding)
}

fn number_type(node: Node<'_>) -> Result<NumberType, Error> {
    match node.string()? {
        "int" => Ok(NumberType::Integer),
        "float" => Ok(NumberType::Float),
        _ => Err(node
            .refuse(Code::DevicesFile, "the type of a number is not known")
            .expected("`int` or `float`")),
    }
}

fn region(node: Node<'_>) -> Result<Region, Error> {
    node.string()?
        .parse()
        .map_err(|error: Error| error.at_offset(node.offset()))
}

fn feedback_timeout(table: &mut Table<'_>) -> Result<Option<FeedbackTimeout>, Error> {
    let Some(node) = table.optional("feedback_timeout") else {
        return Ok(None);
    };
    FeedbackTimeout::parse(node.string()?)
        .map(Some)
        .map_err(|error| error.at_offset(node.offset()))
}

/// Variables are texts; a number is the text that it is written as.
fn variables(node: Node<'_>) -> Result<BTreeMap<String, String>, Error> {
    let variable = |node: Node<'_>| match node.value() {
        DeValue::Integer(_) | DeValue::Float(_) => {
            node.decimal().map(|decimal| decimal.to_string())
        }
        DeValue::Boolean(value) => Ok(value.to_string()),
        _ => node.string().map(str::to_owned),
    };
    let entries = node.table()?.entries();
    entries
        .map(|(name, node)| Ok((name.text.to_owned(), variable(node)?)))
        .collect()
}
