//! The engine: from a request and a binding to the documents that the platform takes.
//!
//! Encoding and previewing are the same walk. It reads no clock and does no input or output: the
//! time, the registry and the directory are arguments.

mod document;
mod downlinks;
mod text;
mod workspace;

use crate::contract::{self, CreateDownlinkRequest};
use crate::directory::{Binding, Directory};
use crate::encoder::{Context, Encoder, Frame, Registry, Writer};
use crate::error::{Bare, Code, Error, First, Placed, Sink};
use crate::instruction::{DeviceId, FeedbackTimeout, Instruction};
use crate::limits::Limits;
use crate::message::Method;
use crate::message::lora::PayloadLimit;
use crate::message::mqtt::{ContentType, TopicName};
use crate::preview::Preview;
use crate::senml::{Pack, Profile, UnixTime};

pub(crate) use crate::encoder::Part;
pub use document::Document;
pub use downlinks::Downlinks;
pub use workspace::{DocumentText, Documents, Workspace};

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
    registry: Registry,
    limits: Limits,
    feedback_timeout: FeedbackTimeout,
}

/// What the documents say beside the message.
#[derive(Clone, Copy, Debug)]
struct Settings {
    feedback_timeout: FeedbackTimeout,
    retry_limit: Option<u64>,
    dry_run: Option<bool>,
}

/// An instruction to encode, however it arrived.
struct Order<'a> {
    pack: &'a Pack<'a>,
    method: Method,
    retry_limit: Option<u64>,
    feedback_timeout: Option<FeedbackTimeout>,
    dry_run: Option<bool>,
}

/// An instruction that was walked to its end.
struct Walked<'e> {
    device: DeviceId,
    encoder: &'e dyn Encoder,
    parts: Vec<Part>,
    settings: Settings,
    payload_limit: PayloadLimit,
}

impl Engine {
    /// An engine with the usual limits, and an hour for feedback where nobody says otherwise.
    #[must_use]
    pub fn new(registry: Registry) -> Self {
        Self {
            registry,
            limits: Limits::default(),
            feedback_timeout: FeedbackTimeout::ONE_HOUR,
        }
    }

    /// Changes what a caller may send.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Changes how long feedback may take where neither the request nor the binding says.
    #[must_use]
    pub fn feedback_timeout(mut self, timeout: FeedbackTimeout) -> Self {
        self.feedback_timeout = timeout;
        self
    }

