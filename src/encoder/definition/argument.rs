//! Arguments: what a caller may say, checked on the exact value before any arithmetic.

use std::borrow::Cow;

use crate::error::{Code, Error, did_you_mean, nearest, quote};
use crate::instruction::Entry;
use crate::number::{Decimal, Number, Rational};
use crate::senml::Value;
use crate::senml::unit::Conversion;

/// One argument of a command.
#[derive(Clone, Debug)]
pub(super) struct Argument {
    pub(super) name: String,
    pub(super) title: Option<String>,
    pub(super) unit: Option<String>,
    pub(super) kind: Kind,
    pub(super) default: Option<Scalar<'static>>,
    pub(super) is_optional: bool,
    pub(super) is_secret: bool,
    /// Whether rounding is refused.
    pub(super) is_exact: bool,
    /// Whether the place on the wire may take a fraction, rounded.
    pub(super) may_round: bool,
    /// From one value that the wire holds to the next.
    pub(super) step: Option<Rational>,
    pub(super) shape: Shape,
}

/// How many values an argument has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Single,
    List {
        min: usize,
        max: usize,
    },
    /// One for each repetition of the group.
    Grouped,
}

/// What type of value an argument takes.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Number {
        ranges: Ranges,
        specials: Vec<Choice>,
    },
    Boolean {
        on: WireValue,
        off: WireValue,
    },
    Enumeration(Vec<Choice>),
    Text(TextRule),
    Bytes {
        from: BytesFrom,
        length: LengthRule,
    },
}

/// Where numbers must lie, in the argument's unit; at least one range, in ascending order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ranges(pub(super) Vec<(Rational, Rational)>);

/// A name that a caller may say, and what it is on the wire.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Choice {
    pub(super) name: String,
    pub(super) value: WireValue,
}

/// A value that is sent as it is, never scaled.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum WireValue {
    Number(Number),
    Text(String),
    Boolean(bool),
}

/// How a caller gives bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BytesFrom {
    /// `vs`, in hex digits.
    Hex,
    /// `vd`.
    Data,
}

/// How long a value may be, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LengthRule {
    pub(super) min: usize,
    pub(super) max: usize,
}

/// What a text may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TextRule {
    pub(super) is_ascii: bool,
    pub(super) length: LengthRule,
    /// Characters that would end the value where it stands.
    pub(super) separators: String,
}

