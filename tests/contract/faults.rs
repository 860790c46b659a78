//! Refused requests: what an error tells.

use downlink::Limits;
use downlink::contract::CreateDownlinkRequest;
use downlink::error::{All, Code, Diagnostic, Error, Position};
use downlink::senml::Profile;

/// Everything that is wrong with a request.
pub(crate) fn findings(body: &str) -> Vec<Diagnostic> {
    let mut all = All::default();
    let read = CreateDownlinkRequest::read_json(
        body.as_bytes(),
        Profile::Interop,
        &Limits::default(),
        &mut all,
    );
    let mut errors = all.errors;
    errors.extend(read.err());
    errors.into_iter().map(Error::into_diagnostic).collect()
}

/// A request in which one line is at fault; the code, pointer, line, column, message, hint.
type Fault = (
    &'static str,
    Code,
    &'static str,
    usize,
    usize,
    &'static str,
    &'static str,
);

#[rustfmt::skip]
const FAULTS: [Fault; 24] = [
    ("", Code::JsonSyntax, "-", 1, 1, "the request is empty, expected an object", "-"),
    ("[]", Code::RequestType, "", 1, 1, "the request is an array, expected an object", "put a bare pack into the `instruction` of a request"),
    ("{} x", Code::JsonSyntax, "-", 1, 4, "expected the end of the text, found `x`", "-"),
    ("{\"method\":\n {\"protocol\":\"lora\"}}", Code::RequestUnknownProtocol, "/method/protocol", 2, 14, "`lora` is not a protocol, expected `LORA`, `MQTT`, `SMS` or `HTTP`", "did you mean `LORA`?"),
    ("{\"method\":\n {\"protocol\":null}}", Code::RequestType, "/method/protocol", 2, 14, "`protocol` is null, expected a string", "`LORA`, `MQTT`, `SMS` or `HTTP`"),
    ("{\"method\":\n {}}", Code::RequestMissingField, "/method/protocol", 2, 2, "`method` has no field `protocol`, which is required", "`LORA`, `MQTT`, `SMS` or `HTTP`"),
    ("{\"method\": \"LORA\"}", Code::RequestType, "/method", 1, 12, "`method` is a string, expected an object", "write `{\"protocol\": \"LORA\"}`"),
    ("{\"method\":{\"protocol\":\"LORA\",\"fport\":2}}", Code::RequestUnknownField, "/method/fport", 1, 30, "a `method` of LORA has no field `fport`", "did you mean `fPort`?"),
    ("{\"method\":{\"topic\":\"a\",\"protocol\":\"SMS\"}}", Code::RequestUnknownField, "/method/topic", 1, 12, "a `method` of SMS has no field `topic`", "`topic` is a field of MQTT"),
    ("{\"method\":{\"protocol\":\"SMS\",\"dryRun\":true}}", Code::RequestUnknownField, "/method/dryRun", 1, 29, "a `method` of SMS has no field `dryRun`", "`dryRun` belongs beside `method`"),
    ("{\"method\":{\"protocol\":\"LORA\",\"fPort\":224}}", Code::EncodePortRange, "/method/fPort", 1, 38, "port 224 is that of the LoRaWAN test protocol, expected an application port, 1 to 223", "-"),
    ("{\"method\":{\"protocol\":\"LORA\",\"fPort\":\"2\"}}", Code::RequestType, "/method/fPort", 1, 38, "`fPort` is a string, expected a whole number", "write it without quotes"),
    ("{\"method\":{\"protocol\":\"LORA\",\"fPort\":1e99}}", Code::EncodePortRange, "/method/fPort", 1, 38, "the port is 1e99, expected 1 to 223", "-"),
    ("{\"method\":{\"protocol\":\"LORA\",\"fPort\":1,\"fPort\":1}}", Code::JsonDuplicate, "/method/fPort", 1, 40, "duplicate member `fPort`, expected once", "-"),
    ("{\"dryRun\":true,\n\"dry\\u0052un\":true}", Code::JsonDuplicate, "/dryRun", 2, 1, "duplicate member `dryRun`, expected once", "-"),
    ("{\"dryrun\":true}", Code::RequestUnknownField, "/dryrun", 1, 2, "a request has no field `dryrun`", "did you mean `dryRun`?"),
    ("{\"a/b~\\u001b\":1}", Code::RequestUnknownField, "/a~1b~0\u{1b}", 1, 2, "a request has no field `a/b~\\u{1b}`", "-"),
    ("{\"deviceId\":\"imei:123456789012345\"}", Code::RequestUnknownField, "/deviceId", 1, 2, "a request has no field `deviceId`", "the `bn` of the instruction names the device"),
    ("{\"dryRun\":1}", Code::RequestType, "/dryRun", 1, 11, "`dryRun` is a number, expected `true` or `false`", "-"),
    ("{\"retryLimit\":-1}", Code::RequestRange, "/retryLimit", 1, 15, "`retryLimit` is -1, expected 0 to 18446744073709551615", "-"),
    ("{\"retryLimit\":0.5}", Code::RequestType, "/retryLimit", 1, 15, "`retryLimit` is 0.5, expected a whole number", "-"),
    ("{\"feedbackTimeout\":\"PT9M\"}", Code::RequestFeedbackTimeout, "/feedbackTimeout", 1, 20, "the feedback timeout is PT9M, expected at least 10 minutes", "-"),
    ("{\"feedbackTimeout\":\"1h\"}", Code::RequestDuration, "/feedbackTimeout", 1, 20, "`1h` is not a duration, expected one such as `PT1H30M`", "write `P`, `T` and the units in upper case"),
    ("{\"instruction\":\"[]\"}", Code::RequestType, "/instruction", 1, 16, "`instruction` is a string, expected an array of records", "give the pack itself, not its text"),
];

