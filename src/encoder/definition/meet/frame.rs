//! The pattern of a frame.

use crate::number::Rational;

use super::super::argument::{Argument, Kind, LengthRule, Shape, TextRule};
use super::super::decode::extent::{Extent, bit_bytes, size};
use super::super::frame::{Integer, Op, Order};
use super::super::limits::FRAME_BYTES;
use super::super::model::{Layout, Run, Source, Step};
use super::super::usage::scale;
use super::super::value::IntegerBytes;
use super::pattern::{Bytes, Pattern};

/// Up to here lengths are told apart; longer values may be of any length.
const COUNTED: usize = 64;

/// Puts the frame of a command or an envelope into a pattern.
pub(super) struct Frame<'d> {
    pub(super) pattern: Pattern,
    pub(super) arguments: &'d [Argument],
}

/// A place in a pattern, and how many bytes of the own frame stand in front, if that is known.
#[derive(Clone, Copy)]
pub(super) struct At {
    pub(super) place: usize,
    pub(super) bytes: Option<usize>,
}

impl At {
    pub(super) const START: Self = Self {
        place: Pattern::START,
        bytes: Some(0),
    };

    fn behind(self, place: usize, extent: Extent) -> Self {
        Self {
            place,
            bytes: self
                .bytes
                .zip(extent.fixed())
                .map(|(before, own)| before.saturating_add(own)),
        }
    }
}

