//! Laws of reading payloads back, over every command of every definition that comes with the crate.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "catalogue/device.rs"]
mod device;
#[path = "catalogue/sample.rs"]
mod sample;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD;
use device::binding;
use downlink::directory::Binding;
use downlink::encoder::definition::Definition;
use downlink::encoder::{
    ArgumentDescription, CommandDescription, Decoded, Domain, Encoder, Reading, RecordValue,
    Registry,
};
use downlink::error::Error;
use downlink::instruction::DeviceId;
use downlink::message::lora::FPort;
use downlink::message::{Message, Method, Payload, Protocol};
use downlink::senml::{Pack, UnixTime};
use downlink::{Downlinks, Engine};
use proptest::prelude::*;
use sample::{inside, records};

/// The catalogue had as many commands; it only grows.
const COMMANDS: usize = 2426;

static REGISTRY: LazyLock<Registry> =
    LazyLock::new(|| Registry::builder().builtin().unwrap().build());

fn engine() -> &'static Engine {
    static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(REGISTRY.clone()));
    &ENGINE
}

fn definitions() -> Vec<&'static Definition> {
    let encoders = REGISTRY.iter();
    encoders.filter_map(Definition::of).collect()
}

fn device(definition: &Definition) -> DeviceId {
    let urn = match definition.protocol() {
        Protocol::Lora => "urn:dev:DEVEUI:0000000000000000:",
        Protocol::Mqtt => "urn:dev:DVNUUID:00000000-0000-0000-0000-000000000000:",
        _ => "urn:dev:IMEI:350000000000006:",
    };
    urn.parse().unwrap()
}

fn encode_text(
    definition: &Definition,
    binding: &Binding,
    method: &Method,
    text: &str,
) -> Result<Downlinks, Error> {
    assert_eq!(definition.id(), binding.encoder());
    let pack = Pack::from_json(text.as_bytes())?;
    let now = UnixTime::from_seconds(1_700_000_000);
    engine().encode_pack(&pack, method, binding, now)
}

