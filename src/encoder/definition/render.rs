//! Steps, texts and JSON with their values put in.

use crate::error::{Code, Error};

use super::super::{Context, Frame, Meaning, Origin, Writer};
use super::argument::{Argument, BytesFrom, Kind, MASK, Scalar, WireValue};
use super::bind::{Given, Slots};
use super::frame::{Integer, Op, Order};
use super::model::{Digits, Json, Layout, Run, Source, Step, Text, TextPiece, TextValue};
use super::value::{describe, describe_scale, fixed_value, integer_bytes, integer_name};
use super::variable::Variable;

/// All that a template needs to become bytes.
#[derive(Clone, Copy)]
pub(super) struct Renderer<'r> {
    /// The command or envelope that the constants belong to.
    pub(super) name: &'r str,
    pub(super) arguments: &'r [Argument],
    pub(super) slots: &'r Slots<'r>,
    pub(super) variables: &'r [Variable],
    pub(super) context: &'r Context<'r>,
    /// Which repetition of a group this is.
    pub(super) index: usize,
}

impl<'r> Renderer<'r> {
    /// Writes a frame; `inner` is what stands for `{*}`.
    pub(super) fn frame(
        self,
        steps: &[Step],
        inner: &mut Option<Frame>,
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        for step in steps {
            match step {
                Step::Constant(bytes) => frame.constant(self.name, bytes),
                Step::Inner => {
                    if let Some(inner) = inner.take() {
                        frame.append(inner);
                    }
                }
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
                    let mut inside = frame.another();
                    self.frame(steps, inner, &mut inside, writer)?;
                    let length = self.length(inside.bytes().len(), scale, *integer)?;
                    let bytes = integer_bytes(length, *integer, *order);
                    frame.computed(self.name, "length of what follows", &bytes);
                    frame.append(inside);
                }
                Step::Sum { algorithm, steps } => {
                    let start = frame.bytes().len();
                    self.frame(steps, inner, frame, writer)?;
                    let mut check = Vec::with_capacity(2);
                    algorithm.append(frame.bytes().get(start..).unwrap_or_default(), &mut check);
                    let how = format!(
                        "{} of {} bytes",
                        algorithm.name(),
                        frame.bytes().len() - start
                    );
                    frame.computed(self.name, &how, &check);
                }
                Step::Pad { length, with } => {
                    let missing = length.saturating_sub(frame.bytes().len());
                    frame.computed(self.name, "padding", &vec![*with; missing]);
                }
                Step::Group { arguments, steps } => {
                    let repetitions = arguments
                        .iter()
                        .map(|argument| self.slots.of(*argument).len())
                        .max();
                    for index in 0..repetitions.unwrap_or(0) {
                        Self { index, ..self }.frame(steps, inner, frame, writer)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn length(self, length: usize, ops: &[Op], integer: Integer) -> Result<i128, Error> {
        let (min, max) = integer.bounds();
        i128::try_from(length)
            .ok()
            .and_then(|length| crate::number::Rational::new(length, 1))
            .and_then(|length| super::usage::scale(length, ops))
            .and_then(crate::number::Rational::to_integer)
            .filter(|length| min <= *length && *length <= max)
            .ok_or_else(|| {
                Error::new(
                    Code::EncodeLength,
                    format!(
                        "`{}` has {length} bytes, which its length cannot say",
                        self.name
                    ),
                )
                .expected(format!("a length of {}", integer_name(integer)))
            })
    }

    fn value(
        self,
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
                None => return Ok(()),
            },
        };
        let values = self.slots.of(place);
        if values.is_empty() {
            self.absent(argument, layout, frame);
            return Ok(());
        }
        if is_list {
            for given in values {
                argument_bytes(argument, given, layout, ops, frame, writer)?;
            }
            return Ok(());
        }
        match self.given(place) {
            Some(given) => argument_bytes(argument, given, layout, ops, frame, writer),
            None => Ok(()),
        }
    }

    /// The value in this repetition, or the only one.
    fn given(self, place: usize) -> Option<&'r Given<'r>> {
        self.slots
            .at(place, self.index)
            .or_else(|| self.slots.at(place, 0))
    }

    /// The bits of an argument that was not given are zero.
    fn absent(self, argument: &Argument, layout: Layout, frame: &mut Frame) {
        let count = match layout {
            Layout::Integer(integer, _) => usize::try_from(integer.bits / 8).unwrap_or(0),
            Layout::Float { bytes, .. } => bytes,
            Layout::Text | Layout::Hex | Layout::Data => 0,
        };
        frame.write(&vec![0; count], || not_given(argument));
    }

    fn variable_bytes(self, index: usize, layout: Layout, frame: &mut Frame) -> Result<(), Error> {
        let Some(variable) = self.variables.get(index) else {
            return Ok(());
        };
        let value = variable.value(self.context)?;
        let misfit = || variable.does_not_fit(&value, &describe(layout, &[]));
        let bytes = match layout {
            Layout::Text => value.clone().into_bytes(),
            Layout::Hex | Layout::Data => hex::decode(&value).map_err(|_| misfit())?,
            Layout::Integer(integer, order) => {
                let (min, max) = integer.bounds();
                let number = value
                    .parse()
                    .ok()
                    .filter(|number| min <= *number && *number <= max);
                integer_bytes(number.ok_or_else(misfit)?, integer, order)
            }
            Layout::Float { .. } => return Err(misfit()),
        };
        frame.write(&bytes, || {
            variable_origin(variable, &value, describe(layout, &[]))
        });
        Ok(())
    }

    fn bits(
        self,
        runs: &[Run],
        reversed: bool,
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        let total: u32 = runs.iter().map(Run::width).sum();
        let count = usize::try_from(total / 8).unwrap_or(0);
        let start = frame.bytes().len();
        let mut bytes = vec![0_u8; count];
        let mut at = 0;
        for run in runs {
            let (value, argument) = self.run(run, writer)?;
            let width = usize::try_from(run.width()).unwrap_or(0);
            put_bits(&mut bytes, at, width, value);
            for piece in pieces(at, width, count, reversed) {
                let bits = start * 8 + piece.start..start * 8 + piece.end;
                frame.mark(bits, || self.run_origin(run, argument));
            }
            at += width;
        }
        if reversed {
            bytes.reverse();
        }
        frame.bytes.extend(bytes);
        Ok(())
    }

    /// The bits of a run, right-aligned, and the argument that they come from.
    fn run(self, run: &Run, writer: &mut Writer<'_>) -> Result<(u128, Option<usize>), Error> {
        let place = match run {
            Run::Constant { value, .. } => return Ok((*value, None)),
            Run::Given { argument } => {
                let is_given = !self.slots.of(*argument).is_empty();
                return Ok((u128::from(is_given), Some(*argument)));
            }
            Run::Slice { argument, .. } | Run::Value { argument, .. } => *argument,
        };
        let (Some(argument), Some(given)) = (self.arguments.get(place), self.given(place)) else {
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
            Run::Constant { .. } | Run::Given { .. } => 0,
        };
        Ok((u128::try_from(value).unwrap_or(0), Some(place)))
    }

    fn run_origin(self, run: &Run, argument: Option<usize>) -> (Origin, Meaning) {
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

    /// Writes a text.
    pub(super) fn text(
        self,
        text: &Text,
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        for piece in &text.0 {
            match piece {
                TextPiece::Literal(literal) => frame.constant(self.name, literal.as_bytes()),
                TextPiece::Value(value) => {
                    self.written(value, frame, writer, |text| Ok(text.plain()))?;
                }
            }
        }
        Ok(())
    }

    /// Writes JSON; `false` if it vanishes because nothing in it was given.
    pub(super) fn json(
        self,
        json: &Json,
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<bool, Error> {
        match json {
            Json::Object(members) => self.object(members, frame, writer),
            Json::Array(items) => {
                let mut inside = frame.another();
                for item in items {
                    let mut written = frame.another();
                    if self.json(item, &mut written, writer)? {
                        self.separate(&mut inside);
                        inside.append(written);
                    }
                }
                frame.constant(self.name, b"[");
                frame.append(inside);
                frame.constant(self.name, b"]");
                Ok(true)
            }
            Json::Literal(literal) => {
                frame.constant(self.name, literal.as_bytes());
                Ok(true)
            }
            Json::Value(value) if value.is_list => self.json_list(value, frame, writer),
            Json::Value(value) => self.written(value, frame, writer, Written::json),
            Json::Text(text) => {
                // The text is escaped piece by piece, so that each piece keeps its origin.
                frame.constant(self.name, b"\"");
                for piece in &text.0 {
                    match piece {
                        TextPiece::Literal(literal) => {
                            frame.constant(self.name, escaped(literal)?.as_bytes());
                        }
                        TextPiece::Value(value) => {
                            self.written(value, frame, writer, |text| escaped(&text.plain()))?;
                        }
                    }
                }
                frame.constant(self.name, b"\"");
                Ok(true)
            }
        }
    }

    fn object(
        self,
        members: &[(String, Json)],
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<bool, Error> {
        let mut inside = frame.another();
        for (key, value) in members {
            let mut written = frame.another();
            if self.json(value, &mut written, writer)? {
                self.separate(&mut inside);
                inside.constant(self.name, format!("\"{}\":", escaped(key)?).as_bytes());
                inside.append(written);
            }
        }
        if inside.bytes().is_empty() && !members.is_empty() {
            return Ok(false);
        }
        frame.constant(self.name, b"{");
        frame.append(inside);
        frame.constant(self.name, b"}");
        Ok(true)
    }

    fn json_list(
        self,
        value: &TextValue,
        frame: &mut Frame,
        writer: &mut Writer<'_>,
    ) -> Result<bool, Error> {
        let Source::Argument(place) = value.source else {
            return Ok(false);
        };
        let count = self.slots.of(place).len();
        if count == 0 {
            return Ok(false);
        }
        let mut inside = frame.another();
        for index in 0..count {
            self.separate(&mut inside);
            Self { index, ..self }.written(value, &mut inside, writer, Written::json)?;
        }
        frame.constant(self.name, b"[");
        frame.append(inside);
        frame.constant(self.name, b"]");
        Ok(true)
    }

    fn separate(self, inside: &mut Frame) {
        if !inside.bytes().is_empty() {
            inside.constant(self.name, b",");
        }
    }

    /// Writes one value in the form that `form` gives it; `false` if it was not given.
    fn written(
        self,
        value: &TextValue,
        frame: &mut Frame,
        writer: &mut Writer<'_>,
        form: impl FnOnce(Written) -> Result<String, Error>,
    ) -> Result<bool, Error> {
        match value.source {
            Source::Variable(index) => {
                let Some(variable) = self.variables.get(index) else {
                    return Ok(false);
                };
                let plain = variable.value(self.context)?;
                let text = form(Written::Text(plain.clone()))?;
                frame.write(text.as_bytes(), || {
                    variable_origin(variable, &plain, "text".to_owned())
                });
                Ok(true)
            }
            Source::Argument(place) => {
                let (Some(argument), Some(given)) = (self.arguments.get(place), self.given(place))
                else {
                    return Ok(false);
                };
                let text = form(written(argument, given, value, writer)?)?;
                frame.write(text.as_bytes(), || {
                    let wire = "text".to_owned() + &describe_scale(&value.scale);
                    (given.origin(argument), given.meaning(argument, wire))
                });
                Ok(true)
            }
        }
    }
}

/// A value as it is written in a text or in JSON.
enum Written {
    Number(String),
    Boolean(bool),
    Text(String),
}

impl Written {
    fn plain(self) -> String {
        match self {
            Self::Number(text) | Self::Text(text) => text,
            Self::Boolean(value) => value.to_string(),
        }
    }

    fn json(self) -> Result<String, Error> {
        match self {
            Self::Number(text) => Ok(text),
            Self::Boolean(value) => Ok(value.to_string()),
            Self::Text(text) => Ok(format!("\"{}\"", escaped(&text)?)),
        }
    }
}

fn written(
    argument: &Argument,
    given: &Given<'_>,
    value: &TextValue,
    writer: &mut Writer<'_>,
) -> Result<Written, Error> {
    if let Some(fixed) = fixed_value(argument, &given.value) {
        return Ok(match fixed {
            WireValue::Number(number) => Written::Number(number.to_string()),
            WireValue::Boolean(value) => Written::Boolean(*value),
            WireValue::Text(text) => Written::Text(text.clone()),
        });
    }
    Ok(match &given.value {
        Scalar::Text(text) => Written::Text(text.clone().into_owned()),
        Scalar::Bytes(bytes)
            if matches!(
                argument.kind,
                Kind::Bytes {
                    from: BytesFrom::Data,
                    ..
                }
            ) =>
        {
            Written::Text(crate::senml::data_text(bytes))
        }
        Scalar::Bytes(bytes) => Written::Text(hex::encode_upper(bytes)),
        _ => number(argument, given, value, writer)?,
    })
}

fn number(
    argument: &Argument,
    given: &Given<'_>,
    value: &TextValue,
    writer: &mut Writer<'_>,
) -> Result<Written, Error> {
    let ops = &value.scale;
    let bounds = (i128::from(i64::MIN), i128::from(u64::MAX));
    Ok(match value.digits {
        Digits::Plain => Written::Number(given.to_decimal(argument, ops)?.to_string()),
        Digits::Integer(integer) => {
            let number = given.to_integer(argument, ops, integer.bounds(), writer)?;
            Written::Number(number.to_string())
        }
        Digits::Decimal(count) => {
            let number = given.to_integer(argument, ops, bounds, writer)?;
            Written::Text(format!("{number:0count$}"))
        }
        Digits::Hex(count) => {
            let number = given.to_integer(argument, ops, bounds, writer)?;
            Written::Text(format!("{number:0count$X}"))
        }
    })
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
            frame.write(&integer_bytes(number, integer, order), origin);
        }
        Layout::Float { bytes, order } => {
            let mut float = given.to_float(argument, ops, bytes, writer)?;
            if order == Order::Little {
                float.reverse();
            }
            frame.write(&float, origin);
        }
        Layout::Text | Layout::Hex | Layout::Data => match &given.value {
            Scalar::Text(text) => frame.write(text.as_bytes(), origin),
            Scalar::Bytes(bytes) => frame.write(bytes, origin),
            _ => {}
        },
    }
    Ok(())
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

fn variable_origin(variable: &Variable, value: &str, wire: String) -> (Origin, Meaning) {
    let shown = if variable.is_secret {
        MASK.to_owned()
    } else {
        crate::error::quote(value)
    };
    let meaning = Meaning {
        argument: Some(format!("${}", variable.name)),
        value: Some(shown),
        wire: Some(wire),
        secret: variable.is_secret,
        ..Meaning::default()
    };
    (
        Origin::Variable {
            variable: variable.name.clone(),
        },
        meaning,
    )
}

/// A text between the quotes of JSON.
fn escaped(text: &str) -> Result<String, Error> {
    let quoted = serde_json::to_string(text)
        .map_err(|error| Error::new(Code::JsonSyntax, error.to_string()))?;
    Ok(quoted
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or_default()
        .to_owned())
}

/// Puts the lowest `width` bits of a value at a place, most significant bit first.
fn put_bits(bytes: &mut [u8], at: usize, width: usize, value: u128) {
    for bit in 0..width {
        let is_set = value >> (width - 1 - bit) & 1 == 1;
        if let Some(byte) = bytes.get_mut((at + bit) / 8).filter(|_| is_set) {
            *byte |= 0x80 >> ((at + bit) % 8);
        }
    }
}

/// Where bits come to lie once the bytes are turned round, if they are.
fn pieces(at: usize, width: usize, bytes: usize, reversed: bool) -> Vec<std::ops::Range<usize>> {
    if !reversed {
        return vec![at..at + width];
    }
    let mut pieces = Vec::new();
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
