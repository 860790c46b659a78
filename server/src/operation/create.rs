//! Accepting an instruction (`POST /downlinks`).

use downlink::contract::CreateDownlinkRequest;
use downlink::directory::Binding;
use downlink::engine::Downlinks;
use downlink::error::quote;
use downlink::instruction::{FeedbackTimeout, Instruction as Commands};
use downlink::message::Message;
use downlink::message::mqtt::Qos;
use serde::Serialize;

use crate::carrier::mqtt;
use crate::clock::Moment;
use crate::device::Known;
use crate::id::{Client, DownlinkId, PartId};
use crate::life::{Delivery, Event, Life, NewPart, OnUnknown, Protocol, Terms};
use crate::seal::SealedRow;
use crate::store::{
    Acceptance, Accepted, Content, Instruction, Message as Bytes, Provenance, Row, Stored,
};

use super::encodings::{self, ToEncode};
use super::idempotency::{Keyed, Turn};
use super::{Key, Operations, Refusal, protocol, terms, unix_time};

/// The path whose requests are told apart by their key.
const PATH: &str = "/downlinks";

/// A downlink that was accepted.
#[derive(Clone, Debug)]
pub struct Created<T> {
    /// As it was at its acceptance.
    pub row: T,
    /// It was accepted before, by a request of the same key.
    pub replayed: bool,
}

impl Operations {
    /// Encodes an instruction and accepts its parts.
    ///
    /// # Errors
    ///
    /// Why nothing was stored.
    pub async fn create(
        &self,
        client: &Client,
        body: &[u8],
        key: Option<Key>,
        trace: Option<String>,
    ) -> Result<Created<Row>, Refusal> {
        let keyed = match self.first(client, PATH, key, body).await? {
            Turn::Again(id) => return self.created_before(client, id).await,
            Turn::First(keyed) => keyed,
        };
        let now = self.clock.now();
        let (request, known) = self.addressed(client, body, now).await?;
        let to_encode = self.to_encode(body, known.binding(), now);
        let encode = move || to_encode.encode();
        let downlinks = self.encodings.run(client, encode).await?;
        let mut draft = Draft::new(self, client, &known, now, trace);
        draft.take_encoded(&downlinks, &request)?;
        let protocol = protocol::of_engine(request.method.protocol())?;
        let feedback_timeout = downlinks.feedback_timeout();
        let terms = draft.terms(feedback_timeout, request.retry_limit, request.dry_run)?;
        let row = draft.accept(protocol, terms, keyed.as_ref()).await?;
        Ok(Created {
            row,
            replayed: false,
        })
    }

    async fn created_before(
        &self,
        client: &Client,
        id: DownlinkId,
    ) -> Result<Created<Row>, Refusal> {
        let row = self.store.instruction(client, id).await?;
        let mut row = row.ok_or(Refusal::NotFound)?;
        let (life, events) = row.stored.life.as_accepted();
        row.stored.life = life;
        row.logs = logged(&events);
        Ok(Created {
            row,
            replayed: true,
        })
    }

    /// Reads a request, and finds its device before anything is encoded.
    pub(super) async fn addressed<'b>(
        &self,
        client: &Client,
        body: &'b [u8],
        now: Moment,
    ) -> Result<(CreateDownlinkRequest<'b>, Known), Refusal> {
        let request = encodings::read(&self.engine, body)?;
        reference(&request)?;
        let commands = Commands::read(request.instruction(), unix_time(now));
        let Ok(commands) = commands else {
            return Err(self.problems(client, body, now).await);
        };
        let device = commands.device();
        let known = self.known(client, &device.to_string()).await?;
        self.has_encoder(&known)?;
        Ok((request, known))
    }

    pub(super) fn to_encode(&self, body: &[u8], binding: &Binding, now: Moment) -> ToEncode {
        ToEncode {
            engine: self.engine.clone(),
            body: body.to_vec(),
            binding: binding.clone(),
            now: unix_time(now),
        }
    }

    /// All that is wrong with a request of which not even the device can be read.
    async fn problems(&self, client: &Client, body: &[u8], now: Moment) -> Refusal {
        let to_encode = self.to_encode(body, &nobody(), now);
        let shown = self.encodings.run(client, move || to_encode.preview());
        match shown.await {
            Ok(_) => Refusal::fault("an instruction that cannot be read has no problems"),
            Err(refusal) => refusal,
        }
    }

    /// A binding whose encoder is gone is a fault of the service, not of the request.
    fn has_encoder(&self, known: &Known) -> Result<(), Refusal> {
        let id = known.binding().encoder();
        match self.engine.registry().get(id) {
            Ok(_) => Ok(()),
            Err(_) => {
                tracing::error!(encoder = id, "a device is bound to an encoder that is gone");
                metrics::counter!("downlinkd_encoder_gone_total").increment(1);
                Err(Refusal::NotReady(id.to_owned()))
            }
        }
    }
}

