//! What is written when a downlink is accepted.

use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::id::{Client, DownlinkId, PartId};
use crate::life::{Event, Life};

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

/// What was kept of a request of the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeated {
    /// The downlink of the first request.
    pub id: DownlinkId,
    /// The digest of its body.
    pub digest: [u8; 32],
}
