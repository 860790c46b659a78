//! Laws of exported scripts: each gives what its definition gives, and refuses what it refuses.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "export/language.rs"]
mod language;
#[path = "catalogue/sample.rs"]
mod sample;

use std::collections::BTreeSet;
use std::num::NonZero;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use downlink::Engine;
use downlink::directory::Binding;
use downlink::encoder::definition::Definition;
use downlink::encoder::javascript::{Bounds, JavaScriptCodec};
use downlink::encoder::{
    ArgumentDescription, CommandDescription, Domain, Encoder, Interval, Registry,
};
use downlink::error::{All, Code, Error};
use downlink::message::{Message, Method, Protocol};
use downlink::number::Rational;
use downlink::senml::{Pack, UnixTime};
use proptest::prelude::*;
use sample::{inside, number, record, records};

/// Definitions for LoRaWAN; changed together with the catalogue.
const DEFINITIONS: usize = 273;
/// Those of them that no script can say, and why.
const NOT_EXPORTED: [(&str, Code); 1] = [("abeeway/asset-tracker-3", Code::ExportLanguage)];
/// Examples that send one message; likewise.
const EXAMPLES: usize = 2846;
/// Uses of commands, sound ones and others; as many at least.
const USES: usize = 30_000;

fn registry() -> &'static Registry {
    static REGISTRY: LazyLock<Registry> =
        LazyLock::new(|| Registry::builder().builtin().unwrap().build());
    &REGISTRY
}

/// All definitions for LoRaWAN.
fn for_lorawan() -> impl Iterator<Item = &'static Definition> {
    let encoders = registry().iter().filter_map(Definition::of);
    encoders.filter(|it| it.protocol() == Protocol::Lora)
}

/// Those that are exported.
fn definitions() -> Vec<&'static Definition> {
    let is_refused = |id| NOT_EXPORTED.iter().any(|(refused, _)| *refused == id);
    for_lorawan().filter(|it| !is_refused(it.id())).collect()
}

/// A definition beside its script, under one id.
struct Pair {
    native: Engine,
    exported: Engine,
    id: String,
}

impl Pair {
    fn of(definition: &Definition) -> Self {
        Self::new(definition.id(), Engine::new(registry().clone()), definition)
    }

    fn of_text(text: &str) -> Self {
        let definition = Definition::from_toml(text, &mut All::default()).unwrap();
        let native = Registry::builder().register(definition.clone()).unwrap();
        let native = Engine::new(native.build());
        Self::new(definition.id(), native, &definition)
    }

    fn new(id: &str, native: Engine, definition: &Definition) -> Self {
        // Without a wall clock: the machine that runs the tests may be busy.
        let bounds = Bounds {
            wall_clock: None,
            ..Bounds::default()
        };
        let script = definition.to_script().unwrap();
        let codec = JavaScriptCodec::with_bounds(id, &script, bounds).unwrap();
        let registry = Registry::builder().register(codec).unwrap().build();
        Self {
            native,
            exported: Engine::new(registry),
            id: id.to_owned(),
        }
    }

