//! The engine: from a request and a binding to the documents that the platform takes.
//!
//! Encoding and previewing are the same walk. It reads no clock and does no input or output: the
//! time, the registry and the directory are arguments.

mod document;
mod downlinks;
mod plain;
mod preview;
mod source;
mod text;
mod walk;
mod workspace;

use std::borrow::Cow;

use crate::contract::{self, CreateDownlinkRequest};
use crate::directory::Directory;
use crate::encoder::{Purpose, Registry, SharedRegistry};
use crate::error::{Bare, Error, First, Placed};
use crate::instruction::FeedbackTimeout;
use crate::limits::Limits;
use crate::message::Method;
use crate::senml::{Pack, Profile, UnixTime};

pub use document::Document;
pub use downlinks::{Downlinks, Part};
pub use workspace::{DocumentText, Documents, Workspace};

use plain::PlainRequest;
use source::Source;
use walk::{Order, Settings, Walk, Walked, nothing_left};
use workspace::WalkMemory;

/// Encodes and previews requests with the encoders of a registry.
///
/// ```
/// use downlink::contract::CreateDownlinkRequest;
/// use downlink::directory::Binding;
/// use downlink::encoder::Registry;
/// use downlink::senml::UnixTime;
/// use downlink::Engine;
///
/// let engine = Engine::new(Registry::builder().builtin()?.build());
/// let request = CreateDownlinkRequest::from_json(br#"{
///     "instruction": [{"bn": "urn:dev:DEVEUI:0059AC0000152A2B:", "n": "tdc", "u": "min", "v": 10}],
///     "method": {"protocol": "LORA"}
/// }"#)?;
/// let binding = Binding::new("dragino/lt-22222-l");
/// let downlinks = engine.encode(&request, &binding, UnixTime::from_seconds(1_700_000_000))?;
/// let documents = serde_json::to_string(&downlinks.documents()?).unwrap();
/// assert!(documents.contains(r#""payloadHex":"01000258""#));
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Engine {
    source: Source,
    profile: Profile,
    limits: Limits,
    feedback_timeout: FeedbackTimeout,
}

impl Engine {
    /// An engine with the usual limits that reads requests as in [`Profile::Interop`], and gives
    /// feedback an hour where neither the request nor the binding says otherwise.
    #[must_use]
    pub fn new(registry: Registry) -> Self {
        Self::of(Source::Fixed(registry))
    }

    /// An engine whose encoders are those that are in force when an instruction comes.
    ///
    /// Each instruction is encoded with one set of them; of two that follow each other, the second
    /// may find another set.
    ///
    /// ```
    /// use downlink::Engine;
    /// use downlink::encoder::{Registry, SharedRegistry};
    ///
    /// let shared = SharedRegistry::new(Registry::builder().build());
    /// let engine = Engine::over(shared.clone());
    /// assert!(engine.registry().get("generic/raw").is_err());
    ///
    /// shared.replace(|builder| builder.builtin())?;
    /// assert!(engine.registry().get("generic/raw").is_ok());
    /// # Ok::<(), downlink::Error>(())
    /// ```
    #[must_use]
    pub fn over(shared: SharedRegistry) -> Self {
        Self::of(Source::Shared(shared))
    }

    fn of(source: Source) -> Self {
        Self {
            source,
            profile: Profile::Interop,
            limits: Limits::default(),
            feedback_timeout: FeedbackTimeout::ONE_HOUR,
        }
    }

