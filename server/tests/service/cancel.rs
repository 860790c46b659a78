//! Cancelling, at each stage that a part can be in.

use downlink_server::life::{Abilities, Report, TakeBack};
use serde_json::{Value, json};

use crate::requests::{direct_raw, lamp, raw, valve, with};
use crate::scripted::Does;
use crate::world::{LAMP, Plan, RAW, World};

/// What each stage of a direct part answers to DELETE: a stage is reached by what its carrier does
/// on the first turn; none for a part that had no turn.
#[tokio::test]
async fn cancelling_depends_on_how_far_a_part_is() {
    for (does, forced, expected) in [
        (None, false, Ok("CANCELLED")),
        (None, true, Ok("CANCELLED")),
        (Some(Does::Take), false, Err("downlink/in-flight")),
        (Some(Does::Take), true, Ok("CANCELLED")),
        (Some(Does::BeAway), false, Ok("CANCELLED")),
        (Some(Does::Deliver), false, Err("downlink/ended")),
        (Some(Does::Deliver), true, Err("downlink/ended")),
        (Some(Does::RefuseForGood), false, Err("downlink/ended")),
        (Some(Does::RefuseForGood), true, Err("downlink/ended")),
    ] {
        let world = World::new().await;
        let acme = world.acme();
        let document = direct_raw(RAW, "01");
        let part = acme.post("/lora/downlinks", document).await.created();
        let part = part.location();
        let case = format!("{does:?}, forced: {forced}");
        if let Some(does) = does {
            world.lora.will([does]);
            world.turn_until_quiet().await;
        }
        let reply = acme.delete(&format!("{part}?forced={forced}")).await;
        match expected {
            Ok(reason) => {
                reply.accepted();
                let cancelled = acme.see(&part).await;
                assert_eq!(cancelled["status"], "DONE", "{case}");
                assert_eq!(cancelled["lastFailureReason"], reason, "{case}");
                acme.delete(&part).await.accepted();
            }
            Err(code) => {
                reply.problem(409, code);
            }
        }
    }
}

#[tokio::test]
async fn complaint_06_what_is_tried_again_or_is_out_can_be_stopped() {
    let world = World::new().await;
    let acme = world.acme();
    let document = with(direct_raw(RAW, "01"), json!({ "retryLimit": 3 }));
    let post = async || {
        let document = document.clone();
        let reply = acme.post("/lora/downlinks", document).await;
        reply.created().location()
    };

    let pausing = post().await;
    world.lora.will([Does::Refuse]);
    world.turn_until_quiet().await;
    assert_eq!(acme.status(&pausing).await, "PENDING");
    acme.delete(&pausing).await.accepted();

    let handing = post().await;
    world.lora.will([Does::Hang]);
    world.crash_while(&world.lora).await;
    assert_eq!(acme.status(&handing).await, "EXECUTING");
    acme.delete(&handing)
        .await
        .problem(409, "downlink/in-flight");
    acme.delete(&format!("{handing}?forced=true"))
        .await
        .accepted();
    let ended = acme.see(&handing).await;
    assert_eq!(ended["lastFailureReason"], "CANCELLED");
}

#[tokio::test]
async fn what_a_carrier_gives_back_is_cancelled_and_what_it_keeps_goes_on() {
    for (outcome, status, reason) in [
        (TakeBack::TakenBack, "DONE", json!("CANCELLED")),
        (TakeBack::Kept, "EXECUTING", Value::Null),
    ] {
        let plan = Plan {
            lora: Abilities {
                takes_back: true,
                ..Abilities::default()
            },
            ..Plan::default()
        };
        let world = World::planned(plan).await;
        let acme = world.acme();
        world.lora.will([Does::Take]);
        world.lora.will_take_back(outcome);
        let part = acme.post("/lora/downlinks", direct_raw(RAW, "01")).await;
        let part = part.created().location();
        world.turn_until_quiet().await;
        acme.delete(&part).await.accepted();
        world.turn_until_quiet().await;
        assert_eq!(world.lora.items().len(), 1);
        let seen = acme.see(&part).await;
        assert_eq!(seen["status"], status, "{outcome:?}");
        assert_eq!(seen["lastFailureReason"], reason, "{outcome:?}");
    }
}

