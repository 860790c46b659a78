//! Bodies of `POST /{protocol}/downlinks`.

use downlink::Limits;
use downlink::contract::ProtocolRequest;
use downlink::engine::Document;
use downlink::error::{All, Code, Diagnostic, Error};
use downlink::instruction::FeedbackTimeout;
use downlink::message::{Message, Protocol};

/// A sound request for each protocol, and a second form where the message has two.
const SOUND: [(Protocol, &str); 6] = [
    (
        Protocol::Lora,
        r#"{"deviceId":"urn:dev:DEVEUI:0059AC0000152A2B:","message":{"payloadHex":"0A0B","fPort":2},"feedbackTimeout":"PT1H","retryLimit":2,"dryRun":true}"#,
    ),
    (
        Protocol::Sms,
        r#"{"deviceId":"+31612345678","message":{"text":"reset"},"feedbackTimeout":"PT1H","retryLimit":0}"#,
    ),
    (
        Protocol::Mqtt,
        r#"{"deviceId":"imei:350000000000006","message":{"type":"text","payload":"on","topic":"a/b","contentType":"text/plain","qos":"AT_LEAST_ONCE"},"feedbackTimeout":"PT1H"}"#,
    ),
    (
        Protocol::Mqtt,
        r#"{"deviceId":"imei:350000000000006","message":{"type":"binary","payload":"AAE=","topic":"a/b"},"feedbackTimeout":"PT1H"}"#,
    ),
    (
        Protocol::Http,
        r#"{"deviceId":"imei:350000000000006","message":{"type":"text","body":"on","headers":{"X-A":"1"}},"feedbackTimeout":"PT1H"}"#,
    ),
    (
        Protocol::Http,
        r#"{"deviceId":"imei:350000000000006","message":{"type":"binary","body":""},"feedbackTimeout":"PT1H"}"#,
    ),
];

fn findings(protocol: Protocol, body: &str) -> Vec<Diagnostic> {
    let mut all = All::default();
    let limits = Limits::default();
    let read = ProtocolRequest::read_json(protocol, body.as_bytes(), &limits, &mut all);
    let is_read = matches!(read, Ok(Some(_)));
    let mut errors = all.errors;
    errors.extend(read.err());
    assert_eq!(is_read, errors.is_empty(), "{body}");
    errors.into_iter().map(Error::into_diagnostic).collect()
}

#[test]
fn a_sound_request_is_read_whole() {
    let read = |(protocol, body): (Protocol, &str)| {
        ProtocolRequest::from_json(protocol, body.as_bytes()).unwrap()
    };
    let [lora, sms, mqtt, mqtt_binary, http, http_binary] = SOUND.map(read);
    assert_eq!(lora.retry_limit, Some(2));
    assert_eq!(lora.dry_run, Some(true));
    assert_eq!(sms.device_id, "+31612345678");
    assert_eq!(sms.dry_run, None);
    let hour = FeedbackTimeout::parse("PT1H").unwrap();
    for request in [&lora, &sms, &mqtt, &mqtt_binary, &http, &http_binary] {
        assert_eq!(request.feedback_timeout, hour);
    }
    let Message::Mqtt(publish) = mqtt_binary.message else {
        panic!("another protocol");
    };
    assert_eq!(publish.payload.as_bytes(), [0, 1]);
    let Message::Http(content) = http.message else {
        panic!("another protocol");
    };
    assert_eq!(content.headers.value("x-a").unwrap().as_str(), "1");
}

#[test]
fn every_field_that_is_left_out_is_optional_or_missed_by_name() {
    let mut count = 0;
    for (protocol, body) in SOUND {
        let sound: serde_json::Value = serde_json::from_str(body).unwrap();
        for pointer in super::samples::pointers(&sound) {
            let mut value = sound.clone();
            super::samples::remove(&mut value, &pointer);
            let found = findings(protocol, &value.to_string());
            let optional = [
                "/retryLimit",
                "/dryRun",
                "/message/contentType",
                "/message/qos",
                "/message/headers",
                "/message/headers/X-A",
            ];
            let expected: &[Code] = if optional.contains(&&*pointer) {
                &[]
            } else {
                &[Code::RequestMissingField]
            };
            let codes: Vec<Code> = found.iter().map(|it| it.code).collect();
            assert_eq!(codes, expected, "{protocol} without {pointer}: {found:?}");
            count += 1;
        }
    }
    assert_eq!(count, 38);
}

