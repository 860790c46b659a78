//! Commands whose payloads can meet are refused when a definition is read.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use downlink::encoder::definition::Definition;
use downlink::error::{Code, First};

fn load(rest: &str) -> Result<(), String> {
    let text = format!(
        "format = 1\nid = \"acme/lab\"\ntitle = \"Lab\"\nsource = \"none\"\nevidence = \"manual\"\n{rest}"
    );
    match Definition::from_toml(&text, &mut First::default()) {
        Ok(_) => Ok(()),
        Err(error) if error.code() == Code::DefinitionAmbiguous => {
            Err(error.diagnostic().message.clone())
        }
        Err(error) => panic!("{error}\n{rest}"),
    }
}

fn lora(section: &str, commands: &str) -> Result<(), String> {
    load(&format!(
        "protocol = \"LORA\"\n[lora]\nf_port = 1\n{section}\n[commands]\n{commands}"
    ))
}

const SHARED: &str = "`a` and `b` can have the same payload, such as ";

#[test]
fn frames_that_meet_are_refused_with_a_payload_of_both() {
    for (commands, payload) in [
        ("a = \"01 {x}\"\nb = \"01 02\"", "0102"),
        ("a = \"[x:4 1:4]\"\nb = \"[2:4 y:4]\"", "21"),
        ("a = \"{x:u16}\"\nb = \"{y:ascii}\"", "2121"),
        (
            "a = \"01 len:u8({x:hex})\"\nb = \"01 02 {y:u16}\"",
            "01020000",
        ),
        (
            "a = \"01 {x:ascii} pad(4)\"\nb = \"01 41 {y:u16}\"",
            "01412121",
        ),
        ("a = \"01 (02 {x})...\"\nb = \"01 {y:u32}\"", "0102000200"),
        ("a = \"01 {x:u16...}\"\nb = \"01 {y:u32}\"", "0100000000"),
        ("a = \"sum8(01 {x})\"\nb = \"01 {y:u16}\"", "010000"),
    ] {
        let expected = format!("{SHARED}{payload}");
        assert_eq!(lora("", commands), Err(expected), "{commands}");
    }
}

#[test]
fn frames_that_differ_in_a_bit_do_not_meet() {
    for commands in [
        "a = \"01 {x}\"\nb = \"02 {x}\"",
        "a = \"01 {x}\"\nb = \"01\"",
        "a = \"[x:4 1:4]\"\nb = \"[y:4 2:4]\"",
        "a = { frame = \"01 {x}\", args.x = { max = 9 } }\nb = { frame = \"01 {x}\", args.x = { min = 10 } }",
        "a = { frame = \"{x:i16le}\", args.x = { max = -1 } }\nb = { frame = \"{x:i16le}\", args.x = { min = 0 } }",
        "a = { frame = \"01 {x:u16}\", args.x = { enum = { on = 0xFF00, off = 0 } } }\nb = \"01 FF 01\"",
        "a = { frame = \"[x:3 0:5]\", args.x = { max = 3 } }\nb = \"[4:3 y:5]\"",
        "a = \"01 len:u8({x:hex})\"\nb = \"01 03 {y:u16}\"",
        "a = \"01 len:u8(01 {x:ascii})\"\nb = \"01 len:u8(02 {x:ascii})\"",
        "a = \"01 {x:ascii} pad(4)\"\nb = \"01 41 00 42\"",
        "a = \"01 {x} pad(4)\"\nb = \"01 41 00 01\"",
        "a = \"01\"\nb = { frame = \"01\", f_port = 2 }",
        "a = \"01\"\nb = { frame = \"01\", f_port = \"{p}\", args.p = { min = 2, max = 9 } }",
        "a = \"01\"\nb = { frame = \"01\", shadow = true }",
        "a = \"01\"\nb = { frame = \"01\", decode = false, reason = \"none\" }",
    ] {
        assert_eq!(lora("", commands), Ok(()), "{commands}");
    }
}

#[test]
fn commands_that_join_can_be_told_apart_again() {
    let join = |commands: &str| lora("join = true", commands);
    assert_eq!(join("a = \"01 {x}\"\nb = \"02 {x:u16}\""), Ok(()));
    for commands in [
        // A device that reads from the front cannot tell, even if nothing starts with what is left.
        "a = \"01\"\nb = \"01 02\"",
        "a = \"01\"\nb = \"01 02\"\nc = \"02\"",
        "a = \"01 {x:hex}\"",
        "a = \"01 {x}\"\nb = \"01 05 {x...}\"",
    ] {
        let error = join(commands).unwrap_err();
        assert!(error.contains("joins others"), "{commands}: {error}");
    }
    assert_eq!(
        join("a = \"01\"\nb = { frame = \"01 02\", join = false }"),
        Ok(())
    );
    assert_eq!(join("a = { frame = \"01 {x:hex}\", join = false }"), Ok(()));
    assert_eq!(join("a = \"01 len:u8({x:hex})\""), Ok(()));
}

