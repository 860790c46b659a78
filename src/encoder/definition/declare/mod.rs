//! Reads what a definition says of an argument, and joins it with how the template uses it.

mod keys;

use std::collections::BTreeMap;

use crate::document::Node;
use crate::error::{Code, Error, quote};
use crate::number::Rational;
use crate::senml::unit::Conversion;

use super::argument::{
    Argument, BytesFrom, Choice, Kind, LengthRule, Ranges, Shape, TextRule, WireValue,
};
use super::limits::{LIST_ITEMS, TEXT_BYTES};
use super::usage::{Content, Usage};
use keys::{
    bound, check_ratio, count, default, flag, length, named_choices, ranges, text, truth, unit,
};

pub(super) use keys::enumeration;

/// The named enumerations of a definition.
pub(super) type Enumerations = BTreeMap<String, Vec<Choice>>;

/// What all arguments of a definition share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surroundings<'d> {
    pub(super) enumerations: &'d Enumerations,
    /// Characters that a text value may not hold.
    pub(super) separators: &'d str,
    /// Whether values stand in text, where a boolean has no form of its own.
    pub(super) is_text: bool,
}

/// The keys of one argument, as far as they stand alone.
struct Declared<'d> {
    offset: usize,
    title: Option<String>,
    type_name: Option<(&'d str, Node<'d>)>,
    unit: Option<(&'d str, Node<'d>)>,
    choices: Option<Vec<Choice>>,
    truth: Option<(WireValue, WireValue)>,
    min: Option<(Rational, Node<'d>)>,
    max: Option<(Rational, Node<'d>)>,
    ranges: Option<(Vec<(Rational, Rational)>, Node<'d>)>,
    default: Option<Node<'d>>,
    needs: Option<Node<'d>>,
    is_optional: bool,
    is_secret: bool,
    is_exact: bool,
    length: (Option<usize>, Option<usize>),
    items: (Option<usize>, Option<usize>),
    allow: String,
}

/// Makes the argument of this name from its declaration and its uses.
///
/// What it needs is resolved when all arguments of its command are known.
pub(super) fn argument<'d>(
    name: &str,
    declaration: Option<Node<'d>>,
    usage: &Usage,
    surroundings: Surroundings<'_>,
) -> Result<(Argument, Option<Node<'d>>), Error> {
    let declared = match declaration {
        Some(node) => Declared::read(node, surroundings.enumerations)?,
        None => Declared::empty(),
    };
    let kind = declared.kind(name, usage, surroundings)?;
    declared.check_float(name, &kind, usage)?;
    declared.check_counts(name)?;
    let mut argument = Argument {
        name: name.to_owned(),
        title: declared.title.clone(),
        conversions: declared.unit.map_or_else(Vec::new, conversions),
        unit: declared.unit.map(|(symbol, _)| symbol.to_owned()),
        kind,
        default: None,
        is_optional: declared.is_optional || usage.may_be_missing,
        is_secret: declared.is_secret,
        is_exact: declared.is_exact,
        may_round: declared.may_round(usage),
        step: usage.step(),
        shape: declared.shape(usage),
        needs: Vec::new(),
    };
    if let Some(node) = declared.default {
        argument.default = Some(default(node, &argument)?);
    }
    Ok((argument, declared.needs))
}

fn conversions((unit, _): (&str, Node<'_>)) -> Vec<(&'static str, Conversion)> {
    Conversion::all_to(unit).collect()
}

impl<'d> Declared<'d> {
    fn empty() -> Self {
        Self {
            offset: 0,
            title: None,
            type_name: None,
            unit: None,
            choices: None,
            truth: None,
            min: None,
            max: None,
            ranges: None,
            default: None,
            needs: None,
            is_optional: false,
            is_secret: false,
            is_exact: false,
            length: (None, None),
            items: (None, None),
            allow: String::new(),
        }
    }

    fn read(node: Node<'d>, enumerations: &Enumerations) -> Result<Self, Error> {
        let mut table = node.table()?;
        let declared = Self {
            offset: node.offset(),
            title: text(&mut table, "title")?,
            type_name: table
                .optional("type")
                .map(|node| node.string().map(|name| (name, node)))
                .transpose()?,
            unit: unit(&mut table)?,
            choices: named_choices(&mut table, enumerations)?,
            truth: truth(&mut table)?,
            min: bound(&mut table, "min")?,
            max: bound(&mut table, "max")?,
            ranges: ranges(&mut table)?,
            default: table.optional("default"),
            needs: table.optional("needs"),
            is_optional: flag(&mut table, "optional")?,
            is_secret: flag(&mut table, "secret")?,
            is_exact: flag(&mut table, "exact")?,
            length: length(&mut table)?,
            items: (
                count(&mut table, "min_items")?,
                count(&mut table, "max_items")?,
            ),
            allow: text(&mut table, "allow")?.unwrap_or_default(),
        };
        table.finish()?;
        Ok(declared)
    }

    /// What stands for a name or a boolean is an integer, which is no float.
    fn check_float(&self, name: &str, kind: &Kind, usage: &Usage) -> Result<(), Error> {
        let is_plain = matches!(kind, Kind::Number { specials, .. } if specials.is_empty());
        if !usage.is_float || is_plain {
            return Ok(());
        }
        Err(self
            .refuse(
                Code::DefinitionType,
                format!("`{name}` is sent as a float, which has neither names nor booleans"),
            )
            .expected("a number without `enum`")
            .hint("give a special value a separate command with constant bytes"))
    }

    /// Lengths and items that no value has.
    fn check_counts(&self, name: &str) -> Result<(), Error> {
        let counts = [("bytes", self.length), ("items", self.items)];
        for (what, (min, max)) in counts {
            if let (Some(min), Some(max)) = (min, max) {
                if min > max {
                    return Err(self
                        .refuse(
                            Code::DefinitionValue,
                            format!("`{name}` has at least {min} and at most {max} {what}"),
                        )
                        .hint("swap the two"));
                }
            }
        }
        Ok(())
    }

    fn refuse(&self, code: Code, message: impl Into<String>) -> Error {
        Error::new(code, message).at_offset(self.offset)
    }

    /// Whether its place may take a fraction, rounded.
    fn may_round(&self, usage: &Usage) -> bool {
        self.unit.is_some() || usage.is_scaled || usage.is_float
    }

    fn is_bounded(&self) -> bool {
        self.min.is_some() || self.max.is_some() || self.ranges.is_some() || self.unit.is_some()
    }

    fn kind(
        &self,
        name: &str,
        usage: &Usage,
        surroundings: Surroundings<'_>,
    ) -> Result<Kind, Error> {
        match self.content(usage)? {
            Content::Boolean => self.boolean(name, usage, surroundings.is_text),
            Content::Text { is_ascii } => Ok(Kind::Text(TextRule::new(
                is_ascii,
                self.length_rule(),
                self.separators(surroundings.separators),
            ))),
            Content::Bytes(from) => Ok(Kind::Bytes {
                from,
                length: self.length_rule(),
            }),
            Content::Number => {
                if let (Some(choices), false) = (&self.choices, self.is_bounded()) {
                    self.check_choices(choices, usage)?;
                    return Ok(Kind::Enumeration(choices.clone()));
                }
                let specials = self.choices.clone().unwrap_or_default();
                self.check_choices(&specials, usage)?;
                let ranges = self.number_ranges(name, usage)?;
                if let Some(unit) = self.unit {
                    check_ratio(unit, &ranges)?;
                }
                Ok(Kind::Number { ranges, specials })
            }
        }
    }

    /// What the declaration says it is, else what the template does.
    fn content(&self, usage: &Usage) -> Result<Content, Error> {
        let declared = match self.type_name {
            None if self.truth.is_some() => Some(Content::Boolean),
            None => None,
            Some(("number", _)) => Some(Content::Number),
            Some(("boolean", _)) => Some(Content::Boolean),
            Some(("text", _)) => Some(Content::Text { is_ascii: false }),
            Some(("bytes", _)) => Some(Content::Bytes(BytesFrom::Data)),
            Some((other, node)) => {
                return Err(node
                    .refuse(
                        Code::DefinitionValue,
                        format!("`{}` is not a valid type", quote(other)),
                    )
                    .expected("`number`, `boolean`, `text` or `bytes`"));
            }
        };
        match (declared, usage.content) {
            (Some(declared), None) => Ok(declared),
            (Some(Content::Text { .. }), Some(used @ Content::Text { .. }))
            | (Some(Content::Bytes(_)), Some(used @ Content::Bytes(_))) => Ok(used),
            (Some(declared), Some(used)) if declared == used => Ok(declared),
            (Some(Content::Boolean), Some(Content::Number)) => Ok(Content::Boolean),
            (Some(_), Some(_)) => Err(self.refuse(
                Code::DefinitionType,
                "the type of the argument and that of its place differ",
            )),
            (None, Some(Content::Boolean)) if self.choices.is_some() || self.is_bounded() => {
                Ok(Content::Number)
            }
            (None, used) => Ok(used.unwrap_or(Content::Number)),
        }
    }

    fn boolean(&self, name: &str, usage: &Usage, is_text: bool) -> Result<Kind, Error> {
        match &self.truth {
            Some((on, off)) => {
                self.check_value("true", on, usage)?;
                self.check_value("false", off, usage)?;
                Ok(Kind::Boolean {
                    on: on.clone(),
                    off: off.clone(),
                })
            }
            None if is_text => Err(self
                .refuse(
                    Code::DefinitionMissingKey,
                    format!("`{name}` is a boolean in text, which has no standard form"),
                )
                .expected("`true = ...` and `false = ...` at the argument")),
            None => Ok(Kind::Boolean {
                on: WireValue::Boolean(true),
                off: WireValue::Boolean(false),
            }),
        }
    }

    fn separators(&self, usual: &str) -> String {
        usual
            .chars()
            .filter(|character| !self.allow.contains(*character))
            .collect()
    }

    fn length_rule(&self) -> LengthRule {
        let (min, max) = self.length;
        LengthRule {
            min: min.unwrap_or(1),
            max: max.unwrap_or(TEXT_BYTES),
        }
    }

    fn shape(&self, usage: &Usage) -> Shape {
        if usage.is_grouped {
            return Shape::Grouped;
        }
        if !usage.is_list {
            return Shape::Single;
        }
        let (min, max) = self.items;
        Shape::List {
            min: min.unwrap_or(1),
            max: max.unwrap_or(LIST_ITEMS),
        }
    }

    fn check_choices(&self, choices: &[Choice], usage: &Usage) -> Result<(), Error> {
        let mut choices = choices.iter();
        choices.try_for_each(|choice| self.check_value(&choice.name, &choice.value, usage))
    }

    /// Refuses what is sent for a name or a boolean where its places do not hold it.
    fn check_value(&self, name: &str, value: &WireValue, usage: &Usage) -> Result<(), Error> {
        let Some((min, max)) = usage.wire_bounds else {
            return Ok(());
        };
        let fits = match value.to_integer() {
            Some(integer) => min <= integer && integer <= max,
            // In a text a word is written instead of digits, but digits have no fraction.
            None => !usage.is_binary && !matches!(value, WireValue::Number(_)),
        };
        if fits {
            return Ok(());
        }
        let message = format!("the value of `{name}` does not fit its place on the wire");
        Err(self
            .refuse(Code::DefinitionWidth, message)
            .expected(format!("an integer from {min} to {max}")))
    }

    /// The declared ranges, or all that the wire holds.
    fn number_ranges(&self, name: &str, usage: &Usage) -> Result<Ranges, Error> {
        let held = usage.capacity;
        let declared = match &self.ranges {
            Some((ranges, _)) => ranges.clone(),
            None => {
                let (least, most) = held;
                vec![(
                    self.min.map_or(least, |(min, _)| min),
                    self.max.map_or(most, |(max, _)| max),
                )]
            }
        };
        for (min, max) in &declared {
            if min > max {
                let message = format!("`{name}` is at least {min} and at most {max}");
                let error = self.refuse(Code::DefinitionValue, message);
                return Err(error.hint("swap the two"));
            }
            let is_held = |bound: Rational| {
                (held.0 <= bound && bound <= held.1)
                    || (self.may_round(usage) && usage.holds_rounded(bound))
            };
            if !is_held(*min) || !is_held(*max) {
                let expected = Ranges(vec![held]).describe();
                return Err(self
                    .refuse(
                        Code::DefinitionWidth,
                        format!(
                            "`{name}` is {} here, but its place holds {expected}",
                            Ranges(vec![(*min, *max)]).describe()
                        ),
                    )
                    .expected(expected));
            }
        }
        Ok(Ranges(declared))
    }
}
