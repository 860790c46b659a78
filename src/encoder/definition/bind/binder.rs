//! Sorts the records of a command into its arguments.

use crate::error::{Code, Error, quote};
use crate::instruction::Entry;

use super::super::argument::{Argument, Shape, one_of};
use super::super::limits::LIST_ITEMS;
use super::{Given, Slots};

/// Sorts records into arguments.
pub(super) struct Binder<'b, 'i> {
    name: &'b str,
    arguments: &'i [Argument],
    /// The values so far; items are in the order of their records.
    slots: &'b mut Slots<'i>,
    /// The record that names the command alone.
    bare: Option<&'i Entry<'i>>,
}

impl<'b, 'i> Binder<'b, 'i> {
    pub(super) fn new(name: &'b str, arguments: &'i [Argument], slots: &'b mut Slots<'i>) -> Self {
        slots.singles.clear();
        slots.singles.resize_with(arguments.len(), || None);
        slots.items.clear();
        Self {
            name,
            arguments,
            slots,
            bare: None,
        }
    }

    /// Takes a record of the command.
    pub(super) fn take(&mut self, entry: &'i Entry<'i>) -> Result<(), Error> {
        if entry.is_bare() {
            return self.take_bare(entry);
        }
        let mut keys = entry.keys();
        match (keys.next(), keys.next()) {
            (None, _) => self.take_bare(entry),
            (Some(argument), None) => {
                let place = self.argument(argument, entry)?;
                if self.shape(place) != Shape::Single {
                    return Err(entry.at_name(self.index_missing(argument, place)));
                }
                self.put(place, 0, entry)
            }
            (Some(first), Some(second)) => match (index(first), index(second)) {
                (Some(index), _) => self.take_indexed(second, index, entry, Shape::Grouped),
                (None, Some(index)) => {
                    let list = Shape::List { min: 0, max: 0 };
                    self.take_indexed(first, index, entry, list)
                }
                (None, None) => Err(entry.at_name(
                    Error::new(
                        Code::InstructionName,
                        format!("`{}` has no index", quote(entry.path())),
                    )
                    .expected("`command/argument/index`, or `command/index/argument` for a group"),
                )),
            },
        }
    }

    fn take_bare(&mut self, entry: &'i Entry<'i>) -> Result<(), Error> {
        if self.bare.is_some() {
            return Err(entry.at_name(
                Error::new(
                    Code::EncodeDuplicateCommand,
                    format!("duplicate command `{}`", self.name),
                )
                .expected("each command at most once")
                .hint("send the second one in a separate instruction"),
            ));
        }
        self.bare = Some(entry);
        let mut required = self.required();
        match (required.next(), required.next()) {
            (Some(only), None) => self.put(only, 0, entry),
            (None, _) => self.trigger(entry),
            (Some(_), Some(_)) => Err(entry.at_name(self.missing(self.required()))),
        }
    }

