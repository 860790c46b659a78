//! Definitions that change while the service runs.

use std::fs;

use serde_json::json;

use crate::downlinkd::Folder;
use crate::issuer::{CLIENT, token};

const DEVICE: &str = "urn:dev:DEVEUI:0059AC00000000A1:";

const VALVE: &str = r#"
format = 1
id = "acme/valve"
title = "A valve"
protocol = "LORA"
source = "https://acme.example/valve.pdf"
evidence = "manual"

[lora]
f_port = 1

[commands.open]
frame = "01"
"#;

fn devices() -> String {
    format!("[devices.\"{DEVICE}\"]\nencoder = \"acme/valve\"\nclient = \"{CLIENT}\"\n")
}

fn open() -> String {
    json!({
        "instruction": [{ "bn": DEVICE, "n": "open", "vb": true }],
        "method": { "protocol": "LORA" },
        "dryRun": true,
    })
    .to_string()
}

#[tokio::test]
async fn a_definition_that_a_device_needs_stays_though_its_file_is_gone() {
    let folder = Folder::empty_with_keys("");
    let definitions = folder.path().join("definitions");
    fs::create_dir(&definitions).unwrap();
    fs::write(definitions.join("valve.toml"), VALVE).unwrap();
    folder.configure("[encoders]\nfolders = [\"definitions\"]\n");
    folder.import(&devices());
    let process = folder.start().await;
    let client = process.client(&token());
    client
        .post("/downlinks", open().as_bytes())
        .await
        .expect(201);

    let other = VALVE.replace("acme/valve", "acme/other");
    fs::write(definitions.join("other.toml"), &other).unwrap();
    process.logged("encoders were reloaded").await;
    client.get("/encoders/acme/other").await.expect(200);

    fs::remove_file(definitions.join("valve.toml")).unwrap();
    process
        .logged("devices are bound to some that are gone")
        .await;
    process
        .logged(&format!("acme/valve (1 devices, the first is {DEVICE})"))
        .await;
    client
        .post("/downlinks", open().as_bytes())
        .await
        .expect(201);

    fs::write(definitions.join("valve.toml"), "format = 1").unwrap();
    process.logged("the old ones stay").await;
    client
        .post("/downlinks", open().as_bytes())
        .await
        .expect(201);
}

/// A codec as vendors publish them, and what it requires beside it.
const LAMP: &str = "var on = require('./words.js').on;
function encodeDownlink(input) {
    return { fPort: 7, bytes: [input.data.state === 'lit' ? on : 0] };
}";

#[tokio::test]
async fn scripts_are_taken_where_the_settings_say_so() {
    let folder = Folder::empty_with_keys("");
    let lamp = folder.path().join("definitions/acme/lamp");
    fs::create_dir_all(&lamp).unwrap();
    fs::write(
        lamp.join("package.json"),
        r#"{"name": "lamp", "main": "lamp.js"}"#,
    )
    .unwrap();
    fs::write(lamp.join("lamp.js"), LAMP).unwrap();
    fs::write(lamp.join("words.js"), "exports.on = 9;").unwrap();
    let decoder = "function decodeUplink(input) { return { data: {} }; }";
    fs::write(lamp.with_file_name("meter.js"), decoder).unwrap();
    folder.configure("[encoders]\nfolders = [\"definitions\"]\njavascript = true\n");
    let device = devices().replace("acme/valve", "acme/lamp");
    folder.import(&device);
    let process = folder.start().await;
    process.logged("a script is not an encoder").await;
    let client = process.client(&token());
    client.get("/encoders/acme/lamp").await.expect(200);
    client.get("/encoders/acme/meter").await.expect(404);
    let request = json!({
        "instruction": [{ "bn": DEVICE, "n": "state", "vs": "lit" }],
        "method": { "protocol": "LORA" },
        "dryRun": true,
    });
    let created = client
        .post("/downlinks", request.to_string().as_bytes())
        .await;
    let link = created.expect(201).headers["link"].clone();
    let part = link.to_str().unwrap().trim_start_matches('<');
    let part = part.split('>').next().unwrap();
    let part = client.get(part).await.expect(200).json();
    assert_eq!(part["message"]["payloadHex"], "09");
    assert_eq!(part["message"]["fPort"], 7);
}
