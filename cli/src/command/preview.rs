//! `downlink preview`: what would be sent, byte by byte.

use std::io::Write;

use downlink::preview::Preview;

use crate::args::{PreviewArguments, PreviewFormat};
use crate::exit::{Exit, Failure};
use crate::output::Output;
use crate::report::Reporter;

use super::order::Setup;

pub(super) fn run(arguments: &PreviewArguments, reporter: &Reporter) -> Result<Exit, Failure> {
    let mut setup = Setup::new(&arguments.order)?;
    let source = setup.source(arguments.request.as_deref(), &arguments.order)?;
    let is_built = arguments.request.is_none();
    let preview = setup.preview(&source);
    let is_refused = !preview.problems().is_empty();

    if is_built && (is_refused || arguments.format != PreviewFormat::Text) {
        reporter.aside(&setup.built(&source));
    }
    let mut output = Output::new();
    match arguments.format {
        PreviewFormat::Json => output.json_line(&preview)?,
        _ if is_refused => {}
        PreviewFormat::Text if is_built => {
            output.text(&format!("{}\n{}", setup.built(&source), preview.page()))?;
        }
        PreviewFormat::Text => output.text(&preview.page().to_string())?,
        PreviewFormat::Hex => hex(&preview, &mut output)?,
    }
    output.finish()?;
    reporter.diagnostics(preview.warnings().iter().chain(preview.problems()), &source);
    Ok(if is_refused {
        Exit::of_findings(preview.problems())
    } else {
        Exit::Done
    })
}

fn hex(preview: &Preview, output: &mut Output) -> Result<(), Failure> {
    for part in preview.parts() {
        writeln!(output, "{}", part.payload_hex)?;
    }
    Ok(())
}
