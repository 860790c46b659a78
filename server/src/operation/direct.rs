//! Accepting a message for one protocol (`POST /{protocol}/downlinks`).

use downlink::Error;
use downlink::contract::ProtocolRequest;
use downlink::error::All;
use downlink::message::Message;

use crate::device::Known;
use crate::id::{Client, DownlinkId, PartId};
use crate::life::Protocol;
use crate::store::PartRow;

use super::create::{Created, Draft};
use super::idempotency::Turn;
use super::view::PartDocument;
use super::{Key, Operations, Refusal, protocol};

impl Operations {
    /// Accepts one message.
    ///
    /// # Errors
    ///
    /// Why nothing was stored.
    pub async fn create_part(
        &self,
        client: &Client,
        protocol: Protocol,
        body: &[u8],
        key: Option<Key>,
        trace: Option<String>,
    ) -> Result<Created<PartRow>, Refusal> {
        let keyed = match self.first(client, protocol.resource(), key, body).await? {
            Turn::Again(id) => return self.part_created_before(client, protocol, id).await,
            Turn::First(keyed) => keyed,
        };
        let request = self.read_message(protocol, body)?;
        let known = self.known(client, &request.device_id).await?;
        fits(&request.message, &known)?;
        self.check_message(&request.message, &known)?;
        let now = self.clock.now();
        let mut draft = Draft::new(self, client, &known, now, trace);
        let document = PartDocument::posted(protocol, body, &request)?;
        draft.take(&request.message, (&document, &document), false, false)?;
        let terms = draft.terms(
            request.feedback_timeout,
            request.retry_limit,
            request.dry_run,
        )?;
        let document = draft.shown()?;
        let row = draft.accept(protocol, terms, keyed.as_ref()).await?;
        let part = PartId(row.stored.life.id.0);
        Ok(Created {
            row: PartRow {
                stored: row.stored,
                part,
                document,
                masked: false,
            },
            replayed: false,
        })
    }

    async fn part_created_before(
        &self,
        client: &Client,
        protocol: Protocol,
        id: DownlinkId,
    ) -> Result<Created<PartRow>, Refusal> {
        let row = self.store.part(client, protocol, PartId(id.0)).await?;
        let mut row = row.ok_or(Refusal::NotFound)?;
        (row.stored.life, _) = row.stored.life.as_accepted();
        Ok(Created {
            row,
            replayed: true,
        })
    }

    fn read_message(&self, protocol: Protocol, body: &[u8]) -> Result<ProtocolRequest, Refusal> {
        let protocol = protocol::for_engine(protocol)?;
        let mut findings = All::default();
        let limits = self.engine.limits();
        let read = ProtocolRequest::read_json(protocol, body, limits, &mut findings);
        match read {
            Ok(Some(request)) => Ok(request),
            Ok(None) => Err(Refusal::of(findings, None)),
            Err(error) => Err(Refusal::of(findings, Some(error))),
        }
    }
}

/// Holds a message to what the device's network carries, as the engine does for encoded ones.
pub(crate) fn fits(message: &Message, known: &Known) -> Result<(), Error> {
    match message {
        Message::Lora(downlink) => {
            let limit = known.binding().payload_limit()?;
            let checked = limit.check(downlink.frm_payload().len());
            checked.map_err(|error| error.at_pointer("/message/payloadHex"))
        }
        _ => Ok(()),
    }
}

impl Operations {
    /// Holds a message to what only this service knows: on which topics the device may be told, and
    /// which header fields belong to the connection.
    pub(super) fn check_message(&self, message: &Message, known: &Known) -> Result<(), Refusal> {
        match message {
            Message::Mqtt(publish) => {
                let registry = self.engine.registry();
                let id = known.binding().encoder();
                let encoder = registry
                    .get(id)
                    .map_err(|_| Refusal::NotReady(id.to_owned()))?;
                Ok(known.check_topic(publish.topic.as_str(), encoder)?)
            }
            Message::Http(content) => {
                let mut names = content.headers.iter().map(|(name, _)| name.as_str());
                match names.find(|name| is_of_the_connection(name)) {
                    Some(name) => Err(Refusal::HeaderNotAllowed(name.to_owned())),
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }
}

/// Fields that say where the message ends or how the connection goes on (RFC 9110 §7.6.1 and §8.6,
/// RFC 9112 §6): written by whoever holds the connection.
fn is_of_the_connection(name: &str) -> bool {
    const FIELDS: [&str; 12] = [
        "connection",
        "content-length",
        "date",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ];
    FIELDS.iter().any(|it| name.eq_ignore_ascii_case(it))
}
