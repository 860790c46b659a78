//! Posting and reading, at each of the five resources.

use std::time::Duration;

use downlink::message::Message as Sent;
use downlink_server::life::Report;
use downlink_server::settings::Settings;
use downlink_server::store::Message;
use serde_json::{Value, json};

use crate::requests::{
    direct, direct_http, direct_lamp, direct_raw, firmware, key, lamp, raw, raw_on, tracker, valve,
    with,
};
use crate::scripted::Does;
use crate::world::{DEVICES, Plan, RAW, World};

/// Instructions for each protocol, with the resource of their parts.
fn instructions() -> [(&'static str, Value); 4] {
    [
        ("/lora/downlinks", valve()),
        ("/mqtt/downlinks", lamp("on")),
        ("/sms/downlinks", tracker()),
        ("/http/downlinks", firmware("token")),
    ]
}

#[tokio::test]
async fn an_instruction_is_answered_with_its_place_and_its_parts() {
    let world = World::new().await;
    let acme = world.acme();
    for (resource, document) in instructions() {
        let reply = acme.post("/downlinks", document).await.created();
        let made = reply.json();
        let id = made["id"].as_str().unwrap();
        assert_eq!(reply.location(), format!("/downlinks/{id}"));
        assert_eq!(made["status"], "PENDING");
        assert_eq!(made["createdAt"], world_time(&world));
        assert_eq!(made["modifiedAt"], world_time(&world));
        assert_eq!(made["logs"][0]["event"], "DOWNLINK_ACCEPTED");
        let read = acme.get(&reply.location()).await.ok();
        assert_eq!(read.json(), made);
        let parts = reply.links("item");
        assert_eq!(read.links("item"), parts);
        assert_eq!(parts.len(), 1 + usize::from(resource == "/lora/downlinks"));
        for part in parts {
            assert!(part.starts_with(&format!("{resource}/")), "{part}");
            let part = acme.get(&part).await.ok();
            assert_eq!(part.links("up"), [reply.location()]);
            assert_eq!(part.json()["status"], "PENDING");
        }
    }
}

fn world_time(world: &World) -> String {
    use downlink_server::clock::Clock;
    world.clock.now().to_string()
}

#[tokio::test]
async fn a_message_is_answered_as_it_was_posted() {
    let world = World::new().await;
    let acme = world.acme();
    for (resource, document) in direct() {
        let reply = acme.post(resource, document.clone()).await.created();
        let made = reply.json();
        assert_eq!(
            reply.location(),
            format!("{resource}/{}", made["id"].as_str().unwrap())
        );
        assert!(reply.links("up").is_empty());
        for (name, value) in document.as_object().unwrap() {
            assert_eq!(&made[name], value, "{resource}");
        }
        assert_eq!(made["status"], "PENDING");
        assert!(made.get("lastFailureReason").is_none());
        assert_eq!(acme.see(&reply.location()).await, made);
        let instructions = acme.see("/downlinks").await;
        assert_eq!(instructions["items"], json!([]));
    }
}

/// The device gets other variables while its message waits.
#[tokio::test]
async fn complaint_20_what_was_accepted_is_sent_as_it_was() {
    let world = World::new().await;
    let acme = world.acme();
    let accepted = acme.post("/downlinks", lamp("on")).await.created();
    let before = acme.see(&accepted.links("item")[0]).await;
    let changed = DEVICES.replace("topic = \"lamp\"", "topic = \"moved\"");
    world.import(&changed, false).await;
    world.turn_until_quiet().await;
    let Sent::Mqtt(publish) = world.mqtt.last().message else {
        panic!("another message")
    };
    assert_eq!(publish.topic.as_str(), "cmnd/lamp/Power1");
    let after = acme.see(&accepted.links("item")[0]).await;
    assert_eq!(after["message"], before["message"]);
    let next = acme.post("/downlinks", lamp("on")).await.created();
    let next = acme.see(&next.links("item")[0]).await;
    assert_eq!(next["message"]["topic"], "cmnd/moved/Power1");
}

#[tokio::test]
async fn a_dry_run_is_delivered_at_once_in_no_line_and_needs_no_carrier() {
    let plan = Plan {
        has_carriers: false,
        ..Plan::default()
    };
    let world = World::planned(plan).await;
    let acme = world.acme();
    let dry = json!({ "dryRun": true, "externalReference": "x" });
    for (_, document) in instructions() {
        let document = with(document, dry.clone());
        let reply = acme.post("/downlinks", document).await.created();
        let made = reply.json();
        assert_eq!(made["status"], "DELIVERED");
        assert_eq!(made["dryRun"], true);
        for part in reply.links("item") {
            let part = acme.see(&part).await;
            assert_eq!(part["status"], "DONE");
            assert!(part.get("lastFailureReason").is_none());
        }
        acme.delete(&reply.location())
            .await
            .problem(409, "downlink/ended");
    }
    for (resource, document) in direct() {
        let document = with(document, json!({ "dryRun": true }));
        let made = acme.post(resource, document).await.created().json();
        assert_eq!(made["status"], "DONE");
        assert_eq!(made["dryRun"], true);
    }
    assert_eq!(world.turn().await, 0);
}

#[tokio::test]
async fn without_a_carrier_the_refusal_names_the_setting() {
    let plan = Plan {
        has_carriers: false,
        ..Plan::default()
    };
    let world = World::planned(plan).await;
    let acme = world.acme();
    for (resource, document) in instructions() {
        let reply = acme.post("/downlinks", document).await;
        if resource == "/http/downlinks" {
            reply.created();
            continue;
        }
        let problem = reply.problem(422, "carrier/not-configured");
        let setting = problem["setting"].as_str().unwrap();
        assert!(resource != "/mqtt/downlinks" || setting == "mqtt.url");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(setting), "{problem}");
    }
    assert_eq!(acme.see("/lora/downlinks").await["items"], json!([]));
}

