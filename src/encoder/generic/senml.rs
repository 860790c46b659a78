//! The instruction itself, for devices that read SenML.

use crate::directory::{Binding, NumberType};
use crate::error::{Code, Error, First};
use crate::instruction::{DeviceId, Entry, Instruction};
use crate::message::{Method, Payload, Protocol};
use crate::number::{Decimal, Number};
use crate::senml::{
    Label, Pack, PackBuilder, Profile, Reader, UnixTime, Value, cbor_array_head, cbor_base_name,
};

use super::super::{
    Context, Decoded, DecodedRecord, DecodedVariable, Description, Encoder, Variables, Writer,
};
use super::{check, decoded, destination, no_bytes_in_text, send};

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

    fn describe(&self) -> Description {
        Description {
            notes: Some("Takes any commands, and sends them as they are.".to_owned()),
            destination: Some(destination(Some(self.format.media_type()))),
            ..Description::of(self)
        }
    }

    fn variables(&self) -> Variables {
        Variables::NONE
    }

    /// The instruction in a payload; the device that it names is in the variable `urn`.
    fn decode(&self, method: &Method, payload: &Payload) -> Result<Decoded, Error> {
        check(self.id, method, payload)?;
        let decoded = self.read(method, payload)?;
        // Whatever else the payload says would be lost.
        if !self.writes(&decoded, method, payload)? {
            return Err(other_form(self.id));
        }
        Ok(decoded)
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
        send(frame, is_text, Some(format.media_type()), context, writer)
    }
}

impl Senml {
    /// Whether a LoRaWAN device is left to know who it is.
    fn leaves_out_device(&self, protocol: Protocol) -> bool {
        self.format == Format::ThingsmlCbor && protocol == Protocol::Lora
    }

    /// What a payload says, if only its records count.
    fn read(&self, method: &Method, payload: &Payload) -> Result<Decoded, Error> {
        let pack = self.pack(payload)?;
        let now = UnixTime::from_seconds(0);
        let unsendable = || other_form(self.id);
        if self.leaves_out_device(method.protocol()) {
            let resolved = pack.resolve(now)?;
            let records = resolved.records().iter();
            let records: Option<Vec<_>> = records.map(DecodedRecord::of_resolved).collect();
            return Ok(decoded(records.ok_or_else(unsendable)?, method));
        }
        let instruction = Instruction::read(&pack, now)?;
        let records = instruction.entries().iter();
        let records: Option<Vec<_>> = records.map(DecodedRecord::of).collect();
        let mut read = decoded(records.ok_or_else(unsendable)?, method);
        read.variables.push(DecodedVariable {
            name: URN.to_owned(),
            text: instruction.device().to_string(),
            is_secret: false,
        });
        Ok(read)
    }

    fn pack<'p>(&self, payload: &'p Payload) -> Result<Pack<'p>, Error> {
        let reader = Reader::new().profile(Profile::Interop);
        let bytes = payload.as_bytes();
        match self.format {
            Format::Json => reader.read_json(bytes, &mut First::default()),
            Format::Cbor | Format::ThingsmlCbor => reader.read_cbor(bytes, &mut First::default()),
        }
    }

    /// Whether this is the payload for what was read; blanks in JSON say nothing.
    fn writes(&self, read: &Decoded, method: &Method, payload: &Payload) -> Result<bool, Error> {
        let payload = match self.format {
            Format::Json => self.pack(payload)?.to_json().into_bytes(),
            Format::Cbor | Format::ThingsmlCbor => payload.as_bytes().to_vec(),
        };
        let device = match read.variable(URN) {
            Some(urn) => urn.parse()?,
            None => DeviceId::DevEui(0),
        };
        let pack = read.pack(device)?;
        let instruction = Instruction::read(&pack, UnixTime::from_seconds(0))?;
        let plain = Binding::new(self.id);
        for binding in [plain.clone(), plain.with_base_only_record()] {
            let context = Context::new(device, method, &binding);
            if self.payload(&self.records(&instruction, &context)?) == payload {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn payload(&self, records: &[WrittenRecord<'_>]) -> Vec<u8> {
        let written: Vec<&[u8]> = records.iter().map(|(_, bytes)| bytes.as_slice()).collect();
        let separator = self.format.separator();
        let mut payload = self.format.head(records.len());
        payload.extend(written.join(separator));
        payload.extend_from_slice(self.format.tail());
        payload
    }
}

/// The variable that every definition has for the name of the device.
const URN: &str = "urn";

#[cold]
fn other_form(id: &str) -> Error {
    Error::new(
        Code::DecodeNoReading,
        format!("the payload is SenML, but not as `{id}` sends it"),
    )
    .expected("records with a name and a value, in the order in which they are sent")
}

type WrittenRecord<'i> = (Option<&'i Entry<'i>>, Vec<u8>);

impl Senml {
    /// Each record as it is written, with the entry that it comes from.
    fn records<'i>(
        &self,
        instruction: &'i Instruction<'i>,
        context: &Context<'_>,
    ) -> Result<Vec<WrittenRecord<'i>>, Error> {
        let leaves_out_device = self.leaves_out_device(context.protocol());
        let mut base_name = (!leaves_out_device).then(|| instruction.device());
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
    fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/senml+json",
            Self::Cbor | Self::ThingsmlCbor => "application/senml+cbor",
        }
    }

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
