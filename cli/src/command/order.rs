//! What `preview` and `encode` share: the engine, the bindings, and the input.

use std::path::Path;
use std::time::SystemTime;

use downlink::contract::{self, CreateDownlinkRequest};
use downlink::directory::Directory;
use downlink::encoder::Description;
use downlink::engine::{Documents, Workspace};
use downlink::error::{All, Audience, Code, Error, First, Sink};
use downlink::instruction::{DeviceId, Imei};
use downlink::message::lora::FPort;
use downlink::message::{Method, Protocol};
use downlink::preview::Preview;
use downlink::senml::{Pack, Reader, UnixTime};
use downlink::{Downlinks, Engine};
use serde_json::json;

use crate::args::OrderArguments;
use crate::exit::Failure;
use crate::input::{self, Source};

/// Bytes of a request that are read at most; the library's own limit tells the length below it.
const REQUEST: u64 = 64 << 20;

/// All that instructions are encoded with.
pub(super) struct Setup {
    engine: Engine,
    directory: Box<dyn Directory + Send + Sync>,
    now: UnixTime,
    f_port: Option<FPort>,
    /// How bare packs travel; none where requests say so themselves.
    method: Option<Method>,
    /// The pack that names the device of an object for a script.
    pack: Option<String>,
    /// What was built, with a mask for each secret.
    shown: Option<String>,
}

/// What became of a request.
pub(super) struct Encoded {
    pub(super) external_reference: Option<String>,
    pub(super) downlinks: Downlinks,
}

impl Setup {
    /// Reads definitions and bindings.
    pub(super) fn new(arguments: &OrderArguments) -> Result<Self, Failure> {
        let bound = input::Bound::read(&arguments.binding)?;
        let registry = match &arguments.binding.codec {
            Some(codec) => input::codec_registry(codec, arguments.data.as_deref())?,
            None => input::registry(&arguments.catalog.encoders, &bound.wanted())?.registry,
        };
        let directory = bound.directory(&arguments.binding, &registry)?;
        let mut setup = Self {
            engine: Engine::new(registry).with_profile(arguments.profile.into()),
            directory,
            now: arguments.now.unwrap_or_else(|| SystemTime::now().into()),
            f_port: arguments.f_port,
            method: None,
            pack: None,
            shown: None,
        };
        if let Some(protocol) = arguments.protocol {
            setup.take_pack_for(protocol)?;
        }
        Ok(setup)
    }

    /// Reads the request, or builds a pack.
    pub(super) fn source(
        &mut self,
        request: Option<&Path>,
        arguments: &OrderArguments,
    ) -> Result<Source, Failure> {
        if let Some(path) = request {
            return Source::read_at_most(path, REQUEST);
        }
        if let Some(data) = &arguments.data {
            return self.take_data(data, arguments);
        }
        if arguments.device.is_none() && arguments.binding.only_encoder().is_none() {
            return Err(Failure::missing_argument(
                "--set needs --encoder or --codec, or --device together with a device file",
            ));
        }
        let refused = |error| Failure::refused(error, Source::argument());
        let trial = arguments.device.unwrap_or(any_device(Protocol::Lora));
        let protocol = match arguments.protocol {
            Some(protocol) => protocol,
            None => self.own_protocol(trial).map_err(refused)?,
        };
        self.take_pack_for(protocol)?;
        let device = arguments.device.unwrap_or(any_device(protocol));
        let description = self.description(device);
        let set = arguments.set.iter().cloned();
        let set = set.map(|it| it.in_percent(description.as_ref()));
        let set: Vec<_> = set.collect::<Result<_, _>>().map_err(refused)?;
        let shown: Vec<_> = set
            .iter()
            .map(|it| it.shown(description.as_ref()))
            .collect();
        self.shown = Some(input::pack_text(device, &shown));
        Ok(Source::new("--set", input::pack_text(device, &set)))
    }

    /// What the encoder of a device takes, if it is known.
    fn description(&self, device: DeviceId) -> Option<Description> {
        let (binding, registry) = (self.directory.binding(device), self.engine.registry());
        Some(registry.bound(&*binding.ok()?).ok()?.describe())
    }