impl Frame<'_> {
    pub(super) fn steps(&mut self, steps: &[Step], from: At) -> At {
        steps.iter().fold(from, |at, step| self.step(step, at))
    }

    fn step(&mut self, step: &Step, at: At) -> At {
        let from = at.place;
        let to = match step {
            Step::Constant(bytes) => self.pattern.literal(from, bytes),
            Step::Inner => {
                let first = self.pattern.any(from, 1);
                self.pattern.many(first, Bytes::ANY)
            }
            Step::Value {
                source,
                layout,
                scale,
                is_list,
            } => self.value(*source, *layout, scale, *is_list, from),
            Step::Bits { runs, reversed } => self.bits(runs, *reversed, from),
            Step::Length {
                integer,
                order,
                scale,
                steps,
            } => self.length(*integer, *order, scale, steps, from),
            Step::Sum { steps, .. } => {
                let inside = self.steps(steps, at);
                let check = Extent::of(step, self.arguments)
                    .min
                    .saturating_sub(Extent::of_all(steps, self.arguments).min);
                self.pattern.any(inside.place, check)
            }
            Step::Pad { length, with } => return self.pad(*length, *with, at),
            Step::Group { arguments, steps } => self.group(arguments, steps, from),
        };
        at.behind(to, Extent::of(step, self.arguments))
    }

    /// A length with so much behind it as it says.
    fn length(
        &mut self,
        integer: Integer,
        order: Order,
        ops: &[Op],
        steps: &[Step],
        from: usize,
    ) -> usize {
        let extent = Extent::of_all(steps, self.arguments);
        let most = extent.max.unwrap_or(FRAME_BYTES).min(FRAME_BYTES);
        let mut starts = Vec::new();
        for count in extent.min..=most {
            if let Some(length) = length_of(count, ops) {
                starts.push((
                    self.integers(&[(length, length)], integer, order, from),
                    count,
                ));
            }
        }
        let mut inside = Self {
            pattern: Pattern::new(),
            arguments: self.arguments,
        };
        let end = inside.steps(steps, At::START).place;
        self.pattern.cut(&inside.pattern.ends_at(end), &starts)
    }

    fn pad(&mut self, length: usize, with: u8, at: At) -> At {
        let with = Bytes::one(with);
        let place = match at.bytes {
            Some(before) => {
                let count = length.saturating_sub(before);
                let padding = std::iter::repeat_n(with, count);
                self.pattern.bytes(at.place, padding)
            }
            None => self.pattern.many(at.place, with),
        };
        At {
            place,
            bytes: at.bytes.map(|before| before.max(length)),
        }
    }

    fn group(&mut self, arguments: &[usize], steps: &[Step], from: usize) -> usize {
        let begin = self.pattern.place();
        self.pattern.jump(from, begin);
        let inside = At {
            place: begin,
            bytes: None,
        };
        let end = self.steps(steps, inside).place;
        self.pattern.jump(end, begin);
        let to = self.pattern.place();
        self.pattern.jump(end, to);
        let needs_none = arguments
            .iter()
            .filter_map(|place| self.arguments.get(*place))
            .all(|argument| !argument.is_required());
        if needs_none {
            self.pattern.jump(from, to);
        }
        to
    }

    fn value(
        &mut self,
        source: Source,
        layout: Layout,
        ops: &[Op],
        is_list: bool,
        from: usize,
    ) -> usize {
        let arguments = self.arguments;
        let argument = match source {
            Source::Argument(place) => arguments.get(place),
            Source::Variable(_) => None,
        };
        let Some(argument) = argument else {
            return match size(layout) {
                Some(size) => self.pattern.any(from, size),
                None => self.pattern.many(from, Bytes::ANY),
            };
        };
        let Shape::List { min, max } = argument.shape else {
            return self.one(argument, layout, ops, from);
        };
        if !is_list {
            return self.one(argument, layout, ops, from);
        }
        let to = self.pattern.place();
        let mut at = from;
        for index in 0..max.max(1) {
            at = self.one(argument, layout, ops, at);
            if index + 1 >= min {
                self.pattern.jump(at, to);
            }
        }
        to
    }

    fn one(&mut self, argument: &Argument, layout: Layout, ops: &[Op], from: usize) -> usize {
        match layout {
            Layout::Integer(integer, order) => {
                self.integers(&wire_ranges(argument, ops, integer), integer, order, from)
            }
            Layout::Float { bytes, .. } => self.pattern.any(from, bytes),
            Layout::Text | Layout::Hex | Layout::Data => {
                let (bytes, length) = match &argument.kind {
                    Kind::Text(rule) => (text_bytes(rule), rule.length),
                    Kind::Bytes { length, .. } => (Bytes::ANY, *length),
                    _ => return from,
                };
                let to = self.counted(bytes, length, from);
                if argument.is_optional {
                    self.pattern.jump(from, to);
                }
                to
            }
        }
    }

    /// As many bytes of the set as the rule allows.
    pub(super) fn counted(&mut self, bytes: Bytes, length: LengthRule, from: usize) -> usize {
        let least = std::iter::repeat_n(bytes, length.min);
        let mut at = self.pattern.bytes(from, least);
        let more = length.max.saturating_sub(length.min);
        if more > COUNTED {
            return self.pattern.many(at, bytes);
        }
        let to = self.pattern.place();
        self.pattern.jump(at, to);
        for _ in 0..more {
            at = self.pattern.byte(at, bytes);
            self.pattern.jump(at, to);
        }
        to
    }

    /// One of these integers.
    fn integers(
        &mut self,
        ranges: &[(i128, i128)],
        integer: Integer,
        order: Order,
        from: usize,
    ) -> usize {
        let to = self.pattern.place();
        let (least, most) = integer.bounds();
        for (low, high) in ranges {
            let (low, high) = ((*low).max(least), (*high).min(most));
            // Negative numbers stand behind the others on the wire.
            for (low, high) in [(low, high.min(-1)), (low.max(0), high)] {
                if low <= high {
                    let mut bytes = between(low, high, integer);
                    if order == Order::Little {
                        bytes.reverse();
                    }
                    let end = self.pattern.bytes(from, bytes);
                    self.pattern.jump(end, to);
                }
            }
        }
        to
    }

    fn bits(&mut self, runs: &[Run], reversed: bool, from: usize) -> usize {
        let mut bytes: Vec<Bytes> = (0..bit_bytes(runs))
            .map(|byte| self.bit_byte(runs, byte * 8))
            .collect();
        if reversed {
            bytes.reverse();
        }
        self.pattern.bytes(from, bytes)
    }

    /// The bytes that the runs leave at a place, told by those that lie in it as a whole.
    fn bit_byte(&self, runs: &[Run], first: usize) -> Bytes {
        let mut at = 0;
        let mut inside = Vec::new();
        for run in runs {
            let width = usize::try_from(run.width()).unwrap_or(0);
            match run {
                Run::Constant { value, .. } => {
                    for bit in 0..width {
                        let is_set = value >> (width - 1 - bit) & 1;
                        let place = (at + bit).checked_sub(first).filter(|place| *place < 8);
                        let is_set = i128::try_from(is_set).unwrap_or(0);
                        inside.extend(place.map(|place| (place, 1, vec![(is_set, is_set)])));
                    }
                }
                Run::Value {
                    argument,
                    is_signed,
                    width: bits,
                    scale,
                } => {
                    let wire = Integer {
                        is_signed: *is_signed,
                        bits: *bits,
                    };
                    let place = at.checked_sub(first).filter(|place| place + width <= 8);
                    let argument = self.arguments.get(*argument);
                    if let (Some(place), Some(argument)) = (place, argument) {
                        inside.push((place, width, wire_ranges(argument, scale, wire)));
                    }
                }
                Run::Given { .. } | Run::Slice { .. } => {}
            }
            at += width;
        }
        Bytes::of(|byte| {
            inside.iter().all(|(place, width, ranges)| {
                let bits = i128::from(byte) >> (8 - place - width) & ((1 << width) - 1);
                let negative = bits - (1 << width);
                ranges.iter().any(|(low, high)| {
                    let holds = |value: i128| *low <= value && value <= *high;
                    holds(bits) || holds(negative)
                })
            })
        })
    }
}

