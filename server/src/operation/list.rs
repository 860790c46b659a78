//! Pages of downlinks and of parts.

use crate::device::canonical;
use crate::id::Client;
use crate::list::{Page, Query};
use crate::store::{PartRow, Row};

use super::{Operations, Refusal};

impl Operations {
    /// A page of `/downlinks`.
    ///
    /// # Errors
    ///
    /// A sort that no index serves among what the filters leave.
    pub async fn list(&self, client: &Client, query: &Query) -> Result<Page<Row>, Refusal> {
        Ok(self.store.instructions(client, query).await?)
    }

    /// A page of `/{protocol}/downlinks`.
    ///
    /// # Errors
    ///
    /// As [`Operations::list`].
    pub async fn list_parts(
        &self,
        client: &Client,
        query: &Query,
    ) -> Result<Page<PartRow>, Refusal> {
        Ok(self.store.parts(client, query).await?)
    }

    /// The canonical name of the client's device that is filtered by; a device that the client does
    /// not have has no downlinks.
    ///
    /// # Errors
    ///
    /// A store that cannot be reached.
    pub async fn device_filter(&self, client: &Client, name: &str) -> Result<String, Refusal> {
        let name = canonical(name);
        let device = self.store.device(client, &name).await?;
        // A device that is gone keeps its downlinks.
        Ok(device.map_or(name, |device| device.id))
    }
}
