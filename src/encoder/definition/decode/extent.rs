//! How many bytes a step may take.

use super::super::argument::{Argument, Kind, Shape, TextRule};
use super::super::checksum::Algorithm;
use super::super::model::{Layout, Run, Source, Step};

/// The fewest and the most bytes; no most where there may be any number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Extent {
    pub(in super::super) min: usize,
    pub(in super::super) max: Option<usize>,
}

impl Extent {
    pub(in super::super) const fn exactly(bytes: usize) -> Self {
        Self {
            min: bytes,
            max: Some(bytes),
        }
    }

    const fn at_least(min: usize) -> Self {
        Self { min, max: None }
    }

    /// The length, if it is always the same.
    pub(in super::super) fn fixed(self) -> Option<usize> {
        self.max.filter(|max| *max == self.min)
    }

    fn and(self, other: Self) -> Self {
        Self {
            min: self.min.saturating_add(other.min),
            max: self.max.zip(other.max).map(|(a, b)| a.saturating_add(b)),
        }
    }

    /// Of steps one behind the other.
    pub(in super::super) fn of_all(steps: &[Step], arguments: &[Argument]) -> Self {
        steps.iter().fold(Self::exactly(0), |extent, step| {
            extent.and(Self::of(step, arguments))
        })
    }

    pub(in super::super) fn of(step: &Step, arguments: &[Argument]) -> Self {
        match step {
            Step::Constant(bytes) => Self::exactly(bytes.len()),
            Step::Inner | Step::Group { .. } => Self::at_least(0),
            Step::Value {
                source,
                layout,
                is_list,
                ..
            } => Self::of_value(*source, *layout, *is_list, arguments),
            Step::Bits { runs, .. } => Self::exactly(bit_bytes(runs)),
            Step::Length { integer, steps, .. } => {
                let size = usize::try_from(integer.bits / 8).unwrap_or(0);
                Self::exactly(size).and(Self::of_all(steps, arguments))
            }
            Step::Sum { algorithm, steps } => {
                Self::exactly(check(*algorithm, &[]).len()).and(Self::of_all(steps, arguments))
            }
            Step::Pad { length, .. } => Self {
                min: 0,
                max: Some(*length),
            },
        }
    }

    fn of_value(source: Source, layout: Layout, is_list: bool, arguments: &[Argument]) -> Self {
        let argument = match source {
            Source::Argument(place) => arguments.get(place),
            Source::Variable(_) => None,
        };
        let one = match size(layout) {
            Some(size) => Self::exactly(size),
            None => argument.map_or(Self::at_least(0), Self::of_text),
        };
        match argument.map(|argument| (argument.shape, argument.is_optional)) {
            Some((Shape::List { min, max }, is_optional)) if is_list => Self {
                // What was not given leaves the place of one item.
                min: one.min.saturating_mul(if is_optional { 1 } else { min }),
                max: one.max.map(|one| one.saturating_mul(max)),
            },
            _ => one,
        }
    }

    fn of_text(argument: &Argument) -> Self {
        match &argument.kind {
            Kind::Text(TextRule { length, .. }) | Kind::Bytes { length, .. } => Self {
                min: if argument.is_optional { 0 } else { length.min },
                max: Some(length.max),
            },
            _ => Self::exactly(0),
        }
    }
}

/// The bytes of a layout that always has as many.
pub(in super::super) fn size(layout: Layout) -> Option<usize> {
    match layout {
        Layout::Integer(integer, _) => usize::try_from(integer.bits / 8).ok(),
        Layout::Float { bytes, .. } => Some(bytes),
        Layout::Text | Layout::Hex | Layout::Data => None,
    }
}

pub(in super::super) fn bit_bytes(runs: &[Run]) -> usize {
    let total: u32 = runs.iter().map(Run::width).sum();
    usize::try_from(total / 8).unwrap_or(0)
}

/// The check value of these bytes.
pub(super) fn check(algorithm: Algorithm, bytes: &[u8]) -> Vec<u8> {
    algorithm.check(bytes).as_slice().to_vec()
}
