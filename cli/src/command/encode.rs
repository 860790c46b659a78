//! `downlink encode`: the document of each message.

use downlink::error::{Diagnostic, First};

use crate::args::EncodeArguments;
use crate::exit::{Exit, Failure};
use crate::output::Output;
use crate::report::Reporter;

use super::ndjson;
use super::order::Setup;

pub(super) fn run(arguments: &EncodeArguments, reporter: &Reporter) -> Result<Exit, Failure> {
    let mut setup = Setup::new(&arguments.order)?;
    if arguments.ndjson {
        return ndjson::run(arguments, setup, reporter);
    }
    let source = setup.source(arguments.request.as_deref(), &arguments.order)?;
    if arguments.request.is_none() {
        reporter.aside(&setup.built(&source));
    }
    let mut findings = First::default();
    let encoded = setup.encode(source.bytes(), &mut findings);
    let place = |diagnostic: Diagnostic| match source.text() {
        Some(text) => diagnostic.placed_in(text),
        None => diagnostic,
    };
    let mut findings: Vec<_> = findings.warnings.into_iter().map(place).collect();
    let encoded = match encoded {
        Ok(encoded) => encoded,
        Err(error) => {
            findings.push(place(error.into_diagnostic()));
            return Err(Failure::Refused { findings, source });
        }
    };
    let mut output = Output::new();
    for document in encoded.downlinks.documents().map_err(Failure::Fault)? {
        output.json_line(&document)?;
    }
    output.finish()?;
    reporter.diagnostics(&findings, &source);
    Ok(Exit::Done)
}
