//! What messages are made for.

use super::trace::{Frame, Style};

/// What messages are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be looked at and dropped.
    Messages,
    /// To be written into documents at once; a text may be [in a string](Style::InString) already.
    Documents,
    /// To be handed over, with the origin of every bit.
    Downlinks,
    /// To be shown, with the origin of every bit.
    Preview,
}

impl Purpose {
    /// An empty frame in this memory.
    pub(super) fn frame(self, bytes: Vec<u8>) -> Frame {
        Frame {
            bytes,
            style: match self {
                Self::Downlinks | Self::Preview => Style::Traced(Box::default()),
                Self::Messages | Self::Documents => Style::Plain,
            },
        }
    }
}