/// The integers that an argument is on the wire.
fn wire_ranges(argument: &Argument, ops: &[Op], integer: Integer) -> Vec<(i128, i128)> {
    let mut ranges: Vec<(i128, i128)> = match &argument.kind {
        Kind::Number { ranges, .. } => {
            let bound = |value: Rational| scale(value, ops).map(Rational::rounded_half_away);
            let range = |(min, max): &(Rational, Rational)| {
                let (a, b) = (bound(*min)?, bound(*max)?);
                Some((a.min(b), a.max(b)))
            };
            let all = ranges.0.iter().map(range).collect::<Option<Vec<_>>>();
            all.unwrap_or_else(|| vec![integer.bounds()])
        }
        Kind::Boolean { on, off } => [on, off]
            .iter()
            .filter_map(|value| value.to_integer())
            .map(|value| (value, value))
            .collect(),
        _ => Vec::new(),
    };
    let names = argument.choices().iter();
    let names = names.filter_map(|choice| choice.value.to_integer());
    ranges.extend(names.map(|value| (value, value)));
    if argument.is_optional {
        ranges.push((0, 0));
    }
    ranges
}

/// What a length says of so many bytes.
fn length_of(count: usize, ops: &[Op]) -> Option<i128> {
    let count = Rational::new(i128::try_from(count).ok()?, 1)?;
    scale(count, ops).and_then(Rational::to_integer)
}

/// The bytes from one integer to another, most significant first: those that both share, then a
/// range, then any.
fn between(low: i128, high: i128, integer: Integer) -> Vec<Bytes> {
    let low = IntegerBytes::new(low, integer, Order::Big);
    let high = IntegerBytes::new(high, integer, Order::Big);
    let mut is_shared = true;
    low.as_slice()
        .iter()
        .zip(high.as_slice())
        .map(|(low, high)| {
            let bytes = if is_shared {
                Bytes::of(|byte| (low..=high).contains(&&byte))
            } else {
                Bytes::ANY
            };
            is_shared &= low == high;
            bytes
        })
        .collect()
}

/// The bytes that a text may hold.
pub(super) fn text_bytes(rule: &TextRule) -> Bytes {
    Bytes::of(|byte| match char::from(byte) {
        character if character.is_ascii() => {
            !character.is_control() && !rule.separators.contains(character)
        }
        _ => !rule.is_ascii,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_integers_shares_its_first_bytes() {
        let u16 = Integer {
            is_signed: false,
            bits: 16,
        };
        let bytes = between(0x0105, 0x0109, u16);
        assert_eq!(bytes[0], Bytes::one(1));
        assert_eq!(bytes[1], Bytes::of(|byte| (5..=9).contains(&byte)));
        assert_eq!(between(0x0105, 0x0209, u16)[1], Bytes::ANY);
    }
}
