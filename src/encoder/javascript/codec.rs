//! A script as an encoder.

use super::bounds::Bounds;
use super::call;
use super::data::Data;
use super::datum::Datum;
use super::decoder::{DecodedData, JavaScriptDecoder};
use super::entry::Entry;
use super::input;
use super::modules::Modules;
use super::output::{Output, Reading};
use super::script::Script;
use crate::encoder::digest::digest;
use crate::encoder::trace::{Meaning, Origin};
use crate::encoder::{Context, Decoded, Description, Destination, Encoder, Port, Writer};
use crate::error::{Code, Error, quote};
use crate::instruction::Instruction;
use crate::message::lora::FPort;
use crate::message::{Method, Payload, Protocol};
use crate::senml::UnixTime;

/// A payload codec in JavaScript as an encoder.
///
/// ```
/// use downlink::Engine;
/// use downlink::directory::Binding;
/// use downlink::encoder::Registry;
/// use downlink::encoder::javascript::JavaScriptCodec;
/// use downlink::message::{Method, Protocol};
/// use downlink::senml::{Pack, UnixTime};
///
/// let codec = JavaScriptCodec::from_script("acme/lamp", r#"
///     function encodeDownlink(input) {
///         return { fPort: 10, bytes: [0x01, input.data.led ? 1 : 0] };
///     }
/// "#)?;
/// let engine = Engine::new(Registry::builder().register(codec)?.build());
/// let pack = Pack::from_json(br#"[{"bn": "urn:dev:DEVEUI:0059AC0000152A2B:", "n": "led", "vb": true}]"#)?;
/// let lamp = Binding::new("acme/lamp");
/// let now = UnixTime::from_seconds(1_700_000_000);
/// let preview = engine.preview_pack(&pack, &Method::new(Protocol::Lora), &lamp, now);
/// assert_eq!(preview.parts()[0].payload_hex, "0101");
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Debug)]
pub struct JavaScriptCodec {
    id: String,
    title: Option<String>,
    entry: Entry,
    encoder: Script,
    decoder: Option<Script>,
    bounds: Bounds,
    digest: String,
}

impl JavaScriptCodec {
    /// Takes a script in, with the usual bounds.
    ///
    /// # Errors
    ///
    /// [`Code::CodecSyntax`] with line and column, [`Code::CodecForm`] if no function encodes, and
    /// what [`Bounds`] set.
    pub fn from_script(id: impl Into<String>, source: &str) -> Result<Self, Error> {
        Self::with_bounds(id, source, Bounds::default())
    }

    /// Takes a script in, with other bounds.
    ///
    /// # Errors
    ///
    /// As [`JavaScriptCodec::from_script`].
    pub fn with_bounds(id: impl Into<String>, source: &str, bounds: Bounds) -> Result<Self, Error> {
        Self::called(id, Modules::alone(source), None, bounds)
    }

    /// Takes a script in that is called like this, if that is told.
    pub(super) fn called(
        id: impl Into<String>,
        modules: Modules,
        entry: Option<Entry>,
        bounds: Bounds,
    ) -> Result<Self, Error> {
        let text = modules.text();
        let encoder = Script::load(modules, entry, bounds)?;
        Ok(Self {
            id: id.into(),
            title: None,
            entry: encoder.entry().ok_or_else(no_encoder)?,
            encoder,
            decoder: None,
            bounds,
            digest: match entry {
                None => digest(&text),
                Some(entry) => digest(&format!("{entry:?}\n{text}")),
            },
        })
    }

    /// Takes `decodeDownlink` from a script of its own, as The Things Network keeps it.
    ///
    /// # Errors
    ///
    /// As [`JavaScriptDecoder::from_script`].
    pub fn with_decoder(mut self, source: &str) -> Result<Self, Error> {
        let decoder = JavaScriptDecoder::with_bounds(source, self.bounds)?;
        self.decoder = Some(decoder.into_script());
        Ok(self)
    }

