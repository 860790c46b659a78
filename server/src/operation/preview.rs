//! What a request would send (`POST /downlinks/preview`); nothing is stored.

use downlink::preview::Preview;

use crate::id::Client;

use super::{Operations, Refusal};

impl Operations {
    /// Shows what a request would send, byte by byte.
    ///
    /// # Errors
    ///
    /// All that keeps it from being sent.
    pub async fn preview(&self, client: &Client, body: &[u8]) -> Result<Preview, Refusal> {
        let now = self.clock.now();
        let (_, known) = self.addressed(client, body, now).await?;
        let to_encode = self.to_encode(body, known.binding(), now);
        self.encodings
            .run(client, move || to_encode.preview())
            .await
    }
}