#[tokio::test]
async fn complaint_22_a_line_that_is_full_says_so_and_drops_nothing() {
    let mut settings = Settings::default();
    settings.limits.line = 3.try_into().unwrap();
    let plan = Plan {
        settings,
        ..Plan::default()
    };
    let world = World::planned(plan).await;
    let acme = world.acme();
    let part = acme.post("/lora/downlinks", direct_raw(RAW, "01")).await;
    let part = part.created().location();
    world.clock.advance(Duration::from_secs(90));
    acme.post("/downlinks", raw(RAW, "02")).await.created();
    acme.post("/downlinks", raw(RAW, "03")).await.created();
    let full = acme.post("/downlinks", raw(RAW, "04")).await;
    let problem = full.problem(409, "queue/full");
    assert_eq!(problem["limit"], 3);
    assert_eq!(problem["oldestSeconds"], 90);
    // Other lines have room, and a dry run needs none.
    acme.post("/downlinks", lamp("on")).await.created();
    let dry = with(raw(RAW, "04"), json!({ "dryRun": true }));
    acme.post("/downlinks", dry).await.created();
    acme.delete(&part).await.accepted();
    acme.post("/downlinks", raw(RAW, "04")).await.created();
    // An instruction goes in with all of its parts or with none.
    acme.post("/downlinks", valve()).await.created();
    acme.post("/downlinks", valve())
        .await
        .problem(409, "queue/full");
}

#[tokio::test]
async fn a_secret_is_masked_in_answers_and_erased_at_the_end() {
    const KEY: &str = "0123456789abcdef";
    for (resource, document, secrets) in [
        ("/lora/downlinks", key(KEY), vec![KEY]),
        ("/sms/downlinks", tracker(), vec!["operator", "s3cr3t"]),
        ("/http/downlinks", firmware("t0ps3cr3t"), vec!["t0ps3cr3t"]),
    ] {
        let world = World::new().await;
        let acme = world.acme();
        let reply = acme.post("/downlinks", document).await.created();
        let part = reply.links("item").remove(0);
        world.turn_until_quiet().await;
        let paths = [
            reply.location(),
            part.clone(),
            format!("{part}/events"),
            "/downlinks".to_owned(),
            resource.to_owned(),
        ];
        let mut texts = vec![String::from_utf8(reply.body.to_vec()).unwrap()];
        for path in paths {
            texts.push(acme.see(&path).await.to_string());
        }
        for secret in &secrets {
            for text in &texts {
                let text = text.to_lowercase();
                assert!(!text.contains(secret), "{secret}: {text}");
            }
        }
        let seen = acme.see(&part).await;
        assert_eq!(seen["masked"], true);
        let id = seen["id"].as_str().unwrap().parse().unwrap();
        let content = async || world.operations().store.content(id).await;
        if resource == "/http/downlinks" {
            assert!(matches!(
                content().await.unwrap().unwrap().message,
                Message::Sealed(_)
            ));
            acme.delete(&reply.location()).await.accepted();
        } else {
            let sent = match resource {
                "/lora/downlinks" => format!("{:?}", world.lora.last().message),
                _ => format!("{:?}", world.sms.last().message),
            };
            assert!(!sent.contains("***"), "{sent}");
        }
        assert_eq!(acme.status(&part).await, "DONE");
        assert_eq!(content().await.unwrap().unwrap().message, Message::Erased);
        assert_eq!(acme.see(&part).await["message"], seen["message"]);
    }
}

#[tokio::test]
async fn a_direct_message_is_not_masked() {
    let world = World::new().await;
    let acme = world.acme();
    for (resource, document) in direct() {
        let made = acme.post(resource, document).await.created();
        assert!(made.json().get("masked").is_none());
    }
}