#[test]
fn an_envelope_may_meet_a_command_without() {
    let envelope = |commands: &str| {
        load(&format!(
            "protocol = \"LORA\"\n[lora]\nf_port = 1\n[envelopes.e]\nframe = \"0B {{*}}\"\n[commands]\n{commands}"
        ))
    };
    let error = envelope("a = { frame = \"01\", in = \"e\" }\nb = \"0B {x}\"");
    assert_eq!(error, Err(format!("{SHARED}0B00")));
    assert_eq!(
        envelope("a = { frame = \"01\", in = \"e\" }\nb = \"01\""),
        Ok(())
    );
    assert_eq!(
        envelope("a = { frame = \"01\", in = \"e\" }\nb = { frame = \"02\", in = \"e\" }"),
        Ok(())
    );
}

#[test]
fn texts_meet_where_their_characters_do() {
    let sms = |commands: &str| load(&format!("protocol = \"SMS\"\n[commands]\n{commands}"));
    for (commands, payload) in [
        ("a.text = \"SET {x:utf8}\"\nb.text = \"SET ON\"", "SET ON"),
        ("a.text = \"{x:u16}\"\nb.text = \"0{y:dec3}\"", "0000"),
    ] {
        assert_eq!(sms(commands), Err(format!("{SHARED}\"{payload}\"")));
    }
    for commands in [
        "a.text = \"SET {x:utf8}\"\nb.text = \"SET,ON\"",
        "a.text = \"SET {x:u8}\"\nb.text = \"SET ON\"",
        "a = { text = \"N{x}\", args.x = { min = 0, max = 9 } }\nb.text = \"N10\"",
        "a = { text = \"{x}\", args.x = { enum = { on = \"ON\" } } }\nb.text = \"OFF\"",
    ] {
        assert_eq!(sms(commands), Ok(()), "{commands}");
    }
}

#[test]
fn variables_of_one_length_hold_what_their_pattern_admits() {
    let sms = |pattern: &str| {
        load(&format!(
            "protocol = \"SMS\"\n[variables]\np = {{ pattern = \"{pattern}\" }}\n[commands]\na.text = \"{{$p}},A\"\nb.text = \"{{$p}},B,A\""
        ))
    };
    for apart in ["[0-9]{6}", "[0-9a-z]{4,8}", "[A-F]{3}[0-9A-F]{2}"] {
        assert_eq!(sms(apart), Ok(()), "{apart}");
    }
    for alike in [".{6}", "[0-9,B]{4}", "[0-9]{2}[,B]{2}"] {
        assert!(sms(alike).is_err(), "{alike}");
    }
}

#[test]
fn json_meets_where_every_member_does() {
    let mqtt = |commands: &str| {
        load(&format!(
            "protocol = \"MQTT\"\n[variables]\nt = {{ pattern = \"[a-z]+\" }}\n[mqtt]\ntopic = \"{{$t}}/set\"\n[commands]\n{commands}"
        ))
    };
    for commands in [
        "a.json = { x = \"{x}\" }\nb.json = { x = 5 }",
        "a.json = { x = \"{x:utf8}\" }\nb.json = { x = \"on {y:u8}\" }\nb.args = {}\n[args]\nx = { allow = \" \" }",
        "a = { json = { x = 1, y = \"{y}\" }, args.y = { optional = true } }\nb.json = { x = 1 }",
    ] {
        let error = mqtt(commands).unwrap_err();
        assert_eq!(error, "`a` and `b` can have the same payload", "{commands}");
    }
    for commands in [
        "a.json = { m = \"A\", x = \"{x}\" }\nb.json = { m = \"B\", x = \"{x}\" }",
        "a.json = { x = \"{x}\" }\nb.json = { y = \"{x}\" }",
        "a.json = { x = \"{x}\" }\nb = { json = { x = \"{x}\" }, args.x = { type = \"boolean\" } }",
        "a.json = { x = \"{x}\" }\nb = { topic = \"{$t}/get\", json = { x = \"{x}\" } }",
        "a.json = { x = [1, \"{x}\"] }\nb.json = { x = [2, \"{x}\"] }",
    ] {
        assert_eq!(mqtt(commands), Ok(()), "{commands}");
    }
}
