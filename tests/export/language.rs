//! What the catalogue has little or nothing of: each thing of the language, and what scripts cannot say.

use std::sync::LazyLock;

use downlink::encoder::definition::Definition;
use downlink::error::{All, Code};
use proptest::prelude::*;

use super::{Pair, registry};

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
timed = { frame = "0F [on 0:7] {t:u16}", args.t = { default = 5, needs = { on = true } } }
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
    let refused = Definition::of(tasmota).unwrap().to_script().unwrap_err();
    assert_eq!(refused.code(), Code::ExportProtocol);
}
