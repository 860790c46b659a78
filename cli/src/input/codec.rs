//! Payload codecs in JavaScript, from scripts and from the folders of packages.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread;

use downlink::encoder::javascript::{Bounds, Data, JavaScriptCodec, JavaScriptDecoder, Package};
use downlink::encoder::{Context, Encoder, RegistryBuilder, Writer};
use downlink::error::{Audience, Code, Diagnostic, Error, quote};
use downlink::instruction::{DeviceId, Instruction};
use downlink::message::Protocol;
use downlink::message::lora::FPort;
use downlink::senml::UnixTime;

use crate::exit::Failure;

use super::Source;

/// Bytes of a file that are read at most; the library tells the length of a script below it.
const FILE: u64 = 64 << 20;

/// A codec with the path that it is called by.
pub(crate) struct Codec {
    path: PathBuf,
    package: Package,
}

impl Codec {
    /// Reads a script with the examples beside it, or the folder of a package.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let package = if path.is_dir() {
            Package::read(|name| text(&path.join(name)))
        } else {
            let script = Source::read_at_most(path, FILE)?;
            Package::read(|name| match name {
                "index.js" => Ok(Some(script.utf8()?.to_owned())),
                "driver.yaml" | "examples.json" => text(&path.with_file_name(name)),
                _ => Ok(None),
            })
        };
        let package = package.map_err(|unread| unread.of(path))?;
        Ok(Self {
            path: path.to_owned(),
            package,
        })
    }

    /// The codec as an encoder.
    fn encoder(&self, id: &str) -> Result<JavaScriptCodec, Failure> {
        let encoder = self.package.codec(id, bounds());
        encoder.map_err(|error| Failure::refused(error, self.script()))
    }

    /// How many examples there are, and what is wrong with those that do not hold.
    pub(crate) fn prove(&self, now: UnixTime) -> Result<(usize, Vec<Diagnostic>), Failure> {
        let encoder = self.encoder("codec")?;
        let examples = self.package.examples();
        let failed = examples
            .iter()
            .filter_map(|example| example.prove(&encoder, Some(now)).err())
            .map(Error::into_diagnostic);
        Ok((examples.len(), failed.collect()))
    }

    /// Reads a payload, whether the script encodes or not: as the instruction for this device, or as
    /// the object itself, and with what the script warns of.
    pub(crate) fn decode(
        &self,
        payload: &[u8],
        f_port: Option<FPort>,
        now: UnixTime,
        device: Option<DeviceId>,
    ) -> Result<(String, Vec<Diagnostic>), Failure> {
        let decoder = JavaScriptDecoder::with_bounds(self.package.script(), bounds());
        let decoder = decoder.map_err(|error| Failure::refused(error, self.script()))?;
        let refused = |error| Failure::refused(error, Source::argument());
        let reading = decoder
            .decode(payload, f_port, Some(now))
            .map_err(refused)?;
        let json = match device {
            Some(device) => {
                let hint = "`--data` prints the object as it is";
                let senml = reading.data().to_senml_json(device);
                senml.map_err(|error| refused(error.hint_for(Audience::Operator, hint)))?
            }
            None => serde_json::to_string(reading.data()).map_err(std::io::Error::from)?,
        };
        let warnings = reading.warnings().iter().map(|text| warning(text));
        Ok((json, warnings.collect()))
    }

    /// The script as findings tell of it.
    fn script(&self) -> Source {
        Source::new(self.path.display().to_string(), self.package.script())
    }
}

/// Registers a codec by its path, taking this object if there is one.
pub(crate) fn register(
    builder: RegistryBuilder,
    path: &Path,
    id: &str,
    data: Option<&str>,
) -> Result<RegistryBuilder, Failure> {
    let codec = Codec::read(path)?.encoder(id)?;
    let registered = match data {
        None => builder.register(codec),
        Some(text) => {
            let data = Data::from_json(text);
            let data =
                data.map_err(|error| Failure::refused(error, Source::new("--data", text)))?;
            builder.register(Given { codec, data })
        }
    };
    registered.map_err(|error| Failure::refused(error, Source::new(path.display().to_string(), "")))
}

/// A codec that takes an object, whatever the instruction says.
#[derive(Debug)]
struct Given {
    codec: JavaScriptCodec,
    data: Data,
}

impl Encoder for Given {
    fn id(&self) -> &str {
        self.codec.id()
    }

    fn title(&self) -> &str {
        self.codec.title()
    }

    fn protocols(&self) -> &[Protocol] {
        self.codec.protocols()
    }

    fn encode(
        &self,
        _: &Instruction<'_>,
        context: &Context<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        self.codec.encode_data(&self.data, context, writer)
    }
}

/// As many runtimes as there are threads that encode.
fn bounds() -> Bounds {
    Bounds {
        runtimes: thread::available_parallelism().map_or(1, NonZero::get),
        ..Bounds::default()
    }
}

fn warning(text: &str) -> Diagnostic {
    let text = quote(text);
    Error::new(Code::CodecWarning, format!("the script warns: \"{text}\"")).into_warning()
}

/// The text of a file, if it is there.
fn text(path: &Path) -> Result<Option<String>, Unread> {
    match Source::read_at_most(path, FILE) {
        Ok(source) => match source.utf8() {
            Ok(text) => Ok(Some(text.to_owned())),
            Err(error) => Err(Unread::Failed(Failure::refused(error, source))),
        },
        Err(Failure::Missing { .. }) => Ok(None),
        Err(failure) => Err(Unread::Failed(failure)),
    }
}

/// Why a package is not read.
enum Unread {
    Refused(Error),
    Failed(Failure),
}

impl From<Error> for Unread {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl Unread {
    fn of(self, path: &Path) -> Failure {
        match self {
            Self::Refused(error) => {
                Failure::refused(error, Source::new(path.display().to_string(), ""))
            }
            Self::Failed(failure) => failure,
        }
    }
}
