//! `downlink encode --ndjson`: one request a line, one answer a line, in the same order.

mod answers;
mod pipeline;

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use downlink::error::Diagnostic;
use downlink::limits;
use indicatif::{ProgressBar, ProgressStyle};

use crate::args::EncodeArguments;
use crate::exit::{Exit, Failure};
use crate::input::{Lines, Source};
use crate::output::Output;
use crate::report::Reporter;

use super::order::Setup;
use answers::Remark;
use pipeline::{Job, Pipeline};

pub(super) fn run(
    arguments: &EncodeArguments,
    setup: Setup,
    reporter: &Reporter,
) -> Result<Exit, Failure> {
    let path = arguments.request.as_deref().unwrap_or(Path::new("-"));
    let lines = Lines::open(path, limits::REQUEST)?;
    let mut writer = Writer {
        name: lines.name().to_owned(),
        keeps_going: arguments.keep_going,
        reporter,
        progress: progress(lines.length()),
        output: Output::new(),
        all: 0,
        refused: 0,
        exit: Exit::Done,
    };
    let mut pipeline = Pipeline::start(lines, setup);
    while let Some(job) = pipeline.next() {
        if writer.write(&job)? {
            writer.progress.finish_and_clear();
            return Ok(writer.exit);
        }
        pipeline.give_back(job);
    }
    pipeline.finish()?;
    writer.finish()
}

/// Writes answers as they come, and reports what is remarkable.
struct Writer<'r> {
    /// What findings call the input.
    name: String,
    keeps_going: bool,
    reporter: &'r Reporter,
    progress: ProgressBar,
    output: Output,
    all: usize,
    refused: usize,
    exit: Exit,
}

impl Writer<'_> {
    /// Writes the answers of a job; whether one of them is the end.
    fn write(&mut self, job: &Job) -> Result<bool, Failure> {
        let (answers, mut start) = (job.answers(), 0);
        for remark in &answers.remarks {
            self.output
                .write_all(answers.text(start..remark.answer_end))?;
            start = remark.answer_end;
            if let Some(error) = &remark.error {
                self.count(error);
            }
            let is_last = remark.error.is_some() && !self.keeps_going;
            if is_last || !remark.warnings.is_empty() {
                self.output.flush()?;
                self.report(remark, job);
            }
            if is_last {
                return Ok(true);
            }
        }
        self.output.write_all(answers.text(start..))?;
        self.output.flush()?;
        self.all += job.lines().iter().len();
        self.progress.set_position(job.lines().end());
        Ok(false)
    }

    /// Counts a line that is refused, and what it means for the end.
    fn count(&mut self, error: &Diagnostic) {
        self.refused += 1;
        self.exit = match Exit::of_findings([error]) {
            Exit::Refused if self.exit == Exit::Fault => Exit::Fault,
            Exit::Refused if self.keeps_going => Exit::SomeFailed,
            exit => exit,
        };
    }

    /// Reports the warnings, and the error where it is the end.
    fn report(&self, remark: &Remark, job: &Job) {
        let Some(line) = job.lines().iter().nth(remark.index) else {
            return;
        };
        let source = Source::line(&self.name, line.number, line.bytes);
        let error = remark.error.as_ref().filter(|_| !self.keeps_going);
        let findings = remark.warnings.iter().chain(error);
        self.progress
            .suspend(|| self.reporter.diagnostics(findings, &source));
    }

    fn finish(self) -> Result<Exit, Failure> {
        self.progress.finish_and_clear();
        self.output.finish()?;
        let Self { refused, all, .. } = self;
        if refused > 0 {
            self.reporter
                .aside(&format!("{refused} of {all} requests were refused"));
        }
        Ok(self.exit)
    }
}

/// How far the input is read; drawn on a terminal only, and not between answers.
fn progress(length: Option<u64>) -> ProgressBar {
    if io::stdout().is_terminal() {
        return ProgressBar::hidden();
    }
    let (bar, template) = match length {
        Some(length) => (
            ProgressBar::new(length),
            "{bytes} of {total_bytes}  {wide_bar}  {bytes_per_sec}  {eta}",
        ),
        None => (
            ProgressBar::no_length(),
            "{spinner} {bytes}  {bytes_per_sec}",
        ),
    };
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
