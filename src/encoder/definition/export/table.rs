//! The table of a script: the compiled definition as the runtime reads it.

use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::message::lora::FPort;
use crate::number::Rational;

use super::super::argument::{Argument, Kind, Shape};
use super::super::frame::{Integer, Op, Order};
use super::super::model::{
    Command, Definition, Digits, Envelope, Join, Layout, PortRule, Run, Source, Step, Template,
    Text, TextPiece, TextValue, Transport,
};
use super::argument::{Owned, takes_data};
use super::{other_protocol, unsayable};

/// What the runtime works from.
pub(super) struct Table {
    facts: Vec<(&'static str, Value)>,
    envelopes: Vec<Value>,
    commands: Vec<Value>,
}

impl Table {
    pub(super) fn of(definition: &Definition) -> Result<Self, Error> {
        let Transport::Lora { port, max_length } = &definition.transport else {
            return Err(other_protocol(definition));
        };
        let mut facts = vec![
            ("id", json!(definition.id)),
            ("title", json!(definition.title)),
            ("source", json!(definition.source)),
            ("evidence", json!(definition.evidence.as_str())),
        ];
        if let Some(rule) = port {
            facts.push(("port", port_entry(rule)?));
        }
        if let Some(length) = max_length {
            facts.push(("max_length", json!(length)));
        }
        let envelopes = definition.envelopes.iter().map(envelope);
        let commands = definition.commands.iter().map(command);
        Ok(Self {
            facts,
            envelopes: envelopes.collect::<Result<_, _>>()?,
            commands: commands.collect::<Result<_, _>>()?,
        })
    }

    /// An object in ASCII, a line for each command.
    pub(super) fn to_javascript(&self) -> String {
        let mut lines: Vec<String> = self
            .facts
            .iter()
            .map(|(key, value)| format!("  \"{key}\": {value}"))
            .collect();
        for (key, items) in [("envelopes", &self.envelopes), ("commands", &self.commands)] {
            let items: Vec<String> = items.iter().map(|item| format!("\n    {item}")).collect();
            lines.push(format!("  \"{key}\": [{}]", items.join(",")));
        }
        ascii(&format!("{{\n{}\n}}", lines.join(",\n")))
    }
}

/// Characters beyond ASCII as JavaScript escapes them, two of which end a line in ECMAScript 5.
fn ascii(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() {
            escaped.push(character);
            continue;
        }
        let units = character.encode_utf16(&mut [0; 2]).to_vec();
        escaped.extend(units.iter().map(|unit| format!("\\u{unit:04X}")));
    }
    escaped
}

fn envelope(envelope: &Envelope) -> Result<Value, Error> {
    let owner = Owner {
        name: &envelope.name,
        arguments: &envelope.arguments,
    };
    let mut entry = owner.entry()?;
    entry.insert("frame".to_owned(), owner.steps(&envelope.steps)?);
    if let Some(length) = envelope.max_length {
        entry.insert("max_length".to_owned(), json!(length));
    }
    Ok(Value::Object(entry))
}

fn command(command: &Command) -> Result<Value, Error> {
    let owner = Owner {
        name: &command.name,
        arguments: &command.arguments,
    };
    let mut entry = owner.entry()?;
    let (key, template) = match &command.template {
        Template::Frame(steps) => ("frame", owner.steps(steps)?),
        Template::Text(text) => ("text", owner.text(text)?),
        Template::Json(_) => return Err(owner.unsayable("sends JSON")),
    };
    entry.insert(key.to_owned(), template);
    if let Some(rule) = &command.port {
        entry.insert("port".to_owned(), port_entry(rule)?);
    }
    if let Some(index) = command.envelope {
        entry.insert("envelope".to_owned(), json!(index));
    }
    let is_grouped = |argument: &Argument| argument.shape == Shape::Grouped;
    let grouped = command.arguments.iter().filter(|it| is_grouped(it)).count();
    if grouped > 0 && grouped < command.arguments.len() {
        // What is named stands in an object, what is numbered in an array.
        return Err(owner.unsayable("has a repeated group and other arguments"));
    }
    let has_many = |argument: &Argument| argument.shape != Shape::Single;
    if command.repeats && command.arguments.iter().any(has_many) {
        return Err(owner.unsayable("may be repeated, each time with several values"));
    }
    let flags = [
        ("join", command.join != Join::Never),
        ("repeats", command.repeats),
    ];
    for (key, _) in flags.iter().filter(|(_, is_set)| *is_set) {
        entry.insert((*key).to_owned(), json!(true));
    }
    Ok(Value::Object(entry))
}

