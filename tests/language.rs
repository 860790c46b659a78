//! The definition language, rule by rule: small definitions, what they send, what they refuse.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use downlink::Engine;
use downlink::directory::Binding;
use downlink::encoder::Registry;
use downlink::error::{Code, Error};
use downlink::message::{Message, Method, Protocol};
use downlink::senml::{Pack, Profile, Reader, UnixTime};

/// A definition with this protocol and body.
fn definition(protocol: &str, body: &str) -> String {
    format!(
        "format = 1\nid = \"acme/thing\"\ntitle = \"ACME thing\"\nprotocol = \"{protocol}\"\n\
         source = \"ACME thing manual 1.0\"\nevidence = \"manual\"\n{body}"
    )
}

fn engine(protocol: &str, body: &str) -> Result<Engine, Error> {
    let registry = Registry::builder()
        .definition(&definition(protocol, body))?
        .build();
    Ok(Engine::new(registry))
}

fn downlinks(
    protocol: &str,
    body: &str,
    records: &str,
    binding: &Binding,
) -> Result<downlink::Downlinks, Error> {
    let text = format!(r#"[{{"bn":"urn:dev:DEVEUI:0059AC0000152A2B:"}},{records}]"#);
    let mut sink = downlink::error::First::default();
    let pack = Reader::new()
        .profile(Profile::Interop)
        .read_json(text.as_bytes(), &mut sink)?;
    let method = Method::new(protocol.parse::<Protocol>()?);
    engine(protocol, body)?.encode_pack(&pack, &method, binding, UnixTime::from_seconds(0))
}

fn binding() -> Binding {
    Binding::new("acme/thing").with_max_payload(242_i128)
}

/// What is sent over LoRaWAN: `port:HEX`, one for each message.
fn sent(body: &str, records: &str) -> Result<Vec<String>, Error> {
    let downlinks = downlinks(
        "LORA",
        &format!("[lora]\nf_port = 1\n{body}"),
        records,
        &binding(),
    )?;
    let show = |message: &Message| match message {
        Message::Lora(downlink) => {
            format!(
                "{}:{}",
                downlink.f_port(),
                hex::encode_upper(downlink.frm_payload())
            )
        }
        _ => panic!("LoRaWAN"),
    };
    Ok(downlinks.messages().iter().map(show).collect())
}

fn text(protocol: &str, body: &str, records: &str) -> Result<Vec<String>, Error> {
    let downlinks = downlinks(protocol, body, records, &binding())?;
    let show = |message: &Message| match message {
        Message::Sms(submit) => submit.text().to_owned(),
        Message::Mqtt(publish) => {
            format!(
                "{} {}",
                publish.topic,
                String::from_utf8_lossy(publish.payload.as_bytes())
            )
        }
        Message::Http(content) => String::from_utf8_lossy(content.body.as_bytes()).into_owned(),
        _ => panic!("a text"),
    };
    Ok(downlinks.messages().iter().map(show).collect())
}

#[track_caller]
fn assert_sent(body: &str, records: &str, expected: &[&str]) {
    assert_eq!(
        sent(body, records).map_err(|error| error.to_string()),
        Ok(expected.iter().map(|it| (*it).to_owned()).collect())
    );
}

#[track_caller]
fn assert_refused(body: &str, records: &str, code: Code) {
    assert_eq!(sent(body, records).map_err(|error| error.code()), Err(code));
}

#[track_caller]
fn assert_not_loaded(body: &str, code: Code, line: usize, column: usize) {
    let text = definition("LORA", &format!("[lora]\nf_port = 1\n{body}"));
    let error = Registry::builder()
        .definition(&text)
        .map(|_| ())
        .unwrap_err();
    let position = downlink::error::Position::Text {
        line: line + 8,
        column,
        utf16_column: column,
    };
    assert_eq!(
        (error.code(), error.diagnostic().position),
        (code, Some(position)),
        "{error}"
    );
}

#[test]
fn defaults_stand_in_front_of_the_only_repetition_that_is_given() {
    let body = "[commands.set]\nframe = \"( {a} {b} )...\"\nargs.a = { default = 1 }\nargs.b = { default = 2 }\n";
    let second = r#"{"n":"set/1/a","v":5},{"n":"set/1/b","v":6}"#;
    assert_sent(body, second, &["1:01020506"]);
}

#[test]
fn an_envelope_without_a_command_is_refused() {
    let body = "[envelopes.set]\nframe = \"0B {ack} {*}\"\nargs.ack = { default = 0 }\n\
                [commands.beep]\nin = \"set\"\nframe = \"01\"\n";
    let ack = r#"{"n":"set/ack","v":1}"#;
    assert_sent(
        body,
        &format!(r#"{ack},{{"n":"beep","vb":true}}"#),
        &["1:0B0101"],
    );
    assert_refused(body, ack, Code::InstructionNoCommand);
}

#[test]
fn integers_of_all_widths_stand_in_both_orders() {
    for (wire, value, hex) in [
        ("u8", "255", "FF"),
        ("i8", "-128", "80"),
        ("u16", "258", "0102"),
        ("u16le", "258", "0201"),
        ("i16", "-2", "FFFE"),
        ("u24", "66051", "010203"),
        ("u24le", "66051", "030201"),
        ("i24", "-8388608", "800000"),
        ("u32le", "1", "01000000"),
        ("i32", "-1", "FFFFFFFF"),
        ("u40", "1099511627775", "FFFFFFFFFF"),
        ("u48", "1", "000000000001"),
        ("u56le", "1", "01000000000000"),
        ("u64", "18446744073709551615", "FFFFFFFFFFFFFFFF"),
        ("i64", "-9223372036854775808", "8000000000000000"),
    ] {
        let body = format!("[commands]\nset = \"{{x:{wire}}}\"");
        assert_sent(
            &body,
            &format!(r#"{{"n":"set","v":{value}}}"#),
            &[&format!("1:{hex}")],
        );
    }
}

#[test]
fn what_does_not_fit_the_wire_is_refused() {
    for (wire, values) in [
        ("u8", ["-1", "256"]),
        ("i8", ["-129", "128"]),
        ("u16", ["65536", "1e12"]),
        ("u64", ["18446744073709551616", "-1"]),
        ("i64", ["9223372036854775808", "-9223372036854775809"]),
    ] {
        for value in values {
            let body = format!("[commands]\nset = \"{{x:{wire}}}\"");
            assert_refused(
                &body,
                &format!(r#"{{"n":"set","v":{value}}}"#),
                Code::EncodeOutOfRange,
            );
        }
    }
}

#[test]
fn scaling_is_exact_and_rounds_half_away_from_nought() {
    let body = "[commands.set]\nframe = \"{x:i16*100}\"";
    assert_sent(body, r#"{"n":"set","v":0.29}"#, &["1:001D"]);
    assert_sent(body, r#"{"n":"set","v":0.005}"#, &["1:0001"]);
    assert_sent(body, r#"{"n":"set","v":-0.005}"#, &["1:FFFF"]);
    assert_sent(
        "[commands]\nset = \"{year:u8-2000}\"",
        r#"{"n":"set","v":2026}"#,
        &["1:1A"],
    );
    assert_sent(
        "[commands]\nset = \"{x:u8+40*2}\"",
        r#"{"n":"set","v":-15.5}"#,
        &["1:31"],
    );
    assert_sent(
        "[commands]\nset = \"{x:u8/5}\"",
        r#"{"n":"set","v":1275}"#,
        &["1:FF"],
    );
}

#[test]
fn a_plain_integer_is_never_rounded() {
    assert_refused(
        "[commands]\nset = \"{relay}\"",
        r#"{"n":"set","v":1.5}"#,
        Code::EncodeNotExact,
    );
    let exact = "[commands.set]\nframe = \"{x:u8*2}\"\nargs.x = { exact = true }";
    assert_refused(exact, r#"{"n":"set","v":0.25}"#, Code::EncodeNotExact);
    assert_sent(exact, r#"{"n":"set","v":0.5}"#, &["1:01"]);
}

#[test]
fn an_integer_that_is_only_moved_or_negated_is_never_rounded() {
    let year = "[commands]\nset = { frame = \"01 {year:u8-2000}\" }";
    assert_eq!(sent(year, r#"{"n":"set","v":2026}"#).unwrap(), ["1:011A"]);
    assert_refused(year, r#"{"n":"set","v":2026.5}"#, Code::EncodeNotExact);
    let channel = "[commands]\nset = { frame = \"01 [0:4 channel:4-1]\" }";
    assert_refused(channel, r#"{"n":"set","v":1.5}"#, Code::EncodeNotExact);
    let below = "[commands]\nset = { frame = \"01 {depth:u8*-1}\" }";
    assert_eq!(sent(below, r#"{"n":"set","v":-3}"#).unwrap(), ["1:0103"]);
    assert_refused(below, r#"{"n":"set","v":-3.5}"#, Code::EncodeNotExact);
}

#[test]
fn units_are_converted_exactly_or_refused() {
    let body = "[commands.set]\nframe = \"{t:u16}\"\nargs.t = { unit = \"s\" }";
    assert_sent(body, r#"{"n":"set","u":"min","v":10}"#, &["1:0258"]);
    assert_sent(body, r#"{"n":"set","u":"ms","v":1500}"#, &["1:0002"]);
    assert_sent(body, r#"{"n":"set","u":"d","v":0.5}"#, &["1:A8C0"]);
    assert_refused(body, r#"{"n":"set","u":"Cel","v":1}"#, Code::EncodeUnit);
    assert_refused(
        "[commands]\nset = \"{t}\"",
        r#"{"n":"set","u":"s","v":1}"#,
        Code::EncodeUnit,
    );
    let kelvin = "[commands.set]\nframe = \"{t:i16*100}\"\nargs.t = { unit = \"Cel\" }";
    assert_sent(kelvin, r#"{"n":"set","u":"K","v":273.16}"#, &["1:0001"]);
}

#[test]
fn floats_are_the_nearest() {
    assert_sent(
        "[commands]\nset = \"{x:f32}\"",
        r#"{"n":"set","v":1.5}"#,
        &["1:3FC00000"],
    );
    assert_sent(
        "[commands]\nset = \"{x:f32le}\"",
        r#"{"n":"set","v":0.1}"#,
        &["1:CDCCCC3D"],
    );
    assert_sent(
        "[commands]\nset = \"{x:f64}\"",
        r#"{"n":"set","v":0.1}"#,
        &["1:3FB999999999999A"],
    );
}

#[test]
fn bits_stand_most_significant_first() {
    let body = "[commands.set]\nframe = \"[mode:4 0:3 on]\"";
    let records = r#"{"n":"set/mode","v":10},{"n":"set/on","vb":true}"#;
    assert_sent(body, records, &["1:A1"]);
    assert_refused(
        body,
        r#"{"n":"set/mode","v":16},{"n":"set/on","vb":true}"#,
        Code::EncodeOutOfRange,
    );
    assert_refused(
        body,
        r#"{"n":"set/mode","v":1},{"n":"set/on","v":1}"#,
        Code::EncodeType,
    );
    assert_sent(
        "[commands]\nset = \"[a:12 b:i4]le\"",
        r#"{"n":"set/a","v":2748},{"n":"set/b","v":-1}"#,
        &["1:CFAB"],
    );
    let sliced = "[commands]\nset = \"[x[7:0] x[11:8] 0xF:4]\"";
    assert_sent(sliced, r#"{"n":"set","v":2748}"#, &["1:BCAF"]);
    assert_refused(sliced, r#"{"n":"set","v":4096}"#, Code::EncodeOutOfRange);
}

#[test]
fn presence_bits_tell_what_was_given() {
    let body = "[commands.set]\nframe = \"[0:6 a? b?] {a} {b}\"";
    assert_sent(body, r#"{"n":"set/b","v":7}"#, &["1:010007"]);
    assert_refused(
        body,
        r#"{"n":"set","vb":true}"#,
        Code::EncodeMissingArgument,
    );
}

#[test]
fn enumerations_are_sent_as_they_are() {
    let body = "[enums.relay]\nclose = 1\nopen = 0\n[commands.set]\nframe = \"03 {r}\"\nargs.r = { enum = \"relay\" }";
    assert_sent(body, r#"{"n":"set","vs":"close"}"#, &["1:0301"]);
    assert_refused(body, r#"{"n":"set","vs":"Close"}"#, Code::EncodeUnknownEnum);
    assert_refused(body, r#"{"n":"set","v":1}"#, Code::EncodeType);
    let special = "[commands.set]\nframe = \"{t:u8*2}\"\nargs.t = { enum = { off = 127 }, min = 0, max = 100 }";
    assert_sent(special, r#"{"n":"set","vs":"off"}"#, &["1:7F"]);
    assert_sent(special, r#"{"n":"set","v":63}"#, &["1:7E"]);
    assert_refused(special, r#"{"n":"set","v":63.5}"#, Code::EncodeOutOfRange);
}

#[test]
fn booleans_are_what_the_definition_says() {
    assert_sent(
        "[commands]\nset = \"{on:bool}\"",
        r#"{"n":"set","vb":true}"#,
        &["1:01"],
    );
    let body = "[commands.set]\nframe = \"{on:u16}\"\nargs.on = { true = 0xFF00, false = 0 }";
    assert_sent(body, r#"{"n":"set","vb":true}"#, &["1:FF00"]);
}

#[test]
fn lengths_sums_and_padding_follow_from_the_rest() {
    assert_sent(
        "[commands]\nset = \"len:u8(01 {x})\"",
        r#"{"n":"set","v":5}"#,
        &["1:020105"],
    );
    assert_sent(
        "[commands]\nset = \"len:u16le+1(01 {x})\"",
        r#"{"n":"set","v":5}"#,
        &["1:03000105"],
    );
    assert_sent(
        "[commands]\nset = \"sum8(55 01 00 02 01 {x})\"",
        r#"{"n":"set","v":1}"#,
        &["1:5501000201015A"],
    );
    assert_sent(
        "[commands]\nset = \"crc16-modbus:be(00 02 {x:u16})\"",
        r#"{"n":"set","v":3600}"#,
        &["1:00020E1048A4"],
    );
    assert_sent(
        "[commands]\nset = \"{x} pad(4, FF)\"",
        r#"{"n":"set","v":1}"#,
        &["1:01FFFFFF"],
    );
}

#[test]
fn lists_and_groups_repeat() {
    let list = "[commands.set]\nframe = \"{x:u16...}\"\nargs.x = { max_items = 2 }";
    assert_sent(
        list,
        r#"{"n":"set/x/0","v":1},{"n":"set/x/1","v":2}"#,
        &["1:00010002"],
    );
    assert_refused(
        list,
        r#"{"n":"set/x/0","v":1},{"n":"set/x/2","v":2}"#,
        Code::EncodeItems,
    );
    let three = r#"{"n":"set/x/0","v":1},{"n":"set/x/1","v":2},{"n":"set/x/2","v":3}"#;
    assert_refused(list, three, Code::EncodeItems);
    let group = "[commands]\nset = \"( F9 {i} {m:u16} )...\"";
    let records = r#"{"n":"set/0/i","v":1},{"n":"set/0/m","v":2},{"n":"set/1/m","v":4},{"n":"set/1/i","v":3}"#;
    assert_sent(group, records, &["1:F9010002F9030004"]);
    assert_refused(
        group,
        r#"{"n":"set/0/i","v":1}"#,
        Code::EncodeMissingArgument,
    );
    let gap = r#"{"n":"set/0/i","v":1},{"n":"set/0/m","v":2},{"n":"set/1/i","v":3}"#;
    assert_refused(group, gap, Code::EncodeItems);
}

#[test]
fn texts_and_data_keep_their_length() {
    let body = "[commands.set]\nframe = \"{name:ascii}\"\nargs.name = { max_len = 3 }";
    assert_sent(body, r#"{"n":"set","vs":"abc"}"#, &["1:616263"]);
    assert_refused(body, r#"{"n":"set","vs":"abcd"}"#, Code::EncodeLength);
    assert_refused(body, r#"{"n":"set","vs":"é"}"#, Code::EncodeSeparator);
    assert_sent(
        "[commands]\nset = \"{x:hex}\"",
        r#"{"n":"set","vs":"0aFF"}"#,
        &["1:0AFF"],
    );
    assert_refused(
        "[commands]\nset = \"{x:hex}\"",
        r#"{"n":"set","vs":"0a1"}"#,
        Code::EncodeType,
    );
    assert_sent(
        "[commands]\nset = \"{x:bytes}\"",
        r#"{"n":"set","vd":"AQID"}"#,
        &["1:010203"],
    );
}

#[test]
fn neighbors_join_and_keep_their_order() {
    let body = "join = true\nmax_length = 4\n[commands]\na = \"01 {x}\"\nb = \"02\"\n[commands.c]\nframe = \"03\"\njoin = false";
    let (a, b, c) = (
        r#"{"n":"a","v":9}"#,
        r#"{"n":"b","vb":true}"#,
        r#"{"n":"c","vb":true}"#,
    );
    assert_sent(body, &format!("{a},{b}"), &["1:010902"]);
    assert_sent(body, &format!("{a},{c},{b}"), &["1:0109", "1:03", "1:02"]);
    assert_sent(
        "join = true\nmax_length = 2\n[commands]\na = \"01 {x}\"\nb = \"02\"",
        &format!("{a},{b}"),
        &["1:0109", "1:02"],
    );
}

#[test]
fn envelopes_wrap_what_is_inside() {
    let body = "[envelopes.set]\nframe = \"0B {ack} len:u8({*})\"\nargs.ack = { default = 0 }\njoin = true\n\
                [commands]\nother = \"FF\"\n[commands.a]\nin = \"set\"\nframe = \"01 {x}\"\n[commands.b]\nin = \"set\"\nframe = \"02\"";
    let records =
        r#"{"n":"a","v":9},{"n":"b","vb":true},{"n":"other","vb":true},{"n":"set/ack","v":5}"#;
    assert_sent(body, records, &["1:0B0503010902", "1:FF"]);
}

#[test]
fn an_envelope_around_several_commands_is_warned_of_once() {
    let body = "[lora]\nf_port = 1\n[envelopes.set]\nframe = \"0B {x:u8*10} {*}\"\n\
                args.x = { default = 0 }\njoin = true\n[commands]\n\
                a = { in = \"set\", frame = \"01\" }\nb = { in = \"set\", frame = \"02\" }\n\
                c = { in = \"set\", frame = \"03\" }";
    let records =
        r#"{"n":"a","vb":true},{"n":"b","vb":true},{"n":"c","vb":true},{"n":"set/x","v":1.23}"#;
    let downlinks = downlinks("LORA", body, records, &binding()).unwrap();
    let warned: Vec<_> = downlinks.warnings().iter().map(|it| it.code).collect();
    assert_eq!(warned, [Code::EncodeRounded]);
}

#[test]
fn ports_come_from_the_command_an_argument_or_a_variable() {
    let body = "[variables]\nport = { default = \"7\" }\n[commands.a]\nframe = \"01\"\nf_port = 9\n\
                [commands.b]\nframe = \"02\"\nf_port = \"{port}\"\nargs.port = { min = 1, max = 223 }\n\
                [commands.c]\nframe = \"03\"\nf_port = \"{$port}\"\n[commands.d]\nframe = \"04\"";
    let records = r#"{"n":"a","vb":true},{"n":"b","v":33},{"n":"c","vb":true},{"n":"d","vb":true}"#;
    assert_sent(body, records, &["9:01", "33:02", "7:03", "1:04"]);
}

#[test]
fn commands_stand_once_unless_they_repeat() {
    let body = "[commands]\na = \"01 {x}\"\n[commands.r]\nframe = \"02 {x}\"\nrepeat = true";
    assert_refused(
        body,
        r#"{"n":"a","v":1},{"n":"a","v":2}"#,
        Code::EncodeDuplicateCommand,
    );
    assert_refused(
        body,
        r#"{"n":"a","v":1},{"n":"a/x","v":2}"#,
        Code::EncodeDuplicateArgument,
    );
    assert_sent(
        body,
        r#"{"n":"r","v":1},{"n":"r","v":2}"#,
        &["1:0201", "1:0202"],
    );
}

#[test]
fn a_trigger_takes_true_and_nothing_else() {
    assert_sent(
        "[commands]\nreset = \"04 FF\"",
        r#"{"n":"reset","vb":true}"#,
        &["1:04FF"],
    );
    assert_refused(
        "[commands]\nreset = \"04 FF\"",
        r#"{"n":"reset","vb":false}"#,
        Code::EncodeType,
    );
    assert_refused(
        "[commands]\nreset = \"04 FF\"",
        r#"{"n":"reset","v":1}"#,
        Code::EncodeType,
    );
}

#[test]
fn text_templates_write_digits_names_and_braces() {
    let body = "[commands.set]\ntext = \"{{SET} {n:dec2},{h:hex4} {on} {e:hex2}\"\n\
                args.on = { type = \"boolean\", true = \"ON\", false = \"OFF\" }\nargs.e = { enum = { a = 10 } }";
    let records = r#"{"n":"set/n","v":7},{"n":"set/h","v":43981},{"n":"set/on","vb":false},{"n":"set/e","vs":"a"}"#;
    assert_eq!(
        text("SMS", body, records),
        Ok(vec!["{SET} 07,ABCD OFF 0A".to_owned()])
    );
    let error = text("SMS", body, &records.replace("43981", "65536")).unwrap_err();
    assert_eq!(error.code(), Code::EncodeOutOfRange);
}

#[test]
fn no_text_value_smuggles_in_a_second_command() {
    let body = "[sms]\njoin = \";\"\n[commands.name]\ntext = \"name={n:utf8}\"\n[commands.url]\ntext = \"url={u:utf8}\"\nargs.u = { allow = \":=\" }";
    for value in ["a;b", "a b", "a\\nb", "a=b", "a\\u0000"] {
        let error = text("SMS", body, &format!(r#"{{"n":"name","vs":"{value}"}}"#)).unwrap_err();
        assert_eq!(error.code(), Code::EncodeSeparator, "{value}");
    }
    let records = r#"{"n":"name","vs":"x"},{"n":"url","vs":"http://a=b"}"#;
    assert_eq!(
        text("SMS", body, records),
        Ok(vec!["name=x;url=http://a=b".to_owned()])
    );
}

#[test]
fn json_templates_give_typed_values_and_leave_out_what_is_missing() {
    let body = "[mqtt]\ntopic = \"{$prefix}/rpc\"\n[variables]\nprefix = { default = \"a\", pattern = \"[^/+#]+\" }\n\
                [commands.set]\njson = { id = 1, b = \"x{n}\", on = \"{on}\", o = { t = \"{t}\" }, l = \"{l:u8...}\" }\n\
                args.n = { min = 0, max = 9 }\nargs.on = { type = \"boolean\" }\nargs.t = { unit = \"s\", min = 0, max = 10, optional = true }\nargs.l = { optional = true }";
    let records = r#"{"n":"set/n","v":3},{"n":"set/on","vb":true}"#;
    assert_eq!(
        text("MQTT", body, records),
        Ok(vec![r#"a/rpc {"id":1,"b":"x3","on":true}"#.to_owned()])
    );
    let all = format!(
        r#"{records},{{"n":"set/t","v":2.5}},{{"n":"set/l/0","v":4}},{{"n":"set/l/1","v":5}}"#
    );
    let expected = r#"a/rpc {"id":1,"b":"x3","on":true,"o":{"t":2.5},"l":[4,5]}"#;
    assert_eq!(text("MQTT", body, &all), Ok(vec![expected.to_owned()]));
}

#[test]
fn json_strings_are_escaped() {
    let body = "[commands.say]\njson = { text = \"{t:utf8}\", mixed = \"<{t:utf8}>\" }\nargs.t = { allow = \"\\\"\\\\\" }";
    let expected = r#"{"text":"\"\\\"","mixed":"<\"\\\">"}"#;
    assert_eq!(
        text("HTTP", body, r#"{"n":"say","vs":"\"\\\""}"#),
        Ok(vec![expected.to_owned()])
    );
}

#[test]
fn objects_with_different_keys_merge_where_they_join() {
    let body = "[http]\njoin = true\n[commands.a]\njson = { a = \"{x}\" }\nargs.x = { max = 9, min = 0 }\n[commands.b]\njson = { b = 2 }\n[commands.c]\njson = { a = \"three\" }";
    let records = r#"{"n":"a","v":1},{"n":"b","vb":true},{"n":"c","vb":true}"#;
    assert_eq!(
        text("HTTP", body, records),
        Ok(vec![
            r#"{"a":1,"b":2}"#.to_owned(),
            r#"{"a":"three"}"#.to_owned()
        ])
    );
}

#[test]
fn a_secret_is_never_shown() {
    let body = "[variables]\npassword = { secret = true, pattern = \"[a-z]+\" }\n[commands.set]\ntext = \"{$password} {pin:u16}\"\nargs.pin = { secret = true, min = 1000, max = 9999 }";
    let hidden = |value: &str, pin: &str| {
        let binding = binding().with_variable("password", value);
        downlinks(
            "SMS",
            body,
            &format!(r#"{{"n":"set","v":{pin}}}"#),
            &binding,
        )
    };
    assert!(hidden("opensesame", "1234").is_ok());
    for error in [
        hidden("OPEN", "1234").unwrap_err(),
        hidden("open", "777").unwrap_err(),
    ] {
        let shown = format!("{error} {:?}", error.diagnostic());
        assert!(!shown.contains("OPEN") && !shown.contains("777"), "{shown}");
    }
    let text = br#"[{"bn":"urn:dev:IMEI:350000000000006:","n":"set","v":1234}]"#;
    let binding = binding().with_variable("password", "opensesame");
    let pack = Pack::from_json(text).unwrap();
    let engine = engine("SMS", body).unwrap();
    let method = Method::new(Protocol::Sms);
    let preview = engine.preview_pack(&pack, &method, &binding, UnixTime::from_seconds(0));
    let shown = format!("{preview} {}", serde_json::to_string(&preview).unwrap());
    for secret in ["opensesame", "1234", "6F70656E", "31323334"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn what_is_wrong_in_a_definition_is_told_with_its_place() {
    for (body, code, line, column) in [
        (
            "colour = 1\n[commands]\na = \"01\"",
            Code::DefinitionUnknownKey,
            1,
            1,
        ),
        (
            "[commands]\na = \"01 {x:u7}\"",
            Code::DefinitionFrame,
            2,
            12,
        ),
        ("[commands]\na = \"[x:3]\"", Code::DefinitionWidth, 2, 5),
        ("[commands]\na = \"{x/0}\"", Code::DefinitionFrame, 2, 8),
        ("[commands]\na = \"{$x}\"", Code::DefinitionUndeclared, 2, 5),
        (
            "[commands.a]\nframe = \"01\"\nargs.y = { min = 1 }",
            Code::DefinitionUnused,
            3,
            6,
        ),
        (
            "[commands.a]\nframe = \"{x}\"\nargs.x = { max = 256 }",
            Code::DefinitionWidth,
            3,
            10,
        ),
        (
            "[commands.a]\nframe = \"{x}\"\nargs.x = { enum = { a = 256 } }",
            Code::DefinitionWidth,
            3,
            10,
        ),
        (
            "[commands.a]\nframe = \"{x}\"\nargs.x = { enum = \"no\" }",
            Code::DefinitionUndeclared,
            3,
            19,
        ),
        (
            "[commands.a]\nframe = \"{x}\"\nargs.x = { mni = 1 }",
            Code::DefinitionUnknownKey,
            3,
            12,
        ),
        (
            "[commands]\na = \"{x:ascii} {y:ascii}\"",
            Code::DefinitionOpenEnded,
            2,
            5,
        ),
        (
            "[commands]\na = \"[x[3:0] x[11:8]]\"",
            Code::DefinitionWidth,
            2,
            5,
        ),
        (
            "[commands.a]\ntext = \"{x:u8...}\"",
            Code::DefinitionFrame,
            2,
            8,
        ),
        (
            "[commands.a]\njson = { x = \"{$urn...}\" }",
            Code::DefinitionFrame,
            2,
            8,
        ),
        ("[commands]\na b = 1", Code::DefinitionSyntax, 2, 3),
        ("[commands]\n\"1a\" = \"01\"", Code::DefinitionName, 2, 1),
    ] {
        assert_not_loaded(body, code, line, column);
    }
}

#[test]
fn an_example_that_does_not_hold_refuses_the_definition() {
    let body = "[commands]\na = \"01 {x}\"\n[[examples]]\ninstruction = [{ n = \"a\", v = 1 }]\nexpect = [{ f_port = 1, hex = \"0102\" }]";
    assert_not_loaded(body, Code::RegistryExample, 3, 1);
}

#[test]
fn what_is_marked_with_once_is_not_repeatable() {
    let body = r#"
        [lora]
        f_port = 1
        join = true
        max_length = 6
        [envelopes.e]
        frame = "E0 {mode} {*}"
        args.mode = { enum = { quiet = 0, ring = 1 }, default = "quiet", once = ["ring"] }
        [commands]
        press = { frame = "01 01", once = true }
        on = "02 02"
        relay = { frame = "03 {state}", args.state = { enum = { off = 0, toggle = 2 }, once = ["toggle"] } }
        lamp = { frame = "04 {state}", args.state = { enum = { off = 0, toggle = 2 }, once = ["toggle"], default = "toggle" } }
        wrapped = { frame = "05", in = "e" }
    "#;
    let repeatable = |records: &str| {
        let downlinks = downlinks("LORA", body, records, &binding()).unwrap();
        downlinks
            .parts()
            .map(downlink::engine::Part::is_repeatable)
            .collect::<Vec<_>>()
    };
    for (records, expected) in [
        (r#"{"n":"press","vb":true}"#, vec![false]),
        (r#"{"n":"on","vb":true}"#, vec![true]),
        (r#"{"n":"relay","vs":"off"}"#, vec![true]),
        (r#"{"n":"relay","vs":"toggle"}"#, vec![false]),
        (r#"{"n":"lamp","vb":true}"#, vec![false]),
        (r#"{"n":"lamp/state","vs":"off"}"#, vec![true]),
        (r#"{"n":"wrapped","vb":true}"#, vec![true]),
        (
            r#"{"n":"e/mode","vs":"ring"},{"n":"wrapped","vb":true}"#,
            vec![false],
        ),
        // Those that share a message share its fate; the next message does not.
        (
            r#"{"n":"press","vb":true},{"n":"on","vb":true},{"n":"relay","vs":"off"}"#,
            vec![false],
        ),
        (
            r#"{"n":"on","vb":true},{"n":"relay","vs":"off"},{"n":"lamp/state","vs":"off"},{"n":"press","vb":true}"#,
            vec![true, false],
        ),
    ] {
        assert_eq!(repeatable(records), expected, "{records}");
    }
}

#[test]
fn once_lists_names_of_the_enumeration() {
    let refused = |argument: &str| {
        let body = format!(
            "[lora]\nf_port = 1\n[commands]\na = {{ frame = \"{{x}}\", args.x = {argument} }}"
        );
        engine("LORA", &body).unwrap_err()
    };
    let misspelt = refused(r#"{ enum = { on = 1, toggle = 2 }, once = ["togle"] }"#);
    assert_eq!(misspelt.code(), Code::DefinitionUndeclared);
    assert_eq!(
        misspelt.diagnostic().hint.as_deref(),
        Some("did you mean `toggle`?")
    );
    assert_eq!(
        refused(r#"{ once = ["toggle"] }"#).code(),
        Code::DefinitionUndeclared
    );
    assert_eq!(refused("{ once = true }").code(), Code::DefinitionType);
}

#[test]
fn a_variable_that_is_no_port_is_refused_for_what_it_is() {
    let body = "[variables]\nport = {}\n[commands.a]\nframe = \"01\"\nf_port = \"{$port}\"";
    for (port, code) in [
        ("2", None),
        ("two", Some(Code::EncodeVariable)),
        ("0", Some(Code::EncodeVariable)),
        ("256", Some(Code::EncodeVariable)),
    ] {
        let binding = binding().with_variable("port", port);
        let refused = downlinks("LORA", body, r#"{"n":"a","vb":true}"#, &binding).err();
        assert_eq!(
            refused.as_ref().map(Error::code),
            code,
            "{port}: {refused:?}"
        );
    }
}