#[tokio::test]
async fn an_instruction_is_cancelled_as_a_whole_and_never_by_its_parts() {
    let world = World::new().await;
    let acme = world.acme();
    let reply = acme.post("/downlinks", valve()).await.created();
    let [first, second] = &reply.links("item")[..] else {
        panic!("two parts")
    };
    for forced in [false, true] {
        let part = format!("{second}?forced={forced}");
        let problem = acme.delete(&part).await;
        let problem = problem.problem(409, "downlink/has-parent");
        assert_eq!(problem["existing"], reply.location());
    }
    world.lora.will([Does::Take]);
    world.turn_until_quiet().await;
    acme.delete(&reply.location()).await.accepted();
    let second = acme.see(second).await;
    assert_eq!(second["lastFailureReason"], "CANCELLED");
    assert_eq!(acme.status(first).await, "EXECUTING");
    assert_eq!(acme.status(&reply.location()).await, "EXECUTING");
    world.report(&world.lora.last(), Report::Delivered).await;
    assert_eq!(acme.status(&reply.location()).await, "CANCELLED");
    acme.delete(&reply.location()).await.accepted();
    assert!(acme.see(first).await.get("lastFailureReason").is_none());
    let logs = acme.logs(&reply.location()).await;
    assert!(logs.contains(&"CANCELLED".to_owned()), "{logs:?}");
}

#[tokio::test]
async fn an_instruction_that_ended_or_is_out_as_a_whole_is_not_cancelled() {
    let world = World::new().await;
    let acme = world.acme();
    world.lora.will([Does::Take]);
    let reply = acme.post("/downlinks", raw(RAW, "01")).await.created();
    world.turn_until_quiet().await;
    let path = reply.location();
    acme.delete(&path).await.problem(409, "downlink/in-flight");
    world.report(&world.lora.last(), Report::Delivered).await;
    for forced in [false, true] {
        let reply = acme.delete(&format!("{path}?forced={forced}")).await;
        reply.problem(409, "downlink/ended");
    }
    assert_eq!(acme.status(&path).await, "DELIVERED");
}

#[tokio::test]
async fn complaint_04_one_of_several_is_deleted_and_the_others_stay() {
    let world = World::new().await;
    let acme = world.acme();
    let mut parts = Vec::new();
    for payload in ["01", "02", "03"] {
        let reply = acme.post("/lora/downlinks", direct_raw(RAW, payload)).await;
        parts.push(reply.created().location());
    }
    acme.delete(&parts[1]).await.accepted();
    world.turn_until_quiet().await;
    let sent = world.lora.parcels().into_iter().map(|it| it.part);
    let sent: Vec<_> = sent.map(|part| format!("/lora/downlinks/{part}")).collect();
    assert_eq!(sent, [parts[0].clone(), parts[2].clone()]);
}

#[tokio::test]
async fn a_device_that_is_removed_ends_what_is_open_for_it() {
    let world = World::new().await;
    let acme = world.acme();
    world.lora.will([Does::Take]);
    let first = acme.post("/lora/downlinks", direct_raw(RAW, "01")).await;
    let second = acme.post("/downlinks", raw(RAW, "02")).await.created();
    let third = acme.post("/downlinks", lamp("on")).await.created();
    world.turn().await;
    let none = format!(
        "[devices.\"{LAMP}\"]\nclient = \"demo/other\"\nencoder = \"tasmota/tasmota\"\nvariables = {{ topic = \"lamp\" }}"
    );
    world.import(&none, true).await;
    world.turn_until_quiet().await;
    let first = acme.see(&first.created().location()).await;
    assert_eq!(first["lastFailureReason"], "EVICTED");
    assert_eq!(acme.status(&second.location()).await, "FAILED");
    // The downlink stays its client's, though the device is another's now.
    acme.get(&third.location()).await.ok();
    acme.post("/downlinks", lamp("on"))
        .await
        .problem(404, "device/unknown");
}