    /// The places of the arguments that a caller has to give.
    fn required(&self) -> impl Iterator<Item = usize> + use<'i> {
        let arguments = self.arguments.iter().enumerate();
        let required = arguments.filter(|(_, argument)| argument.is_required());
        required.map(|(place, _)| place)
    }

    /// A command without arguments to give is set off with `vb = true`.
    fn trigger(&self, entry: &Entry<'_>) -> Result<(), Error> {
        if entry.value() == crate::senml::Value::Boolean(true) {
            return Ok(());
        }
        let names = one_of(self.arguments.iter().map(|argument| argument.name.as_str()));
        let found = entry.written_value();
        let error = Error::new(
            Code::EncodeType,
            format!(
                "`{}` takes no value: send `vb` = true, found {found}",
                self.name
            ),
        )
        .expected("`vb` = true")
        .found(found);
        Err(entry.at_value(if self.arguments.is_empty() {
            error
        } else {
            error.hint(format!("or name the argument: {names}"))
        }))
    }

    fn take_indexed(
        &mut self,
        argument: &str,
        index: usize,
        entry: &'i Entry<'i>,
        shape: Shape,
    ) -> Result<(), Error> {
        let place = self.argument(argument, entry)?;
        let own = self.shape(place);
        if std::mem::discriminant(&own) != std::mem::discriminant(&shape) {
            return Err(entry.at_name(self.index_missing(argument, place)));
        }
        self.put(place, index, entry)
    }

    fn shape(&self, place: usize) -> Shape {
        self.arguments
            .get(place)
            .map_or(Shape::Single, |argument| argument.shape)
    }

    fn argument(&self, name: &str, entry: &Entry<'_>) -> Result<usize, Error> {
        self.arguments
            .iter()
            .position(|argument| argument.name == name)
            .ok_or_else(|| {
                let known = || self.arguments.iter().map(|argument| argument.name.as_str());
                let error = Error::new(
                    Code::EncodeUnknownArgument,
                    format!("`{}` has no argument `{}`", self.name, quote(name)),
                )
                .expected(one_of(known()))
                .found(quote(name));
                entry.at_name(error.suggest_name(name, known()))
            })
    }

    fn put(&mut self, place: usize, index: usize, entry: &'i Entry<'i>) -> Result<(), Error> {
        let argument = self
            .arguments
            .get(place)
            .ok_or_else(|| Error::invariant("a record gives what is not declared"))?;
        if self.has(place, index) {
            return Err(entry.at_name(
                Error::new(
                    Code::EncodeDuplicateArgument,
                    format!("duplicate argument `{}` of `{}`", argument.name, self.name),
                )
                .expected("each argument at most once"),
            ));
        }
        let value = argument.accept(entry)?;
        let given = || Given {
            place,
            index,
            value,
            entry: Some(entry),
        };
        self.set(place, given);
        Ok(())
    }

    /// Sets what was not set before, made where it stays: what is moved was just written, piece by
    /// piece, and is waited for.
    #[inline]
    fn set(&mut self, place: usize, given: impl FnOnce() -> Given<'i>) {
        let shape = self.shape(place);
        match self.slots.singles.get_mut(place) {
            Some(single) if shape == Shape::Single => {
                single.get_or_insert_with(given);
            }
            _ => self.slots.items.push(given()),
        }
    }

    fn has(&self, place: usize, index: usize) -> bool {
        let is_it = |given: &Given<'_>| given.place == place && given.index == index;
        self.has_single(place) || self.slots.items.iter().any(is_it)
    }

    fn has_single(&self, place: usize) -> bool {
        self.slots.singles.get(place).is_some_and(Option::is_some)
    }

    fn is_given(&self, place: usize) -> bool {
        self.has_single(place) || self.slots.items.iter().any(|given| given.place == place)
    }

    /// Completes the values of each argument, once all records are taken.
    pub(super) fn finish(mut self, last: Option<&Entry<'_>>) -> Result<(), Error> {
        self.complete().map_err(|error| match last {
            Some(entry) => entry.at_name(error),
            None => error,
        })
    }

    /// Fills up what was not given, and puts items in order.
    fn complete(&mut self) -> Result<(), Error> {
        if self.is_idle() {
            return Err(self.missing(0..self.arguments.len()));
        }
        let repetitions = self.repetitions();
        self.fill(repetitions)?;
        let items = &mut self.slots.items;
        items.sort_unstable_by_key(|given| (given.place, given.index));
        self.check(repetitions)
    }

    /// Whether every argument may be left out, and all of them are.
    fn is_idle(&self) -> bool {
        !self.arguments.is_empty()
            && self.slots.items.is_empty()
            && self.slots.singles.iter().all(Option::is_none)
            && self.arguments.iter().all(|argument| argument.is_optional)
    }

    /// How often the group stands: as often as its highest index says.
    fn repetitions(&self) -> usize {
        let grouped = |given: &&Given<'_>| self.shape(given.place) == Shape::Grouped;
        let grouped = self.slots.items.iter().filter(grouped);
        grouped
            .map(|given| given.index.saturating_add(1))
            .max()
            .unwrap_or(0)
    }

    /// Puts defaults where nothing was given, and misses what has none.
    fn fill(&mut self, repetitions: usize) -> Result<(), Error> {
        for (place, argument) in self.arguments.iter().enumerate() {
            let wanted = match argument.shape {
                Shape::Grouped => 0..repetitions,
                _ if self.is_given(place) => continue,
                _ => 0..1,
            };
            let Some(default) = &argument.default else {
                if argument.is_required() && !self.is_given(place) {
                    return Err(self.missing(self.lacking()));
                }
                continue;
            };
            for index in wanted {
                if !self.has(place, index) {
                    self.set(place, || Given {
                        place,
                        index,
                        value: default.borrowed(),
                        entry: None,
                    });
                }
            }
        }
        Ok(())
    }

    /// The places of the arguments that had to be given and were not.
    fn lacking(&self) -> impl Iterator<Item = usize> {
        self.required().filter(|place| !self.is_given(*place))
    }

    /// Looks for gaps in lists and groups.
    fn check(&self, repetitions: usize) -> Result<(), Error> {
        for (place, argument) in self.arguments.iter().enumerate() {
            if argument.shape != Shape::Single {
                let items = self.slots.items_of(place);
                check_items(self.name, argument, items, repetitions)?;
            }
        }
        Ok(())
    }

    #[cold]
    fn missing(&self, places: impl Iterator<Item = usize>) -> Error {
        let names = places.filter_map(|place| self.arguments.get(place));
        let path = |argument: &Argument| match argument.shape {
            Shape::Single => format!("{}/{}", self.name, argument.name),
            Shape::List { .. } => format!("{}/{}/0", self.name, argument.name),
            Shape::Grouped => format!("{}/0/{}", self.name, argument.name),
        };
        let paths: Vec<String> = names.map(path).collect();
        let wanted = one_of(paths.iter().map(String::as_str));
        Error::new(
            Code::EncodeMissingArgument,
            format!("`{}` is missing arguments, expected {wanted}", self.name),
        )
        .expected(wanted)
        .hint("send each argument in a separate record")
    }

    fn index_missing(&self, argument: &str, place: usize) -> Error {
        let expected = match self.shape(place) {
            Shape::Single => format!("`{}/{argument}`", self.name),
            Shape::List { .. } => format!("`{}/{argument}/0`, `{0}/{argument}/1` ...", self.name),
            Shape::Grouped => format!("`{}/0/{argument}`, `{0}/1/{argument}` ...", self.name),
        };
        Error::new(
            Code::InstructionName,
            format!("`{argument}` of `{}` is named {expected}", self.name),
        )
        .expected(expected)
    }
}

