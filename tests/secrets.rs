//! Secrets in what is sent, and what is shown of it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use downlink::contract::CreateDownlinkRequest;
use downlink::directory::Binding;
use downlink::encoder::{Content, Context, Encoder, Registry, Writer};
use downlink::engine::Part;
use downlink::error::Error;
use downlink::instruction::Instruction;
use downlink::message::Protocol;
use downlink::message::http::{HeaderName, HeaderValue, Headers};
use downlink::senml::UnixTime;
use downlink::{Downlinks, Engine};
use serde_json::{Value, json};

const DEVICE: &str = "urn:dev:IMEI:350000000000006:";

/// A variable that is secret, and one that is not.
const VARIABLES: &str = "
[variables]
token = { secret = true }
site = {}
";

fn definition(protocol: &str, body: &str) -> Engine {
    let text = format!(
        "format = 1\nid = \"acme/thing\"\ntitle = \"ACME thing\"\nprotocol = \"{protocol}\"\n\
         source = \"ACME thing manual 1.0\"\nevidence = \"manual\"\n{body}{VARIABLES}"
    );
    let registry = Registry::builder().definition(&text).unwrap().build();
    Engine::new(registry)
}

fn binding() -> Binding {
    Binding::new("acme/thing")
        .with_variable("token", "opensesame")
        .with_variable("site", "attic")
}

