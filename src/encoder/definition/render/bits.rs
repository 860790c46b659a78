//! Bits, put together into whole bytes.

use std::ops::Range;

use crate::error::Error;

use super::super::super::{Frame, Meaning, Origin, Writer};
use super::super::decode::extent::bit_bytes;
use super::super::frame::Integer;
use super::super::model::Run;
use super::super::value::{describe_scale, integer_name};
use super::{Renderer, not_given, shorter, undeclared};

impl Renderer<'_> {
    /// Writes runs of bits.
    pub(super) fn bits(
        &self,
        runs: &[Run],
        reversed: bool,
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        let count = bit_bytes(runs);
        let start = frame.bytes().len();
        frame.bytes.resize(start + count, 0);
        let mut at = 0;
        for run in runs {
            let (value, argument) = self.run(run, writer)?;
            let width = usize::try_from(run.width()).map_err(|_| too_wide())?;
            let bytes = frame.bytes.get_mut(start..).ok_or_else(shorter)?;
            put_bits(bytes, at, width, value).ok_or_else(too_wide)?;
            if frame.is_traced() {
                for piece in pieces(at, width, count, reversed) {
                    let bits = start * 8 + piece.start..start * 8 + piece.end;
                    frame.mark(bits, || self.run_origin(run, argument));
                }
            }
            at += width;
        }
        if reversed {
            frame.bytes.get_mut(start..).ok_or_else(shorter)?.reverse();
        }
        Ok(())
    }

    /// The bits of a run, right-aligned, and the argument that they come from.
    fn run(&self, run: &Run, writer: &mut Writer<'_>) -> Result<(u128, Option<usize>), Error> {
        let place = match run {
            Run::Constant { value, .. } => return Ok((*value, None)),
            Run::Given { argument } => {
                let is_given = !self.slots.of(*argument).is_empty();
                return Ok((u128::from(is_given), Some(*argument)));
            }
            Run::Slice { argument, .. } | Run::Value { argument, .. } => *argument,
        };
        let argument = self.arguments.get(place).ok_or_else(undeclared)?;
        // The bits of an argument that was not given are zero.
        let Some(given) = self.given(place) else {
            return Ok((0, Some(place)));
        };
        let value = match run {
            Run::Value {
                is_signed,
                width,
                scale,
                ..
            } => {
                let bounds = Integer {
                    is_signed: *is_signed,
                    bits: *width,
                }
                .bounds();
                let integer = given.to_integer(argument, scale, bounds, writer)?;
                integer.rem_euclid(1_i128 << width)
            }
            Run::Slice { low, width, .. } => {
                let bounds = Integer {
                    is_signed: false,
                    bits: 64,
                }
                .bounds();
                let integer = given.to_integer(argument, &[], bounds, writer)?;
                (integer >> low).rem_euclid(1_i128 << width)
            }
            Run::Constant { .. } | Run::Given { .. } => return Err(undeclared()),
        };
        let value = u128::try_from(value).map_err(|_| too_wide())?;
        Ok((value, Some(place)))
    }

    fn run_origin(&self, run: &Run, argument: Option<usize>) -> (Origin, Meaning) {
        let Some((place, argument)) =
            argument.and_then(|place| self.arguments.get(place).map(|it| (place, it)))
        else {
            let origin = Origin::Constant {
                command: self.name.to_owned(),
            };
            return (origin, Meaning::default());
        };
        let wire = match run {
            Run::Given { .. } => "whether it is given".to_owned(),
            Run::Slice { low, width, .. } => {
                format!(
                    "bits {} to {low} of it",
                    low.saturating_add(*width).saturating_sub(1)
                )
            }
            Run::Value {
                is_signed,
                width,
                scale,
                ..
            } => {
                integer_name(Integer {
                    is_signed: *is_signed,
                    bits: *width,
                }) + &describe_scale(scale)
            }
            Run::Constant { .. } => String::new(),
        };
        match self.given(place) {
            Some(given) => (given.origin(argument), given.meaning(argument, wire)),
            None => not_given(argument),
        }
    }
}

/// Puts the lowest `width` bits of a value at a place, most significant bit first; none where the
/// bytes have no such place.
fn put_bits(bytes: &mut [u8], at: usize, width: usize, value: u128) -> Option<()> {
    for bit in 0..width {
        let byte = bytes.get_mut((at + bit) / 8)?;
        if value >> (width - 1 - bit) & 1 == 1 {
            *byte |= 0x80 >> ((at + bit) % 8);
        }
    }
    Some(())
}

#[cold]
fn too_wide() -> Error {
    Error::invariant("a run of bits is wider than its bytes")
}

/// Where bits come to lie once the bytes are turned round, if they are.
fn pieces(at: usize, width: usize, bytes: usize, reversed: bool) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    if !reversed {
        pieces.push(at..at + width);
        return pieces;
    }
    let mut start = at;
    while start < at + width {
        let byte = start / 8;
        let end = (at + width).min((byte + 1) * 8);
        let shift = (bytes - 1 - byte) * 8;
        pieces.push(shift + start % 8..shift + start % 8 + (end - start));
        start = end;
    }
    pieces
}
