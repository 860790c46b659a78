//! `downlink show`: what an encoder takes, like a manual page.

use std::fmt;

use downlink::encoder::{
    ArgumentDescription, Arity, CommandDescription, Description, Domain, EnvelopeDescription,
    Example, RecordValue, VariableDescription,
};
use downlink::message::Protocol;
use downlink::number::Rational;

use crate::args::ShowArguments;
use crate::exit::{Exit, Failure};
use crate::input::{self, Wanted};
use crate::output::Output;

/// Columns of running text.
const WIDTH: usize = 80;

pub(super) fn run(arguments: &ShowArguments) -> Result<Exit, Failure> {
    let wanted = Wanted::One(arguments.encoder.clone());
    let registry = input::registry(&arguments.catalog.encoders, &wanted)?;
    let encoder = registry.get(&arguments.encoder)?;
    let mut output = Output::new();
    output.text(&Page(&encoder.describe()).to_string())?;
    output.finish()?;
    Ok(Exit::Done)
}

/// The page of an encoder.
struct Page<'d>(&'d Description);

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let description = self.0;
        writeln!(f, "{} - {}", description.id, description.title)?;
        if !description.models.is_empty() {
            section("models", &description.models.join(", "), f)?;
        }
        let protocols = description.protocols.iter().copied();
        let protocols: Vec<&str> = protocols.map(Protocol::as_str).collect();
        section("protocol", &protocols.join(", "), f)?;
        if let Some(notes) = &description.notes {
            section("description", notes, f)?;
        }
        if let (Some(source), Some(evidence)) = (&description.source, description.evidence) {
            section("source", &format!("{source} ({})", evidence.as_str()), f)?;
        }
        let destination = description.destination.as_ref().map(ToString::to_string);
        if let Some(destination) = destination.filter(|it| !it.is_empty()) {
            section("sent to", &destination, f)?;
        }
        variables(description.variables.declared(), f)?;
        envelopes(&description.envelopes, f)?;
        commands(&description.commands, f)?;
        examples(&description.examples, f)
    }
}

/// A heading and running text below it.
fn section(heading: &str, text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(f, "\n{}", heading.to_uppercase())?;
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH - 2 {
            writeln!(f, "  {line}")?;
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    writeln!(f, "  {line}")
}

fn variables(variables: &[VariableDescription], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if variables.is_empty() {
        return Ok(());
    }
    writeln!(f, "\nVARIABLES")?;
    let rows: Vec<Vec<String>> = variables.iter().map(variable).collect();
    table(&rows, 2, f)
}

fn variable(variable: &VariableDescription) -> Vec<String> {
    let mut notes = Vec::new();
    notes.extend(variable.title.clone());
    notes.push(match variable.default.as_deref() {
        None if variable.is_required => "required".to_owned(),
        None => "has a default".to_owned(),
        Some("") => "default empty".to_owned(),
        Some(default) => format!("default {default}"),
    });
    if variable.is_secret {
        notes.push("secret".to_owned());
    }
    notes.extend(
        variable
            .pattern
            .as_ref()
            .map(|pattern| format!("must match {pattern}")),
    );
    vec![variable.name.clone(), notes.join(", ")]
}

/// What may be said of the message around commands.
fn envelopes(envelopes: &[EnvelopeDescription], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if envelopes.is_empty() {
        return Ok(());
    }
    writeln!(f, "\nAROUND COMMANDS")?;
    let arguments = envelopes.iter().flat_map(|envelope| &envelope.arguments);
    let rows: Vec<Vec<String>> = arguments.map(record).collect();
    table(&rows, 2, f)
}

fn commands(commands: &[CommandDescription], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if commands.is_empty() {
        return Ok(());
    }
    writeln!(f, "\nCOMMANDS")?;
    for (index, command) in commands.iter().enumerate() {
        if index > 0 {
            writeln!(f)?;
        }
        let repeats = if command.is_repeatable {
            " (may be repeated)"
        } else {
            ""
        };
        let once = if command.is_once {
            " (not sent again by itself)"
        } else {
            ""
        };
        let destination = command.destination.as_ref();
        let destination = destination
            .map(|it| format!(" (to {it})"))
            .unwrap_or_default();
        match &command.title {
            Some(title) => writeln!(
                f,
                "  {} - {title}{repeats}{once}{destination}",
                command.name
            )?,
            None => writeln!(f, "  {}{repeats}{once}{destination}", command.name)?,
        }
        table(&records(command), 6, f)?;
    }
    Ok(())
}

/// A row for each record that the command takes: its name, its label, and what it may hold.
fn records(command: &CommandDescription) -> Vec<Vec<String>> {
    let arguments = &command.arguments;
    let has_default = |it: &ArgumentDescription| !it.is_required && !it.is_optional;
    let mut rows = Vec::new();
    if arguments.is_empty() {
        rows.push(vec![
            command.name.clone(),
            "vb".to_owned(),
            "true".to_owned(),
        ]);
    } else if !arguments.iter().any(|it| it.is_required) && arguments.iter().any(has_default) {
        let takes = "true, with every default".to_owned();
        rows.push(vec![command.name.clone(), "vb".to_owned(), takes]);
    }
    rows.extend(arguments.iter().map(record));
    rows
}

/// The record of an argument; what stands in brackets may be left out of its name.
fn record(argument: &ArgumentDescription) -> Vec<String> {
    let name = match argument.record.split_once('/') {
        Some((command, own)) if argument.is_bare => format!("{command}[/{own}]"),
        _ => argument.record.clone(),
    };
    vec![name, label(&argument.domain).to_owned(), takes(argument)]
}

fn label(domain: &Domain) -> &'static str {
    match domain {
        Domain::Number { names, .. } if names.is_empty() => "v",
        Domain::Number { .. } => "v, vs",
        Domain::Boolean => "vb",
        Domain::Data { .. } => "vd",
        _ => "vs",
    }
}