/// A value that passed every check of its argument.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar<'p> {
    /// In the argument's unit.
    Number(Rational),
    Boolean(bool),
    /// A choice of an enumeration, or a special value.
    Choice(usize),
    Text(Cow<'p, str>),
    Bytes(Cow<'p, [u8]>),
}

impl Argument {
    /// Whether a caller has to give it.
    pub(super) fn is_required(&self) -> bool {
        self.default.is_none() && !self.is_optional
    }

    /// Whether all its values take the same number of bytes.
    pub(super) fn has_fixed_length(&self) -> bool {
        match &self.kind {
            Kind::Text(TextRule { length, .. }) | Kind::Bytes { length, .. } => {
                length.min == length.max
            }
            _ => true,
        }
    }

    /// The names that a caller may say.
    pub(super) fn choices(&self) -> &[Choice] {
        match &self.kind {
            Kind::Enumeration(choices)
            | Kind::Number {
                specials: choices, ..
            } => choices,
            _ => &[],
        }
    }

    /// The names that stand for numbers of special meaning.
    pub(super) fn specials(&self) -> &[Choice] {
        match &self.kind {
            Kind::Number { specials, .. } => specials,
            _ => &[],
        }
    }

    /// Checks what a record says.
    pub(super) fn accept<'p>(&self, entry: &Entry<'p>) -> Result<Scalar<'p>, Error> {
        match (&self.kind, entry.value()) {
            (Kind::Number { ranges, .. }, Value::Number(number)) => {
                self.accept_number(entry, number, ranges)
            }
            (Kind::Number { specials, .. }, Value::String(name)) if !specials.is_empty() => {
                self.accept_choice(entry, name, specials)
            }
            (Kind::Enumeration(choices), Value::String(name)) => {
                self.accept_choice(entry, name, choices)
            }
            (Kind::Boolean { .. }, Value::Boolean(value)) => Ok(Scalar::Boolean(value)),
            (Kind::Text(rule), Value::String(text)) => self.accept_text(entry, text, rule),
            (
                Kind::Bytes {
                    from: BytesFrom::Data,
                    length,
                },
                Value::Data(bytes),
            ) => {
                self.check_length(entry, bytes.len(), *length)?;
                Ok(Scalar::Bytes(Cow::Borrowed(bytes)))
            }
            (
                Kind::Bytes {
                    from: BytesFrom::Hex,
                    length,
                },
                Value::String(digits),
            ) => {
                let bytes = hex::decode(digits).map_err(|_| self.not_hex(entry))?;
                self.check_length(entry, bytes.len(), *length)?;
                Ok(Scalar::Bytes(Cow::Owned(bytes)))
            }
            (_, value) => Err(self.wrong_type(entry, value)),
        }
    }

    fn accept_number<'p>(
        &self,
        entry: &Entry<'p>,
        number: Number,
        ranges: &Ranges,
    ) -> Result<Scalar<'p>, Error> {
        let conversion = self.conversion(entry)?;
        let value = number
            .as_decimal()
            .and_then(Rational::from_decimal)
            .and_then(|value| conversion.map_or(Some(value), |it| it.apply(value)))
            .filter(|value| ranges.contain(*value))
            .ok_or_else(|| self.out_of_range(entry, ranges))?;
        Ok(Scalar::Number(value))
    }

    /// How the unit of the record becomes that of the argument; `None` without a unit.
    fn conversion(&self, entry: &Entry<'_>) -> Result<Option<Conversion>, Error> {
        match (entry.unit(), &self.unit) {
            (None, _) => Ok(None),
            (Some(from), Some(to)) => Conversion::between(from, to)
                .map(Some)
                .map_err(|error| entry.at_unit(error.expected(format!("a unit of `{to}`")))),
            (Some(from), None) => Err(entry.at_unit(
                Error::new(
                    Code::EncodeUnit,
                    format!("`{}` has no unit, found `{}`", self.name, quote(from)),
                )
                .expected("no unit")
                .found(quote(from))
                .hint("remove the unit"),
            )),
        }
    }

    fn accept_choice<'p>(
        &self,
        entry: &Entry<'p>,
        name: &str,
        choices: &[Choice],
    ) -> Result<Scalar<'p>, Error> {
        if let Some(index) = choices.iter().position(|choice| choice.name == name) {
            return Ok(Scalar::Choice(index));
        }
        let names = || choices.iter().map(|choice| choice.name.as_str());
        let expected = one_of(names());
        let error = Error::new(
            Code::EncodeUnknownEnum,
            format!(
                "`{}` is `{}`, expected {expected}",
                self.name,
                self.shown(&quote(name))
            ),
        )
        .expected(expected)
        .found(self.shown(&quote(name)));
        Err(entry.at_value(match nearest(name, names()) {
            Some(meant) => error.hint(did_you_mean(meant)),
            None => error,
        }))
    }

    fn accept_text<'p>(
        &self,
        entry: &Entry<'p>,
        text: &'p str,
        rule: &TextRule,
    ) -> Result<Scalar<'p>, Error> {
        self.check_length(entry, text.len(), rule.length)?;
        let forbidden = text.chars().find(|c| {
            c.is_control() || rule.separators.contains(*c) || rule.is_ascii && !c.is_ascii()
        });
        match forbidden {
            None => Ok(Scalar::Text(Cow::Borrowed(text))),
            Some(character) => Err(self.separator(entry, character)),
        }
    }

    fn check_length(&self, entry: &Entry<'_>, found: usize, rule: LengthRule) -> Result<(), Error> {
        if (rule.min..=rule.max).contains(&found) {
            return Ok(());
        }
        let expected = rule.describe();
        Err(entry.at_value(
            Error::new(
                Code::EncodeLength,
                format!("`{}` is {found} bytes long, expected {expected}", self.name),
            )
            .expected(expected)
            .found(format!("{found} bytes")),
        ))
    }

    /// The text, or a mask for a secret.
    pub(super) fn shown(&self, text: &str) -> String {
        if self.is_secret {
            MASK.to_owned()
        } else {
            text.to_owned()
        }
    }

    fn with_unit(&self, text: &str) -> String {
        match &self.unit {
            Some(unit) => format!("{text} {unit}"),
            None => text.to_owned(),
        }
    }

    /// What the argument takes, in words.
    pub(super) fn describe(&self) -> String {
        match &self.kind {
            Kind::Number { ranges, specials } if specials.is_empty() => {
                self.with_unit(&ranges.describe())
            }
            Kind::Number { ranges, specials } => {
                let names = one_of(specials.iter().map(|choice| choice.name.as_str()));
                format!("{} or {names}", self.with_unit(&ranges.describe()))
            }
            Kind::Boolean { .. } => "true or false".to_owned(),
            Kind::Enumeration(choices) => one_of(choices.iter().map(|choice| choice.name.as_str())),
            Kind::Text(rule) => format!("text of {}", rule.length.describe()),
            Kind::Bytes { length, .. } => format!("data of {}", length.describe()),
        }
    }

    /// What type of value it takes, and in which label.
    fn wanted(&self) -> &'static str {
        match &self.kind {
            Kind::Number { specials, .. } if specials.is_empty() => "a number in `v`",
            Kind::Number { .. } => "a number in `v` or a name in `vs`",
            Kind::Boolean { .. } => "a boolean in `vb`",
            Kind::Enumeration(_) => "a name in `vs`",
            Kind::Text(_) => "text in `vs`",
            Kind::Bytes {
                from: BytesFrom::Hex,
                ..
            } => "hex digits in `vs`",
            Kind::Bytes {
                from: BytesFrom::Data,
                ..
            } => "data in `vd`",
        }
    }

    /// Says how a rational number of this argument is shown.
    pub(super) fn show_number(&self, value: Rational) -> String {
        self.shown(&self.with_unit(&value.to_string()))
    }
}

