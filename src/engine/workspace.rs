//! Memory for many requests, and documents that lie in it.

use std::borrow::Cow;
use std::ops::Range;

use crate::encoder::EncodeMemory;
use crate::error::{Diagnostic, First};
use crate::instruction::{DeviceId, EntryMemory};
use crate::message::Protocol;
use crate::senml::PackMemory;

use super::document::resource;

/// Memory that [`Engine::encode_into`](super::Engine::encode_into) uses again for each request.
///
/// It holds nothing of one request that another could see, and grows to what the largest took. One
/// thread uses one; a new one is empty.
#[derive(Debug, Default)]
pub struct Workspace {
    pub(super) pack: PackMemory,
    pub(super) walk: WalkMemory,
    pub(super) findings: First,
    pub(super) texts: Texts,
}

impl Workspace {
    /// What was accepted in the last request, but somebody should know; also if it was refused.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.findings.warnings
    }
}

/// The memory of a walk.
#[derive(Debug, Default)]
pub(super) struct WalkMemory {
    pub(super) entries: EntryMemory,
    pub(super) encode: EncodeMemory,
}

/// The texts of documents, one behind the other.
#[derive(Debug, Default)]
pub(super) struct Texts {
    json: Vec<u8>,
    /// For each document, its protocol and where it ends.
    ends: Vec<(Protocol, usize)>,
}

impl Texts {
    pub(super) fn clear(&mut self) {
        self.json.clear();
        self.ends.clear();
    }

    /// Takes the document that `append` appends.
    pub(super) fn push(&mut self, protocol: Protocol, append: impl FnOnce(&mut Vec<u8>)) {
        append(&mut self.json);
        self.ends.push((protocol, self.json.len()));
    }

    fn iter(&self) -> impl ExactSizeIterator<Item = DocumentText<'_>> {
        let mut start = 0;
        self.ends.iter().map(move |(protocol, end)| {
            let place = Range { start, end: *end };
            start = *end;
            DocumentText {
                resource: resource(*protocol),
                json: self.json.get(place).unwrap_or_default(),
            }
        })
    }
}

/// What a request became: documents in the memory of a workspace, in the order in which they are to
/// be sent.
#[derive(Clone, Debug)]
pub struct Documents<'w> {
    pub(super) device: DeviceId,
    pub(super) external_reference: Option<Cow<'w, str>>,
    pub(super) texts: &'w Texts,
    pub(super) warnings: &'w [Diagnostic],
}

/// A document as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DocumentText<'w> {
    /// The path of the resource that takes it.
    pub resource: &'static str,
    /// The document, in UTF-8 and without blanks.
    pub json: &'w [u8],
}

impl Documents<'_> {
    /// The device that is told.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// What the caller calls the downlink.
    #[must_use]
    pub fn external_reference(&self) -> Option<&str> {
        self.external_reference.as_deref()
    }

    /// The documents; there is at least one.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = DocumentText<'_>> {
        self.texts.iter()
    }

    /// What was accepted, but somebody should know.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        self.warnings
    }
}
