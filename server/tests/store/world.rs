//! A store with a clock that tests move, and downlinks to put into it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use downlink_server::clock::{Clock, ManualClock, Moment};
use downlink_server::id::{Client, DownlinkId, PartId};
use downlink_server::life::{
    self, Delivery, Event, EventKind, Life, OnUnknown, Part, Protocol, Stage, Terms,
};
use downlink_server::store::sqlite::SqliteStore;
use downlink_server::store::{
    Acceptance, Accepted, Change, Committed, Content, Device, Idempotency, Instruction, Line,
    Message, Provenance, Store, Stored,
};
use futures::future::BoxFuture;
use tempfile::TempDir;
use tracing::Instrument;
use uuid::Uuid;

pub(crate) struct World {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<ManualClock>,
    folder: TempDir,
    ids: AtomicU64,
}

pub(crate) const DEVICE: &str = "urn:dev:eui:0000000000000001:";

impl World {
    pub(crate) async fn sqlite() -> Self {
        let (world, writer) = Self::idle_sqlite().await;
        tokio::spawn(writer.in_current_span());
        world
    }

    /// A world that writes only while the future is polled.
    pub(crate) async fn idle_sqlite() -> (Self, BoxFuture<'static, ()>) {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(Moment::from_micros(1_764_439_200_000_000)));
        let file = folder.path().join("store.db");
        let (store, writer) = SqliteStore::open(&file, clock.clone()).await.unwrap();
        let world = Self {
            store: Arc::new(store),
            clock,
            folder,
            ids: AtomicU64::new(1),
        };
        (world, Box::pin(writer))
    }

    /// The same file, opened again: its writer must have stopped.
    pub(crate) async fn reopened(self) -> Self {
        let file = self.file();
        drop(self.store);
        let (store, writer) = SqliteStore::open(&file, self.clock.clone()).await.unwrap();
        tokio::spawn(writer.in_current_span());
        Self {
            store: Arc::new(store),
            ..self
        }
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("store.db")
    }

    pub(crate) fn now(&self) -> Moment {
        self.clock.now()
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub(crate) fn uuid(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.ids.fetch_add(1, Ordering::Relaxed)))
    }

    /// An instruction of one part over LoRaWAN that waits.
    pub(crate) fn instruction(&self) -> Acceptance {
        self.instruction_of(&[Stage::Waiting])
    }

    /// An instruction whose parts are in these stages.
    pub(crate) fn instruction_of(&self, stages: &[Stage]) -> Acceptance {
        let id = DownlinkId(self.uuid());
        let parts: Vec<Part> = stages
            .iter()
            .map(|it| self.part(PartId(self.uuid()), it))
            .collect();
        let contents = parts.iter().map(content).collect();
        Acceptance {
            life: self.life(id, parts, Some(life::Instruction::default())),
            client: acme(),
            device: DEVICE.to_owned(),
            instruction: Some(Instruction {
                external_reference: None,
                message: String::from("[{\"n\":\"reboot\"}]"),
            }),
            provenance: Provenance {
                encoder: Some(String::from("sensor")),
                digest: None,
                trace: None,
            },
            contents,
            events: vec![self.event(EventKind::Accepted, None)],
            idempotency: None,
            line_limit: 256,
        }
    }

    /// A part that was posted directly, and waits.
    pub(crate) fn direct(&self, protocol: Protocol) -> Acceptance {
        let id = self.uuid();
        let part = self.part(PartId(id), &Stage::Waiting);
        let contents = vec![content(&part)];
        let mut life = self.life(DownlinkId(id), vec![part], None);
        life.protocol = protocol;
        let events = vec![self.event(EventKind::PartAccepted, Some(PartId(id)))];
        Acceptance {
            life,
            instruction: None,
            contents,
            events,
            ..self.instruction()
        }
    }

    fn life(
        &self,
        id: DownlinkId,
        parts: Vec<Part>,
        instruction: Option<life::Instruction>,
    ) -> Life {
        Life {
            id,
            protocol: Protocol::Lora,
            terms: Terms {
                retry_limit: 3,
                feedback_timeout: Duration::from_mins(10),
                give_up_at: self.now().plus(Duration::from_hours(168)),
                dry_run: false,
            },
            instruction,
            parts,
            created_at: self.now(),
            modified_at: self.now(),
        }
    }

    fn part(&self, id: PartId, stage: &Stage) -> Part {
        Part {
            id,
            on_unknown: OnUnknown::Resend,
            delivery: Delivery::Reported,
            stage: stage.clone(),
            attempt: 0,
            retries: 0,
            failure: None,
            first_turn: None,
            was_handed_over: false,
            cancel_asked: false,
            modified_at: self.now(),
        }
    }

    pub(crate) fn event(&self, kind: EventKind, part: Option<PartId>) -> Event {
        Event {
            at: self.now(),
            part,
            kind,
            error_code: None,
            detail: None,
        }
    }

    pub(crate) fn ended(&self) -> Stage {
        Stage::Ended {
            at: self.now(),
            call_until: None,
        }
    }

    /// Accepts it, and answers it as it is stored.
    pub(crate) async fn accept(&self, acceptance: Acceptance) -> Stored {
        let part = acceptance.life.parts[0].id;
        assert_eq!(self.store.accept(acceptance).await.unwrap(), Accepted::New);
        self.stored(part).await
    }

    pub(crate) async fn stored(&self, part: PartId) -> Stored {
        self.store.life_of(part).await.unwrap().unwrap()
    }

    /// Writes that all parts have ended, without a claim.
    pub(crate) async fn end(&self, stored: &Stored) -> Committed {
        let mut change = change(stored);
        for part in &mut change.life.parts {
            part.stage = self.ended();
        }
        self.store.commit(change).await.unwrap()
    }
}

/// A change that changes nothing.
pub(crate) fn change(stored: &Stored) -> Change {
    Change {
        life: stored.life.clone(),
        version: stored.version,
        events: Vec::new(),
        claim: None,
        erase: Vec::new(),
        report: None,
    }
}

fn content(part: &Part) -> Content {
    Content {
        part: part.id,
        document: format!("{{\"downlinkId\":\"{}\"}}", part.id),
        message: Message::Plain(vec![1, 2, 3]),
        masked: false,
    }
}

pub(crate) fn acme() -> Client {
    Client::new("acme")
}

pub(crate) fn other() -> Client {
    Client::new("other")
}

pub(crate) fn line() -> Line {
    Line {
        device: DEVICE.to_owned(),
        protocol: Protocol::Lora,
    }
}

pub(crate) fn device(client: &Client, id: &str, aliases: &[&str], tags: &[&str]) -> Device {
    let owned = |names: &[&str]| names.iter().map(|it| (*it).to_owned()).collect();
    Device {
        client: client.clone(),
        id: id.to_owned(),
        aliases: owned(aliases),
        tags: owned(tags),
        encoder: "sensor".to_owned(),
        entry: format!("encoder = \"sensor\"\n# {id}"),
    }
}

pub(crate) fn key(name: &str, expires_at: Moment) -> Idempotency {
    let (path, key) = (String::from("/downlinks"), name.to_owned());
    Idempotency {
        path,
        key,
        digest: [7; 32],
        expires_at,
    }
}
