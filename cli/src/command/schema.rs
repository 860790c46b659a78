//! `downlink schema`: the JSON Schema of an encoder's instructions, or of the definition format.

use downlink::encoder::definition::JSON_SCHEMA;

use crate::args::SchemaArguments;
use crate::exit::{Exit, Failure};
use crate::input::{self, Wanted};
use crate::output::Output;

pub(super) fn run(arguments: &SchemaArguments) -> Result<Exit, Failure> {
    let mut output = Output::new();
    match &arguments.encoder {
        None => output.text(JSON_SCHEMA)?,
        Some(id) => {
            let wanted = Wanted::One(id.clone());
            let registry = input::registry(&arguments.catalog.encoders, &wanted)?;
            let description = registry.get(id)?.describe();
            output.text(&format!("{:#}\n", description.instruction_schema))?;
        }
    }
    output.finish()?;
    Ok(Exit::Done)
}
