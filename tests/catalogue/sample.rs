//! Records for a command: every argument with a value of its domain, or with one beyond it.

use downlink::encoder::{
    ArgumentDescription, CommandDescription, Domain, Interval, NeedDescription, RecordValue,
};
use downlink::number::Rational;

/// The fields of a record that say a value: `"v":5`.
pub(crate) type Value = String;

/// The records of one use of a command. What would have no effect beside the others is left out.
pub(crate) fn records(
    command: &CommandDescription,
    pick: &mut dyn FnMut(&ArgumentDescription) -> Value,
) -> Vec<String> {
    let arguments = &command.arguments;
    let picked: Vec<Value> = arguments.iter().map(pick).collect();
    let both = || arguments.iter().zip(&picked);
    let is_met = |need: &NeedDescription| {
        both().any(|(other, value)| other.name == need.argument && *value == said(&need.value))
    };
    let given: Vec<String> = both()
        .filter(|(argument, _)| argument.needs.iter().all(is_met))
        .map(|(argument, value)| record(&argument.record, value))
        .collect();
    if given.is_empty() {
        return vec![record(&command.name, r#""vb":true"#)];
    }
    given
}

fn said(value: &RecordValue) -> Value {
    match value {
        RecordValue::Boolean(value) => format!(r#""vb":{value}"#),
        RecordValue::Text(name) => format!(r#""vs":"{name}""#),
        _ => panic!("only booleans and names are needed"),
    }
}

pub(crate) fn record(path: &str, value: &str) -> String {
    format!(r#"{{"n":"{path}",{value}}}"#)
}

/// A value of the domain; `share` from 0 to 1 says which.
pub(crate) fn inside(domain: &Domain, share: f64) -> Value {
    match domain {
        Domain::Number {
            ranges,
            step,
            may_round,
            ..
        } => {
            let Interval { min, max } = ranges[index(share, ranges.len())];
            let step = step.filter(|_| !may_round).unwrap_or(Rational::ONE);
            number(between(min, max, step, share))
        }
        Domain::Boolean => format!(r#""vb":{}"#, share < 0.5),
        Domain::Enumeration { names } => format!(r#""vs":"{}""#, names[index(share, names.len())]),
        Domain::Text { length, .. } => format!(r#""vs":"{}""#, "a".repeat(length.min.max(1))),
        Domain::Hex { length } => format!(r#""vs":"{}""#, "A5".repeat(length.min.max(1))),
        Domain::Data { length } => {
            // Three bytes are four characters, so that no padding is missing.
            format!(r#""vd":"{}""#, "pWal".repeat(length.min.div_ceil(3).max(1)))
        }
        _ => panic!("a domain that the test does not know"),
    }
}

fn index(share: f64, count: usize) -> usize {
    let at = (share * f64::from(u32::try_from(count).unwrap())).floor();
    format!("{at}").parse::<usize>().unwrap().min(count - 1)
}

/// A multiple of the step within the bounds, or the lower bound itself.
fn between(min: Rational, max: Rational, step: Rational, share: f64) -> Rational {
    let (least, most) = (min.to_f64(), max.to_f64());
    let steps = ((least + (most - least) * share) / step.to_f64()).floor();
    let steps = format!("{steps:.0}").parse::<i128>().unwrap();
    let guess = Rational::new(steps, 1)
        .and_then(|steps| steps.checked_mul(step))
        .unwrap();
    if guess < min || max < guess {
        finite(min, max)
    } else {
        guess
    }
}

/// A finite decimal within the bounds.
fn finite(min: Rational, max: Rational) -> Rational {
    if min.to_decimal().is_some() { min } else { max }
}

pub(crate) fn number(value: Rational) -> Value {
    let decimal = value.to_decimal().expect("a finite decimal");
    format!(r#""v":{decimal}"#)
}