    /// Says what the device is called.
    #[must_use]
    pub fn with_title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Whether warm runtimes serve many messages; otherwise each message has one of its own.
    ///
    /// It depends on the script alone: ES modules do not share, nor scripts that change what comes
    /// with the language when they are loaded.
    #[must_use]
    pub fn is_warm(&self) -> bool {
        self.encoder.is_shared()
    }

    /// Whether the script reads payloads too.
    #[must_use]
    pub fn decodes(&self) -> bool {
        self.reader().decodes()
    }

    /// Reads a payload with `decodeDownlink`, as the object that the script makes of it.
    ///
    /// # Errors
    ///
    /// [`Code::CodecForm`] if there is no such function, and what the script fails with.
    pub fn decode_data(
        &self,
        payload: &[u8],
        f_port: Option<FPort>,
        now: Option<UnixTime>,
    ) -> Result<DecodedData, Error> {
        DecodedData::read(self.reader(), payload, f_port, now, &self.bounds)
    }

    /// Writes the message for an object, which may be one that names of SenML cannot say.
    ///
    /// An encoder of yours can call it from [`Encoder::encode`] with an object that it makes itself.
    ///
    /// # Errors
    ///
    /// What the script fails with or refuses, and what it returns that is no downlink.
    pub fn encode_data(
        &self,
        data: &Data,
        context: &Context<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        if let Entry::Older(..) = self.entry {
            // They get the port and return none.
            context.chosen_port(&[], None)?;
        }
        let input = call::order(data.0.clone(), context);
        let output = self.call_encoder(&input, context.now())?;
        for remark in output.remarks {
            writer.warning(remark.into_warning());
        }
        for text in &output.warnings {
            writer.warning(warning(text).into_warning());
        }
        if output.bytes.is_empty() {
            return Err(no_bytes());
        }
        let port = match (output.f_port, output.near_port) {
            (Some(own), _) => context.fixed_port(own)?,
            (None, None) => context.chosen_port(&[], None)?,
            (None, Some(near)) => {
                let port = context.chosen_port(&[], None);
                port.map_err(|error| error.hint(rename(&near)))?
            }
        };
        let mut frame = writer.frame();
        let shown = if writer.is_preview() {
            self.read_back(data, &output.bytes, port, context, writer)
        } else {
            None
        };
        frame.write(&output.bytes, || made_by_script(data, shown));
        writer.lora(port, frame)
    }

    /// The script that has `decodeDownlink`, if one has.
    fn reader(&self) -> &Script {
        self.decoder.as_ref().unwrap_or(&self.encoder)
    }

    pub(super) fn call_encoder(
        &self,
        input: &Datum,
        now: Option<UnixTime>,
    ) -> Result<Output, Error> {
        call::encode(&self.encoder, self.entry, input, now, &self.bounds)
    }

    pub(super) fn call_decoder(
        &self,
        input: &Datum,
        now: Option<UnixTime>,
    ) -> Result<Reading, Error> {
        call::decode(self.reader(), input, now, &self.bounds)
    }

    /// What the script reads in its own bytes, and a warning if that is not what was asked.
    fn read_back(
        &self,
        asked: &Data,
        bytes: &[u8],
        port: FPort,
        context: &Context<'_>,
        writer: &mut Writer<'_>,
    ) -> Option<String> {
        if !self.decodes() {
            return None;
        }
        match self.decode_data(bytes, Some(port), context.now()) {
            Ok(decoded) => {
                let (found, asked) = (&decoded.data().0, &asked.0);
                let text = found.to_string();
                if found.says(asked) {
                    return Some(format!("decodes as requested, {text}"));
                }
                writer.warning(reads_otherwise(&text, asked).into_warning());
                Some(format!("decodes as {text}"))
            }
            Err(error) => {
                writer.warning(does_not_read_back(&error).into_warning());
                None
            }
        }
    }
}