fn body(method: &Value, records: &str) -> String {
    format!(r#"{{"instruction": [{{"bn": "{DEVICE}"}}, {records}], "method": {method}}}"#)
}

/// What is sent, and what is shown of it: the documents' messages and the instruction.
struct Sent {
    whole: Vec<Value>,
    masked: Vec<Value>,
    holds_secret: Vec<bool>,
    message: String,
}

fn message(document: &impl serde::Serialize) -> Value {
    serde_json::to_value(document).unwrap()["message"].take()
}

fn sent(engine: &Engine, method: &Value, records: &str) -> Result<Sent, Error> {
    let body = body(method, records);
    let request = CreateDownlinkRequest::from_json(body.as_bytes())?;
    let downlinks: Downlinks = engine.encode(&request, &binding(), UnixTime::from_seconds(0))?;
    let parts = || downlinks.parts();
    Ok(Sent {
        whole: parts().map(|it| message(&it.document().unwrap())).collect(),
        masked: parts()
            .map(|it| message(&it.masked_document().unwrap()))
            .collect(),
        holds_secret: parts().map(Part::holds_secret).collect(),
        message: downlinks.masked_message(&request),
    })
}

#[test]
fn secrets_of_a_topic_are_masked() {
    let toml = r#"
        [mqtt]
        topic = "{$site}/{$token}"
        [commands]
        on = { text = "on" }
        code = { text = "go", topic = "{$site}/{pin:u16}/{relay:u8}", args.pin = { secret = true } }
    "#;
    let (engine, mqtt) = (definition("MQTT", toml), json!({ "protocol": "MQTT" }));
    let own = sent(&engine, &mqtt, r#"{"n": "on", "vb": true}"#).unwrap();
    assert_eq!(own.whole[0]["topic"], "attic/opensesame");
    assert_eq!(own.masked[0]["topic"], "attic/***");
    assert_eq!(own.holds_secret, [true]);

    let records = r#"{"n": "code/pin", "v": 2718}, {"n": "code/relay", "v": 1}"#;
    let argument = sent(&engine, &mqtt, records).unwrap();
    assert_eq!(argument.whole[0]["topic"], "attic/2718/1");
    assert_eq!(argument.masked[0]["topic"], "attic/***/1");
    let shown =
        format!(r#"[{{"bn":"{DEVICE}"}},{{"n":"code/pin","v":"***"}},{{"n":"code/relay","v":1}}]"#);
    assert_eq!(argument.message, shown);

    let body = body(&mqtt, records);
    let preview = engine.preview_json(body.as_bytes(), &binding(), UnixTime::from_seconds(0));
    assert_eq!(preview.parts()[0].topic.as_deref(), Some("attic/***/1"));
}

#[test]
fn a_topic_that_the_request_asks_for_is_shown() {
    let toml =
        "[mqtt]\ntopic = \"{$token}\"\ntopic_override = true\n[commands]\non = { text = \"on\" }\n";
    let method = json!({ "protocol": "MQTT", "topic": "mine" });
    let sent = sent(
        &definition("MQTT", toml),
        &method,
        r#"{"n": "on", "vb": true}"#,
    )
    .unwrap();
    assert_eq!(sent.masked[0]["topic"], "mine");
    assert_eq!(sent.holds_secret, [false]);
}

#[test]
fn a_conflict_of_topics_does_not_show_the_secret() {
    let toml = "[mqtt]\ntopic = \"{$site}/{$token}\"\n[commands]\non = { text = \"on\" }\n";
    let engine = definition("MQTT", toml);
    let method = json!({ "protocol": "MQTT", "topic": "mine" });
    let records = r#"{"n": "on", "vb": true}"#;
    let error = sent(&engine, &method, records).err().unwrap();
    let text = body(&method, records);
    let mut workspace = downlink::engine::Workspace::default();
    let now = UnixTime::from_seconds(0);
    let into = engine.encode_into(&mut workspace, text.as_bytes(), &binding(), now);
    for error in [error, into.unwrap_err()] {
        assert_eq!(error.code().as_str(), "encode/topic-conflict");
        let shown = format!("{:?}", error.diagnostic());
        assert!(
            shown.contains("attic/***") && !shown.contains("opensesame"),
            "{shown}"
        );
    }
}

#[test]
fn a_port_that_is_refused_does_not_show_the_secret() {
    let toml = "[lora]\n[commands]\non = { frame = \"01\", f_port = \"{$site}\" }\n";
    let engine = definition("LORA", toml);
    let method = json!({ "protocol": "LORA" });
    let text = body(&method, r#"{"n": "on", "vb": true}"#);
    for port in ["31415", "0", "attic"] {
        let binding = Binding::new("acme/thing").with_secret_variable("site", port);
        let preview = engine.preview_json(text.as_bytes(), &binding, UnixTime::from_seconds(0));
        let problem = &preview.problems()[0];
        assert_eq!(problem.code.as_str(), "encode/variable");
        assert_eq!(problem.found.as_deref(), Some("***"));
        assert!(!format!("{problem:?}").contains(&format!("`{port}`")));
    }
}

#[test]
fn secrets_of_json_and_texts_are_masked_wherever_they_stand() {
    let toml = r#"
        [http]
        join = true
        [commands]
        set = { json = { name = "{name:utf8}", pin = "{pin:u16}" }, args.name = { secret = true }, args.pin = { secret = true } }
        key = { json = { auth = "Bearer {$token}" } }
        on = { json = { on = true } }
    "#;
    let records = r#"
        {"n": "on", "vb": true}, {"n": "set/name", "vs": "é\\x"}, {"n": "set/pin", "v": 2718},
        {"n": "key", "vb": true}
    "#;
    let (engine, http) = (definition("HTTP", toml), json!({ "protocol": "HTTP" }));
    let sent = sent(&engine, &http, records).unwrap();
    assert_eq!(
        sent.whole[0]["body"],
        r#"{"on":true,"name":"é\\x","pin":2718,"auth":"Bearer opensesame"}"#
    );
    assert_eq!(
        sent.masked[0]["body"],
        r#"{"on":true,"name":"***","pin":***,"auth":"Bearer ***"}"#
    );
    assert!(
        !sent.message.contains("2718") && !sent.message.contains('é'),
        "{}",
        sent.message
    );
}

#[test]
fn bytes_of_a_secret_are_zero_and_so_is_a_check_value_over_them() {
    let toml = r#"
        [lora]
        f_port = 1
        [commands.set]
        frame = "01 {pin:u16} crc16-modbus:le({relay:u8}) sum8(05 {pin:u16})"
        args.pin = { secret = true }
    "#;
    let records = r#"{"n": "set/pin", "v": 258}, {"n": "set/relay", "v": 7}"#;
    let sent = sent(
        &definition("LORA", toml),
        &json!({ "protocol": "LORA" }),
        records,
    )
    .unwrap();
    assert_eq!(sent.whole[0]["payloadHex"], "01010207FE8205010208");
    assert_eq!(sent.masked[0]["payloadHex"], "01000007FE8205000000");
}

#[test]
fn a_base_value_is_masked_where_it_may_be_part_of_a_secret() {
    let toml = "[lora]\nf_port = 1\n[commands.set]\nframe = \"01 {pin:u16}\"\nargs.pin = { secret = true }\n";
    let records = r#"{"bv": 2700, "n": "set", "v": 18}"#;
    let sent = sent(
        &definition("LORA", toml),
        &json!({ "protocol": "LORA" }),
        records,
    )
    .unwrap();
    assert_eq!(sent.whole[0]["payloadHex"], "010A9E");
    let shown = format!(r#"[{{"bn":"{DEVICE}"}},{{"bv":"***","n":"set","v":"***"}}]"#);
    assert_eq!(sent.message, shown);
}

#[test]
fn a_message_that_takes_no_more_does_not_hold_the_secret_of_the_next() {
    let toml = r#"
        [lora]
        f_port = 1
        join = true
        max_length = 4
        [commands]
        on = "01 02"
        set = { frame = "03 {pin:u16}", args.pin = { secret = true } }
    "#;
    let records = r#"{"n": "on", "vb": true}, {"n": "set", "v": 2718}"#;
    let sent = sent(
        &definition("LORA", toml),
        &json!({ "protocol": "LORA" }),
        records,
    )
    .unwrap();
    assert_eq!(sent.holds_secret, [false, true]);
    assert_eq!(sent.masked[0]["payloadHex"], "0102");
    assert_eq!(sent.masked[1]["payloadHex"], "030000");
}

/// An encoder in Rust that puts a token into a header.
#[derive(Debug)]
struct Gate;

impl Encoder for Gate {
    fn id(&self) -> &'static str {
        "acme/thing"
    }

    fn protocols(&self) -> &[Protocol] {
        &[Protocol::Http]
    }

    fn encode(
        &self,
        instruction: &Instruction<'_>,
        context: &Context<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        let token = context.variable("token").unwrap_or_default();
        let value = HeaderValue::new(format!("Bearer {token}"))?.with_sensitive(true);
        let plain = HeaderValue::new("text/plain")?;
        let mut frame = writer.frame();
        frame.constant(instruction.entries()[0].command(), b"open");
        let headers = Headers::new([
            (HeaderName::new("Authorization")?, value),
            (HeaderName::new("Content-Type")?, plain),
        ])?;
        writer.http(headers, Content::Text(frame))
    }
}

#[test]
fn a_sensitive_header_is_masked() {
    let engine = Engine::new(Registry::builder().register(Gate).unwrap().build());
    let (method, records) = (
        json!({ "protocol": "HTTP" }),
        r#"{"n": "open", "vb": true}"#,
    );
    let sent = sent(&engine, &method, records).unwrap();
    assert_eq!(sent.holds_secret, [true]);
    let headers = |token| json!({ "Authorization": token, "Content-Type": "text/plain" });
    assert_eq!(sent.whole[0]["headers"], headers("Bearer opensesame"));
    assert_eq!(sent.masked[0]["headers"], headers("***"));
    let body = body(&method, records);
    let request = CreateDownlinkRequest::from_json(body.as_bytes()).unwrap();
    let preview = engine.preview(&request, &binding(), UnixTime::from_seconds(0));
    let shown = format!("{preview}{}", serde_json::to_string(&preview).unwrap());
    assert!(
        shown.contains("***") && !shown.contains("opensesame"),
        "{shown}"
    );
}
