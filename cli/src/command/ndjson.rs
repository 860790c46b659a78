//! `downlink encode --ndjson`: one request a line, one answer a line, in the same order.
//!
//! Lines are encoded on all cores, a batch at a time, so that memory does not grow with the input.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use downlink::engine::Document;
use downlink::error::{Code, Diagnostic, Error, First, Position};
use downlink::limits;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::Serialize;

use crate::args::EncodeArguments;
use crate::exit::{Exit, Failure};
use crate::input::{Line, Lines, Source};
use crate::output::Output;
use crate::report::Reporter;

use super::order::{Encoded, Setup};

/// What became of a line.
struct Answered<'l> {
    line: &'l Line,
    warnings: Vec<Diagnostic>,
    answer: Answer,
}

#[derive(Serialize)]
struct Answer {
    line: usize,
    #[serde(flatten)]
    told: Told,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Told {
    Documents {
        #[serde(rename = "externalReference", skip_serializing_if = "Option::is_none")]
        external_reference: Option<String>,
        documents: Vec<Addressed>,
    },
    Refusal {
        error: Box<Diagnostic>,
    },
}

/// A document with the resource that takes it.
#[derive(Serialize)]
struct Addressed {
    resource: &'static str,
    document: Document,
}

pub(super) fn run(
    arguments: &EncodeArguments,
    setup: &Setup,
    reporter: &Reporter,
) -> Result<Exit, Failure> {
    let path = arguments.request.as_deref().unwrap_or(Path::new("-"));
    let mut lines = Lines::open(path, limits::REQUEST)?;
    let progress = progress(&lines);
    let mut output = Output::new();
    let (mut all, mut refused) = (0_usize, 0_usize);
    loop {
        let batch = lines.batch()?;
        if batch.is_empty() {
            break;
        }
        let answers: Vec<_> = batch.par_iter().map(|line| answer(line, setup)).collect();
        for answered in answers {
            let answered = answered?;
            output.json_line(&answered.answer)?;
            let is_refused = answered.answer.told.error().is_some();
            let is_last = is_refused && !arguments.keep_going;
            if is_last || !answered.warnings.is_empty() {
                output.flush()?;
                progress.suspend(|| answered.report(is_last, lines.name(), reporter));
            }
            if is_last {
                return Ok(Exit::Refused);
            }
            all += 1;
            refused += usize::from(is_refused);
        }
        output.flush()?;
        progress.set_position(lines.bytes());
    }
    progress.finish_and_clear();
    output.finish()?;
    if refused == 0 {
        return Ok(Exit::Done);
    }
    reporter.aside(&format!("{refused} of {all} requests are refused"));
    Ok(Exit::SomeFailed)
}

impl Answered<'_> {
    /// Reports the warnings, and the error where it is the end.
    fn report(&self, is_last: bool, name: &str, reporter: &Reporter) {
        let error = self.answer.told.error().filter(|_| is_last);
        let source = Source::line(name, self.line.number, &self.line.bytes);
        reporter.diagnostics(self.warnings.iter().chain(error), &source);
    }
}

fn answer<'l>(line: &'l Line, setup: &Setup) -> Result<Answered<'l>, Failure> {
    let mut findings = First::default();
    let told = match encoded(line, setup, &mut findings) {
        Ok(encoded) => Told::documents(encoded)?,
        Err(error) => Told::Refusal {
            error: Box::new(place(error.into_diagnostic(), line)),
        },
    };
    let warnings = findings.warnings.into_iter();
    Ok(Answered {
        line,
        warnings: warnings.map(|warning| place(warning, line)).collect(),
        answer: Answer {
            line: line.number,
            told,
        },
    })
}

fn encoded(line: &Line, setup: &Setup, findings: &mut First) -> Result<Encoded, Error> {
    if line.length > limits::REQUEST {
        return Err(too_long(line.length));
    }
    setup.encode(&line.bytes, findings)
}

/// The library's own error, for a line that was not kept.
fn too_long(length: usize) -> Error {
    let limit = limits::REQUEST;
    Error::new(
        Code::LimitRequest,
        format!("the request has {length} bytes, expected at most {limit}"),
    )
    .expected(format!("at most {limit} bytes"))
    .found(length.to_string())
}

/// Places a finding in the file: its line is the one of the request.
fn place(diagnostic: Diagnostic, line: &Line) -> Diagnostic {
    let mut placed = match std::str::from_utf8(&line.bytes) {
        Ok(text) => diagnostic.placed_in(text),
        Err(error) => {
            let valid = line.bytes.get(..error.valid_up_to()).unwrap_or_default();
            diagnostic.placed_in(&String::from_utf8_lossy(valid))
        }
    };
    let column = match placed.position {
        Some(Position::Text { column, .. }) => column,
        _ => 1,
    };
    placed.position = Some(Position::Text {
        line: line.number,
        column,
    });
    placed
}

impl Told {
    fn documents(encoded: Encoded) -> Result<Self, Failure> {
        let documents = encoded.downlinks.documents().map_err(Failure::Fault)?;
        let addressed = |document: Document| Addressed {
            resource: document.resource(),
            document,
        };
        Ok(Self::Documents {
            external_reference: encoded.external_reference,
            documents: documents.into_iter().map(addressed).collect(),
        })
    }

    fn error(&self) -> Option<&Diagnostic> {
        match self {
            Self::Documents { .. } => None,
            Self::Refusal { error } => Some(error),
        }
    }
}

/// How far the input is read; drawn on a terminal only, and not between answers.
fn progress(lines: &Lines) -> ProgressBar {
    if io::stdout().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bytes} of {total_bytes}  {wide_bar}  {eta}");
    match (lines.length(), style) {
        (Some(length), Ok(style)) => ProgressBar::new(length).with_style(style),
        _ => ProgressBar::no_length().with_style(ProgressStyle::default_spinner()),
    }
}
