//! Lists: filters, sorts, cursors and bounds.

use std::time::Duration;

use serde_json::{Value, json};

use crate::caller::Caller;
use crate::requests::{direct_raw, lamp, raw, tracker, with};
use crate::scripted::Does;
use crate::world::{LAMP, PUBLIC_URL, RAW, VALVE, World};

const SECOND: Duration = Duration::from_secs(1);

/// Pages after which a walk is taken not to end.
const MOST_PAGES: usize = 50;

fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|it| it["id"].as_str().unwrap().to_owned())
        .collect()
}

async fn list(caller: &Caller<'_>, path: &str) -> Vec<String> {
    ids(&caller.see(path).await)
}

/// Walks a list by its links, one way.
async fn walk(caller: &Caller<'_>, start: &str, direction: &str) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut next = Some(start.to_owned());
    while let Some(path) = next {
        let page = caller.see(&path).await;
        pages.push(ids(&page));
        assert!(pages.len() < MOST_PAGES, "{start} does not end");
        next = page[direction].as_str().map(str::to_owned);
        if let Some(link) = &next {
            assert!(link.starts_with(PUBLIC_URL), "{link}");
        }
    }
    pages
}

/// The link from the last page, in the other direction.
async fn last_page(caller: &Caller<'_>, start: &str) -> Value {
    let mut page = caller.see(start).await;
    for _ in 0..MOST_PAGES {
        let Some(next) = page["next"].as_str().map(str::to_owned) else {
            return page;
        };
        page = caller.see(&next).await;
    }
    panic!("{start} does not end")
}

/// Seven parts of two devices, a second apart, of which some have ended; oldest first.
async fn seven(world: &World) -> Vec<String> {
    let acme = world.acme();
    world
        .lora
        .will([Does::Deliver, Does::Take, Does::RefuseForGood]);
    let mut made = Vec::new();
    for number in 0..7_u8 {
        let device = if number % 3 == 2 { VALVE } else { RAW };
        let document = direct_raw(device, &format!("0{number}"));
        let reply = acme.post("/lora/downlinks", document).await.created();
        made.push(reply.json()["id"].as_str().unwrap().to_owned());
        world.pass(SECOND).await;
    }
    made
}

#[tokio::test]
async fn the_newest_comes_first_unless_a_sort_says_otherwise() {
    let world = World::new().await;
    let mut made = seven(&world).await;
    let acme = world.acme();
    assert_eq!(list(&acme, "/lora/downlinks?sort=createdAt").await, made);
    made.reverse();
    assert_eq!(list(&acme, "/lora/downlinks").await, made);
    assert_eq!(list(&acme, "/lora/downlinks?sort=-createdAt").await, made);
}

#[tokio::test]
async fn every_sort_is_in_its_order() {
    let world = World::new().await;
    seven(&world).await;
    let acme = world.acme();
    for sort in [
        "createdAt",
        "modifiedAt",
        "status",
        "id",
        "deviceId",
        "status,deviceId,createdAt",
    ] {
        let page = acme.see(&format!("/lora/downlinks?sort={sort}")).await;
        let fields: Vec<&str> = sort.split(',').collect();
        let items = page["items"].as_array().unwrap();
        assert_eq!(items.len(), 7);
        let key = |item: &Value| -> Vec<String> {
            let values = fields.iter().map(|field| item[*field].to_string());
            values.collect()
        };
        let keys: Vec<_> = items.iter().map(key).collect();
        assert!(keys.is_sorted(), "{sort}: {keys:?}");
    }
    let references = ["b", "a", "c"];
    for reference in references {
        let document = with(raw(RAW, "01"), json!({ "externalReference": reference }));
        acme.post("/downlinks", document).await.created();
    }
    acme.post("/downlinks", lamp("on")).await.created();
    let page = acme.see("/downlinks?sort=externalReference").await;
    let found = page["items"].as_array().unwrap().iter();
    let found: Vec<_> = found.map(|it| it["externalReference"].as_str()).collect();
    assert_eq!(found, [None, Some("a"), Some("b"), Some("c")]);
    let page = acme.see("/downlinks?sort=-networkId&limit=1").await;
    assert_eq!(page["items"][0]["networkId"], LAMP);
}

#[tokio::test]
async fn pages_forwards_and_backwards_are_the_whole_list() {
    let world = World::new().await;
    seven(&world).await;
    let acme = world.acme();
    for sort in [
        "createdAt",
        "-createdAt",
        "status",
        "-modifiedAt,id",
        "deviceId,-status",
    ] {
        let whole = list(&acme, &format!("/lora/downlinks?sort={sort}")).await;
        assert_eq!(whole.len(), 7);
        for limit in [1, 2, 3, 7] {
            let start = format!("/lora/downlinks?sort={sort}&limit={limit}");
            let pages = walk(&acme, &start, "next").await;
            assert!(pages.iter().all(|page| page.len() <= limit), "{pages:?}");
            assert_eq!(pages.concat(), whole, "{start}");
            let last = last_page(&acme, &start).await;
            let mut backwards = vec![ids(&last)];
            if let Some(prev) = last["prev"].as_str() {
                backwards.extend(walk(&acme, prev, "prev").await);
            }
            backwards.reverse();
            assert_eq!(backwards.concat(), whole, "{start} backwards");
        }
        let page = acme.see(&format!("/lora/downlinks?sort={sort}")).await;
        assert!(page.get("next").is_none() && page.get("prev").is_none());
    }
}