/// What stands for a secret wherever it would be shown.
pub(crate) const MASK: &str = "********";

/// The errors that an argument raises.
impl Argument {
    fn wrong_type(&self, entry: &Entry<'_>, value: Value<'_>) -> Error {
        let found = match value {
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Boolean(_) => "a boolean",
            Value::Data(_) => "data",
            _ => "another value",
        };
        let wanted = self.wanted();
        let hint = match &self.kind {
            Kind::Boolean { .. } => "use `vb` with true or false".to_owned(),
            Kind::Enumeration(_) => format!("use `vs` with {}", self.describe()),
            _ => format!("give {wanted}"),
        };
        entry.at_value(
            Error::new(
                Code::EncodeType,
                format!("`{}` is {found}, expected {wanted}", self.name),
            )
            .expected(wanted)
            .found(found)
            .hint(hint),
        )
    }

    fn out_of_range(&self, entry: &Entry<'_>, ranges: &Ranges) -> Error {
        let expected = self.with_unit(&ranges.describe());
        let found = self.shown(&entry.written_value());
        entry.at_value(
            Error::new(
                Code::EncodeOutOfRange,
                format!("`{}` is {found}, expected {expected}", self.name),
            )
            .expected(expected)
            .found(found),
        )
    }

    /// The value does not fit its place on the wire.
    pub(super) fn does_not_fit(&self, found: &str) -> Error {
        let (found, expected) = (self.shown(found), self.describe());
        Error::new(
            Code::EncodeOutOfRange,
            format!("`{}` is {found}, expected {expected}", self.name),
        )
        .expected(expected)
        .found(found)
    }

    /// The number would be read as one of the special values.
    pub(super) fn is_special(&self, found: &str, special: &str) -> Error {
        let (found, expected) = (self.shown(found), self.describe());
        Error::new(
            Code::EncodeOutOfRange,
            format!(
                "`{}` is {found}, which the device reads as `{special}`",
                self.name
            ),
        )
        .expected(expected)
        .found(found)
        .hint(format!("say `{special}` in `vs` if you mean it"))
    }

    fn not_hex(&self, entry: &Entry<'_>) -> Error {
        entry.at_value(
            Error::new(
                Code::EncodeType,
                format!(
                    "`{}` is not hex, expected an even number of hex digits",
                    self.name
                ),
            )
            .expected("an even number of hex digits"),
        )
    }

    fn separator(&self, entry: &Entry<'_>, character: char) -> Error {
        let shown = quote(character.encode_utf8(&mut [0; 4]));
        entry.at_value(
            Error::new(
                Code::EncodeSeparator,
                format!("`{}` holds `{shown}`, which it may not", self.name),
            )
            .expected("text without control characters and separators")
            .found(shown),
        )
    }

    /// The value is finer than its place on the wire.
    pub(super) fn not_exact(&self, found: &str, expected: &str) -> Error {
        let found = self.shown(found);
        Error::new(
            Code::EncodeNotExact,
            format!("`{}` is {found}, expected {expected}", self.name),
        )
        .expected(expected)
        .found(found)
    }

    /// The value was rounded to its place on the wire.
    pub(super) fn rounded(&self, found: &str, sent: Rational) -> Error {
        let (found, sent) = (self.shown(found), self.show_number(sent));
        Error::new(
            Code::EncodeRounded,
            format!("`{}` is {found}, sent as {sent}", self.name),
        )
        .expected(sent)
        .found(found)
    }
}

impl Ranges {
    pub(super) fn contain(&self, value: Rational) -> bool {
        self.0
            .iter()
            .any(|(min, max)| *min <= value && value <= *max)
    }

    pub(super) fn describe(&self) -> String {
        let range = |(min, max): &(Rational, Rational)| {
            if min == max {
                min.to_string()
            } else {
                format!("{min} to {max}")
            }
        };
        self.0.iter().map(range).collect::<Vec<_>>().join(" or ")
    }
}

impl LengthRule {
    fn describe(self) -> String {
        let Self { min, max } = self;
        if min == max {
            format!("{min} bytes")
        } else {
            format!("{min} to {max} bytes")
        }
    }
}

impl WireValue {
    /// The integer that it is on the wire, if it is one.
    pub(super) fn to_integer(&self) -> Option<i128> {
        match self {
            Self::Number(number) => number.as_decimal().and_then(Decimal::to_integer),
            Self::Boolean(value) => Some(i128::from(*value)),
            Self::Text(_) => None,
        }
    }
}

/// `` `a`, `b` or `c` ``, cut where the list is long.
pub(super) fn one_of<'a>(names: impl Iterator<Item = &'a str>) -> String {
    const SHOWN: usize = 12;
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        None => "none".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) if rest.len() < SHOWN => format!("{} or {last}", rest.join(", ")),
        Some(_) => {
            let shown = names.get(..SHOWN).unwrap_or(&names).join(", ");
            format!("{shown} or {} others", names.len().saturating_sub(SHOWN))
        }
    }
}
