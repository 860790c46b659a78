//! The keys of an argument, one by one.

use std::borrow::Cow;

use crate::document::{Name, Node, Table};
use crate::error::{Code, Error, quote};
use crate::number::Rational;
use crate::senml::unit::Unit;

use super::super::argument::{Argument, Choice, Kind, Ranges, Scalar, WireValue, one_of};
use super::Enumerations;

/// The unit that looks like a percentage.
const RATIO: &str = "%";

pub(super) fn text(table: &mut Table<'_>, key: &'static str) -> Result<Option<String>, Error> {
    table
        .optional(key)
        .map(|node| node.string().map(str::to_owned))
        .transpose()
}

/// A unit that records can be converted to.
pub(super) fn unit<'d>(table: &mut Table<'d>) -> Result<Option<(&'d str, Node<'d>)>, Error> {
    let Some(node) = table.optional("unit") else {
        return Ok(None);
    };
    let symbol = node.string()?;
    if Unit::find(symbol).is_some() {
        return Ok(Some((symbol, node)));
    }
    let error = node
        .refuse(
            Code::DefinitionValue,
            format!("`{}` is not a valid unit", quote(symbol)),
        )
        .expected("the symbol of a unit of SenML, such as `s`, `min` or `Cel`");
    Err(error.suggest_key(symbol, Unit::all().map(Unit::symbol)))
}

/// `%` is a ratio in SenML, where 1 is the whole (RFC 8428 section 12.1, note 2): taken for a
/// percentage, it would make 1 of 100.
pub(super) fn check_ratio((symbol, node): (&str, Node<'_>), ranges: &Ranges) -> Result<(), Error> {
    let (least, most) = (Rational::from(-1_i64), Rational::from(1_i64));
    let is_ratio = |(min, max): &(Rational, Rational)| least <= *min && *max <= most;
    if symbol != RATIO || ranges.0.iter().all(is_ratio) {
        return Ok(());
    }
    Err(node
        .refuse(
            Code::DefinitionValue,
            "the unit `%` is a ratio, where 1 is the whole, but the argument goes beyond 1",
        )
        .expected("numbers up to 1, or another unit")
        .found(ranges.describe())
        .hint("a percentage is `/100`; of humidity it is `%RH`, of a battery's level `%EL`"))
}

pub(super) fn flag(table: &mut Table<'_>, key: &'static str) -> Result<bool, Error> {
    table.optional(key).map_or(Ok(false), Node::boolean)
}

pub(super) fn count(table: &mut Table<'_>, key: &'static str) -> Result<Option<usize>, Error> {
    table.optional(key).map(Node::count).transpose()
}

/// `len` says both bounds at once.
pub(super) fn length(table: &mut Table<'_>) -> Result<(Option<usize>, Option<usize>), Error> {
    let exactly = count(table, "len")?;
    let (min, max) = (count(table, "min_len")?, count(table, "max_len")?);
    Ok((exactly.or(min), exactly.or(max)))
}

pub(super) fn rational(node: Node<'_>) -> Result<Rational, Error> {
    Rational::from_decimal(node.decimal()?)
        .ok_or_else(|| node.refuse(Code::DefinitionValue, "the number is too large or too fine"))
}

pub(super) fn bound<'d>(
    table: &mut Table<'d>,
    key: &'static str,
) -> Result<Option<(Rational, Node<'d>)>, Error> {
    table
        .optional(key)
        .map(|node| Ok((rational(node)?, node)))
        .transpose()
}

pub(super) type ReadRanges<'d> = Option<(Vec<(Rational, Rational)>, Node<'d>)>;

/// `ranges = [[0, 0], [60, 86400]]`, or `values = [1, 2, 5]`.
pub(super) fn ranges<'d>(table: &mut Table<'d>) -> Result<ReadRanges<'d>, Error> {
    let values = table.optional("values");
    let ranges = table.optional("ranges");
    let (node, is_values) = match (ranges, values) {
        (None, None) => return Ok(None),
        (Some(node), None) => (node, false),
        (None, Some(node)) => (node, true),
        (Some(_), Some(node)) => {
            return Err(node.refuse(
                Code::DefinitionValue,
                "`ranges` and `values` exclude each other",
            ));
        }
    };
    let pair = |item: Node<'d>| {
        if is_values {
            return rational(item).map(|value| (value, value));
        }
        match item.array()?.as_slice() {
            [min, max] => Ok((rational(*min)?, rational(*max)?)),
            _ => Err(item.refuse(Code::DefinitionValue, "a range is `[min, max]`")),
        }
    };
    let mut pairs: Vec<_> = node
        .array()?
        .into_iter()
        .map(pair)
        .collect::<Result<_, _>>()?;
    if pairs.is_empty() {
        return Err(node.refuse(Code::DefinitionValue, "no value is allowed"));
    }
    pairs.sort_unstable();
    Ok(Some((pairs, node)))
}

