//! Codec packages and their examples, objects for scripts, and what scripts read back.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::BTreeMap;

use downlink::Engine;
use downlink::directory::Binding;
use downlink::encoder::javascript::{
    Bounds, Data, Direction, Example, JavaScriptCodec, JavaScriptDecoder, Package,
};
use downlink::encoder::{Context, Encoder, Registry, Writer};
use downlink::error::{Code, Error, Position};
use downlink::instruction::{DeviceId, Instruction};
use downlink::message::{Message, Method, Protocol};
use downlink::senml::{Pack, UnixTime};
use proptest::prelude::*;
use serde_json::{Value, json};

const LAMP: &str =
    "function encodeDownlink(input) { return { fPort: 10, bytes: [input.data.on ? 1 : 0] }; }
    function decodeDownlink(input) { return { data: { on: input.bytes[0] === 1 } }; }";

fn package(files: &[(&str, &str)]) -> Result<Package, Error> {
    let files: BTreeMap<&str, &str> = files.iter().copied().collect();
    Package::read(|name| Ok(files.get(name).map(|text| (*text).to_owned())))
}

/// What each example of this script comes to.
fn proven(script: &str, examples: &Value) -> Vec<Result<(), String>> {
    let bounds = Bounds {
        wall_clock: None,
        ..Bounds::default()
    };
    let examples = examples.to_string();
    let package = package(&[("index.js", script), ("examples.json", &examples)]).unwrap();
    let codec = package.codec("acme/lamp", bounds).unwrap();
    let prove = |example: &Example| {
        example.prove(&codec, None).map_err(|error| {
            assert_eq!(error.code(), Code::CodecExample);
            error.to_string()
        })
    };
    package.examples().unwrap().iter().map(prove).collect()
}

fn code<T>(result: Result<T, Error>) -> Code {
    result.err().expect("an error").code()
}