#[tokio::test]
async fn what_is_new_does_not_disturb_a_walk() {
    let world = World::new().await;
    let made = seven(&world).await;
    let acme = world.acme();
    let first = acme.see("/lora/downlinks?limit=3").await;
    let new = acme.post("/lora/downlinks", direct_raw(RAW, "0A")).await;
    new.created();
    let rest = walk(&acme, first["next"].as_str().unwrap(), "next").await;
    let seen = [ids(&first), rest.concat()].concat();
    let newest_first: Vec<_> = made.into_iter().rev().collect();
    assert_eq!(seen, newest_first);
}

#[tokio::test]
async fn a_cursor_is_for_its_client_its_list_and_its_question() {
    let world = World::new().await;
    seven(&world).await;
    let acme = world.acme();
    let page = acme.see("/lora/downlinks?limit=2&status=DONE").await;
    let next = page["next"].as_str().unwrap().to_owned();
    let (_, cursor) = next.split_once("cursor=").unwrap();
    let refused = async |caller: &Caller<'_>, path: String| {
        caller.get(&path).await.problem(400, "cursor/invalid");
    };
    refused(&world.caller("other"), next.clone()).await;
    for path in ["/downlinks", "/sms/downlinks"] {
        refused(&acme, format!("{path}?cursor={cursor}")).await;
    }
    for other in ["status=PENDING", "sort=id", &format!("deviceId={RAW}")] {
        refused(&acme, format!("/lora/downlinks?cursor={cursor}&{other}")).await;
    }
    for broken in ["", "x", "AAAA", &cursor[1..], &cursor[..cursor.len() - 2]] {
        refused(&acme, format!("/lora/downlinks?cursor={broken}")).await;
    }
    // What it holds may be said again, and another limit is taken.
    let again = format!("/lora/downlinks?cursor={cursor}&status=DONE&limit=1");
    let page = acme.see(&again).await;
    assert_eq!(ids(&page).len(), 1);
}

#[tokio::test]
async fn a_limit_is_1_to_500_and_50_where_none_is_given() {
    let world = World::new().await;
    let acme = world.acme();
    for limit in ["0", "501", "-1", "abc", "", "1.5", "99999999999999999999"] {
        let reply = acme.get(&format!("/downlinks?limit={limit}")).await;
        reply.problem(400, "query/value");
    }
    for limit in [1, 500] {
        acme.get(&format!("/downlinks?limit={limit}")).await.ok();
    }
    for number in 0..51 {
        let document = direct_raw(RAW, &format!("{number:02}"));
        let document = with(document, json!({ "dryRun": true }));
        acme.post("/lora/downlinks", document).await.created();
    }
    let page = acme.see("/lora/downlinks").await;
    assert_eq!(ids(&page).len(), 50);
    assert!(page["next"].as_str().unwrap().contains("limit=50"));
}

#[tokio::test]
async fn a_sort_has_up_to_three_fields_that_the_document_has_each_once() {
    let world = World::new().await;
    let acme = world.acme();
    for sort in [
        "",
        "x",
        "createdAt,createdAt",
        "createdAt,-createdAt",
        "createdAt,modifiedAt,status,id",
        "deviceId",
        "+createdAt",
        "--id",
        "CreatedAt",
    ] {
        let reply = acme.get(&format!("/downlinks?sort={sort}")).await;
        reply.problem(400, "query/value");
    }
    for sort in ["networkId", "externalReference"] {
        let reply = acme.get(&format!("/lora/downlinks?sort={sort}")).await;
        reply.problem(400, "query/value");
    }
    acme.get("/downlinks?sort=-status,networkId,-externalReference")
        .await
        .ok();
}

