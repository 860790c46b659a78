//! Lines: what goes out when, and what comes of it.

use std::time::Duration;

use downlink_server::life::{Reason, Report};
use downlink_server::worker::Worker;
use futures::future::join_all;
use serde_json::json;

use crate::requests::{direct_raw, lamp, raw, valve, with};
use crate::scripted::{Does, payload, payloads};
use crate::world::{OWN_TOPICS, POLLING, RAW, SENSOR, VALVE, World};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_hours(1);
const WEEK: Duration = Duration::from_hours(7 * 24);

#[tokio::test]
async fn parts_go_out_in_the_order_of_acceptance_one_at_a_time() {
    let world = World::new().await;
    let acme = world.acme();
    world.lora.will(std::iter::repeat_n(Does::Take, 4));
    let posts = [
        ("/lora/downlinks", direct_raw(RAW, "01")),
        ("/downlinks", raw(RAW, "02")),
        ("/lora/downlinks", direct_raw(RAW, "03")),
        ("/downlinks", raw(RAW, "04")),
    ];
    for (path, document) in posts {
        acme.post(path, document).await.created();
    }
    for count in 1..=4 {
        world.turn_until_quiet().await;
        assert_eq!(payloads(&world.lora), ["01", "02", "03", "04"][..count]);
        world.report(&world.lora.last(), Report::Delivered).await;
    }
    assert_eq!(world.lora.parcels().len(), 4);
}

/// Four workers, as four processes have them, and lines of their own pace.
#[tokio::test]
async fn complaint_17_several_workers_keep_the_order_of_each_line() {
    const PARTS: u8 = 12;
    let world = World::new().await;
    let acme = world.acme();
    let devices = [RAW, VALVE, SENSOR];
    for number in 0..PARTS {
        for device in devices {
            let document = direct_raw(device, &format!("{number:02x}"));
            acme.post("/lora/downlinks", document).await.created();
        }
    }
    let workers = [(); 4].map(|()| world.another_worker());
    for _ in 0..PARTS {
        join_all(workers.iter().map(Worker::turn)).await;
        world.turn_until_quiet().await;
    }
    let expected: Vec<String> = (0..PARTS).map(|number| format!("{number:02X}")).collect();
    for device in devices {
        let parcels = world.lora.parcels().into_iter();
        let own = parcels.filter(|it| it.device.to_string() == device);
        let payloads: Vec<String> = own.map(|it| payload(&it)).collect();
        assert_eq!(payloads, expected, "{device}");
    }
}

#[tokio::test]
async fn the_parts_of_an_instruction_go_out_one_after_the_other() {
    let world = World::new().await;
    let acme = world.acme();
    world.lora.will([Does::Take]);
    let reply = acme.post("/downlinks", valve()).await.created();
    world.turn_until_quiet().await;
    assert_eq!(world.lora.parcels().len(), 1);
    assert_eq!(acme.status(&reply.location()).await, "EXECUTING");
    world.report(&world.lora.last(), Report::Delivered).await;
    assert_eq!(acme.status(&reply.location()).await, "DELIVERED");
    let sent = world.lora.parcels().into_iter().map(|it| it.part);
    let sent: Vec<_> = sent.map(|id| format!("/lora/downlinks/{id}")).collect();
    assert_eq!(sent, reply.links("item"));
    assert_eq!(
        acme.logs(&reply.location()).await,
        [
            "DOWNLINK_ACCEPTED",
            "DOWNLINK_STARTED",
            "DOWNLINK_PART_SENT",
            "DOWNLINK_PART_DELIVERED",
            "DOWNLINK_PART_SENT",
            "DOWNLINK_PART_DELIVERED",
            "DOWNLINK_DELIVERED",
        ]
    );
}

#[tokio::test]
async fn lines_do_not_wait_for_each_other() {
    let world = World::new().await;
    let acme = world.acme();
    world.lora.will([Does::Take, Does::Take]);
    // One line for each device.
    for device in [RAW, VALVE] {
        let document = direct_raw(device, "01");
        acme.post("/lora/downlinks", document).await.created();
    }
    // And for each protocol: a text message may wake a device whose message waits to be fetched.
    let waits = json!({
        "deviceId": POLLING,
        "feedbackTimeout": "PT1H",
        "message": { "type": "text", "body": "x" },
    });
    let wakes = json!({
        "deviceId": POLLING,
        "feedbackTimeout": "PT1H",
        "message": { "text": "wake up" },
    });
    let waits = acme.post("/http/downlinks", waits).await.created();
    let wakes = acme.post("/sms/downlinks", wakes).await.created();
    world.turn_until_quiet().await;
    assert_eq!(world.lora.parcels().len(), 2);
    assert_eq!(acme.status(&waits.location()).await, "EXECUTING");
    assert_eq!(acme.status(&wakes.location()).await, "DONE");
}

