//! The object that a script gets and reads.

use serde::{Serialize, Serializer};

use super::datum::Datum;
use super::input;
use crate::encoder::{Decoded, DecodedRecord, RecordValue};
use crate::error::{Code, Error, quote};
use crate::instruction::{DeviceId, Instruction};
use crate::number::Decimal;
use crate::senml::UnixTime;

/// The object that a script gets in `input.data`, or that it reads in a payload.
///
/// It serializes as that object.
///
/// ```
/// use downlink::encoder::javascript::Data;
/// use downlink::instruction::DeviceId;
///
/// let data = Data::from_json(r#"{"led": {"color": "red"}, "steps": [5, 7]}"#)?;
/// assert_eq!(
///     data.to_senml_json(DeviceId::DevEui(1))?,
///     r#"[{"bn":"urn:dev:DEVEUI:0000000000000001:","n":"led/color","vs":"red"},{"n":"steps/0","v":5},{"n":"steps/1","v":7}]"#,
/// );
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Data(pub(super) Datum);

impl Data {
    /// Reads an object in JSON.
    ///
    /// # Errors
    ///
    /// Text that is no JSON or no object, a member that stands twice, an integer beyond 2^53, and
    /// more than 32 arrays and objects within each other; with the place in the text.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        match Datum::from_json(text) {
            Ok(object @ Datum::Object(_)) => Ok(Self(object)),
            Ok(_) => Err(no_object().at_offset(0).located_in(text)),
            Err(error) => Err(error.located_in(text)),
        }
    }

    /// The instruction that says it to this device, as a pack of SenML in JSON.
    ///
    /// # Errors
    ///
    /// [`Code::DecodeNoReading`] for what the names and values of SenML cannot say: `null`, what is
    /// empty or more than three levels deep, a name with other characters.
    pub fn to_senml_json(&self, device: DeviceId) -> Result<String, Error> {
        Decoded::new(self.records()?).to_senml_json(device)
    }

    /// The records of the instruction that says it.
    pub(super) fn records(&self) -> Result<Vec<DecodedRecord>, Error> {
        let records = self.leaves().map_err(|fault| unsayable(&fault))?;
        let read = Decoded::new(records);
        match said(&read) {
            Ok(data) if data.says(&self.0) => Ok(read.records),
            Ok(_) => Err(unsayable(&Error::new(
                Code::DecodeNoReading,
                "something in it is empty, or an object with numbers for names",
            ))),
            Err(fault) => Err(unsayable(&fault)),
        }
    }

    /// A record for each value in it.
    fn leaves(&self) -> Result<Vec<DecodedRecord>, Error> {
        let mut leaves = Vec::new();
        collect(String::new(), &self.0, &mut leaves);
        leaves
            .into_iter()
            .map(|(name, value)| Ok(DecodedRecord::new(name, record_value(value)?)))
            .collect()
    }
}

/// The object that a script gets for what was read.
fn said(read: &Decoded) -> Result<Datum, Error> {
    let pack = read.pack(DeviceId::DevEui(0))?;
    input::data(&Instruction::read(&pack, UnixTime::from_seconds(0))?)
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// The values with their names, in order.
fn collect<'d>(name: String, value: &'d Datum, leaves: &mut Vec<(String, &'d Datum)>) {
    let below = |key: &str| match name.as_str() {
        "" => key.to_owned(),
        name => format!("{name}/{key}"),
    };
    match value {
        Datum::Object(members) => {
            for (key, value) in members {
                collect(below(key), value, leaves);
            }
        }
        Datum::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                collect(below(&index.to_string()), value, leaves);
            }
        }
        _ => leaves.push((name, value)),
    }
}

fn record_value(value: &Datum) -> Result<RecordValue, Error> {
    match value {
        Datum::Boolean(value) => Ok(RecordValue::Boolean(*value)),
        Datum::String(text) => Ok(RecordValue::Text(text.clone())),
        Datum::Number(number) => match Decimal::from_f64(*number).and_then(plain) {
            Some(number) => Ok(RecordValue::Number(number)),
            None => Err(no_value(&number.to_string())),
        },
        other => Err(no_value(&other.to_string())),
    }
}

/// The number as people write it: an integer without a fraction.
fn plain(number: Decimal) -> Option<Decimal> {
    match number.to_integer() {
        Some(integer) => Decimal::new(integer, 0),
        None => Some(number.normalized()),
    }
}

#[cold]
fn no_object() -> Error {
    Error::new(Code::JsonSyntax, "expected an object").expected("an object")
}

#[cold]
fn no_value(found: &str) -> Error {
    let found = quote(found);
    Error::new(
        Code::DecodeNoReading,
        format!("`{found}` cannot be the value of a record"),
    )
}

#[cold]
fn unsayable(fault: &Error) -> Error {
    Error::new(
        Code::DecodeNoReading,
        format!(
            "the decoded object cannot be written as an instruction: {}",
            fault.diagnostic().message
        ),
    )
}
