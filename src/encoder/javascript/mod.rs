//! Payload codecs in JavaScript (LoRa Alliance TS013), as `ChirpStack`, The Things Stack and
//! `ThingPark` run them. Feature `js`.
//!
//! # What a script gets
//!
//! `input.data` holds the records in their order: `/` in a name nests, `0`, `1`, `2` and so on make an
//! array, `v`, `vs`, `vb` and `vd` become a number, a text, a boolean and an array of bytes. A unit,
//! an integer beyond 2^53, and numbers with gaps are refused. `input.fPort` is the port that the
//! method asks for, `input.variables` the variables of the device.
//!
//! `Date` tells the caller's `now`, always in UTC. `Math.random` is refused: the same instruction
//! gives the same bytes. There are `Buffer`, `atob`, `btoa`, `TextEncoder`, `TextDecoder`, a
//! `console` that says nothing, and `require` for `buffer` and `util`; no files, no network, no
//! timers, no `Proxy`.
//!
//! # What it must return
//!
//! Bytes are integers from 0 to 255, the port is 1 to 223 and does not contradict the method, the
//! payload is not empty and not longer than the network carries. `errors` refuse, `warnings` become
//! warnings.
//!
//! # Messages are kept apart
//!
//! A warm runtime serves many messages. Nothing passes from one to the next: the script is a
//! function called anew for each, so that its variables are new; everything else that it can reach is
//! frozen, and what it adds to the global object is removed. Scripts that change what comes with the
//! language, and ES modules, have a runtime of their own for each message.

mod bounds;
mod datum;
mod entry;
mod example;
mod fault;
mod input;
mod meter;
mod output;
mod package;
mod pool;
mod realm;
mod script;

use rquickjs::{Ctx, Undefined, Value};

pub use bounds::Bounds;
pub use example::{Direction, Example};
pub use package::Package;

use crate::error::{Code, Error, quote};
use crate::instruction::Instruction;
use crate::message::Protocol;
use crate::message::lora::FPort;
use crate::senml::UnixTime;
use datum::Datum;
use entry::{Arguments, Entry, Functions};
use fault::Fault;
use output::{Output, Reading};
use script::Script;

use super::trace::{Meaning, Origin};
use super::{Context, Encoder, Writer};

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
/// let preview = engine.preview_pack(&pack, Method::new(Protocol::Lora), &lamp, now);
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
}

/// What `decodeDownlink` reads in a payload.
///
/// It serializes as the object that the script returns in `data`.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded(Reading);

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
        let encoder = Script::load(source, bounds)?;
        Ok(Self {
            id: id.into(),
            title: None,
            entry: encoder.entry().ok_or_else(no_encoder)?,
            encoder,
            decoder: None,
            bounds,
        })
    }

    /// Takes `decodeDownlink` from a script of its own, as The Things Network keeps it.
    ///
    /// # Errors
    ///
    /// As [`JavaScriptCodec::from_script`].
    pub fn with_decoder(mut self, source: &str) -> Result<Self, Error> {
        let decoder = Script::load(source, self.bounds)?;
        if !decoder.decodes() {
            return Err(no_decoder());
        }
        self.decoder = Some(decoder);
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
    /// It depends on the script alone: ES modules do not, and those that seem to change what comes
    /// with the language.
    #[must_use]
    pub fn is_warm(&self) -> bool {
        self.encoder.is_shared()
    }

    /// Whether the script reads payloads too.
    #[must_use]
    pub fn decodes(&self) -> bool {
        self.reader().decodes()
    }

    /// Reads a payload with `decodeDownlink`.
    ///
    /// # Errors
    ///
    /// [`Code::CodecForm`] if there is no such function, and what the script fails with.
    pub fn decode(
        &self,
        payload: &[u8],
        f_port: Option<FPort>,
        now: Option<UnixTime>,
    ) -> Result<Decoded, Error> {
        let mut input = vec![("bytes".to_owned(), Datum::bytes(payload))];
        input.extend(f_port.map(port_member));
        self.call_decoder(&Datum::Object(input), now).map(Decoded)
    }

    /// The script that has `decodeDownlink`, if one has.
    fn reader(&self) -> &Script {
        self.decoder.as_ref().unwrap_or(&self.encoder)
    }

    fn call_encoder(&self, input: &Datum, now: Option<UnixTime>) -> Result<Output, Error> {
        self.encoder
            .call(milliseconds(now), |ctx, functions| match self.entry {
                Entry::Standard => {
                    let value = call_standard(ctx, functions, "encodeDownlink", input)?;
                    Output::read(ctx, value, &self.bounds)
                }
                Entry::Older(name, arguments) => {
                    let value = call_older(ctx, functions, name, arguments, input)?;
                    Output::read_older(ctx, value, &self.bounds)
                }
            })
    }

    fn call_decoder(&self, input: &Datum, now: Option<UnixTime>) -> Result<Reading, Error> {
        if !self.decodes() {
            return Err(no_decoder());
        }
        self.reader().call(milliseconds(now), |ctx, functions| {
            let value = call_standard(ctx, functions, "decodeDownlink", input)?;
            Reading::read(ctx, value, &self.bounds)
        })
    }

    /// What the script reads in its own bytes, and a warning if that is not what was asked.
    fn read_back(
        &self,
        asked: &Datum,
        bytes: &[u8],
        port: FPort,
        context: &Context<'_>,
        writer: &mut Writer<'_>,
    ) -> Option<String> {
        if !self.decodes() {
            return None;
        }
        match self.decode(bytes, Some(port), context.now()) {
            Ok(Decoded(reading)) => {
                let text = reading.data.to_string();
                if reading.data.says(asked) {
                    return Some(format!("reads back as it was asked, {text}"));
                }
                writer.warning(reads_otherwise(&text, asked).into_warning());
                Some(format!("reads back as {text}"))
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
        if let Entry::Older(..) = self.entry {
            // They get the port and return none.
            context.chosen_port(&[], None)?;
        }
        let data = input::data(instruction)?;
        let output = self.call_encoder(&input_of(data.clone(), context), context.now())?;
        if output.has_old_port {
            writer.warning(old_port().into_warning());
        }
        for text in &output.warnings {
            writer.warning(warning(text).into_warning());
        }
        let port = match output.f_port {
            Some(own) => context.fixed_port(own)?,
            None => context.chosen_port(&[], None)?,
        };
        let mut frame = writer.frame();
        let shown = if frame.is_traced() && !output.bytes.is_empty() {
            self.read_back(&data, &output.bytes, port, context, writer)
        } else {
            None
        };
        frame.write(&output.bytes, || made_by_script(instruction, shown));
        writer.lora(port, frame)
    }

    fn notes(&self) -> Option<&str> {
        Some("A payload codec in JavaScript: the script says what it takes.")
    }
}

impl Decoded {
    /// What the script warns of.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.0.warnings
    }
}

impl serde::Serialize for Decoded {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.data.serialize(serializer)
    }
}