    /// Changes how strictly the instructions of requests are read.
    ///
    /// It holds where the engine reads a request itself ([`Engine::encode_into`],
    /// [`Engine::preview_json`]).
    ///
    /// ```
    /// use downlink::Engine;
    /// use downlink::directory::Binding;
    /// use downlink::encoder::Registry;
    /// use downlink::senml::{Profile, UnixTime};
    ///
    /// let engine = Engine::new(Registry::builder().builtin()?.build());
    /// let body = br#"{
    ///     "instruction": [{"bn": "urn:dev:DEVEUI:0059AC0000152A2B:", "n": "tdc", "v": 6E2}],
    ///     "method": {"protocol": "LORA"}
    /// }"#;
    /// let binding = Binding::new("dragino/lt-22222-l");
    /// let preview = |engine: &Engine| engine.preview_json(body, &binding, UnixTime::from_seconds(0));
    /// assert!(preview(&engine).problems().is_empty());
    ///
    /// let strict = engine.with_profile(Profile::Strict);
    /// assert!(!preview(&strict).problems().is_empty());
    /// # Ok::<(), downlink::Error>(())
    /// ```
    #[must_use]
    pub fn with_profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Changes what a caller may send.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Changes how long feedback may take where neither the request nor the binding says.
    #[must_use]
    pub fn with_feedback_timeout(mut self, timeout: FeedbackTimeout) -> Self {
        self.feedback_timeout = timeout;
        self
    }