fn port_entry(rule: &PortRule) -> Result<Value, Error> {
    let number = |port: &FPort| json!(port.number());
    Ok(match rule {
        PortRule::Fixed(port) => number(port),
        PortRule::Choice { among, default } => {
            let mut entry = Map::new();
            entry.insert("among".to_owned(), among.iter().map(number).collect());
            if let Some(port) = default {
                entry.insert("preset".to_owned(), number(port));
            }
            Value::Object(entry)
        }
        PortRule::From(Source::Argument(place)) => json!({ "argument": place }),
        PortRule::From(Source::Variable(_)) => {
            return Err(unsayable(
                "the port is a variable of the device",
                NO_VARIABLES,
            ));
        }
    })
}

const NO_VARIABLES: &str = "network servers do not store variables for scripts";

/// The command or envelope that something stands in.
#[derive(Clone, Copy)]
struct Owner<'d> {
    name: &'d str,
    arguments: &'d [Argument],
}

impl Owner<'_> {
    fn unsayable(self, what: &str) -> Error {
        let hint = "keep the command to frames and plain texts";
        unsayable(&format!("`{}` {what}", self.name), hint)
    }

    /// Its name and its arguments.
    fn entry(self) -> Result<Map<String, Value>, Error> {
        let arguments = self.arguments.iter();
        let arguments = arguments.map(|argument| {
            let (owner, all) = (self.name, self.arguments);
            Owned {
                owner,
                argument,
                all,
            }
            .entry()
        });
        let mut entry = Map::new();
        entry.insert("name".to_owned(), json!(self.name));
        entry.insert("args".to_owned(), arguments.collect::<Result<_, _>>()?);
        Ok(entry)
    }

    fn steps(self, steps: &[Step]) -> Result<Value, Error> {
        steps.iter().map(|step| self.step(step)).collect()
    }

    /// A constant in hex, or what the runtime has a function of this name for.
    fn step(self, step: &Step) -> Result<Value, Error> {
        Ok(match step {
            Step::Constant(bytes) => json!(hex::encode_upper(bytes)),
            Step::Inner => json!({ "step": "inner" }),
            Step::Value {
                source,
                layout,
                scale,
                is_list,
            } => {
                let place = self.place(*source)?;
                let mut entry = layout_entry(*layout);
                self.put_scale(scale, &mut entry)?;
                entry.insert("argument".to_owned(), json!(place));
                if *is_list {
                    entry.insert("list".to_owned(), json!(true));
                }
                Value::Object(entry)
            }
            Step::Bits { runs, reversed } => {
                let runs: Value = runs
                    .iter()
                    .map(|run| self.run(run))
                    .collect::<Result<_, _>>()?;
                json!({ "step": "bits", "runs": runs, "reversed": reversed })
            }
            Step::Length {
                integer,
                order,
                scale,
                steps,
            } => {
                let mut entry = integer_entry("length", *integer, *order);
                self.put_scale(scale, &mut entry)?;
                entry.insert("steps".to_owned(), self.steps(steps)?);
                Value::Object(entry)
            }
            Step::Sum { algorithm, steps } => json!({
                "step": "sum",
                "algorithm": algorithm.name(),
                "little": algorithm.is_little(),
                "steps": self.steps(steps)?,
            }),
            Step::Pad { length, with } => json!({ "step": "pad", "length": length, "with": with }),
            Step::Group { arguments, steps } => {
                json!({ "step": "group", "arguments": arguments, "steps": self.steps(steps)? })
            }
        })
    }

    fn place(self, source: Source) -> Result<usize, Error> {
        match source {
            Source::Argument(place) => Ok(place),
            Source::Variable(_) => {
                let what = format!("`{}` contains a variable of the device", self.name);
                Err(unsayable(&what, NO_VARIABLES))
            }
        }
    }

    /// All operations as one: `value * times + plus`.
    fn put_scale(self, ops: &[Op], entry: &mut Map<String, Value>) -> Result<(), Error> {
        let one = (Some(Rational::ONE), Some(Rational::ZERO));
        let all = ops.iter().fold(one, |(times, plus), op| match op {
            Op::Multiply(factor) => {
                let by = |it: Rational| it.checked_mul(*factor);
                (times.and_then(by), plus.and_then(by))
            }
            Op::Add(term) => (times, plus.and_then(|plus| plus.checked_add(*term))),
        });
        let (Some(times), Some(plus)) = all else {
            return Err(self.unsayable("has a scale that is too large"));
        };
        let is_float = entry.get("step") == Some(&json!("float"));
        if is_float && (times.to_decimal().is_none() || plus.to_decimal().is_none()) {
            return Err(self.unsayable("scales a float by a factor that is not a decimal"));
        }
        for (key, value, neutral) in [
            ("times", times, Rational::ONE),
            ("plus", plus, Rational::ZERO),
        ] {
            if value != neutral {
                entry.insert(key.to_owned(), json!(value.to_string()));
            }
        }
        Ok(())
    }

    /// A constant in binary digits, or some bits of an argument.
    fn run(self, run: &Run) -> Result<Value, Error> {
        Ok(match run {
            Run::Constant { value, width } => {
                let width = usize::try_from(*width).unwrap_or(0);
                json!(format!("{value:0width$b}"))
            }
            Run::Given { argument } => json!({ "argument": argument, "given": true }),
            Run::Slice {
                argument,
                low,
                width,
            } => json!({ "argument": argument, "low": low, "width": width }),
            Run::Value {
                argument,
                is_signed,
                width,
                scale,
            } => {
                let mut entry = Map::new();
                entry.insert("argument".to_owned(), json!(argument));
                entry.insert("signed".to_owned(), json!(is_signed));
                entry.insert("width".to_owned(), json!(width));
                self.put_scale(scale, &mut entry)?;
                Value::Object(entry)
            }
        })
    }

    fn text(self, text: &Text) -> Result<Value, Error> {
        let piece = |piece: &TextPiece| match piece {
            TextPiece::Literal(literal) => Ok(json!(literal)),
            TextPiece::Value(value) => self.text_value(value),
        };
        text.0.iter().map(piece).collect()
    }

    fn text_value(self, value: &TextValue) -> Result<Value, Error> {
        let place = self.place(value.source)?;
        if let Some(argument) = self.arguments.get(place) {
            let is_fraction = argument.may_round && value.digits == Digits::Plain;
            if is_fraction && matches!(argument.kind, Kind::Number { .. }) {
                return Err(self.unsayable("writes a fraction into its text"));
            }
            if takes_data(argument) {
                return Err(self.unsayable("writes data into its text"));
            }
        }
        let (base, digits, integer) = match value.digits {
            Digits::Plain => (None, 0, WIDEST_SIGNED),
            Digits::Integer(integer) => (None, 0, integer),
            Digits::Decimal(count) => (Some(10), count, WIDEST),
            Digits::Hex(count) => (Some(16), count, WIDEST),
        };
        let mut entry = Map::new();
        entry.insert("argument".to_owned(), json!(place));
        entry.insert("signed".to_owned(), json!(integer.is_signed));
        entry.insert("width".to_owned(), json!(integer.bits));
        if let Some(base) = base {
            entry.insert("base".to_owned(), json!(base));
            entry.insert("digits".to_owned(), json!(digits));
        }
        self.put_scale(&value.scale, &mut entry)?;
        Ok(Value::Object(entry))
    }
}

const WIDEST: Integer = Integer {
    is_signed: false,
    bits: 64,
};
const WIDEST_SIGNED: Integer = Integer {
    is_signed: true,
    bits: 64,
};

fn layout_entry(layout: Layout) -> Map<String, Value> {
    let mut entry = Map::new();
    match layout {
        Layout::Integer(integer, order) => return integer_entry("integer", integer, order),
        Layout::Float { bytes, order } => {
            entry.insert("step".to_owned(), json!("float"));
            entry.insert("bytes".to_owned(), json!(bytes));
            entry.insert("little".to_owned(), json!(order == Order::Little));
        }
        Layout::Text | Layout::Hex | Layout::Data => {
            entry.insert("step".to_owned(), json!("raw"));
        }
    }
    entry
}

fn integer_entry(step: &str, integer: Integer, order: Order) -> Map<String, Value> {
    let mut entry = Map::new();
    entry.insert("step".to_owned(), json!(step));
    entry.insert("signed".to_owned(), json!(integer.is_signed));
    entry.insert("width".to_owned(), json!(integer.bits));
    entry.insert("little".to_owned(), json!(order == Order::Little));
    entry
}