    /// Takes an object for a script, which knows it already, in the place of a pack.
    fn take_data(&mut self, data: &str, arguments: &OrderArguments) -> Result<Source, Failure> {
        if arguments.binding.codec.is_none() {
            return Err(Failure::missing_argument("--data needs --codec"));
        }
        let protocol = arguments.protocol.unwrap_or(Protocol::Lora);
        self.take_pack_for(protocol)?;
        let device = arguments.device.unwrap_or(any_device(protocol));
        let record = json!({"bn": device.to_string(), "n": "data", "vb": true});
        self.pack = Some(json!([record]).to_string());
        Ok(Source::new("--data", data))
    }

    /// What was built in the place of a request, as it is shown.
    pub(super) fn built(&self, source: &Source) -> String {
        let heading = self.pack.as_ref().map_or("pack", |_| "data");
        let text = self.shown.as_deref().or(source.text()).unwrap_or_default();
        format!("{heading}\n  {}\n", text.replace('\n', "\n  "))
    }

    /// The first protocol that the encoder of a device speaks.
    fn own_protocol(&self, device: DeviceId) -> Result<Protocol, Error> {
        let (binding, registry) = (self.directory.binding(device)?, self.engine.registry());
        let protocols = registry.bound(&binding)?.protocols();
        Ok(protocols.first().copied().unwrap_or(Protocol::Lora))
    }

    /// Takes inputs as packs without a request around them.
    fn take_pack_for(&mut self, protocol: Protocol) -> Result<(), Failure> {
        let mut method = Method::new(protocol);
        match (&mut method, self.f_port) {
            (Method::Lora { f_port }, port) => *f_port = port,
            (_, Some(_)) => return Err(Failure::usage("--f-port is for LORA only")),
            (_, None) => {}
        }
        self.method = Some(method);
        Ok(())
    }

    /// Shows what a request or a pack would send, or everything that is wrong with it.
    pub(super) fn preview(&self, source: &Source) -> Preview {
        let mut findings = All::default();
        let walked = match &self.method {
            Some(method) => self.preview_pack(source.bytes(), method, &mut findings),
            None => self.preview_request(source.bytes(), &mut findings),
        };
        let preview = match walked {
            Ok(Some(preview)) => preview.after(findings),
            Ok(None) => Preview::from(findings),
            Err(error) => {
                findings.errors.push(error);
                Preview::from(findings)
            }
        };
        match source.text() {
            Some(text) => preview.placed_in(text),
            None => preview,
        }
    }

    fn preview_request(&self, body: &[u8], findings: &mut All) -> Result<Option<Preview>, Error> {
        refuse_pack(body)?;
        let (profile, limits) = (self.engine.profile(), self.engine.limits());
        let read = CreateDownlinkRequest::read_json(body, profile, limits, findings)?;
        let Some(mut request) = read else {
            return Ok(None);
        };
        self.choose_port(&mut request)?;
        let directory = self.directory.as_ref();
        Ok(Some(self.engine.preview(&request, directory, self.now)))
    }

    fn preview_pack(
        &self,
        bytes: &[u8],
        method: &Method,
        findings: &mut All,
    ) -> Result<Option<Preview>, Error> {
        let pack = self.read_pack(bytes, findings)?;
        if !findings.errors.is_empty() {
            return Ok(None);
        }
        let directory = self.directory.as_ref();
        let preview = self.engine.preview_pack(&pack, method, directory, self.now);
        Ok(Some(preview))
    }

    /// Encodes a request or a pack.
    pub(super) fn encode(&self, body: &[u8], findings: &mut First) -> Result<Encoded, Error> {
        let directory = self.directory.as_ref();
        if let Some(method) = &self.method {
            let pack = self.read_pack(body, findings)?;
            let downlinks = self
                .engine
                .encode_pack_noting(&pack, method, directory, self.now, findings)?;
            return Ok(Encoded {
                external_reference: None,
                downlinks,
            });
        }
        let mut request = self.read_request(body, findings)?;
        self.choose_port(&mut request)?;
        let downlinks = self
            .engine
            .encode_noting(&request, directory, self.now, findings)?;
        let external_reference = request.external_reference.map(Into::into);
        Ok(Encoded {
            external_reference,
            downlinks,
        })
    }

