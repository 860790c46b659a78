//! Arguments: what a caller may say.

mod accept;
mod fault;

use std::borrow::Cow;

use crate::number::{Decimal, Rational};
use crate::senml::unit::Conversion;

use super::needs::Need;

/// One argument of a command.
#[derive(Clone, Debug)]
pub(super) struct Argument {
    pub(super) name: String,
    pub(super) title: Option<String>,
    pub(super) unit: Option<String>,
    /// The units that become it, and how.
    pub(super) conversions: Vec<(&'static str, Conversion)>,
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
    /// What other arguments must be for it to take effect.
    pub(super) needs: Vec<Need>,
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
    /// Whether a message that says it must not be sent again by itself.
    pub(super) is_once: bool,
}

/// A value that is sent as it is, never scaled.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum WireValue {
    Number(Decimal),
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
    /// Which bytes are ASCII characters that it takes; apart, since few arguments have texts.
    ascii: Box<[bool; 256]>,
}

impl TextRule {
    pub(super) fn new(is_ascii: bool, length: LengthRule, separators: String) -> Self {
        let mut ascii = Box::new([false; 256]);
        for (code, admits) in (0..=u8::MAX).zip(ascii.iter_mut()) {
            let character = char::from(code);
            *admits =
                code.is_ascii() && !code.is_ascii_control() && !separators.contains(character);
        }
        Self {
            is_ascii,
            length,
            separators,
            ascii,
        }
    }

    /// Whether these bytes are ASCII, and a text may have each of them.
    pub(super) fn admits_all(&self, bytes: &[u8]) -> bool {
        bytes.iter().fold(true, |so_far, byte| {
            so_far & self.ascii.get(usize::from(*byte)).is_some_and(|it| *it)
        })
    }

    /// Whether a text may have this character.
    pub(super) fn admits(&self, character: char) -> bool {
        match u8::try_from(character) {
            Ok(byte) if byte.is_ascii() => self.admits_all(&[byte]),
            _ => !self.is_ascii && !character.is_control() && !self.separators.contains(character),
        }
    }
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

impl Scalar<'_> {
    /// The same value, with its text or bytes borrowed.
    pub(super) fn borrowed(&self) -> Scalar<'_> {
        match self {
            Self::Number(number) => Scalar::Number(*number),
            Self::Boolean(value) => Scalar::Boolean(*value),
            Self::Choice(index) => Scalar::Choice(*index),
            Self::Text(text) => Scalar::Text(Cow::Borrowed(text)),
            Self::Bytes(bytes) => Scalar::Bytes(Cow::Borrowed(bytes)),
        }
    }
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

    /// The names that must not be sent again by themselves.
    pub(super) fn once(&self) -> impl Iterator<Item = &str> {
        let once = self.choices().iter().filter(|choice| choice.is_once);
        once.map(|choice| choice.name.as_str())
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
        self.shown(&for_people(self.with_unit(&value.to_string())))
    }
}

/// A percentage as people write it; in SenML `%` is a ratio.
pub(super) fn for_people(value: String) -> String {
    match value.strip_suffix(" /100") {
        Some(percent) => format!("{percent} %"),
        None => value,
    }
}

/// What stands for a secret wherever it would be shown.
pub(crate) const MASK: &str = "***";

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
            Self::Number(number) => number.to_integer(),
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