#[tokio::test]
async fn nobody_commands_a_neighbours_device_by_its_topic() {
    let world = World::new().await;
    let acme = world.acme();
    for topic in [
        "cmnd/neighbour/Power1",
        "cmnd/lamp",
        "cmnd/lamp/Power1/x",
        "x",
    ] {
        let direct = acme.post("/mqtt/downlinks", direct_lamp(topic)).await;
        let problem = direct.problem(422, "topic/not-allowed");
        let allowed = problem["allowed"].to_string();
        assert!(allowed.contains("cmnd/lamp/"), "{allowed}");
        assert!(!allowed.contains("neighbour"), "{allowed}");
        // Where the encoder makes the topic, the engine takes no other.
        let mut instruction = lamp("on");
        instruction["method"]["topic"] = topic.into();
        let encoded = acme.post("/downlinks", instruction).await;
        encoded.problem(422, "encode/topic-conflict");
        let encoded = acme.post("/downlinks", raw_on(topic)).await;
        let problem = encoded.problem(422, "topic/not-allowed");
        assert_eq!(problem["allowed"], json!(["own/#"]));
    }
    let encoded = acme.post("/downlinks", raw_on("own/a/b")).await;
    encoded.created();
    let own = acme.post("/mqtt/downlinks", direct_lamp("cmnd/lamp/Dimmer"));
    own.await.created();
}

#[tokio::test]
async fn header_fields_of_the_connection_are_refused() {
    let world = World::new().await;
    let acme = world.acme();
    for name in [
        "Connection",
        "content-length",
        "Host",
        "Transfer-Encoding",
        "TE",
        "Upgrade",
        "Trailer",
    ] {
        let document = direct_http("x", json!({ "X-A": "b", name: "1" }));
        let reply = acme.post("/http/downlinks", document).await;
        let problem = reply.problem(422, "header/not-allowed");
        let detail = problem["detail"].as_str().unwrap().to_lowercase();
        assert!(detail.contains(&name.to_lowercase()), "{detail}");
    }
    let document = direct_http("x", json!({ "Content-Type": "text/csv", "X-Own": "1" }));
    acme.post("/http/downlinks", document).await.created();
}

#[tokio::test]
async fn a_preview_shows_the_bytes_and_stores_nothing() {
    let world = World::new().await;
    let acme = world.acme();
    let preview = acme.post("/downlinks/preview", raw(RAW, "0801FFFF")).await;
    let text = preview.ok().json().to_string();
    assert!(text.to_uppercase().contains("0801FFFF"), "{text}");
    let wrong = acme.post("/downlinks/preview", raw(RAW, "not hex")).await;
    assert_eq!(wrong.status, 422);
    assert!(!wrong.findings().is_empty());
    for path in ["/downlinks", "/lora/downlinks"] {
        assert_eq!(acme.see(path).await["items"], json!([]));
    }
}

#[tokio::test]
async fn complaint_09_a_payload_that_the_network_does_not_carry_is_refused_when_it_is_posted() {
    let world = World::new().await;
    let acme = world.acme();
    // EU868 at data rate 3 carries 115 bytes.
    for (bytes, fits) in [(115, true), (116, false)] {
        let payload = "00".repeat(bytes);
        for (path, document) in [
            ("/downlinks", raw(RAW, &payload)),
            ("/lora/downlinks", direct_raw(RAW, &payload)),
        ] {
            let reply = acme.post(path, document).await;
            if fits {
                reply.created();
                continue;
            }
            assert_eq!(reply.status, 422, "{reply:?}");
            assert_eq!(reply.findings().len(), 1);
            assert!(reply.json()["detail"].as_str().unwrap().contains("115"));
        }
    }
}

#[tokio::test]
async fn complaint_10_what_was_accepted_can_be_followed_by_its_id_and_by_its_place() {
    let world = World::new().await;
    let acme = world.acme();
    let reply = acme.post("/downlinks", raw(RAW, "01")).await.created();
    let id = reply.json()["id"].as_str().unwrap().to_owned();
    let mut seen = vec![acme.status(&reply.location()).await];
    world.lora.will([Does::Take]);
    world.turn_until_quiet().await;
    seen.push(acme.status(&format!("/downlinks/{id}")).await);
    world.report(&world.lora.last(), Report::Delivered).await;
    seen.push(acme.status(&format!("/downlinks/{id}")).await);
    assert_eq!(seen, ["PENDING", "SENT_TO_CARRIER", "DELIVERED"]);
    let part = &reply.links("item")[0];
    assert_eq!(
        part.rsplit('/').next().unwrap(),
        world.lora.last().part.to_string()
    );
}
