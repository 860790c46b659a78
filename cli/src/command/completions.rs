//! `downlink completions`: what a shell can complete.

use std::io::Write;

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use crate::args::Arguments;
use crate::exit::{Exit, Failure};
use crate::output::Output;

pub(super) fn run(shell: Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    generate(shell, &mut Arguments::command(), "downlink", &mut script);
    let mut output = Output::new();
    output.write_all(&script)?;
    output.finish()?;
    Ok(Exit::Done)
}
