//! Scripts that read payloads back.

use super::bounds::Bounds;
use super::call;
use super::data::Data;
use super::entry::Entry;
use super::modules::Modules;
use super::script::Script;
use crate::error::Error;
use crate::message::lora::FPort;
use crate::senml::UnixTime;

/// A script with `decodeDownlink`, whether it encodes or not.
///
/// ```
/// use downlink::encoder::javascript::JavaScriptDecoder;
///
/// let decoder = JavaScriptDecoder::from_script(r#"
///     function decodeDownlink(input) {
///         return { data: { led: input.bytes[1] === 1 } };
///     }
/// "#)?;
/// let decoded = decoder.decode(&[0x01, 0x01], None, None)?;
/// assert_eq!(serde_json::to_string(decoded.data()).unwrap(), r#"{"led":true}"#);
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Debug)]
pub struct JavaScriptDecoder {
    script: Script,
    bounds: Bounds,
}

/// What `decodeDownlink` reads in a payload.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodedData {
    data: Data,
    warnings: Vec<String>,
}

impl JavaScriptDecoder {
    /// Takes a script in, with the usual bounds.
    ///
    /// # Errors
    ///
    /// [`Code::CodecSyntax`](crate::error::Code::CodecSyntax) with line and column,
    /// [`Code::CodecForm`](crate::error::Code::CodecForm) if no function decodes, and what
    /// [`Bounds`] set.
    pub fn from_script(source: &str) -> Result<Self, Error> {
        Self::with_bounds(source, Bounds::default())
    }

    /// Takes a script in, with other bounds.
    ///
    /// # Errors
    ///
    /// As [`JavaScriptDecoder::from_script`].
    pub fn with_bounds(source: &str, bounds: Bounds) -> Result<Self, Error> {
        Self::of(Modules::alone(source), bounds)
    }

    /// Takes a script in with the files that it requires.
    pub(super) fn of(modules: Modules, bounds: Bounds) -> Result<Self, Error> {
        let script = Script::load(modules, Some(Entry::Standard), bounds)?;
        if !script.decodes() {
            return Err(call::no_decoder());
        }
        Ok(Self { script, bounds })
    }

    /// Reads a payload.
    ///
    /// # Errors
    ///
    /// What the script fails with.
    pub fn decode(
        &self,
        payload: &[u8],
        f_port: Option<FPort>,
        now: Option<UnixTime>,
    ) -> Result<DecodedData, Error> {
        DecodedData::read(&self.script, payload, f_port, now, &self.bounds)
    }

    pub(super) fn into_script(self) -> Script {
        self.script
    }
}

impl DecodedData {
    /// Has a script read a payload.
    pub(super) fn read(
        script: &Script,
        payload: &[u8],
        f_port: Option<FPort>,
        now: Option<UnixTime>,
        bounds: &Bounds,
    ) -> Result<Self, Error> {
        let reading = call::decode(script, &call::payload(payload, f_port), now, bounds)?;
        Ok(Self {
            data: Data(reading.data),
            warnings: reading.warnings,
        })
    }

    /// What the script returns in `data`.
    #[must_use]
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// What the script warns of.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }
}
