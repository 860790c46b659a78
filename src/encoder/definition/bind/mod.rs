//! From the records of an instruction to the arguments of each command.

mod binder;

use crate::error::{Code, Error, did_you_mean, nearest, quote};
use crate::instruction::{Entry, Instruction};
use crate::senml::Value;

use super::super::Writer;
use super::argument::{Argument, Scalar, one_of};
use super::model::{Command, Definition};
use binder::Binder;

/// One use of a command, with the records that say it.
#[derive(Debug)]
pub(super) struct Invocation<'i> {
    pub(super) command: &'i Command,
    pub(super) entries: Vec<&'i Entry<'i>>,
}

/// What an instruction says, command by command.
#[derive(Debug)]
pub(super) struct Invocations<'i> {
    pub(super) commands: Vec<Invocation<'i>>,
    /// The records that set arguments of each envelope.
    pub(super) envelopes: Vec<Vec<&'i Entry<'i>>>,
}

/// The values of each argument, in the order of the arguments.
#[derive(Debug)]
pub(super) struct Slots<'i>(Vec<Vec<Given<'i>>>);

/// A value, and who gave it.
#[derive(Debug)]
pub(super) struct Given<'i> {
    pub(super) value: Scalar<'i>,
    /// None for a default.
    pub(super) entry: Option<&'i Entry<'i>>,
}

impl<'i> Invocations<'i> {
    /// Gathers the records of each command; commands keep the order of their first records.
    pub(super) fn gather(
        definition: &'i Definition,
        instruction: &'i Instruction<'i>,
        writer: &mut Writer<'_>,
    ) -> Result<Self, Error> {
        let mut gathered = Self {
            commands: Vec::new(),
            envelopes: definition.envelopes.iter().map(|_| Vec::new()).collect(),
        };
        let mut places: Vec<Option<usize>> = vec![None; definition.commands.len()];
        for entry in instruction.entries() {
            let Some(index) = definition.command_index.get(entry.command()) else {
                match gathered.envelope(definition, entry.command()) {
                    Some(entries) => entries.push(entry),
                    None => writer.error(entry.at_name(unknown_command(definition, entry)))?,
                }
                continue;
            };
            let Some(command) = definition.commands.get(*index) else {
                continue;
            };
            let known = places
                .get(*index)
                .copied()
                .flatten()
                .filter(|_| !command.repeats);
            match known.and_then(|place| gathered.commands.get_mut(place)) {
                Some(invocation) => invocation.entries.push(entry),
                None => {
                    if let Some(place) = places.get_mut(*index) {
                        *place = Some(gathered.commands.len());
                    }
                    gathered.commands.push(Invocation {
                        command,
                        entries: vec![entry],
                    });
                }
            }
        }
        Ok(gathered)
    }

    fn envelope(&mut self, definition: &Definition, name: &str) -> Option<&mut Vec<&'i Entry<'i>>> {
        let index = definition
            .envelopes
            .iter()
            .position(|envelope| envelope.name == name)?;
        self.envelopes.get_mut(index)
    }
}

impl<'i> Slots<'i> {
    /// Checks what the records say against the arguments; `None` if something was refused and more
    /// is being looked for.
    pub(super) fn bind(
        name: &str,
        arguments: &'i [Argument],
        entries: &[&'i Entry<'i>],
        writer: &mut Writer<'_>,
    ) -> Result<Option<Self>, Error> {
        let mut binder = Binder::new(name, arguments);
        let mut is_sound = true;
        for entry in entries {
            if let Err(error) = binder.take(entry) {
                writer.error(error)?;
                is_sound = false;
            } else if entry.has_own_unit() && !matches!(entry.value(), Value::Number(_)) {
                writer.warning(unit_ignored(entry).into_warning());
            }
        }
        if !is_sound {
            return Ok(None);
        }
        match binder.finish(entries) {
            Ok(slots) => Ok(Some(slots)),
            Err(error) => writer.error(error).map(|()| None),
        }
    }

    /// The values of an argument; none if it is optional and was not given.
    pub(super) fn of(&self, argument: usize) -> &[Given<'i>] {
        self.0.get(argument).map_or(&[], Vec::as_slice)
    }

    /// The value at an index of a list or group, or the only one.
    pub(super) fn at(&self, argument: usize, index: usize) -> Option<&Given<'i>> {
        self.of(argument).get(index)
    }
}

#[cold]
fn unit_ignored(entry: &Entry<'_>) -> Error {
    let unit = quote(entry.unit().unwrap_or_default());
    let error = Error::new(
        Code::EncodeUnitIgnored,
        format!(
            "`{}` is not a number, so its unit `{unit}` is ignored",
            entry.path()
        ),
    );
    entry.at_unit(error.expected("no unit").found(unit))
}

#[cold]
fn unknown_command(definition: &Definition, entry: &Entry<'_>) -> Error {
    let known = || {
        definition
            .commands
            .iter()
            .map(|command| command.name.as_str())
    };
    let name = entry.command();
    let error = Error::new(
        Code::EncodeUnknownCommand,
        format!("`{}` has no command `{}`", definition.id, quote(name)),
    )
    .expected(one_of(known()))
    .found(quote(name));
    match nearest(name, known()) {
        Some(meant) => error.hint(did_you_mean(meant)),
        None => error,
    }
}
