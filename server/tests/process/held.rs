//! What is done to a store while its service does not run.

use serde_json::json;

use crate::client::Client;
use crate::downlinkd::Folder;
use crate::issuer::{CLIENT, token};

const DEVICE: &str = "urn:dev:DVNUUID:00000000-0000-4000-8000-000000000001:";
const OTHER: &str = "urn:dev:DVNUUID:00000000-0000-4000-8000-000000000002:";

/// Nobody listens there: what is accepted waits.
const NO_BROKER: &str = "url = \"mqtt://127.0.0.1:9\"\n";

fn device(name: &str) -> String {
    format!(
        "[devices.\"{name}\"]\nencoder = \"shelly/gen2-switch\"\nclient = \"{CLIENT}\"\n\
         variables = {{ prefix = \"shelly\" }}\n"
    )
}

fn folder() -> Folder {
    Folder::new(NO_BROKER, &(device(DEVICE) + &device(OTHER)))
}

async fn post(client: &Client, device: &str) -> String {
    let body = json!({
        "deviceId": device,
        "feedbackTimeout": "PT1H",
        "message": {"type": "text", "topic": "shelly/rpc", "payload": "on", "qos": "AT_LEAST_ONCE"},
    });
    let created = client
        .post("/mqtt/downlinks", body.to_string().as_bytes())
        .await
        .expect(201);
    created.headers["location"].to_str().unwrap().to_owned()
}

/// Accepts a downlink for each device, and stops.
async fn accepted(folder: &Folder) -> [String; 2] {
    let process = folder.start().await;
    let client = process.client(&token());
    let paths = [post(&client, DEVICE).await, post(&client, OTHER).await];
    let hold = folder.run(&["hold", "--before", "2999-01-01T00:00:00Z"]);
    assert_eq!(hold.status.code(), Some(69), "while it runs");
    process.terminate();
    assert!(process.ended().await.status.success());
    paths
}

async fn reason(client: &Client, path: &str) -> Option<String> {
    let part = client.get(path).await.expect(200).json();
    let reason = part.get("lastFailureReason")?;
    Some(reason.as_str().unwrap().to_owned())
}

#[tokio::test]
async fn what_was_open_in_a_restored_store_is_held() {
    let folder = folder();
    let paths = accepted(&folder).await;
    for (before, count) in [("2000-01-01T00:00:00Z", 0), ("2999-01-01T00:00:00Z", 2)] {
        let held = folder.run(&["hold", "--before", before]);
        let printed = String::from_utf8(held.stdout).unwrap();
        assert_eq!(printed, format!("{count} downlinks were ended\n"));
    }
    let process = folder.start().await;
    let client = process.client(&token());
    for path in paths {
        assert_eq!(reason(&client, &path).await.as_deref(), Some("CANCELLED"));
    }
}

#[tokio::test]
async fn a_time_without_an_offset_is_refused() {
    let held = folder().run(&["hold", "--before", "2026-11-29T18:00:00"]);
    assert_eq!(held.status.code(), Some(2));
}

#[tokio::test]
async fn an_import_that_no_encoder_could_serve_is_refused_with_each_line() {
    let folder = folder();
    let unknown = |name| device(name).replace("shelly/gen2-switch", "shelly/none");
    folder.write("devices.toml", unknown(DEVICE) + &unknown(OTHER));
    let refused = folder.run(&["devices", "import", "devices.toml"]);
    assert_eq!(refused.status.code(), Some(65));
    let told = String::from_utf8(refused.stderr).unwrap();
    let faults = told.lines().count();
    assert_eq!(faults, 2, "{told}");
    for line in [1, 5] {
        let place = format!("(at line {line}, column ");
        let fault = |it: &str| it.contains("no encoder `shelly/none`") && it.contains(&place);
        assert!(told.lines().any(fault), "{told}");
    }
}

#[tokio::test]
async fn an_import_says_which_alias_two_devices_have() {
    let folder = folder();
    let named = |name| device(name) + "aliases = [\"hall\"]\n";
    folder.write("devices.toml", named(DEVICE) + &named(OTHER));
    let refused = folder.run(&["devices", "import", "devices.toml"]);
    assert_eq!(refused.status.code(), Some(65));
    let told = String::from_utf8(refused.stderr).unwrap();
    let expected = format!("downlinkd: the alias `hall` belongs to the device `{DEVICE}`\n");
    assert_eq!(told, expected);
}

/// A misspelt variable would leave its command without one.
#[tokio::test]
async fn an_import_refuses_a_variable_that_the_encoder_does_not_have() {
    let folder = folder();
    folder.write("devices.toml", device(DEVICE).replace("prefix", "prefx"));
    let refused = folder.run(&["devices", "import", "devices.toml"]);
    assert_eq!(refused.status.code(), Some(65));
    let told = String::from_utf8(refused.stderr).unwrap();
    let expected = "`shelly/gen2-switch` has no variable `prefx`; did you mean `prefix`?";
    assert!(told.contains(expected), "{told}");
}

#[tokio::test]
async fn a_device_that_an_import_removes_gets_nothing_more() {
    let folder = folder();
    let [first, second] = accepted(&folder).await;
    folder.write("devices.toml", device(OTHER));
    let pruned = folder.run(&["devices", "import", "--prune", "devices.toml"]);
    let printed = String::from_utf8(pruned.stdout).unwrap();
    assert_eq!(printed, "1 devices imported, 1 removed\n");
    let process = folder.start().await;
    let client = process.client(&token());
    // Over MQTT an eviction is spelled so.
    assert_eq!(reason(&client, &first).await.as_deref(), Some("CANCELLED"));
    assert_eq!(reason(&client, &second).await, None);
}

#[cfg(feature = "demo")]
#[tokio::test]
async fn a_token_of_the_demo_allows_what_it_was_made_for() {
    let folder = Folder::empty();
    let process = folder.demo().await;
    let made = |arguments: &[&str]| {
        let own = ["--demo", "--store", "demo.sqlite", "token"];
        let made = folder.run(&[&own, arguments].concat());
        assert!(made.status.success(), "{made:?}");
        String::from_utf8(made.stdout).unwrap().trim().to_owned()
    };
    let all = process.client(&made(&[]));
    all.get("/devices").await.expect(200);
    all.post("/downlinks", b"").await.expect(400);
    let reader = process.client(&made(&["--scope", "downlink.read"]));
    reader.get("/devices").await.expect(200);
    reader.post("/downlinks", b"").await.expect(403);
    let other = process.client(&made(&["--client", "other"]));
    let devices = other.get("/devices").await.expect(200).json();
    assert_eq!(devices["items"], json!([]));
    let elsewhere = self::folder().run(&["token"]);
    assert_eq!(elsewhere.status.code(), Some(64));
}
