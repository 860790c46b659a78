//! `downlink export`: a definition as a script for network servers.

use downlink::encoder::definition::Definition;
use downlink::error::{Code, Error};

use crate::args::ExportArguments;
use crate::exit::{Exit, Failure};
use crate::input::{self, Source, Wanted};
use crate::output::Output;

pub(super) fn run(arguments: &ExportArguments) -> Result<Exit, Failure> {
    let wanted = Wanted::One(arguments.encoder.clone());
    let registry = input::registry(&arguments.catalog.encoders, &wanted)?;
    let refused = |error: Error| Failure::refused(error, Source::argument());
    let encoder = registry.get(&arguments.encoder)?;
    let definition = Definition::of(encoder).ok_or_else(|| refused(no_definition(encoder.id())))?;
    // Examples of what cannot be exported would be of no script.
    let script = definition.to_script().map_err(refused)?;
    let mut output = Output::new();
    if arguments.examples {
        output.text(&definition.script_examples())?;
    } else {
        output.text(&script)?;
    }
    output.finish()?;
    Ok(Exit::Done)
}

fn no_definition(id: &str) -> Error {
    Error::new(
        Code::ExportLanguage,
        format!("`{id}` is not a definition, so it has no script"),
    )
    .expected("an encoder that is a definition")
}
