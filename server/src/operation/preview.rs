//! What a request would send (`POST /downlinks/preview`); nothing is stored.

use downlink::preview::Preview;

use crate::id::Client;

use super::{Operations, Refusal, unix_time};

impl Operations {
    /// Shows what a request would send, byte by byte.
    ///
    /// # Errors
    ///
    /// All that keeps it from being sent.
    pub async fn preview(&self, client: &Client, body: &[u8]) -> Result<Preview, Refusal> {
        let now = self.clock.now();
        let (request, known) = self.addressed(client, body, now).await?;
        let preview = self
            .engine
            .preview(&request, known.binding(), unix_time(now));
        match preview.problems() {
            [] => Ok(preview),
            _ => Err(Refusal::of_preview(&preview)),
        }
    }
}
