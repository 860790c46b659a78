//! A payload codec in JavaScript: a warm call, a fresh runtime for each message, and the definition
//! of the same device.
//!
//! All three are timed in one run and give the same bytes. Read the ratios, not the microseconds.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark is a program; criterion makes its entry"
)]

use std::fmt::Write;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use downlink::Engine;
use downlink::directory::Binding;
use downlink::encoder::Registry;
use downlink::encoder::javascript::JavaScriptCodec;
use downlink::message::lora::FPort;
use downlink::message::{Message, Method};
use downlink::senml::{Pack, UnixTime};

/// Two commands of a Vicki, as its codec and its definition name them.
const SCRIPT: &str = "
function encodeDownlink(input) {
    var bytes = [];
    Object.keys(input.data).forEach(function (command) {
        switch (command) {
            case 'setKeepAlive': bytes.push(0x02, input.data[command]); break;
            case 'setChildLock': bytes.push(0x07, input.data[command] ? 1 : 0); break;
            default: throw new Error('unknown command ' + command);
        }
    });
    return { fPort: 1, bytes: bytes };
}
";

/// Minutes, for scripts know no units.
const FOR_SCRIPT: &str = r#"[
    {"bn": "urn:dev:DEVEUI:0059AC0000152A2B:", "n": "setKeepAlive", "v": 10},
    {"n": "setChildLock", "vb": true}]"#;

const FOR_DEFINITION: &str = r#"[
    {"bn": "urn:dev:DEVEUI:0059AC0000152A2B:", "n": "setKeepAlive", "u": "min", "v": 10},
    {"n": "setChildLock", "vb": true}]"#;

/// Bytes of a long script, as published ones have them.
const LONG: usize = 64 * 1024;

/// What is encoded by what.
struct Case {
    engine: Engine,
    binding: Binding,
    pack: Pack<'static>,
}

impl Case {
    fn of_script(source: &str, is_warm: bool) -> Self {
        let codec = JavaScriptCodec::from_script("acme/vicki", source).unwrap();
        assert_eq!(codec.is_warm(), is_warm);
        let registry = Registry::builder().register(codec).unwrap().build();
        Self::new(registry, "acme/vicki", FOR_SCRIPT)
    }

    fn of_definition() -> Self {
        let registry = Registry::builder().builtin().unwrap().build();
        Self::new(registry, "mclimate/vicki", FOR_DEFINITION)
    }

    fn new(registry: Registry, encoder: &str, pack: &'static str) -> Self {
        let case = Self {
            engine: Engine::new(registry),
            binding: Binding::new(encoder),
            pack: Pack::from_json(pack.as_bytes()).unwrap(),
        };
        assert_eq!(case.encode(), [0x02, 0x0A, 0x07, 0x01]);
        case
    }

    fn encode(&self) -> Vec<u8> {
        let now = UnixTime::from_seconds(1_700_000_000);
        let method = Method::Lora {
            f_port: Some(FPort::new(1).unwrap()),
        };
        let downlinks = self
            .engine
            .encode_pack(black_box(&self.pack), &method, &self.binding, now)
            .unwrap();
        match downlinks.messages() {
            [Message::Lora(downlink)] => downlink.frm_payload().to_vec(),
            _ => Vec::new(),
        }
    }
}

/// The script with functions behind it that no message calls.
fn long() -> String {
    let mut script = SCRIPT.to_owned();
    let mut number = 0;
    while script.len() < LONG {
        number += 1;
        writeln!(
            script,
            "function read{number}(bytes) {{ return (bytes[0] << 8 | bytes[1]) / {number}; }}"
        )
        .unwrap();
    }
    script
}

/// An ES module has a runtime of its own for each message.
fn as_module(script: &str) -> String {
    format!("{script}\nexport {{ encodeDownlink }};\n")
}

fn javascript(criterion: &mut Criterion) {
    let long = long();
    let mut group = criterion.benchmark_group("javascript");
    for (name, case) in [
        ("definition", Case::of_definition()),
        ("warm", Case::of_script(SCRIPT, true)),
        ("fresh", Case::of_script(&as_module(SCRIPT), false)),
        ("warm_long", Case::of_script(&long, true)),
        ("fresh_long", Case::of_script(&as_module(&long), false)),
    ] {
        group.bench_function(name, |b| b.iter(|| case.encode()));
    }
    group.finish();
}

criterion_group!(benches, javascript);
criterion_main!(benches);
