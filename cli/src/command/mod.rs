//! The commands, one file each.

mod encode;
mod ndjson;
mod order;
mod preview;

use crate::args::Command;
use crate::exit::{Exit, Failure};
use crate::report::Reporter;

pub(crate) fn run(command: Command, reporter: &Reporter) -> Result<Exit, Failure> {
    match command {
        Command::Preview(arguments) => preview::run(&arguments, reporter),
        Command::Encode(arguments) => encode::run(&arguments, reporter),
    }
}
