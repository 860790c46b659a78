//! Laws of exported scripts: each gives what its definition gives, and refuses what it refuses.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "catalogue/sample.rs"]
mod sample;

use std::num::NonZero;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use downlink::Engine;
use downlink::directory::Binding;
use downlink::encoder::Registry;
use downlink::encoder::definition::{ArgumentDescription, CommandDescription, Definition, Domain};
use downlink::encoder::javascript::{Bounds, JavaScriptCodec};
use downlink::error::{All, Code, Error};
use downlink::message::{Message, Method, Protocol};
use downlink::number::Rational;
use downlink::senml::{Pack, UnixTime};
use proptest::prelude::*;
use sample::{inside, number, record, records};

/// Definitions for LoRaWAN; changed together with the catalogue.
const DEFINITIONS: usize = 166;
/// Those of them that no script can say, and why.
const NOT_EXPORTED: [(&str, Code); 0] = [];
/// Uses of commands, sound ones and others; as many at least.
const USES: usize = 30_000;

fn registry() -> &'static Registry {
    static REGISTRY: LazyLock<Registry> =
        LazyLock::new(|| Registry::builder().builtin().unwrap().build());
    &REGISTRY
}

fn definitions() -> Vec<&'static Definition> {
    let encoders = registry().iter().filter_map(|it| it.definition());
    encoders
        .filter(|it| it.protocol() == Protocol::Lora)
        .collect()
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
        let binding = Binding::new(&self.id).max_payload(242);
        let now = UnixTime::from_seconds(1_700_000_000);
        let downlinks = engine.encode_pack(&pack, Method::new(Protocol::Lora), &binding, now)?;
        Ok((downlinks.messages().to_vec(), downlinks.warnings().len()))
    }

    /// What differs between the definition and its script.
    fn difference(&self, records: &[String]) -> Option<String> {
        let native = self.send(&self.native, records);
        let exported = self.send(&self.exported, records);
        let code = match &native {
            Ok((messages, _)) if messages.is_empty() => Some("instruction/no-command"),
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
    let refused: Vec<(&str, Code)> = definitions()
        .into_iter()
        .filter_map(|it| Some((it.id(), it.to_script().err()?.code())))
        .collect();
    assert_eq!(refused, NOT_EXPORTED);
    assert!(definitions().len() >= DEFINITIONS);
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
        for (min, max) in ranges {
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

/// What the catalogue has little or nothing of.
const LANGUAGE: &str = r#"
format = 1
id = "acme/all"
title = "Everything, größer"
protocol = "LORA"
source = "ACME manual"
evidence = "manual"
[lora]
f_ports = [2, 10]
f_port = 10
join = true
max_length = 16
[envelopes.set]
frame = "0B {ack} len:u8+1({*})"
args.ack = { default = 0, max = 3 }
join = true
max_length = 20
[commands]
reset = "7F"
tenth = { frame = "01 {x:u16*10}" }
offset = { frame = "02 {x:i16*10-400}", args.x = { unit = "Cel" } }
third = { frame = "03 {x:u16/3}" }
single = { frame = "04 {x:f32}", args.x = { min = -9e15, max = 9e15 } }
double = { frame = "05 {x:f64le*0.1}", args.x = { min = -9e15, max = 9e15 } }
precise = { frame = "06 {x:f32}", args.x = { exact = true, min = -1000, max = 1000 } }
wide = { frame = "08 {x:i48le}" }
huge = { frame = "09 {x:i64}", args.x = { min = -9007199254740991, max = 9007199254740991 } }
special = { frame = "0C {x}", args.x = { enum = { off = 127 }, min = 0, max = 200 } }
bits = { frame = "0D [1:1 a:i5*2 b:2]le", args.b = { max = 2 } }
words = { frame = "0E [a? 0:3 a:12]le" }
slices = { frame = "0F [x[11:8] 0x5:4] [x[7:0]]" }
sum = { frame = "10 sum8(AA {x})" }
xor = { frame = "11 xor8(AA {x})" }
crc8 = { frame = "12 crc8-smbus(AA {x})" }
modbus = { frame = "13 crc16-modbus:le(AA {x})" }
ccitt = { frame = "14 crc16-ccitt-false:be(AA {x})" }
xmodem = { frame = "15 crc16-xmodem:be(AA {x})" }
kermit = { frame = "16 crc16-kermit:le(AA {x})" }
padded = { frame = "17 {x} pad(6, FF)" }
list = { frame = "18 len:u8({items:u16...})", args.items = { min_items = 1, max_items = 4 } }
group = { frame = "19 len:u8( ({index} {minutes:u16})... )", args.minutes = { default = 5 } }
text = { frame = "1A len:u8({x:utf8})", args.x = { max_len = 12 } }
ascii = { frame = "1B len:u8({x:ascii})", args.x = { max_len = 5 } }
hex = { frame = "1C len:u8({x:hex})", args.x = { max_len = 5 } }
data = { frame = "1D len:u8({x:bytes})", args.x = { max_len = 5 } }
yes = { frame = "1E {x:u16}", args.x = { type = "boolean", true = 0xFF00, false = 0 } }
port = { frame = "1F {port}", f_port = "{port}", args.port = { default = 2 } }
spoken = { text = "T{x:dec4}{y:hex2}{z:ascii}", args.y = { enum = { a = 10, b = "xy" }, min = 0, max = 255 } }
again = { frame = "20 {x}", repeat = true }
secret = { frame = "21 {x:u16}", args.x = { secret = true, max = 9 } }
inside = { frame = "22 {x}", in = "set" }
beside = { frame = "23 {x:u64}", in = "set", args.x = { max = 10 } }
choice = { frame = "24 {x} {y}", args.x = { optional = true }, args.y = { optional = true } }
"#;

fn language() -> &'static Pair {
    static PAIR: LazyLock<Pair> = LazyLock::new(|| Pair::of_text(LANGUAGE));
    &PAIR
}

fn agree(records: &[&str]) {
    let records: Vec<String> = records.iter().map(|it| format!("{{{it}}}")).collect();
    let difference = language().difference(&records);
    assert!(difference.is_none(), "{}", difference.unwrap());
}

#[test]
fn what_the_language_says_a_script_says() {
    for value in ["0", "1", "127", "128", "255", "2.5", "-1"] {
        for command in [
            "sum",
            "xor",
            "crc8",
            "modbus",
            "ccitt",
            "xmodem",
            "kermit",
            "padded",
            "special",
            "slices",
            "inside",
            "beside",
            "secret",
            "choice/x",
            "again",
            "bits/b",
            "port/port",
        ] {
            agree(&[&format!(r#""n":"{command}","v":{value}"#)]);
        }
    }
    for text in [
        "",
        "ab",
        "a b",
        "grün",
        "€",
        "a;b",
        "long long long",
        "12345",
        "\\u0007",
    ] {
        for command in ["text", "ascii", "hex", "special", "reset"] {
            agree(&[&format!(r#""n":"{command}","vs":"{text}""#)]);
        }
    }
    for (command, field) in [
        ("special", r#""vs":"off""#),
        ("hex", r#""vs":"0aFF""#),
        ("data", r#""vd":"AAECAw""#),
        ("data", r#""vd":"AAECAwQFBgc""#),
        ("yes", r#""vb":true"#),
        ("yes", r#""vb":false"#),
        ("port", r#""vb":true"#),
        ("choice", r#""vb":true"#),
        ("slices", r#""v":4095"#),
        ("slices", r#""v":4096"#),
        ("huge", r#""v":-9007199254740991"#),
        ("huge", r#""v":9007199254740991"#),
        ("wide", r#""v":-140737488355328"#),
        // Halves: away from zero, but for floats to the even one.
        ("tenth", r#""v":0.05"#),
        ("tenth", r#""v":0.0499"#),
        ("offset", r#""v":0.05"#),
        ("offset", r#""v":-0.05"#),
        ("third", r#""v":4.5"#),
        ("third", r#""v":-1.4"#),
        ("single", r#""v":16777217"#),
        ("single", r#""v":16777219"#),
        ("single", r#""v":-0.1"#),
        ("double", r#""v":0.1"#),
        ("double", r#""v":90071992547409930"#),
        ("single", r#""v":9e15"#),
        ("single", r#""v":9.1e15"#),
        ("list/items/0", r#""v":7"#),
        ("list/items", r#""v":7"#),
        ("group/0/index", r#""v":7"#),
        ("group/0/minutes", r#""v":7"#),
        ("text/x/y", r#""v":7"#),
        ("set/ack", r#""v":1"#),
    ] {
        agree(&[&format!(r#""n":"{command}",{field}"#)]);
    }
}

#[test]
fn what_stands_together_is_joined_alike() {
    let inside = r#""n":"inside","v":1"#;
    let beside = r#""n":"beside","v":2"#;
    let ack = r#""n":"set/ack","v":3"#;
    let reset = r#""n":"reset","vb":true"#;
    let padded = r#""n":"padded","v":2"#;
    let wide = r#""n":"wide","v":2"#;
    let port = r#""n":"port/port","v":2"#;
    agree(&[reset, padded]);
    agree(&[padded, wide, reset]);
    agree(&[reset, port]);
    agree(&[inside, beside]);
    agree(&[ack, inside, beside]);
    agree(&[inside, ack]);
    agree(&[inside, reset]);
    agree(&[r#""n":"again/x","v":1"#, reset]);
    agree(&[r#""n":"list/items/0","v":1"#, r#""n":"list/items/1","v":2"#]);
    agree(&[
        r#""n":"group/0/index","v":1"#,
        r#""n":"group/1/index","v":2"#,
    ]);
    agree(&[
        r#""n":"group/1/index","v":2"#,
        r#""n":"group/1/minutes","v":3"#,
        r#""n":"group/0/index","v":1"#,
    ]);
    agree(&[r#""n":"words/a","v":9"#]);
    agree(&[r#""n":"bits/a","v":-7.5"#, r#""n":"bits/b","v":1"#]);
    agree(&[
        r#""n":"spoken/x","v":42"#,
        r#""n":"spoken/y","vs":"a""#,
        r#""n":"spoken/z","vs":"q""#,
    ]);
    agree(&[
        r#""n":"spoken/x","v":9999"#,
        r#""n":"spoken/y","v":11"#,
        r#""n":"spoken/z","vs":"q,""#,
    ]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Values with few decimals, where halves are, and any others.
    #[test]
    fn numbers_are_rounded_alike(
        command in prop::sample::select(vec![
            "tenth", "offset", "third", "single", "double", "precise", "wide",
        ]),
        value in prop_oneof![
            (-40_000_i64..70_000, 0_u32..5).prop_map(|(digits, places)| {
                let divisor = 10_i64.pow(places);
                format!("{}{}.{:0width$}", if digits < 0 { "-" } else { "" },
                    digits.abs() / divisor, digits.abs() % divisor, width = usize::try_from(places.max(1)).unwrap())
            }),
            (-1e6_f64..1e6).prop_map(|value| value.to_string()),
            (any::<i16>(), -28_i32..28).prop_map(|(digits, exponent)| format!("{digits}e{exponent}")),
        ],
    ) {
        agree(&[&format!(r#""n":"{command}","v":{value}"#)]);
    }
}

fn refusal(definition: &str) -> Code {
    let text = format!(
        "format = 1\nid = \"acme/v1\"\ntitle = \"V1\"\nprotocol = \"LORA\"\n\
         source = \"manual\"\nevidence = \"manual\"\n{definition}"
    );
    let definition = Definition::from_toml(&text, &mut All::default()).unwrap();
    definition.to_script().unwrap_err().code()
}

#[test]
fn what_scripts_cannot_say_is_not_exported() {
    for wide in [
        "[commands]\nx = \"{x:u64}\"",
        "[commands]\nx = \"{x:i56}\"",
        "[commands]\nx = { text = \"{x}\" }",
        "[commands]\nx = { frame = \"{x:u64*0.1}\" }",
        "[commands]\nx = { frame = \"{x:u64}\", args.x = { enum = { y = 9007199254740992 } } }",
    ] {
        assert_eq!(refusal(wide), Code::ExportExactness, "{wide}");
    }
    for unsayable in [
        "[commands]\nx = \"{$dev_eui:hex}\"",
        "[variables]\ny = {}\n[commands]\nx = { frame = \"01\", f_port = \"{$y}\" }",
        "[commands]\nx = { json = { x = 1 } }",
        "[commands]\nx = { text = \"{x*0.1}\" }",
        "[commands]\nx = { text = \"{x:bytes}\" }",
    ] {
        assert_eq!(refusal(unsayable), Code::ExportLanguage, "{unsayable}");
    }
    let tasmota = registry().get("tasmota/tasmota").unwrap();
    let refused = tasmota.definition().unwrap().to_script().unwrap_err();
    assert_eq!(refused.code(), Code::ExportProtocol);
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
