//! Packs from arguments: `--set tdc=10min --set relay/ro1=close`.
//!
//! ```text
//! assignment = path "=" value
//! value      = "true" / "false" / number [unit] / DQUOTE text DQUOTE / text
//! ```
//!
//! A number is one of JSON, a unit one that SenML knows: `10FF` is a text. Quotes make a text of
//! what would be something else.

use std::str::FromStr;

use downlink::encoder::{ArgumentDescription, Description};
use downlink::error::{Code, Error, quote};
use downlink::instruction::DeviceId;
use downlink::number::{Decimal, Number};
use downlink::senml::unit::Unit;
use serde_json::json;

/// A command or argument, and the value that it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Assignment {
    path: String,
    value: Value,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    /// A number as it was written, which JSON takes as it is.
    Number {
        literal: String,
        unit: Option<String>,
    },
    Boolean(bool),
    Text(String),
}

impl FromStr for Assignment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((path, value)) if !path.is_empty() => Ok(Self {
                path: path.to_owned(),
                value: Value::read(value),
            }),
            _ => Err("expected PATH=VALUE, such as `tdc=10min`".to_owned()),
        }
    }
}

impl Value {
    fn read(text: &str) -> Self {
        match text {
            "true" => Self::Boolean(true),
            "false" => Self::Boolean(false),
            _ => Self::number(text).unwrap_or_else(|| Self::Text(unquoted(text).to_owned())),
        }
    }

    /// The longest number in front, if what follows is nothing or a unit.
    fn number(text: &str) -> Option<Self> {
        let ends = (1..=text.len())
            .rev()
            .filter(|end| text.is_char_boundary(*end));
        let (literal, rest) = ends
            .map(|end| text.split_at(end))
            .find(|(literal, _)| Number::from_literal(literal).is_some())?;
        let unit = match rest {
            "" => None,
            unit => Some(Unit::find(unit)?.symbol().to_owned()),
        };
        let literal = literal.to_owned();
        Some(Self::Number { literal, unit })
    }
}

/// The text between quotes, or all of it where there are none.
fn unquoted(text: &str) -> &str {
    let inner = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(text)
}

/// The pack that sets all this on a device, one record a line.
pub(crate) fn pack_text(device: DeviceId, assignments: &[Assignment]) -> String {
    let base_name = format!("\"bn\":{},", json!(device.to_string()));
    let record = |(index, assignment): (usize, &Assignment)| {
        let base = if index == 0 { base_name.as_str() } else { "" };
        format!("{{{base}{}}}", assignment.fields())
    };
    let records: Vec<String> = assignments.iter().enumerate().map(record).collect();
    format!("[{}]", records.join(",\n "))
}

/// What an encoder takes at a path: an argument, or all of a command; none where it knows neither.
fn taken<'d>(description: &'d Description, path: &str) -> Vec<&'d ArgumentDescription> {
    let mut keys = path.split('/');
    let name = keys.next().unwrap_or_default();
    let keys: Vec<&str> = keys.collect();
    let commands = description.commands.iter();
    let commands = commands.map(|it| (&it.name, &it.arguments));
    let envelopes = description.envelopes.iter();
    let envelopes = envelopes.map(|it| (&it.name, &it.arguments));
    let of_name = commands.chain(envelopes).filter(|(own, _)| *own == name);
    of_name
        .flat_map(|(_, arguments)| arguments)
        .filter(|it| keys.is_empty() || keys.contains(&it.name.as_str()))
        .collect()
}

impl Assignment {
    /// What may be shown of it: the value only where the encoder has nothing secret there.
    pub(crate) fn shown(&self, description: Option<&Description>) -> Self {
        const MASK: &str = "***";
        let is_open = description.is_some_and(|description| {
            let taken = taken(description, &self.path);
            let is_trigger = description.commands.iter().any(|it| it.name == self.path);
            description.is_open
                || (!taken.is_empty() || is_trigger) && !taken.iter().any(|it| it.is_secret)
        });
        let value = if is_open {
            self.value.clone()
        } else {
            Value::Text(MASK.to_owned())
        };
        let path = self.path.clone();
        Self { path, value }
    }