#[tokio::test]
async fn a_device_that_takes_several_messages_gets_them_in_order_and_not_more() {
    let world = World::new().await;
    let acme = world.acme();
    world.mqtt.will(std::iter::repeat_n(Does::Take, 3));
    let mut parts = Vec::new();
    for _ in 0..3 {
        let document = json!({
            "deviceId": OWN_TOPICS,
            "feedbackTimeout": "PT1H",
            "message": { "type": "text", "payload": "x", "topic": "own/a", "qos": "AT_LEAST_ONCE" },
        });
        let reply = acme.post("/mqtt/downlinks", document).await.created();
        parts.push(reply.location());
    }
    world.turn_until_quiet().await;
    assert_eq!(world.mqtt.parcels().len(), 2);
    world.report(&world.mqtt.last(), Report::Delivered).await;
    let sent = world.mqtt.parcels().into_iter().map(|it| it.part);
    let sent: Vec<_> = sent.map(|id| format!("/mqtt/downlinks/{id}")).collect();
    assert_eq!(sent, parts);
}

#[tokio::test]
async fn a_line_that_hangs_does_not_hold_up_another() {
    let world = World::new().await;
    let acme = world.acme();
    world.lora.will([Does::Hang]);
    let hangs = acme.post("/lora/downlinks", direct_raw(RAW, "01")).await;
    world.crash_while(&world.lora).await;
    let other = acme.post("/lora/downlinks", direct_raw(VALVE, "02")).await;
    world.turn_until_quiet().await;
    assert_eq!(acme.status(&other.created().location()).await, "DONE");
    assert_eq!(acme.status(&hangs.created().location()).await, "EXECUTING");
}

#[tokio::test]
async fn after_a_part_that_failed_the_rest_is_cancelled_and_never_sent() {
    for (does, last) in [
        (Does::RefuseForGood, "DOWNLINK_REJECTED"),
        (Does::Refuse, "DOWNLINK_FAILED"),
    ] {
        let world = World::new().await;
        let acme = world.acme();
        world.lora.will([does]);
        let reply = acme.post("/downlinks", valve()).await.created();
        world.turn_until_quiet().await;
        assert_eq!(world.lora.parcels().len(), 1);
        assert_eq!(acme.status(&reply.location()).await, "FAILED");
        let reasons = ["FAILED_TO_ENQUEUE_FOR_TRANSMISSION", "CANCELLED"];
        for (part, reason) in reply.links("item").iter().zip(reasons) {
            let part = acme.see(part).await;
            assert_eq!(part["status"], "DONE");
            assert_eq!(part["lastFailureReason"], reason);
        }
        let logs = acme.logs(&reply.location()).await;
        assert_eq!(logs.last().unwrap(), last, "{logs:?}");
        assert!(
            logs.contains(&"DOWNLINK_PART_FAILED".to_owned()),
            "{logs:?}"
        );
    }
}

#[tokio::test]
async fn complaint_02_a_part_that_fails_for_good_frees_its_line() {
    let world = World::new().await;
    let acme = world.acme();
    world.lora.will(std::iter::repeat_n(Does::Refuse, 3));
    let document = with(direct_raw(RAW, "01"), json!({ "retryLimit": 2 }));
    let first = acme.post("/lora/downlinks", document).await.created();
    let second = acme.post("/lora/downlinks", direct_raw(RAW, "02")).await;
    let second = second.created().location();
    for _ in 0..10 {
        world.pass(20 * SECOND).await;
    }
    assert_eq!(payloads(&world.lora), ["01", "01", "01", "02"]);
    let first = acme.see(&first.location()).await;
    assert_eq!(first["retryCount"], 2);
    assert_eq!(
        first["lastFailureReason"],
        "FAILED_TO_ENQUEUE_FOR_TRANSMISSION"
    );
    assert_eq!(acme.status(&second).await, "DONE");
}

