//! Nobody knows whether a carrier took a message: a worker died, or an answer was lost.

use std::time::Duration;

use downlink_server::life::Report;
use serde_json::json;

use crate::requests::{direct_lamp, direct_raw, lamp, raw, toggle, with};
use crate::scripted::{Does, payloads};
use crate::world::{RAW, VALVE, World};

const LEASE: Duration = Duration::from_secs(30);

/// Nobody knows whether the carrier took it: what may be sent twice is, and it is no try.
#[tokio::test]
async fn complaint_01_a_worker_that_died_holding_a_line_does_not_block_it() {
    let world = World::new().await;
    let acme = world.acme();
    world.lora.will([Does::Hang]);
    let first = acme.post("/lora/downlinks", direct_raw(RAW, "01")).await;
    let first = first.created().location();
    let second = acme.post("/lora/downlinks", direct_raw(RAW, "02")).await;
    world.crash_while(&world.lora).await;
    assert_eq!(world.turn().await, 0, "the line is held");
    world.pass(LEASE - Duration::from_micros(1)).await;
    assert_eq!(acme.status(&first).await, "EXECUTING");
    world.pass(Duration::from_micros(1)).await;
    assert_eq!(payloads(&world.lora), ["01", "01", "02"]);
    let done = acme.see(&first).await;
    assert_eq!(
        (&done["status"], &done["retryCount"]),
        (&json!("DONE"), &json!(0))
    );
    assert!(done.get("lastFailureReason").is_none());
    let history = acme.history(&first).await;
    assert!(history.contains(&"UNKNOWN".to_owned()), "{history:?}");
    assert!(history.contains(&"RESENT".to_owned()), "{history:?}");
    assert_eq!(acme.status(&second.created().location()).await, "DONE");
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_as_one_that_was_lost() {
    let world = World::new().await;
    let acme = world.acme();
    world.lora.will([Does::Hang]);
    let part = acme.post("/lora/downlinks", direct_raw(RAW, "01")).await;
    world.turn_past_the_deadline(&world.lora).await;
    assert_eq!(payloads(&world.lora), ["01", "01"]);
    assert_eq!(acme.status(&part.created().location()).await, "DONE");
}

#[tokio::test]
async fn what_may_not_be_sent_twice_fails_where_nobody_knows() {
    // MQTT with AT_MOST_ONCE says so itself; a toggle sent twice is none.
    for (document, has_mqtt) in [
        (lamp("on"), true),
        (lamp("toggle"), true),
        (toggle(), false),
    ] {
        let world = World::new().await;
        let acme = world.acme();
        let carrier = if has_mqtt { &world.mqtt } else { &world.lora };
        carrier.will([Does::Hang]);
        let reply = acme.post("/downlinks", document).await.created();
        world.crash_while(carrier).await;
        world.pass(LEASE).await;
        assert_eq!(carrier.parcels().len(), 1);
        assert_eq!(acme.status(&reply.location()).await, "FAILED");
        let part = acme.see(&reply.links("item")[0]).await;
        assert_eq!(part["lastFailureReason"], "FEEDBACK_TIMEOUT");
    }
}

/// A message that the broker acknowledges is being handed over when the worker dies; its part.
async fn crashed_while_publishing(world: &World) -> String {
    world.mqtt.will([Does::Hang]);
    let document = direct_lamp("cmnd/lamp/Power1");
    let part = world.acme().post("/mqtt/downlinks", document).await;
    world.crash_while(&world.mqtt).await;
    part.created().location()
}

#[tokio::test]
async fn what_the_broker_acknowledges_is_sent_again_where_nobody_knows() {
    let world = World::new().await;
    let part = crashed_while_publishing(&world).await;
    world.pass(LEASE).await;
    assert_eq!(world.mqtt.parcels().len(), 2);
    assert_eq!(world.acme().status(&part).await, "DONE");
}

/// The broker acknowledges before the handing over is written down, and the process is killed: what
/// was heard is on disk, so nothing is sent again.
#[tokio::test]
async fn complaint_16_a_report_that_came_too_early_outlives_the_process() {
    let world = World::new().await;
    let part = crashed_while_publishing(&world).await;
    let parcel = world.mqtt.last();
    world.report(&parcel, Report::Delivered).await;
    assert_eq!(world.acme().status(&part).await, "EXECUTING");

    let world = world.restarted().await;
    world.pass(LEASE).await;
    assert_eq!(world.mqtt.parcels().len(), 0);
    let part = world.acme().see(&part).await;
    assert_eq!(part["status"], "DONE");
    assert_eq!(part.get("lastFailureReason"), None);
}

#[tokio::test]
async fn complaint_15_what_was_accepted_outlives_the_process() {
    let world = World::new().await;
    let acme = world.acme();
    world.lora.will([Does::Deliver, Does::Take, Does::Hang]);
    let key = json!({ "externalReference": "kept" });
    let delivered = acme
        .post("/downlinks", with(raw(RAW, "01"), key.clone()))
        .await;
    let carried = acme.post("/lora/downlinks", direct_raw(RAW, "02")).await;
    let waiting = acme.post("/lora/downlinks", direct_raw(RAW, "03")).await;
    let [delivered, carried, waiting] =
        [delivered, carried, waiting].map(|it| it.created().location());
    world.turn_until_quiet().await;
    let carried_parcel = world.lora.last();
    let handed = acme.post("/lora/downlinks", direct_raw(VALVE, "04")).await;
    let handed = handed.created().location();
    world.crash_while(&world.lora).await;
    let before = acme.see(&delivered).await;

    let world = world.restarted().await;
    let acme = world.acme();
    assert_eq!(acme.see(&delivered).await, before);
    assert_eq!(acme.status(&carried).await, "EXECUTING");
    assert_eq!(acme.status(&waiting).await, "PENDING");
    world.pass(LEASE).await;
    assert_eq!(payloads(&world.lora), ["04"]);
    assert_eq!(acme.status(&handed).await, "DONE");
    world.report(&carried_parcel, Report::Delivered).await;
    assert_eq!(acme.status(&carried).await, "DONE");
    assert_eq!(acme.status(&waiting).await, "DONE");
    assert_eq!(payloads(&world.lora), ["04", "03"]);
    acme.post("/downlinks", with(raw(RAW, "05"), key))
        .await
        .problem(409, "reference/taken");
}
