//! `downlink list`: the catalog.

use downlink::encoder::Encoder;
use downlink::encoder::definition::Definition;
use downlink::message::Protocol;
use serde::Serialize;

use crate::args::{ListArguments, ListFormat};
use crate::exit::{Exit, Failure};
use crate::input::{self, Source, Wanted};
use crate::output::Output;
use crate::report::Reporter;

/// An encoder, as programs read it.
#[derive(Serialize)]
struct Entry<'e> {
    id: &'e str,
    title: &'e str,
    models: &'e [String],
    protocols: &'e [Protocol],
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<&'static str>,
}

pub(super) fn run(arguments: &ListArguments, reporter: &Reporter) -> Result<Exit, Failure> {
    let loaded = input::registry(&arguments.catalog.encoders, &Wanted::All)?;
    let filter = arguments
        .filter
        .as_deref()
        .unwrap_or_default()
        .to_lowercase();
    let entries = loaded.registry.iter().map(Entry::of);
    let entries: Vec<Entry<'_>> = entries.filter(|entry| entry.has(&filter)).collect();
    let mut output = Output::new();
    match arguments.format {
        ListFormat::Json => output.json_line(&entries)?,
        ListFormat::Text => table(&entries, &mut output)?,
    }
    output.finish()?;
    reporter.diagnostics(&loaded.skipped.summary(), &Source::argument());
    Ok(Exit::Done)
}

fn table(entries: &[Entry<'_>], output: &mut Output) -> Result<(), Failure> {
    let widest = |width: fn(&Entry<'_>) -> usize| entries.iter().map(width).max().unwrap_or(0);
    let ids = widest(|entry| entry.id.len());
    let protocols = widest(|entry| entry.protocols().len());
    for entry in entries {
        let (id, spoken) = (entry.id, entry.protocols());
        let title = entry.title;
        output.text(&format!("{id:<ids$}  {spoken:<protocols$}  {title}\n"))?;
    }
    Ok(())
}

impl<'e> Entry<'e> {
    fn of(encoder: &'e dyn Encoder) -> Self {
        let definition = Definition::of(encoder);
        Self {
            id: encoder.id(),
            title: encoder.title(),
            models: definition.map_or(&[], Definition::models),
            protocols: encoder.protocols(),
            source: definition.map(Definition::source),
            evidence: definition.map(|it| it.evidence().as_str()),
        }
    }

    /// Whether a text in lower case stands in what names it.
    fn has(&self, filter: &str) -> bool {
        let models = self.models.iter().map(String::as_str);
        let mut names = [self.id, self.title].into_iter().chain(models);
        names.any(|name| name.to_lowercase().contains(filter))
    }

    fn protocols(&self) -> String {
        let names: Vec<&str> = self.protocols.iter().map(|it| it.as_str()).collect();
        names.join(" ")
    }
}