#[tokio::test]
async fn a_part_pauses_before_another_try_and_keeps_its_place() {
    let world = World::new().await;
    let acme = world.acme();
    world.lora.will([Does::Refuse, Does::Refuse]);
    let document = with(raw(RAW, "01"), json!({ "retryLimit": 5 }));
    let reply = acme.post("/downlinks", document).await.created();
    acme.post("/lora/downlinks", direct_raw(RAW, "02"))
        .await
        .created();
    let part = reply.links("item").remove(0);
    world.turn_until_quiet().await;
    assert_eq!(acme.status(&reply.location()).await, "RETRY");
    let pausing = acme.see(&part).await;
    assert_eq!(pausing["status"], "PENDING");
    assert_eq!(pausing["retryCount"], 0);
    let reason = &pausing["lastFailureReason"];
    assert_eq!(reason, "FAILED_TO_ENQUEUE_FOR_TRANSMISSION");
    // Between half of the pause and the whole: 10 s at first, then twice as long.
    for (pause, tries) in [(10, 2), (20, 3)] {
        world.pass(SECOND * (pause / 2) - SECOND).await;
        assert_eq!(world.lora.parcels().len(), tries - 1);
        world.pass(SECOND * (pause / 2) + SECOND).await;
        assert!(world.lora.parcels().len() >= tries);
    }
    assert_eq!(payloads(&world.lora), ["01", "01", "01", "02"]);
    let done = acme.see(&part).await;
    assert_eq!(done["status"], "DONE");
    assert_eq!(done["retryCount"], 2);
    assert!(done.get("lastFailureReason").is_none());
    assert_eq!(acme.status(&reply.location()).await, "DELIVERED");
}

#[tokio::test]
async fn complaint_08_a_part_that_times_out_frees_its_line() {
    let world = World::new().await;
    let acme = world.acme();
    world.lora.will([Does::Take]);
    let reply = acme.post("/downlinks", raw(RAW, "01")).await.created();
    acme.post("/lora/downlinks", direct_raw(RAW, "02"))
        .await
        .created();
    world.turn_until_quiet().await;
    world.pass(HOUR - SECOND).await;
    assert_eq!(payloads(&world.lora), ["01"]);
    world.pass(SECOND).await;
    assert_eq!(payloads(&world.lora), ["01", "02"]);
    let part = acme.see(&reply.links("item")[0]).await;
    assert_eq!(part["lastFailureReason"], "FEEDBACK_TIMEOUT");
    assert_eq!(acme.status(&reply.location()).await, "FAILED");
}

#[tokio::test]
async fn complaint_07_a_negative_report_is_a_try_and_the_rest_stays() {
    let world = World::new().await;
    let acme = world.acme();
    world.lora.will([Does::Take]);
    let document = with(direct_raw(RAW, "01"), json!({ "retryLimit": 1 }));
    let part = acme.post("/lora/downlinks", document).await.created();
    let rest = acme.post("/lora/downlinks", direct_raw(RAW, "02")).await;
    world.turn_until_quiet().await;
    let failed = Report::Failed {
        reason: Reason::NotAcknowledged,
        detail: String::new(),
    };
    world.report(&world.lora.last(), failed).await;
    let pausing = acme.see(&part.location()).await;
    assert_eq!(pausing["lastFailureReason"], "NOT_ACKNOWLEDGED_BY_DEVICE");
    assert_eq!(pausing["status"], "PENDING");
    world.pass(10 * SECOND).await;
    let done = acme.see(&part.location()).await;
    assert_eq!(
        (&done["status"], &done["retryCount"]),
        (&json!("DONE"), &json!(1))
    );
    assert!(done.get("lastFailureReason").is_none());
    assert_eq!(acme.status(&rest.created().location()).await, "DONE");
    assert_eq!(payloads(&world.lora), ["01", "01", "02"]);
}

#[tokio::test]
async fn an_end_is_final_whatever_the_carrier_says_later() {
    let world = World::new().await;
    let acme = world.acme();
    world.lora.will([Does::Take]);
    let reply = acme.post("/downlinks", raw(RAW, "01")).await.created();
    let part = reply.links("item").remove(0);
    world.turn_until_quiet().await;
    let parcel = world.lora.last();
    world.pass(HOUR).await;
    let paths = [reply.location(), part.clone()];
    let before = [acme.see(&paths[0]).await, acme.see(&paths[1]).await];
    let entries = acme.history(&part).await.len();
    world.clock.advance(SECOND);
    world.report(&parcel, Report::Delivered).await;
    assert_eq!(acme.see(&paths[0]).await, before[0]);
    assert_eq!(acme.see(&paths[1]).await, before[1]);
    assert_eq!(acme.history(&part).await.len(), entries + 1);
}

#[tokio::test]
async fn complaint_14_what_a_carrier_took_is_not_delivered_until_it_says_so() {
    let world = World::new().await;
    let acme = world.acme();
    world.lora.will([Does::Take]);
    let reply = acme.post("/downlinks", raw(RAW, "01")).await.created();
    world.turn_until_quiet().await;
    for _ in 0..5 {
        world.pass(Duration::from_mins(10)).await;
        assert_eq!(acme.status(&reply.location()).await, "SENT_TO_CARRIER");
    }
    world.report(&world.lora.last(), Report::Delivered).await;
    assert_eq!(acme.status(&reply.location()).await, "DELIVERED");
}

