//! The payload as the caller made it.

use serde_json::json;

use crate::error::{Code, Error, quote};
use crate::instruction::{Entry, Instruction};
use crate::message::{Method, Payload, Protocol, written};
use crate::senml::Value;

use super::super::{
    Context, Decoded, DecodedRecord, Description, Encoder, Frame, RecordValue, Variables, Writer,
    schema,
};
use super::{check, decoded, destination, send};

/// `generic/raw`: the one record is the payload.
///
/// LoRaWAN takes `payloadHex` as text or `payload` as data; SMS `payload` as text; MQTT and HTTP
/// take `payload` as text or data, and `payloadHex`.
#[derive(Debug)]
pub struct Raw;

const NOTES: &str = "Takes exactly one record, which is the payload. LORA takes `payloadHex` as hex digits in \
     `vs`, or `payload` as data in `vd`; SMS takes `payload` as text in `vs`; MQTT and HTTP \
     take all three.";

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

    fn describe(&self) -> Description {
        let hex = json!({ "type": "string", "pattern": "^([0-9A-Fa-f]{2})*$" });
        let text = json!({ "type": "string" });
        let records = vec![
            schema::record(&json!({ "const": "payloadHex" }), ("vs", hex), None),
            schema::record(&json!({ "const": "payload" }), ("vd", schema::data()), None),
            schema::record(&json!({ "const": "payload" }), ("vs", text), None),
        ];
        Description {
            notes: Some(NOTES.to_owned()),
            destination: Some(destination(None)),
            instruction_schema: schema::instructions(self.id(), self.title(), records),
            ..Description::of(self)
        }
    }

    fn variables(&self) -> Variables {
        Variables::NONE
    }

    fn decode(&self, method: &Method, payload: &Payload) -> Result<Decoded, Error> {
        check(self.id(), method, payload)?;
        let (name, value) = match payload {
            Payload::Text(text) => ("payload", text.clone()),
            Payload::Binary(bytes) => ("payloadHex", hex::encode_upper(bytes)),
        };
        let record = DecodedRecord::new(name, RecordValue::Text(value));
        Ok(decoded(vec![record], method))
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
                "`payload` is text, which LoRaWAN cannot carry",
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
            let known = ["payload", "payloadHex"].into_iter();
            Err(entry.at_name(error.suggest_name(path, known)))
        }
    }
}

fn not_hex(digits: &str) -> Error {
    let error = Error::new(
        Code::EncodeType,
        format!(
            "`payloadHex` is not valid hex: {}",
            written::not_hex(digits, false)
        ),
    )
    .expected("two hex digits for each byte")
    .found(quote(digits));
    match written::plain_hex(digits) {
        Some(plain) => error.hint(format!("write `{}`", quote(&plain))),
        None => error,
    }
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
