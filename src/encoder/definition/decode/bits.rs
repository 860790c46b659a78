//! Reads bits: runs that make whole bytes.

use super::super::model::Run;
use super::extent::bit_bytes;
use super::found::Found;
use super::steps::{Matcher, Point, Window};
use super::wire;

impl Matcher<'_> {
    /// Takes whole bytes as runs of bits.
    pub(super) fn bits(
        self,
        runs: &[Run],
        reversed: bool,
        point: &mut Point,
        window: Window,
    ) -> Option<()> {
        let mut bytes = self.take(point, bit_bytes(runs), window)?.to_vec();
        if reversed {
            bytes.reverse();
        }
        let mut at = 0;
        for run in runs {
            let width = usize::try_from(run.width()).ok()?;
            let bits = bits_of(&bytes, at, width);
            at += width;
            self.run(run, bits, &mut point.found)?;
        }
        Some(())
    }

    fn run(self, run: &Run, bits: i128, found: &mut Found) -> Option<()> {
        match run {
            Run::Constant { value, .. } => {
                return (i128::try_from(*value) == Ok(bits)).then_some(());
            }
            Run::Given { argument } => found.put_given(*argument, bits == 1),
            Run::Slice { argument, low, .. } => {
                found.put_slice(*argument, self.index, bits << low);
            }
            Run::Value {
                argument: place,
                is_signed,
                width,
                scale,
            } => {
                let argument = self.arguments.get(*place)?;
                let is_negative = *is_signed && bits >> width.saturating_sub(1) == 1;
                let wire = if is_negative {
                    bits - (1_i128 << width)
                } else {
                    bits
                };
                let read = wire::integer(argument, wire, scale);
                found.put((*place, argument), self.index, read)?;
            }
        }
        Some(())
    }
}

/// The bits at a place, most significant first; runs have at most 64.
fn bits_of(bytes: &[u8], at: usize, width: usize) -> i128 {
    (at..at + width).fold(0, |value, bit| {
        let byte = bytes.get(bit / 8).copied().unwrap_or(0);
        (value << 1) | i128::from(byte >> (7 - bit % 8) & 1)
    })
}
