//! The instruction itself, for devices that read SenML.

use crate::error::{Code, Error};
use crate::instruction::{DeviceId, Entry, Instruction};
use crate::message::Protocol;
use crate::number::{Decimal, Number};
use crate::senml::{Label, Pack, PackBuilder, Value, cbor_array_head, cbor_base_name};

use super::super::{Context, Encoder, Writer};
use super::send;
use crate::directory::NumberType;

/// `generic/senml-json`, `generic/senml-cbor` and `generic/thingsml-cbor`: the instruction itself
/// (RFC 8428 §5 and §6).
///
/// The base name stands in the first record, or in a record of its own where the binding asks. A
/// LoRaWAN device knows who it is, so ThingsML leaves the base name out there. ThingsML says an
/// index for a name and a unit that its table has. A number goes out as an integer or as a float as
/// it was written, or as the binding says: a device refuses the other.
#[derive(Debug)]
pub struct Senml {
    id: &'static str,
    title: &'static str,
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Json,
    Cbor,
    ThingsmlCbor,
}

impl Senml {
    pub(super) const JSON: Self = Self {
        id: "generic/senml-json",
        title: "The instruction as SenML in JSON",
        format: Format::Json,
    };
    pub(super) const CBOR: Self = Self {
        id: "generic/senml-cbor",
        title: "The instruction as SenML in CBOR",
        format: Format::Cbor,
    };
    pub(super) const THINGSML: Self = Self {
        id: "generic/thingsml-cbor",
        title: "The instruction as ThingsML in CBOR",
        format: Format::ThingsmlCbor,
    };
}

impl Encoder for Senml {
    fn id(&self) -> &str {
        self.id
    }

    fn title(&self) -> &str {
        self.title
    }

    fn protocols(&self) -> &[Protocol] {
        Protocol::ALL
    }

    fn notes(&self) -> Option<&str> {
        Some("Takes any commands, and sends them as they are.")
    }

    fn encode(
        &self,
        instruction: &Instruction<'_>,
        context: &Context<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        let records = self.records(instruction, context)?;
        let format = self.format;
        let is_text = format == Format::Json;
        if !is_text && context.protocol() == Protocol::Sms {
            return Err(no_bytes_in_text(self.id));
        }
        let mut frame = writer.frame();
        frame.constant(self.id, &format.head(records.len()));
        for (index, (entry, bytes)) in records.iter().enumerate() {
            if index > 0 {
                frame.constant(self.id, format.separator());
            }
            match entry {
                Some(entry) => frame.record(entry, bytes),
                None => frame.constant(self.id, bytes),
            }
        }
        frame.constant(self.id, format.tail());
        let media_type = if is_text {
            "application/senml+json"
        } else {
            "application/senml+cbor"
        };
        send(frame, is_text, Some(media_type), context, writer)
    }
}

type WrittenRecord<'i> = (Option<&'i Entry<'i>>, Vec<u8>);

impl Senml {
    /// Each record as it is written, with the entry that it comes from.
    fn records<'i>(
        &self,
        instruction: &'i Instruction<'i>,
        context: &Context<'_>,
    ) -> Result<Vec<WrittenRecord<'i>>, Error> {
        let knows_itself =
            self.format == Format::ThingsmlCbor && context.protocol() == Protocol::Lora;
        let mut base_name = (!knows_itself).then(|| instruction.device());
        let mut records = Vec::with_capacity(instruction.entries().len() + 1);
        if context.binding().has_base_only_record() {
            if let Some(device) = base_name.take() {
                records.push((None, self.format.base_only(device)));
            }
        }
        for entry in instruction.entries() {
            let builder = match base_name.take() {
                Some(device) => Pack::builder().text(Label::BaseName, device.to_string()),
                None => Pack::builder(),
            };
            let expected = context.binding().number_type(entry.path());
            let pack = record(builder, entry, expected)?;
            records.push((Some(entry), self.format.write(&pack)?));
        }
        Ok(records)
    }
}

