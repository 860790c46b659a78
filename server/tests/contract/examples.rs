//! The requests that the documents show are taken by the engine.

use downlink::Engine;
use downlink::contract::{
    CreateDownlinkRequest, HttpDownlink, LoraDownlink, MqttDownlink, SmsDownlink,
};
use downlink::directory::{Bindings, Directory};
use downlink::encoder::Registry;
use downlink::instruction::DeviceId;
use downlink::senml::UnixTime;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::sources::whole;

fn examples(path: &str) -> Vec<Value> {
    let pointer = "/post/requestBody/content/application~1json/examples";
    let whole = whole();
    let examples = whole["paths"][path]
        .pointer(pointer)
        .unwrap()
        .as_object()
        .unwrap();
    examples
        .values()
        .map(|example| example["value"].clone())
        .collect()
}

fn devices() -> Bindings {
    Bindings::from_toml(include_str!("../../../examples/devices.toml")).unwrap()
}

#[test]
fn the_instructions_encode_for_the_devices_of_the_examples() {
    let engine = Engine::new(Registry::builder().builtin().unwrap().build());
    let shown = [examples("/downlinks"), examples("/downlinks/preview")].concat();
    assert_eq!(shown.len(), 4);
    for example in shown {
        let body = example.to_string();
        let request = CreateDownlinkRequest::from_json(body.as_bytes()).unwrap();
        engine
            .encode(&request, &devices(), UnixTime::from_seconds(0))
            .unwrap();
    }
}

#[test]
fn the_messages_of_protocols_are_of_their_documents_and_for_devices_of_the_examples() {
    fn check<T: DeserializeOwned>(path: &str) {
        let shown = examples(path);
        assert_eq!(shown.len(), 2, "{path}");
        for example in shown {
            serde_json::from_value::<T>(example.clone()).unwrap();
            let device: DeviceId = example["deviceId"].as_str().unwrap().parse().unwrap();
            assert!(devices().binding(device).is_ok(), "{path}");
        }
    }
    check::<HttpDownlink>("/http/downlinks");
    check::<LoraDownlink>("/lora/downlinks");
    check::<MqttDownlink>("/mqtt/downlinks");
    check::<SmsDownlink>("/sms/downlinks");
}