/// `true = 0xFF00, false = 0`: both or none.
pub(super) fn truth(table: &mut Table<'_>) -> Result<Option<(WireValue, WireValue)>, Error> {
    match (table.optional("true"), table.optional("false")) {
        (None, None) => Ok(None),
        (Some(on), Some(off)) => Ok(Some((wire_value(on)?, wire_value(off)?))),
        (Some(one), None) | (None, Some(one)) => Err(one.refuse(
            Code::DefinitionMissingKey,
            "`true` and `false` must be given together",
        )),
    }
}

/// A value that is sent as it stands.
fn wire_value(node: Node<'_>) -> Result<WireValue, Error> {
    if let Ok(text) = node.string() {
        return Ok(WireValue::Text(text.to_owned()));
    }
    if let Ok(value) = node.boolean() {
        return Ok(WireValue::Boolean(value));
    }
    node.decimal().map(WireValue::Number)
}

/// An enumeration by its name, or written in place.
fn choices(node: Node<'_>, enumerations: &Enumerations) -> Result<Vec<Choice>, Error> {
    if node.is_table() {
        return enumeration(node);
    }
    let name = node.string()?;
    if let Some(choices) = enumerations.get(name) {
        return Ok(choices.clone());
    }
    let known = || enumerations.keys().map(String::as_str);
    let error = node
        .refuse(
            Code::DefinitionUndeclared,
            format!("unknown enumeration `{}`", quote(name)),
        )
        .expected(one_of(known()));
    Err(error.suggest_name(name, known()))
}

/// The names of an argument, with those marked that `once` lists.
pub(super) fn named_choices(
    table: &mut Table<'_>,
    enumerations: &Enumerations,
) -> Result<Option<Vec<Choice>>, Error> {
    let names = table.optional("enum");
    let mut names = names.map(|node| choices(node, enumerations)).transpose()?;
    if let Some(node) = table.optional("once") {
        mark_once(node, names.as_deref_mut().unwrap_or_default())?;
    }
    Ok(names)
}

/// Marks the names that `once` lists.
fn mark_once(node: Node<'_>, choices: &mut [Choice]) -> Result<(), Error> {
    for listed in node.array()? {
        let name = listed.string()?;
        match choices.iter_mut().find(|choice| choice.name == name) {
            Some(choice) => choice.is_once = true,
            None => return Err(not_listed(listed, name, choices)),
        }
    }
    Ok(())
}

#[cold]
fn not_listed(node: Node<'_>, name: &str, choices: &[Choice]) -> Error {
    let known = || choices.iter().map(|choice| choice.name.as_str());
    let name = quote(name);
    let message = format!("`{name}` is not a name of the argument's `enum`");
    let error = node.refuse(Code::DefinitionUndeclared, message);
    let error = error.expected(one_of(known())).found(&*name);
    error.suggest_name(&name, known())
}

/// A table from names to wire values.
pub(in super::super) fn enumeration(node: Node<'_>) -> Result<Vec<Choice>, Error> {
    let choice = |(name, value): (Name<'_>, Node<'_>)| {
        Ok(Choice {
            name: name.text.to_owned(),
            value: wire_value(value)?,
            is_once: false,
        })
    };
    let choices: Vec<_> = node
        .table()?
        .entries()
        .map(choice)
        .collect::<Result<_, Error>>()?;
    if choices.is_empty() {
        return Err(node.refuse(
            Code::DefinitionValue,
            "an enumeration has at least one name",
        ));
    }
    Ok(choices)
}

/// The default, under the same rules as a value that a caller gives.
pub(super) fn default(node: Node<'_>, argument: &Argument) -> Result<Scalar<'static>, Error> {
    let refuse = || {
        node.refuse(
            Code::DefinitionValue,
            format!(
                "the default of `{}` is not one of its values",
                argument.name
            ),
        )
        .expected(argument.describe())
    };
    let choice = |choices: &[Choice]| {
        let name = node.string()?;
        let index = choices.iter().position(|choice| choice.name == name);
        index.map(Scalar::Choice).ok_or_else(refuse)
    };
    match &argument.kind {
        Kind::Number { specials, .. } if node.string().is_ok() => choice(specials),
        Kind::Number { ranges, .. } => {
            let value = rational(node)?;
            ranges
                .contain(value)
                .then_some(Scalar::Number(value))
                .ok_or_else(refuse)
        }
        Kind::Boolean { .. } => node.boolean().map(Scalar::Boolean),
        Kind::Enumeration(choices) => choice(choices),
        Kind::Text(_) => Ok(Scalar::Text(Cow::Owned(node.string()?.to_owned()))),
        Kind::Bytes { .. } => {
            let bytes = hex::decode(node.string()?).map_err(|_| refuse())?;
            Ok(Scalar::Bytes(Cow::Owned(bytes)))
        }
    }
}
