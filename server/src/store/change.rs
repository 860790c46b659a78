//! What is written after a step: under which claim, and with which report.

use crate::clock::Moment;
use crate::id::PartId;
use crate::life::{Event, Life, Report};

use super::Line;

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
pub struct ReportKey(pub(super) i64);
