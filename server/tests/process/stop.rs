//! Stopping: what is being handed over is finished, and all else is left to the next start.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::broker::soon;
use crate::downlinkd::{Downlinkd, Folder};
use crate::issuer::{CLIENT, token};

/// A broker that takes what comes and acknowledges the connection alone.
async fn forgetful_broker() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    // It ends with the runtime of the test.
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut bytes = [0; 1024];
                let mut is_greeted = false;
                while stream.read(&mut bytes).await.is_ok_and(|count| count > 0) {
                    if !is_greeted {
                        stream.write_all(&[0x20, 2, 0, 0]).await.unwrap();
                        is_greeted = true;
                    }
                }
            });
        }
    });
    port
}

fn name(device: usize) -> String {
    format!("urn:dev:DVNUUID:00000000-0000-4000-8000-{device:012}:")
}

fn devices() -> String {
    let device = |device| {
        format!(
            "[devices.\"{}\"]\nencoder = \"shelly/gen2-switch\"\nclient = \"{CLIENT}\"\n\
             variables = {{ prefix = \"shelly\" }}\n",
            name(device)
        )
    };
    (0..2).map(device).collect()
}

/// A service with a call to its broker out: the window has room for one message, which is never
/// acknowledged, and a second one waits for room.
async fn with_a_call_out(timing: &str) -> (Folder, Downlinkd) {
    let port = forgetful_broker().await;
    let mqtt = format!("url = \"mqtt://127.0.0.1:{port}\"\nwindow = 1\n");
    let folder = Folder::new(&mqtt, &devices());
    folder.configure(timing);
    let process = folder.start().await;
    let client = process.client(&token());
    for device in 0..2 {
        let message = json!({
            "type": "text", "topic": "shelly/rpc", "payload": "on", "qos": "AT_LEAST_ONCE",
        });
        let body = json!({"deviceId": name(device), "feedbackTimeout": "PT1H", "message": message})
            .to_string();
        let created = client
            .post("/mqtt/downlinks", body.as_bytes())
            .await
            .expect(201);
        let path = created.headers["location"].to_str().unwrap().to_owned();
        let executing =
            async { while client.get(&path).await.expect(200).json()["status"] != "EXECUTING" {} };
        soon(executing).await;
    }
    (folder, process)
}

#[tokio::test]
async fn a_call_that_is_out_is_waited_for() {
    let timing = "[timing]\ncall_deadline = \"PT1S\"\nlease = \"PT4S\"\ndrain = \"PT30S\"\n";
    let (_folder, process) = with_a_call_out(timing).await;
    process.terminate();
    let ended = process.ended().await;
    assert!(ended.status.success(), "{}: {}", ended.status, ended.log);
    assert!(
        !ended.log.contains("is left to the next start"),
        "{}",
        ended.log
    );
}

#[tokio::test]
async fn a_stop_takes_no_longer_than_it_may() {
    let timing = "[timing]\ncall_deadline = \"PT40S\"\nlease = \"PT3M\"\ndrain = \"PT0.5S\"\n";
    let (_folder, process) = with_a_call_out(timing).await;
    let began = Instant::now();
    process.terminate();
    let ended = process.ended().await;
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "{:?}",
        began.elapsed()
    );
    assert!(ended.status.success(), "{}: {}", ended.status, ended.log);
    assert!(
        ended.log.contains("is left to the next start"),
        "{}",
        ended.log
    );
}

#[tokio::test]
async fn a_service_without_work_stops_at_once() {
    let folder = Folder::new("", &devices());
    let process = folder.start().await;
    process.terminate();
    let ended = process.ended().await;
    assert!(ended.status.success(), "{}: {}", ended.status, ended.log);
    assert!(
        !ended.log.contains("is left to the next start"),
        "{}",
        ended.log
    );
    // The file is free again.
    folder.start().await;
}
