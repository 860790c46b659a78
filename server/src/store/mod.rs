//! What is kept, behind a trait; the only room with SQL.
//!
//! A statement finds, compares versions and fences, and writes. What may become of a downlink is
//! decided in [`crate::life`]; what a verb writes, it writes in one transaction, and when it has
//! answered, that is on disk.

mod projection;
pub mod sqlite;
mod statement;

use std::fmt;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::id::{Client, DownlinkId, PartId};
use crate::life::{Event, Life, Protocol, Report};
use crate::list::{Page, Query};

/// What a verb of the store answers, later.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// Why the store did not do as it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It cannot be reached, or is busy for too long. The text is for the log alone.
    #[error("the store cannot be reached: {0}")]
    Unavailable(String),
    /// A row is not what it should be. Names table, column and id; for the log alone.
    #[error("the store holds a broken row: {0}")]
    Broken(String),
    /// The database refused what was written, such as an id that is there already: a fault of the
    /// service. The text is for the log alone.
    #[error("the database refused what was written: {0}")]
    Refused(String),
    /// No index gives the order that a list is asked for, and its filters leave too many rows to
    /// sort (`sort/too-wide`).
    #[error("no index gives this order, and the filters leave more than {limit} rows")]
    TooWide {
        /// The rows that are sorted at most.
        limit: u32,
    },
    /// A position or a field that the list does not have: a fault of the service, since positions
    /// are signed and fields are checked before.
    #[error("the list cannot be read like this: {0}")]
    Misfit(&'static str),
    /// Another device of the client has this alias already.
    #[error("the alias `{alias}` belongs to the device `{device}`")]
    AliasTaken {
        /// The alias.
        alias: String,
        /// The device that has it.
        device: String,
    },
}

/// A line: the downlinks of one device over one protocol, in the order of their acceptance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line {
    /// The canonical name of the device.
    pub device: String,
    /// The protocol.
    pub protocol: Protocol,
}

/// A life as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    /// What may still become of it.
    pub life: Life,
    /// Grows with each write.
    pub version: u64,
    /// Who owns it.
    pub client: Client,
    /// The canonical name of the device.
    pub device: String,
    /// The place in its line; none for a dry run.
    pub number: Option<u64>,
}

/// What one part sends. Never changes, but that sealed bytes are erased at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The part.
    pub part: PartId,
    /// The contract's document, as an answer shows it; secrets are masked.
    pub document: String,
    /// The message as its carrier needs it: the contract's document with all its bytes.
    pub message: Message,
    /// Whether `document` hides something.
    pub masked: bool,
}

/// The bytes of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// As they are.
    Plain(Vec<u8>),
    /// Encrypted, since they hold a secret; erased when the part ends.
    Sealed(Vec<u8>),
    /// They held a secret, and the part has ended.
    Erased,
}

/// What an instruction was, beside its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// What the caller calls it.
    pub external_reference: Option<String>,
    /// The SenML pack as received, with secrets masked (`Downlink.message`).
    pub message: String,
}

/// How the bytes came about: kept with every downlink.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// The id of the encoder; absent for a direct post.
    pub encoder: Option<String>,
    /// The digest of its definition.
    pub digest: Option<String>,
    /// The W3C trace context of the request.
    pub trace: Option<String>,
}

/// A downlink to be accepted.
#[derive(Clone, Debug)]
pub struct Acceptance {
    /// What may become of it.
    pub life: Life,
    /// Who owns it.
    pub client: Client,
    /// The canonical name of the device.
    pub device: String,
    /// Only for an instruction.
    pub instruction: Option<Instruction>,
    /// How its bytes came about.
    pub provenance: Provenance,
    /// One for each part, in order.
    pub contents: Vec<Content>,
    /// What happened so far.
    pub events: Vec<Event>,
    /// So that the same request gets the same answer.
    pub idempotency: Option<Idempotency>,
    /// Open parts that its line may hold, this one included.
    pub line_limit: u32,
}

/// A request that may come twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// The path it was posted to.
    pub path: String,
    /// The `Idempotency-Key`.
    pub key: String,
    /// SHA-256 of the body.
    pub digest: [u8; 32],
    /// When it is forgotten.
    pub expires_at: Moment,
}

