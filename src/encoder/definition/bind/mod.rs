//! From the records of an instruction to the arguments of each command.

mod binder;

use std::num::NonZeroUsize;

use crate::error::{Code, Error, quote};
use crate::instruction::Entry;
use crate::memory::reused;
use crate::senml::Value;

use super::super::Writer;
use super::argument::{Argument, Scalar, one_of};
use super::model::{Command, Definition};
use super::needs;
use binder::Binder;

/// What an instruction says, command by command; records are told by their places.
#[derive(Debug, Default)]
pub(super) struct Invocations {
    /// In the order of the first record of each.
    commands: Vec<Invocation>,
    /// The records that set arguments of each envelope.
    envelopes: Vec<Option<Chain>>,
    /// For each record, the next one of the same chain.
    next: Vec<Option<usize>>,
    /// For each command of the definition, the place behind the invocation that takes further
    /// records. Of the last instruction only those that it used are to be cleared.
    open: Vec<Option<NonZeroUsize>>,
}

/// One use of a command.
#[derive(Clone, Copy, Debug)]
struct Invocation {
    command: usize,
    records: Chain,
}

/// Records that belong together.
#[derive(Clone, Copy, Debug)]
struct Chain {
    first: usize,
    last: usize,
}

/// The records of a chain, in order.
#[derive(Debug)]
pub(super) struct Records<'c, 'i> {
    entries: &'i [Entry<'i>],
    next: &'c [Option<usize>],
    at: Option<usize>,
}

/// The values of each argument.
#[derive(Debug, Default)]
pub(super) struct Slots<'i> {
    /// For each argument, its value if it has a single one.
    singles: Vec<Option<Given<'i>>>,
    /// The values of lists and groups; in the end, in the order of the arguments and indices.
    items: Vec<Given<'i>>,
}

/// A value, and who gave it.
#[derive(Debug)]
pub(super) struct Given<'i> {
    /// Index among the arguments.
    place: usize,
    /// Index in a list or group; 0 for a single value.
    index: usize,
    pub(super) value: Scalar<'i>,
    /// None for a default.
    pub(super) entry: Option<&'i Entry<'i>>,
}

/// The memory of binding, to be used again.
#[derive(Debug, Default)]
pub(in super::super) struct BindMemory {
    invocations: Invocations,
    slots: Vec<Slots<'static>>,
}

impl BindMemory {
    pub(super) fn take_invocations(&mut self) -> Invocations {
        std::mem::take(&mut self.invocations)
    }

    pub(super) fn give_back_invocations(&mut self, invocations: Invocations) {
        self.invocations = invocations;
    }

    pub(super) fn take_slots<'i>(&mut self) -> Slots<'i> {
        self.slots.pop().unwrap_or_default()
    }

    pub(super) fn give_back_slots(&mut self, slots: Slots<'_>) {
        self.slots.push(Slots {
            singles: reused(slots.singles),
            items: reused(slots.items),
        });
    }
}

impl Invocations {
    /// Gathers the records of each command; commands keep the order of their first records.
    ///
    /// By itself: in a function that holds less, what is held is reached by shorter code.
    #[inline(never)]
    pub(super) fn gather(
        &mut self,
        definition: &Definition,
        entries: &[Entry<'_>],
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        self.clear(definition, entries.len());
        let mut is_sound = true;
        for (place, entry) in entries.iter().enumerate() {
            if let Some(index) = definition.command_index.get(entry.command()) {
                self.add(definition, *index, place);
            } else if let Some(index) = envelope(definition, entry.command()) {
                self.add_to_envelope(index, place);
            } else {
                writer.error(entry.at_name(unknown_command(definition, entry)))?;
                is_sound = false;
            }
        }
        match entries.last() {
            Some(last) if is_sound && self.commands.is_empty() => {
                writer.error(last.at_name(only_an_envelope(definition, last)))
            }
            _ => Ok(()),
        }
    }

    fn clear(&mut self, definition: &Definition, records: usize) {
        for invocation in self.commands.drain(..) {
            if let Some(open) = self.open.get_mut(invocation.command) {
                *open = None;
            }
        }
        self.envelopes.clear();
        self.envelopes.resize(definition.envelopes.len(), None);
        self.next.clear();
        self.next.resize(records, None);
        self.open.resize(definition.commands.len(), None);
    }

    fn add(&mut self, definition: &Definition, command: usize, place: usize) {
        let Some(open) = self.open.get_mut(command) else {
            return;
        };
        let known = open.and_then(|behind| self.commands.get_mut(behind.get() - 1));
        if let Some(invocation) = known {
            link(&mut invocation.records, place, &mut self.next);
            return;
        }
        let repeats = definition
            .commands
            .get(command)
            .is_some_and(|it| it.repeats);
        let behind = NonZeroUsize::new(self.commands.len() + 1);
        *open = behind.filter(|_| !repeats);
        self.commands.push(Invocation {
            command,
            records: Chain::of(place),
        });
    }

    fn add_to_envelope(&mut self, envelope: usize, place: usize) {
        match self.envelopes.get_mut(envelope) {
            Some(Some(chain)) => link(chain, place, &mut self.next),
            Some(empty) => *empty = Some(Chain::of(place)),
            None => {}
        }
    }

    /// The commands in order, each with its records.
    pub(super) fn commands<'c, 'i>(
        &'c self,
        definition: &'i Definition,
        entries: &'i [Entry<'i>],
    ) -> impl Iterator<Item = (&'i Command, Records<'c, 'i>)> {
        self.commands.iter().filter_map(|invocation| {
            let command = definition.commands.get(invocation.command)?;
            Some((command, self.records(Some(invocation.records), entries)))
        })
    }

