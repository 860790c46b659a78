//! Every document: what it reads and writes is what its table says.

use std::fmt;

use downlink::contract::{
    Base64String, Downlink, DownlinkEventType, DownlinkStatus, HttpDownlink, HttpFailureReason,
    HttpMessage, HttpTextMessage, LoraDownlink, LoraFailureReason, MqttBinaryMessage, MqttDownlink,
    MqttFailureReason, MqttMessage, MqttQualityOfService, Page, PayloadHex, PayloadHexMessage,
    Problem, ProtocolStatus, SmsDownlink, SmsFailureReason, SmsMessage,
};
use downlink::instruction::{DeviceId, FeedbackTimeout};
use downlink::message::lora::FPort;
use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use crate::samples::{self, pointers, remove};
use crate::validator::{READ_ONLY, faults, table};

/// A document type, read and written through JSON.
#[derive(Clone, Copy)]
struct Type {
    resource: &'static str,
    schema: &'static str,
    rewrite: fn(&Value) -> Result<String, String>,
}

fn document<T: Serialize + DeserializeOwned>(resource: &'static str, schema: &'static str) -> Type {
    Type {
        resource,
        schema,
        rewrite: |value| {
            let document: T = serde_json::from_value(value.clone()).map_err(|e| e.to_string())?;
            Ok(serde_json::to_string(&document).unwrap())
        },
    }
}

fn types() -> Vec<Type> {
    let mut types = vec![
        document::<Downlink>("/downlinks", "Downlink"),
        document::<Page<Downlink>>("/downlinks", "PageOfDownlinks"),
        document::<HttpDownlink>("/http/downlinks", "HttpDownlink"),
        document::<Page<HttpDownlink>>("/http/downlinks", "PageOfHttpDownlinks"),
        document::<LoraDownlink>("/lora/downlinks", "LoraDownlink"),
        document::<Page<LoraDownlink>>("/lora/downlinks", "PageOfLoraDownlinks"),
        document::<SmsDownlink>("/sms/downlinks", "SmsDownlink"),
        document::<Page<SmsDownlink>>("/sms/downlinks", "PageOfSmsDownlinks"),
        document::<MqttDownlink>("/mqtt/downlinks", "MqttDownlink"),
        document::<Page<MqttDownlink>>("/mqtt/downlinks", "PageOfMqttDownlinks"),
    ];
    for resource in RESOURCES {
        types.push(document::<Problem>(resource, "Problem"));
    }
    types
}

fn faults_of_answer(resource: &str, schema: &str, document: &Value) -> Vec<String> {
    let mut faults = faults(resource, schema, document);
    faults.retain(|fault| !fault.ends_with(READ_ONLY));
    faults
}

const RESOURCES: [&str; 5] = [
    "/downlinks",
    "/http/downlinks",
    "/lora/downlinks",
    "/sms/downlinks",
    "/mqtt/downlinks",
];

#[test]
fn every_field_survives_reading_and_writing() {
    for Type {
        resource,
        schema,
        rewrite,
    } in types()
    {
        for variant in 0..2 {
            let sample = samples::of(table(resource), schema, variant);
            let found = faults_of_answer(resource, schema, &sample);
            assert!(found.is_empty(), "{schema}: {found:?}");
            let written: Value = serde_json::from_str(&rewrite(&sample).unwrap()).unwrap();
            assert_eq!(written, sample, "{schema}");
        }
    }
}

#[test]
fn a_field_is_required_as_the_table_says() {
    let mut seen = 0;
    for Type {
        resource,
        schema,
        rewrite,
    } in types()
    {
        for variant in 0..2 {
            let sample = samples::of(table(resource), schema, variant);
            for pointer in pointers(&sample) {
                let mut less = sample.clone();
                remove(&mut less, &pointer);
                let found = faults_of_answer(resource, schema, &less);
                let rewritten = rewrite(&less);
                assert_eq!(
                    rewritten.is_ok(),
                    found.is_empty(),
                    "{schema}{pointer}: {rewritten:?}"
                );
                if let Ok(written) = rewritten {
                    assert_eq!(
                        serde_json::from_str::<Value>(&written).unwrap(),
                        less,
                        "{schema}{pointer}"
                    );
                }
                seen += 1;
            }
        }
    }
    assert!(seen > 400, "{seen}");
}