    /// The encoders.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Encodes a request.
    ///
    /// A [`Binding`] is a directory too: one that has the same for every device.
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
        let order = Order::of_request(request, &mut placed)?;
        let memory = &mut WalkMemory::default();
        let frame = Frame::untraced();
        let walked = self.walk_request(&order, directory, now, frame, memory, &mut placed)?;
        Ok(Downlinks::new(
            walked.ok_or_else(nothing_left)?,
            findings,
            noted,
        ))
    }

    /// Encodes a request from its bytes to the bytes of its documents, in memory used before.
    ///
    /// It does what [`CreateDownlinkRequest::from_json`], [`Engine::encode`] and
    /// [`Downlinks::documents`] do one after the other, with the limits of the engine. Once the
    /// workspace has grown to what such a request takes, nothing is allocated.
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
        let Workspace {
            pack,
            walk,
            findings,
            texts,
        } = workspace;
        findings.warnings.clear();
        texts.clear();
        let limits = &self.limits;
        let request =
            CreateDownlinkRequest::read_json_reusing(body, Profile::Interop, limits, pack, findings)?;
        let mut request = request.ok_or_else(contract::incomplete)?;
        let mut placed = Placed::new(request.source(), findings);
        let order = Order::of_request(&request, &mut placed)?;
        let frame = Frame::untraced();
        let walked = self.walk_request(&order, directory, now, frame, walk, &mut placed)?;
        let walked = walked.ok_or_else(nothing_left)?;
        for Part { message, .. } in &walked.parts {
            texts.push(message.protocol(), |json| {
                text::append(walked.device, message, &walked.settings, json);
            });
        }
        let device = walked.device;
        walk.encode.give_back(walked.parts);
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
        method: Method,
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
        method: Method,
        directory: &dyn Directory,
        now: UnixTime,
        findings: &mut First,
    ) -> Result<Downlinks, Error> {
        let noted = findings.warnings.len();
        let order = Order::of_pack(pack, method);
        let mut bare = Bare::new(findings);
        let memory = &mut WalkMemory::default();
        let walked = self.walk(&order, directory, now, Frame::untraced(), memory, &mut bare);
        let walked = walked.map_err(Bare::end)?;
        Ok(Downlinks::new(
            walked.ok_or_else(nothing_left)?,
            findings,
            noted,
        ))
    }

    /// Shows what a request would send, byte by byte, or everything that keeps it from being sent.
    pub fn preview(
        &self,
        request: &CreateDownlinkRequest<'_>,
        directory: &dyn Directory,
        now: UnixTime,
    ) -> Preview {
        Preview::collect(|sink| {
            let mut placed = Placed::new(request.source(), sink);
            self.preview_request(request, directory, now, &mut placed)
        })
    }

    /// Reads a request and shows what it would send, or everything that is wrong with it.
    pub fn preview_json(
        &self,
        body: &[u8],
        profile: Profile,
        directory: &dyn Directory,
        now: UnixTime,
    ) -> Preview {
        Preview::collect(|sink| {
            let request = CreateDownlinkRequest::read_json(body, profile, &self.limits, sink)?;
            let Some(request) = request else {
                return Ok(None);
            };
            let mut placed = Placed::new(request.source(), sink);
            self.preview_request(&request, directory, now, &mut placed)
        })
    }

    /// Shows what a pack would send, or everything that keeps it from being sent.
    pub fn preview_pack(
        &self,
        pack: &Pack<'_>,
        method: Method,
        directory: &dyn Directory,
        now: UnixTime,
    ) -> Preview {
        Preview::collect(|sink| {
            let order = Order::of_pack(pack, method);
            let mut bare = Bare::new(sink);
            let memory = &mut WalkMemory::default();
            let walked = self.walk(&order, directory, now, Frame::traced(), memory, &mut bare);
            Ok(walked.map_err(Bare::end)?.map(Walked::into_preview))
        })
    }

    fn preview_request(
        &self,
        request: &CreateDownlinkRequest<'_>,
        directory: &dyn Directory,
        now: UnixTime,
        sink: &mut Placed<'_, '_>,
    ) -> Result<Option<crate::preview::Shown>, Error> {
        let order = Order::of_request(request, sink)?;
        let memory = &mut WalkMemory::default();
        let walked = self.walk_request(&order, directory, now, Frame::traced(), memory, sink)?;
        Ok(walked.map(Walked::into_preview))
    }

    fn walk_request(
        &self,
        order: &Order<'_>,
        directory: &dyn Directory,
        now: UnixTime,
        empty: Frame,
        memory: &mut WalkMemory,
        sink: &mut Placed<'_, '_>,
    ) -> Result<Option<Walked<'_>>, Error> {
        let mut sink = sink.below(INSTRUCTION);
        let walked = self.walk(order, directory, now, empty, memory, &mut sink);
        walked.map_err(|error| sink.end(error))
    }

    /// The one walk, from a pack to messages; frames are like `empty`, traced or not.
    fn walk(
        &self,
        order: &Order<'_>,
        directory: &dyn Directory,
        now: UnixTime,
        empty: Frame,
        memory: &mut WalkMemory,
        sink: &mut dyn Sink,
    ) -> Result<Option<Walked<'_>>, Error> {
        let entries = &mut memory.entries;
        let Some(instruction) = Instruction::read_reusing(order.pack, now, entries, sink)? else {
            return Ok(None);
        };
        let device = instruction.device();
        let unbound = |error| instruction.at_device(error);
        let binding = directory.binding(device).map_err(unbound)?;
        let encoder = self.registry.get(binding.encoder()).map_err(unbound)?;
        let protocol = order.method.protocol();
        if !encoder.protocols().contains(&protocol) {
            return Err(unsupported_protocol(encoder, &order.method));
        }
        let payload_limit = binding.payload_limit().map_err(unbound)?;
        let context = Context::new(device, &order.method, binding).at(now);
        let mut writer =
            Writer::new(sink, empty, payload_limit, &self.limits).reusing(&mut memory.encode);
        encoder.encode(&instruction, &context, &mut writer)?;
        let (parts, encode) = writer.finish();
        memory.encode = encode;
        memory.entries.give_back(instruction);
        Ok(Some(Walked {
            device,
            encoder,
            parts,
            settings: self.settings(order, binding),
            payload_limit,
        }))
    }

    fn settings(&self, order: &Order<'_>, binding: &Binding) -> Settings {
        let timeout = order
            .feedback_timeout
            .or(binding.default_feedback_timeout());
        Settings {
            feedback_timeout: timeout.unwrap_or(self.feedback_timeout),
            retry_limit: order.retry_limit,
            dry_run: order.dry_run,
        }
    }
}

