//! Sorts the records of a command into its arguments.

use crate::error::{Code, Error, did_you_mean, nearest, quote};
use crate::instruction::Entry;

use super::super::argument::{Argument, Scalar, Shape, one_of};
use super::super::limits::LIST_ITEMS;
use super::{Given, Slots};

/// Sorts records into arguments.
pub(super) struct Binder<'b, 'i> {
    name: &'b str,
    arguments: &'i [Argument],
    /// For each argument the values so far, with their indices.
    indexed: Vec<Vec<(usize, Given<'i>)>>,
    /// The record that names the command alone.
    bare: Option<&'i Entry<'i>>,
}

impl<'b, 'i> Binder<'b, 'i> {
    pub(super) fn new(name: &'b str, arguments: &'i [Argument]) -> Self {
        let indexed = arguments.iter().map(|_| Vec::new()).collect();
        Self {
            name,
            arguments,
            indexed,
            bare: None,
        }
    }

    /// Takes a record of the command.
    pub(super) fn take(&mut self, entry: &'i Entry<'i>) -> Result<(), Error> {
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
        let required: Vec<usize> = self
            .arguments
            .iter()
            .enumerate()
            .filter(|(_, argument)| argument.is_required())
            .map(|(place, _)| place)
            .collect();
        match required.as_slice() {
            [only] => self.put(*only, 0, entry),
            [] => self.trigger(entry),
            _ => Err(entry.at_name(self.missing(&required))),
        }
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
        let (Some(argument), Some(values)) =
            (self.arguments.get(place), self.indexed.get_mut(place))
        else {
            return Ok(());
        };
        if values.iter().any(|(known, _)| *known == index) {
            return Err(entry.at_name(
                Error::new(
                    Code::EncodeDuplicateArgument,
                    format!("`{}` of `{}` stands twice", argument.name, self.name),
                )
                .expected("an argument once in a command"),
            ));
        }
        let value = argument.accept(entry)?;
        values.push((
            index,
            Given {
                value,
                entry: Some(entry),
            },
        ));
        Ok(())
    }

    /// The values of each argument, once all records are taken.
    pub(super) fn finish(self, entries: &[&Entry<'_>]) -> Result<Slots<'i>, Error> {
        let last = entries.last();
        let placed = |error: Error| match last {
            Some(entry) => entry.at_name(error),
            None => error,
        };
        let is_given = |place: usize| self.indexed.get(place).is_some_and(|it| !it.is_empty());
        let missing: Vec<usize> = self
            .arguments
            .iter()
            .enumerate()
            .filter(|(place, argument)| argument.is_required() && !is_given(*place))
            .map(|(place, _)| place)
            .collect();
        if !missing.is_empty() {
            return Err(placed(self.missing(&missing)));
        }
        let all_optional = !self.arguments.is_empty()
            && self.arguments.iter().all(|argument| argument.is_optional);
        if all_optional && self.indexed.iter().all(Vec::is_empty) {
            let all: Vec<usize> = (0..self.arguments.len()).collect();
            return Err(placed(self.missing(&all)));
        }
        let repetitions = self.repetitions();
        let Self {
            name,
            arguments,
            indexed,
            ..
        } = self;
        let mut slots = Vec::with_capacity(arguments.len());
        for (argument, values) in arguments.iter().zip(indexed) {
            slots.push(fill(name, argument, values, repetitions).map_err(placed)?);
        }
        Ok(Slots(slots))
    }

    /// How often the group stands: as often as its highest index says.
    fn repetitions(&self) -> usize {
        let grouped = self.arguments.iter().zip(&self.indexed);
        grouped
            .filter(|(argument, _)| argument.shape == Shape::Grouped)
            .flat_map(|(_, values)| values.iter().map(|(index, _)| index.saturating_add(1)))
            .max()
            .unwrap_or(0)
    }

    fn missing(&self, places: &[usize]) -> Error {
        let names = places.iter().filter_map(|place| self.arguments.get(*place));
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

/// Puts the values of one argument in order, and defaults where none was given.
fn fill<'i>(
    name: &str,
    argument: &'i Argument,
    mut values: Vec<(usize, Given<'i>)>,
    repetitions: usize,
) -> Result<Vec<Given<'i>>, Error> {
    values.sort_by_key(|(index, _)| *index);
    let (min, max) = match argument.shape {
        Shape::Single => (0, 1),
        Shape::List { min, max } if argument.is_optional && values.is_empty() => (0, max.max(min)),
        Shape::List { min, max } => (min, max),
        Shape::Grouped => (repetitions.max(1), LIST_ITEMS),
    };
    if values.is_empty() {
        if let Some(default) = &argument.default {
            let count = if argument.shape == Shape::Grouped {
                repetitions
            } else {
                1
            };
            return Ok((0..count).map(|_| default_of(default)).collect());
        }
        if argument.is_optional && argument.shape == Shape::Single {
            return Ok(Vec::new());
        }
    }
    if let Some(default) = argument
        .default
        .as_ref()
        .filter(|_| argument.shape == Shape::Grouped)
    {
        for index in 0..repetitions {
            if !values.iter().any(|(known, _)| *known == index) {
                values.push((index, default_of(default)));
            }
        }
        values.sort_by_key(|(index, _)| *index);
    }
    let has_gap = values
        .iter()
        .enumerate()
        .any(|(expected, (index, _))| expected != *index);
    if has_gap || values.len() < min || max < values.len() {
        let expected = format!("{min} to {max} values with the indices 0, 1, 2 and so on");
        let found = values.len();
        return Err(Error::new(
            Code::EncodeItems,
            format!(
                "`{}` of `{name}` has {found} values, expected {expected}",
                argument.name
            ),
        )
        .expected(expected)
        .found(found.to_string()));
    }
    Ok(values.into_iter().map(|(_, given)| given).collect())
}

fn default_of<'i>(default: &'i Scalar<'static>) -> Given<'i> {
    Given {
        value: default.clone(),
        entry: None,
    }
}

/// `0`, `1`, ... `63`
fn index(key: &str) -> Option<usize> {
    let is_plain = key == "0" || !key.starts_with('0');
    key.parse()
        .ok()
        .filter(|index| is_plain && *index < LIST_ITEMS)
}