fn takes(argument: &ArgumentDescription) -> String {
    let mut notes = vec![argument.takes.clone()];
    if let Arity::List(items) = &argument.arity {
        notes.push(format!("{} to {} items", items.min, items.max));
    }
    if let Domain::Number {
        step: Some(step), ..
    } = &argument.domain
        && *step != Rational::ONE
    {
        notes.push(format!("in steps of {step}"));
    }
    match &argument.default {
        Some(default) => notes.push(format!("default {}", shown(default, argument))),
        None if argument.is_optional => notes.push("optional".to_owned()),
        None if argument.is_required => {}
        None => notes.push("has a default".to_owned()),
    }
    if !argument.once.is_empty() {
        let names = argument.once.join(", ");
        notes.push(format!("not sent again by itself: {names}"));
    }
    for need in &argument.needs {
        notes.push(format!(
            "only with {} = {}",
            need.argument,
            plain(&need.value)
        ));
    }
    notes.extend(argument.title.clone());
    notes.join("; ")
}

/// A value, with the unit of a number.
fn shown(value: &RecordValue, argument: &ArgumentDescription) -> String {
    match (value, &argument.unit) {
        (RecordValue::Number(number), Some(unit)) => format!("{number} {unit}"),
        _ => plain(value),
    }
}

fn plain(value: &RecordValue) -> String {
    match value {
        RecordValue::Number(number) => number.to_string(),
        RecordValue::Boolean(value) => value.to_string(),
        RecordValue::Text(text) => text.clone(),
        RecordValue::Data(bytes) => hex::encode_upper(bytes),
        _ => String::new(),
    }
}

fn examples(examples: &[Example], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if examples.is_empty() {
        return Ok(());
    }
    writeln!(f, "\nEXAMPLES")?;
    for (index, example) in examples.iter().enumerate() {
        if index > 0 {
            writeln!(f)?;
        }
        if !example.title.is_empty() {
            writeln!(f, "  {}", example.title)?;
        }
        writeln!(f, "      {}", example.instruction)?;
        for payload in example.messages.iter().filter_map(|it| it.payload.as_ref()) {
            writeln!(f, "      -> {payload}")?;
        }
        if let Some(code) = &example.error {
            writeln!(f, "      -> refused: {code}")?;
        }
    }
    Ok(())
}

/// Rows whose cells stand below each other.
fn table(rows: &[Vec<String>], indent: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    for row in rows {
        let cells = row.iter().enumerate();
        let cells: Vec<String> = cells
            .map(|(column, cell)| format!("{cell:<0$}", width(column)))
            .collect();
        writeln!(f, "{:indent$}{}", "", cells.join("  ").trim_end())?;
    }
    Ok(())
}
