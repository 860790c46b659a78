//! The process is killed under load, again and again, and loses nothing.
//!
//! Each device has a caller of its own, which posts numbered messages one after the other, each
//! under a key of its own, and posts one again whose answer did not come. So the order of acceptance
//! is known, and a message that was accepted twice would be seen.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::broker::{Mosquitto, soon, subscriber};
use crate::client::{Answer, Client};
use crate::downlinkd::Folder;
use crate::issuer::{CLIENT, token};

/// Devices, each with a caller.
const DEVICES: usize = 6;

/// Messages of a device that were accepted and have not come yet, at most.
const AHEAD: usize = 40;

/// The longest life of a process under load, in milliseconds.
const LONGEST_LIFE: u64 = 1_000;

/// Where the pauses before the kills come from.
const SEED: u64 = 0x5EED;

fn topic(device: usize) -> String {
    format!("kill/{device}")
}

fn name(device: usize) -> String {
    format!("urn:dev:DVNUUID:00000000-0000-4000-8000-{device:012}:")
}

fn devices() -> String {
    let device = |device| {
        format!(
            "[devices.\"{}\"]\nencoder = \"shelly/gen2-switch\"\nclient = \"{CLIENT}\"\n\
             variables = {{ prefix = \"shelly{device}\" }}\ntopics = [\"{}\"]\n",
            name(device),
            topic(device)
        )
    };
    (0..DEVICES).map(device).collect()
}

/// How often a message came, by device, in the order of the first time.
#[derive(Default)]
struct Received {
    first: BTreeMap<usize, Vec<usize>>,
    times: BTreeMap<(usize, usize), usize>,
}

impl Received {
    fn take(&mut self, topic: &str, payload: &[u8]) {
        let device = topic.strip_prefix("kill/").unwrap().parse().unwrap();
        let number = std::str::from_utf8(payload).unwrap().parse().unwrap();
        let times = self.times.entry((device, number)).or_default();
        *times += 1;
        if *times == 1 {
            self.first.entry(device).or_default().push(number);
        }
    }

    fn count(&self, device: usize) -> usize {
        self.first.get(&device).map_or(0, Vec::len)
    }

    fn doubles(&self, device: usize) -> usize {
        let of_device = self.times.iter().filter(|((of, _), _)| *of == device);
        of_device.map(|(_, times)| times - 1).sum()
    }
}

/// What callers and the subscriber share.
#[derive(Clone)]
struct World {
    /// Where the service is; none while it is down.
    service: watch::Receiver<Option<SocketAddr>>,
    received: Arc<Mutex<Received>>,
    /// Changes with each message that comes.
    news: watch::Receiver<u64>,
    enough: CancellationToken,
}

impl World {
    /// Posts until there was enough; answers how many messages were accepted, and how many posts it
    /// took.
    async fn post_all(self, device: usize) -> (usize, usize) {
        let mut posts = 0;
        for number in 0.. {
            if self.enough.is_cancelled() {
                return (number, posts);
            }
            soon(self.until_few_are_ahead(device, number)).await;
            posts += soon(self.post(device, number)).await;
        }
        unreachable!("numbers do not end")
    }

    async fn until_few_are_ahead(&self, device: usize, number: usize) {
        let mut news = self.news.clone();
        let is_near = |_: &u64| self.received.lock().unwrap().count(device) + AHEAD >= number;
        news.wait_for(is_near).await.unwrap();
    }

    /// Posts one message until it is accepted; answers how often.
    async fn post(&self, device: usize, number: usize) -> usize {
        let body = json!({
            "deviceId": name(device),
            "feedbackTimeout": "PT1H",
            "message": {
                "type": "text",
                "topic": topic(device),
                "payload": number.to_string(),
                "qos": "AT_LEAST_ONCE",
            },
        });
        let body = body.to_string();
        let key = format!("{device}-{number}");
        let headers = [
            ("content-type", "application/json"),
            ("idempotency-key", &*key),
        ];
        for posts in 1.. {
            let mut service = self.service.clone();
            let address = *service.wait_for(Option::is_some).await.unwrap();
            let client = Client {
                address: address.unwrap(),
                token: token(),
            };
            let answer = client.send("POST", "/mqtt/downlinks", &headers, body.as_bytes());
            match answer.await {
                Ok(answer) if is_accepted(&answer) => return posts,
                // It was killed: the next life of it is waited for, unless that has begun.
                Ok(_) | Err(_) => tokio::task::yield_now().await,
            }
        }
        unreachable!("numbers do not end")
    }
}

/// A twin whose first request is under way, or a service that is just going, is to come again.
fn is_accepted(answer: &Answer) -> bool {
    let status = answer.status.as_u16();
    let is_to_come_again = status == 503 || answer.text().contains("idempotency/busy");
    assert!(
        status == 201 || is_to_come_again,
        "{status} {}",
        answer.text()
    );
    status == 201
}