/// What came of accepting a downlink. Only [`Accepted::New`] wrote anything.
#[derive(Clone, Debug, PartialEq)]
pub enum Accepted {
    /// It is on disk.
    New,
    /// The client has a downlink of this reference.
    ReferenceTaken(DownlinkId),
    /// The key was used before: for this downlink, with a body of this digest.
    Repeated {
        /// The downlink of the first request.
        id: DownlinkId,
        /// The digest of its body.
        digest: [u8; 32],
    },
    /// The line holds as many open parts as it may.
    LineFull {
        /// When the oldest of them was accepted.
        oldest: Moment,
    },
}

/// What is written together after a step.
#[derive(Clone, Debug)]
pub struct Change {
    /// The life after the step.
    pub life: Life,
    /// The version that was read: another by now is a conflict.
    pub version: u64,
    /// What happened.
    pub events: Vec<Event>,
    /// The claim under which a worker writes; a lost one is a conflict. Callers have none, and
    /// make the line due at once instead.
    pub claim: Option<Claim>,
    /// Sealed messages that are no longer needed.
    pub erase: Vec<PartId>,
    /// The kept report that the step took: it is removed. If another took it, that is a conflict.
    pub report: Option<ReportKey>,
}

/// Whether a change was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    /// It is on disk.
    Written,
    /// Another version or another claim is there: read again, step again.
    Conflict,
}

/// A line that a worker holds for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The line.
    pub line: Line,
    /// Grows with each claim of the line.
    pub fence: u64,
    /// How often the line had been made due when it was claimed.
    pub wakes: u64,
}

/// A downlink as a caller reads it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What may still become of it, and what is known of it.
    pub stored: Stored,
    /// Only of an instruction.
    pub instruction: Option<Instruction>,
    /// How its bytes came about.
    pub provenance: Provenance,
    /// The contract's events, oldest first: of a single one the first 100 there were, in lists the
    /// last 10.
    pub logs: Vec<Event>,
}

/// A part as a caller reads it.
#[derive(Clone, Debug, PartialEq)]
pub struct PartRow {
    /// The life that it belongs to.
    pub stored: Stored,
    /// Which of its parts.
    pub part: PartId,
    /// The contract's document; secrets are masked.
    pub document: String,
    /// Whether something is masked.
    pub masked: bool,
}

/// A device as it was imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Who owns it.
    pub client: Client,
    /// The canonical name, `urn:dev:…:`.
    pub id: String,
    /// Other names for it, canonical.
    pub aliases: Vec<String>,
    /// What `q` finds exactly.
    pub tags: Vec<String>,
    /// What the device file says of it, sealed, in base64.
    pub entry: String,
}

/// A body that a device sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Body {
    /// The digest by which it is known again.
    pub digest: [u8; 32],
    /// When it came.
    pub at: Moment,
    /// The newest time that it states, if it states one.
    pub newest: Option<Moment>,
}

/// A report that came before the record of the handing over that it speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlyReport {
    /// The part it names.
    pub part: PartId,
    /// The try it names.
    pub attempt: u32,
    /// What it says.
    pub report: Report,
    /// When it came.
    pub heard_at: Moment,
}

/// A report that is kept for a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptReport {
    /// By which it is removed.
    pub key: ReportKey,
    /// The try it names.
    pub attempt: u32,
    /// What it says.
    pub report: Report,
}

/// Names a kept report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportKey(i64);

/// What was kept of a request of the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeated {
    /// The downlink of the first request.
    pub id: DownlinkId,
    /// The digest of its body.
    pub digest: [u8; 32],
}

/// Where downlinks, devices and what belongs to them are kept.
///
/// What a caller can reach takes a [`Client`]: what another client owns is not found.
pub trait Store: fmt::Debug + Send + Sync {
    /// Writes a downlink with its parts, events, reference, idempotency record and its number in
    /// the line, all or nothing, and makes the line due.
    fn accept(&self, acceptance: Acceptance) -> Answer<'_, Accepted>;

    /// Writes what came of a step.
    fn commit(&self, change: Change) -> Answer<'_, Committed>;

    /// The downlink of `/downlinks` with this id.
    fn instruction<'a>(&'a self, client: &'a Client, id: DownlinkId) -> Answer<'a, Option<Row>>;