#[test]
fn the_script_is_the_one_that_the_package_names() {
    for files in [
        &[
            (
                "package.json",
                r#"{"name": "lamp", "main": "./src/lamp.js"}"#,
            ),
            ("src/lamp.js", LAMP),
        ][..],
        &[
            (
                "package.json",
                r#"{"name": "lamp", "main": "src\\lamp.js"}"#,
            ),
            ("src/lamp.js", LAMP),
        ],
        &[
            ("metadata.json", r#"{"name": "lamp", "main": "lamp.js"}"#),
            ("lamp.js", LAMP),
        ],
        &[
            ("metainfo.json", "\u{feff}{\"name\": \"lamp\"}"),
            ("index.js", LAMP),
            ("main.js", ""),
        ],
        &[
            ("package.json", r#"{"name": "lamp", "main": ""}"#),
            ("main.js", LAMP),
        ],
    ] {
        let package = package(files).unwrap_or_else(|error| panic!("{files:?}: {error}"));
        assert_eq!(
            (package.name(), package.script()),
            (Some("lamp"), LAMP),
            "{files:?}"
        );
    }
}

#[test]
fn a_package_that_is_not_as_it_should_be_is_refused() {
    for files in [
        &[][..],
        &[
            ("package.json", r#"{"main": "lamp.js"}"#),
            ("index.js", LAMP),
        ],
        &[
            ("package.json", r#"{"main": "../lamp.js"}"#),
            ("../lamp.js", LAMP),
        ],
        &[("package.json", r#"{"main": "src/..\\..\\lamp.js"}"#)],
        &[
            ("package.json", r#"{"main": "/lamp.js"}"#),
            ("/lamp.js", LAMP),
        ],
        &[("package.json", "{"), ("index.js", LAMP)],
        &[("index.js", LAMP), ("driver.yaml", "signature: other")],
    ] {
        assert_eq!(code(package(files)), Code::CodecPackage, "{files:?}");
    }
    let error = package(&[("index.js", LAMP), ("package.json", "[\n  {,}]")]).unwrap_err();
    let place = Position::Text {
        line: 2,
        column: 4,
        utf16_column: 4,
    };
    assert_eq!(error.diagnostic().position, Some(place));
}

#[test]
fn examples_that_are_not_valid_are_no_fault_of_the_script() {
    for examples in [
        "{}",
        "[{}]",
        r#"[{"type": "downlink-encode", "input": {}}]"#,
        r#"{"examples": []}"#,
        "[\n  {,}]",
        "// examples\n[]",
    ] {
        let package = package(&[("index.js", LAMP), ("examples.json", examples)]).unwrap();
        let refused = package.examples().unwrap_err();
        assert_eq!(refused.code(), Code::CodecPackage, "{examples}");
        assert_eq!(sent_by(&package).unwrap(), "01", "{examples}");
    }
}

/// What a package sends for `on`.
fn sent_by(package: &Package) -> Result<String, Error> {
    let bounds = Bounds {
        wall_clock: None,
        ..Bounds::default()
    };
    let codec = package.codec("acme/lamp", bounds)?;
    let registry = Registry::builder().register(codec)?.build();
    let engine = Engine::new(registry);
    let pack = br#"[{"bn":"urn:dev:DEVEUI:0059AC0000152A2B:","n":"on","vb":true}]"#;
    let method = Method::new(Protocol::Lora);
    let (lamp, now) = (Binding::new("acme/lamp"), UnixTime::from_seconds(0));
    let pack = Pack::from_json(pack)?;
    let mut sent = Vec::new();
    // A second message finds nothing of the first one.
    for _ in 0..2 {
        let downlinks = engine.encode_pack(&pack, &method, &lamp, now)?;
        let [Message::Lora(downlink)] = downlinks.messages() else {
            panic!("one LoRaWAN message")
        };
        sent.push(hex::encode(downlink.frm_payload()));
    }
    assert_eq!(sent[0], sent[1]);
    Ok(sent.remove(0))
}

#[test]
fn a_script_requires_files_of_its_package() {
    const MAIN: &str =
        "module.exports = { encodeDownlink: (input) => require('./src/enc').run(input) };";
    for (name, files, expected) in [
        ("a script", &[("index.js", MAIN), ("src/enc.js", "exports.run = (input) => ({ fPort: 2, bytes: [input.data.on ? 1 : 0] });")][..], "01"),
        ("in try", &[("index.js", "let enc; try { enc = require('./enc.js'); } catch (e) { enc = undefined; }
            exports.encodeDownlink = (input) => (enc && enc.run(input)) || { bytes: [], fPort: input.fPort };"),
            ("enc.js", "exports.run = () => ({ fPort: 2, bytes: [7] });")], "07"),
        ("JSON", &[("index.js", MAIN), ("src/enc/index.js", "const table = require('../table.json');
            exports.run = () => ({ fPort: 2, bytes: table.bytes });"), ("src/table.json", r#"{"bytes": [3, 4]}"#)], "0304"),
        ("a circle", &[("index.js", MAIN), ("src/enc.js", "exports.two = 2; const other = require('./other.js');
            exports.run = () => ({ fPort: 2, bytes: [other.three(), exports.two] });"),
            ("src/other.js", "const enc = require('./enc.js'); exports.three = () => enc.two + 1;")], "0302"),
        ("the script itself", &[("index.js", "exports.five = 5; exports.encodeDownlink = () => ({ fPort: 2, bytes: require('./enc').bytes() });"),
            ("enc.js", "const main = require('./index.js'); exports.bytes = () => [main.five];")], "05"),
        ("once", &[("index.js", "const a = require('./n'), b = require('./n.js'); a.count(); b.count();
            exports.encodeDownlink = () => ({ fPort: 2, bytes: [a.count()] });"),
            ("n.js", "let n = 0; exports.count = () => ++n;")], "03"),
        ("this", &[("index.js", MAIN), ("src/enc.js", "(function (root, make) { root.run = make(); })(this, () => () => ({ fPort: 2, bytes: [9] }));")], "09"),
        ("its own names", &[("index.js", MAIN), ("src/enc.js", "'use strict'; const Buffer = require('buffer').Buffer;
            module.exports = { run: () => ({ fPort: 2, bytes: Buffer.from('0a', 'hex') }) };")], "0a"),
        ("a folder of the package", &[("package.json", r#"{"main": "lib/main.js"}"#), ("lib/main.js", "const { run } = require('../src/enc.js');
            exports.encodeDownlink = run;"), ("src/enc.js", "exports.run = () => ({ fPort: 2, bytes: [6] });")], "06"),
    ] {
        let package = package(files).unwrap();
        assert_eq!(sent_by(&package).as_deref(), Ok(expected), "{name}");
    }
}

#[test]
fn nothing_outside_the_package_is_required() {
    const OUTSIDE: &str = "exports.bytes = [1];";
    for request in [
        "../enc.js",
        "./a/../../enc.js",
        "/enc.js",
        "./..\\\\enc.js",
        "./missing.js",
        "./' + 'enc.js",
    ] {
        let main = format!(
            "exports.encodeDownlink = () => ({{ fPort: 2, bytes: require('{request}').bytes }});"
        );
        let mut asked = Vec::new();
        let package = Package::read(|name| {
            asked.push(name.to_owned());
            Ok::<_, Error>(match name {
                "index.js" => Some(main.clone()),
                name if name.contains("enc.js") => Some(OUTSIDE.to_owned()),
                _ => None,
            })
        })
        .unwrap();
        assert!(
            asked.iter().all(|name| !name.contains("enc.js")),
            "{request}: {asked:?}"
        );
        let error = sent_by(&package).expect_err(request);
        assert_eq!(error.code(), Code::CodecException, "{request}: {error}");
    }
}

#[test]
fn a_file_that_is_not_valid_is_named() {
    const MAIN: (&str, &str) = (
        "index.js",
        "exports.encodeDownlink = () => require('./enc');",
    );
    for (files, named) in [
        (&[MAIN, ("enc.js", "exports.run = ;")][..], "`enc.js`"),
        // It would break out of the function that it becomes.
        (
            &[
                MAIN,
                (
                    "enc.js",
                    "} }).it; var kept = 0; ({ it() { exports.run = 1;",
                ),
            ],
            "`enc.js`",
        ),
        (&[MAIN, ("enc.json", "{,}")], "`enc.json`"),
    ] {
        let refused = package(files)
            .and_then(|package| sent_by(&package))
            .unwrap_err();
        assert_eq!(refused.kind(), downlink::error::Kind::Setup, "{refused}");
        assert!(refused.diagnostic().message.contains(named), "{refused}");
    }
    let thrown = [MAIN, ("enc.js", "\nthrow new Error('broken');")];
    let thrown = sent_by(&package(&thrown).unwrap()).unwrap_err().to_string();
    assert!(thrown.contains("line 2, column 11 of `enc.js`"), "{thrown}");
}

#[test]
fn a_driver_tells_how_its_functions_are_called() {
    let of_data =
        "function encodeDownlink(data) { return { fPort: 10, bytes: [data.on ? 1 : 0] }; }";
    let ambiguous = "function Encoder(a, b) { return [a.on ? b : 0]; }";
    let port_first = "function Encode(a, b) { return [b.on ? a : 0]; }";
    for (driver, script, bytes) in [
        ("# signature: ttn\nsignature: actility\n", of_data, "01"),
        ("signature: 'ttn' # old\n", ambiguous, "0a"),
        ("name: lamp\nsignature: chirpstack", port_first, "0a"),
        ("signature: lora-alliance", LAMP, "01"),
        ("signature:", LAMP, "01"),
    ] {
        let examples = json!([{
            "type": "downlink-encode",
            "description": driver,
            "input": {"data": {"on": true}, "fPort": 10},
            "output": {"fPort": 10, "bytes": bytes},
        }]);
        let examples = examples.to_string();
        let files = [
            ("index.js", script),
            ("driver.yaml", driver),
            ("examples.json", &examples),
        ];
        let package = package(&files).unwrap();
        let codec = package.codec("acme/lamp", Bounds::default()).unwrap();
        package.examples().unwrap()[0]
            .prove(&codec, None)
            .unwrap_or_else(|error| panic!("{driver}: {error}"));
    }
    let package = package(&[("index.js", LAMP), ("driver.yaml", "signature: ttn")]).unwrap();
    assert_eq!(
        code(package.codec("acme/lamp", Bounds::default())),
        Code::CodecForm
    );
}

#[test]
fn examples_hold_or_tell_the_difference() {
    let example = |kind: &str, input: Value, output: Value| json!({"type": kind, "description": "d", "input": input, "output": output});
    let encode = |output: Value| example("downlink-encode", json!({"data": {"on": true}}), output);
    let decode = |output: Value| {
        example(
            "downlink-decode",
            json!({"bytes": "01", "fPort": 10}),
            output,
        )
    };
    let script = format!(
        "{LAMP} const encode = encodeDownlink;
        encodeDownlink = (input) => {{
            if (input.data.on === 'hot') return {{ errors: ['too hot'] }};
            if (input.data.on === 'old') return {{ bytes: [1], fPort: 10, warnings: ['old'] }};
            if (input.data.on === 'now') return {{ bytes: [Date.now() > 0 ? 1 : 0] }};
            return encode(input);
        }};"
    )
    .replace(
        "function encodeDownlink",
        "var encodeDownlink = function encodeDownlink",
    );
    let with =
        |on: &str, output: Value| example("downlink-encode", json!({"data": {"on": on}}), output);
    let cases = [
        (encode(json!({"bytes": [1], "fPort": 10})), None),
        (encode(json!({"bytes": "01"})), None),
        (
            encode(json!({"bytes": [2], "fPort": 10})),
            Some("expected `02`, found `01`"),
        ),
        (
            encode(json!({"bytes": [1], "fPort": 11})),
            Some("expected port 11, found port 10"),
        ),
        (
            encode(json!({"errors": ["no"]})),
            Some("expected a refusal, found none"),
        ),
        (
            encode(json!({"bytes": [1], "warnings": ["w"]})),
            Some("expected the warnings"),
        ),
        (with("hot", json!({"errors": ["in other words"]})), None),
        (
            with("hot", json!({"bytes": [1]})),
            Some("the script refuses: \"too hot\""),
        ),
        (
            with(
                "old",
                json!({"bytes": [1], "fPort": 10, "warnings": ["old"]}),
            ),
            None,
        ),
        (
            with("now", json!({"bytes": [1]})),
            Some("asks for the time"),
        ),
        (decode(json!({"data": {"on": true}})), None),
        (decode(json!({"on": true})), None),
        (
            decode(json!({"data": {"on": false}})),
            Some("expected `{\\\"on\\\":false}`"),
        ),
        (
            decode(json!({"errors": ["no"]})),
            Some("expected a refusal"),
        ),
    ];
    let examples = cases.iter().map(|(example, _)| example.clone()).collect();
    let proven = proven(&script, &examples);
    assert_eq!(proven.len(), cases.len());
    for ((example, expected), proven) in cases.iter().zip(proven) {
        match (expected, proven) {
            (None, proven) => assert_eq!(proven, Ok(()), "{example}"),
            (Some(expected), proven) => {
                let told = proven.expect_err(&example.to_string());
                assert!(told.contains("\"d\" fails"), "{told}");
                assert!(told.contains(expected), "{example}: {told}");
            }
        }
    }
}

#[test]
fn examples_of_uplinks_are_left_out() {
    let examples = json!([
        {"type": "uplink", "description": "", "input": {}, "output": {}},
        {"type": "downlink-decode", "description": "read", "input": {"bytes": [1]}, "output": {}},
    ]);
    let examples = examples.to_string();
    let package = package(&[("index.js", LAMP), ("examples.json", &examples)]).unwrap();
    let [example] = package.examples().unwrap() else {
        panic!("one example")
    };
    assert_eq!(
        (example.description(), example.direction()),
        ("read", Direction::Decode)
    );
}

#[test]
fn a_decoder_needs_no_encoder() {
    let source = "function decodeDownlink(input) {
        return { data: { sum: input.bytes[0] + input.bytes[1], port: input.fPort }, warnings: ['w'] }; }
        function encode(a, b) { return 1; }";
    let decoder = JavaScriptDecoder::from_script(source).unwrap();
    let read = decoder.decode(&[2, 3], None, None).unwrap();
    assert_eq!(serde_json::to_string(read.data()).unwrap(), r#"{"sum":5}"#);
    assert_eq!(read.warnings(), ["w"]);
    let without = JavaScriptDecoder::from_script("function decodeUplink(input) {}");
    assert_eq!(code(without), Code::CodecForm);
}

#[test]
fn an_object_is_read_from_json_with_the_place_of_each_fault() {
    for (text, expected, place) in [
        ("", Code::JsonSyntax, (1, 1)),
        ("[1]", Code::JsonSyntax, (1, 1)),
        ("{\"a\": 1,\n \"b\" 2}", Code::JsonSyntax, (2, 6)),
        ("{\"a\": 1, \"a\": 2}", Code::JsonDuplicate, (1, 15)),
        ("{\"a\": 9007199254740993}", Code::EncodeOutOfRange, (1, 7)),
        ("{\"a\": 1e300}", Code::EncodeOutOfRange, (1, 7)),
        ("{} {}", Code::JsonSyntax, (1, 4)),
    ] {
        let error = Data::from_json(text).unwrap_err();
        let (line, column) = place;
        assert_eq!(error.code(), expected, "{text}: {error}");
        assert_eq!(
            error.diagnostic().position,
            Some(Position::Text {
                line,
                column,
                utf16_column: column
            }),
            "{text}: {error}"
        );
    }
    let deep = format!("{}1{}", "{\"a\":".repeat(33), "}".repeat(33));
    assert_eq!(code(Data::from_json(&deep)), Code::LimitNesting);
}

#[test]
fn what_an_instruction_cannot_say_is_not_made_one() {
    for text in [
        "{}",
        r#"{"a": null}"#,
        r#"{"a": []}"#,
        r#"{"a": 1, "b": {}}"#,
        r#"{"a": {"b": {"c": {"d": 1}}}}"#,
        r#"{"a b": 1}"#,
        r#"{"": 1}"#,
        r#"{"a/b": 1}"#,
        r#"{"a": {"0": 1}}"#,
        r#"{"a": {"1": 1}}"#,
    ] {
        let data = Data::from_json(text).unwrap();
        assert_eq!(
            code(data.to_senml_json(DeviceId::DevEui(1))),
            Code::DecodeNoReading,
            "{text}"
        );
    }
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        (-1e9..1e9_f64).prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..4).prop_map(Value::from),
            members(inner),
        ]
    })
}

fn members(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    let names = proptest::collection::btree_map("[a-zA-Z][a-zA-Z0-9_.-]{0,5}", value, 1..4);
    names.prop_map(|members| members.into_iter().collect())
}

proptest! {
    // A script is taken in for each.
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_is_read_as_an_instruction_says_the_same_again(value in members(value())) {
        let text = value.to_string();
        let data = Data::from_json(&text).unwrap();
        let senml = data.to_senml_json(DeviceId::DevEui(1)).unwrap();
        prop_assert!(is_told(&senml, &text));
    }
}

#[test]
fn no_name_reaches_a_prototype() {
    let script = r#"function encodeDownlink(input) {
        const { data } = input;
        const is_own = Object.keys(data).join() === "__proto__,constructor" && data.on === undefined;
        return { fPort: 1, bytes: [is_own && ({}).on === undefined ? 1 : 0] };
    }
    function decodeDownlink(input) { return { data: JSON.parse('{"__proto__": {"on": true}}') }; }"#;
    let codec = JavaScriptCodec::from_script("acme/own", script).unwrap();
    let decoded = codec.decode_data(&[1], None, None).unwrap();
    assert_eq!(
        serde_json::to_string(decoded.data()).unwrap(),
        r#"{"__proto__":{"on":true}}"#
    );
    let text = r#"{"__proto__": {"on": true}, "constructor": {"prototype": {"on": true}}}"#;
    let data = Data::from_json(text).unwrap();
    let registry = Registry::builder().register(Given { codec, data }).unwrap();
    let pack = r#"[{"bn": "urn:dev:DEVEUI:0059AC0000152A2B:", "n": "any", "vb": true}]"#;
    assert_eq!(sent(registry.build(), "acme/own", pack), "01");
}

/// A codec that takes an object, whatever the instruction says.
#[derive(Debug)]
struct Given {
    codec: JavaScriptCodec,
    data: Data,
}

impl Encoder for Given {
    fn id(&self) -> &str {
        self.codec.id()
    }

    fn protocols(&self) -> &[Protocol] {
        self.codec.protocols()
    }

    fn encode(
        &self,
        _: &Instruction<'_>,
        context: &Context<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        self.codec.encode_data(&self.data, context, writer)
    }
}

/// Whether a script that is told this instruction gets this object.
fn is_told(senml: &str, object: &str) -> bool {
    let script = format!(
        "function encodeDownlink(input) {{
            const wanted = JSON.stringify(JSON.parse({}));
            return {{ fPort: 1, bytes: [JSON.stringify(input.data) === wanted ? 1 : 0] }};
        }}",
        serde_json::to_string(object).unwrap()
    );
    let registry = Registry::builder().script("acme/echo", &script).unwrap();
    sent(registry.build(), "acme/echo", senml) == "01"
}

/// The payload of an instruction, in hex.
fn sent(registry: Registry, encoder: &str, senml: &str) -> String {
    let pack = Pack::from_json(senml.as_bytes()).unwrap();
    let (method, binding) = (Method::new(Protocol::Lora), Binding::new(encoder));
    let now = UnixTime::from_seconds(0);
    let preview = Engine::new(registry).preview_pack(&pack, &method, &binding, now);
    preview.parts()[0].payload_hex.clone()
}
