//! The payload as the caller made it.

use crate::error::{Code, Error, did_you_mean, nearest, quote};
use crate::instruction::{Entry, Instruction};
use crate::message::Protocol;
use crate::senml::Value;

use super::super::{Context, Encoder, Frame, Writer};
use super::send;

/// `generic/raw`: the one record is the payload.
///
/// LoRaWAN takes `payloadHex` as text or `payload` as data; SMS `payload` as text; MQTT and HTTP
/// take `payload` as text or data, and `payloadHex`.
#[derive(Debug)]
pub struct Raw;

impl Encoder for Raw {
    fn id(&self) -> &'static str {
        "generic/raw"
    }

    fn title(&self) -> &'static str {
        "Payload as given"
    }

    fn protocols(&self) -> &[Protocol] {
        Protocol::ALL
    }

    fn notes(&self) -> Option<&str> {
        Some(
            "Takes exactly one record, which is the payload. LORA takes `payloadHex` as hex digits in \
         `vs`, or `payload` as data in `vd`; SMS takes `payload` as text in `vs`; MQTT and HTTP \
         take all three.",
        )
    }

    fn encode(
        &self,
        instruction: &Instruction<'_>,
        context: &Context<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        let [entry] = instruction.entries() else {
            let found = instruction.entries().len();
            return Err(Error::new(
                Code::EncodeDuplicateCommand,
                format!("`generic/raw` takes exactly one record, found {found}"),
            )
            .expected("one record")
            .found(found.to_string()));
        };
        if let Some(unit) = entry.unit() {
            return Err(entry.at_unit(unit_of_a_payload(unit)));
        }
        let mut frame = writer.frame();
        let is_text = raw_payload(entry, context.protocol(), &mut frame)?;
        send(frame, is_text, None, context, writer)
    }
}

/// Writes the payload of the record, and says whether it is text.
fn raw_payload(entry: &Entry<'_>, protocol: Protocol, frame: &mut Frame) -> Result<bool, Error> {
    let takes_bytes = protocol != Protocol::Sms;
    let takes_text = protocol != Protocol::Lora;
    match (entry.path(), entry.value()) {
        ("payloadHex", Value::String(digits)) if takes_bytes => {
            let bytes = hex::decode(digits).map_err(|_| entry.at_value(not_hex(digits)))?;
            frame.record(entry, &bytes);
            Ok(false)
        }
        ("payload", Value::Data(bytes)) if takes_bytes => {
            frame.record(entry, bytes);
            Ok(false)
        }
        ("payload", Value::String(text)) if takes_text => {
            frame.record(entry, text.as_bytes());
            Ok(true)
        }
        ("payload", Value::String(_)) => Err(entry.at_value(
            Error::new(
                Code::EncodeType,
                "`payload` is text, which LoRaWAN does not carry",
            )
            .expected("`payloadHex` with hex digits in `vs`, or `payload` with data in `vd`")
            .found("text in `vs`")
            .hint("if the text is hex digits, name the record `payloadHex`"),
        )),
        ("payload" | "payloadHex", _) => {
            let expected = if takes_bytes {
                "`payloadHex` in `vs` or `payload` in `vd`"
            } else {
                "`payload` in `vs`"
            };
            let error = Error::new(
                Code::EncodeType,
                format!(
                    "`{}` has a value of another type, expected {expected}",
                    entry.path()
                ),
            );
            Err(entry.at_value(error.expected(expected).found(entry.written_value())))
        }
        (path, _) => {
            let error = Error::new(
                Code::EncodeUnknownCommand,
                format!("`generic/raw` has no command `{}`", quote(path)),
            )
            .expected("`payload` or `payloadHex`")
            .found(quote(path));
            Err(
                entry.at_name(match nearest(path, ["payload", "payloadHex"]) {
                    Some(meant) => error.hint(did_you_mean(meant)),
                    None => error,
                }),
            )
        }
    }
}

fn not_hex(digits: &str) -> Error {
    Error::new(
        Code::EncodeType,
        "`payloadHex` is not hex, expected an even number of hex digits",
    )
    .expected("an even number of hex digits")
    .found(quote(digits))
}

fn unit_of_a_payload(unit: &str) -> Error {
    let found = quote(unit);
    Error::new(
        Code::EncodeUnit,
        format!("a payload has no unit, found `{found}`"),
    )
    .expected("no unit")
    .found(found)
    .hint("remove the unit")
}
