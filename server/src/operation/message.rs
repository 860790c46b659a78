//! The message of a part, as its carrier needs it.

use downlink::contract::ProtocolRequest;
use downlink::message::Message;

use crate::id::PartId;
use crate::life::Protocol;
use crate::seal::SealedRow;
use crate::store::Message as Bytes;

use super::{Operations, Refusal, protocol};

impl Operations {
    /// Reads what a part sends, from the document that was stored when it was accepted.
    pub(crate) async fn message(
        &self,
        protocol: Protocol,
        part: PartId,
    ) -> Result<Message, Refusal> {
        let content = self.store.content(part).await?;
        let content =
            content.ok_or_else(|| Refusal::fault(&format!("part {part} has no content")))?;
        let bytes = match content.message {
            Bytes::Plain(bytes) => bytes,
            Bytes::Sealed(sealed) => {
                let opened = self.sealer.open(SealedRow::Part(part), &sealed);
                opened.map_err(|error| Refusal::fault(&format!("part {part}: {error}")))?
            }
            Bytes::Erased => return Err(Refusal::fault(&format!("part {part} was erased"))),
        };
        let request = ProtocolRequest::from_json(protocol::for_engine(protocol)?, &bytes);
        // Its text may quote a secret.
        let request =
            request.map_err(|_| Refusal::fault(&format!("part {part} is not a document")))?;
        Ok(request.message)
    }
}
