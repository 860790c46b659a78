//! Payload codecs in JavaScript: the forms of scripts, what they get, and what they may return.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use downlink::Engine;
use downlink::directory::Binding;
use downlink::encoder::Registry;
use downlink::encoder::javascript::{Bounds, JavaScriptCodec};
use downlink::error::{Code, Diagnostic, Error, Position};
use downlink::message::lora::FPort;
use downlink::message::{Message, Method};
use downlink::preview::Preview;
use downlink::senml::{Pack, UnixTime};

const NOW: i64 = 1_700_000_000;

/// Without a wall clock: the machine that runs the tests may be busy.
fn codec(source: &str) -> Result<JavaScriptCodec, Error> {
    let bounds = Bounds {
        wall_clock: None,
        ..Bounds::default()
    };
    JavaScriptCodec::with_bounds("acme/codec", source, bounds)
}

struct Sent {
    hex: String,
    port: u8,
    warnings: Vec<Diagnostic>,
}

fn send_by(codec: JavaScriptCodec, port: Option<u8>, records: &str) -> Result<Sent, Error> {
    let engine = Engine::new(Registry::builder().register(codec)?.build());
    let text = format!(r#"[{{"bn":"urn:dev:DEVEUI:0059AC00001B0095:"}},{records}]"#);
    let pack = Pack::from_json(text.as_bytes())?;
    let method = method(port);
    let binding = Binding::new("acme/codec")
        .with_variable("site", "7")
        .with_max_payload(242);
    let now = UnixTime::from_seconds(NOW);
    let downlinks = engine.encode_pack(&pack, &method, &binding, now)?;
    let [Message::Lora(downlink)] = downlinks.messages() else {
        panic!("one LoRaWAN message")
    };
    Ok(Sent {
        hex: hex::encode(downlink.frm_payload()),
        port: downlink.f_port().number(),
        warnings: downlinks.warnings().to_vec(),
    })
}

fn method(port: Option<u8>) -> Method {
    let f_port = port.map(|port| FPort::new(port).unwrap());
    Method::Lora { f_port }
}

fn send(source: &str, records: &str) -> Result<Sent, Error> {
    send_by(codec(source)?, Some(2), records)
}

/// The text that the script sees as `JSON.stringify` of this expression.
fn seen(expression: &str, records: &str) -> Result<String, Error> {
    let source = format!(
        "function encodeDownlink(input) {{
            return {{ bytes: Array.from(new TextEncoder().encode(JSON.stringify({expression}))) }};
        }}"
    );
    let sent = send(&source, records)?;
    Ok(String::from_utf8(hex::decode(sent.hex).unwrap()).unwrap())
}

fn code<T>(result: Result<T, Error>) -> Code {
    result.err().expect("an error").code()
}

const ON: &str = r#"{"n":"on","vb":true}"#;

#[test]
fn every_form_of_a_script_is_taken() {
    let forms = [
        "function encodeDownlink(input) { return { fPort: 2, bytes: [input.data.on ? 1 : 0] }; }",
        "const encodeDownlink = (input) => ({ bytes: [+input.data.on] });",
        "encodeDownlink = function (input) { return { bytes: [+input.data.on] }; };",
        "exports.encodeDownlink = (input) => ({ bytes: [+input.data.on] });",
        "module.exports = { encodeDownlink(input) { return { bytes: [+input.data.on] }; } };",
        "exports.default = { encodeDownlink: (input) => ({ bytes: [+input.data.on] }) };",
        "exports.driver = { encodeDownlink: (input) => ({ bytes: [+input.data.on] }) };",
        "var driver; (() => { var made = {}; made.encodeDownlink = (input) => ({ bytes: [+input.data.on] }); driver = made; })();",
        "this.encodeDownlink = (input) => ({ bytes: [+input.data.on] });",
        "globalThis.encodeDownlink = (input) => ({ bytes: [+input.data.on] });",
        "export function encodeDownlink(input) { return { bytes: [+input.data.on] }; }",
        "function encodeDownlink(input) { return { bytes: [+input.data.on] }; }\nexport { encodeDownlink };",
        "export default { encodeDownlink(input) { return { bytes: [+input.data.on] }; } };",
        "function Encoder(object, port) { return [+object.on]; }",
        "function Encode(fPort, obj, variables) { return [+obj.on]; }",
        "var encode = function (object, port) { return new Uint8Array([+object.on]); };",
        "function encoder(fport, o) { return { bytes: [+o.on], fPort: fport }; }",
        "#!/usr/bin/env node\n'use strict';\nfunction encodeDownlink(i) { return { bytes: Buffer.from([+i.data.on]) }; } // end",
        "\u{feff}function encodeDownlink(i) { return { bytes: [+i.data.on] }; }",
    ];
    for source in forms {
        let sent = send(source, ON).unwrap_or_else(|error| panic!("{source}: {error}"));
        assert_eq!((sent.hex.as_str(), sent.port), ("01", 2), "{source}");
    }
    assert_eq!(forms.len(), 19);
}