impl Format {
    /// What comes before the records.
    fn head(self, records: usize) -> Vec<u8> {
        match self {
            Self::Json => b"[".to_vec(),
            Self::Cbor | Self::ThingsmlCbor => cbor_array_head(records),
        }
    }

    fn separator(self) -> &'static [u8] {
        if self == Self::Json { b"," } else { b"" }
    }

    fn tail(self) -> &'static [u8] {
        if self == Self::Json { b"]" } else { b"" }
    }

    /// The one record of a pack, without what is around records.
    fn write(self, pack: &Pack<'_>) -> Result<Vec<u8>, Error> {
        let written = match self {
            Self::Json => pack.to_json().into_bytes(),
            Self::Cbor => pack.to_cbor(),
            Self::ThingsmlCbor => pack.to_thingsml().to_cbor(),
        };
        let record = written.strip_prefix(&*self.head(1));
        let record = record.and_then(|rest| rest.strip_suffix(self.tail()));
        record
            .map(<[u8]>::to_vec)
            .ok_or_else(|| Error::invariant("a pack is written without its head"))
    }

    /// A record of the base name alone (RFC 8428 §5.1.7).
    fn base_only(self, device: DeviceId) -> Vec<u8> {
        let device = device.to_string();
        match self {
            Self::Json => format!(r#"{{"bn":"{device}"}}"#).into_bytes(),
            Self::Cbor | Self::ThingsmlCbor => cbor_base_name(&device),
        }
    }
}

/// The record of an entry, the value last: devices read as bytes arrive.
fn record<'p>(
    builder: PackBuilder<'p>,
    entry: &'p Entry<'p>,
    expected: Option<NumberType>,
) -> Result<Pack<'p>, Error> {
    let mut builder = builder.text(Label::Name, entry.path());
    if let Some(unit) = entry.unit() {
        builder = builder.text(Label::Unit, unit);
    }
    if let Some(format) = entry.content_format() {
        builder = builder.text(Label::ContentFormat, format);
    }
    let builder = match entry.value() {
        Value::Number(number) => builder.number(Label::Value, typed(entry, number, expected)?),
        Value::Boolean(value) => builder.boolean(Label::BooleanValue, value),
        Value::String(text) => builder.text(Label::StringValue, text),
        Value::Data(bytes) => builder.data(Label::DataValue, bytes),
        _ => return Err(entry.at_value(Error::new(Code::EncodeType, "a value of another kind"))),
    };
    builder.build().map_err(|error| entry.at_value(error))
}

/// The number, written as the device reads it.
fn typed(entry: &Entry<'_>, number: Number, expected: Option<NumberType>) -> Result<Number, Error> {
    // A number that is only the nearest double never reaches a wire.
    let decimal = number
        .as_decimal()
        .ok_or_else(|| entry.at_value(inexact(number)))?;
    let typed = match expected {
        None => Some(decimal),
        Some(NumberType::Integer) => decimal
            .to_integer()
            .and_then(|integer| Decimal::new(integer, 0)),
        Some(NumberType::Float) => Some(decimal.written_with_fraction()),
    };
    typed
        .map(Number::from)
        .ok_or_else(|| entry.at_value(not_whole(decimal)))
}

fn inexact(number: Number) -> Error {
    Error::new(
        Code::EncodeOutOfRange,
        format!("{number} has more digits than are sent exactly"),
    )
    .expected("at most 34 digits and an exponent of at most 60")
    .found(number.to_string())
}

fn not_whole(found: Decimal) -> Error {
    Error::new(
        Code::EncodeNotExact,
        format!("the device reads an integer here, found {found}"),
    )
    .expected("a whole number")
    .found(found.to_string())
}

fn no_bytes_in_text(id: &str) -> Error {
    Error::new(
        Code::EncodeUnsupportedProtocol,
        format!("`{id}` makes bytes, which a text message does not carry"),
    )
    .expected("LORA, MQTT or HTTP")
    .found("SMS")
}
