//! The generic encoders.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use downlink::directory::{Binding, NumberType};
use downlink::encoder::Registry;
use downlink::error::{Code, Error, First};
use downlink::message::lora::FPort;
use downlink::message::mqtt::TopicName;
use downlink::message::{Message, Method, Payload, Protocol};
use downlink::senml::{Pack, Reader, UnixTime};
use downlink::{Engine, Limits};
use proptest::prelude::*;

const DEVICE: &str = "urn:dev:DEVEUI:0059AC00001B0095:";

fn send(binding: &Binding, method: &Method, records: &str) -> Result<Message, Error> {
    let message = encode(binding, method, records)?;
    let engine = Engine::new(Registry::builder().builtin()?.build());
    let text = format!(r#"[{{"bn":"{DEVICE}"}},{records}]"#);
    let pack = Pack::from_json(text.as_bytes())?;
    let preview = engine.preview_pack(&pack, method, binding, UnixTime::from_seconds(0));
    let [part] = preview.parts() else {
        panic!("one message")
    };
    let mut next = 0;
    for mark in &part.marks {
        assert_eq!(mark.bits.start, next);
        next = mark.bits.end;
    }
    assert_eq!(next, part.length * 8);
    Ok(message)
}

fn encode(binding: &Binding, method: &Method, records: &str) -> Result<Message, Error> {
    let engine = Engine::new(Registry::builder().builtin()?.build());
    let text = format!(r#"[{{"bn":"{DEVICE}"}},{records}]"#);
    let pack = Pack::from_json(text.as_bytes())?;
    let downlinks = engine.encode_pack(&pack, method, binding, UnixTime::from_seconds(0))?;
    Ok(downlinks.messages()[0].clone())
}

/// A head of two bytes says 65,535 items at most.
#[test]
fn a_pack_of_more_than_65_535_records_has_a_head_that_says_so() {
    const RECORDS: usize = 70_000;
    let limits = Limits {
        request: 1 << 22,
        records: RECORDS + 1,
        ..Limits::default()
    };
    let engine = Engine::new(Registry::builder().builtin().unwrap().build()).with_limits(limits);
    let records: Vec<String> = (0..RECORDS)
        .map(|it| format!(r#"{{"n":"c{it}","v":1}}"#))
        .collect();
    let text = format!(r#"[{{"bn":"{DEVICE}"}},{}]"#, records.join(","));
    let reader = Reader::new().limits(limits);
    let pack = reader
        .read_json(text.as_bytes(), &mut First::default())
        .unwrap();
    let mqtt = Method::Mqtt {
        topic: Some(TopicName::new("t").unwrap()),
        content_type: None,
    };
    for (encoder, method) in [
        ("generic/senml-cbor", mqtt),
        ("generic/thingsml-cbor", Method::new(Protocol::Http)),
    ] {
        let (binding, now) = (Binding::new(encoder), UnixTime::from_seconds(0));
        let sent = engine.encode_pack(&pack, &method, &binding, now).unwrap();
        let bytes = match &sent.messages()[0] {
            Message::Mqtt(publish) => publish.payload.as_bytes(),
            Message::Http(content) => content.body.as_bytes(),
            _ => panic!("MQTT or HTTP"),
        };
        assert_eq!(bytes[..5], [0x9A, 0x00, 0x01, 0x11, 0x70]);
    }
}

fn lora() -> Method {
    Method::Lora {
        f_port: Some(FPort::new(1).unwrap()),
    }
}

fn hex(message: Message) -> String {
    match message {
        Message::Lora(downlink) => hex::encode_upper(downlink.frm_payload()),
        Message::Mqtt(publish) => hex::encode_upper(publish.payload.as_bytes()),
        _ => panic!("LoRaWAN or MQTT"),
    }
}

fn text(message: Message) -> String {
    match message {
        Message::Http(content) => match content.body {
            Payload::Text(text) => text,
            _ => panic!("a text"),
        },
        _ => panic!("HTTP"),
    }
}

/// The vectors of KPN's device library, in which a LoRaWAN device has no base name.
#[test]
fn thingsml_is_what_the_device_library_reads() {
    let binding = Binding::new("generic/thingsml-cbor").with_max_payload(242_i128);
    for (records, expected) in [
        (
            r#"{"n":"temperature","u":"Cel","v":1.5}"#,
            "81A2173702F93E00",
        ),
        (
            r#"{"n":"temperature","u":"Cel","v":10.5}"#,
            "81A2173702F94940",
        ),
        (
            r#"{"n":"humidity","u":"%RH","vd":"aG9paG9pAA"},{"n":"power","u":"W","vb":true},{"n":"pressure","u":"Pa","v":1.5},{"n":"temperature","u":"Cel","v":10},{"n":"breadth","u":"m","vs":"haihai"}"#,
            "85A217360847686F69686F6900A2173204F5A2173102F93E00A21737020AA2172E0366686169686169",
        ),
        (
            r#"{"n":"humidity","vd":"aG9paG9pAA"},{"n":"power","vb":true},{"n":"pressure","v":1.5},{"n":"temperature","v":10},{"n":"breadth","vs":"haihai"}"#,
            "85A2006868756D69646974790847686F69686F6900A20065706F77657204F5A20068707265737375726502F93E00A2006B74656D7065726174757265020AA20067627265616474680366686169686169",
        ),
    ] {
        assert_eq!(hex(send(&binding, &lora(), records).unwrap()), expected);
    }
}

#[test]
fn a_base_name_leads_where_the_device_does_not_know_itself() {
    let binding = Binding::new("generic/thingsml-cbor");
    let sent = send(
        &binding,
        &Method::new(Protocol::Mqtt),
        r#"{"n":"temperature","u":"Cel","v":1.5}"#,
    );
    assert_eq!(
        hex(sent.unwrap()),
        "81A321782075726E3A6465763A4445564555493A303035394143303030303142303039353A173702F93E00"
    );
    let binding = binding.with_base_only_record();
    let sent = send(
        &binding,
        &Method::new(Protocol::Mqtt),
        r#"{"n":"temperature","u":"Cel","v":1.5}"#,
    );
    assert_eq!(
        hex(sent.unwrap()),
        "82A121782075726E3A6465763A4445564555493A303035394143303030303142303039353AA2173702F93E00"
    );
}

#[test]
fn a_number_goes_out_as_the_device_takes_it() {
    let binding = Binding::new("generic/senml-cbor").with_max_payload(242_i128);
    let sent = |binding: &Binding, value: &str| {
        let message = send(
            binding,
            &Method::new(Protocol::Mqtt),
            &format!(r#"{{"n":"x","v":{value}}}"#),
        );
        message
            .map(hex)
            .map(|hex| hex.rsplit_once("617802").unwrap().1.to_owned())
    };
    assert_eq!(sent(&binding, "20").unwrap(), "14");
    assert_eq!(sent(&binding, "20.0").unwrap(), "F94D00");
    let float = binding.clone().with_number_type("x", NumberType::Float);
    assert_eq!(sent(&float, "20").unwrap(), "F94D00");
    let integer = binding.with_number_type("x", NumberType::Integer);
    assert_eq!(sent(&integer, "20.0").unwrap(), "14");
    assert_eq!(
        sent(&integer, "20.5").unwrap_err().code(),
        Code::EncodeNotExact
    );
}

#[test]
fn senml_in_json_keeps_the_commands_as_they_are() {
    let binding = Binding::new("generic/senml-json");
    let records = r#"{"n":"set/x","u":"s","v":1.50},{"n":"on","vb":true},{"n":"t","vs":"a\"b"}"#;
    let sent =
        |binding: &Binding| text(send(binding, &Method::new(Protocol::Http), records).unwrap());
    let rest = r#"{"n":"on","vb":true},{"n":"t","vs":"a\"b"}]"#;
    assert_eq!(
        sent(&binding),
        format!(r#"[{{"bn":"{DEVICE}","n":"set/x","u":"s","v":1.5}},{rest}"#)
    );
    assert_eq!(
        sent(&binding.with_base_only_record()),
        format!(r#"[{{"bn":"{DEVICE}"}},{{"n":"set/x","u":"s","v":1.5}},{rest}"#)
    );
}

#[test]
fn a_number_beyond_exactness_is_not_sent() {
    let binding = Binding::new("generic/senml-json");
    let sent = send(
        &binding,
        &Method::new(Protocol::Http),
        r#"{"n":"x","v":1e80}"#,
    );
    assert_eq!(sent.unwrap_err().code(), Code::EncodeOutOfRange);
}

#[test]
fn raw_takes_one_payload_and_nothing_else() {
    let binding = Binding::new("generic/raw");
    let sent = |records: &str| {
        send(&binding, &lora(), records)
            .map(hex)
            .map_err(|error| error.code())
    };
    assert_eq!(sent(r#"{"n":"payloadHex","vs":"0aFF"}"#).unwrap(), "0AFF");
    assert_eq!(sent(r#"{"n":"payload","vd":"Cv8"}"#).unwrap(), "0AFF");
    for (records, code) in [
        (r#"{"n":"payload","vs":"0AFF"}"#, Code::EncodeType),
        (r#"{"n":"payloadHex","vs":"0A F"}"#, Code::EncodeType),
        (r#"{"n":"payloadHex","u":"s","vs":"0A"}"#, Code::EncodeUnit),
        (
            r#"{"n":"payloadhex","vs":"0A"}"#,
            Code::EncodeUnknownCommand,
        ),
        (
            r#"{"n":"payloadHex","vs":"0A"},{"n":"payloadHex","vs":"0B"}"#,
            Code::EncodeDuplicateCommand,
        ),
    ] {
        assert_eq!(sent(records), Err(code), "{records}");
    }
}

/// Records that every generic SenML encoder can send.
fn any_records() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        (-1_000_000_i64..1_000_000, 0_u32..4)
            .prop_map(|(digits, places)| { format!(r#""v":{digits}e-{places}"#) }),
        any::<i64>().prop_map(|integer| format!(r#""v":{integer}"#)),
        any::<bool>().prop_map(|value| format!(r#""vb":{value}"#)),
        "[ a-zé]{0,9}".prop_map(|text| format!(r#""vs":"{text}""#)),
    ];
    let unit = prop_oneof![Just(""), Just(r#""u":"s","#)];
    let record = (unit, value).prop_map(|(unit, value)| {
        let unit = if value.starts_with(r#""v":"#) {
            unit
        } else {
            ""
        };
        format!("{unit}{value}")
    });
    prop::collection::vec(record, 1..6).prop_map(|records| {
        let records = records.iter().enumerate();
        let named: Vec<String> = records
            .map(|(index, fields)| format!(r#"{{"n":"c{index}/x",{fields}}}"#))
            .collect();
        named.join(",")
    })
}

/// Reads a message back, and sends what was read.
fn again(encoder: &str, binding: &Binding, method: &Method, message: &Message) -> Message {
    let registry = Registry::builder().builtin().unwrap().build();
    let read = registry.get(encoder).unwrap().decode_message(message);
    let read = read.unwrap_or_else(|error| panic!("{message:?}: {error}"));
    let pack = read.to_senml_json(DEVICE.parse().unwrap()).unwrap();
    let (_, records) = pack
        .split_once(r#"{"bn":"urn:dev:DEVEUI:0059AC00001B0095:","#)
        .unwrap();
    let records = format!("{{{}", records.strip_suffix(']').unwrap());
    send(binding, method, &records).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_sent_is_read_back_as_what_was_sent(records in any_records()) {
        let encoders = ["generic/senml-json", "generic/senml-cbor", "generic/thingsml-cbor"];
        for encoder in encoders {
            for method in [lora(), Method::new(Protocol::Mqtt), Method::new(Protocol::Http)] {
                let binding = Binding::new(encoder).with_max_payload(242_i128);
                let Ok(message) = encode(&binding, &method, &records) else {
                    // A payload that LoRaWAN does not carry.
                    prop_assert!(matches!(method, Method::Lora { .. }), "{records}");
                    continue;
                };
                prop_assert_eq!(&again(encoder, &binding, &method, &message), &message);
            }
        }
    }
}

#[test]
fn a_payload_is_read_back_as_the_record_that_it_is() {
    let registry = Registry::builder().builtin().unwrap().build();
    let raw = registry.get("generic/raw").unwrap();
    let read = |method: Method, payload: Payload| {
        let read = raw
            .decode(&method, &payload)
            .map_err(|error| error.code())?;
        Ok(read.to_senml_json(DEVICE.parse().unwrap()).unwrap())
    };
    let one = |record: &str| Ok(format!(r#"[{{"bn":"{DEVICE}",{record}}}]"#));
    let (bytes, text) = (vec![0x0A, 0xFF], "on".to_owned());
    assert_eq!(
        read(lora(), Payload::Binary(bytes.clone())),
        one(r#""n":"payloadHex","vs":"0AFF""#)
    );
    assert_eq!(
        read(Method::new(Protocol::Sms), Payload::Text(text.clone())),
        one(r#""n":"payload","vs":"on""#)
    );
    for (method, payload, code) in [
        (lora(), Payload::Text(text), Code::DecodeNoReading),
        (lora(), Payload::Binary(Vec::new()), Code::EncodeLength),
        (lora(), Payload::Binary(vec![0; 243]), Code::LimitPayload),
        (
            Method::new(Protocol::Sms),
            Payload::Binary(bytes),
            Code::EncodeUnsupportedProtocol,
        ),
    ] {
        assert_eq!(read(method, payload), Err(code));
    }
}

/// A label, a record without a value or another order would not be sent.
#[test]
fn senml_that_the_encoder_does_not_send_is_not_read() {
    let registry = Registry::builder().builtin().unwrap().build();
    let json = registry.get("generic/senml-json").unwrap();
    let read = |text: &str| {
        let payload = Payload::Text(text.to_owned());
        json.decode(&Method::new(Protocol::Http), &payload)
    };
    let bn = format!(r#""bn":"{DEVICE}""#);
    assert!(read(&format!(r#"[ {{ {bn}, "n": "x", "v": 1 }} ]"#)).is_ok());
    for text in [
        format!(r#"[{{{bn},"v":1,"n":"x"}}]"#),
        format!(r#"[{{{bn},"n":"x","v":1,"t":0}}]"#),
        format!(r#"[{{{bn},"bver":10,"n":"x","v":1}}]"#),
        format!("[{{{bn}}}]"),
        r#"[{"n":"x","v":1}]"#.to_owned(),
        "[]".to_owned(),
        String::new(),
    ] {
        assert!(read(&text).is_err(), "{text}");
    }
}

#[test]
fn the_head_of_an_array_in_cbor_counts_all_its_records() {
    let binding = Binding::new("generic/senml-cbor");
    for records in [1, 23, 24, 255, 256, 70_000] {
        let limits = Limits {
            records: records + 1,
            request: usize::MAX,
            ..Limits::default()
        };
        let engine =
            Engine::new(Registry::builder().builtin().unwrap().build()).with_limits(limits);
        let all: Vec<String> = (0..records)
            .map(|it| format!(r#"{{"n":"x{it}","v":1}}"#))
            .collect();
        let text = format!(r#"[{{"bn":"{DEVICE}"}},{}]"#, all.join(","));
        let reader = Reader::new().limits(limits);
        let mut sink = First::default();
        let pack = reader.read_json(text.as_bytes(), &mut sink).unwrap();
        let (method, now) = (Method::new(Protocol::Mqtt), UnixTime::from_seconds(0));
        let downlinks = engine.encode_pack(&pack, &method, &binding, now).unwrap();
        let Message::Mqtt(publish) = &downlinks.messages()[0] else {
            panic!("MQTT")
        };
        let sent: Vec<ciborium::Value> = ciborium::from_reader(publish.payload.as_bytes()).unwrap();
        assert_eq!(sent.len(), records);
    }
}
