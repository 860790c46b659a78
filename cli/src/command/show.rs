//! `downlink show`: what an encoder takes, like a manual page.

use std::fmt;

use downlink::encoder::Encoder;
use downlink::encoder::definition::{
    ArgumentDescription, Arity, CommandDescription, Definition, Domain, EnvelopeDescription,
    Example, VariableDescription,
};

use downlink::number::Rational;

use crate::args::ShowArguments;
use crate::exit::{Exit, Failure};
use crate::input::{self, Source};
use crate::output::Output;

/// Columns of running text.
const WIDTH: usize = 80;

pub(super) fn run(arguments: &ShowArguments) -> Result<Exit, Failure> {
    let registry = input::registry(&arguments.catalog.encoders)?;
    let encoder = registry
        .get(&arguments.encoder)
        .map_err(|error| Failure::refused(error, Source::argument()))?;
    let mut output = Output::new();
    output.text(&Page(encoder).to_string())?;
    output.finish()?;
    Ok(Exit::Done)
}

/// The page of an encoder.
struct Page<'e>(&'e dyn Encoder);

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let encoder = self.0;
        writeln!(f, "{} - {}", encoder.id(), encoder.title())?;
        let definition = encoder.definition();
        if let Some(models) = definition
            .map(Definition::models)
            .filter(|it| !it.is_empty())
        {
            section("models", &models.join(", "), f)?;
        }
        let protocols: Vec<&str> = encoder.protocols().iter().map(|it| it.as_str()).collect();
        section("protocol", &protocols.join(", "), f)?;
        if let Some(notes) = encoder.notes() {
            section("description", notes, f)?;
        }
        if let Some(definition) = definition {
            let source = format!(
                "{} ({})",
                definition.source(),
                definition.evidence().as_str()
            );
            section("source", &source, f)?;
            if let Some(destination) = definition.destination() {
                section("sent to", &destination, f)?;
            }
            variables(&definition.variables(), f)?;
            envelopes(&definition.envelopes(), f)?;
            commands(&definition.commands(), f)?;
            examples(definition.examples(), f)?;
        }
        Ok(())
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
        None => "required".to_owned(),
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
    let row = |envelope: &EnvelopeDescription, argument: &ArgumentDescription| {
        let name = format!("{}/{}", envelope.name, argument.name);
        vec![name, label(&argument.domain).to_owned(), takes(argument)]
    };
    let rows: Vec<Vec<String>> = envelopes
        .iter()
        .flat_map(|it| it.arguments.iter().map(move |argument| row(it, argument)))
        .collect();
    table(&rows, 2, f)
}

fn commands(commands: &[CommandDescription], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(f, "\nCOMMANDS")?;
    for (index, command) in commands.iter().enumerate() {
        if index > 0 {
            writeln!(f)?;
        }
        let repeats = if command.repeats {
            " (may stand several times)"
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
    let is_required = |it: &&ArgumentDescription| it.default.is_none() && !it.is_optional;
    let required = command.arguments.iter().filter(is_required).count();
    let has_default = command.arguments.iter().any(|it| it.default.is_some());
    let mut rows = Vec::new();
    if command.arguments.is_empty() || required == 0 && has_default {
        let others = if command.arguments.is_empty() {
            ""
        } else {
            ", with every default"
        };
        let name = command.name.clone();
        rows.push(vec![name, "vb".to_owned(), format!("true{others}")]);
    }
    for argument in &command.arguments {
        // The only one that is needed may be given by the name of the command alone.
        let is_only = required == 1 && is_required(&argument) && argument.arity == Arity::One;
        let name = if is_only {
            format!("{}[/{}]", command.name, argument.name)
        } else {
            path(command, argument)
        };
        rows.push(vec![
            name,
            label(&argument.domain).to_owned(),
            takes(argument),
        ]);
    }
    rows
}

fn path(command: &CommandDescription, argument: &ArgumentDescription) -> String {
    let (command, argument, arity) = (&command.name, &argument.name, &argument.arity);
    match arity {
        Arity::List(_) => format!("{command}/{argument}/0"),
        Arity::Repeated => format!("{command}/0/{argument}"),
        _ => format!("{command}/{argument}"),
    }
}

fn label(domain: &Domain) -> &'static str {
    match domain {
        Domain::Number { names, .. } if names.is_empty() => "v",
        Domain::Number { .. } => "v, vs",
        Domain::Boolean => "vb",
        Domain::Data(_) => "vd",
        _ => "vs",
    }
}

fn takes(argument: &ArgumentDescription) -> String {
    let mut notes = vec![argument.takes.clone()];
    if let Arity::List(items) = &argument.arity {
        notes.push(format!("{} to {} items", items.start(), items.end()));
    }
    if let Domain::Number {
        step: Some(step), ..
    } = &argument.domain
        && *step != Rational::ONE
    {
        notes.push(format!("in steps of {step}"));
    }
    match &argument.default {
        Some(default) => notes.push(format!("default {default}")),
        None if argument.is_optional => notes.push("optional".to_owned()),
        None => {}
    }
    if !argument.once.is_empty() {
        let names = argument.once.join(", ");
        notes.push(format!("not sent again by itself: {names}"));
    }
    notes.extend(argument.title.clone());
    notes.join("; ")
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
        if !example.title().is_empty() {
            writeln!(f, "  {}", example.title())?;
        }
        writeln!(f, "      {}", example.records())?;
        for expected in example.expected() {
            let refused = if example.is_refusal() {
                "refused: "
            } else {
                ""
            };
            writeln!(f, "      -> {refused}{expected}")?;
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