async fn collect(
    mut messages: mpsc::Receiver<(String, Vec<u8>)>,
    received: Arc<Mutex<Received>>,
    news: watch::Sender<u64>,
) {
    while let Some((topic, payload)) = messages.recv().await {
        received.lock().unwrap().take(&topic, &payload);
        news.send_modify(|count| *count += 1);
    }
}

/// Numbers that look like chance and are the same in each run (Knuth's MMIX generator).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn kills() -> usize {
    let kills = std::env::var("DOWNLINK_KILLS");
    kills.map_or(20, |kills| kills.parse().expect("a number of kills"))
}

/// All parts that the service has, by all of its pages.
async fn all_parts(client: &Client) -> Vec<Value> {
    let mut all = Vec::new();
    let mut path = "/mqtt/downlinks?limit=500&sort=createdAt".to_owned();
    loop {
        let page = client.get(&path).await.expect(200).json();
        all.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next"].as_str() else {
            return all;
        };
        let (_, next) = next.split_once("/mqtt").unwrap();
        path = format!("/mqtt{next}");
    }
}

/// Waits until nothing is open any more.
async fn until_all_ended(client: &Client) {
    loop {
        let mut open = 0;
        for status in ["PENDING", "EXECUTING"] {
            let path = format!("/mqtt/downlinks?limit=1&status={status}");
            let page = client.get(&path).await.expect(200).json();
            open += page["items"].as_array().unwrap().len();
        }
        if open == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn numbers_of(parts: &[Value], device: usize) -> Vec<usize> {
    let topic = topic(device);
    let messages = parts.iter().map(|part| &part["message"]);
    let of_device = messages.filter(|message| message["topic"] == *topic);
    of_device
        .map(|message| message["payload"].as_str().unwrap().parse().unwrap())
        .collect()
}

const TIMING: &str = "[timing]\nlease = \"PT1S\"\ncall_deadline = \"PT0.3S\"\npoll = \"PT0.05S\"\n\
    retry_pause = \"PT0.05S\"\nlongest_retry_pause = \"PT0.2S\"\n\
    carrier_pause = \"PT0.02S\"\nlongest_carrier_pause = \"PT0.1S\"\n";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stderr, reason = "what was counted is said")]
async fn nothing_is_lost_when_the_process_is_killed_under_load() {
    let Some(broker) = Mosquitto::start("max_queued_messages 0\n").await else {
        return;
    };
    let mqtt = format!("url = \"mqtt://127.0.0.1:{}\"\n", broker.port);
    let folder = Folder::new(&mqtt, &devices());
    folder.configure(TIMING);
    let (up, service) = watch::channel(None);
    let (news, heard) = watch::channel(0);
    let world = World {
        service,
        received: Arc::default(),
        news: heard,
        enough: CancellationToken::new(),
    };
    let messages = subscriber(broker.port).await;
    tokio::spawn(collect(messages, Arc::clone(&world.received), news));
    let mut callers = JoinSet::new();
    for device in 0..DEVICES {
        let posting = world.clone().post_all(device);
        callers.spawn(async move { (device, posting.await) });
    }

    let (kills, mut numbers) = (kills(), Numbers(SEED));
    eprintln!("{kills} kills, seed {SEED:#x}");
    let began = Instant::now();
    for _ in 0..kills {
        let process = folder.start().await;
        up.send_replace(Some(process.api));
        let life = Duration::from_millis(numbers.below(LONGEST_LIFE));
        tokio::time::sleep(life).await;
        up.send_replace(None);
        process.kill();
    }
    let process = folder.start().await;
    up.send_replace(Some(process.api));
    world.enough.cancel();
    let mut accepted = BTreeMap::new();
    let mut posts = 0;
    while let Some(caller) = soon(callers.join_next()).await {
        let (device, (count, posted)) = caller.unwrap();
        accepted.insert(device, count);
        posts += posted;
    }
    let client = process.client(&token());
    soon(until_all_ended(&client)).await;

    let parts = all_parts(&client).await;
    let mut doubles = 0;
    for (device, count) in &accepted {
        let all: Vec<usize> = (0..*count).collect();
        assert_eq!(numbers_of(&parts, *device), all, "accepted once, in order");
        let mut news = world.news.clone();
        let has_all = |_: &u64| world.received.lock().unwrap().count(*device) == *count;
        soon(news.wait_for(has_all)).await.unwrap();
        let received = world.received.lock().unwrap();
        assert_eq!(received.first[device], all, "nothing lost, in order");
        let of_device = received.doubles(*device);
        assert!(of_device <= kills, "one double for a kill and a line");
        doubles += of_device;
    }
    for part in &parts {
        assert_eq!(part["status"], "DONE", "{part}");
        assert!(part.get("lastFailureReason").is_none(), "{part}");
    }
    let count: usize = accepted.values().sum();
    assert!(count > kills, "there was a load");
    eprintln!(
        "{count} accepted by {posts} posts in {:.1?}: 0 lost, {doubles} doubles",
        began.elapsed()
    );
}
