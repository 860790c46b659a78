//! What was found for each argument, place by place, until all of it is known.

use std::collections::BTreeMap;
use std::ops::Range;

use super::super::argument::{Argument, Scalar, Shape};
use super::wire;

/// What was read so far of a command or an envelope.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    slots: BTreeMap<usize, Slot>,
    /// The text of each variable.
    pub(super) variables: BTreeMap<usize, String>,
    /// Where the commands inside an envelope stand.
    pub(super) inner: Option<Range<usize>>,
}

/// What was read of one argument.
#[derive(Clone, Debug, Default)]
struct Slot {
    places: BTreeMap<usize, Place>,
    /// What its slices make together.
    sliced: BTreeMap<usize, i128>,
    /// What the bit that tells whether it was given says.
    given: Option<bool>,
}

/// What one place of an argument says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place {
    /// Nothing where no value of the argument looks like this.
    pub(super) value: Option<Scalar<'static>>,
    /// Whether an argument that was not given looks like this.
    pub(super) is_empty: bool,
}

impl Place {
    pub(super) const ABSENT: Self = Self {
        value: None,
        is_empty: true,
    };

    pub(super) fn of(value: Scalar<'static>) -> Self {
        Self {
            value: Some(value),
            is_empty: false,
        }
    }
}

impl Found {
    /// Takes what a place of an argument says; nothing if no value of it looks like this. Where
    /// another place said it already, encoding will tell whether both agree.
    pub(super) fn put(
        &mut self,
        (place, argument): (usize, &Argument),
        index: usize,
        read: Place,
    ) -> Option<()> {
        let is_left_out = read.is_empty && argument.is_optional;
        (read.value.is_some() || is_left_out).then(|| self.keep(place, index, read))
    }

    fn keep(&mut self, argument: usize, index: usize, place: Place) {
        let places = &mut self.slots.entry(argument).or_default().places;
        let known = places.entry(index).or_insert_with(|| place.clone());
        known.is_empty &= place.is_empty;
        if known.value.is_none() {
            known.value = place.value;
        }
    }

    pub(super) fn put_slice(&mut self, argument: usize, index: usize, bits: i128) {
        let sliced = &mut self.slots.entry(argument).or_default().sliced;
        *sliced.entry(index).or_default() |= bits;
    }

    pub(super) fn put_given(&mut self, argument: usize, is_given: bool) {
        self.slots.entry(argument).or_default().given = Some(is_given);
    }

    /// Takes the text of a variable; `false` if it had another one.
    pub(super) fn put_variable(&mut self, variable: usize, text: &str) -> bool {
        let known = self.variables.entry(variable).or_insert(text.to_owned());
        *known == text
    }

    /// The values of each argument; nothing if one of them is not one of its values.
    pub(super) fn finish(mut self, arguments: &[Argument]) -> Option<Vec<Vec<Scalar<'static>>>> {
        arguments
            .iter()
            .enumerate()
            .map(|(place, argument)| {
                self.slots
                    .remove(&place)
                    .unwrap_or_default()
                    .finish(argument)
            })
            .collect()
    }
}

impl Slot {
    fn finish(self, argument: &Argument) -> Option<Vec<Scalar<'static>>> {
        let Self {
            mut places,
            sliced,
            given,
        } = self;
        for (index, integer) in sliced {
            places.insert(index, wire::integer(argument, integer, &[]));
        }
        if given == Some(false) {
            return places.values().all(|place| place.is_empty).then(Vec::new);
        }
        if places.is_empty() {
            return unread(argument);
        }
        let mut values = Vec::with_capacity(places.len());
        for place in places.into_values() {
            match place.value {
                Some(value) => values.push(value),
                None if place.is_empty && argument.is_optional && given.is_none() => {}
                None => return None,
            }
        }
        Some(values)
    }
}

/// What an argument is that no place tells of.
fn unread(argument: &Argument) -> Option<Vec<Scalar<'static>>> {
    match (&argument.default, argument.shape) {
        (_, Shape::Grouped) => Some(Vec::new()),
        (Some(default), _) => Some(vec![default.clone()]),
        (None, _) => argument.is_optional.then(Vec::new),
    }
}
