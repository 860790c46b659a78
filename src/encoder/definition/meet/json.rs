//! Whether two JSON templates have a value in common.

use super::super::argument::{Argument, Kind, WireValue};
use super::super::decode::Tree;
use super::super::model::{Digits, Json, Source, Text, TextPiece, TextValue};
use super::super::variable::Variable;
use super::pattern::Pattern;
use super::text;

/// A template with what its names mean.
#[derive(Clone, Copy)]
pub(super) struct Side<'d> {
    pub(super) json: &'d Json,
    pub(super) arguments: &'d [Argument],
    pub(super) variables: &'d [Variable],
}

/// A type of JSON.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Null,
    Boolean,
    Number,
    Text,
    Array,
    Object,
}

impl Side<'_> {
    pub(super) fn meets(self, other: Side<'_>) -> bool {
        match (self.json, other.json) {
            (Json::Object(own), Json::Object(others)) => {
                self.covers(own, others, other) && other.covers_alone(others, own)
            }
            (Json::Array(own), Json::Array(others)) => {
                let is_fixed = |side: Side<'_>, items: &[Json]| {
                    items.iter().all(|json| !Side { json, ..side }.may_vanish())
                };
                if !is_fixed(self, own) || !is_fixed(other, others) {
                    return true;
                }
                let both = own.iter().zip(others);
                own.len() == others.len()
                    && both
                        .into_iter()
                        .all(|(a, b)| Side { json: a, ..self }.meets(Side { json: b, ..other }))
            }
            _ => {
                let (own, others) = (self.types(), other.types());
                own.iter().any(|it| others.contains(it)) && self.reads_alike(other)
            }
        }
    }

    /// Whether each member here meets the one of that name there, or both may do without.
    fn covers(self, own: &[(String, Json)], others: &[(String, Json)], other: Side<'_>) -> bool {
        own.iter().all(|(name, json)| {
            let here = Side { json, ..self };
            match others.iter().find(|(known, _)| known == name) {
                Some((_, json)) => {
                    let there = Side { json, ..other };
                    here.meets(there) || here.may_vanish() && there.may_vanish()
                }
                None => here.may_vanish(),
            }
        })
    }

    /// Whether what stands here alone may vanish.
    fn covers_alone(self, own: &[(String, Json)], others: &[(String, Json)]) -> bool {
        own.iter()
            .filter(|(name, _)| !others.iter().any(|(known, _)| known == name))
            .all(|(_, json)| Side { json, ..self }.may_vanish())
    }

    fn argument(&self, value: &TextValue) -> Option<&Argument> {
        match value.source {
            Source::Argument(place) => self.arguments.get(place),
            Source::Variable(_) => None,
        }
    }

    fn may_vanish(self) -> bool {
        self.json.optional_arguments(self.arguments).is_some()
    }

    fn types(&self) -> Vec<Type> {
        match self.json {
            Json::Object(_) => vec![Type::Object],
            Json::Array(_) => vec![Type::Array],
            Json::Text(_) => vec![Type::Text],
            Json::Literal(literal) => vec![match Tree::read(literal) {
                Ok(Tree::Boolean(_)) => Type::Boolean,
                Ok(Tree::Number(_)) => Type::Number,
                Ok(Tree::Text(_)) => Type::Text,
                _ => Type::Null,
            }],
            Json::Value(value) if value.is_list => vec![Type::Array],
            Json::Value(value) => match self.argument(value) {
                Some(argument) => value_types(argument, value),
                None => vec![Type::Text],
            },
        }
    }

    /// Whether both may be written alike.
    fn reads_alike(self, other: Side<'_>) -> bool {
        match (self.written(), other.written()) {
            (Some(own), Some(others)) => own.common(&others).is_some(),
            _ => true,
        }
    }

    /// What a scalar is written as, without quotes.
    fn written(self) -> Option<Pattern> {
        let pattern = |text: &Text| text::pattern(text, self.arguments, self.variables);
        match self.json {
            Json::Literal(literal) => {
                let text = match Tree::read(literal) {
                    Ok(Tree::Text(text)) => text,
                    Ok(Tree::Number(number)) => number.to_string(),
                    _ => literal.clone(),
                };
                Some(pattern(&Text(vec![TextPiece::Literal(text)])))
            }
            Json::Text(text) => Some(pattern(text)),
            Json::Value(value) if !value.is_list => {
                Some(pattern(&Text(vec![TextPiece::Value(value.clone())])))
            }
            Json::Value(_) | Json::Object(_) | Json::Array(_) => None,
        }
    }
}

fn value_types(argument: &Argument, value: &TextValue) -> Vec<Type> {
    let of_wire = |value: &WireValue| match value {
        WireValue::Number(_) => Type::Number,
        WireValue::Text(_) => Type::Text,
        WireValue::Boolean(_) => Type::Boolean,
    };
    let mut types: Vec<Type> = argument
        .choices()
        .iter()
        .map(|choice| of_wire(&choice.value))
        .collect();
    match &argument.kind {
        Kind::Boolean { on, off } => types.extend([of_wire(on), of_wire(off)]),
        Kind::Number { .. } => types.push(match value.digits {
            Digits::Decimal(_) | Digits::Hex(_) => Type::Text,
            Digits::Plain | Digits::Integer(_) => Type::Number,
        }),
        Kind::Text(_) | Kind::Bytes { .. } => types.push(Type::Text),
        Kind::Enumeration(_) => {}
    }
    types
}