    /// Whether nothing is asked for that [`Setup::encode_into`] would not do.
    pub(super) fn takes_any_request(&self) -> bool {
        self.method.is_none() && self.f_port.is_none()
    }

    /// Encodes a request in memory used before.
    pub(super) fn encode_into<'w>(
        &self,
        workspace: &'w mut Workspace,
        body: &'w [u8],
    ) -> Result<Documents<'w>, Error> {
        let directory = self.directory.as_ref();
        self.engine
            .encode_into(workspace, body, directory, self.now)
    }

    fn read_request<'a>(
        &self,
        body: &'a [u8],
        findings: &mut First,
    ) -> Result<CreateDownlinkRequest<'a>, Error> {
        refuse_pack(body)?;
        let (profile, limits) = (self.engine.profile(), self.engine.limits());
        let read = CreateDownlinkRequest::read_json(body, profile, limits, findings)?;
        // Where the first error ends the walk, there is a request or an error.
        read.ok_or_else(|| Error::new(Code::JsonSyntax, "the request was not read"))
    }

    fn read_pack<'a>(&'a self, bytes: &'a [u8], sink: &mut dyn Sink) -> Result<Pack<'a>, Error> {
        let bytes = self.pack.as_deref().map_or(bytes, str::as_bytes);
        let reader = Reader::new()
            .profile(self.engine.profile())
            .for_instruction();
        if input::is_cbor(bytes) {
            reader.read_cbor(bytes, sink)
        } else {
            reader.read_json(bytes, sink)
        }
    }

    /// Has a request that leaves the port open take the one of the arguments.
    fn choose_port(&self, request: &mut CreateDownlinkRequest<'_>) -> Result<(), Error> {
        let Some(port) = self.f_port else {
            return Ok(());
        };
        let contract::Method::Lora(method) = &mut request.method else {
            let protocol = request.method.protocol().to_string();
            return Err(conflict(port, &format!("{protocol}, which has no ports"))
                .at_pointer("/method/protocol"));
        };
        match method.f_port {
            Some(own) if own != port => {
                Err(conflict(port, &format!("port {own}")).at_pointer("/method/fPort"))
            }
            _ => {
                method.f_port = Some(port);
                Ok(())
            }
        }
    }
}

/// Refuses a pack in JSON where there must be a request, and says what is missing.
pub(super) fn refuse_pack(body: &[u8]) -> Result<(), Error> {
    let start = body.iter().position(|byte| !byte.is_ascii_whitespace());
    match start {
        Some(start) if body.get(start) == Some(&b'[') => Err(Error::new(
            Code::RequestType,
            "the input is an array, expected the object of a request",
        )
        .expected("an object")
        .found("an array")
        .hint_for(
            Audience::Operator,
            "for a pack without a request, give the protocol, as in `--protocol LORA`",
        )
        .at_pointer("")
        .at_offset(start)),
        _ => Ok(()),
    }
}

fn conflict(port: FPort, found: &str) -> Error {
    Error::new(
        Code::EncodePortConflict,
        format!("the request asks for {found}, but --f-port is {port}"),
    )
    .expected(format!("port {port}"))
    .found(found)
    .hint_for(Audience::Operator, "omit --f-port")
}

/// A device for trying an encoder, of the kind that the protocol reaches.
pub(super) fn any_device(protocol: Protocol) -> DeviceId {
    match protocol {
        Protocol::Mqtt => DeviceId::DvnUuid(0),
        Protocol::Sms | Protocol::Http => {
            Imei::new("000000000000000").map_or(DeviceId::DevEui(0), DeviceId::Imei)
        }
        _ => DeviceId::DevEui(0),
    }
}
