//! From a template as it is written to the steps that encoding takes.

use crate::error::{Code, Error, quote};

use super::argument::Argument;
use super::flatten::JsonTemplate;
use super::frame::{Bit, Field, Integer, Item, Order, Wire};
use super::limits::FRAME_BYTES;
use super::model::{Digits, Json, Layout, Run, Source, Step, Template, Text, TextPiece, TextValue};
use super::template::{Raw, RawJson, RawPiece};
use super::usage::BYTE;
use super::variable::Variable;

/// What the names in a template mean.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'d> {
    pub(super) arguments: &'d [Argument],
    pub(super) variables: &'d [Variable],
    pub(super) order: Order,
    /// Whether this is what others are wrapped in.
    pub(super) is_envelope: bool,
}

impl Scope<'_> {
    /// Resolves all names; errors are placed by the caller.
    pub(super) fn template(self, raw: &Raw) -> Result<Template, Error> {
        match raw {
            Raw::Frame(items) => self.frame(items).map(Template::Frame),
            Raw::Text(pieces) => self.text(pieces).map(Template::Text),
            Raw::Json(json) => {
                let tree = self.json(json)?;
                Ok(Template::Json(JsonTemplate::new(tree, self.arguments)))
            }
        }
    }

    pub(super) fn frame(self, items: &[Item]) -> Result<Vec<Step>, Error> {
        let count = |is: fn(&Item) -> bool| items.iter().map(|item| deep_count(item, is)).sum();
        let inner: usize = count(|item| matches!(item, Item::Inner));
        let groups: usize = count(|item| matches!(item, Item::Group(_)));
        if inner != usize::from(self.is_envelope) {
            return Err(
                fault("`{*}` must occur once in an envelope, and nowhere else")
                    .hint("put `{*}` where the commands go, only in `[envelopes...]`"),
            );
        }
        if groups > 1 {
            return Err(fault("a frame has at most one group")
                .hint("make two commands of it, or one group"));
        }
        self.steps(items)
    }

    fn steps(self, items: &[Item]) -> Result<Vec<Step>, Error> {
        let open_ended = items.iter().filter(|item| self.is_open_ended(item)).count();
        if open_ended > 1 {
            return Err(Error::new(
                Code::DefinitionOpenEnded,
                "more than one item here takes all remaining bytes",
            )
            .hint("give all but one of them a fixed length, or precede it with `len:`"));
        }
        items.iter().map(|item| self.step(item)).collect()
    }

    /// Whether the length of the item cannot be told from the definition.
    fn is_open_ended(self, item: &Item) -> bool {
        match item {
            Item::Inner | Item::Group(_) => true,
            Item::Field(field) => {
                let is_fixed_text = self
                    .arguments
                    .iter()
                    .any(|argument| argument.name == field.name && argument.has_fixed_length());
                let is_open = matches!(
                    layout(field, self.order),
                    Some(Layout::Text | Layout::Hex | Layout::Data)
                );
                field.is_list || is_open && !is_fixed_text
            }
            Item::Sum { items, .. } => items.iter().any(|item| self.is_open_ended(item)),
            Item::Bytes(_) | Item::Bits { .. } | Item::Length { .. } | Item::Pad { .. } => false,
        }
    }

    fn step(self, item: &Item) -> Result<Step, Error> {
        Ok(match item {
            Item::Bytes(bytes) => Step::Constant(bytes.clone()),
            Item::Inner => Step::Inner,
            Item::Field(field) => Step::Value {
                source: self.source(field)?,
                layout: layout(field, self.order).ok_or_else(digits_in_a_frame)?,
                scale: field.ops.clone(),
                is_list: field.is_list,
            },
            Item::Bits { bits, reversed } => Step::Bits {
                runs: self.runs(bits)?,
                reversed: *reversed,
            },
            Item::Length {
                integer,
                order,
                scale,
                items,
            } => Step::Length {
                integer: *integer,
                order: order.unwrap_or(self.order),
                scale: scale.clone(),
                steps: self.steps(items)?,
            },
            Item::Sum { algorithm, items } => Step::Sum {
                algorithm: *algorithm,
                steps: self.steps(items)?,
            },
            Item::Pad { length, with } => {
                if *length > FRAME_BYTES {
                    return Err(fault("a frame is at most 242 bytes long")
                        .expected(format!("a padding to at most {FRAME_BYTES}")));
                }
                Step::Pad {
                    length: *length,
                    with: *with,
                }
            }
            Item::Group(items) => Step::Group {
                arguments: self.grouped(items)?,
                steps: self.steps(items)?,
            },
        })
    }

    /// The arguments that stand in a group.
    fn grouped(self, items: &[Item]) -> Result<Vec<usize>, Error> {
        let mut usages = super::usage::Usages::default();
        usages.add_frame(items);
        if usages.0.is_empty() {
            return Err(fault("a group repeats no argument").expected("an argument in the group"));
        }
        usages
            .0
            .iter()
            .map(|usage| self.argument(&usage.name))
            .collect()
    }

    fn runs(self, bits: &[Bit]) -> Result<Vec<Run>, Error> {
        let runs: Vec<_> = bits
            .iter()
            .map(|bit| self.run(bit))
            .collect::<Result<_, _>>()?;
        let width: u32 = runs.iter().map(Run::width).sum();
        if width % 8 == 0 {
            return Ok(runs);
        }
        let missing = 8 - width % 8;
        let error = Error::new(
            Code::DefinitionWidth,
            format!("the bits are {width}, expected whole bytes"),
        );
        Err(error.hint(format!("fill up with a constant, such as `0:{missing}`")))
    }

    fn run(self, bit: &Bit) -> Result<Run, Error> {
        Ok(match bit {
            Bit::Constant { value, width } => {
                if *value >= 1_u128 << width {
                    return Err(Error::new(
                        Code::DefinitionWidth,
                        format!("{value} does not fit {width} bits"),
                    )
                    .expected(format!("0 to {}", (1_u128 << width) - 1)));
                }
                Run::Constant {
                    value: *value,
                    width: *width,
                }
            }
            Bit::Flag { name, .. } => Run::Value {
                argument: self.argument(name)?,
                is_signed: false,
                width: 1,
                scale: Vec::new(),
            },
            Bit::Given { name, .. } => Run::Given {
                argument: self.argument(name)?,
            },
            Bit::Slice {
                name, high, low, ..
            } => Run::Slice {
                argument: self.argument(name)?,
                low: *low,
                width: high.saturating_sub(*low).saturating_add(1),
            },
            Bit::Value {
                name,
                is_signed,
                width,
                ops,
                ..
            } => Run::Value {
                argument: self.argument(name)?,
                is_signed: *is_signed,
                width: *width,
                scale: ops.clone(),
            },
        })
    }

    pub(super) fn text(self, pieces: &[RawPiece]) -> Result<Text, Error> {
        let piece = |piece: &RawPiece| match piece {
            RawPiece::Literal(text) => Ok(TextPiece::Literal(text.clone())),
            RawPiece::Field(field) if field.is_list => Err(fault("a list has no form in a text")),
            RawPiece::Field(field) => self.text_value(field).map(TextPiece::Value),
        };
        pieces.iter().map(piece).collect::<Result<_, _>>().map(Text)
    }

    fn json(self, json: &RawJson) -> Result<Json, Error> {
        Ok(match json {
            RawJson::Object(members) => {
                let member =
                    |(name, value): &(String, RawJson)| Ok((name.clone(), self.json(value)?));
                Json::Object(members.iter().map(member).collect::<Result<_, Error>>()?)
            }
            RawJson::Array(items) => Json::Array(
                items
                    .iter()
                    .map(|item| self.json(item))
                    .collect::<Result<_, _>>()?,
            ),
            RawJson::Literal(text) => Json::Literal(text.clone()),
            RawJson::Field(field) => Json::Value(self.text_value(field)?),
            RawJson::Text(pieces) => Json::Text(self.text(pieces)?),
        })
    }

    fn text_value(self, field: &Field) -> Result<TextValue, Error> {
        let digits = match field.wire {
            Some(Wire::Integer(integer, None)) => Digits::Integer(integer),
            Some(Wire::DecimalDigits(count)) => Digits::Decimal(count),
            Some(Wire::HexDigits(count)) => Digits::Hex(count),
            Some(Wire::Integer(_, Some(_)) | Wire::Float { order: Some(_), .. }) => {
                return Err(fault("a text has no byte order"));
            }
            _ => Digits::Plain,
        };
        Ok(TextValue {
            source: self.source(field)?,
            digits,
            scale: field.ops.clone(),
            is_list: field.is_list,
        })
    }

    pub(super) fn source(self, field: &Field) -> Result<Source, Error> {
        if !field.is_variable {
            return self.argument(&field.name).map(Source::Argument);
        }
        if field.is_list {
            let expected = format!("`{{${}}}`", field.name);
            return Err(fault("a variable is a single value, not a list").expected(expected));
        }
        let index = self
            .variables
            .iter()
            .position(|variable| variable.name == field.name);
        index.map(Source::Variable).ok_or_else(|| {
            let known = self.variables.iter().map(|variable| variable.name.as_str());
            undeclared("variable", &field.name, known)
                .expected(format!("`{}` under `[variables]`", field.name))
        })
    }

    fn argument(self, name: &str) -> Result<usize, Error> {
        let index = self
            .arguments
            .iter()
            .position(|argument| argument.name == name);
        index.ok_or_else(|| {
            let known = self.arguments.iter().map(|argument| argument.name.as_str());
            undeclared("argument", name, known)
        })
    }
}

