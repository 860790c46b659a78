//! `downlink codec`: payload codecs in JavaScript by themselves.

use std::io::Write;
use std::time::SystemTime;

use downlink::senml::UnixTime;

use crate::args::{CodecCheckArguments, CodecCommand};
use crate::exit::{Exit, Failure};
use crate::input::{self, Codec, Source};
use crate::output::{Output, count};
use crate::report::Reporter;

pub(super) fn run(command: &CodecCommand, reporter: &Reporter) -> Result<Exit, Failure> {
    match command {
        CodecCommand::Check(arguments) => check(arguments, reporter),
    }
}

/// Runs the examples of each codec, and tells all that do not hold.
fn check(arguments: &CodecCheckArguments, reporter: &Reporter) -> Result<Exit, Failure> {
    let now: UnixTime = arguments.now.unwrap_or_else(|| SystemTime::now().into());
    let paths = input::codec_paths(&arguments.codecs)?;
    let mut output = Output::new();
    let mut failed = 0_usize;
    for path in &paths {
        let name = path.display().to_string();
        let (summary, findings, source) = match Codec::read(path).and_then(|it| it.prove(now)) {
            Ok((examples, findings)) => {
                let summary = summary(examples, findings.len());
                (summary, findings, Source::new(&name, ""))
            }
            Err(Failure::Refused { findings, source }) => ("failed".to_owned(), findings, source),
            Err(failure) => return Err(failure),
        };
        failed += usize::from(!findings.is_empty());
        output.text(&format!("{name}: {summary}\n"))?;
        output.flush()?;
        reporter.diagnostics(&findings, &source);
    }
    output.text(&format!(
        "{}, {failed} failed\n",
        count(paths.len(), "codec")
    ))?;
    output.finish()?;
    Ok(if failed == 0 {
        Exit::Done
    } else {
        Exit::SomeFailed
    })
}

fn summary(examples: usize, failed: usize) -> String {
    match failed {
        0 => count(examples, "example"),
        failed => format!("{}, {failed} failed", count(examples, "example")),
    }
}