    /// How strictly the instructions of requests are read.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.profile
    }

    /// What a caller may send.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How long feedback may take where neither the request nor the binding says.
    #[must_use]
    pub fn feedback_timeout(&self) -> FeedbackTimeout {
        self.feedback_timeout
    }

    /// The encoders, those of the moment if they are shared.
    #[must_use]
    pub fn registry(&self) -> Registry {
        self.source.encoders().clone()
    }

    /// Encodes a request.
    ///
    /// A [`Binding`](crate::directory::Binding) is a directory too: one that has the same for every device.
    ///
    /// # Errors
    ///
    /// The first thing that keeps the instruction from being sent as it is meant.
    pub fn encode(
        &self,
        request: &CreateDownlinkRequest<'_>,
        directory: &dyn Directory,
        now: UnixTime,
    ) -> Result<Downlinks, Error> {
        self.encode_noting(request, directory, now, &mut First::default())
    }

    /// Encodes a request, and notes the warnings whether it ends well or not.
    ///
    /// # Errors
    ///
    /// As [`Engine::encode`].
    pub fn encode_noting(
        &self,
        request: &CreateDownlinkRequest<'_>,
        directory: &dyn Directory,
        now: UnixTime,
        findings: &mut First,
    ) -> Result<Downlinks, Error> {
        let noted = findings.warnings.len();
        let mut placed = Placed::new(request.source(), findings);
        let encoders = self.source.encoders();
        let walk = self.walk(&encoders, directory, now, Purpose::Downlinks);
        let walked = walk.request(request, &mut WalkMemory::default(), &mut placed)?;
        Ok(Downlinks::new(
            walked.ok_or_else(nothing_left)?,
            findings,
            noted,
        ))
    }

    /// Encodes a request from its bytes to the bytes of its documents, in memory used before.
    ///
    /// It does what [`CreateDownlinkRequest::from_json`], [`Engine::encode`] and
    /// [`Downlinks::documents`] do one after the other, with the profile and the limits of the
    /// engine. Once the workspace has grown to what such a request takes, nothing is allocated.
    ///
    /// # Errors
    ///
    /// Those of the request, and of [`Engine::encode`].
    ///
    /// ```
    /// use downlink::Engine;
    /// use downlink::directory::Binding;
    /// use downlink::encoder::Registry;
    /// use downlink::engine::Workspace;
    /// use downlink::senml::UnixTime;
    ///
    /// let engine = Engine::new(Registry::builder().builtin()?.build());
    /// let binding = Binding::new("dragino/lt-22222-l");
    /// let now = UnixTime::from_seconds(1_700_000_000);
    /// let mut workspace = Workspace::default();
    ///
    /// let body = br#"{
    ///     "instruction": [{"bn": "urn:dev:DEVEUI:0059AC0000152A2B:", "n": "tdc", "u": "min", "v": 10}],
    ///     "method": {"protocol": "LORA"}
    /// }"#;
    /// let documents = engine.encode_into(&mut workspace, body, &binding, now)?;
    /// let document = documents.iter().next().unwrap();
    /// assert_eq!(document.resource, "/lora/downlinks");
    /// assert!(document.json.starts_with(br#"{"message":{"payloadHex":"01000258","fPort":2}"#));
    /// # Ok::<(), downlink::Error>(())
    /// ```
    pub fn encode_into<'w>(
        &self,
        workspace: &'w mut Workspace,
        body: &'w [u8],
        directory: &dyn Directory,
        now: UnixTime,
    ) -> Result<Documents<'w>, Error> {
        let encoders = self.source.encoders();
        let way = self.walk(&encoders, directory, now, Purpose::Documents);
        self.encode_on(way, workspace, body)
    }

    /// By itself: in a function that holds less, what is held is reached by shorter code.
    #[inline(never)]
    fn encode_on<'w>(
        &self,
        way: Walk<'_>,
        workspace: &'w mut Workspace,
        body: &'w [u8],
    ) -> Result<Documents<'w>, Error> {
        let Workspace {
            pack,
            walk,
            findings,
            texts,
        } = workspace;
        findings.warnings.clear();
        texts.clear();
        let limits = &self.limits;
        let mut request = PlainRequest::default();
        let options = (self.profile, limits);
        if let Some((instruction, order)) = request.read(body, options, &mut walk.entries) {
            let walked = way.instruction(instruction, &order, &mut walk.encode, findings);
            let external_reference = request.external_reference.map(Cow::Borrowed);
            request.give_back(&mut walk.entries);
            // If there is anything to tell, it needs its place.
            match walked {
                Ok(walked) if findings.warnings.is_empty() => {
                    return Ok(Documents {
                        device: walked.write(texts, walk),
                        external_reference,
                        texts,
                        warnings: &[],
                    });
                }
                _ => findings.warnings.clear(),
            }
        }
        let request =
            CreateDownlinkRequest::read_json_reusing(body, self.profile, limits, pack, findings)?;
        let mut request = request.ok_or_else(contract::incomplete)?;
        let mut placed = Placed::new(request.source(), findings);
        let walked = way.request(&request, walk, &mut placed)?;
        let device = walked.ok_or_else(nothing_left)?.write(texts, walk);
        let external_reference = request.external_reference.take();
        pack.give_back(request.into_instruction());
        Ok(Documents {
            device,
            external_reference,
            texts,
            warnings: &findings.warnings,
        })
    }

    /// Encodes a pack without a request around it.
    ///
    /// Pointers of errors are into the pack, places are offsets into its source.
    ///
    /// # Errors
    ///
    /// As [`Engine::encode`].
    pub fn encode_pack(
        &self,
        pack: &Pack<'_>,
        method: &Method,
        directory: &dyn Directory,
        now: UnixTime,
    ) -> Result<Downlinks, Error> {
        self.encode_pack_noting(pack, method, directory, now, &mut First::default())
    }

    /// Encodes a pack, and notes the warnings whether it ends well or not.
    ///
    /// # Errors
    ///
    /// As [`Engine::encode`].
    pub fn encode_pack_noting(
        &self,
        pack: &Pack<'_>,
        method: &Method,
        directory: &dyn Directory,
        now: UnixTime,
        findings: &mut First,
    ) -> Result<Downlinks, Error> {
        let noted = findings.warnings.len();
        let mut bare = Bare::new(findings);
        let encoders = self.source.encoders();
        let walk = self.walk(&encoders, directory, now, Purpose::Downlinks);
        let order = Order::of_pack(method);
        let walked = walk.pack(pack, &order, &mut WalkMemory::default(), &mut bare);
        let walked = walked.map_err(Bare::end)?;
        Ok(Downlinks::new(
            walked.ok_or_else(nothing_left)?,
            findings,
            noted,
        ))
    }

    fn walk<'e>(
        &'e self,
        registry: &'e Registry,
        directory: &'e dyn Directory,
        now: UnixTime,
        purpose: Purpose,
    ) -> Walk<'e> {
        Walk {
            engine: self,
            registry,
            directory,
            now,
            purpose,
        }
    }
}