/// For instructions that name no device: what is wrong with them does not depend on one.
fn nobody() -> Binding {
    Binding::new("generic/raw")
}

/// A reference has 1 to 255 characters, none of them a control character.
fn reference(request: &CreateDownlinkRequest<'_>) -> Result<(), Refusal> {
    const MOST: usize = 255;
    let Some(reference) = request.external_reference.as_deref() else {
        return Ok(());
    };
    let fits = (1..=MOST).contains(&reference.chars().count());
    if fits && !reference.chars().any(char::is_control) {
        return Ok(());
    }
    let expected = format!("1 to {MOST} characters without control characters");
    let found = quote(reference);
    Err(terms::out_of_range("externalReference", &expected, &found))
}

/// A downlink in the making.
#[derive(Debug)]
pub(super) struct Draft<'o> {
    operations: &'o Operations,
    client: &'o Client,
    known: &'o Known,
    now: Moment,
    provenance: Provenance,
    instruction: Option<Instruction>,
    parts: Vec<NewPart>,
    contents: Vec<Content>,
}

impl<'o> Draft<'o> {
    pub(super) fn new(
        operations: &'o Operations,
        client: &'o Client,
        known: &'o Known,
        now: Moment,
        trace: Option<String>,
    ) -> Self {
        Self {
            operations,
            client,
            known,
            now,
            provenance: Provenance {
                encoder: None,
                digest: None,
                trace,
            },
            instruction: None,
            parts: Vec::new(),
            contents: Vec::new(),
        }
    }

    fn take_encoded(
        &mut self,
        downlinks: &Downlinks,
        request: &CreateDownlinkRequest<'_>,
    ) -> Result<(), Refusal> {
        let registry = self.operations.engine.registry();
        let encoder = registry.get(downlinks.encoder())?;
        self.provenance.encoder = Some(downlinks.encoder().to_owned());
        self.provenance.digest = Some(encoder.digest());
        self.instruction = Some(Instruction {
            external_reference: request.external_reference.as_deref().map(str::to_owned),
            message: downlinks.masked_message(request),
        });
        for part in downlinks.parts() {
            self.operations.check_message(part.message(), self.known)?;
            let documents = (&part.document()?, &part.masked_document()?);
            self.take(
                part.message(),
                documents,
                part.holds_secret(),
                !part.is_repeatable(),
            )?;
        }
        Ok(())
    }

    /// Settles how long and how often it is tried.
    pub(super) fn terms(
        &self,
        feedback_timeout: FeedbackTimeout,
        retry_limit: Option<u64>,
        dry_run: Option<bool>,
    ) -> Result<Terms, Refusal> {
        let max_wait = self.known.settings().max_wait;
        let max_wait = max_wait.unwrap_or(self.operations.bounds.max_wait);
        Ok(Terms {
            retry_limit: terms::retries(retry_limit)?,
            feedback_timeout: terms::feedback_timeout(feedback_timeout)?,
            give_up_at: self.now.plus(max_wait),
            dry_run: dry_run.unwrap_or(false),
        })
    }

