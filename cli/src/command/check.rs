//! `downlink check`: reads definitions and proves their examples.

use std::collections::BTreeMap;
use std::io::Write;

use downlink::encoder::definition::Definition;
use downlink::error::{Code, Diagnostic, Error};

use crate::args::CheckArguments;
use crate::exit::{Exit, Failure};
use crate::input::{self, Source};
use crate::output::{Output, count};
use crate::report::Reporter;

pub(super) fn run(arguments: &CheckArguments, reporter: &Reporter) -> Result<Exit, Failure> {
    let files = input::definition_files(&arguments.files)?;
    let mut output = Output::new();
    let mut ids = BTreeMap::new();
    let mut failed = 0_usize;
    for path in &files {
        let source = Source::read(path)?.open();
        match check(&source, &mut ids) {
            Ok((definition, warnings)) => {
                output.text(&format!("{}: {}\n", source.name(), summary(&definition)))?;
                output.flush()?;
                reporter.diagnostics(&warnings, &source);
            }
            Err(findings) => {
                failed += 1;
                output.text(&format!("{}: failed\n", source.name()))?;
                output.flush()?;
                reporter.diagnostics(&findings, &source);
            }
        }
    }
    let all = count(files.len(), "definition");
    output.text(&format!("{all}, {failed} failed\n"))?;
    output.finish()?;
    Ok(if failed == 0 {
        Exit::Done
    } else {
        Exit::SomeFailed
    })
}

/// Reads a definition, whose id must not be that of a file before.
fn check(
    source: &Source,
    ids: &mut BTreeMap<String, String>,
) -> Result<(Definition, Vec<Diagnostic>), Vec<Diagnostic>> {
    let (definition, warnings) = input::definition(source)?;
    match ids.insert(definition.id().to_owned(), source.name().to_owned()) {
        None => Ok((definition, warnings)),
        Some(other) => {
            let error = Error::new(
                Code::RegistryDuplicate,
                format!("`{}` is also the id of `{other}`", definition.id()),
            )
            .expected("a unique id")
            .found(definition.id());
            Err(vec![error.into_diagnostic()])
        }
    }
}

fn summary(definition: &Definition) -> String {
    let (commands, examples) = (definition.commands().len(), definition.examples().len());
    let (commands, examples) = (count(commands, "command"), count(examples, "example"));
    format!("{}: {commands}, {examples}", definition.id())
}