fn deep_count(item: &Item, is: fn(&Item) -> bool) -> usize {
    let inside = match item {
        Item::Length { items, .. } | Item::Sum { items, .. } | Item::Group(items) => {
            items.iter().map(|item| deep_count(item, is)).sum()
        }
        _ => 0,
    };
    usize::from(is(item)) + inside
}

/// What a field of a frame is there; `None` for digits, which only texts have.
fn layout(field: &Field, order: Order) -> Option<Layout> {
    Some(match field.wire {
        None | Some(Wire::Boolean) => Layout::Integer(BYTE, order),
        Some(Wire::DecimalDigits(_) | Wire::HexDigits(_)) => return None,
        Some(Wire::Integer(integer, own)) => {
            Layout::Integer(Integer { ..integer }, own.unwrap_or(order))
        }
        Some(Wire::Float { bytes, order: own }) => Layout::Float {
            bytes,
            order: own.unwrap_or(order),
        },
        Some(Wire::Ascii | Wire::Utf8) => Layout::Text,
        Some(Wire::Hex) => Layout::Hex,
        Some(Wire::Bytes) => Layout::Data,
    })
}

fn digits_in_a_frame() -> Error {
    fault("`dec` and `hex` with a width are digits of a text, and a frame has bytes")
        .expected("an integer such as `u8`, or `hex` without a width")
        .hint("send the command with `text` if the device takes text")
}

fn fault(message: &str) -> Error {
    Error::new(Code::DefinitionFrame, message)
}

fn undeclared<'k>(what: &str, name: &str, known: impl Iterator<Item = &'k str>) -> Error {
    let message = format!("the {what} `{}` is not declared", quote(name));
    Error::new(Code::DefinitionUndeclared, message).suggest_name(name, known)
}