    /// Takes one message with its document, and the document as it is shown.
    pub(super) fn take(
        &mut self,
        message: &Message,
        (document, shown): (&impl Serialize, &impl Serialize),
        holds_secret: bool,
        once: bool,
    ) -> Result<(), Refusal> {
        let id = PartId(self.operations.ids.uuid(self.now));
        // The text of the error may quote a secret.
        let written = |_| Refusal::fault("a document cannot be written");
        let bytes = serde_json::to_vec(document).map_err(written)?;
        self.contents.push(Content {
            part: id,
            document: serde_json::to_string(shown).map_err(written)?,
            message: if holds_secret {
                Bytes::Sealed(self.operations.sealer.seal(SealedRow::Part(id), &bytes))
            } else {
                Bytes::Plain(bytes)
            },
            masked: holds_secret,
        });
        self.parts.push(NewPart {
            id,
            on_unknown: self.on_unknown(message, once),
            delivery: delivery(message),
        });
        Ok(())
    }

    /// What the device says holds; else what may be sent twice is.
    fn on_unknown(&self, message: &Message, once: bool) -> OnUnknown {
        let usual = match message {
            _ if once => OnUnknown::Fail,
            Message::Mqtt(publish) if mqtt::quality(publish) == Qos::AtMostOnce => OnUnknown::Fail,
            _ => OnUnknown::Resend,
        };
        self.known.settings().on_unknown.unwrap_or(usual)
    }

    /// The only part's document, as an answer shows it.
    pub(super) fn shown(&self) -> Result<String, Refusal> {
        match &*self.contents {
            [content] => Ok(content.document.clone()),
            _ => Err(Refusal::fault("a message has not one document")),
        }
    }

    /// Writes it.
    pub(super) async fn accept(
        self,
        protocol: Protocol,
        terms: Terms,
        keyed: Option<&Keyed>,
    ) -> Result<Row, Refusal> {
        let operations = self.operations;
        if !terms.dry_run {
            operations
                .carriers
                .check(protocol)
                .map_err(Refusal::CarrierNotConfigured)?;
        }
        let (life, events) = self.life(protocol, terms)?;
        let expires_at = self.now.plus(operations.bounds.idempotency);
        let row = Row {
            stored: Stored {
                life: life.clone(),
                version: 0,
                client: self.client.clone(),
                device: self.known.name().to_owned(),
                number: None,
            },
            instruction: self.instruction.clone(),
            provenance: self.provenance.clone(),
            logs: logged(&events),
        };
        let acceptance = Acceptance {
            life,
            client: self.client.clone(),
            device: self.known.name().to_owned(),
            instruction: self.instruction,
            provenance: self.provenance,
            contents: self.contents,
            events,
            idempotency: keyed.map(|it| it.record(expires_at)),
            line_limit: operations.bounds.line,
        };
        operations.store_new(acceptance, self.now).await?;
        metrics::counter!("downlinkd_accepted_total", "protocol" => protocol.as_str()).increment(1);
        Ok(row)
    }

    fn life(&self, protocol: Protocol, terms: Terms) -> Result<(Life, Vec<Event>), Refusal> {
        match (&self.instruction, &*self.parts) {
            (None, [part]) => Ok(Life::accept_part(*part, protocol, terms, self.now)),
            (Some(_), parts @ [_, ..]) => {
                let id = DownlinkId(self.operations.ids.uuid(self.now));
                Ok(Life::accept(id, protocol, terms, parts, self.now))
            }
            _ => Err(Refusal::fault("a downlink without parts")),
        }
    }
}

impl Operations {
    async fn store_new(&self, acceptance: Acceptance, now: Moment) -> Result<(), Refusal> {
        let limit = acceptance.line_limit;
        match self.store.accept(acceptance).await? {
            Accepted::New => {
                self.wake.ring();
                Ok(())
            }
            Accepted::ReferenceTaken(id) => Err(Refusal::ReferenceTaken(id)),
            // Another process took the key since this one looked.
            Accepted::Repeated { .. } => Err(Refusal::KeyBusy),
            Accepted::LineFull { oldest } => Err(Refusal::QueueFull {
                limit,
                oldest: now.since(oldest),
            }),
        }
    }
}

/// The events that stand in the logs of an instruction.
fn logged(events: &[Event]) -> Vec<Event> {
    let logged = events.iter().filter(|it| it.kind.is_logged());
    logged.cloned().collect()
}

/// What ends a message well.
fn delivery(message: &Message) -> Delivery {
    match message {
        Message::Mqtt(publish) => mqtt::delivery(publish),
        _ => Delivery::Reported,
    }
}
