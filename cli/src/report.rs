//! Standard error: diagnostics as text for people or as JSON for programs.

mod mask;

use std::io::Write;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use downlink::error::{Diagnostic, Position, Severity};
use serde::Serialize;

use crate::args::ErrorFormat;
use crate::exit::Failure;
use crate::input::Source;
use crate::output::{escaped, visible};

/// Columns of a diagnostic; what is longer is cut around the caret.
const WIDTH: usize = 120;
/// Columns of what stands beside a caret; what is longer stands below.
const LABEL: usize = 64;
/// What the library shows of a secret.
const MASK: &str = "***";
/// Columns of a note.
const NOTE: usize = 100;

/// A finding that is about no input.
#[derive(Serialize)]
struct Finding<'f> {
    severity: Severity,
    code: &'f str,
    message: String,
}

/// Writes to standard error.
///
/// It cannot be told that standard error is closed, so failures to write there are dropped.
#[derive(Debug)]
pub(crate) struct Reporter {
    format: ErrorFormat,
}

impl Reporter {
    pub(crate) fn new(format: ErrorFormat) -> Self {
        Self { format }
    }

    /// Reports what was found in a source, in this order.
    pub(crate) fn diagnostics<'d>(
        &self,
        diagnostics: impl IntoIterator<Item = &'d Diagnostic>,
        source: &Source,
    ) {
        let mut stream = anstream::stderr().lock();
        for diagnostic in diagnostics {
            let _ = stream.write_all(self.text(diagnostic, source).as_bytes());
        }
    }

    /// A diagnostic in the chosen format, with the styles of a terminal.
    pub(crate) fn text(&self, diagnostic: &Diagnostic, source: &Source) -> String {
        match self.format {
            ErrorFormat::Text => styled(diagnostic, source),
            ErrorFormat::Json => json_line(diagnostic),
        }
    }

    /// Shows a text beside the data, unless programs read along.
    pub(crate) fn aside(&self, text: &str) {
        if self.format == ErrorFormat::Text {
            let _ = writeln!(anstream::stderr().lock(), "{text}");
        }
    }

    /// Reports what is no fault of an input.
    pub(crate) fn failure(&self, failure: &Failure) {
        let (code, message) = match failure {
            Failure::ClosedPipe => return,
            Failure::Refused { findings, source } => return self.diagnostics(findings, source),
            Failure::Usage(error) => ("cli/usage", error.to_string()),
            Failure::Missing { path } => ("cli/missing-file", format!("`{path}`: no such file")),
            Failure::Io { what, error } => ("cli/io", format!("`{what}`: {error}")),
            Failure::Fault(error) => (error.code().as_str(), error.to_string()),
        };
        let text = match self.format {
            ErrorFormat::Text => {
                let title = Level::ERROR.primary_title(visible(&message)).id(code);
                Renderer::styled().render(&[Group::with_title(title)])
            }
            ErrorFormat::Json => {
                let severity = Severity::Error;
                let finding = Finding {
                    severity,
                    code,
                    message,
                };
                serde_json::to_string(&finding).unwrap_or_default()
            }
        };
        let _ = writeln!(anstream::stderr().lock(), "{text}");
    }
}

/// A diagnostic as one line of JSON.
fn json_line(diagnostic: &Diagnostic) -> String {
    // A diagnostic has string keys only, so that it always has a form in JSON.
    let line = serde_json::to_string(diagnostic).unwrap_or_default();
    format!("{}\n", escaped(&line))
}

/// A diagnostic with the line that it is about; the stream takes the styles out where none belong.
fn styled(diagnostic: &Diagnostic, source: &Source) -> String {
    let level = match diagnostic.severity {
        Severity::Warning => Level::WARNING,
        _ => Level::ERROR,
    };
    let title = level
        .primary_title(visible(&diagnostic.message))
        .id(diagnostic.code.as_str());
    let wanted = wanted(diagnostic);
    let wanted = wanted.as_deref();
    let (label, note) = match wanted {
        Some(wanted) if wanted.chars().count() > LABEL => (None, Some(wanted)),
        wanted => (wanted, None),
    };
    let excerpt = Excerpt::of(diagnostic, source);
    let mut group = Group::with_title(title);
    group = match (&excerpt, diagnostic.position) {
        (Some(excerpt), _) => group.element(excerpt.snippet(source, label)),
        (None, Some(Position::Text { line, column, .. })) => {
            group.element(origin(source).line(line).char_column(column))
        }
        (None, _) if source.name().is_empty() => group,
        (None, _) => group.element(origin(source)),
    };
    if let Some(place) = place(diagnostic) {
        group = group.element(Level::NOTE.message(visible(&place).into_owned()));
    }
    let note = if excerpt.is_some() { note } else { wanted };
    if let Some(note) = note {
        group = group.element(Level::NOTE.message(wrapped(note)));
    }
    if let Some(hint) = &diagnostic.hint {
        group = group.element(Level::HELP.message(visible(hint)));
    }
    let page = Renderer::styled().term_width(WIDTH).render(&[group]);
    format!("{page}\n\n")
}

