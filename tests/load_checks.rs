//! What a definition is refused for when it is loaded: at which place, and with what to do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use downlink::encoder::definition::Definition;
use downlink::error::{All, Code, Diagnostic, Error, Position};

/// What stands in front of each, so that only one thing is wrong.
const PRELUDE: &str = r#"format = 1
id = "acme/v1"
title = "ACME V1"
protocol = "LORA"
source = "ACME V1 manual"
evidence = "manual"
"#;

/// Each with the code, and `§` where the finding stands.
const REFUSED: &[(&str, Code)] = &[
    // Values that their places do not hold.
    (
        "[commands.x]\nframe = \"{a}\"\nargs.a = §{ true = \"ON\", false = 0 }",
        Code::DefinitionWidth,
    ),
    (
        "[commands.x]\nframe = \"{a}\"\nargs.a = §{ true = 1, false = 256 }",
        Code::DefinitionWidth,
    ),
    (
        "[commands.x]\ntext = \"{a:dec4}\"\nargs.a = §{ true = 1.5, false = 0 }",
        Code::DefinitionWidth,
    ),
    (
        "[commands.x]\ntext = \"{a:dec4}\"\nargs.a = §{ enum = { half = 0.5, one = 1 } }",
        Code::DefinitionWidth,
    ),
    (
        "[commands.x]\nframe = §\"01 (AA)...\"",
        Code::DefinitionFrame,
    ),
    // Types and fields that mean nothing where they stand.
    (
        "[commands.x]\nframe = §\"01 {a:hex4}\"",
        Code::DefinitionFrame,
    ),
    (
        "[commands.x]\nframe = §\"01 {a:dec2}\"",
        Code::DefinitionFrame,
    ),
    (
        "[commands.x]\nframe = §\"01 sum8({$a:dec2})\"\n[variables]\na = {}",
        Code::DefinitionFrame,
    ),
    // Keys.
    (
        "§modles = []\n[commands]\nx = \"01\"",
        Code::DefinitionUnknownKey,
    ),
    (
        "[commands]\nx = \"01\"\n[§extra]",
        Code::DefinitionUnknownKey,
    ),
    (
        "[commands.x]\nframe = \"01\"\n§titel = \"X\"",
        Code::DefinitionUnknownKey,
    ),
    ("[commands.x]\n§fram = \"01\"", Code::DefinitionMissingKey),
    (
        "[commands.x]\nframe = \"01 {a}\"\nargs.a = { §mni = 1 }",
        Code::DefinitionUnknownKey,
    ),
    (
        "§[mqtt]\n[commands]\nx = \"01\"",
        Code::DefinitionUnknownKey,
    ),
    ("[commands]\nx = §1", Code::DefinitionType),
    (
        "[lora]\nf_port = §0\n[commands]\nx = \"01\"",
        Code::DefinitionValue,
    ),
    (
        "[lora]\nf_port = 3\nf_ports = §[1, 2]\n[commands]\nx = \"01\"",
        Code::DefinitionValue,
    ),
    ("[commands]\n§9x = \"01\"", Code::DefinitionName),
    (
        "[commands.x]\nframe = \"01\"\ndecode = §false",
        Code::DefinitionMissingKey,
    ),
    // Names.
    (
        "[commands.x]\nframe = \"01 {a}\"\nargs.§b = { min = 1 }",
        Code::DefinitionUnused,
    ),
    (
        "[args]\n§b = { min = 1 }\n[commands]\nx = \"01\"",
        Code::DefinitionUnused,
    ),
    (
        "[commands.x]\nframe = \"01 {a}\"\nargs.a.enum = §\"relay\"",
        Code::DefinitionUndeclared,
    ),
    (
        "[commands.x]\nframe = \"01\"\nin = §\"set\"",
        Code::DefinitionUndeclared,
    ),
    (
        "[commands]\nx = §\"{$serial:ascii}\"",
        Code::DefinitionUndeclared,
    ),
    (
        "§[envelopes.s]\nframe = \"01 {ack} {*}\"\n[commands]\nx = \"02\"",
        Code::DefinitionMissingKey,
    ),
    // Frames.
    ("[commands]\nx = \"01 §2\"", Code::DefinitionFrame),
    ("[commands]\nx = \"01 {a:§u9}\"", Code::DefinitionFrame),
    ("[commands]\nx = \"01 {a§\"", Code::DefinitionFrame),
    ("[commands]\nx = \"{a:u8§/0}\"", Code::DefinitionFrame),
    ("[commands]\nx = §\"01 {*}\"", Code::DefinitionFrame),
    (
        "[commands]\nx = §\"({a})... ({b})...\"",
        Code::DefinitionFrame,
    ),
    ("[commands]\nx = §\"pad(243)\"", Code::DefinitionFrame),
    ("[commands]\nx = §\"[a:3 b]\"", Code::DefinitionWidth),
    ("[commands]\nx = §\"[9:3 a:5]\"", Code::DefinitionWidth),
    (
        "[commands]\nx = §\"[a[11:8] 0:4] [a[6:0] 0:1]\"",
        Code::DefinitionWidth,
    ),
    (
        "[commands]\nx = §\"{a:ascii} {b:ascii}\"",
        Code::DefinitionOpenEnded,
    ),
    // Values.
    (
        "[commands.x]\nframe = \"01 {a}\"\nargs.a = §{ enum = { b = 256 } }",
        Code::DefinitionWidth,
    ),
    (
        "[commands.x]\nframe = \"01 {a:u8*10}\"\nargs.a = §{ max = 26 }",
        Code::DefinitionWidth,
    ),
    (
        "[commands.x]\nframe = \"01 {a}\"\nargs.a = §{ min = 5, max = 4 }",
        Code::DefinitionValue,
    ),
    (
        "[commands.x]\nframe = \"01 {a:utf8}\"\nargs.a = §{ min_len = 5, max_len = 4 }",
        Code::DefinitionValue,
    ),
    (
        "[commands.x]\nframe = \"01 {a...}\"\nargs.a = §{ min_items = 5, max_items = 4 }",
        Code::DefinitionValue,
    ),
    (
        "[commands.x]\nframe = \"01 {a}\"\nargs.a = { max = 5, default = §6 }",
        Code::DefinitionValue,
    ),
    (
        "[commands.x]\nframe = \"01 {a}\"\nargs.a = { unit = §\"sec\" }",
        Code::DefinitionValue,
    ),
    (
        "[commands.x]\nframe = \"01 {a}\"\nargs.a = { unit = §\"%\", max = 100 }",
        Code::DefinitionValue,
    ),
    (
        "[commands.x]\nframe = \"01 {a}\"\nargs.a = { unit = §\"%\" }",
        Code::DefinitionValue,
    ),
    (
        "[commands.x]\nframe = \"01 {a:f32}\"\nargs.a = §{ enum = { off = 1 } }",
        Code::DefinitionType,
    ),
    (
        "[commands.x]\nframe = \"01 {a:f32}\"\nargs.a = §{ type = \"boolean\" }",
        Code::DefinitionType,
    ),
    (
        "[commands.x]\nframe = \"01 {a}\"\nargs.a = { type = §\"float\" }",
        Code::DefinitionValue,
    ),
    // Commands that decoding could not tell apart.
    (
        "[lora]\nf_port = 1\n[commands]\nx = \"01 {a}\"\n§y = \"01 02\"",
        Code::DefinitionAmbiguous,
    ),
    (
        "[lora]\nf_port = 1\njoin = true\n[commands]\n§x = \"01\"\ny = \"01 02\"",
        Code::DefinitionAmbiguous,
    ),
    // Examples.
    (
        "[commands]\nx = \"01\"\n§[[examples]]\ninstruction = []",
        Code::DefinitionMissingKey,
    ),
    (
        "[commands]\nx = \"01\"\n[[examples]]\ninstruction = []\nerror = §\"encode/typ\"",
        Code::DefinitionValue,
    ),
    (
        "[lora]\nf_port = 1\n[commands]\nx = \"01\"\n§[[examples]]\ninstruction = [{ n = \"x\", vb = true }]\nexpect = [{ hex = \"02\" }]",
        Code::RegistryExample,
    ),
    ("[commands]\n§x = \"01\"", Code::DefinitionExample),
];

