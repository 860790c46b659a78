//! What is answered while something that is needed is gone, and that nothing is lost by it.

use downlink::encoder::Registry;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::requests::{direct_raw, raw};
use crate::world::{RAW, World};

#[tokio::test]
async fn without_the_encoder_of_a_device_nothing_is_encoded_and_what_was_accepted_goes_on() {
    let world = World::new().await;
    let acme = world.acme();
    let accepted = acme.post("/downlinks", raw(RAW, "01")).await.created();
    world.encoders.put(Registry::builder().build());
    let refused = acme.post("/downlinks", raw(RAW, "02")).await;
    assert!(refused.field("retry-after").is_some());
    let problem = refused.problem(503, "device/not-ready");
    assert!(problem["detail"].as_str().unwrap().contains("generic/raw"));
    world.turn_until_quiet().await;
    assert_eq!(acme.status(&accepted.location()).await, "DELIVERED");
}

#[tokio::test]
async fn without_its_writer_the_store_takes_nothing_and_is_read() {
    let world = World::new().await;
    let acme = world.acme();
    let accepted = acme.post("/downlinks", raw(RAW, "01")).await.created();
    world.stop_the_writer();
    for (path, document) in [
        ("/downlinks", raw(RAW, "02")),
        ("/lora/downlinks", direct_raw(RAW, "03")),
    ] {
        let refused = acme.post(path, document).await;
        assert!(refused.field("retry-after").is_some());
        refused.problem(503, "store/unavailable");
    }
    let cancel = acme.delete(&accepted.location()).await;
    cancel.problem(503, "store/unavailable");
    let pending = acme.see("/downlinks").await;
    assert_eq!(pending["items"].as_array().unwrap().len(), 1);
}

/// Copies of the first downlink, as many as an index-less order may not have.
const COPIES: &str = "
    WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 50001)
    INSERT INTO life (id, client, device, protocol, number, version, state, provenance,
        created_at, open_parts, in_line, ended_at)
    SELECT randomblob(16), client, device, protocol, NULL, version, state, provenance,
        created_at + n, 0, 0, created_at
    FROM number, (SELECT * FROM life LIMIT 1);
    INSERT INTO instruction (life, id, client, device, has_reference, external_reference, status,
        created_at, modified_at, logged, message)
    SELECT l.key, l.id, l.client, l.device, 0, '', i.status, l.created_at, l.created_at, 0, i.message
    FROM life l, (SELECT * FROM instruction LIMIT 1) i WHERE l.number IS NULL";

#[tokio::test]
async fn a_list_that_no_index_gives_is_refused_once_it_is_long() {
    let world = World::new().await;
    let acme = world.acme();
    acme.post("/downlinks", raw(RAW, "01")).await.created();
    let unusual = "/downlinks?sort=networkId,-modifiedAt,status";
    acme.get(unusual).await.ok();
    let options = SqliteConnectOptions::new().filename(world.store_file());
    let mut database = options.connect().await.unwrap();
    sqlx::raw_sql(COPIES).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    let problem = acme.get(unusual).await.problem(400, "sort/too-wide");
    assert!(problem["detail"].as_str().unwrap().contains("50000"));
    acme.get("/downlinks?sort=-modifiedAt").await.ok();
    let narrow = format!("{unusual}&createdSince=2099-01-01T00:00:00Z");
    acme.get(&narrow).await.ok();
}