/// Where the pack stands in a request.
const INSTRUCTION: &str = "/instruction";

impl<'a> Order<'a> {
    fn of_pack(pack: &'a Pack<'a>, method: Method) -> Self {
        Self {
            pack,
            method,
            retry_limit: None,
            feedback_timeout: None,
            dry_run: None,
        }
    }

    fn of_request(
        request: &'a CreateDownlinkRequest<'a>,
        sink: &mut Placed<'_, '_>,
    ) -> Result<Self, Error> {
        let protocol = request.method.protocol();
        let method = match method(&request.method) {
            Ok(method) => method,
            Err(error) => {
                sink.error(error)?;
                Method::new(protocol)
            }
        };
        Ok(Self {
            pack: request.instruction(),
            method,
            retry_limit: request.retry_limit,
            feedback_timeout: request.feedback_timeout,
            dry_run: request.dry_run,
        })
    }
}

/// The contract's method with its values checked.
fn method(method: &contract::Method<'_>) -> Result<Method, Error> {
    Ok(match method {
        contract::Method::Lora(lora) => Method::Lora {
            f_port: lora.f_port,
        },
        contract::Method::Mqtt(mqtt) => Method::Mqtt {
            topic: mqtt
                .topic
                .as_deref()
                .map(TopicName::new)
                .transpose()
                .map_err(|error| error.at_pointer("/method/topic"))?,
            content_type: mqtt
                .content_type
                .as_deref()
                .map(ContentType::new)
                .transpose()
                .map_err(|error| error.at_pointer("/method/contentType"))?,
        },
        contract::Method::Sms(_) => Method::Sms,
        contract::Method::Http(_) => Method::Http,
    })
}

/// A walk that stops at the first error never goes on without commands.
#[cold]
fn nothing_left() -> Error {
    Error::new(Code::InstructionNoCommand, "the instruction has no command")
}

#[cold]
fn unsupported_protocol(encoder: &dyn Encoder, method: &Method) -> Error {
    let own: Vec<&str> = encoder
        .protocols()
        .iter()
        .map(|protocol| protocol.as_str())
        .collect();
    let (own, asked) = (own.join(" or "), method.protocol());
    Error::new(
        Code::EncodeUnsupportedProtocol,
        format!("`{}` speaks {own}, found {asked}", encoder.id()),
    )
    .expected(own)
    .found(asked.to_string())
    .at_pointer("/method/protocol")
}

impl Walked<'_> {
    fn into_preview(self) -> crate::preview::Shown {
        crate::preview::Shown::new(
            self.device,
            self.encoder.id().to_owned(),
            self.encoder.title().to_owned(),
            self.settings.feedback_timeout,
            self.parts,
            &self.payload_limit.to_string(),
        )
    }
}
