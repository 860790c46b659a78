//! Arguments that take effect only with a value of another: what is refused, sent, read and told.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use downlink::Engine;
use downlink::directory::Binding;
use downlink::encoder::definition::Definition;
use downlink::encoder::{Encoder, Registry};
use downlink::error::{Code, Error, First};
use downlink::message::{Message, Method, Payload, Protocol};
use downlink::senml::{Pack, UnixTime};

const VALVE: &str = r#"
open = { frame = "01 [timed counted 0:6] {duration:u16} {pulses:u16}", args.duration = { unit = "s", default = 0, needs = { timed = true } }, args.pulses = { default = 7, needs = { counted = true } } }
[commands.heat]
frame = "02 {mode} [level? 0:3 level:4]"
args.mode = { enum = { off = 0, "by hand" = 1 } }
args.level = { optional = true, needs = { mode = "by hand" } }
[commands.chain]
frame = "03 [a b 0:6] {c}"
args.a = { default = false }
args.b = { default = false, needs = { a = true } }
args.c = { default = 0, needs = { b = true } }
"#;

fn text(commands: &str) -> String {
    format!(
        "format = 1\nid = \"acme/valve\"\ntitle = \"Valve\"\nprotocol = \"LORA\"\nsource = \"none\"\n\
         evidence = \"manual\"\n[lora]\nf_port = 1\n[commands]\n{commands}"
    )
}

fn load(commands: &str) -> Result<Definition, Error> {
    Definition::from_toml(&text(commands), &mut First::default())
}