fn encode(definition: &Definition, records: &[String]) -> Result<Downlinks, Error> {
    let method = Method::new(definition.protocol());
    let device = device(definition);
    let text = format!(r#"[{{"bn":"{device}"}},{}]"#, records.join(","));
    encode_text(definition, &binding(definition), &method, &text)
}

/// How a message was sent, and what.
fn sent(message: &Message) -> (Method, Payload) {
    match message {
        Message::Lora(downlink) => {
            let f_port = Some(downlink.f_port());
            let payload = Payload::Binary(downlink.frm_payload().to_vec());
            let mut method = Method::new(Protocol::Lora);
            if let Method::Lora { f_port: asked } = &mut method {
                *asked = f_port;
            }
            (method, payload)
        }
        Message::Mqtt(publish) => {
            let mut method = Method::new(Protocol::Mqtt);
            if let Method::Mqtt { topic, .. } = &mut method {
                *topic = Some(publish.topic.clone());
            }
            (method, publish.payload.clone())
        }
        Message::Sms(submit) => (
            Method::new(Protocol::Sms),
            Payload::Text(submit.text().to_owned()),
        ),
        Message::Http(content) => (Method::new(Protocol::Http), content.body.clone()),
        _ => panic!("a protocol that the test does not know"),
    }
}

/// Encodes what was decoded.
fn again(definition: &Definition, method: &Method, decoded: &Decoded) -> Vec<Message> {
    // A payload may hold the device's own names too, which a binding does not give.
    let given = decoded
        .variables
        .iter()
        .filter(|it| definition.takes_variable(&it.name));
    let binding = given.fold(binding(definition), |binding, variable| {
        binding.with_variable(&variable.name, &variable.text)
    });
    let text = decoded.to_senml_json(device(definition)).unwrap();
    let downlinks = encode_text(definition, &binding, method, &text).unwrap();
    downlinks.messages().to_vec()
}

/// The values of the records that were given, by name.
fn given_values(records: &[String]) -> BTreeMap<String, serde_json::Value> {
    let read = |record: &String| -> serde_json::Value { serde_json::from_str(record).unwrap() };
    let value = |record: &serde_json::Value| {
        let values = ["v", "vb", "vs", "vd"].map(|label| record[label].clone());
        values.into_iter().find(|value| !value.is_null()).unwrap()
    };
    let records = records.iter().map(read);
    records
        .map(|record| (record["n"].as_str().unwrap().to_owned(), value(&record)))
        .collect()
}

/// How far a number may be from what was given: half a step of the wire if it was rounded.
fn tolerance(commands: &[&CommandDescription], name: &str) -> f64 {
    let mut arguments = commands.iter().flat_map(|command| &command.arguments);
    let found = arguments.find(|argument| argument.record == name);
    match found.map(|argument| &argument.domain) {
        Some(Domain::Number {
            may_round: true,
            step: Some(step),
            ..
        }) => step.to_f64() / 2.0,
        _ => 0.0,
    }
}

/// Whether what was decoded says the same as what was given.
fn is_same(given: &serde_json::Value, decoded: &RecordValue, tolerance: f64) -> bool {
    match decoded {
        RecordValue::Number(number) => {
            *given == serde_json::from_str::<serde_json::Value>(&number.to_string()).unwrap()
                || given
                    .as_f64()
                    .is_some_and(|given| (given - number.to_f64()).abs() <= tolerance)
        }
        RecordValue::Boolean(truth) => given.as_bool() == Some(*truth),
        RecordValue::Text(text) => given.as_str() == Some(text),
        RecordValue::Data(bytes) => given.as_str() == Some(&URL_SAFE_NO_PAD.encode(bytes)),
        _ => false,
    }
}

/// A use of a command; each argument with a value of its domain.
fn some_use(command: &CommandDescription, share: f64) -> Vec<String> {
    records(command, &mut |argument: &ArgumentDescription| {
        inside(&argument.domain, share)
    })
}

/// Reads every message back: to the same message, and to the values that were given.
fn read_back(
    definition: &Definition,
    commands: &[&CommandDescription],
    given: &[String],
    downlinks: &Downlinks,
) -> Result<(), String> {
    let mut read = BTreeMap::new();
    for message in downlinks.messages() {
        let (method, payload) = sent(message);
        let decoded = definition
            .decode(&method, &payload)
            .map_err(|error| format!("{payload:02X?} {error}"))?;
        let sent_again = again(definition, &method, &decoded);
        if sent_again.as_slice() != std::slice::from_ref(message) {
            return Err(format!("{decoded:?} encodes to {sent_again:?}"));
        }
        read.extend(
            decoded
                .records
                .iter()
                .cloned()
                .map(|it| (it.name, it.value)),
        );
    }
    let is_unique = commands.iter().all(|it| it.reading == Reading::Unique);
    if !is_unique {
        return Ok(());
    }
    let is_rounded = !downlinks.warnings().is_empty();
    for (name, value) in given_values(given) {
        let tolerance = if is_rounded {
            tolerance(commands, &name)
        } else {
            0.0
        };
        match read.get(&name) {
            Some(found) if is_same(&value, found, tolerance) => {}
            found => return Err(format!("{name} is {value}, read as {found:?}")),
        }
    }
    Ok(())
}

#[test]
fn what_was_encoded_is_read_back() {
    let (mut commands, mut faults) = (0, Vec::new());
    for definition in definitions() {
        for command in definition.commands() {
            if matches!(command.reading, Reading::Never(_)) {
                continue;
            }
            commands += 1;
            for share in [0.0, 0.3, 0.5, 0.8, 0.999] {
                let given = some_use(&command, share);
                // Values that exclude each other are another test's.
                let Ok(downlinks) = encode(definition, &given) else {
                    continue;
                };
                if let Err(fault) = read_back(definition, &[&command], &given, &downlinks) {
                    faults.push(format!("{} {given:?}: {fault}", definition.id()));
                }
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );
    assert!(commands >= COMMANDS, "{commands}");
}

#[test]
fn broken_payloads_are_refused_or_read_for_what_they_are() {
    let mut read = 0_usize;
    for definition in definitions() {
        for command in definition.commands().iter().step_by(4) {
            let Ok(downlinks) = encode(definition, &some_use(command, 0.5)) else {
                continue;
            };
            let (method, payload) = sent(&downlinks.messages()[0]);
            let bytes = payload.as_bytes();
            let prefixes = (0..bytes.len()).step_by(2).map(|end| bytes[..end].to_vec());
            let flips = (0..bytes.len() * 8).step_by(11).map(|bit| {
                let mut flipped = bytes.to_vec();
                flipped[bit / 8] ^= 1 << (bit % 8);
                flipped
            });
            for broken in prefixes.chain(flips) {
                let payload = Payload::Binary(broken);
                if let Ok(decoded) = definition.decode(&method, &payload) {
                    read += 1;
                    let messages = again(definition, &method, &decoded);
                    assert_eq!(messages.len(), 1, "{decoded:?}");
                }
            }
        }
    }
    assert!(read > 0, "no flip of a bit makes another value");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn several_commands_are_read_back(
        chosen in prop::collection::vec(any::<prop::sample::Index>(), 1..5),
        shares in prop::collection::vec(0.0..1.0_f64, 24),
        which in any::<prop::sample::Index>(),
    ) {
        let definitions = definitions();
        let definition = definitions[which.index(definitions.len())];
        let commands = definition.commands();
        let indices: BTreeSet<usize> = chosen.iter().map(|it| it.index(commands.len())).collect();
        let commands: Vec<_> = indices.iter().map(|index| &commands[*index]).collect();
        let mut shares = shares.into_iter().cycle();
        let given: Vec<String> = commands
            .iter()
            .flat_map(|command| {
                records(command, &mut |argument| {
                    inside(&argument.domain, shares.next().unwrap_or(0.0))
                })
            })
            .collect();
        if let Ok(downlinks) = encode(definition, &given) {
            let read = read_back(definition, &commands, &given, &downlinks);
            prop_assert!(read.is_ok(), "{} {given:?}: {read:?}", definition.id());
        }
    }

    #[test]
    fn no_bytes_break_decoding(
        bytes in prop::collection::vec(any::<u8>(), 0..64),
        port in prop::option::of(1..=223_i128),
        which in any::<prop::sample::Index>(),
    ) {
        let definitions = definitions();
        let definition = definitions[which.index(definitions.len())];
        let mut method = Method::new(definition.protocol());
        if let Method::Lora { f_port } = &mut method {
            *f_port = port.map(|port| FPort::new(port).unwrap());
        }
        let payload = Payload::Binary(bytes);
        if let Ok(decoded) = definition.decode(&method, &payload) {
            let f_port = decoded.f_port;
            if let Method::Lora { f_port: asked } = &mut method {
                *asked = f_port;
            }
            let messages = again(definition, &method, &decoded);
            let (_, sent_again) = sent(&messages[0]);
            prop_assert_eq!(sent_again.as_bytes(), payload.as_bytes());
        }
    }
}
