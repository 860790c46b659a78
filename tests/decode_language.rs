//! What each part of the definition language is read back as: the normal form of an instruction.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use downlink::encoder::definition::Definition;
use downlink::encoder::{Decoded, Encoder};
use downlink::error::{Code, Error, First};
use downlink::message::lora::FPort;
use downlink::message::mqtt::TopicName;
use downlink::message::{Method, Payload, Protocol};

const LORA: &str = "protocol = \"LORA\"\n[lora]\nf_port = 1\njoin = true\n";

fn load(rest: &str) -> Result<Definition, Error> {
    let text = format!(
        "format = 1\nid = \"acme/lab\"\ntitle = \"Lab\"\nsource = \"none\"\nevidence = \"manual\"\n{rest}"
    );
    Definition::from_toml(&text, &mut First::default())
}

fn definition(rest: &str) -> Definition {
    load(rest).unwrap_or_else(|error| panic!("{error}\n{rest}"))
}

/// A LoRaWAN definition with these lines below `[commands]`.
fn lora(commands: &str) -> Definition {
    definition(&format!("{LORA}[commands]\n{commands}"))
}

/// The records, without the device in front.
fn shown(decoded: &Decoded) -> String {
    let device = "urn:dev:DEVEUI:0000000000000000:".parse().unwrap();
    let text = decoded.to_senml_json(device).unwrap();
    text.replace(r#""bn":"urn:dev:DEVEUI:0000000000000000:","#, "")
}

fn decode(definition: &Definition, hex: &str) -> Result<String, Error> {
    let payload = Payload::Binary(hex::decode(hex.replace(' ', "")).unwrap());
    let decoded = definition.decode(&Method::new(Protocol::Lora), &payload)?;
    Ok(shown(&decoded))
}

fn decode_text(definition: &Definition, method: &Method, text: &str) -> Result<String, Error> {
    let decoded = definition.decode(method, &Payload::Text(text.to_owned()))?;
    Ok(shown(&decoded))
}

fn assert_reads(definition: &Definition, hex: &str, records: &str) {
    assert_eq!(decode(definition, hex).unwrap(), records, "{hex}");
}

fn assert_refused(definition: &Definition, hex: &str) {
    let read = decode(definition, hex);
    assert_eq!(
        read.map_err(|error| error.code()),
        Err(Code::DecodeNoReading),
        "{hex}"
    );
}

#[test]
fn values_are_told_in_the_unit_of_the_definition() {
    let definition = lora(
        r#"tdc.frame = "01 {seconds:u16le*10}"
tdc.args.seconds = { unit = "s", min = 0.5, max = 600 }
reset = "04 FF""#,
    );
    assert_reads(
        &definition,
        "01 05 00",
        r#"[{"n":"tdc/seconds","u":"s","v":0.5}]"#,
    );
    assert_reads(&definition, "04 FF", r#"[{"n":"reset","vb":true}]"#);
    assert_refused(&definition, "01 04 00");
    assert_refused(&definition, "01 05");
    assert_refused(&definition, "");
}

#[test]
fn what_no_decimal_says_is_the_shortest_that_is_sent_so() {
    let definition = lora(r#"a.frame = "01 {x:u8*3}""#);
    assert_reads(&definition, "01 01", r#"[{"n":"a/x","v":0.3}]"#);
    assert_reads(&definition, "01 03", r#"[{"n":"a/x","v":1}]"#);
    // The range ends within the last step.
    let definition = lora(r#"a = { frame = "01 {x:u8*10}", args.x = { max = 0.15 } }"#);
    assert_reads(&definition, "01 02", r#"[{"n":"a/x","v":0.15}]"#);
}

#[test]
fn neighbors_are_split() {
    let definition = lora("a = \"01 {x}\"\nb = \"02 {y:u16}\"\nc = \"03\"");
    assert_reads(
        &definition,
        "02 0001 03 01 09",
        r#"[{"n":"b/y","v":1},{"n":"c","vb":true},{"n":"a/x","v":9}]"#,
    );
    // An instruction says a command once.
    assert_refused(&definition, "03 03");
}

#[test]
fn envelopes_are_unwrapped() {
    let definition = definition(
        r#"protocol = "LORA"
in = "set"
[lora]
f_port = 1
[envelopes.set]
frame = "0B {ack} len:u8({*})"
args.ack = { default = 0 }
join = true
[commands]
a = "00 {x}"
b = "01""#,
    );
    assert_reads(
        &definition,
        "0B 07 03 00 05 01",
        r#"[{"n":"set/ack","v":7},{"n":"a/x","v":5},{"n":"b","vb":true}]"#,
    );
    assert_refused(&definition, "0B 07 02 00 05 01");
}

#[test]
fn lengths_checks_and_padding_are_verified() {
    let definition = lora(
        r#"a.frame = "01 sum8(len:u8+1({name:ascii}))"
a.join = false
b.frame = "02 {name:ascii} pad(6)"
b.args.name = { max_len = 4 }
b.join = false
c.frame = "03 crc16-modbus:le({x:u16})"
c.join = false"#,
    );
    assert_reads(
        &definition,
        "01 03 4142 86",
        r#"[{"n":"a/name","vs":"AB"}]"#,
    );
    assert_refused(&definition, "01 03 4142 87");
    assert_refused(&definition, "01 04 4142 87");
    assert_reads(
        &definition,
        "02 4142 000000",
        r#"[{"n":"b/name","vs":"AB"}]"#,
    );
    assert_refused(&definition, "02 4142 000001");
    assert_refused(&definition, "02 4142 0000");
    assert_reads(&definition, "03 0001 C0 70", r#"[{"n":"c/x","v":1}]"#);
    assert_refused(&definition, "03 0001 C071");
}

#[test]
fn bits_are_taken_apart() {
    let definition = lora(
        r#"a.frame = "01 [mode:3 on t:i4 0:8]le"
b.frame = "02 [0:6 x? y?] {x} {y}"
c.frame = "03 [0:4 t[11:8]] {z} [t[7:0]]""#,
    );
    assert_reads(
        &definition,
        "01 00 BE",
        r#"[{"n":"a/mode","v":5},{"n":"a/on","vb":true},{"n":"a/t","v":-2}]"#,
    );
    assert_refused(&definition, "01 01 BE");
    assert_reads(&definition, "02 02 00 00", r#"[{"n":"b/x","v":0}]"#);
    assert_refused(&definition, "02 02 00 01");
    assert_refused(&definition, "02 00 00 00");
    assert_reads(
        &definition,
        "03 0A 05 BC",
        r#"[{"n":"c/t","v":2748},{"n":"c/z","v":5}]"#,
    );
}

#[test]
fn lists_and_groups_have_indices() {
    let definition = lora(
        r#"a.frame = "01 {x:u16...} 05"
a.join = false
b.frame = "02 ( F9 {i} {m} )..."
b.join = false"#,
    );
    assert_reads(
        &definition,
        "01 0001 0002 05",
        r#"[{"n":"a/x/0","v":1},{"n":"a/x/1","v":2}]"#,
    );
    assert_refused(&definition, "01 05");
    assert_refused(&definition, "01 0001 00 05");
    assert_reads(
        &definition,
        "02 F9 01 02 F9 03 04",
        r#"[{"n":"b/0/i","v":1},{"n":"b/0/m","v":2},{"n":"b/1/i","v":3},{"n":"b/1/m","v":4}]"#,
    );
    assert_refused(&definition, "02 F9 01 02 F9 03");
}

#[test]
fn names_stand_for_their_values() {
    let definition = lora(
        r#"a.frame = "01 {relay} {on:u16} {t:i8*2}"
a.args.relay = { enum = { close = 1, open = 0 } }
a.args.on = { true = 0xFF00, false = 0 }
a.args.t = { unit = "Cel", min = -10, max = 30, enum = { off = 127 } }"#,
    );
    assert_reads(
        &definition,
        "01 01 FF00 FD",
        r#"[{"n":"a/relay","vs":"close"},{"n":"a/on","vb":true},{"n":"a/t","u":"Cel","v":-1.5}]"#,
    );
    assert_reads(
        &definition,
        "01 00 0000 7F",
        r#"[{"n":"a/relay","vs":"open"},{"n":"a/on","vb":false},{"n":"a/t","vs":"off"}]"#,
    );
    assert_refused(&definition, "01 02 FF00 FD");
    assert_refused(&definition, "01 01 FF01 FD");
    assert_refused(&definition, "01 01 FF00 7E");
}

#[test]
fn a_port_tells_commands_apart_and_may_be_an_argument() {
    let definition = lora(
        r#"a = { frame = "01", f_port = 2 }
b = "01"
c = { frame = "02", f_port = "{port}", args.port = { min = 10, max = 12 } }"#,
    );
    let on = |port: i128, bytes: &[u8]| {
        let mut method = Method::new(Protocol::Lora);
        if let Method::Lora { f_port } = &mut method {
            *f_port = Some(FPort::new(port).unwrap());
        }
        let read = definition.decode(&method, &Payload::Binary(bytes.to_vec()));
        read.map(|decoded| shown(&decoded))
            .map_err(|error| error.code())
    };
    assert_eq!(on(1, &[1]).unwrap(), r#"[{"n":"b","vb":true}]"#);
    assert_eq!(on(2, &[1]).unwrap(), r#"[{"n":"a","vb":true}]"#);
    assert_eq!(on(11, &[2]).unwrap(), r#"[{"n":"c/port","v":11}]"#);
    assert_eq!(on(13, &[2]), Err(Code::DecodePort));
    assert_eq!(on(11, &[1]), Err(Code::DecodeNoReading));
    let error = decode(&definition, "01").unwrap_err();
    assert_eq!(error.code(), Code::DecodeAmbiguous);
    assert_eq!(
        error.to_string(),
        "the payload of `acme/lab` matches `b on port 1` or `a on port 2`; give the port that it was sent to"
    );
}

#[test]
fn a_shadow_is_tried_last_and_what_is_not_decoded_is_not_read() {
    let definition = lora(
        r#"b = { frame = "01 {y}", shadow = true }
a.frame = "01 {x}"
a.args.x = { max = 9 }
c = { frame = "02", decode = false, reason = "the device answers with the same" }"#,
    );
    assert_reads(&definition, "01 09", r#"[{"n":"a/x","v":9}]"#);
    assert_reads(&definition, "01 0A", r#"[{"n":"b/y","v":10}]"#);
    let error = decode(&definition, "02").unwrap_err();
    assert_eq!(
        error.diagnostic().hint.as_deref(),
        Some("never decoded: `c`")
    );
}

#[test]
fn not_to_decode_needs_a_reason() {
    let error = load(&format!(
        "{LORA}[commands]\na = {{ frame = \"01\", decode = false }}"
    ));
    assert_eq!(error.unwrap_err().code(), Code::DefinitionMissingKey);
}

#[test]
fn texts_are_read_with_their_variables() {
    let definition = definition(
        r#"protocol = "SMS"
[variables]
password = { pattern = "[0-9]{4}", secret = true }
[sms]
join = ";"
[commands]
a.text = "{$password},{x:i16},{name:utf8}"
b.text = "{y:hex2}{z:dec3}!"
b.args.z = { unit = "s", max = 999 }"#,
    );
    let sms = Method::new(Protocol::Sms);
    let read = definition
        .decode(&sms, &Payload::Text("0042,-7,me;0F042!".to_owned()))
        .unwrap();
    assert_eq!(
        shown(&read),
        r#"[{"n":"a/x","v":-7},{"n":"a/name","vs":"me"},{"n":"b/y","v":15},{"n":"b/z","u":"s","v":42}]"#
    );
    assert_eq!(read.variables.len(), 1);
    assert_eq!(read.variable("password"), Some("0042"));
    assert!(!format!("{read:?}").contains("0042"));
    for text in ["042,-7,me", "0042,-07,me", "0f042!", "0F42!", "0042,-7,me;"] {
        let read = decode_text(&definition, &sms, text);
        assert_eq!(
            read.map_err(|error| error.code()),
            Err(Code::DecodeNoReading),
            "{text}"
        );
    }
}

#[test]
fn json_is_read_whatever_the_order_of_its_members() {
    let definition = definition(
        r#"protocol = "MQTT"
[variables]
prefix = { pattern = "[^/+#]+" }
[mqtt]
topic = "{$prefix}/set"
join = true
[commands]
switch.json = { on = "{on}", params = { after = "{after}", note = "id {id:u8}" } }
switch.args.on = { type = "boolean" }
switch.args.after = { unit = "s", max = 10, optional = true }
level.json = { level = "{level}" }
level.args.level = { max = 1 }"#,
    );
    let mqtt = Method::new(Protocol::Mqtt);
    let read = |text: &str| decode_text(&definition, &mqtt, text).map_err(|error| error.code());
    assert_eq!(
        read(r#" { "params": {"note": "id 3"}, "on": true}"#).unwrap(),
        r#"[{"n":"switch/on","vb":true},{"n":"switch/id","v":3}]"#
    );
    assert_eq!(
        read(r#"{"level":1,"on":false,"params":{"after":2,"note":"id 3"}}"#).unwrap(),
        r#"[{"n":"level/level","v":1},{"n":"switch/on","vb":false},{"n":"switch/after","u":"s","v":2},{"n":"switch/id","v":3}]"#
    );
    for text in [
        r#"{"on":1,"params":{"note":"id 3"}}"#,
        r#"{"on":true,"params":{"note":"id 300"}}"#,
        r#"{"on":true,"params":{"note":"id 3"},"more":1}"#,
        r#"{"on":true}"#,
        "{",
    ] {
        assert_eq!(read(text), Err(Code::DecodeNoReading), "{text}");
    }
}

#[test]
fn a_topic_tells_commands_apart() {
    let definition = definition(
        r#"protocol = "MQTT"
[variables]
topic = { pattern = "[^/+#]+" }
[mqtt]
topic = "cmnd/{$topic}/Power"
[commands]
Power.text = "{state}"
Power.args.state = { enum = { on = "ON", off = "OFF" } }
Led.text = "{state}"
Led.topic = "cmnd/{$topic}/Led{index}"
Led.args.state = { enum = { on = "ON", off = "OFF" } }
Led.args.index = { min = 1, max = 4 }"#,
    );
    let on = |name: &str| {
        let mut method = Method::new(Protocol::Mqtt);
        if let Method::Mqtt { topic, .. } = &mut method {
            *topic = Some(TopicName::new(name).unwrap());
        }
        decode_text(&definition, &method, "ON").map_err(|error| error.code())
    };
    assert_eq!(
        on("cmnd/hall/Power").unwrap(),
        r#"[{"n":"Power/state","vs":"on"}]"#
    );
    assert_eq!(
        on("cmnd/hall/Led2").unwrap(),
        r#"[{"n":"Led/state","vs":"on"},{"n":"Led/index","v":2}]"#
    );
    assert_eq!(on("cmnd/hall/Led5"), Err(Code::DecodeNoReading));
    // Without the topic the index of the light is not known.
    let read = decode_text(&definition, &Method::new(Protocol::Mqtt), "ON");
    assert_eq!(read.unwrap(), r#"[{"n":"Power/state","vs":"on"}]"#);
}

#[test]
fn another_protocol_is_refused() {
    let definition = lora("a = \"01\"");
    let read = definition.decode(&Method::new(Protocol::Sms), &Payload::Binary(vec![1]));
    assert_eq!(read.unwrap_err().code(), Code::EncodeUnsupportedProtocol);
}