#[test]
fn fields_of_answers_and_unknown_ones_are_refused_in_every_object() {
    for (protocol, body) in SOUND {
        let found = findings(protocol, &body.replacen('{', r#"{"status":"DONE","#, 1));
        assert_eq!(found[0].code, Code::RequestReadOnly, "{body}");
        assert_eq!(found[0].pointer.as_deref(), Some("/status"));
        let body = body.replace(r#""message":{"#, r#""message":{"fport":1,"#);
        let found = findings(protocol, &body);
        assert_eq!(found[0].code, Code::RequestUnknownField, "{body}");
        assert_eq!(found[0].pointer.as_deref(), Some("/message/fport"));
        assert_eq!(found.len(), 1);
    }
}

/// A request in which one thing is at fault: what is replaced by what, the code, the pointer.
type Fault = (usize, &'static str, &'static str, Code, &'static str);

#[rustfmt::skip]
const FAULTS: [Fault; 18] = [
    (0, "0A0B", "0A0", Code::RequestType, "/message/payloadHex"),
    (0, "0A0B", "", Code::RequestType, "/message/payloadHex"),
    (0, ":2}", ":224}", Code::EncodePortRange, "/message/fPort"),
    (0, ":2}", ":1e99}", Code::EncodePortRange, "/message/fPort"),
    (0, "urn:dev:DEVEUI:0059AC0000152A2B:", "12", Code::InstructionDeviceId, "/deviceId"),
    (0, "\"retryLimit\":2", "\"retryLimit\":-1", Code::RequestRange, "/retryLimit"),
    (0, "\"dryRun\":true", "\"dryRun\":null", Code::RequestType, "/dryRun"),
    (0, "PT1H", "PT9M", Code::RequestFeedbackTimeout, "/feedbackTimeout"),
    (0, "{\"payloadHex\":\"0A0B\",\"fPort\":2}", "\"0A0B\"", Code::RequestType, "/message"),
    (1, "reset", "", Code::EncodeLength, "/message/text"),
    (1, "reset", "a\\u0001", Code::EncodeCharacter, "/message/text"),
    (2, "a/b", "a/#", Code::EncodeTopic, "/message/topic"),
    (2, "AT_LEAST_ONCE", "SURELY", Code::EncodeUnknownEnum, "/message/qos"),
    (2, "\"type\":\"text\"", "\"type\":\"json\"", Code::RequestType, "/message/type"),
    (3, "AAE=", "AAE", Code::RequestType, "/message/payload"),
    (4, "{\"X-A\":\"1\"}", "{\"X A\":\"1\"}", Code::EncodeHeader, "/message/headers"),
    (4, "{\"X-A\":\"1\"}", "{\"X-A\":1}", Code::RequestType, "/message/headers/X-A"),
    (4, "{\"X-A\":\"1\"}", "{\"X-A\":\"1\",\"X-A\":\"2\"}", Code::JsonDuplicate, "/message/headers/X-A"),
];

#[test]
fn a_fault_is_told_with_code_and_place() {
    for (sound, from, to, code, pointer) in FAULTS {
        let (protocol, body) = SOUND[sound];
        assert!(body.contains(from), "{from}");
        let body = body.replacen(from, to, 1);
        let found = findings(protocol, &body);
        let finding = found.first().unwrap_or_else(|| panic!("{body}"));
        assert_eq!(finding.code, code, "{body}: {finding:?}");
        assert_eq!(finding.pointer.as_deref(), Some(pointer), "{body}");
        assert!(finding.position.is_some(), "{body}");
    }
}

#[test]
fn a_body_that_is_not_an_object_is_refused() {
    for body in ["", "[]", "1", "{", "{}x", "\u{feff}{}"] {
        assert!(!findings(Protocol::Lora, body).is_empty(), "{body}");
    }
    let deep = format!(
        r#"{{"message":{}1{}}}"#,
        r#"{"a":"#.repeat(99),
        "}".repeat(99)
    );
    let codes: Vec<Code> = findings(Protocol::Lora, &deep)
        .iter()
        .map(|it| it.code)
        .collect();
    assert_eq!(codes, [Code::LimitNesting]);
}

/// What the engine writes for a resource is what the resource reads.
#[test]
fn the_documents_of_the_engine_are_read_back_to_their_messages() {
    use downlink::directory::Bindings;
    use downlink::encoder::Registry;
    use downlink::senml::UnixTime;
    let engine = downlink::Engine::new(Registry::builder().builtin().unwrap().build());
    let devices = std::fs::read_to_string("examples/devices.toml").unwrap();
    let bindings = Bindings::from_toml(&devices).unwrap();
    let mut count = 0;
    for file in std::fs::read_dir("examples/requests").unwrap() {
        let body = std::fs::read(file.unwrap().path()).unwrap();
        let request = downlink::contract::CreateDownlinkRequest::from_json(&body).unwrap();
        let now = UnixTime::from_seconds(1_700_000_000);
        let downlinks = engine.encode(&request, &bindings, now).unwrap();
        let documents = downlinks.documents().unwrap();
        for (message, document) in downlinks.messages().iter().zip(documents) {
            let protocol = match document {
                Document::Lora(_) => Protocol::Lora,
                Document::Mqtt(_) => Protocol::Mqtt,
                Document::Sms(_) => Protocol::Sms,
                Document::Http(_) => Protocol::Http,
                _ => panic!("another protocol"),
            };
            let json = serde_json::to_vec(&document).unwrap();
            let read = ProtocolRequest::from_json(protocol, &json).unwrap();
            assert_eq!(read.message, *message);
            count += 1;
        }
    }
    assert!(count >= 11, "{count}");
}
