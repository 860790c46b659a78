//! What is kept, behind a trait; the only room with SQL.
//!
//! A statement finds, compares versions and fences, and writes. What may become of a downlink is
//! decided in [`crate::life`]; what a verb writes, it writes in one transaction, and when it has
//! answered, that is on disk.

mod acceptance;
mod change;
mod device;
mod projection;
pub mod sqlite;
mod statement;

use std::fmt;

use futures::future::BoxFuture;

use crate::clock::Moment;
use crate::id::{Client, DownlinkId, PartId};
use crate::life::{Event, Life, Protocol};
use crate::list::{Page, Query};

pub use acceptance::{
    Acceptance, Accepted, Content, Idempotency, Instruction, Message, Provenance, Repeated,
};
pub use change::{Change, Claim, Committed, EarlyReport, KeptReport, ReportKey};
pub use device::{Body, Bound, Device};

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

    /// The encoders that devices of any client are bound to.
    fn bound(&self) -> Answer<'_, Vec<Bound>>;

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