/// Checks that the values of an argument have the indices 0, 1, 2 and so on, and are as many as
/// they may be.
fn check_items(
    name: &str,
    argument: &Argument,
    values: &[Given<'_>],
    repetitions: usize,
) -> Result<(), Error> {
    let (min, max) = match argument.shape {
        // Whether it had to be given is known already, and no record stands twice.
        Shape::Single => (0, 1),
        Shape::List { min, max } if argument.is_optional && values.is_empty() => (0, max.max(min)),
        Shape::List { min, max } => (min, max),
        Shape::Grouped => (repetitions.max(1), LIST_ITEMS),
    };
    let is_default = values.iter().all(|given| given.entry.is_none()) && argument.default.is_some();
    let mut indices = values.iter().map(|given| given.index).enumerate();
    let has_gap = indices.any(|(expected, index)| expected != index);
    if is_default || (!has_gap && (min..=max).contains(&values.len())) {
        return Ok(());
    }
    let expected = format!("{min} to {max} values with the indices 0, 1, 2 and so on");
    let found = values.len();
    Err(Error::new(
        Code::EncodeItems,
        format!(
            "`{}` of `{name}` has {found} values, expected {expected}",
            argument.name
        ),
    )
    .expected(expected)
    .found(found.to_string()))
}

/// `0`, `1`, ... `63`
fn index(key: &str) -> Option<usize> {
    let is_plain = key == "0" || !key.starts_with('0');
    key.parse()
        .ok()
        .filter(|index| is_plain && *index < LIST_ITEMS)
}
