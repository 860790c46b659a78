//! How the template of a command uses an argument: what its place on the wire holds.

use crate::number::Rational;

use super::argument::BytesFrom;
use super::frame::{Bit, Field, Integer, Item, Op, Wire};

/// What type of value a place takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Number,
    Boolean,
    Text { is_ascii: bool },
    Bytes(BytesFrom),
}

/// All places of one argument, taken together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Usage {
    pub(super) name: String,
    /// Where it is used first, as an offset in the template.
    pub(super) offset: usize,
    /// What the places take; nothing where they leave it to the declaration.
    pub(super) content: Option<Content>,
    pub(super) is_scaled: bool,
    pub(super) is_float: bool,
    pub(super) is_list: bool,
    pub(super) is_grouped: bool,
    /// Whether a bit says if it was given.
    pub(super) may_be_missing: bool,
    /// Whether a place is one of bytes or bits, which hold no names.
    pub(super) is_binary: bool,
    /// The least and the largest number, in the argument's unit, that all places hold.
    pub(super) capacity: (Rational, Rational),
    /// The least and the largest integer that all places hold.
    pub(super) wire_bounds: Option<(i128, i128)>,
    /// How each place scales the value, and the integers that it holds.
    scales: Vec<(Vec<Op>, (i128, i128))>,
    /// The bits of the argument that slices take.
    pub(super) slices: Vec<(u32, u32)>,
}

/// One place.
struct Place<'t> {
    name: &'t str,
    offset: usize,
    content: Option<Content>,
    wire_bounds: Option<(i128, i128)>,
    ops: &'t [Op],
    is_float: bool,
    is_list: bool,
    is_grouped: bool,
    slice: Option<(u32, u32)>,
    may_be_missing: bool,
    is_binary: bool,
}

/// How a template uses each of its arguments, in the order of their first places.
#[derive(Debug, Default)]
pub(super) struct Usages(pub(super) Vec<Usage>);

impl Usages {
    /// Takes the places of a frame.
    pub(super) fn add_frame(&mut self, items: &[Item]) {
        self.add_items(items, false);
    }

    fn add_items(&mut self, items: &[Item], is_grouped: bool) {
        for item in items {
            match item {
                Item::Field(field) => self.add_field(field, Some(BYTE), is_grouped),
                Item::Bits { bits, .. } => {
                    for bit in bits {
                        self.add_bit(bit, is_grouped);
                    }
                }
                Item::Length { items, .. } | Item::Sum { items, .. } => {
                    self.add_items(items, is_grouped);
                }
                Item::Group(items) => self.add_items(items, true),
                Item::Bytes(_) | Item::Inner | Item::Pad { .. } => {}
            }
        }
    }

    /// Takes a field; `untyped` is what a field without a type is.
    pub(super) fn add_field(&mut self, field: &Field, untyped: Option<Integer>, is_grouped: bool) {
        if field.is_variable {
            return;
        }
        let (content, wire_bounds) = match field.wire {
            None => (None, untyped.map(Integer::bounds)),
            Some(Wire::Integer(integer, _)) => (Some(Content::Number), Some(integer.bounds())),
            Some(Wire::Float { .. }) => (Some(Content::Number), None),
            Some(Wire::Boolean) => (Some(Content::Boolean), Some(BYTE.bounds())),
            Some(Wire::Ascii) => (Some(Content::Text { is_ascii: true }), None),
            Some(Wire::Utf8) => (Some(Content::Text { is_ascii: false }), None),
            Some(Wire::Hex) => (Some(Content::Bytes(BytesFrom::Hex)), None),
            Some(Wire::Bytes) => (Some(Content::Bytes(BytesFrom::Data)), None),
            Some(Wire::DecimalDigits(count)) => (Some(Content::Number), digits(10, count)),
            Some(Wire::HexDigits(count)) => (Some(Content::Number), digits(16, count)),
        };
        self.add(&Place {
            name: &field.name,
            offset: field.offset,
            content,
            wire_bounds,
            ops: &field.ops,
            is_float: matches!(field.wire, Some(Wire::Float { .. })),
            is_list: field.is_list,
            is_grouped,
            slice: None,
            may_be_missing: false,
            is_binary: untyped.is_some(),
        });
    }

    fn add_bit(&mut self, bit: &Bit, is_grouped: bool) {
        let place = |name, offset| Place {
            name,
            offset,
            content: None,
            wire_bounds: None,
            ops: &[],
            is_float: false,
            is_list: false,
            is_grouped,
            slice: None,
            may_be_missing: false,
            is_binary: true,
        };
        match bit {
            Bit::Constant { .. } => {}
            Bit::Given { name, offset } => {
                self.add(&Place {
                    may_be_missing: true,
                    ..place(name, *offset)
                });
            }
            Bit::Flag { name, offset } => self.add(&Place {
                content: Some(Content::Boolean),
                wire_bounds: Some(
                    Integer {
                        is_signed: false,
                        bits: 1,
                    }
                    .bounds(),
                ),
                ..place(name, *offset)
            }),
            Bit::Slice {
                name,
                high,
                low,
                offset,
            } => {
                let bounds = Integer {
                    is_signed: false,
                    bits: high.saturating_add(1),
                }
                .bounds();
                self.add(&Place {
                    content: Some(Content::Number),
                    wire_bounds: Some(bounds),
                    slice: Some((*low, *high)),
                    ..place(name, *offset)
                });
            }
            Bit::Value {
                name,
                is_signed,
                width,
                ops,
                offset,
            } => {
                let bounds = Integer {
                    is_signed: *is_signed,
                    bits: *width,
                }
                .bounds();
                self.add(&Place {
                    content: Some(Content::Number),
                    wire_bounds: Some(bounds),
                    ops,
                    ..place(name, *offset)
                });
            }
        }
    }

