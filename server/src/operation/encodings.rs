//! Encoding and previews, which may run a script: on threads of their own, and for each client only
//! so many at a time.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use downlink::contract::CreateDownlinkRequest;
use downlink::directory::Binding;
use downlink::engine::{Downlinks, Engine};
use downlink::error::All;
use downlink::preview::Preview;
use downlink::senml::{Profile, UnixTime};
use tokio::sync::Semaphore;

use crate::id::Client;

use super::Refusal;

/// The clients whose requests are being encoded. The counts hold for one process.
#[derive(Debug)]
pub struct Encodings {
    at_once: usize,
    clients: Mutex<HashMap<Client, Weak<Semaphore>>>,
}

impl Encodings {
    /// For each client this many at a time; others wait.
    #[must_use]
    pub fn new(at_once: NonZeroU32) -> Self {
        let at_once = usize::try_from(at_once.get()).unwrap_or(usize::MAX);
        Self {
            at_once: at_once.min(Semaphore::MAX_PERMITS),
            clients: Mutex::default(),
        }
    }

    /// Does work of a client on a thread where it holds up nobody. It goes on if nobody waits for
    /// it any more, and keeps its place until it is done.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        client: &Client,
        work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let place = self.places(client).acquire_owned().await;
        let place = place.map_err(|_| Refusal::fault("the places of encodings are closed"))?;
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        });
        done.await
            .map_err(|_| Refusal::fault("a thread that encodes stopped"))?
    }

    fn places(&self, client: &Client) -> Arc<Semaphore> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = clients.get(client).and_then(Weak::upgrade) {
            return places;
        }
        clients.retain(|_, places| places.strong_count() > 0);
        let places = Arc::new(Semaphore::new(self.at_once));
        clients.insert(client.clone(), Arc::downgrade(&places));
        places
    }
}

/// A request with all that its bytes depend on.
#[derive(Clone, Debug)]
pub(super) struct ToEncode {
    pub(super) engine: Engine,
    pub(super) body: Vec<u8>,
    pub(super) binding: Binding,
    pub(super) now: UnixTime,
}

impl ToEncode {
    /// The messages, or all that keeps them from being sent.
    pub(super) fn encode(&self) -> Result<Downlinks, Refusal> {
        let request = read(&self.engine, &self.body)?;
        let encoded = self.engine.encode(&request, &self.binding, self.now);
        encoded.map_err(|_| Refusal::of_preview(&self.show(&request)))
    }

    /// The messages byte by byte, or all that keeps them from being sent.
    pub(super) fn preview(&self) -> Result<Preview, Refusal> {
        let preview = self.show(&read(&self.engine, &self.body)?);
        match preview.problems() {
            [] => Ok(preview),
            _ => Err(Refusal::of_preview(&preview)),
        }
    }

    fn show(&self, request: &CreateDownlinkRequest<'_>) -> Preview {
        self.engine.preview(request, &self.binding, self.now)
    }
}

/// Reads a request, without looking at what its device is.
pub(super) fn read<'b>(
    engine: &Engine,
    body: &'b [u8],
) -> Result<CreateDownlinkRequest<'b>, Refusal> {
    let mut findings = All::default();
    let limits = engine.limits();
    match CreateDownlinkRequest::read_json(body, Profile::Interop, limits, &mut findings) {
        Ok(Some(request)) if findings.errors.is_empty() => Ok(request),
        Ok(_) => Err(Refusal::of(findings, None)),
        Err(error) => Err(Refusal::of(findings, Some(error))),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn a_client_that_waits_for_its_own_holds_up_no_other() {
        let encodings = Encodings::new(NonZeroU32::MIN);
        let [busy, other] = ["busy", "other"].map(Client::new);
        let (finish, finished) = mpsc::channel::<()>();
        let first = encodings.run(&busy, move || Ok(finished.recv().is_ok()));
        let mut first = std::pin::pin!(first);
        assert!(futures::poll!(&mut first).is_pending());
        let second = encodings.run(&busy, || Ok(2));
        let mut second = std::pin::pin!(second);
        assert!(futures::poll!(&mut second).is_pending());
        assert_eq!(encodings.run(&other, || Ok(3)).await.unwrap(), 3);
        assert!(futures::poll!(&mut second).is_pending());
        finish.send(()).unwrap();
        assert!(first.await.unwrap());
        assert_eq!(second.await.unwrap(), 2);
    }

    #[tokio::test]
    async fn clients_that_have_nothing_to_encode_are_forgotten() {
        let encodings = Encodings::new(NonZeroU32::MIN);
        for number in 0..100 {
            let client = Client::new(&number.to_string());
            encodings.run(&client, || Ok(())).await.unwrap();
        }
        assert_eq!(encodings.clients.lock().unwrap().len(), 1);
    }
}
