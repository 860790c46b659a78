//! The session of the README: a demo, a downlink, and who gets it.

use downlink_server::carrier::polling::MessageToken;
use serde_json::{Value, json};

use crate::broker::{soon, subscriber};
use crate::client::{Answer, Client};
use crate::downlinkd::{Downlinkd, Folder};

const SHELLY: &[u8] = include_bytes!("../../../examples/requests/shelly-gen2-switch.json");
const FIRMWARE: &[u8] = include_bytes!("../../../examples/requests/kpn-firmware.json");
const DRAGINO: &[u8] = include_bytes!("../../../examples/requests/dragino-lt-22222-l.json");

/// The secret of the device of [`FIRMWARE`], as `examples/devices.toml` has it.
const SECRET: &str = "theSecretOfTheDemosFirmwareDevice";

struct Demo {
    _folder: Folder,
    process: Downlinkd,
    greeting: String,
    client: Client,
}

impl Demo {
    async fn start() -> Self {
        let folder = Folder::empty();
        let process = folder.demo().await;
        let greeting = process.printed("curl ").await;
        let token = value_behind(&greeting, "TOKEN=");
        let client = process.client(token);
        Self {
            _folder: folder,
            process,
            greeting,
            client,
        }
    }

    /// The port of its broker, as it says.
    fn broker(&self) -> u16 {
        value_behind(&self.greeting, "-p ").parse().unwrap()
    }

    /// Reads a downlink again and again until it has this status.
    async fn reaches(&self, path: &str, status: &str) -> Value {
        let reaches = async {
            loop {
                let read = self.client.get(path).await.expect(200).json();
                if read["status"] == status {
                    return read;
                }
            }
        };
        soon(reaches).await
    }

    /// A device posts what it measured.
    async fn call(&self, body: &str, secret: &str) -> Answer {
        let token = MessageToken::of(body.as_bytes(), secret).to_hex();
        let headers = [
            ("content-type", "application/senml+json"),
            ("things-message-token", &*token),
        ];
        let device = Client {
            address: self.process.api,
            token: String::new(),
        };
        let path = "/ingestion/m2m/senml/v1";
        soon(device.send("POST", path, &headers, body.as_bytes()))
            .await
            .unwrap()
    }
}

/// The word that stands behind a text.
fn value_behind<'t>(text: &'t str, name: &str) -> &'t str {
    let (_, rest) = text.split_once(name).unwrap();
    rest.split_whitespace().next().unwrap()
}

fn location(answer: &Answer) -> String {
    answer.headers["location"].to_str().unwrap().to_owned()
}

/// What the device of [`FIRMWARE`] measured.
fn measured(value: u32) -> String {
    let base = "urn:dev:IMEI:350000000000006:";
    json!([{"bn": base, "n": "temperature", "u": "Cel", "v": value}]).to_string()
}

#[tokio::test]
async fn a_downlink_reaches_the_topic_of_its_device() {
    let demo = Demo::start().await;
    let mut messages = subscriber(demo.broker()).await;
    let created = demo.client.post("/downlinks", SHELLY).await.expect(201);
    let (topic, payload) = soon(messages.recv()).await.unwrap();
    assert_eq!(topic, "shellyplus1-a8032abe54dc/rpc");
    let call: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(call["method"], "Switch.Set");
    let params = json!({"id": 0, "on": true, "toggle_after": 300});
    assert_eq!(call["params"], params);

    let read = demo.reaches(&location(&created), "DELIVERED").await;
    let logs = read["logs"].as_array().unwrap();
    let events: Vec<&str> = logs.iter().filter_map(|it| it["event"].as_str()).collect();
    let expected = [
        "DOWNLINK_ACCEPTED",
        "DOWNLINK_STARTED",
        "DOWNLINK_PART_SENT",
        "DOWNLINK_PART_DELIVERED",
        "DOWNLINK_DELIVERED",
    ];
    assert_eq!(events, expected);
}

#[tokio::test]
async fn a_device_fetches_its_downlink_by_a_call_of_its_own() {
    let demo = Demo::start().await;
    let created = demo.client.post("/downlinks", FIRMWARE).await.expect(201);
    let path = location(&created);
    let guessed = demo.call(&measured(20), "guessed").await;
    guessed.expect(401);

    let answer = demo.call(&measured(21), SECRET).await.expect(200);
    assert!(answer.text().contains("https://firmware.example.com/f/v1/"));
    demo.reaches(&path, "SENT_TO_CARRIER").await;
    let again = demo.call(&measured(21), SECRET).await.expect(200);
    assert_eq!(again.body, answer.body, "it saw no answer");

    let next = demo.call(&measured(22), SECRET).await.expect(200);
    assert_eq!(next.text(), "");
    demo.reaches(&path, "DELIVERED").await;
}

