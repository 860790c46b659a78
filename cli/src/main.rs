//! The `downlink` tool: previews and encodes downlinks on the command line.
//!
//! Data goes to standard output, all else to standard error. The tool never calls a network.

mod args;
mod command;
mod exit;
mod input;
mod output;
mod report;

use std::panic;
use std::process::ExitCode;

use clap::Parser;

use args::Arguments;
use exit::{Exit, Failure};
use report::Reporter;

fn main() -> ExitCode {
    let exit = panic::catch_unwind(run).unwrap_or(Exit::Fault);
    exit.into()
}

fn run() -> Exit {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(told) => return exit::of_parser(&told),
    };
    let reporter = Reporter::new(arguments.error_format);
    match command::run(arguments.command, &reporter) {
        Ok(exit) => exit,
        Err(Failure::ClosedPipe) => Exit::Done,
        Err(Failure::Usage(told)) => exit::of_parser(&told),
        Err(failure) => {
            reporter.failure(&failure);
            failure.exit()
        }
    }
}
