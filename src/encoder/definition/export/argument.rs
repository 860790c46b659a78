//! Arguments in the table of a script, and whether the numbers of scripts are enough for them.

use serde_json::{Map, Value, json};

use crate::error::{Code, Error};
use crate::number::{Number, Rational};

use super::super::argument::{
    Argument, BytesFrom, Choice, Kind, LengthRule, Scalar, Shape, WireValue,
};
use super::super::needs::Need;
use super::unsayable;

/// Whole numbers up to this are doubles of their own: 2^53 - 1.
pub(super) const SAFE: i128 = 9_007_199_254_740_991;
/// Every decimal of fifteen digits survives as a double; with sixteen not all do.
const FIFTEEN_DIGITS: i128 = 999_999_999_999_999;

/// An argument, and the name of the command or envelope that it is of.
#[derive(Clone, Copy)]
pub(super) struct Owned<'d> {
    pub(super) owner: &'d str,
    pub(super) argument: &'d Argument,
    /// All arguments of that command or envelope.
    pub(super) all: &'d [Argument],
}

impl Owned<'_> {
    /// The argument as the runtime reads it.
    pub(super) fn entry(self) -> Result<Value, Error> {
        let argument = self.argument;
        let mut entry = Map::new();
        entry.insert("name".to_owned(), json!(argument.name));
        entry.insert("takes".to_owned(), json!(argument.describe()));
        self.kind(&mut entry)?;
        shape(argument.shape, &mut entry);
        let flags = [
            ("optional", argument.is_optional),
            ("secret", argument.is_secret),
            ("exact", argument.is_exact),
            ("rounds", argument.may_round && !argument.is_exact),
        ];
        for (key, _) in flags.iter().filter(|(_, is_set)| *is_set) {
            entry.insert((*key).to_owned(), json!(true));
        }
        if let Some(default) = &argument.default {
            entry.insert("preset".to_owned(), self.preset(default)?);
        }
        if !argument.needs.is_empty() {
            entry.insert("needs".to_owned(), self.needs());
        }
        Ok(Value::Object(entry))
    }

    /// The places of the arguments that it needs, each with the value as a caller would say it.
    fn needs(self) -> Value {
        let need = |need: &Need| {
            let wanted = match &need.value {
                Scalar::Boolean(value) => json!(value),
                _ => json!(need.wanted(self.all)),
            };
            json!({ "argument": need.argument, "value": wanted })
        };
        self.argument.needs.iter().map(need).collect()
    }

    fn kind(self, entry: &mut Map<String, Value>) -> Result<(), Error> {
        let mut put = |key: &str, value: Value| entry.insert(key.to_owned(), value);
        match &self.argument.kind {
            Kind::Number { ranges, specials } => {
                self.check_exactness(&ranges.0)?;
                let range =
                    |(min, max): &(Rational, Rational)| json!([min.to_string(), max.to_string()]);
                put("type", json!("number"));
                put("ranges", ranges.0.iter().map(range).collect());
                if !specials.is_empty() {
                    put("names", self.names(specials)?);
                }
            }
            Kind::Enumeration(choices) => {
                put("type", json!("enumeration"));
                put("names", self.names(choices)?);
            }
            Kind::Boolean { on, off } => {
                put("type", json!("boolean"));
                put("yes", self.wire_value(on)?);
                put("no", self.wire_value(off)?);
            }
            Kind::Text(rule) => {
                put("type", json!("text"));
                put("ascii", json!(rule.is_ascii));
                let separators = rule.separators.chars().map(String::from);
                put("separators", separators.collect());
                length(rule.length, entry);
            }
            Kind::Bytes { from, length: rule } => {
                let name = match from {
                    BytesFrom::Hex => "hex",
                    BytesFrom::Data => "bytes",
                };
                put("type", json!(name));
                length(*rule, entry);
            }
        }
        Ok(())
    }

    fn names(self, choices: &[Choice]) -> Result<Value, Error> {
        let name = |choice: &Choice| {
            Ok(json!({ "name": choice.name, "value": self.wire_value(&choice.value)? }))
        };
        choices.iter().map(name).collect()
    }

    fn wire_value(self, value: &WireValue) -> Result<Value, Error> {
        match value {
            WireValue::Text(text) => Ok(json!(text)),
            WireValue::Boolean(value) => Ok(json!(value)),
            WireValue::Number(number) => {
                let integer = number.to_integer();
                let integer = integer.filter(|integer| integer.to_string() == number.to_string());
                let integer = integer.ok_or_else(|| self.fraction_name(&number.to_string()))?;
                let integer = i64::try_from(integer).ok();
                let is_safe = |integer: &i64| i128::from(*integer).abs() <= SAFE;
                match integer.filter(is_safe) {
                    Some(integer) => Ok(json!(integer)),
                    None => Err(self.inexact(&number.to_string())),
                }
            }
        }
    }

    /// A default, as a caller would say it.
    fn preset(self, default: &Scalar<'_>) -> Result<Value, Error> {
        Ok(match default {
            Scalar::Number(value) => match double(*value) {
                Some(double) => json!(double),
                None => return Err(self.inexact(&value.to_string())),
            },
            Scalar::Boolean(value) => json!(value),
            Scalar::Choice(index) => {
                let choice = self.argument.choices().get(*index);
                json!(choice.map(|choice| &choice.name))
            }
            Scalar::Text(text) => json!(text),
            Scalar::Bytes(bytes) if takes_data(self.argument) => json!(bytes),
            Scalar::Bytes(bytes) => json!(hex::encode_upper(bytes)),
        })
    }

    /// Whether doubles tell the values apart that the wire does.
    fn check_exactness(self, ranges: &[(Rational, Rational)]) -> Result<(), Error> {
        let step = match self.argument.step {
            Some(step) => step,
            // A whole number in a text.
            None if !self.argument.may_round => Rational::ONE,
            // The values of a float are doubles.
            None => return Ok(()),
        };
        let most = match step.to_integer() {
            Some(_) => SAFE,
            None => FIFTEEN_DIGITS,
        };
        let most = Rational::new(most, 1);
        let bounds = ranges.iter().flat_map(|(min, max)| [min.abs(), max.abs()]);
        for bound in bounds {
            let steps = bound.checked_div(step);
            if steps.is_none() || steps > most {
                return Err(self.inexact(&bound.to_string()));
            }
        }
        Ok(())
    }

    #[cold]
    fn inexact(self, bound: &str) -> Error {
        let (argument, owner) = (&self.argument.name, self.owner);
        Error::new(
            Code::ExportExactness,
            format!(
                "`{argument}` of `{owner}` can be {bound}, which the numbers of a script \
                 cannot represent exactly"
            ),
        )
        .expected(format!("at most {SAFE} steps of the wire"))
        .found(bound)
        .hint("give the argument the `max` that the device takes")
    }

    #[cold]
    fn fraction_name(self, number: &str) -> Error {
        let (argument, owner) = (&self.argument.name, self.owner);
        let what = format!("`{argument}` of `{owner}` has a name for {number}");
        unsayable(&what, "give the name a text or a whole number")
    }
}

fn length(rule: LengthRule, entry: &mut Map<String, Value>) {
    entry.insert("least".to_owned(), json!(rule.min));
    entry.insert("most".to_owned(), json!(rule.max));
}

fn shape(shape: Shape, entry: &mut Map<String, Value>) {
    match shape {
        Shape::Single => {}
        Shape::Grouped => {
            entry.insert("shape".to_owned(), json!("group"));
        }
        Shape::List { min, max } => {
            entry.insert("shape".to_owned(), json!("list"));
            entry.insert("least_items".to_owned(), json!(min));
            entry.insert("most_items".to_owned(), json!(max));
        }
    }
}

/// Whether a caller gives bytes as they are.
pub(super) fn takes_data(argument: &Argument) -> bool {
    matches!(
        argument.kind,
        Kind::Bytes {
            from: BytesFrom::Data,
            ..
        }
    )
}

/// The double whose shortest text is this number.
pub(super) fn double(value: Rational) -> Option<f64> {
    let decimal = value.to_decimal()?;
    let double = decimal.to_f64();
    (Number::from_f64(double) == Some(Number::Decimal(decimal))).then_some(double)
}