#[tokio::test]
async fn what_waits_is_cancelled() {
    let demo = Demo::start().await;
    let created = demo.client.post("/downlinks", FIRMWARE).await.expect(201);
    let path = location(&created);
    demo.client.delete(&path).await.expect(202);
    demo.reaches(&path, "CANCELLED").await;
    let answer = demo.call(&measured(21), SECRET).await.expect(200);
    assert_eq!(answer.text(), "");
}

#[tokio::test]
async fn a_list_has_pages_from_the_newest() {
    let demo = Demo::start().await;
    let mut created = Vec::new();
    for _ in 0..3 {
        let answer = demo.client.post("/downlinks", SHELLY).await.expect(201);
        created.push(answer.json()["id"].clone());
    }
    let first = demo
        .client
        .get("/downlinks?limit=2")
        .await
        .expect(200)
        .json();
    let next = first["next"].as_str().unwrap();
    let beginning = format!("http://{}", demo.process.api);
    let next = next.strip_prefix(&beginning).unwrap();
    let second = demo.client.get(next).await.expect(200).json();
    assert!(second.get("next").is_none());
    let pages = [&first, &second].into_iter();
    let items = pages.flat_map(|page| page["items"].as_array().unwrap());
    let listed: Vec<Value> = items.map(|item| item["id"].clone()).collect();
    created.reverse();
    assert_eq!(listed, created);
}

#[tokio::test]
async fn a_preview_stores_nothing_and_a_dry_run_sends_nothing() {
    let demo = Demo::start().await;
    let mut messages = subscriber(demo.broker()).await;
    let preview = demo.client.post("/downlinks/preview", DRAGINO).await;
    assert!(preview.expect(200).json()["parts"].is_array());
    let list = demo.client.get("/downlinks").await.expect(200).json();
    assert_eq!(list["items"], json!([]));

    let mut dry: Value = serde_json::from_slice(SHELLY).unwrap();
    dry["dryRun"] = json!(true);
    let dry = dry.to_string();
    let created = demo
        .client
        .post("/downlinks", dry.as_bytes())
        .await
        .expect(201);
    assert_eq!(created.json()["status"], "DELIVERED");
    assert_eq!(created.json()["dryRun"], true);
    let sent = demo.client.post("/downlinks", SHELLY).await.expect(201);
    demo.reaches(&location(&sent), "DELIVERED").await;
    soon(messages.recv()).await.unwrap();
    assert!(messages.try_recv().is_err(), "of two, one was sent");
}

#[tokio::test]
async fn a_simulated_network_delivers() {
    let demo = Demo::start().await;
    let created = demo.client.post("/downlinks", DRAGINO).await.expect(201);
    demo.reaches(&location(&created), "DELIVERED").await;
}

#[tokio::test]
async fn two_demos_run_on_one_machine() {
    let demos = [Demo::start().await, Demo::start().await];
    for demo in &demos {
        let operator = demo.process.operators_client();
        assert_eq!(operator.get("/healthz").await.expect(200).text(), "ok\n");
        let ready = operator.get("/readyz").await.expect(200).json();
        assert_eq!(ready["ready"], true);
        assert_eq!(ready["carriers"].as_array().unwrap().len(), 3);
    }
    assert_ne!(demos[0].process.operator, demos[1].process.operator);
}

#[tokio::test]
async fn metrics_count_what_became_of_downlinks() {
    let demo = Demo::start().await;
    let created = demo.client.post("/downlinks", SHELLY).await.expect(201);
    demo.reaches(&location(&created), "DELIVERED").await;
    let metrics = demo.process.operators_client().get("/metrics").await;
    let metrics = metrics.expect(200).text();
    for line in [
        "downlinkd_accepted_total{protocol=\"mqtt\"} 1",
        "downlinkd_handed_over_total{protocol=\"mqtt\"} 1",
        "downlinkd_ended_total{protocol=\"mqtt\",reason=\"\"} 1",
        "downlinkd_try_seconds_count{protocol=\"mqtt\"} 1",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
}

#[tokio::test]
async fn neither_the_token_nor_the_noise_of_the_broker_is_in_the_log() {
    let demo = Demo::start().await;
    let token = demo.client.token.clone();
    let created = demo.client.post("/downlinks", FIRMWARE).await.expect(201);
    demo.client.get(&location(&created)).await.expect(200);
    demo.call(&measured(21), SECRET).await.expect(200);
    let page = demo.process.client("").post("/demo/token", b"").await;
    assert_eq!(page.expect(200).json()["access_token"], *token);
    demo.process.terminate();
    let ended = demo.process.ended().await;
    assert!(ended.status.success(), "{}", ended.log);
    assert!(ended.log.contains("\"ready\""), "{}", ended.log);
    for secret in [&*token, SECRET, "c2lnbmF0dXJl", "rumqttd"] {
        assert!(!ended.log.contains(secret), "`{secret}`: {}", ended.log);
    }
}