    fn add(&mut self, place: &Place<'_>) {
        let capacity = place.capacity();
        let slice = place.slice;
        let Some(known) = self.0.iter_mut().find(|usage| usage.name == place.name) else {
            self.0.push(Usage {
                name: place.name.to_owned(),
                offset: place.offset,
                content: place.content,
                is_scaled: place.is_scaled(),
                is_float: place.is_float,
                is_list: place.is_list,
                is_grouped: place.is_grouped,
                may_be_missing: place.may_be_missing,
                is_binary: place.is_binary,
                capacity,
                scales: place.scale().into_iter().collect(),
                wire_bounds: place.wire_bounds,
                slices: slice.into_iter().collect(),
            });
            return;
        };
        known.content = known.content.or(place.content);
        known.is_scaled |= place.is_scaled();
        known.is_float |= place.is_float;
        known.is_list |= place.is_list;
        known.is_grouped |= place.is_grouped;
        known.may_be_missing |= place.may_be_missing;
        known.is_binary |= place.is_binary;
        known.scales.extend(place.scale());
        known.slices.extend(slice);
        if slice.is_some() {
            known.widen(place.wire_bounds, capacity);
        } else {
            known.narrow(place.wire_bounds, capacity);
        }
    }
}

impl Usage {
    /// Whether every place holds the value once it is rounded.
    pub(super) fn holds_rounded(&self, value: Rational) -> bool {
        self.scales.iter().all(|(ops, (min, max))| {
            scale(value, ops)
                .map(Rational::rounded_half_away)
                .is_some_and(|integer| *min <= integer && integer <= *max)
        })
    }

    /// From one value that the wire holds to the next, where it holds whole steps.
    pub(super) fn step(&self) -> Option<Rational> {
        let (ops, _) = self.scales.first().filter(|_| !self.is_float)?;
        unscale(Rational::ONE, ops)?
            .checked_sub(unscale(Rational::ZERO, ops)?)
            .map(Rational::abs)
    }

    /// Another place must hold the value as well.
    fn narrow(&mut self, bounds: Option<(i128, i128)>, capacity: (Rational, Rational)) {
        self.capacity = (
            self.capacity.0.max(capacity.0),
            self.capacity.1.min(capacity.1),
        );
        self.wire_bounds = match (self.wire_bounds, bounds) {
            (Some(a), Some(b)) => Some((a.0.max(b.0), a.1.min(b.1))),
            (a, b) => a.or(b),
        };
    }

    /// Slices hold the value together: the highest of them says how wide it is.
    fn widen(&mut self, bounds: Option<(i128, i128)>, capacity: (Rational, Rational)) {
        self.capacity = (
            self.capacity.0.min(capacity.0),
            self.capacity.1.max(capacity.1),
        );
        if let (Some(a), Some(b)) = (self.wire_bounds, bounds) {
            self.wire_bounds = Some((a.0.min(b.0), a.1.max(b.1)));
        }
    }

    /// How many bits the slices make together, if each bit is taken exactly once.
    pub(super) fn sliced_width(&self) -> Option<u32> {
        let mut slices = self.slices.clone();
        slices.sort_unstable();
        slices.iter().try_fold(0, |next, (low, high)| {
            (*low == next && low <= high).then_some(high.saturating_add(1))
        })
    }
}

impl Place<'_> {
    /// Whether the wire holds other steps than whole numbers of the argument. An offset moves them, and
    /// leaves them as they are.
    fn is_scaled(&self) -> bool {
        self.ops.iter().any(|op| match op {
            Op::Multiply(factor) => factor.numerator().abs() != factor.denominator(),
            Op::Add(_) => false,
        })
    }

    fn scale(&self) -> Option<(Vec<Op>, (i128, i128))> {
        Some((self.ops.to_vec(), self.wire_bounds?))
    }

    /// What can be said here, in the argument's unit.
    fn capacity(&self) -> (Rational, Rational) {
        let (min, max) = self
            .wire_bounds
            .unwrap_or((i128::from(i64::MIN), i128::from(u64::MAX)));
        let bound = |integer| Rational::new(integer, 1).and_then(|value| unscale(value, self.ops));
        match (bound(min), bound(max)) {
            (Some(a), Some(b)) => (a.min(b), a.max(b)),
            _ => (Rational::ZERO, Rational::ZERO),
        }
    }
}

/// A field without a type is one byte.
pub(super) const BYTE: Integer = Integer {
    is_signed: false,
    bits: 8,
};

impl Integer {
    /// The least and the largest value.
    pub(super) fn bounds(self) -> (i128, i128) {
        if self.is_signed {
            let half = 1_i128 << self.bits.saturating_sub(1);
            (-half, half - 1)
        } else {
            (0, (1_i128 << self.bits) - 1)
        }
    }
}

fn digits(base: i128, count: usize) -> Option<(i128, i128)> {
    let count = u32::try_from(count).ok()?;
    Some((0, base.checked_pow(count)? - 1))
}

/// Applies the operations from left to right.
pub(super) fn scale(value: Rational, ops: &[Op]) -> Option<Rational> {
    ops.iter().try_fold(value, |value, op| match op {
        Op::Multiply(factor) => value.checked_mul(*factor),
        Op::Add(term) => value.checked_add(*term),
    })
}

/// Undoes the operations from right to left.
pub(super) fn unscale(value: Rational, ops: &[Op]) -> Option<Rational> {
    ops.iter().rev().try_fold(value, |value, op| match op {
        Op::Multiply(factor) => value.checked_div(*factor),
        Op::Add(term) => value.checked_sub(*term),
    })
}
