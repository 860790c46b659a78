//! Templates with their values put in: frames here, bits, texts and JSON in rooms of their own.

mod bits;
mod json;
mod text;

use crate::error::{Code, Error};
use crate::number::Rational;

use super::super::{Frame, Meaning, Origin, Writer};
use super::argument::{Argument, Scalar};
use super::bind::{Given, Slots};
use super::frame::{Integer, Op};
use super::model::{Layout, Source, Step};
use super::usage::scale;
use super::value::{IntegerBytes, describe, integer_name};
use super::variable::{Variable, VariableSource};

/// All that a template needs to become bytes.
#[derive(Clone, Copy)]
pub(super) struct Renderer<'r> {
    /// The command or envelope that the constants belong to.
    pub(super) name: &'r str,
    pub(super) arguments: &'r [Argument],
    pub(super) slots: &'r Slots<'r>,
    pub(super) variables: &'r [Variable],
    pub(super) source: &'r VariableSource<'r>,
    /// Which repetition of a group this is.
    pub(super) index: usize,
}

impl<'r> Renderer<'r> {
    /// Writes a frame; `inner` is what stands for `{*}`.
    pub(super) fn frame(
        &self,
        steps: &[Step],
        inner: Option<&Frame>,
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        for step in steps {
            match step {
                Step::Constant(bytes) => frame.constant(self.name, bytes),
                Step::Inner => match inner {
                    Some(inner) => frame.append(inner),
                    None => return Err(Error::invariant("an envelope has nothing inside")),
                },
                Step::Value {
                    source,
                    layout,
                    scale,
                    is_list,
                } => {
                    self.value(*source, *layout, scale, *is_list, frame, writer)?;
                }
                Step::Bits { runs, reversed } => self.bits(runs, *reversed, frame, writer)?,
                Step::Length {
                    integer,
                    order,
                    scale,
                    steps,
                } => {
                    let mut inside = writer.frame();
                    self.frame(steps, inner, &mut inside, writer)?;
                    let length = self.length(inside.bytes().len(), scale, *integer)?;
                    let bytes = IntegerBytes::new(length, *integer, *order);
                    frame.computed(self.name, "length of what follows", bytes.as_slice());
                    frame.append(&inside);
                    writer.give_back(inside);
                }
                Step::Sum { algorithm, steps } => {
                    let start = frame.bytes().len();
                    self.frame(steps, inner, frame, writer)?;
                    let inside = frame.bytes().get(start..).ok_or_else(shorter)?;
                    let (check, length) = (algorithm.check(inside), inside.len());
                    // A short secret can be found again by its check value.
                    let secret = frame.is_secret_since(start);
                    frame.write(check.as_slice(), || {
                        let how = format!("{} of {length} bytes", algorithm.name());
                        let (origin, meaning) = Origin::computed(self.name, &how);
                        (origin, Meaning { secret, ..meaning })
                    });
                }
                Step::Pad { length, with } => {
                    let length = frame.bytes().len().max(*length);
                    let origin = || Origin::computed(self.name, "padding");
                    frame.write_with(|bytes| bytes.resize(length, *with), origin);
                }
                Step::Group { arguments, steps } => {
                    let counts = arguments.iter().map(|it| self.slots.of(*it).len());
                    let most = counts.max();
                    let most = most.ok_or_else(|| Error::invariant("a group repeats nothing"))?;
                    for index in 0..most {
                        Self { index, ..*self }.frame(steps, inner, frame, writer)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn length(&self, length: usize, ops: &[Op], integer: Integer) -> Result<i128, Error> {
        let (min, max) = integer.bounds();
        i128::try_from(length)
            .ok()
            .and_then(|length| Rational::new(length, 1))
            .and_then(|length| scale(length, ops))
            .and_then(Rational::to_integer)
            .filter(|length| min <= *length && *length <= max)
            .ok_or_else(|| {
                Error::new(
                    Code::EncodeLength,
                    format!(
                        "`{}` is {length} bytes long, which its length field cannot hold",
                        self.name
                    ),
                )
                .expected(format!("a length of {}", integer_name(integer)))
            })
    }

    fn value(
        &self,
        source: Source,
        layout: Layout,
        ops: &[Op],
        is_list: bool,
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        let (place, argument) = match source {
            Source::Variable(index) => return self.variable_bytes(index, layout, frame),
            Source::Argument(place) => match self.arguments.get(place) {
                Some(argument) => (place, argument),
                None => return Err(undeclared()),
            },
        };
        let Some(given) = self.given(place) else {
            Self::absent(argument, layout, frame);
            return Ok(());
        };
        if is_list {
            for given in self.slots.of(place) {
                argument_bytes(argument, given, layout, ops, frame, writer)?;
            }
            return Ok(());
        }
        argument_bytes(argument, given, layout, ops, frame, writer)
    }

    /// The value in this repetition, or the only one.
    fn given(&self, place: usize) -> Option<&'r Given<'r>> {
        let values = self.slots.of(place);
        values.get(self.index).or(values.first())
    }

    /// The bits of an argument that was not given are zero.
    fn absent(argument: &Argument, layout: Layout, frame: &mut Frame) {
        let count = match layout {
            Layout::Integer(integer, _) => usize::try_from(integer.bits / 8).unwrap_or(0),
            Layout::Float { bytes, .. } => bytes,
            Layout::Text | Layout::Hex | Layout::Data => 0,
        };
        let length = frame.bytes().len() + count;
        frame.write_with(|bytes| bytes.resize(length, 0), || not_given(argument));
    }

    fn variable_bytes(&self, index: usize, layout: Layout, frame: &mut Frame) -> Result<(), Error> {
        let variable = self.variables.get(index).ok_or_else(undeclared)?;
        let value = variable.value(self.source)?;
        let misfit = || variable.does_not_fit(value, &describe(layout, &[]), self.source);
        let origin = || self.variable_origin(variable, value, describe(layout, &[]));
        match layout {
            Layout::Text => frame.write(value.as_bytes(), origin),
            Layout::Hex | Layout::Data => {
                frame.write(&hex::decode(value).map_err(|_| misfit())?, origin);
            }
            Layout::Integer(integer, order) => {
                let (min, max) = integer.bounds();
                let number = value
                    .parse()
                    .ok()
                    .filter(|number| min <= *number && *number <= max);
                let bytes = IntegerBytes::new(number.ok_or_else(misfit)?, integer, order);
                frame.write(bytes.as_slice(), origin);
            }
            Layout::Float { .. } => return Err(misfit()),
        }
        Ok(())
    }

    fn variable_origin(&self, variable: &Variable, value: &str, wire: String) -> (Origin, Meaning) {
        let meaning = Meaning {
            argument: Some(format!("${}", variable.name)),
            value: Some(self.source.shown(variable, value)),
            wire: Some(wire),
            secret: self.source.is_secret(variable),
            ..Meaning::default()
        };
        let variable = variable.name.clone();
        (Origin::Variable { variable }, meaning)
    }
}

fn argument_bytes(
    argument: &Argument,
    given: &Given<'_>,
    layout: Layout,
    ops: &[Op],
    frame: &mut Frame,
    writer: &mut Writer<'_>,
) -> Result<(), Error> {
    let origin = || {
        (
            given.origin(argument),
            given.meaning(argument, describe(layout, ops)),
        )
    };
    match layout {
        Layout::Integer(integer, order) => {
            let number = given.to_integer(argument, ops, integer.bounds(), writer)?;
            frame.write(IntegerBytes::new(number, integer, order).as_slice(), origin);
        }
        Layout::Float { bytes, order } => {
            let float = given.to_float(argument, ops, (bytes, order), writer)?;
            frame.write(float.as_slice(), origin);
        }
        Layout::Text | Layout::Hex | Layout::Data => match &given.value {
            Scalar::Text(text) => frame.write(text.as_bytes(), origin),
            Scalar::Bytes(bytes) => frame.write(bytes, origin),
            _ => {
                return Err(Error::invariant(
                    "a value that is not a text is sent as one",
                ));
            }
        },
    }
    Ok(())
}

/// A template names what its definition does not declare.
#[cold]
pub(super) fn undeclared() -> Error {
    Error::invariant("a template names what is not declared")
}

#[cold]
fn shorter() -> Error {
    Error::invariant("a frame got shorter while it was written")
}

fn not_given(argument: &Argument) -> (Origin, Meaning) {
    let origin = Origin::Default {
        argument: argument.name.clone(),
    };
    let meaning = Meaning {
        argument: Some(argument.name.clone()),
        value: Some("not given".to_owned()),
        ..Meaning::default()
    };
    (origin, meaning)
}
