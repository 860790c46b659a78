//! Why something is not done.

use std::time::Duration;

use downlink::Error;
use downlink::error::{All, Code, Diagnostic, quote};
use downlink::preview::Preview;
use uuid::Uuid;

use crate::carrier::NotConfigured;
use crate::device::BrokenDevice;
pub use crate::device::TopicNotAllowed;
use crate::id::DownlinkId;
use crate::store::StoreError;

/// Why something is not done: a closed set, which HTTP makes one problem each of.
#[derive(Debug)]
pub enum Refusal {
    /// The engine refuses the request: all its findings.
    Findings(Vec<Diagnostic>),
    /// The client has no downlink of this id.
    NotFound,
    /// The client has no device of this name.
    DeviceUnknown(Error),
    /// No encoder has this id.
    EncoderUnknown(Error),
    /// The client's downlink with this reference is another one.
    ReferenceTaken(DownlinkId),
    /// The first request with this key is still under way.
    KeyBusy,
    /// The key was used with another body.
    OtherBody,
    /// The line holds as many open parts as it may.
    QueueFull {
        /// How many that is.
        limit: u32,
        /// How long the oldest of them has been waiting.
        oldest: Duration,
    },
    /// No carrier serves the protocol.
    CarrierNotConfigured(NotConfigured),
    /// No message for the device may be published on this topic.
    TopicNotAllowed(TopicNotAllowed),
    /// A header field of framing or connection; the text is its name.
    HeaderNotAllowed(String),
    /// It has ended.
    Ended,
    /// It cannot be stopped now.
    InFlight,
    /// The part belongs to this instruction, which is cancelled as a whole.
    HasParent(DownlinkId),
    /// The encoder of the device is gone; the text is its id.
    NotReady(String),
    /// The list can be sorted so only after its filters leave less.
    TooWide {
        /// How many may be left.
        limit: u32,
    },
    /// The service is being stopped.
    Draining,
    /// The store cannot be reached.
    StoreGone,
    /// Something that cannot be; the log has more under this id.
    Fault(Uuid),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Findings(vec![error.into_diagnostic()])
    }
}

impl From<BrokenDevice> for Refusal {
    fn from(broken: BrokenDevice) -> Self {
        Self::fault(&broken.to_string())
    }
}

impl From<TopicNotAllowed> for Refusal {
    fn from(refused: TopicNotAllowed) -> Self {
        Self::TopicNotAllowed(refused)
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(detail) => {
                tracing::error!(detail, "the store cannot be reached");
                Self::StoreGone
            }
            StoreError::TooWide { limit } => Self::TooWide { limit },
            other => Self::fault(&other.to_string()),
        }
    }
}

impl Refusal {
    /// All that was found, and the error that ended the search.
    #[must_use]
    pub fn of(findings: All, last: Option<Error>) -> Self {
        let errors = findings.errors.into_iter().chain(last);
        let errors = errors.map(Error::into_diagnostic);
        Self::Findings(errors.chain(findings.warnings).collect())
    }

    /// All that keeps a request from being sent.
    #[must_use]
    pub fn of_preview(preview: &Preview) -> Self {
        let findings = preview.problems().iter().chain(preview.warnings());
        Self::Findings(findings.cloned().collect())
    }

    /// The client has no device of this name; whether another has, it does not tell.
    #[must_use]
    pub fn no_device(name: &str) -> Self {
        let name = quote(name);
        let error = Error::new(Code::DeviceUnknown, format!("there is no device `{name}`"));
        Self::DeviceUnknown(error.found(name))
    }

    /// An impossible case: the caller gets an id, the log the rest.
    #[must_use]
    pub fn fault(detail: &str) -> Self {
        let mut bytes = [0; 16];
        crate::id::Ids::fill(&crate::id::SystemIds, &mut bytes);
        let id = uuid::Builder::from_random_bytes(bytes).into_uuid();
        tracing::error!(fault = %id, detail, "internal fault");
        Self::Fault(id)
    }
}
