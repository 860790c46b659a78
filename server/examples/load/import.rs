//! A device file: read, checked, sealed, and written whole.

use std::sync::Arc;
use std::time::Instant;

use downlink::encoder::Registry;
use downlink_server::device::read_file;
use downlink_server::id::SystemIds;
use downlink_server::key::Key;
use downlink_server::seal::Sealer;
use downlink_server::store::Store;

use crate::folder::{Folder, devices};

const DEVICES: u64 = 100_000;

pub(crate) async fn print() {
    let folder = Folder::new();
    let text = devices(DEVICES);
    let sealer = Sealer::new(
        &Key::read(&folder.path("store.key")).unwrap(),
        Arc::new(SystemIds),
    );
    let registry = Registry::builder().builtin().unwrap().build();
    let (store, written) = folder.opened().await;
    for time in ["first", "again"] {
        let start = Instant::now();
        let read = read_file(&text, None, &sealer, &registry).unwrap();
        let reading = start.elapsed();
        store.import(read.devices, true).await.unwrap();
        println!(
            "    {DEVICES} devices, {time}: read in {reading:.2?}, imported in {:.2?}",
            start.elapsed()
        );
    }
    drop(store);
    written.await.unwrap();
}