    /// With a percentage in the unit of the argument: `%` in SenML is a ratio, and nobody who
    /// writes `50%` means fifty times the whole.
    pub(crate) fn in_percent(self, description: Option<&Description>) -> Result<Self, Error> {
        let Self { path, value } = self;
        let (
            Value::Number {
                literal,
                unit: Some(unit),
            },
            Some(description),
        ) = (&value, description)
        else {
            return Ok(Self { path, value });
        };
        let taken = taken(description, &path);
        // What the encoder does not know is refused for that.
        if unit != "%" || taken.is_empty() && !description.is_open {
            return Ok(Self { path, value });
        }
        let is_bare = path.split('/').nth(1).is_none();
        let own = taken.iter().find(|it| !is_bare || it.is_bare);
        let own = own.and_then(|it| it.unit.as_deref());
        let (literal, unit) = match own {
            Some(percent @ ("/100" | "%RH" | "%EL")) => (literal.clone(), percent),
            Some(ratio @ ("%" | "/")) => (hundredth(literal)?, ratio),
            _ => return Err(no_percentage(&path, own)),
        };
        let unit = Some(unit.to_owned());
        Ok(Self {
            path,
            value: Value::Number { literal, unit },
        })
    }

    fn fields(&self) -> String {
        let name = json!(self.path);
        match &self.value {
            Value::Number {
                literal,
                unit: None,
            } => format!("\"n\":{name},\"v\":{literal}"),
            Value::Number {
                literal,
                unit: Some(unit),
            } => {
                format!("\"n\":{name},\"u\":{},\"v\":{literal}", json!(unit))
            }
            Value::Boolean(value) => format!("\"n\":{name},\"vb\":{value}"),
            Value::Text(text) => format!("\"n\":{name},\"vs\":{}", json!(text)),
        }
    }
}

/// A hundredth of a number, exactly.
fn hundredth(literal: &str) -> Result<String, Error> {
    let number = Decimal::from_literal(literal);
    let hundredth = number.and_then(|it| Decimal::new(it.coefficient(), it.exponent() - 2));
    hundredth.map(|it| it.to_string()).ok_or_else(|| {
        Error::new(Code::EncodeNotExact, "the percentage has too many digits")
            .expected("at most 34 digits")
            .found(quote(literal))
    })
}

fn no_percentage(path: &str, unit: Option<&str>) -> Error {
    let expected = unit.map_or_else(
        || "a number without a unit".to_owned(),
        |unit| format!("a number in `{unit}`"),
    );
    Error::new(
        Code::EncodeUnit,
        format!("`{}` is not a percentage, expected {expected}", quote(path)),
    )
    .expected(expected)
    .found("%")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn fields(text: &str) -> String {
        text.parse::<Assignment>().unwrap().fields()
    }

    #[test]
    fn a_value_is_a_number_with_a_unit_a_boolean_or_a_text() {
        for (text, expected) in [
            ("tdc=10min", r#""n":"tdc","u":"min","v":10"#),
            ("t=-1.5e3", r#""n":"t","v":-1.5e3"#),
            ("t=21.5Cel", r#""n":"t","u":"Cel","v":21.5"#),
            ("a/b=true", r#""n":"a/b","vb":true"#),
            ("a=\"true\"", r#""n":"a","vs":"true""#),
            ("relay/ro1=close", r#""n":"relay/ro1","vs":"close""#),
            ("hex=0801FFFF", r#""n":"hex","vs":"0801FFFF""#),
            ("hex=\"11\"", r#""n":"hex","vs":"11""#),
            ("hex=11FF", r#""n":"hex","vs":"11FF""#),
            ("url=http://a/?b=c", r#""n":"url","vs":"http://a/?b=c""#),
            ("empty=", r#""n":"empty","vs":"""#),
        ] {
            assert_eq!(fields(text), expected, "{text}");
        }
    }

    #[test]
    fn an_assignment_has_a_path() {
        assert!("tdc".parse::<Assignment>().is_err());
        assert!("=10".parse::<Assignment>().is_err());
    }
}