#[test]
fn a_form_that_cannot_be_told_is_refused() {
    for source in [
        "function Encode(a, b) { return [1]; }",
        "function Encoder(object) { return [1]; }",
        "function Encode(port, portIndex) { return [1]; }",
        "function decodeUplink(input) { return {}; }",
        "var encodeDownlink = 5;",
        "",
    ] {
        assert_eq!(code(codec(source)), Code::CodecForm, "{source}");
    }
}

#[test]
fn records_become_data_in_their_order() {
    let records = r#"{"n":"z/b","v":1.5},{"n":"a","vs":"t"},{"n":"z/a","vb":false},{"n":"list/1","v":8},
        {"n":"list/0","v":7},{"n":"d","vd":"AP8"},{"n":"01","v":-0.29}"#;
    assert_eq!(
        seen("input.data", records).unwrap(),
        r#"{"z":{"b":1.5,"a":false},"a":"t","list":[7,8],"d":[0,255],"01":-0.29}"#
    );
    let of_objects = r#"{"n":"s/0/t","v":5},{"n":"s/1/t","v":6}"#;
    assert_eq!(
        seen("input.data", of_objects).unwrap(),
        r#"{"s":[{"t":5},{"t":6}]}"#
    );
}

#[test]
fn port_and_variables_are_given() {
    assert_eq!(
        seen("[input.fPort, input.variables]", ON).unwrap(),
        r#"[2,{"site":"7"}]"#
    );
}

#[test]
fn members_are_own_data_properties() {
    let records =
        r#"{"n":"constructor","v":1},{"n":"toString","v":2},{"n":"hasOwnProperty","v":3}"#;
    assert_eq!(
        seen("input.data", records).unwrap(),
        r#"{"constructor":1,"toString":2,"hasOwnProperty":3}"#
    );
}