#[tokio::test]
async fn times_include_the_first_and_exclude_the_last() {
    let world = World::new().await;
    let made = seven(&world).await;
    let acme = world.acme();
    let third = acme.see(&format!("/lora/downlinks/{}", made[2])).await;
    let at = third["createdAt"].as_str().unwrap();
    let since = list(
        &acme,
        &format!("/lora/downlinks?sort=createdAt&createdSince={at}"),
    )
    .await;
    assert_eq!(since, made[2..]);
    let before = list(
        &acme,
        &format!("/lora/downlinks?sort=createdAt&createdBefore={at}"),
    )
    .await;
    assert_eq!(before, made[..2]);
    let both = format!("/lora/downlinks?modifiedSince={at}&modifiedBefore={at}");
    assert!(list(&acme, &both).await.is_empty());
    // The same moment with an offset, whose plus sign was not escaped.
    let (date, _) = at.split_once('T').unwrap();
    let offset = format!("{date}T19:00:02.000000+01:00");
    let since_offset = format!("/lora/downlinks?sort=createdAt&createdSince={offset}");
    assert_eq!(list(&acme, &since_offset).await, made[2..]);
    for text in [
        date,
        "yesterday",
        "",
        "2025-11-29T18:00:00",
        "2025-02-30T00:00:00Z",
    ] {
        let reply = acme.get(&format!("/downlinks?createdSince={text}")).await;
        reply.problem(400, "query/date");
    }
}

#[tokio::test]
async fn a_device_is_found_by_every_name_that_it_has() {
    let world = World::new().await;
    let made = seven(&world).await;
    let acme = world.acme();
    let mut of_raw: Vec<_> = made.into_iter().enumerate().collect();
    of_raw.retain(|(number, _)| number % 3 != 2);
    let of_raw: Vec<_> = of_raw.into_iter().map(|(_, id)| id).collect();
    for name in [
        RAW,
        "urn:dev:DEVEUI:0059ac0000000007:",
        "pump-7",
        "urn:dev:IMEI:350000000000022:",
    ] {
        let path = format!("/lora/downlinks?sort=createdAt&deviceId={name}");
        assert_eq!(list(&acme, &path).await, of_raw, "{name}");
    }
    assert!(
        list(&acme, "/lora/downlinks?deviceId=nobody")
            .await
            .is_empty()
    );
    let others = format!("/lora/downlinks?deviceId={RAW}");
    assert!(list(&world.caller("other"), &others).await.is_empty());
}

#[tokio::test]
async fn a_status_filters_exactly() {
    let world = World::new().await;
    seven(&world).await;
    let acme = world.acme();
    let mut count = 0;
    for status in ["PENDING", "EXECUTING", "DONE"] {
        let page = acme.see(&format!("/lora/downlinks?status={status}")).await;
        let items = page["items"].as_array().unwrap();
        assert!(items.iter().all(|it| it["status"] == status));
        assert!(!items.is_empty(), "{status}");
        count += items.len();
    }
    assert_eq!(count, 7);
    let reply = acme.get("/lora/downlinks?status=done").await;
    reply.problem(400, "query/value");
}

#[tokio::test]
async fn q_finds_a_tag_exactly_or_a_part_of_the_message_or_the_device() {
    let world = World::new().await;
    let acme = world.acme();
    let raw = acme.post("/downlinks", raw(RAW, "ABCD")).await.created();
    let lamp = acme.post("/downlinks", lamp("on")).await.created();
    let tracker = acme.post("/downlinks", tracker()).await.created();
    let id = |reply: &crate::caller::Reply| reply.json()["id"].as_str().unwrap().to_owned();
    for (q, found) in [
        ("north", vec![id(&raw)]),
        ("nort", vec![]),
        ("ABCD", vec![id(&raw)]),
        ("abcd", vec![]),
        ("Power1", vec![id(&lamp)]),
        ("DEVEUI:0059AC", vec![id(&raw)]),
        ("getinfo", vec![id(&tracker)]),
        ("%25", vec![]),
        ("Power_", vec![]),
        ("s3cr3t", vec![]),
    ] {
        assert_eq!(
            list(&acme, &format!("/downlinks?q={q}")).await,
            found,
            "{q}"
        );
    }
    let long = "a".repeat(256);
    for q in ["", "%00", long.as_str()] {
        let reply = acme.get(&format!("/downlinks?q={q}")).await;
        reply.problem(400, "query/value");
    }
    let reply = acme.get("/lora/downlinks?q=x").await;
    reply.problem(400, "query/unknown");
}

#[tokio::test]
async fn the_events_of_a_part_and_the_devices_are_pages_too() {
    let world = World::new().await;
    let made = seven(&world).await;
    let acme = world.acme();
    let events = acme
        .see(&format!("/lora/downlinks/{}/events", made[0]))
        .await;
    assert_eq!(events["items"][0]["event"], "PART_ACCEPTED");
    let devices = acme.see("/devices").await;
    assert_eq!(devices["items"].as_array().unwrap().len(), 9);
    let first = acme.see("/devices?limit=4").await;
    let next = first["next"].as_str().unwrap();
    let rest = acme.see(next.strip_prefix(PUBLIC_URL).unwrap()).await;
    let names = [ids(&first), ids(&rest)].concat();
    assert_eq!(names.len(), 8);
    assert!(names.is_sorted(), "{names:?}");
    let text = devices.to_string();
    assert!(
        !text.contains("s3cr3t") && !text.contains("operator"),
        "{text}"
    );
}