fn origin(source: &Source) -> Origin<'_> {
    Origin::path(visible(source.name()))
}

/// What would have been right and what stands there, as far as the message does not say so.
fn wanted(diagnostic: &Diagnostic) -> Option<String> {
    let untold = |(what, text): (&str, &Option<String>)| {
        let text = text.as_deref()?;
        let is_told = diagnostic.message.contains(text);
        (!is_told).then(|| format!("{what} {}", visible(text)))
    };
    let wanted = [
        ("expected", &diagnostic.expected),
        ("found", &diagnostic.found),
    ];
    let wanted: Vec<String> = wanted.into_iter().filter_map(untold).collect();
    (!wanted.is_empty()).then(|| wanted.join(", "))
}

/// The place that a program would look up, the offset in bytes, and the rule.
fn place(diagnostic: &Diagnostic) -> Option<String> {
    let mut places = Vec::new();
    if let Some(Position::Offset { offset }) = diagnostic.position {
        places.push(format!("at offset {offset}"));
    }
    if let Some(pointer) = diagnostic.pointer.as_ref().filter(|it| !it.is_empty()) {
        places.push(format!("at `{}`", downlink::error::quote(pointer)));
    }
    if let Some(rule) = &diagnostic.rule {
        places.push(format!("rule {rule}"));
    }
    (!places.is_empty()).then(|| places.join(", "))
}

/// A line of a source, and the bytes of it that a diagnostic is about.
#[derive(Debug)]
struct Excerpt {
    line: String,
    number: usize,
    span: Range<usize>,
}

impl Excerpt {
    fn of(diagnostic: &Diagnostic, source: &Source) -> Option<Self> {
        let Some(Position::Text {
            line: number,
            column,
            ..
        }) = diagnostic.position
        else {
            return None;
        };
        let index = number.checked_sub(source.first_line())?;
        let line = source.text()?.split('\n').nth(index)?;
        let line = visible(line.trim_end_matches('\r')).into_owned();
        let offset_of = |at: usize| {
            let mut offsets = line.char_indices().map(|(offset, _)| offset);
            offsets.nth(at).unwrap_or(line.len())
        };
        let start = offset_of(column.checked_sub(1)?);
        let rest = line.get(start..).unwrap_or_default();
        let span = start..start + token_length(rest);
        let (line, span) = if source.is_open() {
            (line, span)
        } else {
            mask::around(&line, span)
        };
        let (line, span) = match &diagnostic.found {
            Some(found) if found.contains(MASK) => masked(&line, &span)?,
            _ => (line, span),
        };
        Some(Self { line, number, span })
    }

    fn snippet<'s>(
        &'s self,
        source: &'s Source,
        label: Option<&'s str>,
    ) -> Snippet<'s, annotate_snippets::Annotation<'s>> {
        Snippet::source(self.line.as_str())
            .path(visible(source.name()))
            .line_start(self.number)
            .annotation(
                AnnotationKind::Primary
                    .span(self.span.clone())
                    .label(label.map(str::to_owned)),
            )
    }
}

/// A text in lines.
fn wrapped(text: &str) -> String {
    let (mut wrapped, mut column) = (String::new(), 0);
    for word in text.split(' ') {
        let length = word.chars().count();
        if column > 0 {
            let is_full = column + 1 + length > NOTE;
            wrapped.push(if is_full { '\n' } else { ' ' });
            column = if is_full { 0 } else { column + 1 };
        }
        wrapped.push_str(word);
        column += length;
    }
    wrapped
}

/// A line with a secret made unreadable, and where the mask is.
fn masked(line: &str, span: &Range<usize>) -> Option<(String, Range<usize>)> {
    let (before, after) = (line.get(..span.start)?, line.get(span.end..)?);
    let end = span.start + MASK.len();
    Some((format!("{before}{MASK}{after}"), span.start..end))
}

/// How many bytes the JSON or TOML token at the start of a line has.
fn token_length(rest: &str) -> usize {
    let mut characters = rest.char_indices();
    match characters.next() {
        None => 0,
        Some((_, quote @ ('"' | '\''))) => {
            let mut is_escaped = false;
            let end = characters.find(|(_, character)| {
                let ends = *character == quote && !is_escaped;
                is_escaped = *character == '\\' && !is_escaped;
                ends
            });
            end.map_or(rest.len(), |(offset, _)| offset + 1)
        }
        Some((_, first)) if is_word(first) => {
            let end = characters.find(|(_, character)| !is_word(*character));
            end.map_or(rest.len(), |(offset, _)| offset)
        }
        Some((_, first)) => first.len_utf8(),
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | '+' | '.')
}
