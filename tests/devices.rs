//! The device file: what is read, what is kept for a service, and what is refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use downlink::Engine;
use downlink::directory::{Binding, Bindings, DeviceFile, Extra};
use downlink::encoder::Registry;
use downlink::error::{All, Code, Error};
use downlink::message::{Method, Protocol};
use downlink::senml::{Pack, UnixTime};

fn read(text: &str) -> (DeviceFile, Vec<String>) {
    let mut all = All::default();
    let file = DeviceFile::read_toml(text, &mut all).unwrap();
    (file, all.errors.iter().map(ToString::to_string).collect())
}

const FAULTY: &str = r#"[defaults]
feedback_timeout = "PT1S"
feedback = 1
[devices."urn:dev:DEVEUI:0059AC0000152A2B:"]
encodr = "acme/v1"
region = "EU869"
in_flight = 1.5
[devices."deveui:0059ac0000152a2c"]
encoder = "acme/v1"
aliasses = ["a"]
variables = { a = [1], b = { vlaue = "x" }, c = { value = "x", secret = "yes" } }
[devices."urn:dev:DEVEUI:0059AC0000152A2C:"]
encoder = "acme/v1"
[devices.nobody]
encoder = 5
[devices."urn:dev:DEVEUI:0059AC0000152A2D:"]
encoder = "acme/v1"
data_rate = 3
[devices."urn:dev:DEVEUI:0059AC0000152A2E:"]
encoder = "acme/v1"
[device]
"#;

#[test]
fn every_fault_is_found_at_its_place() {
    let (file, faults) = read(FAULTY);
    let sound: Vec<String> = file
        .devices
        .iter()
        .map(|it| it.device.to_string())
        .collect();
    assert_eq!(sound, ["urn:dev:DEVEUI:0059AC0000152A2E:"]);
    let places: Vec<&str> = faults
        .iter()
        .map(|it| it.rsplit_once("(at ").unwrap().1)
        .collect();
    assert_eq!(
        places,
        [
            "line 2, column 20)",
            "line 3, column 1)",
            "line 4, column 1)",
            "line 6, column 10)",
            "line 7, column 13)",
            "line 5, column 1)",
            "line 11, column 19)",
            "line 11, column 28)",
            "line 11, column 30)",
            "line 11, column 73)",
            "line 10, column 1)",
            "line 12, column 10)",
            "line 14, column 10)",
            "line 15, column 11)",
            "line 16, column 1)",
            "line 21, column 2)",
        ],
        "{faults:#?}"
    );
}

#[test]
fn all_that_keeps_a_file_from_being_toml_is_found() {
    let (file, faults) = read("[devices.a]\nencoder = \nregion = 'x\n");
    assert_eq!(file, DeviceFile::default());
    assert_eq!(faults.len(), 2, "{faults:?}");
}

#[test]
fn bindings_are_refused_for_the_first_fault() {
    let (_, faults) = read(FAULTY);
    let error = Bindings::from_toml(FAULTY).unwrap_err();
    assert_eq!(error.to_string(), faults[0]);
}

#[test]
fn a_key_that_is_none_is_refused_with_the_nearest() {
    for (key, meant) in [
        ("regoin", "region"),
        ("aliasses", "aliases"),
        ("netwrok", "network"),
    ] {
        let text = format!("[devices.\"deveui:0059ac0000152a2c\"]\nencoder = \"a/b\"\n{key} = 1\n");
        let error = Bindings::from_toml(&text).unwrap_err();
        let expected =
            format!("unknown key `{key}`; did you mean `{meant}`? (at line 3, column 1)");
        assert_eq!(error.to_string(), expected);
    }
}

const SERVED: &str = r#"[devices."urn:dev:DEVEUI:0059AC0000152A2B:"]
client = "acme"
aliases = ["pump", "7"]
encoder = "acme/v1"
in_flight = 2
secret = "hunter2"
[devices."urn:dev:DEVEUI:0059AC0000152A2B:".network]
server = "chirpstack"
confirmed = true
clas = "C"
"#;

