//! `downlink new`: a definition to start from.

use downlink::encoder::definition::Definition;

use crate::exit::{Exit, Failure};
use crate::input::Source;
use crate::output::Output;

pub(super) fn run(id: &str) -> Result<Exit, Failure> {
    let text =
        Definition::starter(id).map_err(|error| Failure::refused(error, Source::argument()))?;
    let mut output = Output::new();
    output.text(&text)?;
    output.finish()?;
    Ok(Exit::Done)
}
