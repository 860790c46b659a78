//! Sorts the records of a command into its arguments.

use crate::error::{Code, Error, did_you_mean, nearest, quote};
use crate::instruction::Entry;

use super::super::argument::{Argument, Shape, one_of};
use super::super::limits::LIST_ITEMS;
use super::{Given, Slots};

/// Sorts records into arguments.
pub(super) struct Binder<'b, 'i> {
    name: &'b str,
    arguments: &'i [Argument],
    /// The values so far, in the order of their records.
    slots: &'b mut Slots<'i>,
    /// The record that names the command alone.
    bare: Option<&'i Entry<'i>>,
}

impl<'b, 'i> Binder<'b, 'i> {
    pub(super) fn new(name: &'b str, arguments: &'i [Argument], slots: &'b mut Slots<'i>) -> Self {
        slots.values.clear();
        slots.ends.clear();
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
                    format!("`{}` stands twice", self.name),
                )
                .expected("a command once in an instruction")
                .hint("send the second in an instruction of its own"),
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
            format!("`{}` is set off with `vb` = true, found {found}", self.name),
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
                entry.at_name(match nearest(name, known()) {
                    Some(meant) => error.hint(did_you_mean(meant)),
                    None => error,
                })
            })
    }

    fn put(&mut self, place: usize, index: usize, entry: &'i Entry<'i>) -> Result<(), Error> {
        let Some(argument) = self.arguments.get(place) else {
            return Ok(());
        };
        if self.has(place, index) {
            return Err(entry.at_name(
                Error::new(
                    Code::EncodeDuplicateArgument,
                    format!("`{}` of `{}` stands twice", argument.name, self.name),
                )
                .expected("an argument once in a command"),
            ));
        }
        let value = argument.accept(entry)?;
        self.slots.values.push(Given {
            place,
            index,
            value,
            entry: Some(entry),
        });
        Ok(())
    }

    fn has(&self, place: usize, index: usize) -> bool {
        let mut values = self.slots.values.iter();
        values.any(|given| given.place == place && given.index == index)
    }

    fn is_given(&self, place: usize) -> bool {
        self.slots.values.iter().any(|given| given.place == place)
    }

    /// Puts the values of each argument in order, once all records are taken.
    pub(super) fn finish(mut self, last: Option<&Entry<'_>>) -> Result<(), Error> {
        self.put_in_order().map_err(|error| match last {
            Some(entry) => entry.at_name(error),
            None => error,
        })
    }

    fn put_in_order(&mut self) -> Result<(), Error> {
        let repetitions = self.repetitions();
        if !self.is_in_order() {
            self.complete(repetitions)?;
            let values = &mut self.slots.values;
            values.sort_unstable_by_key(|given| (given.place, given.index));
        }
        self.close(repetitions)
    }

    /// Whether each argument has one value, the first of its place, in their order.
    fn is_in_order(&self) -> bool {
        let mut values = self.slots.values.iter().enumerate();
        values.len() == self.arguments.len()
            && values.all(|(place, given)| given.place == place && given.index == 0)
    }

    /// Puts defaults where nothing was given, and misses what has none.
    fn complete(&mut self, repetitions: usize) -> Result<(), Error> {
        let lacks = |(place, argument): &(usize, &Argument)| {
            argument.is_required() && !self.is_given(*place)
        };
        let arguments = self.arguments.iter().enumerate();
        let mut lacking = arguments.filter(lacks).map(|(place, _)| place).peekable();
        if lacking.peek().is_some() {
            return Err(self.missing(lacking));
        }
        let all_optional = !self.arguments.is_empty()
            && self.arguments.iter().all(|argument| argument.is_optional);
        if all_optional && self.slots.values.is_empty() {
            return Err(self.missing(0..self.arguments.len()));
        }
        self.fill(repetitions);
        Ok(())
    }

    /// How often the group stands: as often as its highest index says.
    fn repetitions(&self) -> usize {
        let grouped = |given: &&Given<'_>| self.shape(given.place) == Shape::Grouped;
        let grouped = self.slots.values.iter().filter(grouped);
        grouped
            .map(|given| given.index.saturating_add(1))
            .max()
            .unwrap_or(0)
    }

    /// Puts defaults where nothing was given.
    fn fill(&mut self, repetitions: usize) {
        for (place, argument) in self.arguments.iter().enumerate() {
            let Some(default) = &argument.default else {
                continue;
            };
            let wanted = match argument.shape {
                Shape::Grouped => repetitions,
                _ if self.is_given(place) => continue,
                _ => 1,
            };
            for index in 0..wanted {
                if !self.has(place, index) {
                    self.slots.values.push(Given {
                        place,
                        index,
                        value: default.borrowed(),
                        entry: None,
                    });
                }
            }
        }
    }

    /// Notes where the values of each argument end, and looks for gaps.
    fn close(&mut self, repetitions: usize) -> Result<(), Error> {
        let Slots { values, ends } = &mut *self.slots;
        let mut end = 0;
        for (place, argument) in self.arguments.iter().enumerate() {
            let rest = values.get(end..).unwrap_or_default();
            let count = rest.iter().take_while(|given| given.place == place).count();
            if argument.shape != Shape::Single {
                let own = rest.get(..count).unwrap_or_default();
                check_items(self.name, argument, own, repetitions)?;
            }
            end += count;
            ends.push(end);
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
            format!("`{}` lacks arguments, expected {wanted}", self.name),
        )
        .expected(wanted)
        .hint("give each argument in a record of its own")
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
