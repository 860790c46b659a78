//! The commands, one file each.

mod check;
mod codec;
mod completions;
mod decode;
mod encode;
mod export;
mod list;
mod ndjson;
mod new;
mod order;
mod preview;
mod schema;
mod senml;
mod show;

use crate::args::Command;
use crate::exit::{Exit, Failure};
use crate::report::Reporter;

pub(crate) fn run(command: Command, reporter: &Reporter) -> Result<Exit, Failure> {
    match command {
        Command::Preview(arguments) => preview::run(&arguments, reporter),
        Command::Encode(arguments) => encode::run(&arguments, reporter),
        Command::Decode(arguments) => decode::run(&arguments, reporter),
        Command::List(arguments) => list::run(&arguments, reporter),
        Command::Show(arguments) => show::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::New { id } => new::run(&id),
        Command::Check(arguments) => check::run(&arguments, reporter),
        Command::Codec(command) => codec::run(&command, reporter),
        Command::Senml(command) => senml::run(&command, reporter),
        Command::Completions { shell } => completions::run(shell),
    }
}
