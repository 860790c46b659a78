//! Calling a downlink back (`DELETE`).

use crate::id::{Client, DownlinkId, PartId};
use crate::life::{Answer, Input, Protocol};
use crate::store::Stored;

use super::{Operations, Refusal};

impl Operations {
    /// Cancels an instruction.
    ///
    /// # Errors
    ///
    /// Why it cannot be cancelled.
    pub async fn cancel(
        &self,
        client: &Client,
        id: DownlinkId,
        forced: bool,
    ) -> Result<(), Refusal> {
        let row = self.store.instruction(client, id).await?;
        let row = row.ok_or(Refusal::NotFound)?;
        self.cancel_life(row.stored, forced).await
    }

    /// Cancels a part that was posted directly.
    ///
    /// # Errors
    ///
    /// Why it cannot be cancelled; a part of an instruction never can by itself.
    pub async fn cancel_part(
        &self,
        client: &Client,
        protocol: Protocol,
        id: PartId,
        forced: bool,
    ) -> Result<(), Refusal> {
        let row = self.store.part(client, protocol, id).await?;
        let stored = row.ok_or(Refusal::NotFound)?.stored;
        match stored.life.instruction {
            Some(_) => Err(Refusal::HasParent(stored.life.id)),
            None => self.cancel_life(stored, forced).await,
        }
    }

    async fn cancel_life(&self, stored: Stored, forced: bool) -> Result<(), Refusal> {
        let step = self.apply(stored, &Input::Cancel { forced }).await?;
        match step.answer {
            Answer::Cancelled | Answer::CancelAccepted | Answer::AlreadyCancelled => Ok(()),
            Answer::Ended => Err(Refusal::Ended),
            Answer::InFlight => Err(Refusal::InFlight),
            other => Err(Refusal::fault(&format!(
                "cancelling was answered {other:?}"
            ))),
        }
    }
}
