//! Payload codecs in JavaScript, from scripts and from the folders of packages.

use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread;

use downlink::encoder::javascript::{Bounds, Data, JavaScriptCodec, Package};
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
    /// The file of its examples, if it has one.
    examples: Option<Source>,
}

impl Codec {
    /// Reads a script with the examples beside it, or the folder of a package.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let (mut folder, package);
        if path.is_dir() {
            folder = Folder::open(path)?;
            package = Package::read(|name| folder.file(name));
        } else {
            let script = Source::read_at_most(path, FILE)?.open();
            let utf8 = script.utf8();
            let text = utf8.map_err(|error| Failure::refused(error, script.clone()))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            folder = Folder::open(path.parent().unwrap_or(path))?;
            package = Package::read_script(&name, text, |name| folder.file(name));
        }
        Ok(Self {
            path: path.to_owned(),
            package: package.map_err(|unread| unread.of(&folder))?,
            examples: folder.examples,
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
        let examples = self.package.examples().map_err(|error| {
            let source = self.examples.clone().unwrap_or_else(|| self.script());
            Failure::refused(error.clone(), source)
        })?;
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
        let decoder = self.package.decoder(bounds());
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
        Source::new(self.path.display().to_string(), self.package.script()).open()
    }
}

/// Registers a codec by its path, taking this object if there is one; or says why it is not taken.
pub(crate) fn register(
    builder: RegistryBuilder,
    path: &Path,
    id: &str,
    data: Option<&str>,
) -> Result<(RegistryBuilder, Option<Failure>), Failure> {
    let codec = match Codec::read(path).and_then(|codec| codec.encoder(id)) {
        Ok(codec) => codec,
        Err(failure) => return Ok((builder, Some(failure))),
    };
    let registered = match data {
        None => builder.register(codec),
        Some(text) => {
            let data = Data::from_json(text);
            let data =
                data.map_err(|error| Failure::refused(error, Source::new("--data", text)))?;
            builder.register(Given { codec, data })
        }
    };
    let builder = registered
        .map_err(|error| Failure::refused(error, Source::new(path.display().to_string(), "")))?;
    Ok((builder, None))
}

/// Why a codec does not encode, if it does not.
pub(crate) fn refusal(path: &Path, id: &str) -> Option<Failure> {
    Codec::read(path).and_then(|codec| codec.encoder(id)).err()
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

/// The folder of a package, from which nothing leads out.
struct Folder {
    path: PathBuf,
    /// Without links.
    root: PathBuf,
    /// What was read last, which is where a fault is.
    last: Source,
    examples: Option<Source>,
}

impl Folder {
    fn open(path: &Path) -> Result<Self, Failure> {
        let path = if path.as_os_str().is_empty() {
            Path::new(".")
        } else {
            path
        };
        let name = path.display().to_string();
        let root = fs::canonicalize(path).map_err(|error| Failure::reading(&name, error))?;
        Ok(Self {
            path: path.to_owned(),
            root,
            last: Source::new(name, ""),
            examples: None,
        })
    }

    /// The text of a file, if it is there.
    fn file(&mut self, name: &str) -> Result<Option<String>, Unread> {
        let path = self.path.join(name);
        let Ok(real) = fs::canonicalize(&path) else {
            return Ok(None);
        };
        if !real.starts_with(&self.root) {
            self.last = Source::new(path.display().to_string(), "");
            return Err(Unread::Refused(outside(name)));
        }
        if !real.is_file() {
            return Ok(None);
        }
        let source = Source::read_at_most(&path, FILE)
            .map_err(Unread::Failed)?
            .open();
        if name == "examples.json" {
            self.examples = Some(source.clone());
        }
        self.last = source;
        Ok(Some(self.last.utf8()?.to_owned()))
    }
}

#[cold]
fn outside(name: &str) -> Error {
    let name = quote(name);
    Error::new(
        Code::CodecPackage,
        format!("`{name}` is a link to a file outside the package"),
    )
    .expected("a file in the folder of the package")
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
    fn of(self, folder: &Folder) -> Failure {
        match self {
            Self::Refused(error) => Failure::refused(error, folder.last.clone()),
            Self::Failed(failure) => failure,
        }
    }
}