fn input_of(data: Datum, context: &Context<'_>) -> Datum {
    let mut input = vec![("data".to_owned(), data)];
    input.extend(context.requested_port().map(port_member));
    let variables = context.binding().variables();
    let variables =
        variables.map(|(name, value)| (name.to_owned(), Datum::String(value.to_owned())));
    input.push(("variables".to_owned(), Datum::Object(variables.collect())));
    Datum::Object(input)
}

fn port_member(port: FPort) -> (String, Datum) {
    let number = Datum::Number(f64::from(port.number()));
    ("fPort".to_owned(), number)
}

/// Milliseconds, as scripts count time.
fn milliseconds(now: Option<UnixTime>) -> Option<f64> {
    const THOUSAND: i32 = 3;
    let seconds = now?.seconds();
    let exponent = seconds.exponent().checked_add(THOUSAND)?;
    let exact = crate::number::Decimal::new(seconds.coefficient(), exponent)?;
    Some(exact.to_f64().floor())
}

fn call_standard<'js>(
    ctx: &Ctx<'js>,
    functions: &Functions<'js>,
    name: &str,
    input: &Datum,
) -> Result<Value<'js>, Fault> {
    let function = functions.get(name).ok_or_else(no_encoder)?;
    Ok(function.call((input.to_js(ctx)?,))?)
}

fn call_older<'js>(
    ctx: &Ctx<'js>,
    functions: &Functions<'js>,
    name: &str,
    arguments: Arguments,
    input: &Datum,
) -> Result<Value<'js>, Fault> {
    let function = functions.get(name).ok_or_else(no_encoder)?;
    let member = |name: &str| match input.member(name) {
        Some(value) => value.to_js(ctx),
        None => Ok(Undefined.into_value(ctx.clone())),
    };
    let (port, data, variables) = (member("fPort")?, member("data")?, member("variables")?);
    Ok(match arguments {
        Arguments::PortFirst => function.call((port, data, variables))?,
        Arguments::ObjectFirst => function.call((data, port, variables))?,
    })
}

fn made_by_script(instruction: &Instruction<'_>, shown: Option<String>) -> (Origin, Meaning) {
    let mut commands: Vec<&str> = Vec::new();
    for entry in instruction.entries() {
        if !commands.contains(&entry.command()) {
            commands.push(entry.command());
        }
    }
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
fn no_encoder() -> Error {
    Error::new(Code::CodecForm, "the script has no function that encodes")
        .expected("`encodeDownlink(input)`")
        .hint("older scripts have `Encoder(object, port)` or `Encode(fPort, object)`")
}

#[cold]
fn no_decoder() -> Error {
    Error::new(Code::CodecForm, "the script has no `decodeDownlink`")
        .expected("`decodeDownlink(input)`")
}

#[cold]
fn old_port() -> Error {
    Error::new(
        Code::CodecWarning,
        "the script returns the port in `port`, expected `fPort`",
    )
    .expected("`fPort`")
    .found("`port`")
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
        format!("the script reads its own bytes back as `{found}`, asked was `{asked}`"),
    )
    .expected(asked)
    .found(found)
}

#[cold]
fn does_not_read_back(error: &Error) -> Error {
    Error::new(
        Code::CodecReadBack,
        format!("the script does not read its own bytes back: {error}"),
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

    #[test]
    fn fractions_of_milliseconds_are_dropped() {
        let now: UnixTime = "1700000000.0019".parse().unwrap();
        assert_eq!(milliseconds(Some(now)), Some(1_700_000_000_001.0));
    }
}
