//! `downlink schema`: the JSON Schema of an encoder's instructions, or of the definition format.

use downlink::encoder::definition::JSON_SCHEMA;
use downlink::error::{Code, Error};

use crate::args::SchemaArguments;
use crate::exit::{Exit, Failure};
use crate::input::{self, Source};
use crate::output::Output;

pub(super) fn run(arguments: &SchemaArguments) -> Result<Exit, Failure> {
    let mut output = Output::new();
    match &arguments.encoder {
        None => output.text(JSON_SCHEMA)?,
        Some(id) => {
            let schema = of_instructions(id, arguments)?;
            output.text(&format!("{schema:#}\n"))?;
        }
    }
    output.finish()?;
    Ok(Exit::Done)
}

fn of_instructions(id: &str, arguments: &SchemaArguments) -> Result<serde_json::Value, Failure> {
    let registry = input::registry(&arguments.catalog.encoders)?;
    let refused = |error: Error| Failure::refused(error, Source::argument());
    let encoder = registry.get(id).map_err(refused)?;
    let definition = encoder.definition().ok_or_else(|| {
        refused(
            Error::new(
                Code::EncoderUnknown,
                format!("`{id}` is no definition, and has no schema"),
            )
            .expected("an encoder that is a definition"),
        )
    })?;
    Ok(definition.json_schema())
}