fn findings(text: &str) -> Vec<Diagnostic> {
    let mut all = All::default();
    let end = Definition::from_toml(text, &mut all).err();
    let errors = all
        .errors
        .into_iter()
        .chain(end)
        .map(Error::into_diagnostic);
    errors.chain(all.warnings).collect()
}

/// Line and column of the mark, and the text without it.
fn unmarked(marked: &str) -> (Position, String) {
    let (offset, text) = (marked.find('§').unwrap(), marked.replacen('§', "", 1));
    (Position::in_text(&text, offset), text)
}

#[test]
fn each_check_points_at_its_place() {
    let mut faults = Vec::new();
    for (body, code) in REFUSED {
        let (position, text) = unmarked(&format!("{PRELUDE}{body}\n"));
        let found = findings(&text);
        let places: Vec<_> = found.iter().map(|it| (it.code, it.position)).collect();
        if !places.contains(&(*code, Some(position))) {
            faults.push(format!(
                "{body}\nexpected {code} at {position}, found {places:?}"
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// A message says what is wrong; with it goes what is expected, or what to do.
#[test]
fn each_check_says_how_to_mend_it() {
    let mut faults = Vec::new();
    for (body, code) in REFUSED {
        let (_, text) = unmarked(&format!("{PRELUDE}{body}\n"));
        let found = findings(&text);
        let found = found.iter().find(|it| it.code == *code);
        if found.is_none_or(|it| it.expected.is_none() && it.hint.is_none()) {
            faults.push(format!("{body}\n{found:?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn a_percentage_is_no_ratio() {
    let hint = |argument: &str| {
        let text =
            format!("{PRELUDE}[commands.x]\nframe = \"01 {{a:i16*100}}\"\nargs.a = {argument}");
        let of_the_unit = |it: &Diagnostic| it.code == Code::DefinitionValue;
        let found = findings(&text).into_iter().find(of_the_unit)?;
        found.hint.map(|hint| hint.to_string())
    };
    for beyond in [
        "max = 1.01",
        "min = -1.01, max = 0",
        "ranges = [[0, 0], [1, 2]]",
    ] {
        let hint = hint(&format!("{{ unit = \"%\", {beyond} }}"));
        assert!(
            hint.is_some_and(|it| it.starts_with("a percentage is `/100`")),
            "{beyond}"
        );
    }
    for ratio in [
        "{ unit = \"%\", min = -1, max = 1 }",
        "{ unit = \"/\", max = 2 }",
    ] {
        assert_eq!(hint(ratio), None, "{ratio}");
    }
}

/// What would be sent as it stands is refused where a variable is meant.
#[test]
fn a_header_field_with_a_brace_is_refused() {
    for (protocol, header) in [
        ("HTTP", "headers = { Authorization = §\"Bearer {$token}\" }"),
        ("HTTP", "headers = { X-Line = §\"{line}\" }"),
        ("HTTP", "content_type = §\"text/plain;charset={$token}\""),
        ("MQTT", "topic = \"a\"\ncontent_type = §\"text/{$token}\""),
    ] {
        let prelude = PRELUDE.replace("LORA", protocol);
        let body = format!("[{}]\n{header}", protocol.to_lowercase());
        let rest = "[commands]\nx = { text = \"a{$token}\" }\n[variables]\ntoken = {}";
        let (position, text) = unmarked(&format!("{prelude}{body}\n{rest}\n"));
        let found = findings(&text);
        let braces = found.iter().find(|it| it.position == Some(position));
        let braces = braces.unwrap_or_else(|| panic!("{header}: {found:?}"));
        assert_eq!(braces.code, Code::DefinitionValue, "{header}");
        assert_eq!(braces.expected.as_deref(), Some("a text without braces"));
    }
}

#[test]
fn a_port_is_a_name_and_nothing_else() {
    for port in ["{p:hex4}", "{p:dec2}", "{p*2}", "{p...}"] {
        let text = format!("{PRELUDE}[commands.x]\nframe = \"01\"\nf_port = \"{port}\"\n");
        let codes: Vec<Code> = findings(&text).iter().map(|it| it.code).collect();
        assert!(codes.contains(&Code::DefinitionValue), "{port}: {codes:?}");
    }
}