#[test]
fn what_data_cannot_say_is_refused_where_it_stands() {
    for (records, expected, record) in [
        (r#"{"n":"t","u":"s","v":1}"#, Code::EncodeUnit, 1),
        (
            r#"{"n":"t","v":9007199254740993}"#,
            Code::EncodeOutOfRange,
            1,
        ),
        (r#"{"n":"t","v":1e300}"#, Code::EncodeOutOfRange, 1),
        (
            r#"{"n":"a/0","v":1},{"n":"a/2","v":1}"#,
            Code::EncodeItems,
            2,
        ),
        (r#"{"n":"a/1","v":1}"#, Code::EncodeItems, 1),
        (
            r#"{"n":"a/0","v":1},{"n":"a/b","v":1}"#,
            Code::EncodeItems,
            2,
        ),
        (r#"{"n":"a","v":1},{"n":"a/b","v":1}"#, Code::EncodeType, 2),
        (r#"{"n":"a/b","v":1},{"n":"a","v":1}"#, Code::EncodeType, 2),
        (
            r#"{"n":"a","v":1},{"n":"a","v":2}"#,
            Code::EncodeDuplicateArgument,
            2,
        ),
    ] {
        let error = seen("input", records).unwrap_err();
        assert_eq!(
            (error.code(), error.diagnostic().record),
            (expected, Some(record)),
            "{records}"
        );
    }
}

#[test]
fn only_bytes_pass_for_bytes() {
    for (bytes, expected) in [
        ("[0, 255]", Ok("00ff")),
        ("[2.0, 1e1]", Ok("020a")),
        ("[6 / 3]", Ok("02")),
        ("new Uint8Array([1, 2])", Ok("0102")),
        ("Buffer.from('0a0b', 'hex')", Ok("0a0b")),
        ("[256]", Err(Code::CodecOutput)),
        ("[-1]", Err(Code::CodecOutput)),
        ("[3.9]", Err(Code::CodecOutput)),
        ("[NaN]", Err(Code::CodecOutput)),
        ("['1']", Err(Code::CodecOutput)),
        ("[1n]", Err(Code::CodecOutput)),
        ("[,1]", Err(Code::CodecOutput)),
        ("[[1]]", Err(Code::CodecOutput)),
        ("'0102'", Err(Code::CodecOutput)),
        ("{0: 1, length: 1}", Err(Code::CodecOutput)),
        ("undefined", Err(Code::CodecOutput)),
        ("new Uint16Array([256])", Err(Code::CodecOutput)),
        ("new Array(100000)", Err(Code::CodecOutput)),
        ("[]", Err(Code::EncodeLength)),
        ("new Array(243).fill(0)", Err(Code::LimitPayload)),
    ] {
        let source = format!("function encodeDownlink() {{ return {{ bytes: {bytes} }}; }}");
        let sent = send(&source, ON);
        let found = sent.map(|sent| sent.hex).map_err(|error| error.code());
        assert_eq!(found, expected.map(str::to_owned), "{bytes}");
    }
}

#[test]
fn only_objects_pass_for_results() {
    for result in [
        "undefined",
        "null",
        "5",
        "'01'",
        "[1]",
        "() => 1",
        "Promise.resolve({bytes: [1]})",
        "{}",
        "(async () => ({bytes: [1]}))()",
        "(() => { const o = {}; o.bytes = [o]; return o; })()",
    ] {
        let source = format!("function encodeDownlink() {{ return ({result}); }}");
        assert_eq!(code(send(&source, ON)), Code::CodecOutput, "{result}");
    }
}

#[test]
fn the_port_is_the_scripts_or_the_methods_and_never_both_at_odds() {
    let port = |script: &str, asked| {
        let source = format!("function encodeDownlink() {{ return {{ bytes: [1], {script} }}; }}");
        send_by(codec(&source)?, asked, ON)
    };
    for (script, asked, expected) in [
        ("fPort: 9", None, Ok(9)),
        ("fPort: 9", Some(9), Ok(9)),
        ("fPort: 9", Some(8), Err(Code::EncodePortConflict)),
        ("", Some(8), Ok(8)),
        ("fPort: null", Some(8), Ok(8)),
        ("", None, Err(Code::EncodePortMissing)),
        ("port: 9", None, Ok(9)),
        ("fPort: 0", None, Err(Code::EncodePortRange)),
        ("fPort: 224", None, Err(Code::EncodePortRange)),
        ("fPort: 265", None, Err(Code::EncodePortRange)),
        ("fPort: 9.5", None, Err(Code::CodecOutput)),
        ("fPort: '9'", None, Ok(9)),
        ("port: '9'", None, Ok(9)),
        ("fPort: '09'", None, Err(Code::CodecOutput)),
        ("fPort: '9.0'", None, Err(Code::CodecOutput)),
        ("fPort: ' 9'", None, Err(Code::CodecOutput)),
        ("fPort: '224'", None, Err(Code::EncodePortRange)),
        ("fPort: '265'", None, Err(Code::CodecOutput)),
        ("fPort: [9]", None, Err(Code::CodecOutput)),
    ] {
        let found = port(script, asked)
            .map(|sent| sent.port)
            .map_err(|error| error.code());
        assert_eq!(found, expected, "{script} {asked:?}");
    }
    for (script, warnings) in [
        ("fPort: 9", 0),
        ("port: 9", 1),
        ("fPort: '9'", 1),
        ("port: '9'", 2),
    ] {
        let sent = port(script, None).unwrap();
        let codes = sent.warnings.iter().map(|it| it.code);
        assert!(
            codes.clone().all(|code| code == Code::CodecWarning),
            "{script}"
        );
        assert_eq!(codes.count(), warnings, "{script}");
    }
    let older = codec("function Encoder(object, port) { return [port]; }").unwrap();
    assert_eq!(code(send_by(older, None, ON)), Code::EncodePortMissing);
}

#[test]
fn errors_refuse_and_warnings_pass_on() {
    let source = "function encodeDownlink() {
        return { bytes: [1], errors: ['too hot', 'too \\u001b old'], warnings: ['w'] }; }";
    let error = send(source, ON).err().unwrap();
    assert_eq!(error.code(), Code::CodecRefused);
    let message = &error.diagnostic().message;
    assert!(
        message.contains(r#""too hot", "too \u{1b} old""#),
        "{message}"
    );

    let source =
        "function encodeDownlink() { return { bytes: [1], errors: [], warnings: ['old'] }; }";
    let sent = send(source, ON).unwrap();
    assert_eq!(sent.warnings[0].code, Code::CodecWarning);
    assert!(sent.warnings[0].message.contains("\"old\""));
}

#[test]
fn an_exception_tells_its_text_and_place() {
    let source = "function encodeDownlink(input) {\n  return input.data.a.b.c;\n}";
    let error = send(source, ON).err().unwrap();
    assert_eq!(error.code(), Code::CodecException);
    let message = &error.diagnostic().message;
    assert!(
        message.contains("TypeError: cannot read property"),
        "{message}"
    );
    assert!(message.contains("at line 2, column"), "{message}");

    let thrown = send("function encodeDownlink() { throw 'mine'; }", ON)
        .err()
        .unwrap();
    assert!(thrown.to_string().contains("`mine`"), "{thrown}");
}

#[test]
fn a_script_that_does_not_load_tells_where() {
    let error = codec("var a = 1;\nfunction encodeDownlink( {")
        .err()
        .unwrap();
    assert_eq!(error.code(), Code::CodecSyntax);
    let position = error.diagnostic().position;
    assert!(
        matches!(position, Some(Position::Text { line: 2, .. })),
        "{error}"
    );
    let error = codec("\nmissing();").err().unwrap();
    assert_eq!(error.code(), Code::CodecSyntax);
    let position = error.diagnostic().position;
    assert!(
        matches!(position, Some(Position::Text { line: 2, .. })),
        "{error}"
    );
}

#[test]
fn the_time_is_the_callers_and_chance_is_refused() {
    assert_eq!(
        seen("[Date.now(), new Date().toISOString(), new Date().getHours(), new Date(2020, 0, 2).getTime(), new Date('2020-01-02T03:04').getTime(), new Date().getTimezoneOffset(), String(new Date(0))]", ON).unwrap(),
        r#"[1700000000000,"2023-11-14T22:13:20.000Z",22,1577923200000,1577934240000,0,"Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)"]"#
    );
    assert_eq!(code(seen("Math.random()", ON)), Code::CodecClock);
    let hides =
        "function encodeDownlink() { try { Math.random(); } catch {} return { bytes: [1] }; }";
    assert_eq!(code(send(hides, ON)), Code::CodecClock);
}

#[test]
fn what_depends_on_a_locale_or_a_time_zone_is_refused() {
    let refused = [
        (
            "(5).toLocaleString('en-US', {minimumIntegerDigits: 2})",
            "toLocaleString",
        ),
        ("(1234.5).toLocaleString()", "toLocaleString"),
        ("5n.toLocaleString('de-DE')", "toLocaleString"),
        (
            "new Date().toLocaleTimeString('en-GB', {timeZone: 'Europe/Amsterdam'})",
            "toLocaleTimeString",
        ),
        (
            "new Date().toLocaleDateString('nl-NL', {timeZone: 'UTC'})",
            "toLocaleDateString",
        ),
        ("new Date().toLocaleString()", "toLocaleString"),
        (
            "['a', 'B'].sort((a, b) => a.localeCompare(b))",
            "localeCompare",
        ),
        ("'i'.toLocaleUpperCase('tr')", "toLocaleUpperCase"),
        ("'\u{131}'.toLocaleUpperCase('tr')", "toLocaleUpperCase"),
        ("'I'.toLocaleLowerCase(['tr'])", "toLocaleLowerCase"),
        ("[1234.5].toLocaleString('de-DE')", "toLocaleString"),
        (
            "new Float32Array([1234.5]).toLocaleString('de-DE')",
            "toLocaleString",
        ),
        (
            "new Intl.NumberFormat('de-DE').format(1)",
            "Intl.NumberFormat",
        ),
        (
            "Intl.DateTimeFormat().resolvedOptions().timeZone",
            "Intl.DateTimeFormat",
        ),
        (
            "(() => { try { return (5).toLocaleString('de-DE'); } catch { return '5'; } })()",
            "toLocaleString",
        ),
        (
            "typeof Intl === 'undefined' ? 0 : new Intl.Collator().compare('a', 'B')",
            "Intl.Collator",
        ),
    ];
    for (expression, function) in refused {
        let error = seen(expression, ON).expect_err(expression);
        assert_eq!(error.code(), Code::CodecLocale, "{expression}: {error}");
        let named = format!("`{function}`");
        assert!(error.diagnostic().message.contains(&named), "{error}");
    }
    for (expression, expected) in [
        ("'i'.toLocaleUpperCase()", r#""I""#),
        ("Buffer.from('6f6e', 'hex').toLocaleString()", r#""on""#),
        ("({}).toLocaleString()", r#""[object Object]""#),
        ("(5).toString().padStart(2, '0')", r#""05""#),
    ] {
        assert_eq!(seen(expression, ON).unwrap(), expected, "{expression}");
    }
}

#[test]
fn a_result_without_bytes_is_refused_before_its_port_is_missed() {
    let refusal = |result: &str| {
        let source = format!("function encodeDownlink() {{ return {{ {result} }}; }}");
        let error = send_by(codec(&source).unwrap(), None, ON).err();
        error.expect(result).into_diagnostic()
    };
    assert_eq!(refusal("bytes: []").code, Code::EncodeLength);
    for result in [
        "payload: [1]",
        "byte: [1]",
        "Bytes: [1]",
        "frm_payload: [1]",
        "data: [1]",
    ] {
        let refusal = refusal(result);
        let (name, _) = result.split_once(':').unwrap();
        assert_eq!(refusal.code, Code::CodecOutput, "{result}");
        assert!(
            refusal.message.contains(&format!("`{name}`")),
            "{}",
            refusal.message
        );
    }
    for result in ["fport: 9", "FPort: 9", "Port: 9", "f_port: 9"] {
        let refusal = refusal(&format!("bytes: [1], {result}"));
        let (name, _) = result.split_once(':').unwrap();
        assert_eq!(refusal.code, Code::EncodePortMissing, "{result}");
        let hint = refusal.hint.unwrap();
        assert!(hint.contains(&format!("`{name}`")), "{hint}");
    }
    let sent = send(
        "function encodeDownlink() { return { bytes: [1], fport: 9 }; }",
        ON,
    )
    .unwrap();
    assert_eq!((sent.port, sent.warnings[0].code), (2, Code::CodecWarning));
}

#[test]
fn errors_that_are_no_array_of_texts_are_shown_readably() {
    for (errors, expected) in [
        ("{}", "the object {}"),
        ("[{ code: 7 }]", r#"the object {\"code\":7}"#),
        ("{ message: 'hot' }", r#"the object {\"message\":\"hot\"}"#),
        ("new Error('hot')", "Error: hot"),
        ("'hot'", "hot"),
    ] {
        let source =
            format!("function encodeDownlink() {{ return {{ bytes: [1], errors: {errors} }}; }}");
        let error = send(&source, ON).err().unwrap();
        assert_eq!(error.code(), Code::CodecRefused);
        let message = &error.diagnostic().message;
        assert!(message.contains(expected), "{errors}: {message}");
    }
}

#[test]
fn what_scripts_lean_on_is_there() {
    for (expression, expected) in [
        ("atob('AQI=').charCodeAt(1)", "2"),
        ("btoa('ab')", r#""YWI=""#),
        ("Array.from(new TextEncoder().encode('é'))", "[195,169]"),
        (
            "new TextDecoder().decode(new Uint8Array([195, 169]))",
            r#""é""#,
        ),
        ("Buffer.from('é').toString('hex')", r#""c3a9""#),
        (
            "Buffer.from('AQI=', 'base64')",
            r#"{"type":"Buffer","data":[1,2]}"#,
        ),
        (
            "Buffer.from([1, 2, 3]).slice(1).toString('base64')",
            r#""AgM=""#,
        ),
        (
            "Buffer.concat([Buffer.alloc(1), Buffer.from([5])]).readUInt16BE(0)",
            "5",
        ),
        (
            "(() => { const b = Buffer.alloc(4); b.writeFloatLE(1.5, 0); return b.toString('hex'); })()",
            r#""0000c03f""#,
        ),
        (
            "(() => { const b = Buffer.alloc(3); b.writeIntBE(-2, 0, 3); return [b.toString('hex'), b.readIntBE(0, 3)]; })()",
            r#"["fffffe",-2]"#,
        ),
        (
            "Buffer.isBuffer(new Buffer(2)) && Buffer.from('a') instanceof Uint8Array",
            "true",
        ),
        ("require('buffer').Buffer === Buffer", "true"),
        ("(console.log('x'), 1)", "1"),
        ("[[1, [2]], 3].flat()", "[1,[2],3]"),
        ("[1].concat([2, [3]], 4)", "[1,2,[3],4]"),
        ("[1, 2].flatMap((x) => [x, [x]])", "[1,[1],2,[2]]"),
        (
            "'a-b-c'.split('-', 2).concat('abab'.replace('b', (m) => m + '!'))",
            r#"["a","b","ab!ab"]"#,
        ),
        ("'abc'.split()", r#"["abc"]"#),
        ("'a1b22'.match(/[0-9]+/g)", r#"["1","22"]"#),
        (
            "[...new Set([1, 1, 2])].concat([...new Map([[3, 4]])])",
            "[1,2,[3,4]]",
        ),
    ] {
        assert_eq!(seen(expression, ON).unwrap(), expected, "{expression}");
    }
}

#[test]
fn a_script_is_not_longer_than_allowed() {
    let source = format!(
        "function encodeDownlink() {{ return {{ bytes: [1] }}; }} //{}",
        "x".repeat(256 * 1024)
    );
    assert_eq!(code(codec(&source)), Code::CodecScriptSize);
}

fn preview(source: &str) -> Preview {
    let engine = Engine::new(
        Registry::builder()
            .register(codec(source).unwrap())
            .unwrap()
            .build(),
    );
    let pack = Pack::from_json(br#"[{"bn":"urn:dev:DEVEUI:0059AC00001B0095:","n":"level","v":7}]"#);
    let binding = Binding::new("acme/codec");
    engine.preview_pack(
        &pack.unwrap(),
        &method(Some(2)),
        &binding,
        UnixTime::from_seconds(NOW),
    )
}

#[test]
fn a_preview_attributes_all_bits_and_reads_back() {
    let encode = "function encodeDownlink(input) { return { bytes: [1, input.data.level] }; }";
    let right = format!(
        "{encode} function decodeDownlink(input) {{ return {{ data: {{ level: input.bytes[1] }} }}; }}"
    );
    let shown = preview(&right);
    assert_eq!(shown.parts()[0].payload_hex, "0107");
    let [mark] = &shown.parts()[0].marks[..] else {
        panic!("one mark")
    };
    assert_eq!(mark.bits, 0..16);
    assert!(
        mark.meaning
            .value
            .as_deref()
            .unwrap()
            .contains(r#"decodes as requested, {"level":7}"#)
    );
    assert!(shown.warnings().is_empty());

    let wrong = format!(
        "{encode} function decodeDownlink(input) {{ return {{ data: {{ level: input.bytes[0] }} }}; }}"
    );
    let shown = preview(&wrong);
    assert_eq!(shown.warnings()[0].code, Code::CodecReadBack);
    let throws = format!("{encode} function decodeDownlink(input) {{ throw new Error('no'); }}");
    assert_eq!(preview(&throws).warnings()[0].code, Code::CodecReadBack);
}

#[test]
fn a_decoder_may_stand_in_a_script_of_its_own() {
    let codec = codec("function encodeDownlink(i) { return { bytes: [1] }; }").unwrap();
    assert!(!codec.decodes());
    let codec = codec
        .with_decoder("function decodeDownlink(i) { return { data: { first: i.bytes[0], port: i.fPort }, warnings: ['w'] }; }")
        .unwrap();
    let decoded = codec
        .decode_data(&[9], Some(FPort::new(3).unwrap()), None)
        .unwrap();
    assert_eq!(
        serde_json::to_string(decoded.data()).unwrap(),
        r#"{"first":9,"port":3}"#
    );
    assert_eq!(decoded.warnings(), ["w"]);
}

#[test]
fn what_is_decoded_ends_even_if_it_contains_itself() {
    let codec = codec(
        "function encodeDownlink(i) { return { bytes: [1] }; }
         function decodeDownlink(i) { const data = {}; data.data = data; return { data }; }",
    );
    assert_eq!(
        code(codec.unwrap().decode_data(&[1], None, None)),
        Code::CodecOutput
    );
}

#[test]
fn a_place_in_a_script_counts_characters_and_code_units() {
    let error = codec("var é = '😀'; missing();").err().unwrap();
    let place = Position::Text {
        line: 1,
        column: 14,
        utf16_column: 15,
    };
    assert_eq!(error.diagnostic().position, Some(place), "{error}");
}
