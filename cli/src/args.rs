//! The arguments.

mod senml;

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};
use downlink::error::Error;
use downlink::instruction::DeviceId;
use downlink::message::Protocol;
use downlink::message::lora::{FPort, Region};
use downlink::senml::{Profile, UnixTime};

pub(crate) use senml::{SenmlCommand, SenmlFormat, SenmlInput};

use crate::input::Assignment;

/// Previews and encodes downlinks: from a SenML instruction to the bytes a device understands
#[derive(Debug, Parser)]
#[command(name = "downlink", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// The format of findings on standard error
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    pub(crate) error_format: ErrorFormat,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ErrorFormat {
    /// Text with the source line and a caret
    #[default]
    Text,
    /// One JSON object per line
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Shows what would be sent, byte by byte
    Preview(PreviewArguments),
    /// Prints the document of each message, one JSON object per line
    Encode(EncodeArguments),
    /// Decodes a payload into the instruction that produces it
    Decode(DecodeArguments),
    /// Lists the encoders
    List(ListArguments),
    /// Shows the commands and arguments of an encoder, like a manual page
    Show(ShowArguments),
    /// Prints the JSON Schema of an encoder's instructions, or of the definition format
    Schema(SchemaArguments),
    /// Prints a definition as a script for network servers (LoRa Alliance TS013)
    Export(ExportArguments),
    /// Prints a template of a definition
    New {
        /// The id of the definition
        #[arg(value_name = "VENDOR/DEVICE")]
        id: String,
    },
    /// Validates definition files and runs their examples
    Check(CheckArguments),
    /// Runs payload codecs in JavaScript
    #[command(subcommand)]
    Codec(CodecCommand),
    /// Checks, resolves and converts SenML packs
    #[command(subcommand)]
    Senml(SenmlCommand),
    /// Prints a completion script for a shell
    Completions {
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct PreviewArguments {
    /// A request, or a SenML pack together with --protocol; `-` is standard input
    #[arg(required_unless_present = "built", conflicts_with = "built")]
    pub(crate) request: Option<PathBuf>,

    /// `text` for people, `json` for programs, `hex` with one line per message
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: PreviewFormat,

    #[command(flatten)]
    pub(crate) order: OrderArguments,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
pub(crate) enum PreviewFormat {
    #[default]
    Text,
    Json,
    Hex,
}

#[derive(Debug, Args)]
pub(crate) struct EncodeArguments {
    /// A request, or a SenML pack together with --protocol; `-` is standard input
    #[arg(required_unless_present_any = ["built", "ndjson"], conflicts_with = "built")]
    pub(crate) request: Option<PathBuf>,

    /// Encodes one request per line, from a file or standard input
    #[arg(long, conflicts_with = "built")]
    pub(crate) ndjson: bool,

    /// Continues after rejected lines; exits with status 1 if there were any
    #[arg(long, requires = "ndjson")]
    pub(crate) keep_going: bool,

    #[command(flatten)]
    pub(crate) order: OrderArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ListArguments {
    /// Lists only encoders with this text in the id, the title or a model
    #[arg(long, value_name = "TEXT")]
    pub(crate) filter: Option<String>,

    /// `text` for people, `json` for programs
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: ListFormat,

    #[command(flatten)]
    pub(crate) catalog: CatalogArguments,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
pub(crate) enum ListFormat {
    #[default]
    Text,
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArguments {
    /// The id of an encoder, such as `dragino/lt-22222-l`
    pub(crate) encoder: String,

    #[command(flatten)]
    pub(crate) catalog: CatalogArguments,
}

#[derive(Debug, Args)]
#[command(override_usage = "\
    downlink decode [OPTIONS] <ENCODER> <PAYLOAD>\n       \
    downlink decode [OPTIONS] --codec <SCRIPT> <PAYLOAD>")]
pub(crate) struct DecodeArguments {
    /// The id of an encoder, such as `dragino/lt-22222-l`; with --codec the payload comes first
    pub(crate) encoder: String,

    /// The payload in hex digits, such as `01 00 02 58`; `-` is standard input
    #[arg(required_unless_present = "codec", conflicts_with = "codec")]
    pub(crate) payload: Option<String>,

    /// How the payload is written: hex digits, which may have blanks, `:`, `-` and `0x` between bytes,
    /// base64, or text
    #[arg(long, value_enum, default_value_t, conflicts_with = "text")]
    pub(crate) from: PayloadForm,

    /// Short for --from text
    #[arg(long)]
    pub(crate) text: bool,

    /// The LoRaWAN port that it was sent to [default: every port of the device]
    #[arg(long, value_name = "PORT", value_parser = f_port)]
    pub(crate) f_port: Option<FPort>,

    /// The MQTT topic that it was sent to
    #[arg(long)]
    pub(crate) topic: Option<String>,

    /// The protocol, if the encoder supports several: LORA, MQTT, SMS or HTTP
    #[arg(long, value_parser = upper_case::<Protocol>)]
    pub(crate) protocol: Option<Protocol>,

    /// The device of the instruction
    #[arg(long, value_name = "URN")]
    pub(crate) device: Option<DeviceId>,

    /// Decodes with this JavaScript payload codec: a script, or the folder of a package
    #[arg(long, value_name = "SCRIPT", conflicts_with_all = ["text", "topic", "protocol", "encoders"])]
    pub(crate) codec: Option<PathBuf>,

    /// Prints the object that the script returns, instead of the instruction
    #[arg(long, requires = "codec", conflicts_with = "device")]
    pub(crate) data: bool,

    /// The time that the script sees, in seconds since 1970 [default: the current time]
    #[arg(
        long,
        value_name = "SECONDS",
        requires = "codec",
        allow_negative_numbers = true
    )]
    pub(crate) now: Option<UnixTime>,

    #[command(flatten)]
    pub(crate) catalog: CatalogArguments,
}

/// How a payload is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
pub(crate) enum PayloadForm {
    #[default]
    Hex,
    Base64,
    Text,
}

#[derive(Debug, Subcommand)]
pub(crate) enum CodecCommand {
    /// Runs the examples of packages and reports each that fails
    Check(CodecCheckArguments),
}

#[derive(Debug, Args)]
pub(crate) struct CodecCheckArguments {
    /// Scripts, folders of packages, or folders of such folders
    #[arg(required = true)]
    pub(crate) codecs: Vec<PathBuf>,

    /// The time that the scripts see, in seconds since 1970 [default: the current time]
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub(crate) now: Option<UnixTime>,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    /// The id of the encoder
    pub(crate) encoder: String,

    /// Prints the examples of the script instead, in the format of `examples.json`
    #[arg(long)]
    pub(crate) examples: bool,

    #[command(flatten)]
    pub(crate) catalog: CatalogArguments,
}

#[derive(Debug, Args)]
pub(crate) struct SchemaArguments {
    /// The id of an encoder, such as `dragino/lt-22222-l`
    #[arg(required_unless_present = "definition", conflicts_with = "definition")]
    pub(crate) encoder: Option<String>,

    /// Prints the schema of the definition format instead
    #[arg(long)]
    pub(crate) definition: bool,

    #[command(flatten)]
    pub(crate) catalog: CatalogArguments,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// Definitions, or folders of them
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
}

/// Which encoders there are.
#[derive(Debug, Args)]
pub(crate) struct CatalogArguments {
    /// Further definitions and payload codecs, in files or folders
    #[arg(long, value_name = "DIR")]
    pub(crate) encoders: Vec<PathBuf>,
}

/// What is encoded, and for which device.
#[derive(Debug, Args)]
pub(crate) struct OrderArguments {
    /// Builds a pack: a number with an optional unit, `true` or `false`, else text; quotes make a
    /// text of a number; `50%` is 50 of an argument in percent, and half of a ratio
    #[arg(long, value_name = "PATH=VALUE", group = "built")]
    pub(crate) set: Vec<Assignment>,

    /// The script's input object (for --codec), for data that SenML names cannot express
    #[arg(long, value_name = "JSON", group = "built")]
    pub(crate) data: Option<String>,

    /// The device that --set or --data is for
    #[arg(long, value_name = "URN", requires = "built")]
    pub(crate) device: Option<DeviceId>,

    /// Reads the input as a bare pack for this protocol: LORA, MQTT, SMS or HTTP
    #[arg(long, value_parser = upper_case::<Protocol>)]
    pub(crate) protocol: Option<Protocol>,

    /// The LoRaWAN port, if the request gives none
    #[arg(long, value_name = "PORT", value_parser = f_port)]
    pub(crate) f_port: Option<FPort>,

    /// The time in seconds since 1970, an exact decimal [default: the current time]
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub(crate) now: Option<UnixTime>,

    /// How strictly SenML is read
    #[arg(long, value_enum, default_value_t = ProfileName::Interop)]
    pub(crate) profile: ProfileName,

    #[command(flatten)]
    pub(crate) catalog: CatalogArguments,

    #[command(flatten)]
    pub(crate) binding: BindingArguments,
}

/// Which encoder a device has, and what else is known of it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Device")]
pub(crate) struct BindingArguments {
    /// Uses this encoder for every device, instead of the device file
    #[arg(long, value_name = "ID", conflicts_with = "devices")]
    pub(crate) encoder: Option<String>,

    /// Uses this JavaScript payload codec for every device: a script, or the folder of a package
    #[arg(long, value_name = "SCRIPT", conflicts_with_all = ["encoder", "devices", "encoders"])]
    pub(crate) codec: Option<PathBuf>,

    #[arg(
        long,
        value_name = "FILE",
        help = "The device file [default: $DOWNLINK_DEVICES, else ./devices.toml if it exists]"
    )]
    pub(crate) devices: Option<PathBuf>,

    /// Sets a variable of the device
    #[arg(long = "var", value_name = "NAME=VALUE")]
    pub(crate) variables: Vec<Variable>,

    /// The LoRaWAN region, such as EU868
    #[arg(long, value_parser = upper_case::<Region>)]
    pub(crate) region: Option<Region>,

    /// The LoRaWAN data rate of downlinks in the region
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u8).range(0..=15))]
    pub(crate) data_rate: Option<u8>,
}

/// A variable of a device.
#[derive(Clone, Debug)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) value: String,
}

impl FromStr for Variable {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok(Self {
                name: name.to_owned(),
                value: value.to_owned(),
            }),
            _ => Err("expected NAME=VALUE".to_owned()),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProfileName {
    /// Exactly as the RFCs require
    Strict,
    /// Also accepts common deviations that are unambiguous, with a warning
    Interop,
    /// Strict, but names may start with `/`
    Lwm2m,
}

impl From<ProfileName> for Profile {
    fn from(name: ProfileName) -> Self {
        match name {
            ProfileName::Strict => Self::Strict,
            ProfileName::Interop => Self::Interop,
            ProfileName::Lwm2m => Self::Lwm2m,
        }
    }
}

fn f_port(text: &str) -> Result<FPort, Error> {
    // What is no number is out of range too, and is told so.
    FPort::new(text.parse::<i128>().unwrap_or(-1))
}

/// Reads a name that is in upper case, however it is typed.
fn upper_case<T: FromStr>(text: &str) -> Result<T, T::Err> {
    text.to_uppercase().parse()
}
