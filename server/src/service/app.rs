//! What every request needs, from the settings and from what the service is made of.

use std::sync::Arc;

use downlink::Engine;
use downlink::encoder::SharedRegistry;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::caller::{Callers, Rates};
use crate::carrier::Carriers;
use crate::clock::Clock;
use crate::http::app::App;
use crate::http::cursor::Cursors;
use crate::http::openapi;
use crate::id::{Ids, PartId};
use crate::key::Key;
use crate::life;
use crate::operation::{Bounds, Encodings, Keys, Operations};
use crate::seal::Sealer;
use crate::settings::{Settings, Timing};
use crate::store::Store;
use crate::wake::Wake;

use super::build::StartError;

/// What operations need, beside their settings.
#[derive(Debug)]
pub struct Means {
    /// Where downlinks are kept.
    pub store: Arc<dyn Store>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// New identifiers.
    pub ids: Arc<dyn Ids>,
    /// Ways to devices.
    pub carriers: Carriers,
    /// The encoders of the moment.
    pub encoders: SharedRegistry,
    /// Hides messages that hold a secret.
    pub sealer: Sealer,
    /// Parts whose answer to a device's call was not written whole.
    pub broken: mpsc::Sender<PartId>,
}

/// What callers meet.
#[derive(Debug)]
pub struct Front {
    /// Whose tokens are taken.
    pub callers: Callers,
    /// Where callers reach the service, without a slash at the end.
    pub public_url: String,
    /// The demo's token.
    pub demo_token: Option<String>,
}

/// Puts together what may be asked for.
#[must_use]
pub fn operations(settings: &Settings, means: Means) -> Arc<Operations> {
    Arc::new(Operations {
        engine: Engine::over(means.encoders),
        carriers: Arc::new(means.carriers),
        clock: means.clock,
        ids: means.ids,
        sealer: Arc::new(means.sealer),
        wake: Wake::default(),
        encodings: Encodings::new(settings.limits.encodings),
        keys: Keys::default(),
        broken: means.broken,
        bounds: bounds(settings),
        timing: timing(&settings.timing),
        store: means.store,
    })
}

/// Puts together what every request needs.
///
/// # Errors
///
/// A key of cursors that cannot be had.
pub async fn app(
    settings: &Settings,
    operations: Arc<Operations>,
    front: Front,
) -> Result<App, StartError> {
    let openapi = openapi::document(&front.public_url)
        .map_err(|fault| StartError::Other(fault.to_string()))?;
    let cursors = cursors(settings, &operations).await?;
    Ok(App {
        callers: front.callers,
        rates: Rates::new(&settings.limits, Arc::clone(&operations.clock)),
        operations,
        cursors,
        trusted_proxies: settings.listen.trusted_proxies.clone(),
        public_url: front.public_url,
        openapi: openapi.to_string(),
        limits: settings.limits,
        body_deadline: settings.timing.body_deadline,
        draining: CancellationToken::new(),
        demo_token: front.demo_token,
    })
}

fn bounds(settings: &Settings) -> Bounds {
    Bounds {
        line: settings.limits.line.get(),
        max_wait: settings.timing.max_wait,
        ..Bounds::default()
    }
}

fn timing(timing: &Timing) -> life::Timing {
    life::Timing {
        call: timing.call_deadline,
        first_pause: timing.retry_pause,
        longest_pause: timing.longest_retry_pause,
        report_wait: timing.report_wait,
        ..life::Timing::default()
    }
}

/// Cursors are signed with a key of the settings, else with one that the store keeps.
async fn cursors(settings: &Settings, operations: &Operations) -> Result<Cursors, StartError> {
    let Some(path) = &settings.store.cursor_key_file else {
        let made = Key::random(&*operations.ids).bytes().to_vec();
        let kept = operations.store.keep("cursor-key", made).await?;
        let bytes = kept.try_into();
        let bytes = bytes
            .map_err(|_| StartError::Other("the kept cursor key has another length".into()))?;
        return Ok(Cursors::new(Key::new(bytes)));
    };
    let cursors = Cursors::new(Key::read(path)?);
    Ok(match &settings.store.former_cursor_key_file {
        Some(former) => cursors.after(Key::read(former)?, operations.clock.now()),
        None => cursors,
    })
}
