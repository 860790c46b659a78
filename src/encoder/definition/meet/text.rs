//! The pattern of a text.

use crate::number::Rational;

use super::super::argument::{Argument, BytesFrom, Kind, WireValue};
use super::super::model::{Digits, Source, Text, TextPiece, TextValue};
use super::super::variable::Variable;
use super::frame::{At, Frame, text_bytes};
use super::pattern::{Bytes, Pattern};

/// Up to so many whole numbers are told one by one.
const COUNTED: i128 = 64;

/// The pattern of a text.
pub(super) fn pattern(text: &Text, arguments: &[Argument], variables: &[Variable]) -> Pattern {
    let mut frame = Frame {
        pattern: Pattern::new(),
        arguments,
    };
    let mut at = At::START.place;
    for piece in &text.0 {
        at = match piece {
            TextPiece::Literal(literal) => frame.pattern.literal(at, literal.as_bytes()),
            TextPiece::Value(value) => match value.source {
                Source::Variable(index) => {
                    let bytes = variables.get(index).map_or(Bytes::ANY, variable_bytes);
                    frame.pattern.many(at, bytes)
                }
                Source::Argument(place) => match arguments.get(place) {
                    Some(argument) => frame.written(argument, value, at),
                    None => at,
                },
            },
        };
    }
    frame.pattern.ends_at(at)
}

/// The bytes that a variable may hold, as far as its pattern tells of each alone.
fn variable_bytes(variable: &Variable) -> Bytes {
    let around = |one: &str| (one.to_owned(), one.to_owned());
    let mut bytes = bytes_between(variable, &["", "a", "0"].map(around));
    if bytes == Bytes::NONE {
        bytes = bytes_between(variable, &at_both_ends(variable));
    }
    if bytes == Bytes::NONE {
        return Bytes::ANY;
    }
    bytes
}

/// The bytes that a variable may hold between these; none if no character of ASCII is among them.
fn bytes_between(variable: &Variable, around: &[(String, String)]) -> Bytes {
    let may_hold = |byte: u8| {
        let character = char::from(byte);
        around
            .iter()
            .any(|(before, behind)| variable.admits(&format!("{before}{character}{behind}")))
    };
    match Bytes::of(|byte| byte.is_ascii() && may_hold(byte)) {
        Bytes::NONE => Bytes::NONE,
        _ => Bytes::of(|byte| !byte.is_ascii() || may_hold(byte)),
    }
}

/// What stands behind the first character and in front of the last one, where a pattern admits no
/// short text: `[0-9]{6}`.
fn at_both_ends(variable: &Variable) -> Vec<(String, String)> {
    const LONGEST: usize = 64;
    let rest = |one: &str| {
        let length = (1..=LONGEST).find(|length| variable.admits(&one.repeat(*length)))?;
        Some(one.repeat(length - 1))
    };
    let rests = ["0", "a", "A"].into_iter().filter_map(rest);
    rests
        .flat_map(|rest| [(rest.clone(), String::new()), (String::new(), rest)])
        .collect()
}

impl Frame<'_> {
    /// A value as it is written.
    fn written(&mut self, argument: &Argument, value: &TextValue, from: usize) -> usize {
        let to = self.pattern.place();
        for literal in literals(argument) {
            let end = self.pattern.literal(from, literal.as_bytes());
            self.pattern.jump(end, to);
        }
        if argument.is_optional {
            self.pattern.jump(from, to);
        }
        let end = match &argument.kind {
            Kind::Text(rule) => self.counted(text_bytes(rule), rule.length, from),
            Kind::Bytes {
                from: BytesFrom::Hex,
                ..
            } => self.pattern.many(from, hex_digit()),
            Kind::Bytes { .. } => {
                let bytes = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
                self.pattern.many(from, Bytes::of(bytes))
            }
            Kind::Number { ranges, .. } => {
                for (min, max) in &ranges.0 {
                    let end = self.number(argument, value, (*min, *max), from);
                    self.pattern.jump(end, to);
                }
                return to;
            }
            Kind::Boolean { .. } | Kind::Enumeration(_) => return to,
        };
        self.pattern.jump(end, to);
        to
    }

    fn number(
        &mut self,
        argument: &Argument,
        value: &TextValue,
        (min, max): (Rational, Rational),
        from: usize,
    ) -> usize {
        let digit = Bytes::of(|byte| byte.is_ascii_digit());
        match value.digits {
            Digits::Decimal(count) => {
                return self.pattern.bytes(from, std::iter::repeat_n(digit, count));
            }
            Digits::Hex(count) => {
                return self
                    .pattern
                    .bytes(from, std::iter::repeat_n(hex_digit(), count));
            }
            Digits::Plain | Digits::Integer(_) => {}
        }
        let is_whole = value.scale.is_empty() && !argument.may_round;
        let ends = min.to_integer().zip(max.to_integer());
        let few = ends.filter(|(min, max)| max.saturating_sub(*min) <= COUNTED);
        if let (Some((min, max)), true) = (few, is_whole) {
            let to = self.pattern.place();
            for number in min..=max {
                let end = self.pattern.literal(from, number.to_string().as_bytes());
                self.pattern.jump(end, to);
            }
            return to;
        }
        let sign = self.pattern.byte(from, Bytes::one(b'-'));
        self.pattern.jump(from, sign);
        let first = self.pattern.byte(sign, digit);
        let rest = Bytes::of(|byte| byte.is_ascii_digit() || !is_whole && byte == b'.');
        self.pattern.many(first, rest)
    }
}

fn hex_digit() -> Bytes {
    Bytes::of(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte))
}

/// What names and booleans are written as.
fn literals(argument: &Argument) -> Vec<String> {
    let written = |value: &WireValue| match value {
        WireValue::Number(number) => number.to_string(),
        WireValue::Boolean(truth) => truth.to_string(),
        WireValue::Text(text) => text.clone(),
    };
    match &argument.kind {
        Kind::Boolean { on, off } => vec![written(on), written(off)],
        _ => argument
            .choices()
            .iter()
            .map(|choice| written(&choice.value))
            .collect(),
    }
}
