//! `downlink schema`: the JSON Schema of an encoder's instructions, or of the definition format.

use downlink::encoder::definition::JSON_SCHEMA;

use crate::args::SchemaArguments;
use crate::exit::{Exit, Failure};
use crate::input::{self, Source};
use crate::output::Output;

pub(super) fn run(arguments: &SchemaArguments) -> Result<Exit, Failure> {
    let mut output = Output::new();
    match &arguments.encoder {
        None => output.text(JSON_SCHEMA)?,
        Some(id) => {
            let registry = input::registry(&arguments.catalog.encoders)?;
            let refused = |error| Failure::refused(error, Source::argument());
            let description = registry.get(id).map_err(refused)?.describe();
            output.text(&format!("{:#}\n", description.instruction_schema))?;
        }
    }
    output.finish()?;
    Ok(Exit::Done)
}
