//! Arguments that take effect only with a value of another.

use crate::document::Node;
use crate::error::{Code, Error, quote};

use super::argument::{Argument, Kind, Scalar, Shape, one_of};
use super::bind::{Given, Slots};
use super::value::fixed_value;

/// What another argument of the same command must be.
#[derive(Clone, Debug)]
pub(super) struct Need {
    /// Index among the command's arguments.
    pub(super) argument: usize,
    /// A boolean, or a choice of an enumeration.
    pub(super) value: Scalar<'static>,
}

/// Reads `needs = { enable = true }` of the arguments that have it, each by its place.
pub(super) fn resolve(
    arguments: &mut [Argument],
    declared: &[(usize, Node<'_>)],
) -> Result<(), Error> {
    for (place, node) in declared {
        let needs = read(arguments, *place, *node)?;
        if let Some(argument) = arguments.get_mut(*place) {
            argument.needs = needs;
        }
    }
    match declared.first() {
        Some((_, node)) if has_circle(arguments) => Err(node.refuse(
            Code::DefinitionValue,
            "these arguments need each other in a circle",
        )),
        _ => Ok(()),
    }
}

fn read(arguments: &[Argument], place: usize, node: Node<'_>) -> Result<Vec<Need>, Error> {
    if let Some(argument) = arguments.get(place).filter(|it| it.is_required()) {
        let message = format!(
            "`{}` needs another, but must always be given",
            argument.name
        );
        let error = node.refuse(Code::DefinitionValue, message);
        return Err(error.expected("`default` or `optional = true` beside `needs`"));
    }
    let needs = node.table()?.entries().map(|(name, value)| {
        let argument = arguments.iter().position(|it| it.name == name.text);
        let argument = argument.filter(|other| *other != place);
        let Some((argument, other)) = argument.and_then(|it| Some((it, arguments.get(it)?))) else {
            let others = arguments.iter().map(|it| it.name.as_str());
            let message = format!("no other argument `{}`", quote(name.text));
            let error = Error::new(Code::DefinitionUndeclared, message).at_offset(name.offset);
            return Err(error.expected(one_of(others)));
        };
        let value = wanted(other, value)?;
        Ok(Need { argument, value })
    });
    let needs: Vec<Need> = needs.collect::<Result<_, _>>()?;
    if needs.is_empty() {
        return Err(node.refuse(Code::DefinitionValue, "`needs` names no argument"));
    }
    Ok(needs)
}

/// A value of the argument that is needed.
fn wanted(argument: &Argument, node: Node<'_>) -> Result<Scalar<'static>, Error> {
    match (&argument.kind, argument.shape) {
        (Kind::Boolean { .. }, Shape::Single) => node.boolean().map(Scalar::Boolean),
        (Kind::Enumeration(choices), Shape::Single) => {
            let name = node.string()?;
            let index = choices.iter().position(|choice| choice.name == name);
            index.map(Scalar::Choice).ok_or_else(|| {
                let message = format!("`{}` has no name `{}`", argument.name, quote(name));
                let error = node.refuse(Code::DefinitionUndeclared, message);
                error.expected(argument.describe())
            })
        }
        _ => {
            let message = format!("`{}` cannot be needed", argument.name);
            let error = node.refuse(Code::DefinitionType, message);
            Err(error.expected("one boolean, or one name of an enumeration"))
        }
    }
}

/// Whether some needs lead back to where they came from.
fn has_circle(arguments: &[Argument]) -> bool {
    let mut is_settled = vec![false; arguments.len()];
    for _ in arguments {
        for (place, argument) in arguments.iter().enumerate() {
            let mut needed = argument.needs.iter().map(|need| need.argument);
            let leads_out = needed.all(|other| is_settled.get(other) == Some(&true));
            if let Some(settled) = is_settled.get_mut(place) {
                *settled |= leads_out;
            }
        }
    }
    is_settled.contains(&false)
}

impl Need {
    fn is_met(&self, arguments: &[Argument], value: Option<&Scalar<'_>>) -> bool {
        let fixed = |value| fixed_value(arguments.get(self.argument)?, value);
        value.is_some_and(|value| fixed(value) == fixed(&self.value))
    }

    /// The value as an instruction says it.
    pub(super) fn wanted(&self, arguments: &[Argument]) -> String {
        let other = arguments.get(self.argument);
        match &self.value {
            Scalar::Choice(index) => {
                let choice = other.and_then(|other| other.choices().get(*index));
                choice.map_or_else(String::new, |choice| choice.name.clone())
            }
            Scalar::Boolean(value) => value.to_string(),
            _ => String::new(),
        }
    }
}

/// Refuses what was given and has no effect beside the values of other arguments.
pub(super) fn check(command: &str, arguments: &[Argument], slots: &Slots<'_>) -> Result<(), Error> {
    for (place, argument) in arguments.iter().enumerate() {
        for need in &argument.needs {
            let Some(given) = slots.of(place).iter().find(|it| it.entry.is_some()) else {
                break;
            };
            let other = slots.at(need.argument, 0).map(|given| &given.value);
            if !need.is_met(arguments, other) {
                return Err(no_effect(command, arguments, argument, need, given));
            }
        }
    }
    Ok(())
}

#[cold]
fn no_effect(
    command: &str,
    arguments: &[Argument],
    argument: &Argument,
    need: &Need,
    given: &Given<'_>,
) -> Error {
    let Some(other) = arguments.get(need.argument) else {
        return Error::invariant("an argument needs one that is not there");
    };
    let (name, wanted) = (&argument.name, need.wanted(arguments));
    let message = format!(
        "`{name}` has no effect unless `{}` is `{wanted}`",
        other.name
    );
    let set = assignment(&format!("{command}/{}", other.name), &wanted);
    let error = Error::new(Code::EncodeNoEffect, message)
        .expected(format!("`{}` = `{wanted}` beside it", other.name))
        .hint(format!("add `--set {set}`, or leave `{name}` out"));
    given.placed(error)
}

/// The assignment as a shell takes it.
fn assignment(path: &str, value: &str) -> String {
    let is_plain = |text: &str| {
        let mut characters = text.chars();
        characters.next().is_some_and(|it| it.is_ascii_alphabetic())
            && characters.all(|it| it.is_ascii_alphanumeric() || it == '_' || it == '-')
    };
    if is_plain(value) {
        format!("{path}={value}")
    } else {
        format!("'{path}=\"{value}\"'")
    }
}

/// Leaves out what was read of arguments without effect: encoding tells whether their places held
/// what stands there if they are not given.
pub(super) fn leave_out(arguments: &[Argument], values: &mut [Vec<Scalar<'static>>]) {
    let has_effect: Vec<bool> = arguments
        .iter()
        .map(|argument| {
            argument.needs.iter().all(|need| {
                let other = values.get(need.argument).and_then(|own| own.first());
                need.is_met(arguments, other)
            })
        })
        .collect();
    for (own, has_effect) in values.iter_mut().zip(has_effect) {
        if !has_effect {
            own.clear();
        }
    }
}
