//! What is asked of a store while its service does not run.

use std::sync::Arc;

use crate::carrier::Carriers;
use crate::clock::{Clock, SystemClock};
use crate::id::{Ids, SystemIds};
use crate::operation::Operations;
use crate::settings::Settings;
use crate::store::sqlite::SqliteStore;

use super::app::{Means, operations};
use super::build::{Mode, StartError, sealer};
use super::encoders::Folders;

/// The operations of a service that does not run: it has no carriers, so nothing is handed over.
///
/// The future is the store's writer: it is to be waited for, and ends once the operations are
/// dropped.
///
/// # Errors
///
/// As at a start; among them, that the service runs.
pub async fn offline(
    settings: &Settings,
    mode: Mode,
) -> Result<(Arc<Operations>, impl Future<Output = ()>), StartError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ids: Arc<dyn Ids> = Arc::new(SystemIds);
    let (store, writer) = SqliteStore::open(&settings.store.path, Arc::clone(&clock)).await?;
    // Nobody calls, so no answer can break.
    let (broken, _) = tokio::sync::mpsc::channel(1);
    let means = Means {
        store: Arc::new(store),
        clock,
        sealer: sealer(settings, mode, &ids)?,
        ids,
        carriers: Carriers::default(),
        encoders: Folders::load(&settings.encoders)?.shared(),
        broken,
    };
    Ok((operations(settings, means), writer))
}
