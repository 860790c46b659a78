//! The contract's status of an instruction.

/// The contract's status of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Nothing has started.
    Pending,
    /// A part has started.
    Executing,
    /// All parts were handed over.
    SentToCarrier,
    /// A part pauses before another try.
    Retry,
    /// All parts were delivered.
    Delivered,
    /// A part failed for good.
    Failed,
    /// It was cancelled.
    Cancelled,
}

impl Status {
    /// As the document spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Executing => "EXECUTING",
            Self::SentToCarrier => "SENT_TO_CARRIER",
            Self::Retry => "RETRY",
            Self::Delivered => "DELIVERED",
            Self::Failed => "FAILED",
            Self::Cancelled => "CANCELLED",
        }
    }
}
