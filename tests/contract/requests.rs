//! Requests: what is taken, what is refused, and what an error tells.

use std::collections::BTreeSet;

use downlink::contract::{CreateDownlinkRequest, Method};
use downlink::error::{All, Code};
use downlink::message::Protocol;
use downlink::senml::Profile;
use downlink::{Error, Limits};
use serde_json::{Value, json};

use crate::faults::findings;
use crate::samples;
use crate::validator::{faults, table};

const RESOURCE: &str = "/downlinks";
const SCHEMA: &str = "CreateDownlinkRequest";

/// A request with every field, one for each protocol.
fn full_requests() -> Vec<Value> {
    let requests: Vec<_> = (0..4)
        .map(|variant| samples::of(table(RESOURCE), SCHEMA, variant))
        .collect();
    let protocols: Vec<_> = requests
        .iter()
        .map(|request| &request["method"]["protocol"])
        .collect();
    assert_eq!(protocols, ["HTTP", "LORA", "MQTT", "SMS"]);
    requests
}

fn read(body: &str) -> Result<CreateDownlinkRequest<'_>, Error> {
    CreateDownlinkRequest::from_json(body.as_bytes())
}

#[test]
fn every_field_survives_reading_and_writing() {
    for request in full_requests() {
        assert_eq!(faults(RESOURCE, SCHEMA, &request), [""; 0]);
        let body = request.to_string();
        assert_eq!(json!(read(&body).unwrap()), request);
        let through_serde: CreateDownlinkRequest<'static> =
            serde_json::from_value(request.clone()).unwrap();
        assert_eq!(json!(through_serde), request);
    }
}

#[test]
fn fields_are_written_in_the_order_of_the_table() {
    let body = full_requests()[2].to_string();
    let written = serde_json::to_string(&read(&body).unwrap()).unwrap();
    let places: Vec<_> = [
        "externalReference",
        "instruction",
        "method",
        "protocol",
        "topic",
        "contentType",
        "retryLimit",
        "feedbackTimeout",
        "dryRun",
    ]
    .map(|name| written.find(&format!("\"{name}\":")).unwrap())
    .into();
    assert!(places.is_sorted(), "{written}");
}

#[test]
fn a_field_is_required_as_the_table_says() {
    let mut seen = 0;
    for request in full_requests() {
        for parent in ["", "/method"] {
            let names: Vec<_> = request
                .pointer(parent)
                .unwrap()
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect();
            for name in names {
                let mut less = request.clone();
                less.pointer_mut(parent)
                    .unwrap()
                    .as_object_mut()
                    .unwrap()
                    .remove(&name);
                let body = less.to_string();
                let required = !faults(RESOURCE, SCHEMA, &less).is_empty();
                match read(&body) {
                    Ok(read) => assert_eq!(json!(read), less),
                    Err(error) => {
                        assert!(required, "{error}");
                        assert_eq!(error.code(), Code::RequestMissingField);
                        assert_eq!(error.diagnostic().pointer, Some(format!("{parent}/{name}")));
                    }
                }
                seen += 1;
            }
        }
    }
    assert_eq!(seen, 4 * 6 + 1 + 2 + 3 + 1);
}

#[test]
fn a_value_of_another_type_is_refused_where_it_stands() {
    let mut seen = 0;
    for request in full_requests() {
        for parent in ["", "/method"] {
            for name in request.pointer(parent).unwrap().as_object().unwrap().keys() {
                for wrong in [
                    json!(null),
                    json!("7"),
                    json!(true),
                    json!(1.5),
                    json!({}),
                    json!([]),
                ] {
                    let pointer = format!("{parent}/{name}");
                    let mut other = request.clone();
                    *other.pointer_mut(&pointer).unwrap() = wrong.clone();
                    let is_fitting = faults(RESOURCE, SCHEMA, &other).is_empty();
                    if is_fitting && name != "instruction" {
                        continue;
                    }
                    let body = other.to_string();
                    let found = findings(&body);
                    assert_eq!(found.len(), 1, "{pointer} = {wrong}: {found:?}");
                    let expected = match (name.as_str(), &wrong) {
                        ("feedbackTimeout", Value::String(_)) => Code::RequestDuration,
                        ("protocol", Value::String(_)) => Code::RequestUnknownProtocol,
                        ("instruction", Value::Array(_)) => Code::SenmlEmptyPack,
                        ("method", Value::Object(_)) => Code::RequestMissingField,
                        _ => Code::RequestType,
                    };
                    assert_eq!(found[0].code, expected, "{pointer} = {wrong}");
                    assert!(found[0].pointer.as_ref().unwrap().starts_with(&pointer));
                    assert!(found[0].expected.is_some(), "{:?}", found[0]);
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 150, "{seen}");
}

#[test]
fn fields_that_only_answers_have_are_refused_by_name() {
    let mut names = BTreeSet::new();
    for (resource, schema) in [
        ("/downlinks", "Downlink"),
        ("/lora/downlinks", "LoraDownlink"),
        ("/http/downlinks", "HttpDownlink"),
        ("/mqtt/downlinks", "MqttDownlink"),
        ("/sms/downlinks", "SmsDownlink"),
    ] {
        let schemas = &table(resource)["schemas"];
        for field in schemas[schema]["fields"].as_array().unwrap() {
            let is_read_only = field["readOnly"] == true
                || field["schema"]
                    .as_str()
                    .is_some_and(|name| schemas[name]["readOnly"] == true);
            if is_read_only || resource == "/downlinks" {
                names.insert(field["name"].as_str().unwrap().to_owned());
            }
        }
    }
    names.remove("externalReference");
    assert_eq!(names.len(), 10, "{names:?}");
    for name in names {
        let mut request = full_requests()[1].clone();
        request[&name] = json!("x");
        let found = findings(&request.to_string());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].code, Code::RequestReadOnly, "{name}");
        assert!(found[0].message.contains(&format!("`{name}`")));
        assert_eq!(found[0].pointer, Some(format!("/{name}")));
    }
}

#[test]
fn a_method_refuses_the_fields_of_other_protocols() {
    let schemas = &table(RESOURCE)["schemas"];
    let mut refused = 0;
    for request in full_requests() {
        for field in ["fPort", "topic", "contentType", "qos", "retryLimit"] {
            if request["method"].get(field).is_some() {
                continue;
            }
            let mut other = request.clone();
            other["method"][field] = json!(1);
            let found = findings(&other.to_string());
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].code, Code::RequestUnknownField, "{other}");
            assert_eq!(found[0].pointer, Some(format!("/method/{field}")));
            refused += 1;
        }
    }
    assert_eq!(refused, 5 + 4 + 3 + 5);
    assert_eq!(schemas["LoraMethod"]["fields"].as_array().unwrap().len(), 2);
}

