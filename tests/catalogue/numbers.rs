//! Laws over every argument that is a number.

use downlink::Downlinks;
use downlink::encoder::definition::Definition;
use downlink::encoder::{ArgumentDescription, CommandDescription, Domain, Interval};
use downlink::error::{Code, Error};
use downlink::message::Message;
use downlink::number::Rational;

use super::sample::number;
use super::{definitions, downlinks, engine, with};

/// Pairs of values that must differ on the wire, and values that are too fine; likewise.
const COMPARED: usize = 10673;
const REFUSED: usize = 3025;
const ROUNDED: usize = 517;

/// An argument that is a number.
struct NumberArgument {
    definition: &'static Definition,
    command: CommandDescription,
    argument: ArgumentDescription,
}

impl NumberArgument {
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for definition in definitions() {
            for command in definition.commands() {
                let is_number =
                    |it: &&ArgumentDescription| matches!(it.domain, Domain::Number { .. });
                all.extend(command.arguments.iter().filter(is_number).map(|it| Self {
                    definition,
                    command: command.clone(),
                    argument: it.clone(),
                }));
            }
        }
        all
    }

    fn place(&self) -> String {
        format!("{} {}", self.definition.id(), self.argument.record)
    }

    fn send(&self, value: Rational) -> Result<Downlinks, Error> {
        let records = with(&self.command, &self.argument, &number(value));
        downlinks(engine(), self.definition, &records)
    }
}

/// The bounds of a number and what lies in the middle, a step of the wire from both.
fn bounds_and_middle(domain: &Domain) -> Vec<Rational> {
    let Domain::Number { ranges, step, .. } = domain else {
        return Vec::new();
    };
    let (min, max) = (ranges[0].min, ranges[ranges.len() - 1].max);
    let step = step.unwrap_or(Rational::ONE);
    let half = max.checked_sub(min).unwrap().checked_div(step).unwrap();
    let half = half.checked_div(Rational::from(2_i64)).unwrap();
    let steps = Rational::new(half.rounded_half_away(), 1).unwrap();
    let middle = min.checked_add(steps.checked_mul(step).unwrap()).unwrap();
    let is_inside = ranges
        .iter()
        .any(|Interval { min, max }| *min <= middle && middle <= *max);
    let is_apart = |a: Rational, b: Rational| a.checked_sub(b).unwrap().abs() >= step;
    let mut values = vec![min, max];
    if is_inside && is_apart(middle, min) && is_apart(middle, max) {
        values.push(middle);
    }
    values.retain(|value| value.to_decimal().is_some());
    values.dedup();
    values
}

#[test]
fn the_bounds_of_a_number_and_its_middle_give_different_bytes() {
    let mut compared = 0;
    for number in NumberArgument::all() {
        let place = number.place();
        let mut sent: Vec<(Rational, Vec<Message>)> = Vec::new();
        for value in bounds_and_middle(&number.argument.domain) {
            let messages = match number.send(value) {
                Ok(downlinks) => downlinks.messages().to_vec(),
                // A number that the device reads as something else has a name.
                Err(error) => {
                    assert!(has_names(&number.argument), "{place} {value}: {error}");
                    continue;
                }
            };
            for (other, others) in &sent {
                compared += 1;
                assert_ne!(messages, *others, "{place} {value} and {other}");
            }
            sent.push((value, messages));
        }
    }
    assert!(compared >= COMPARED, "{compared}");
}

fn has_names(argument: &ArgumentDescription) -> bool {
    matches!(&argument.domain, Domain::Number { names, .. } if !names.is_empty())
}

/// Rounding is told, and gives what the nearest step of the wire gives.
#[test]
fn what_is_finer_than_the_wire_is_refused_or_rounded_with_a_warning() {
    let (mut refused, mut rounded) = (0, 0);
    for number in NumberArgument::all() {
        let Domain::Number {
            ranges,
            may_round,
            step,
            ..
        } = &number.argument.domain
        else {
            continue;
        };
        let Some(Interval { min, .. }) = ranges.iter().find(|it| it.min < it.max) else {
            continue;
        };
        let fine = min
            .checked_add(Rational::new(1, 1_000_000).unwrap())
            .unwrap();
        if fine.to_decimal().is_none() {
            continue;
        }
        let place = format!("{} {fine}", number.place());
        match number.send(fine) {
            Err(error) => {
                assert!(!may_round, "{place}: {error}");
                assert_eq!(error.code(), Code::EncodeNotExact, "{place}");
                refused += 1;
            }
            // A float may hold it.
            Ok(_) if step.is_none() => {}
            Ok(downlinks) => {
                let mut warnings = downlinks.warnings().iter().map(|it| it.code);
                assert!(*may_round, "{place}");
                assert!(warnings.any(|it| it == Code::EncodeRounded), "{place}");
                let nearest = number.send(*min).unwrap();
                assert_eq!(downlinks.messages(), nearest.messages(), "{place}");
                rounded += 1;
            }
        }
    }
    assert!(
        refused >= REFUSED && rounded >= ROUNDED,
        "{refused} {rounded}"
    );
}