    fn send(&self, engine: &Engine, records: &[String]) -> Result<(Vec<Message>, usize), Error> {
        let device = "urn:dev:DEVEUI:0000000000000000:";
        let text = format!(r#"[{{"bn":"{device}"}},{}]"#, records.join(","));
        let pack = Pack::from_json(text.as_bytes())?;
        let binding = Binding::new(&self.id).with_max_payload(242);
        let now = UnixTime::from_seconds(1_700_000_000);
        let downlinks = engine.encode_pack(&pack, &Method::new(Protocol::Lora), &binding, now)?;
        Ok((downlinks.messages().to_vec(), downlinks.warnings().len()))
    }

    /// What differs between the definition and its script.
    fn difference(&self, records: &[String]) -> Option<String> {
        let native = self.send(&self.native, records);
        let exported = self.send(&self.exported, records);
        let code = match &native {
            Ok((messages, _)) if messages.len() > 1 => Some("limit/parts"),
            Ok(_) => None,
            Err(error) => Some(error.code().as_str()),
        };
        let is_same = match (code, &exported) {
            (None, Ok(sent)) => native.as_ref().ok() == Some(sent),
            (Some(code), Err(error)) => says(error, code),
            _ => false,
        };
        (!is_same).then(|| format!("{} {records:?}:\n{native:?}\n{exported:?}", self.id))
    }
}

/// Whether the script refuses with this code, or its input could not be made for this reason.
fn says(error: &Error, code: &str) -> bool {
    match error.code() {
        Code::CodecRefused => error.diagnostic().message.contains(&format!("{code}: ")),
        other => other.as_str() == code,
    }
}

#[test]
fn all_definitions_for_lorawan_are_exported_but_those_on_the_list() {
    let refused: Vec<(&str, Code)> = for_lorawan()
        .filter_map(|it| Some((it.id(), it.to_script().err()?.code())))
        .collect();
    assert_eq!(refused, NOT_EXPORTED);
    assert!(for_lorawan().count() >= DEFINITIONS);
}

/// A sound use of a command, but for one argument.
fn with(command: &CommandDescription, changed: &ArgumentDescription, value: &str) -> Vec<String> {
    records(command, &mut |argument| {
        if argument.name == changed.name {
            value.to_owned()
        } else {
            inside(&argument.domain, 0.0)
        }
    })
}

/// Values within the domain and beyond it, and of other types.
fn values(domain: &Domain) -> Vec<String> {
    let mut values: Vec<String> = [r#""v":1"#, r#""vb":true"#, r#""vs":"no-such-name""#]
        .map(str::to_owned)
        .into();
    values.extend([0.0, 0.3, 0.999].map(|share| inside(domain, share)));
    if let Domain::Number { ranges, .. } = domain {
        let millionth = Rational::new(1, 1_000_000).unwrap();
        for Interval { min, max } in ranges {
            let near = [
                min.checked_sub(Rational::ONE),
                min.checked_add(millionth),
                max.checked_sub(millionth),
                max.checked_add(Rational::ONE),
            ];
            let near = near.into_iter().flatten();
            values.extend(near.filter(|it| it.to_decimal().is_some()).map(number));
        }
        values.extend([r#""v":1e12"#, r#""v":-1e12"#, r#""v":1e-9"#].map(str::to_owned));
    }
    values
}

/// Compares every use of every command; how many uses there were, and what differs.
fn compared(definition: &Definition) -> (usize, Vec<String>) {
    let pair = Pair::of(definition);
    let mut uses = Vec::new();
    for command in definition.commands() {
        uses.push(vec![record(&format!("{}x", command.name), r#""vb":true"#)]);
        uses.push(vec![record(
            &format!("{}/no_such", command.name),
            r#""v":1"#,
        )]);
        uses.push(vec![record(&command.name, r#""vb":true"#)]);
        for argument in &command.arguments {
            let values = values(&argument.domain).into_iter();
            uses.extend(values.map(|value| with(&command, argument, &value)));
        }
    }
    let faults = uses.iter().filter_map(|records| pair.difference(records));
    (uses.len(), faults.collect())
}

#[test]
fn a_script_sends_and_refuses_what_its_definition_does() {
    let definitions = definitions();
    let next = AtomicUsize::new(0);
    let worker = || {
        let (mut uses, mut faults) = (0, Vec::new());
        while let Some(definition) = definitions.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (own_uses, own_faults) = compared(definition);
            uses += own_uses;
            faults.extend(own_faults);
        }
        (uses, faults)
    };
    let (mut uses, mut faults) = (0, Vec::new());
    thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        for worker in workers {
            let (own_uses, own_faults) = worker.join().unwrap();
            uses += own_uses;
            faults.extend(own_faults);
        }
    });
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
    assert!(uses >= USES, "{uses}");
}

/// The records of a message in the units of the definition, which scripts take numbers in.
fn normal_form(definition: &Definition, message: &Message) -> Vec<String> {
    let device = "urn:dev:DEVEUI:0000000000000000:".parse().unwrap();
    let decoded = definition.decode_message(message).unwrap();
    let pack = decoded.to_senml_json(device).unwrap();
    let mut records: Vec<serde_json::Map<String, serde_json::Value>> =
        serde_json::from_str(&pack).unwrap();
    for record in &mut records {
        record.remove("bn");
        record.remove("u");
    }
    let texts = records.iter().map(serde_json::to_string);
    texts.collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_script_sends_what_the_examples_say() {
    let mut compared = 0;
    for definition in definitions() {
        let pair = Pair::of(definition);
        for example in definition.examples() {
            let records = example.instruction.to_string();
            let records = records
                .strip_prefix('[')
                .unwrap()
                .strip_suffix(']')
                .unwrap();
            // A port that an example asks for is left to the run in Node.
            let Ok((messages, _)) = pair.send(&pair.native, &[records.to_owned()]) else {
                continue;
            };
            let [message] = messages.as_slice() else {
                continue;
            };
            // Read back, a message may belong to another port than the device's own.
            let records = normal_form(definition, message);
            let (native, _) = pair.send(&pair.native, &records).unwrap();
            match pair.send(&pair.exported, &records) {
                Ok((exported, _)) => {
                    assert_eq!(exported, native, "{} {records:?}", definition.id());
                    compared += 1;
                }
                // An object has no member twice.
                Err(error) => assert_eq!(error.code(), Code::EncodeDuplicateArgument),
            }
        }
    }
    assert!(compared >= EXAMPLES, "{compared}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn several_commands_go_together_alike(
        chosen in prop::collection::vec(any::<prop::sample::Index>(), 2..5),
        shares in prop::collection::vec(0.0..1.0_f64, 24),
        which in any::<prop::sample::Index>(),
    ) {
        let definitions = definitions();
        let definition = definitions[which.index(definitions.len())];
        let commands = definition.commands();
        let indices: BTreeSet<usize> = chosen.iter().map(|it| it.index(commands.len())).collect();
        let mut shares = shares.into_iter().cycle();
        let all: Vec<String> = indices
            .iter()
            .flat_map(|index| {
                records(&commands[*index], &mut |argument| {
                    inside(&argument.domain, shares.next().unwrap_or(0.0))
                })
            })
            .collect();
        let difference = Pair::of(definition).difference(&all);
        prop_assert!(difference.is_none(), "{}", difference.unwrap());
    }
}

#[test]
fn a_script_is_ascii() {
    for definition in definitions() {
        assert!(
            definition.to_script().unwrap().is_ascii(),
            "{}",
            definition.id()
        );
    }
}

/// An example is left out only if an object cannot say it.
#[test]
fn examples_go_with_their_script() {
    let (mut all, mut kept) = (0, 0);
    for definition in definitions() {
        let examples: serde_json::Value =
            serde_json::from_str(&definition.script_examples()).unwrap();
        all += definition.examples().len();
        kept += examples.as_array().unwrap().len();
    }
    assert!(all >= 3160 && kept * 100 >= all * 99, "{kept} of {all}");
}
