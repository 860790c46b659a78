//! Encoders for devices that take the instruction as it is, or bytes that the caller made.

use std::sync::Arc;

use crate::error::{Code, Error, did_you_mean, nearest, quote};
use crate::instruction::{Entry, Instruction};
use crate::message::Protocol;
use crate::message::http::{HeaderName, HeaderValue, Headers};
use crate::message::mqtt::{ContentType, TopicName};
use crate::message::sms::SegmentLimit;
use crate::senml::{Value, data_text};

use super::writer::Content;
use super::{Context, Encoder, Frame, Writer};

/// Every generic encoder.
pub(super) fn all() -> Vec<Arc<dyn Encoder>> {
    vec![Arc::new(Raw), Arc::new(SenmlJson)]
}

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

/// `generic/senml-json`: the instruction itself, as SenML in JSON (RFC 8428 §5).
///
/// The base name stands in the first record, or in a record of its own where the binding asks.
#[derive(Debug)]
pub struct SenmlJson;

impl Encoder for SenmlJson {
    fn id(&self) -> &'static str {
        "generic/senml-json"
    }

    fn title(&self) -> &'static str {
        "The instruction as SenML JSON"
    }

    fn protocols(&self) -> &[Protocol] {
        Protocol::ALL
    }

    fn notes(&self) -> Option<&str> {
        Some(
            "Sends every record of the instruction, as the device reads SenML itself. The base name \
         stands in the first record, or in a record of its own where the binding has \
         `base_only_record = true`.",
        )
    }

    fn encode(
        &self,
        instruction: &Instruction<'_>,
        context: &Context<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        const NAME: &str = "generic/senml-json";
        let mut frame = writer.frame();
        let base = format!(r#""bn":"{}""#, instruction.device());
        if context.binding().has_base_only_record() {
            frame.constant(NAME, format!("[{{{base}}},{{").as_bytes());
        } else {
            frame.constant(NAME, format!("[{{{base},").as_bytes());
        }
        for (index, entry) in instruction.entries().iter().enumerate() {
            if index > 0 {
                frame.constant(NAME, b",{");
            }
            frame.record(entry, record(entry)?.as_bytes());
            frame.constant(NAME, b"}");
        }
        frame.constant(NAME, b"]");
        send(frame, true, Some("application/senml+json"), context, writer)
    }
}

/// The fields of a record, without its braces.
fn record(entry: &Entry<'_>) -> Result<String, Error> {
    let text = |text: &str| {
        serde_json::to_string(text)
            .map_err(|error| entry.at_value(Error::new(Code::JsonSyntax, error.to_string())))
    };
    let mut fields = vec![format!(r#""n":{}"#, text(entry.path())?)];
    if let Some(unit) = entry.unit() {
        fields.push(format!(r#""u":{}"#, text(unit)?));
    }
    fields.push(match entry.value() {
        Value::Number(number) => match number.as_decimal() {
            Some(decimal) => format!(r#""v":{decimal}"#),
            None => return Err(entry.at_value(inexact(&number.to_string()))),
        },
        Value::Boolean(value) => format!(r#""vb":{value}"#),
        Value::String(value) => format!(r#""vs":{}"#, text(value)?),
        Value::Data(bytes) => format!(r#""vd":"{}""#, data_text(bytes)),
        _ => return Err(entry.at_value(Error::new(Code::EncodeType, "a value of another kind"))),
    });
    if let Some(format) = entry.content_format() {
        fields.push(format!(r#""ct":{}"#, text(format)?));
    }
    Ok(fields.join(","))
}

/// A number that is only the nearest double never reaches a wire.
fn inexact(found: &str) -> Error {
    Error::new(
        Code::EncodeOutOfRange,
        format!("{found} has more digits than are sent exactly"),
    )
    .expected("at most 34 digits and an exponent of at most 60")
    .found(found)
}

/// Sends a payload over whatever protocol was asked for.
fn send(
    frame: Frame,
    is_text: bool,
    content_type: Option<&str>,
    context: &Context<'_>,
    writer: &mut Writer<'_>,
) -> Result<(), Error> {
    /// The default of `MqttMethod.topic` in the contract.
    const TOPIC: &str = "downlink";
    let payload = |frame| {
        if is_text {
            Content::Text(frame)
        } else {
            Content::Binary(frame)
        }
    };
    match context.protocol() {
        Protocol::Lora => writer.lora(context.chosen_port(&[], None)?, frame),
        Protocol::Mqtt => {
            let topic = match context.requested_topic() {
                Some(topic) => topic.clone(),
                None => TopicName::new(TOPIC)?,
            };
            let own = content_type.map(ContentType::new).transpose()?;
            let content_type = context.requested_content_type().cloned().or(own);
            writer.mqtt(topic, content_type, None, payload(frame))
        }
        Protocol::Sms => writer.sms(SegmentLimit::MAX, frame),
        Protocol::Http => {
            let header = |value| {
                Ok::<_, Error>((HeaderName::new("Content-Type")?, HeaderValue::new(value)?))
            };
            let headers: Option<_> = content_type.map(header).transpose()?;
            writer.http(Headers::new(headers)?, payload(frame))
        }
    }
}