#[test]
fn what_a_service_reads_is_kept_as_it_is_and_the_engine_skips_it() {
    let (file, faults) = read(SERVED);
    assert!(faults.is_empty(), "{faults:?}");
    let [entry] = &*file.devices else {
        panic!("{file:?}")
    };
    assert_eq!(entry.position.to_string(), "line 1, column 10");
    let extras = &entry.extras;
    let names: Vec<&str> = extras.iter().map(Extra::name).collect();
    assert_eq!(
        names,
        ["client", "aliases", "in_flight", "secret", "network"]
    );
    let extra = |name| extras.get(name).unwrap();
    assert_eq!(extra("client").text().unwrap(), "acme");
    assert_eq!(extra("aliases").texts().unwrap(), ["pump", "7"]);
    assert_eq!(extra("in_flight").integer().unwrap(), 2);
    let network = extra("network").table().unwrap();
    assert!(network.get("confirmed").unwrap().boolean().unwrap());
    assert!(extras.get("tags").is_none());

    let bindings = Bindings::from_toml(SERVED).unwrap();
    let bound: Vec<Binding> = bindings.iter().map(|(_, it)| it.clone()).collect();
    assert_eq!(bound, [Binding::new("acme/v1")]);
}

#[test]
fn what_a_service_refuses_has_its_place() {
    let (file, _) = read(SERVED);
    let extras = &file.devices[0].extras;
    let client = extras.get("client").unwrap();
    for error in [
        client.integer().err(),
        client.boolean().err(),
        client.texts().err(),
        client.table().err(),
        Some(client.refuse("there is no such client")),
    ] {
        let error = error.unwrap();
        assert_eq!(error.code(), Code::DevicesFile);
        assert!(
            error.to_string().ends_with("(at line 2, column 1)"),
            "{error}"
        );
    }
    let mut all = All::default();
    let network = extras.get("network").unwrap().table().unwrap();
    let known = ["server", "application", "confirmed", "class"];
    network.refuse_others(&known, &mut all).unwrap();
    let faults: Vec<String> = all.errors.iter().map(Error::to_string).collect();
    assert_eq!(
        faults,
        ["unknown key `clas`; did you mean `class`? (at line 10, column 1)"]
    );
}

#[test]
fn a_secret_of_the_file_is_shown_nowhere() {
    let (file, _) = read(SERVED);
    assert!(!format!("{file:?}").contains("hunter2"));

    let definition = r#"format = 1
id = "acme/v1"
title = "ACME V1"
protocol = "LORA"
source = "ACME V1 manual"
evidence = "manual"
[variables]
pin = { pattern = "[0-9]+" }
[lora]
f_port = 1
[commands.open]
title = "Opens"
frame = "01 {$pin:ascii}"
"#;
    let registry = Registry::builder().definition(definition).unwrap();
    let engine = Engine::new(registry.build());
    let pack = br#"[{"bn":"urn:dev:DEVEUI:0059AC0000152A2B:","n":"open","vb":true}]"#;
    let pack = Pack::from_json(pack).unwrap();
    let (method, now) = (Method::new(Protocol::Lora), UnixTime::from_seconds(0));
    for (value, is_sound) in [("73519", true), ("hunter2", false)] {
        let text = format!(
            "[devices.\"urn:dev:DEVEUI:0059AC0000152A2B:\"]\nencoder = \"acme/v1\"\n\
             variables = {{ pin = {{ value = \"{value}\", secret = true }} }}\n"
        );
        let bindings = Bindings::from_toml(&text).unwrap();
        let preview = engine.preview_pack(&pack, &method, &bindings, now);
        assert_eq!(preview.problems().is_empty(), is_sound);
        let shown = format!(
            "{preview} {} {bindings:?} {:?}",
            serde_json::to_string(&preview).unwrap(),
            preview.problems()
        );
        assert!(!shown.contains(value), "{shown}");
        assert!(
            !shown.to_lowercase().contains(&hex::encode(value)),
            "{shown}"
        );
        let sent = engine.encode_pack(&pack, &method, &bindings, now);
        assert_eq!(sent.is_ok(), is_sound);
    }
}
