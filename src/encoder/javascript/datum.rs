//! Values between instructions, JSON and scripts; members keep their order.

use std::collections::BTreeSet;
use std::fmt;

use rquickjs::object::Property;
use rquickjs::{Array, Ctx, IntoJs, Object, Value};
use serde::{Serialize, Serializer};

use crate::error::{Code, Error, quote};
use crate::json::{Kind, Scanner};
use crate::number::Number;

/// A value as JSON has it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Datum {
    Null,
    Boolean(bool),
    Number(f64),
    String(String),
    Array(Vec<Datum>),
    Object(Vec<(String, Datum)>),
}

/// The largest integer below which every integer is a double of its own.
const SAFE: i128 = 9_007_199_254_740_991;

/// Arrays and objects within each other.
pub(super) const NESTING: usize = 32;

impl Datum {
    /// Reads a JSON text.
    pub(super) fn from_json(text: &str) -> Result<Self, Error> {
        let mut scanner = Scanner::new(text, NESTING);
        let read = value(&mut scanner)?;
        scanner.end()?;
        Ok(read)
    }

    pub(super) fn bytes(bytes: &[u8]) -> Self {
        let numbers = bytes.iter().map(|byte| Self::Number(f64::from(*byte)));
        Self::Array(numbers.collect())
    }

    pub(super) fn member(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it says the same, wherever members stand.
    pub(super) fn says(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Object(ours), Self::Object(theirs)) => {
                ours.len() == theirs.len()
                    && ours.iter().all(|(key, value)| {
                        other.member(key).is_some_and(|theirs| value.says(theirs))
                    })
            }
            (Self::Array(ours), Self::Array(theirs)) => {
                ours.len() == theirs.len()
                    && ours.iter().zip(theirs).all(|(our, their)| our.says(their))
            }
            _ => self == other,
        }
    }

    /// The value in a script, made of own data properties alone.
    pub(super) fn to_js<'js>(&self, ctx: &Ctx<'js>) -> rquickjs::Result<Value<'js>> {
        match self {
            Self::Null => Ok(Value::new_null(ctx.clone())),
            Self::Boolean(value) => Ok(Value::new_bool(ctx.clone(), *value)),
            Self::Number(value) => Ok(Value::new_number(ctx.clone(), *value)),
            Self::String(text) => text.as_str().into_js(ctx),
            Self::Array(items) => {
                let array = Array::new(ctx.clone())?;
                for (index, item) in items.iter().enumerate() {
                    array.set(index, item.to_js(ctx)?)?;
                }
                Ok(array.into_value())
            }
            Self::Object(members) => {
                let object = Object::new(ctx.clone())?;
                for (key, value) in members {
                    define(&object, key, value.to_js(ctx)?)?;
                }
                Ok(object.into_value())
            }
        }
    }
}

/// Defines an own data property, whatever the key is: assigning to `__proto__` would not.
pub(super) fn define<'js>(
    object: &Object<'js>,
    key: &str,
    value: Value<'js>,
) -> rquickjs::Result<()> {
    let property = Property::from(value);
    object.prop(key, property.writable().enumerable().configurable())
}

impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Datum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Number(value) => match Number::from_f64(*value) {
                Some(Number::Decimal(exact)) => match exact.to_integer() {
                    Some(integer) if integer.abs() <= SAFE => serializer.serialize_i128(integer),
                    _ => serializer.serialize_f64(*value),
                },
                _ => serializer.serialize_f64(*value),
            },
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                serializer.collect_map(members.iter().map(|(key, value)| (key, value)))
            }
        }
    }
}

/// Reads the next value.
fn value(scanner: &mut Scanner<'_>) -> Result<Datum, Error> {
    Ok(match scanner.kind()? {
        Kind::Null => {
            scanner.null()?;
            Datum::Null
        }
        Kind::Boolean => Datum::Boolean(scanner.boolean()?),
        Kind::Number => number(scanner)?,
        Kind::String => Datum::String(scanner.string()?.into_owned()),
        Kind::Array => {
            let (mut sequence, mut items) = (scanner.array()?, Vec::new());
            while scanner.item(&mut sequence)? {
                items.push(value(scanner)?);
            }
            Datum::Array(items)
        }
        Kind::Object => object(scanner)?,
    })
}

fn object(scanner: &mut Scanner<'_>) -> Result<Datum, Error> {
    let mut sequence = scanner.object()?;
    let (mut members, mut names) = (Vec::new(), BTreeSet::new());
    while let Some(name) = scanner.member(&mut sequence)? {
        let at = scanner.offset();
        if !names.insert(name.clone()) {
            return Err(twice(&name).at_offset(at));
        }
        members.push((name.into_owned(), value(scanner)?));
    }
    Ok(Datum::Object(members))
}

fn number(scanner: &mut Scanner<'_>) -> Result<Datum, Error> {
    let at = scanner.offset();
    let literal = scanner.number()?;
    match Number::from_literal(literal).and_then(to_double) {
        Some(double) => Ok(Datum::Number(double)),
        None => Err(beyond(literal).at_offset(at)),
    }
}

/// The number as scripts have it; nothing for an integer that shares its double with another.
pub(super) fn to_double(number: Number) -> Option<f64> {
    let decimal = number.as_decimal()?;
    match decimal.to_integer() {
        Some(integer) if integer.abs() > SAFE => None,
        _ => Some(decimal.to_f64()),
    }
}

#[cold]
fn twice(name: &str) -> Error {
    let name = quote(name);
    Error::new(Code::JsonDuplicate, format!("duplicate member `{name}`")).found(name)
}

#[cold]
pub(super) fn beyond(number: &str) -> Error {
    let number = quote(number);
    Error::new(
        Code::EncodeOutOfRange,
        format!("{number} is beyond 2^53, so scripts cannot represent it exactly"),
    )
    .expected("-9007199254740991 to 9007199254740991")
    .found(number)
}