    /// The records that set arguments of each envelope.
    pub(super) fn envelopes<'c, 'i>(
        &'c self,
        entries: &'i [Entry<'i>],
    ) -> impl Iterator<Item = Records<'c, 'i>> {
        let chains = self.envelopes.iter();
        chains.map(|chain| self.records(*chain, entries))
    }

    fn records<'c, 'i>(
        &'c self,
        chain: Option<Chain>,
        entries: &'i [Entry<'i>],
    ) -> Records<'c, 'i> {
        Records {
            entries,
            next: &self.next,
            at: chain.map(|chain| chain.first),
        }
    }
}

impl Chain {
    fn of(place: usize) -> Self {
        Self {
            first: place,
            last: place,
        }
    }
}

fn envelope(definition: &Definition, name: &str) -> Option<usize> {
    let mut envelopes = definition.envelopes.iter();
    envelopes.position(|envelope| envelope.name == name)
}

/// Puts a record behind the last one of its chain.
fn link(chain: &mut Chain, place: usize, next: &mut [Option<usize>]) {
    if let Some(next) = next.get_mut(chain.last) {
        *next = Some(place);
    }
    chain.last = place;
}

impl<'i> Iterator for Records<'_, 'i> {
    type Item = &'i Entry<'i>;

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.at?;
        self.at = self.next.get(at).copied().flatten();
        self.entries.get(at)
    }
}

impl<'i> Slots<'i> {
    /// Takes what the records say, checked against the arguments; `false` if something was refused
    /// and more is being looked for.
    pub(super) fn bind(
        &mut self,
        name: &str,
        arguments: &'i [Argument],
        records: Records<'_, 'i>,
        writer: &mut Writer<'_>,
    ) -> Result<bool, Error> {
        let mut binder = Binder::new(name, arguments, self);
        let (mut is_sound, mut last) = (true, None);
        for entry in records {
            if let Err(error) = binder.take(entry) {
                writer.error(error)?;
                is_sound = false;
            } else if !matches!(entry.value(), Value::Number(_)) && entry.has_own_unit() {
                writer.warning(unit_ignored(entry).into_warning());
            } else if entry.unit() == Some("%") && matches!(entry.value(), Value::Number(_)) {
                writer.warning(read_as_ratio(entry).into_warning());
            }
            last = Some(entry);
        }
        if !is_sound {
            return Ok(false);
        }
        let finished = binder.finish(last);
        match finished.and_then(|()| needs::check(name, arguments, self)) {
            Ok(()) => Ok(true),
            Err(error) => writer.error(error).map(|()| false),
        }
    }

    /// The values of an argument; none if it is optional and was not given.
    pub(super) fn of(&self, argument: usize) -> &[Given<'i>] {
        match self.singles.get(argument) {
            Some(Some(given)) => std::slice::from_ref(given),
            _ => self.items_of(argument),
        }
    }

    /// The records that give these arguments where they are secret.
    pub(super) fn secret_records(&self, arguments: &[Argument]) -> impl Iterator<Item = usize> {
        let secret = self
            .all(arguments)
            .filter(|(argument, _)| argument.is_secret);
        secret.filter_map(|(_, given)| Some(given.entry?.index()))
    }

    /// Whether one of the values must not be sent again by itself.
    pub(super) fn has_once(&self, arguments: &[Argument]) -> bool {
        self.all(arguments)
            .any(|(argument, given)| match given.value {
                Scalar::Choice(index) => argument.choices().get(index).is_some_and(|it| it.is_once),
                _ => false,
            })
    }

    /// The values with their arguments.
    fn all<'s, 'a>(
        &'s self,
        arguments: &'a [Argument],
    ) -> impl Iterator<Item = (&'a Argument, &'s Given<'i>)> {
        let given = self.singles.iter().flatten().chain(&self.items);
        given.filter_map(|given| Some((arguments.get(given.place)?, given)))
    }

    fn items_of(&self, argument: usize) -> &[Given<'i>] {
        let start = self.items.partition_point(|it| it.place < argument);
        let end = self.items.partition_point(|it| it.place <= argument);
        self.items.get(start..end).unwrap_or_default()
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

/// 1 may have been meant as one percent, and opens a valve.
#[cold]
fn read_as_ratio(entry: &Entry<'_>) -> Error {
    let error = Error::new(
        Code::SenmlUnit,
        format!(
            "`%` of `{}` is read as a ratio, where 1 is the whole",
            quote(entry.path())
        ),
    );
    let error = error.expected("percent with the unit `/100`, or `%RH` or `%EL`");
    entry.at_unit(error.found("%").rule("U3"))
}

#[cold]
fn only_an_envelope(definition: &Definition, entry: &Entry<'_>) -> Error {
    let commands = definition.commands.iter();
    let known = one_of(commands.map(|command| command.name.as_str()));
    Error::new(
        Code::InstructionNoCommand,
        format!(
            "`{}` is an envelope and needs a command inside it",
            quote(entry.command())
        ),
    )
    .expected(known)
    .hint("add a command")
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
    Error::new(
        Code::EncodeUnknownCommand,
        format!("`{}` has no command `{}`", definition.id, quote(name)),
    )
    .expected(one_of(known()))
    .found(quote(name))
    .suggest_name(name, known())
}
