//! The files make one document, in which all that is named is there.

use std::collections::BTreeSet;

use downlink_server::http::openapi::operations;
use serde_json::{Value, json};

use crate::sources::whole;

/// Every text of the value, with the key before it.
fn texts<'v>(key: &'v str, value: &'v Value) -> Vec<(&'v str, &'v str)> {
    match value {
        Value::String(text) => vec![(key, text)],
        Value::Array(items) => items.iter().flat_map(|item| texts(key, item)).collect(),
        Value::Object(members) => members
            .iter()
            .flat_map(|(key, it)| texts(key, it))
            .collect(),
        _ => Vec::new(),
    }
}

/// Method, path and what the document says of each operation.
fn each_operation(whole: &Value) -> impl Iterator<Item = (String, &Value)> {
    let paths = whole["paths"].as_object().unwrap().iter();
    paths.flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, it)| (format!("{} {path}", method.to_uppercase()), it))
    })
}

#[test]
fn every_reference_leads_somewhere() {
    let whole = whole();
    let mut seen = 0;
    for (_, text) in texts("", &whole) {
        let is_reference = ["#/components/", "#/paths/"]
            .iter()
            .any(|it| text.starts_with(it));
        if is_reference {
            let pointer = text.trim_start_matches('#');
            assert!(whole.pointer(pointer).is_some(), "{text}");
            seen += 1;
        }
        assert!(!text.contains(".json#"), "{text}");
    }
    assert!(seen > 500, "{seen}");
}

#[test]
fn every_component_is_used() {
    let whole = whole();
    let texts: BTreeSet<_> = texts("", &whole)
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    let mut seen = 0;
    for kind in ["headers", "parameters", "responses", "schemas"] {
        for name in whole["components"][kind].as_object().unwrap().keys() {
            let reference = format!("#/components/{kind}/{name}");
            assert!(texts.contains(reference.as_str()), "{reference}");
            seen += 1;
        }
    }
    assert!(seen > 80, "{seen}");
}

#[test]
fn an_operation_has_one_name_and_links_name_operations() {
    let whole = whole();
    let names: Vec<_> = each_operation(&whole)
        .map(|(_, it)| it["operationId"].as_str().unwrap())
        .collect();
    let distinct: BTreeSet<_> = names.iter().copied().collect();
    assert_eq!(distinct.len(), names.len());
    for (_, name) in texts("", &whole)
        .into_iter()
        .filter(|(key, _)| *key == "operationId")
    {
        assert!(distinct.contains(name), "{name}");
    }
}

#[test]
fn only_what_differs_between_protocols_has_their_prefix() {
    let whole = whole();
    let components = |kind: &str| -> Vec<String> {
        let names = whole["components"][kind].as_object().unwrap().keys();
        let ends = ["Sort", "DownlinkStatus", "DownlinkFailureReason"];
        names
            .filter(|name| ends.iter().any(|end| name.ends_with(end)))
            .cloned()
            .collect()
    };
    assert_eq!(
        components("parameters"),
        ["httpSort", "loraSort", "mqttSort", "smsSort"]
    );
    let protocols = ["Http", "Lora", "Mqtt", "Sms"];
    let mut expected = vec!["DownlinkStatus".to_owned()];
    for protocol in protocols {
        expected.push(format!("{protocol}DownlinkFailureReason"));
        expected.push(format!("{protocol}DownlinkStatus"));
    }
    assert_eq!(components("schemas"), expected);
    for shared in [
        "DeviceId",
        "Page",
        "Problem",
        "SimpleDuration",
        "Base64String",
    ] {
        assert!(
            whole["components"]["schemas"][shared].is_object(),
            "{shared}"
        );
    }
}

#[test]
fn every_operation_lists_the_refusals_that_it_can_make() {
    for (place, operation) in each_operation(&whole()) {
        let has = |status: &str| operation["responses"].get(status).is_some();
        for always in ["405", "413", "429", "500"] {
            assert!(has(always), "{place}: {always}");
        }
        let is_open = operation["security"] == json!([]);
        assert_eq!(has("401"), !is_open, "{place}: 401");
        let is_bearer = operation["security"][0].get("BearerAuth").is_some();
        assert_eq!(has("403"), is_bearer, "{place}: 403");
        assert!(has("503") || is_open, "{place}: 503");
        assert_eq!(
            has("415"),
            operation.get("requestBody").is_some(),
            "{place}: 415"
        );
        assert!(has("404") || !place.contains('{'), "{place}: 404");
        let is_about_one = place.starts_with("DELETE") || place.ends_with("/downlinks");
        assert_eq!(
            has("409"),
            is_about_one && !place.starts_with("GET"),
            "{place}: 409"
        );
    }
}

#[test]
fn extensions_are_members_of_the_schemas_that_they_name() {
    let whole = whole();
    for place in [
        "Problem/properties/errors",
        "Problem/properties/existing",
        "Downlink/properties/dryRun",
        "DownlinkLog/properties/part",
        "DownlinkLog/properties/detail",
        "HttpDownlink/properties/masked",
        "LoraDownlink/properties/masked",
        "MqttDownlink/properties/masked",
        "SmsDownlink/properties/masked",
    ] {
        let pointer = format!("/components/schemas/{place}");
        assert!(whole.pointer(&pointer).is_some(), "{place}");
    }
}

#[test]
fn the_list_of_operations_has_each_once_with_its_scope() {
    let whole = whole();
    let listed: Vec<_> = operations(&whole)
        .into_iter()
        .map(|it| (format!("{} {}", it.method, it.path), it.scope))
        .collect();
    let count = |method: &str, scope: Option<&str>| {
        let of =
            |it: &&(String, Option<String>)| it.0.starts_with(method) && it.1.as_deref() == scope;
        listed.iter().filter(of).count()
    };
    assert_eq!(count("GET /", Some("downlink.read")), 5 * 2 + 2 + 2 + 4);
    assert_eq!(count("POST /", Some("downlink.write")), 5 + 1);
    assert_eq!(count("DELETE /", Some("downlink.delete")), 5);
    let open: Vec<_> = listed
        .iter()
        .filter(|it| it.1.is_none())
        .map(|it| it.0.as_str())
        .collect();
    assert_eq!(
        open,
        [
            "POST /demo/token",
            "POST /ingestion/ip/senml/v1",
            "POST /ingestion/m2m/senml/v1",
            "GET /openapi.json",
            "GET /problems/{room}/{name}",
        ]
    );
    assert_eq!(listed.len(), each_operation(&whole).count());
}
