//! The commands, one file each.

mod check;
mod completions;
mod encode;
mod list;
mod ndjson;
mod order;
mod preview;
mod senml;
mod show;

use crate::args::Command;
use crate::exit::{Exit, Failure};
use crate::report::Reporter;

pub(crate) fn run(command: Command, reporter: &Reporter) -> Result<Exit, Failure> {
    match command {
        Command::Preview(arguments) => preview::run(&arguments, reporter),
        Command::Encode(arguments) => encode::run(&arguments, reporter),
        Command::List(arguments) => list::run(&arguments),
        Command::Show(arguments) => show::run(&arguments),
        Command::Check(arguments) => check::run(&arguments, reporter),
        Command::Senml(command) => senml::run(&command, reporter),
        Command::Completions { shell } => completions::run(shell),
    }
}