#[test]
fn an_error_tells_what_where_and_what_next() {
    for (body, code, pointer, line, column, message, hint) in FAULTS {
        let found = findings(body).into_iter().next().unwrap();
        assert_eq!(found.message, message, "{body}");
        assert_eq!(found.code, code, "{body}");
        assert_eq!(found.pointer.as_deref().unwrap_or("-"), pointer, "{body}");
        assert_eq!(found.hint.as_deref().unwrap_or("-"), hint, "{body}");
        assert_eq!(found.position, Some(place(line, column)), "{body}");
        assert!(found.expected.is_some() && found.found.is_some(), "{body}");
    }
}

fn place(line: usize, column: usize) -> Position {
    let text = format!("{}{}", "\n".repeat(line - 1), " ".repeat(column));
    Position::in_text(&text, line + column - 2)
}

#[test]
fn faults_of_the_instruction_are_placed_in_the_request() {
    let body = "{\"method\":{\"protocol\":\"SMS\"},\n \"instruction\":[{\"n\":\"a\",\"v\":1},\n  {\"n\":7,\"v\":1}]}";
    let found = findings(body);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].pointer.as_deref(), Some("/instruction/1/n"));
    assert_eq!(found[0].position, Some(place(3, 8)));
    assert_eq!(found[0].record, Some(1));
}

#[test]
fn collecting_finds_every_fault() {
    let body = r#"{
        "id": 1, "dryrun": true, "retryLimit": -1, "feedbackTimeout": "PT", "dryRun": null,
        "externalReference": 5, "retryLimit": 0,
        "instruction": [{"n": "a"}, {"n": "b", "v": 1, "vb": true}],
        "method": {"protocol": "LORA", "fPort": 0, "topic": 1, "protocol": "SMS"}
    }"#;
    let codes: Vec<_> = findings(body).iter().map(|found| found.code).collect();
    assert_eq!(
        codes,
        [
            Code::RequestReadOnly,
            Code::RequestUnknownField,
            Code::RequestRange,
            Code::RequestDuration,
            Code::RequestType,
            Code::RequestType,
            Code::JsonDuplicate,
            Code::SenmlNoValue,
            Code::SenmlManyValues,
            Code::EncodePortRange,
            Code::RequestUnknownField,
            Code::JsonDuplicate,
        ]
    );
}

#[test]
fn the_first_error_is_the_same_when_all_are_collected() {
    let instructions = [
        r#"{"instruction":[{"n":"a","v":1},{"n":"b"}]}"#,
        r#"{"instruction":[{"n":"a","v":}]}"#,
        r#"{"instruction":[]}"#,
        r#"{"instruction":[[[[[[[[[[[[[[[[[[[["#,
    ];
    let many = format!(
        r#"{{"instruction":[{}]}}"#,
        r#"{"n":"a","v":1},"#.repeat(300)
    );
    let bodies = FAULTS.iter().map(|fault| fault.0);
    for body in bodies.chain(instructions).chain([many.as_str()]) {
        let first = CreateDownlinkRequest::from_json(body.as_bytes()).unwrap_err();
        assert_eq!(Some(first.diagnostic()), findings(body).first(), "{body}");
        assert!(
            matches!(first.diagnostic().position, Some(Position::Text { .. })),
            "{first:?}"
        );
        let is_inside = first
            .diagnostic()
            .pointer
            .as_deref()
            .is_some_and(|pointer| pointer.starts_with("/instruction"));
        assert_eq!(
            is_inside,
            body.starts_with(r#"{"instruction""#),
            "{first:?}"
        );
    }
}
