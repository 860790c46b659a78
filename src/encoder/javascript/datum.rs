//! Values between instructions, JSON and scripts; members keep their order.

use std::fmt;

use rquickjs::object::Property;
use rquickjs::{Array, Ctx, IntoJs, Object, Value};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Serialize, Serializer};

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
pub(super) const SAFE: i128 = 9_007_199_254_740_991;

impl Datum {
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
            Self::Number(value) => match crate::number::Number::from_f64(*value) {
                Some(crate::number::Number::Decimal(exact)) => match exact.to_integer() {
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

impl<'de> Deserialize<'de> for Datum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Datum;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Datum, E> {
        Ok(Datum::Null)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<Datum, E> {
        Ok(Datum::Boolean(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Datum, E> {
        safe(value.into())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Datum, E> {
        safe(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Datum, E> {
        Ok(Datum::Number(value))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Datum, E> {
        Ok(Datum::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Datum, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element()? {
            array.push(item);
        }
        Ok(Datum::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Datum, A::Error> {
        let mut object: Vec<(String, Datum)> = Vec::new();
        while let Some((key, value)) = members.next_entry::<String, Datum>()? {
            if object.iter().any(|(known, _)| *known == key) {
                let message = format!("the member `{}` stands twice", crate::error::quote(&key));
                return Err(serde::de::Error::custom(message));
            }
            object.push((key, value));
        }
        Ok(Datum::Object(object))
    }
}

fn safe<E: serde::de::Error>(integer: i128) -> Result<Datum, E> {
    match integer_to_double(integer) {
        Some(double) => Ok(Datum::Number(double)),
        None => Err(E::custom(format!(
            "{integer} is beyond 2^53, where scripts no longer tell integers apart"
        ))),
    }
}

/// The integer as a double, if it is one that no other integer shares.
pub(super) fn integer_to_double(integer: i128) -> Option<f64> {
    if integer.abs() > SAFE {
        return None;
    }
    crate::number::Decimal::new(integer, 0).map(crate::number::Decimal::to_f64)
}
