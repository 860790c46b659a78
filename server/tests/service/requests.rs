//! Documents that tests post.

use serde_json::{Value, json};

use crate::world::{LAMP, OWN_TOPICS, POLLING, RAW, SENSOR, SWITCH, TRACKER, VALVE};

/// One frame for a device of [`crate::world`].
pub(crate) fn raw(device: &str, payload: &str) -> Value {
    json!({
        "instruction": [{ "bn": device, "n": "payloadHex", "vs": payload }],
        "method": { "protocol": "LORA", "fPort": 85 },
    })
}

/// Bytes for a device that is told on the topics below `own/`.
pub(crate) fn raw_on(topic: &str) -> Value {
    json!({
        "instruction": [{ "bn": OWN_TOPICS, "n": "payloadHex", "vs": "01" }],
        "method": { "protocol": "MQTT", "topic": topic },
    })
}

/// Two frames: two parts over LoRaWAN.
pub(crate) fn valve() -> Value {
    json!({
        "instruction": [
            { "bn": VALVE, "n": "valve", "vs": "open" },
            { "n": "read-counter", "v": 1 },
        ],
        "method": { "protocol": "LORA" },
    })
}

/// A frame that holds a key.
pub(crate) fn key(key: &str) -> Value {
    json!({
        "instruction": [{ "bn": SENSOR, "n": "d2d_key/key", "vs": key }],
        "method": { "protocol": "LORA", "fPort": 85 },
    })
}

/// What relay 1 of the lamp does: `on`, `off` or `toggle`.
pub(crate) fn lamp(state: &str) -> Value {
    json!({
        "instruction": [{ "bn": LAMP, "n": "Power1", "vs": state }],
        "method": { "protocol": "MQTT" },
    })
}

/// A frame that its definition marks: sent twice, it does something else than sent once.
pub(crate) fn toggle() -> Value {
    json!({
        "instruction": [{ "bn": SWITCH, "n": "Toggle/device", "vs": "R831C" }, { "n": "Toggle/channel", "v": 2 }],
        "method": { "protocol": "LORA" },
    })
}

/// A text message that holds the login of the device.
pub(crate) fn tracker() -> Value {
    json!({
        "instruction": [{ "bn": TRACKER, "n": "getinfo", "vb": true }],
        "method": { "protocol": "SMS" },
    })
}

/// A message that its device fetches; it holds a token.
pub(crate) fn firmware(token: &str) -> Value {
    json!({
        "instruction": [
            { "bn": POLLING, "n": "firmware/url", "vs": "https://firmware.example.com/f/7a0c9d4e" },
            { "n": "firmware/token", "vs": token },
        ],
        "method": { "protocol": "HTTP" },
    })
}

/// The same document with these members too.
pub(crate) fn with(document: Value, members: Value) -> Value {
    let mut document = document;
    let object = document.as_object_mut().unwrap();
    if let Value::Object(members) = members {
        object.extend(members);
    }
    document
}

/// Messages posted directly, with the resource of each.
pub(crate) fn direct() -> [(&'static str, Value); 4] {
    [
        ("/lora/downlinks", direct_raw(RAW, "0801FFFF")),
        ("/mqtt/downlinks", direct_lamp("cmnd/lamp/Power1")),
        (
            "/sms/downlinks",
            json!({
                "deviceId": TRACKER,
                "feedbackTimeout": "PT1H",
                "message": { "text": "getver" },
            }),
        ),
        ("/http/downlinks", direct_http("hello", json!({}))),
    ]
}

pub(crate) fn direct_raw(device: &str, payload: &str) -> Value {
    json!({
        "deviceId": device,
        "feedbackTimeout": "PT1H",
        "message": { "payloadHex": payload, "fPort": 85 },
    })
}

pub(crate) fn direct_lamp(topic: &str) -> Value {
    json!({
        "deviceId": LAMP,
        "feedbackTimeout": "PT1H",
        "message": { "type": "text", "payload": "ON", "topic": topic, "qos": "AT_LEAST_ONCE" },
    })
}

pub(crate) fn direct_http(body: &str, headers: Value) -> Value {
    let mut document = json!({
        "deviceId": POLLING,
        "feedbackTimeout": "PT1H",
        "message": { "type": "text", "body": body },
    });
    document["message"]["headers"] = headers;
    document
}
