//! The arguments of `downlink senml`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use downlink::senml::{Mode, UnixTime};

use super::ProfileName;

#[derive(Debug, Subcommand)]
pub(crate) enum SenmlCommand {
    /// Prints every finding
    Check(SenmlInput),
    /// Prints the pack with base fields applied and times absolute
    Resolve {
        #[command(flatten)]
        input: SenmlInput,

        /// The format to print
        #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
        to: SenmlFormat,

        /// The time in seconds since 1970, an exact decimal [default: the current time]
        #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
        now: Option<UnixTime>,
    },
    /// Prints the pack in another format
    Convert {
        #[command(flatten)]
        input: SenmlInput,

        /// The format to print
        #[arg(long, value_enum, value_name = "FORMAT")]
        to: SenmlFormat,
    },
}

/// A pack, and how it is read.
#[derive(Debug, Args)]
pub(crate) struct SenmlInput {
    /// A SenML pack; `-` is standard input
    #[arg(default_value = "-")]
    pub(crate) pack: PathBuf,

    /// The format of the pack [default: detected from its first byte]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) from: Option<SenmlFormat>,

    /// How strictly it is read
    #[arg(long, value_enum, default_value_t = ProfileName::Strict)]
    pub(crate) profile: ProfileName,

    /// What it is for
    #[arg(long, value_enum, default_value_t)]
    pub(crate) mode: ModeName,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum SenmlFormat {
    #[default]
    Json,
    Cbor,
    /// CBOR as hex digits
    CborHex,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModeName {
    /// Measurements or commands
    #[default]
    Pack,
    /// The same, as a stream
    Stream,
    /// What to read
    Fetch,
    /// What to change
    Patch,
}

impl From<ModeName> for Mode {
    fn from(name: ModeName) -> Self {
        match name {
            ModeName::Pack => Self::Pack,
            ModeName::Stream => Self::Stream,
            ModeName::Fetch => Self::Fetch,
            ModeName::Patch => Self::Patch,
        }
    }
}
