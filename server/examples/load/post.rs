//! From `POST` to 201, which says that the downlink is on disk.

use std::time::{Duration, Instant};

use hyper::StatusCode;
use serde_json::Value;

use crate::connection::Connection;
use crate::folder::{DEVICES, Folder, device};
use crate::issuer::token;
use crate::service::{Running, own_work};
use crate::stopwatch::Times;

/// How long callers post before it counts, and while it does.
const WARM: Duration = Duration::from_secs(2);
const ROUND: Duration = Duration::from_secs(8);

const CONNECTIONS: [u64; 3] = [1, 16, 64];

/// How often it is looked whether what is waited for is there, and how often at most.
const LOOK: Duration = Duration::from_millis(100);
const LOOKS: usize = 10 * 60 * 10;

pub(crate) async fn print() {
    println!("accepted, and nothing handed over:");
    let folder = Folder::new().without_broker();
    let service = Running::start(&folder, "paused");
    println!("    memory at rest: {} MiB", service.memory().0);
    for connections in CONNECTIONS {
        measure(&service, connections).await;
    }
    let (now, most) = service.memory();
    println!("    memory after that: {now} MiB, at most {most} MiB");
    service.stop();

    println!("accepted while they are handed over to the broker inside the process (QoS 1):");
    let folder = Folder::new();
    let service = Running::start(&folder, "demo");
    let start = Instant::now();
    let mut accepted = 0;
    for connections in CONNECTIONS {
        accepted += measure(&service, connections).await;
    }
    until_all_ended(&service).await;
    let rate = accepted as f64 / start.elapsed().as_secs_f64();
    println!("    {accepted} delivered, {rate:.0} a second, until none was left");
    let (now, most) = service.memory();
    println!("    memory after that: {now} MiB, at most {most} MiB");
    service.stop();
}

/// Posts over so many connections, and prints how that went; answers how many were accepted.
pub(crate) async fn measure(service: &Running, connections: u64) -> usize {
    ask_once(service).await;
    let warm = post(service, connections, WARM).await;
    let (own, its) = (own_work(), service.work());
    let times = post(service, connections, ROUND).await;
    let (own, its) = (own_work() - own, service.work() - its);
    println!(
        "    {connections:>2} connections: {:>5.0} a second, p50 {:>7.2?}, p99 {:>7.2?}; \
         processors: service {:.2}, this program {:.2}",
        times.count() as f64 / ROUND.as_secs_f64(),
        times.at(50),
        times.at(99),
        its as f64 / 1_000.0 / ROUND.as_secs_f64(),
        own as f64 / 1_000.0 / ROUND.as_secs_f64(),
    );
    warm.count() + times.count()
}

async fn post(service: &Running, connections: u64, time: Duration) -> Times {
    let token = token();
    let end = Instant::now() + time;
    let mut callers = Vec::new();
    for caller in 0..connections {
        let mut connection = Connection::open(service.api, &token).await;
        callers.push(tokio::spawn(async move {
            let mut times = Vec::new();
            let numbers = (caller..).step_by(usize::try_from(connections).unwrap());
            for number in numbers {
                let start = Instant::now();
                if start > end {
                    break;
                }
                let (status, body) = connection.post("/downlinks", body(number)).await;
                assert_eq!(status, StatusCode::CREATED, "{body:?}");
                times.push(start.elapsed());
            }
            times
        }));
    }
    let mut times = Vec::new();
    for caller in callers {
        times.extend(caller.await.unwrap());
    }
    Times::of(times)
}

fn body(number: u64) -> String {
    format!(
        r#"{{"instruction": [{{"bn": "{}", "n": "Switch.Set/id", "v": 0}}, {{"n": "Switch.Set/on", "vb": true}}], "method": {{"protocol": "MQTT"}}}}"#,
        device(number % DEVICES)
    )
}

/// Asks once, which has the keys of the issuer read.
async fn ask_once(service: &Running) {
    let mut connection = Connection::open(service.api, &token()).await;
    let (status, answer) = connection.get("/downlinks?limit=1").await;
    assert_eq!(status, StatusCode::OK, "{answer:?}");
}

/// Waits until everything was handed over and has ended.
async fn until_all_ended(service: &Running) {
    let mut connection = Connection::open(service.api, &token()).await;
    for status in ["PENDING", "EXECUTING", "SENT_TO_CARRIER"] {
        let path = format!("/downlinks?status={status}&limit=1");
        for look in 0.. {
            let (found, page) = connection.get(&path).await;
            assert_eq!(found, StatusCode::OK, "{page:?}");
            let page: Value = serde_json::from_slice(&page).unwrap();
            if page["items"].as_array().unwrap().is_empty() {
                break;
            }
            assert!(look < LOOKS, "there are {status} downlinks still");
            tokio::time::sleep(LOOK).await;
        }
    }
}