#[test]
fn the_order_of_members_means_nothing() {
    let request = &full_requests()[1];
    let members: Vec<_> = request
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| format!("{}:{value}", json!(name)))
        .collect();
    let mut seen = 0;
    for order in orders(members.len()) {
        let body = format!(
            "{{{}}}",
            order
                .iter()
                .map(|index| members[*index].as_str())
                .collect::<Vec<_>>()
                .join(",")
        );
        assert_eq!(json!(read(&body).unwrap()), *request);
        seen += 1;
    }
    assert_eq!(seen, 720);
}

fn orders(count: usize) -> Vec<Vec<usize>> {
    let Some(last) = count.checked_sub(1) else {
        return vec![Vec::new()];
    };
    let mut all = Vec::new();
    for order in orders(last) {
        for place in 0..=order.len() {
            let mut longer = order.clone();
            longer.insert(place, last);
            all.push(longer);
        }
    }
    all
}

#[test]
fn every_prefix_of_a_request_is_refused() {
    let body = full_requests()[2].to_string();
    for length in 0..body.len() {
        let prefix = body.get(..length).unwrap();
        assert_eq!(
            read(prefix).map_err(|error| error.code()),
            Err(Code::JsonSyntax),
            "{prefix}"
        );
    }
}

#[test]
fn a_fault_of_an_option_leaves_the_rest_readable() {
    let body = r#"{"instruction":[{"n":"a","v":1}],"method":{"protocol":"SMS"},"dryRun":1}"#;
    let mut all = All::default();
    let request = CreateDownlinkRequest::read_json(
        body.as_bytes(),
        Profile::Interop,
        &Limits::default(),
        &mut all,
    );
    let request = request.unwrap().unwrap();
    assert_eq!(all.errors.len(), 1);
    assert_eq!((request.dry_run, request.instruction().len()), (None, 1));
}

#[test]
fn null_is_absent_in_records_and_nowhere_else() {
    let body = r#"{"instruction":[{"n":"a","v":1,"u":null}],"method":{"protocol":"SMS"}}"#;
    assert!(read(body).is_ok());
    let body = r#"{"instruction":[{"n":"a","v":1}],"method":{"protocol":"SMS"},"retryLimit":null}"#;
    let error = read(body).unwrap_err();
    assert_eq!(error.code(), Code::RequestType);
    assert_eq!(error.diagnostic().hint.as_deref(), Some("omit the field"));
}

#[test]
fn the_longest_request_is_taken_and_one_byte_more_is_not() {
    let body = r#"{"instruction":[{"n":"a","v":1}],"method":{"protocol":"SMS"}}"#;
    let longest = format!("{body}{}", " ".repeat(64 * 1024 - body.len()));
    assert!(read(&longest).is_ok());
    let error = read(&format!("{longest} ")).map(|_| ()).unwrap_err();
    assert_eq!(error.code(), Code::LimitRequest);
    assert_eq!(error.diagnostic().found.as_deref(), Some("65537"));
}

#[test]
fn a_whole_number_may_be_written_with_a_point_or_an_exponent() {
    for literal in ["2", "2.0", "2e0", "0.2e1", "20E-1"] {
        let body = format!(
            r#"{{"instruction":[{{"n":"a","v":1}}],"method":{{"protocol":"LORA","fPort":{literal}}},"retryLimit":{literal}}}"#
        );
        let request = read(&body).unwrap();
        let Method::Lora(method) = &request.method else {
            panic!("{:?}", request.method);
        };
        assert_eq!(
            (method.f_port.map(u8::from), request.retry_limit),
            (Some(2), Some(2)),
            "{literal}"
        );
    }
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let error = CreateDownlinkRequest::from_json(b"{\"a\xff\":1}").unwrap_err();
    assert_eq!(error.code(), Code::TextUtf8);
}

#[test]
fn the_message_is_the_pack_as_received_and_compacted() {
    let pack = "[ { \"n\" : \"a\",\t\"vs\": \"say \\\"x  y\\\\\" , \"u\":null} ]\n";
    let request = CreateDownlinkRequest::new(pack, Method::from(Protocol::Http)).unwrap();
    assert_eq!(
        request.message(),
        r#"[{"n":"a","vs":"say \"x  y\\","u":null}]"#
    );
}