fn sent(records: &str) -> Result<String, Error> {
    let registry = Registry::builder().definition(&text(VALVE))?.build();
    let pack = format!(r#"[{{"bn":"urn:dev:DEVEUI:0059AC0000152A2B:"}},{records}]"#);
    let pack = Pack::from_json(pack.as_bytes())?;
    let (method, binding) = (Method::new(Protocol::Lora), Binding::new("acme/valve"));
    let engine = Engine::new(registry);
    let downlinks = engine.encode_pack(&pack, &method, &binding, UnixTime::from_seconds(0))?;
    match downlinks.messages() {
        [Message::Lora(downlink)] => Ok(hex::encode_upper(downlink.frm_payload())),
        other => panic!("{other:?}"),
    }
}

fn read(payload: &str) -> Result<String, Error> {
    let payload = Payload::Binary(hex::decode(payload).unwrap());
    let decoded = load(VALVE)?.decode(&Method::new(Protocol::Lora), &payload)?;
    let device = "urn:dev:DEVEUI:0000000000000000:".parse().unwrap();
    let text = decoded.to_senml_json(device).unwrap();
    Ok(text.replace(r#""bn":"urn:dev:DEVEUI:0000000000000000:","#, ""))
}

#[test]
fn what_has_no_effect_is_refused_with_what_would_give_it_one() {
    let duration = r#"{"n":"open/timed","vb":false},{"n":"open/counted","vb":false},{"n":"open/duration","v":600}"#;
    let level = r#"{"n":"heat/mode","vs":"off"},{"n":"heat/level","v":3}"#;
    let default = r#"{"n":"chain/c","v":3}"#;
    for (records, place, hint) in [
        (duration, "duration", "--set open/timed=true"),
        (level, "level", "--set 'heat/mode=\"by hand\"'"),
        (default, "c", "--set chain/b=true"),
    ] {
        let error = sent(records).unwrap_err();
        assert_eq!(error.code(), Code::EncodeNoEffect, "{records}");
        let told = error.diagnostic();
        let expected = format!("add `{hint}`, or leave `{place}` out");
        assert_eq!(told.hint.as_deref(), Some(expected.as_str()));
        assert!(
            told.message
                .starts_with(&format!("`{place}` has no effect unless "))
        );
    }
}

#[test]
fn what_takes_effect_is_sent_and_what_is_not_given_is_asked_for_nothing() {
    let flags = |timed, counted| {
        format!(r#"{{"n":"open/timed","vb":{timed}}},{{"n":"open/counted","vb":{counted}}}"#)
    };
    let duration = r#"{"n":"open/duration","u":"min","v":10}"#;
    for (records, expected) in [
        (format!("{},{duration}", flags(true, false)), "018002580007"),
        (flags(false, false), "010000000007"),
        (flags(true, true), "01C000000007"),
        (r#"{"n":"heat","vs":"off"}"#.to_owned(), "020000"),
        (
            r#"{"n":"heat/mode","vs":"by hand"},{"n":"heat/level","v":3}"#.to_owned(),
            "020183",
        ),
        (
            r#"{"n":"chain/a","vb":true},{"n":"chain/b","vb":true},{"n":"chain/c","v":3}"#
                .to_owned(),
            "03C003",
        ),
    ] {
        assert_eq!(sent(&records).unwrap(), expected, "{records}");
    }
}

#[test]
fn what_has_no_effect_is_left_out_of_the_normal_form() {
    for (payload, expected) in [
        (
            "010000000007",
            r#"[{"n":"open/timed","vb":false},{"n":"open/counted","vb":false}]"#,
        ),
        (
            "018002580007",
            r#"[{"n":"open/timed","vb":true},{"n":"open/counted","vb":false},{"n":"open/duration","u":"s","v":600}]"#,
        ),
        ("020000", r#"[{"n":"heat/mode","vs":"off"}]"#),
        ("030000", r#"[{"n":"chain/a","vb":false}]"#),
    ] {
        let read = read(payload).unwrap();
        assert_eq!(read, expected, "{payload}");
        let records = read.trim_matches(['[', ']']);
        assert_eq!(sent(records).unwrap(), payload, "{read}");
    }
}

#[test]
fn a_payload_that_says_what_has_no_effect_has_no_reading() {
    for payload in ["010000010007", "010000000008", "020083", "034000", "038001"] {
        let error = read(payload).unwrap_err();
        assert_eq!(error.code(), Code::DecodeNoReading, "{payload}");
    }
}

#[test]
fn what_is_needed_is_described() {
    let description = load(VALVE).unwrap().describe();
    let told: Vec<String> = description
        .commands
        .iter()
        .flat_map(|command| &command.arguments)
        .flat_map(|argument| {
            let needs = argument.needs.iter();
            needs.map(|need| format!("{} {} {:?}", argument.name, need.argument, need.value))
        })
        .collect();
    let expected = [
        "duration timed Boolean(true)",
        "pulses counted Boolean(true)",
        "level mode Text(\"by hand\")",
        "b a Boolean(true)",
        "c b Boolean(true)",
    ];
    assert_eq!(told, expected);
    let schema = description.instruction_schema.to_string();
    for words in ["Only with `timed` = `true`", "Only with `mode` = `by hand`"] {
        assert!(schema.contains(words), "{schema}");
    }
}

#[test]
fn needs_name_a_boolean_or_a_name_of_another_argument_without_circles() {
    let refused = |arguments: &str| {
        let frame = "[flag 0:7] {mode} {number} {x}";
        let mode = "args.mode = { enum = { off = 0, on = 1 }, default = \"off\"";
        let commands = format!("a = {{ frame = \"{frame}\", {mode}{arguments} }}");
        load(&commands).unwrap_err().code()
    };
    for (arguments, code) in [
        (
            " }, args.x = { default = 0, needs = { flga = true } }",
            Code::DefinitionUndeclared,
        ),
        (
            " }, args.x = { default = 0, needs = { x = true } }",
            Code::DefinitionUndeclared,
        ),
        (
            " }, args.x = { default = 0, needs = { mode = \"of\" } }",
            Code::DefinitionUndeclared,
        ),
        (
            " }, args.x = { default = 0, needs = { mode = true } }",
            Code::DefinitionType,
        ),
        (
            " }, args.x = { default = 0, needs = { flag = \"on\" } }",
            Code::DefinitionType,
        ),
        (
            " }, args.x = { default = 0, needs = { number = 1 } }",
            Code::DefinitionType,
        ),
        (
            " }, args.x = { default = 0, needs = {} }",
            Code::DefinitionValue,
        ),
        (
            " }, args.x = { default = 0, needs = true }",
            Code::DefinitionType,
        ),
        (
            " }, args.x = { needs = { flag = true } }",
            Code::DefinitionValue,
        ),
        (
            ", needs = { flag = true } }, args.flag = { default = false, needs = { mode = \"on\" } }",
            Code::DefinitionValue,
        ),
    ] {
        assert_eq!(refused(arguments), code, "{arguments}");
    }
}
