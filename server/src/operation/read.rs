//! Reading one downlink, one part, and what happened to it.

use crate::id::{Client, DownlinkId, PartId};
use crate::life::{Event, Protocol};
use crate::store::{PartRow, Row};

use super::{Operations, Refusal};

impl Operations {
    /// The downlink of `/downlinks` with this id.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`], also where another client has it.
    pub async fn read(&self, client: &Client, id: DownlinkId) -> Result<Row, Refusal> {
        let row = self.store.instruction(client, id).await?;
        row.ok_or(Refusal::NotFound)
    }

    /// The part with this id.
    ///
    /// # Errors
    ///
    /// [`Refusal::NotFound`], also where another client has it.
    pub async fn read_part(
        &self,
        client: &Client,
        protocol: Protocol,
        id: PartId,
    ) -> Result<PartRow, Refusal> {
        let row = self.store.part(client, protocol, id).await?;
        row.ok_or(Refusal::NotFound)
    }

    /// All that happened to a part, oldest first.
    ///
    /// # Errors
    ///
    /// As [`Operations::read_part`].
    pub async fn history(
        &self,
        client: &Client,
        protocol: Protocol,
        id: PartId,
    ) -> Result<Vec<Event>, Refusal> {
        self.read_part(client, protocol, id).await?;
        Ok(self.store.history(id).await?)
    }
}