    /// The part with this id.
    fn part<'a>(
        &'a self,
        client: &'a Client,
        protocol: Protocol,
        id: PartId,
    ) -> Answer<'a, Option<PartRow>>;

    /// All that happened to a part, oldest first.
    fn history(&self, part: PartId) -> Answer<'_, Vec<Event>>;

    /// The life that a part belongs to, whoever owns it: for carriers' reports.
    fn life_of(&self, part: PartId) -> Answer<'_, Option<Stored>>;

    /// A page of `/downlinks`.
    fn instructions<'a>(&'a self, client: &'a Client, query: &'a Query) -> Answer<'a, Page<Row>>;

    /// A page of `/{protocol}/downlinks`.
    fn parts<'a>(&'a self, client: &'a Client, query: &'a Query) -> Answer<'a, Page<PartRow>>;

    /// What was kept of a request of this key, if it has not expired.
    fn repeated<'a>(
        &'a self,
        client: &'a Client,
        path: &'a str,
        key: &'a str,
        now: Moment,
    ) -> Answer<'a, Option<Repeated>>;

    /// Claims lines that are due and not held by another, up to `limit`, until `lease_until`.
    fn claim(&self, now: Moment, lease_until: Moment, limit: u32) -> Answer<'_, Vec<Claim>>;

    /// Holds a claim for longer; false if it was lost.
    fn renew<'a>(&'a self, claim: &'a Claim, lease_until: Moment) -> Answer<'a, bool>;

    /// Lets go of a line that is next due then, or not at all. If it was made due meanwhile, it
    /// stays due.
    fn release<'a>(&'a self, claim: &'a Claim, due: Option<Moment>) -> Answer<'a, ()>;

    /// The open lives of a line in order, up to `limit`.
    fn open<'a>(&'a self, line: &'a Line, limit: u32) -> Answer<'a, Vec<Stored>>;

    /// When a line can next be claimed: one that nobody holds is due then, or the lease of one that
    /// is held is over.
    fn next_due(&self) -> Answer<'_, Option<Moment>>;

    /// Lines of a protocol with open downlinks, after this device in the order of their names, up to
    /// `limit`.
    fn lines<'a>(
        &'a self,
        protocol: Protocol,
        after: Option<&'a str>,
        limit: u32,
    ) -> Answer<'a, Vec<Line>>;

    /// What a part sends.
    fn content(&self, part: PartId) -> Answer<'_, Option<Content>>;

    /// The device of this name or alias.
    fn device<'a>(&'a self, client: &'a Client, name: &'a str) -> Answer<'a, Option<Device>>;

    /// The device of this canonical name, whoever owns it: for devices that call by themselves.
    fn any_device<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Device>>;

    /// The client's devices after this canonical name, in its order, up to `limit`.
    fn devices<'a>(
        &'a self,
        client: &'a Client,
        after: Option<&'a str>,
        limit: u32,
    ) -> Answer<'a, Vec<Device>>;

    /// Takes devices, all or nothing; with `prune`, removes those that are not among them.
    ///
    /// Answers the names of the devices that were removed or have another client now: their open
    /// downlinks are evicted by the caller. A device named twice is kept as it is named last.
    fn import(&self, devices: Vec<Device>, prune: bool) -> Answer<'_, Vec<String>>;

    /// A value that is made once and kept, such as the key that signs cursors; `new` is kept if
    /// there is none of this name.
    fn keep<'a>(&'a self, name: &'a str, new: Vec<u8>) -> Answer<'a, Vec<u8>>;

    /// The bodies that a device sent since a moment, the last one last.
    fn bodies<'a>(&'a self, device: &'a str, since: Moment) -> Answer<'a, Vec<Body>>;

    /// Notes that a device sent a body, and forgets those from before `forget_before`.
    fn note_body<'a>(
        &'a self,
        device: &'a str,
        body: Body,
        forget_before: Moment,
    ) -> Answer<'a, ()>;

    /// Keeps a report until a change takes it ([`Change::report`]).
    fn keep_report(&self, early: EarlyReport) -> Answer<'_, ()>;

    /// The report that is kept longest for a part.
    fn kept_report(&self, part: PartId) -> Answer<'_, Option<KeptReport>>;

    /// Removes a kept report; false if it is not there any more.
    fn remove_report(&self, key: ReportKey) -> Answer<'_, bool>;

    /// Removes kept reports that came before a moment; answers how many.
    fn remove_old_reports(&self, heard_before: Moment) -> Answer<'_, u64>;

    /// Removes what ended before a moment, with all that belongs to it, up to `limit`; answers how
    /// many downlinks went.
    fn retire(&self, ended_before: Moment, limit: u32) -> Answer<'_, u64>;

    /// Whether the store answers.
    fn ready(&self) -> Answer<'_, ()>;
}
