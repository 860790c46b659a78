//! A broker that takes connections and never says a word.

use std::net::TcpListener;

use serde_json::{Value, json};

use crate::broker::{Mosquitto, soon, subscriber};
use crate::client::Client;
use crate::downlinkd::Folder;
use crate::issuer::{CLIENT, token};

const DEVICE: &str = "urn:dev:DVNUUID:00000000-0000-4000-8000-000000000001:";
const POLLING: &str = "urn:dev:IMEI:350000000000006:";
const SECRET: &str = "theSecretOfADeviceThatCallsByItself";

fn devices() -> String {
    format!(
        "[devices.\"{DEVICE}\"]\nencoder = \"shelly/gen2-switch\"\nclient = \"{CLIENT}\"\n\
         variables = {{ prefix = \"shelly\" }}\n\
         [devices.\"{POLLING}\"]\nencoder = \"kpn/firmware\"\nclient = \"{CLIENT}\"\n\
         secret = \"{SECRET}\"\n"
    )
}

const TIMING: &str = "[timing]\ncarrier_pause = \"PT0.05S\"\nlongest_carrier_pause = \"PT0.2S\"\n\
    call_deadline = \"PT0.5S\"\nlease = \"PT2S\"\npoll = \"PT0.1S\"\n";

fn message() -> Value {
    json!({
        "deviceId": DEVICE,
        "feedbackTimeout": "PT1H",
        "message": {"type": "text", "topic": "shelly/rpc", "payload": "on", "qos": "AT_LEAST_ONCE"},
    })
}

/// What a polling device is told, and by whom: its call is answered while the broker hangs.
async fn polling_goes_on(client: &Client) {
    let body = json!({"deviceId": POLLING, "feedbackTimeout": "PT1H", "message": {"type": "text", "body": "reboot"}});
    let body = body.to_string();
    let created = client.post("/http/downlinks", body.as_bytes()).await;
    created.expect(201);
    let call = json!([{"bn": POLLING, "n": "temperature", "u": "Cel", "v": 21}]).to_string();
    let token = downlink_server::carrier::polling::MessageToken::of(call.as_bytes(), SECRET);
    let device = Client {
        address: client.address,
        token: String::new(),
    };
    let headers = [
        ("content-type", "application/senml+json"),
        ("things-message-token", &*token.to_hex()),
    ];
    let path = "/ingestion/m2m/senml/v1";
    let answer = soon(device.send("POST", path, &headers, call.as_bytes())).await;
    assert_eq!(answer.unwrap().expect(200).text(), "reboot");
}

#[tokio::test]
async fn a_broker_that_hangs_holds_up_nothing_else_and_gets_all_when_it_is_back() {
    let Some(mut broker) = Mosquitto::start("").await else {
        return;
    };
    broker.kill();
    let mute = TcpListener::bind(("127.0.0.1", broker.port)).unwrap();
    let mqtt = format!("url = \"mqtt://127.0.0.1:{}\"\n", broker.port);
    let folder = Folder::new(&mqtt, &devices());
    folder.configure(TIMING);
    let process = folder.start().await;
    let client = process.client(&token());
    let body = message().to_string();
    let created = client.post("/mqtt/downlinks", body.as_bytes()).await;
    let created = created.expect(201);
    let path = created.headers["location"].to_str().unwrap().to_owned();

    // Once the first turn is over, it waits again.
    let turned = async {
        loop {
            let events = client
                .get(&format!("{path}/events"))
                .await
                .expect(200)
                .json();
            let items = events["items"].as_array().unwrap();
            if items.iter().any(|event| event["event"] == "CARRIER_AWAY") {
                return;
            }
        }
    };
    soon(turned).await;
    polling_goes_on(&client).await;
    assert_eq!(
        client.get(&path).await.expect(200).json()["status"],
        "PENDING"
    );
    let ready = process.operators_client().get("/readyz").await;
    assert_eq!(ready.expect(200).json()["ready"], true);

    drop(mute);
    broker.restart().await;
    let mut messages = subscriber(broker.port).await;
    let (topic, payload) = soon(messages.recv()).await.unwrap();
    assert_eq!((&*topic, &*payload), ("shelly/rpc", &b"on"[..]));
    let done = async { while client.get(&path).await.expect(200).json()["status"] != "DONE" {} };
    soon(done).await;
}