#[tokio::test]
async fn a_carrier_that_is_away_is_no_try_and_rests_with_growing_pauses() {
    let world = World::new().await;
    let acme = world.acme();
    world.lora.will(std::iter::repeat_n(Does::BeAway, 5));
    let part = acme.post("/lora/downlinks", direct_raw(RAW, "01")).await;
    let part = part.created().location();
    world.turn_until_quiet().await;
    // Seconds from one try to the next.
    for (count, rest) in [1, 2, 4, 8].into_iter().enumerate() {
        assert_eq!(world.lora.parcels().len(), count + 1);
        world.pass(rest * SECOND - Duration::from_micros(1)).await;
        assert_eq!(world.lora.parcels().len(), count + 1, "before {rest} s");
        let waiting = acme.see(&part).await;
        assert_eq!(waiting["status"], "PENDING");
        assert_eq!(waiting["retryCount"], 0);
        assert!(waiting.get("lastFailureReason").is_none());
        world.pass(Duration::from_micros(1)).await;
    }
    world.pass(16 * SECOND).await;
    let done = acme.see(&part).await;
    assert_eq!(
        (&done["status"], &done["retryCount"]),
        (&json!("DONE"), &json!(0))
    );
    // It is back: the next part goes at once.
    let next = acme.post("/lora/downlinks", direct_raw(RAW, "02")).await;
    world.turn_until_quiet().await;
    assert_eq!(acme.status(&next.created().location()).await, "DONE");
}

#[tokio::test]
async fn a_carrier_that_is_away_rests_for_all_its_lines_and_one_probes() {
    let world = World::new().await;
    let acme = world.acme();
    world.lora.will([Does::BeAway]);
    acme.post("/lora/downlinks", direct_raw(RAW, "01"))
        .await
        .created();
    world.turn_until_quiet().await;
    let other = acme.post("/lora/downlinks", direct_raw(VALVE, "02")).await;
    let other = other.created().location();
    let elsewhere = acme.post("/downlinks", lamp("on")).await.created();
    world.turn_until_quiet().await;
    assert_eq!(world.lora.parcels().len(), 1, "it rests");
    assert_eq!(acme.status(&other).await, "PENDING");
    assert_eq!(acme.status(&elsewhere.location()).await, "DELIVERED");
    world.lora.will([Does::BeAway]);
    world.pass(SECOND).await;
    assert_eq!(world.lora.parcels().len(), 2, "one probes");
    world.pass(2 * SECOND).await;
    world.pass(8 * SECOND).await;
    assert_eq!(acme.status(&other).await, "DONE");
    assert_eq!(world.lora.parcels().len(), 4);
}

#[tokio::test]
async fn a_carrier_that_stays_away_ends_a_part_after_its_timeout() {
    let world = World::new().await;
    let acme = world.acme();
    world.lora.will(std::iter::repeat_n(Does::BeAway, 100));
    let part = acme.post("/lora/downlinks", direct_raw(RAW, "01")).await;
    let part = part.created().location();
    world.turn_until_quiet().await;
    for _ in 0..59 {
        world.pass(Duration::from_mins(1)).await;
    }
    assert_eq!(acme.status(&part).await, "PENDING");
    world.pass(Duration::from_mins(1)).await;
    world.pass(Duration::from_mins(1)).await;
    let ended = acme.see(&part).await;
    assert_eq!(ended["status"], "DONE");
    let reason = &ended["lastFailureReason"];
    assert_eq!(reason, "FAILED_TO_ENQUEUE_FOR_TRANSMISSION");
}

#[tokio::test]
async fn complaint_23_a_part_that_is_too_old_is_not_sent() {
    let world = World::new().await;
    let acme = world.acme();
    world.lora.will([Does::Take]);
    let long = with(direct_raw(RAW, "01"), json!({ "feedbackTimeout": "P31D" }));
    acme.post("/lora/downlinks", long).await.created();
    let behind = acme.post("/downlinks", raw(RAW, "02")).await.created();
    world.turn_until_quiet().await;
    world.pass(WEEK - SECOND).await;
    assert_eq!(acme.status(&behind.location()).await, "PENDING");
    world.pass(SECOND).await;
    assert_eq!(acme.status(&behind.location()).await, "FAILED");
    let part = acme.see(&behind.links("item")[0]).await;
    assert_eq!(part["lastFailureReason"], "FEEDBACK_TIMEOUT");
    let logs = acme.logs(&behind.location()).await;
    assert_eq!(
        logs,
        [
            "DOWNLINK_ACCEPTED",
            "DOWNLINK_PART_FAILED",
            "DOWNLINK_FAILED"
        ]
    );
    assert_eq!(payloads(&world.lora), ["01"]);
}
