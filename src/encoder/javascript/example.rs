//! Examples of a codec package: what goes in, and what its author says comes out.

use super::JavaScriptCodec;
use super::datum::Datum;
use super::output::{Output, Reading};
use crate::error::{Code, Error, quote};
use crate::senml::UnixTime;

/// An example of a downlink.
#[derive(Clone, Debug)]
pub struct Example {
    description: String,
    direction: Direction,
    input: Datum,
    output: Datum,
}

/// Which function an example is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Direction {
    /// `encodeDownlink`.
    Encode,
    /// `decodeDownlink`.
    Decode,
}

impl Example {
    /// Reads `examples.json`; examples of uplinks are left out.
    pub(super) fn read_all(examples: &Datum) -> Result<Vec<Self>, Error> {
        let Datum::Array(items) = examples else {
            return Err(malformed("`examples.json` is not an array"));
        };
        let mut read = Vec::new();
        for (index, item) in items.iter().enumerate() {
            read.extend(
                Self::read(item)
                    .map_err(|missing| malformed(&format!("example {index} has no `{missing}`")))?,
            );
        }
        Ok(read)
    }

    fn read(item: &Datum) -> Result<Option<Self>, &'static str> {
        let direction = match item.member("type").and_then(Datum::as_str) {
            Some("downlink-encode") => Direction::Encode,
            Some("downlink-decode") => Direction::Decode,
            Some(_) => return Ok(None),
            None => return Err("type"),
        };
        let description = item.member("description").and_then(Datum::as_str);
        Ok(Some(Self {
            description: description.unwrap_or_default().to_owned(),
            direction,
            input: with_bytes(item.member("input").ok_or("input")?),
            output: item.member("output").ok_or("output")?.clone(),
        }))
    }

    /// What it shows.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Which function it is of.
    #[must_use]
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// Runs it, and compares.
    ///
    /// The script finds `now` as the time; a fixed one, for an example holds at any time.
    ///
    /// # Errors
    ///
    /// [`Code::CodecExample`] with the difference, or with what the script fails with.
    pub fn prove(&self, codec: &JavaScriptCodec, now: Option<UnixTime>) -> Result<(), Error> {
        let difference = match self.direction {
            Direction::Encode => self.compare(codec.call_encoder(&self.input, now), |output| {
                self.compare_output(output)
            }),
            Direction::Decode => self.compare(codec.call_decoder(&self.input, now), |reading| {
                self.compare_reading(&reading)
            }),
        };
        difference.map_or(Ok(()), |text| Err(differs(&self.description, &text)))
    }

    /// A refusal is right where the example has errors, whatever their words are.
    fn compare<R>(
        &self,
        result: Result<R, Error>,
        compare: impl FnOnce(R) -> Option<String>,
    ) -> Option<String> {
        let errors = self.output.member("errors");
        let refuses = matches!(errors, Some(Datum::Array(errors)) if !errors.is_empty());
        match result {
            Err(error) if refuses && error.code() == Code::CodecRefused => None,
            Err(error) => Some(error.into_diagnostic().message),
            Ok(_) if refuses => Some("expected a refusal, found none".to_owned()),
            Ok(result) => compare(result),
        }
    }

    fn compare_output(&self, output: Output) -> Option<String> {
        let Output {
            bytes,
            f_port,
            warnings,
            ..
        } = output;
        let expected = bytes_of(self.output.member("bytes"));
        if expected.as_deref() != Some(&bytes) {
            let expected = expected.map_or("no bytes".to_owned(), hex::encode_upper);
            let found = hex::encode_upper(bytes);
            return Some(format!("expected `{expected}`, found `{found}`"));
        }
        let found = f_port.map(|port| Datum::Number(f64::from(port.number())));
        let found = found.or_else(|| self.input.member("fPort").cloned());
        match (self.output.member("fPort"), found) {
            (Some(expected), Some(found)) if *expected != found => {
                Some(format!("expected port {expected}, found port {found}"))
            }
            (Some(expected), None) => Some(format!("expected port {expected}, found none")),
            _ => self.compare_warnings(&warnings),
        }
    }

    fn compare_reading(&self, reading: &Reading) -> Option<String> {
        let expected = self.output.member("data").unwrap_or(&self.output);
        if !reading.data.says(expected) {
            let (expected, found) = (
                quote(&expected.to_string()),
                quote(&reading.data.to_string()),
            );
            return Some(format!("expected `{expected}`, found `{found}`"));
        }
        self.compare_warnings(&reading.warnings)
    }

    fn compare_warnings(&self, found: &[String]) -> Option<String> {
        let Some(Datum::Array(expected)) = self.output.member("warnings") else {
            return None;
        };
        let is_same = expected.len() == found.len()
            && expected
                .iter()
                .zip(found)
                .all(|(expected, found)| expected.as_str() == Some(found));
        let warnings = || quote(&Datum::Array(expected.clone()).to_string());
        (!is_same).then(|| format!("expected the warnings `{}`, found {found:?}", warnings()))
    }
}

/// Some examples write bytes as hex digits; scripts get an array.
fn with_bytes(input: &Datum) -> Datum {
    let Datum::Object(members) = input else {
        return input.clone();
    };
    let members = members.iter().map(|(key, value)| {
        let value = match (key.as_str(), bytes_of(Some(value))) {
            ("bytes", Some(bytes)) => Datum::bytes(&bytes),
            _ => value.clone(),
        };
        (key.clone(), value)
    });
    Datum::Object(members.collect())
}

fn bytes_of(value: Option<&Datum>) -> Option<Vec<u8>> {
    match value? {
        Datum::String(digits) => hex::decode(digits).ok(),
        Datum::Array(items) => items.iter().map(byte_of).collect(),
        _ => None,
    }
}

fn byte_of(item: &Datum) -> Option<u8> {
    (0..=u8::MAX).find(|byte| *item == Datum::Number(f64::from(*byte)))
}

#[cold]
fn malformed(what: &str) -> Error {
    Error::new(Code::CodecPackage, what)
        .expected("an array of objects with `type`, `description`, `input` and `output`")
}

#[cold]
fn differs(description: &str, difference: &str) -> Error {
    let description = quote(description);
    Error::new(
        Code::CodecExample,
        format!("the example \"{description}\" fails: {difference}"),
    )
}
