//! What may become of a downlink: a pure machine without storage, peers or a clock.
//!
//! A [`Life`] is an instruction with all its parts, or one part that was posted directly. It is
//! always read and written as a whole. [`step`] is total: every life has an answer to every
//! [`Input`]. What follows outside comes back as data ([`Effect`]), so that tests compare it.
//!
//! [`Life::accept`] begins one, [`Life::due`] says when it needs a step, [`line::next`] which part
//! may have its turn. Every stage and event stands in `docs/states.md`.
//!
//! | stage | the contract says |
//! |---|---|
//! | [`Stage::Waiting`], [`Stage::Pausing`] | `PENDING` |
//! | [`Stage::Handing`], [`Stage::Unknown`], [`Stage::Offered`], [`Stage::Carried`], [`Stage::TakingBack`] | `EXECUTING` |
//! | [`Stage::Ended`] | `DONE` |

mod accept;
mod context;
mod due;
mod event;
mod input;
pub mod line;
mod parent;
mod part;
mod pause;
mod protocol;
mod reason;
mod status;
mod step;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::Moment;
use crate::id::{DownlinkId, PartId};

pub use accept::NewPart;
pub use context::{Context, Timing};
pub use event::{Event, EventKind};
pub use input::{Abilities, Asked, Call, HandOver, Input, Misfit, Report, TakeBack};
pub use part::{Before, Delivery, OnUnknown, Part, PartStatus, Stage, Why};
pub use pause::pause;
pub use protocol::Protocol;
pub use reason::Reason;
pub use status::Status;
pub use step::{Answer, Effect, Step, step};

/// An instruction with all its parts, or one part that was posted directly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    /// Of the instruction, or of the only part.
    pub id: DownlinkId,
    /// How its parts travel.
    pub protocol: Protocol,
    /// What was settled when it was accepted.
    pub terms: Terms,
    /// What only an instruction has; absent for a part that was posted directly.
    pub instruction: Option<Instruction>,
    /// In the order in which they go out; at least one.
    pub parts: Vec<Part>,
    /// When it was accepted.
    pub created_at: Moment,
    /// When its status last changed.
    pub modified_at: Moment,
}

impl Life {
    /// Its part of this identifier.
    #[must_use]
    pub fn part(&self, id: PartId) -> Option<&Part> {
        self.parts.iter().find(|part| part.id == id)
    }
}

/// What was settled when a downlink was accepted, and no reload changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Tries after the first, for each part.
    pub retry_limit: u32,
    /// From the handing over; for HTTP from becoming the head, and anew from the answer.
    pub feedback_timeout: Duration,
    /// When a part that was never handed over ends unsent.
    pub give_up_at: Moment,
    /// Ends delivered at once, and stands in no line.
    pub dry_run: bool,
}

/// What only an instruction knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instruction {
    /// Cancelling was accepted while a part was in flight.
    pub cancel_asked: bool,
}