impl Encoder for JavaScriptCodec {
    fn id(&self) -> &str {
        &self.id
    }

    fn title(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.id)
    }

    fn protocols(&self) -> &[Protocol] {
        &[Protocol::Lora]
    }

    fn encode(
        &self,
        instruction: &Instruction<'_>,
        context: &Context<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        let data = Data(input::data(instruction)?);
        self.encode_data(&data, context, writer)
    }

    fn describe(&self) -> Description {
        let notes = "A payload codec in JavaScript; the script defines its input.";
        Description {
            notes: Some(notes.to_owned()),
            destination: Some(Destination {
                port: Some(Port::Requested {
                    among: Vec::new(),
                    default: None,
                }),
                ..Destination::default()
            }),
            ..Description::of(self)
        }
    }

    /// What the script reads; that encoding it gives the same bytes is the script's affair.
    fn decode(&self, method: &Method, payload: &Payload) -> Result<Decoded, Error> {
        let (Method::Lora { f_port }, Payload::Binary(bytes)) = (method, payload) else {
            return Err(no_bytes_of_lora(&self.id));
        };
        let read = self.decode_data(bytes, *f_port, None)?;
        let warnings = read.warnings().iter();
        Ok(Decoded {
            f_port: *f_port,
            warnings: warnings.map(|text| warning(text).into_warning()).collect(),
            ..Decoded::new(read.data().records()?)
        })
    }

    /// The SHA-256 of the script and of the files that it requires; where its package says how it is called, of that too.
    fn digest(&self) -> String {
        self.digest.clone()
    }
}

/// The origin of all bytes: the commands, and what the script reads in them.
fn made_by_script(data: &Data, shown: Option<String>) -> (Origin, Meaning) {
    let commands: Vec<&str> = match &data.0 {
        Datum::Object(members) => members.iter().map(|(name, _)| name.as_str()).collect(),
        _ => Vec::new(),
    };
    let origin = Origin::Constant {
        command: commands.join(", "),
    };
    let meaning = Meaning {
        wire: Some("made by the script".to_owned()),
        value: shown,
        ..Meaning::default()
    };
    (origin, meaning)
}

#[cold]
pub(super) fn no_encoder() -> Error {
    Error::new(Code::CodecForm, "the script has no function that encodes")
        .expected("`encodeDownlink(input)`")
        .hint("older scripts have `Encoder(object, port)` or `Encode(fPort, object)`")
}

#[cold]
fn no_bytes() -> Error {
    Error::new(Code::EncodeLength, "the script returned no bytes")
        .expected("at least 1 byte")
        .found("0 bytes")
}

fn rename(near: &str) -> String {
    let near = quote(near);
    format!("the script returns `{near}`, which is not read: rename it to `fPort`")
}

#[cold]
fn no_bytes_of_lora(id: &str) -> Error {
    Error::new(
        Code::EncodeUnsupportedProtocol,
        format!("`{}` decodes LoRaWAN bytes", quote(id)),
    )
    .expected("LORA and bytes")
}

#[cold]
fn warning(text: &str) -> Error {
    let text = quote(text);
    Error::new(Code::CodecWarning, format!("the script warns: \"{text}\""))
}

#[cold]
fn reads_otherwise(found: &str, asked: &Datum) -> Error {
    let (found, asked) = (quote(found), quote(&asked.to_string()));
    Error::new(
        Code::CodecReadBack,
        format!("the script decodes its own bytes as `{found}`, but `{asked}` was requested"),
    )
    .expected(asked)
    .found(found)
}

#[cold]
fn does_not_read_back(error: &Error) -> Error {
    Error::new(
        Code::CodecReadBack,
        format!(
            "the script cannot decode its own bytes: {}",
            error.diagnostic().message
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_codec_goes_from_thread_to_thread() {
        fn travels<T: Send + Sync>() {}
        travels::<JavaScriptCodec>();
    }
}