#[test]
fn a_value_of_another_type_is_refused() {
    let mut seen = 0;
    for Type {
        resource,
        schema,
        rewrite,
    } in types()
    {
        for variant in 0..2 {
            let sample = samples::of(table(resource), schema, variant);
            for pointer in pointers(&sample) {
                for wrong in [
                    json!("text"),
                    json!(true),
                    json!(1.5),
                    json!(-1),
                    json!({"a": 1}),
                    json!([1]),
                ] {
                    let mut other = sample.clone();
                    *other.pointer_mut(&pointer).unwrap() = wrong.clone();
                    let is_fitting = faults_of_answer(resource, schema, &other).is_empty();
                    let is_taken = match difference(&pointer) {
                        Some(Difference::AnyText) => wrong.is_string(),
                        Some(Difference::PortsOnly) => false,
                        None => is_fitting,
                    };
                    let rewritten = rewrite(&other);
                    assert_eq!(
                        rewritten.is_ok(),
                        is_taken,
                        "{schema}{pointer} = {wrong}: {rewritten:?}"
                    );
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 2500, "{seen}");
}

/// Where a type takes other values than its table, on purpose.
enum Difference {
    /// The identifier of a downlink is kept as it is; nobody here looks into it.
    AnyText,
    /// The table has no bounds for ports.
    PortsOnly,
}

fn difference(pointer: &str) -> Option<Difference> {
    match pointer.rsplit('/').next() {
        Some("id") => Some(Difference::AnyText),
        Some("fPort") => Some(Difference::PortsOnly),
        _ => None,
    }
}

#[test]
fn fields_are_written_in_the_order_of_the_table() {
    for Type {
        resource,
        schema,
        rewrite,
    } in types()
    {
        let table = table(resource);
        let written = rewrite(&samples::of(table, schema, 0)).unwrap();
        let Keys(keys) = serde_json::from_str(&written).unwrap();
        let fields: Vec<_> = table["schemas"][schema]["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|field| field["name"].as_str().unwrap())
            .collect();
        assert_eq!(keys, fields, "{schema}");
    }
}

#[test]
fn a_variant_is_chosen_by_its_discriminator() {
    let text = json!({"type": "text", "body": "b2s="});
    let binary = json!({"type": "binary", "body": "b2s="});
    assert!(matches!(
        serde_json::from_value(text).unwrap(),
        HttpMessage::Text(_)
    ));
    assert!(matches!(
        serde_json::from_value(binary).unwrap(),
        HttpMessage::Binary(_)
    ));
    for wrong in [
        json!({"type": "Text", "body": "b2s="}),
        json!({"body": "b2s="}),
        json!({"type": "binary", "body": "ok!"}),
    ] {
        assert!(
            serde_json::from_value::<HttpMessage>(wrong.clone()).is_err(),
            "{wrong}"
        );
    }
    let unknown =
        serde_json::from_value::<HttpMessage>(json!({"type": "json", "body": ""})).unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "unknown variant `json`, expected `binary` or `text`"
    );
}

#[test]
fn a_new_document_has_what_is_required_and_nothing_of_an_answer() {
    let device = DeviceId::DevEui(0x0059_AC00_0015_2A2B);
    let timeout = FeedbackTimeout::MINIMUM;
    let lora = PayloadHexMessage::new(
        PayloadHex::from_bytes(&[1]).unwrap(),
        FPort::new(2).unwrap(),
    );
    let mqtt = MqttMessage::Binary(MqttBinaryMessage::new(
        Base64String::from_bytes(&[1]),
        "downlink",
    ));
    let http = HttpMessage::Text(HttpTextMessage::new("on"));
    for (resource, schema, document) in [
        (
            "/lora/downlinks",
            "LoraDownlink",
            json!(LoraDownlink::new(device, lora, timeout)),
        ),
        (
            "/sms/downlinks",
            "SmsDownlink",
            json!(SmsDownlink::new(device, SmsMessage::new("on"), timeout)),
        ),
        (
            "/mqtt/downlinks",
            "MqttDownlink",
            json!(MqttDownlink::new(device, mqtt, timeout)),
        ),
        (
            "/http/downlinks",
            "HttpDownlink",
            json!(HttpDownlink::new(device, http, timeout)),
        ),
    ] {
        let found = faults(resource, schema, &document);
        assert!(found.is_empty(), "{schema}: {found:?}");
        assert_eq!(document.as_object().unwrap().len(), 3, "{document}");
    }
}

#[test]
fn known_values_are_those_of_the_tables_and_others_survive() {
    fn check<T: Serialize + DeserializeOwned + fmt::Debug>(
        resource: &str,
        schema: &str,
        known: &[T],
    ) {
        let listed = &table(resource)["schemas"][schema]["known"];
        assert_eq!(json!(known), *listed, "{resource} {schema}");
        for value in known
            .iter()
            .map(|value| json!(value))
            .chain([json!("NEW_VALUE"), json!("")])
        {
            let read: T = serde_json::from_value(value.clone()).unwrap();
            assert_eq!(json!(read), value);
            assert_eq!(
                format!("{read:?}").starts_with("Other"),
                !listed.as_array().unwrap().contains(&value)
            );
        }
    }
    check("/downlinks", "DownlinkStatus", DownlinkStatus::KNOWN);
    check("/downlinks", "DownlinkEventType", DownlinkEventType::KNOWN);
    check(
        "/lora/downlinks",
        "DownlinkFailureReason",
        LoraFailureReason::KNOWN,
    );
    check(
        "/http/downlinks",
        "DownlinkFailureReason",
        HttpFailureReason::KNOWN,
    );
    check(
        "/sms/downlinks",
        "DownlinkFailureReason",
        SmsFailureReason::KNOWN,
    );
    check(
        "/mqtt/downlinks",
        "DownlinkFailureReason",
        MqttFailureReason::KNOWN,
    );
    check(
        "/mqtt/downlinks",
        "MqttQualityOfService",
        MqttQualityOfService::KNOWN,
    );
    for resource in RESOURCES.into_iter().skip(1) {
        check(resource, "DownlinkStatus", ProtocolStatus::KNOWN);
    }
}

#[test]
fn ports_that_no_application_has_are_refused() {
    for (port, is_taken) in [
        (0, false),
        (1, true),
        (223, true),
        (224, false),
        (255, false),
        (258, false),
    ] {
        let read =
            serde_json::from_value::<PayloadHexMessage>(json!({"payloadHex": "00", "fPort": port}));
        assert_eq!(read.is_ok(), is_taken, "{port}");
    }
}

#[test]
fn what_a_later_version_adds_is_passed_over() {
    for Type {
        resource,
        schema,
        rewrite,
    } in types()
    {
        let mut sample = samples::of(table(resource), schema, 0);
        let written = rewrite(&sample);
        sample["addedLater"] = json!({"deep": [1]});
        assert_eq!(rewrite(&sample), written, "{schema}");
    }
}

#[test]
fn only_sms_takes_a_device_that_is_no_device_id() {
    let mut takers = Vec::new();
    for Type {
        resource,
        schema,
        rewrite,
    } in types()
    {
        let mut sample = samples::of(table(resource), schema, 0);
        if sample.get("deviceId").is_some() {
            sample["deviceId"] = json!("8931080019073497795");
            takers.extend(rewrite(&sample).is_ok().then_some(schema));
        }
    }
    assert_eq!(takers, ["SmsDownlink"]);
}

/// The names of an object's members, in order.
struct Keys(Vec<String>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Keys;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
                let mut keys = Vec::new();
                while let Some((key, IgnoredAny)) = map.next_entry()? {
                    keys.push(key);
                }
                Ok(Keys(keys))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}
