//! An input and the code that it raises.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use downlink::directory::{Binding, Bindings, DeviceFile, Directory};
use downlink::encoder::definition::Definition;
use downlink::encoder::{Context, Encoder, Registry, Writer};
use downlink::error::{All, Code, Diagnostic, Error};
use downlink::instruction::Instruction;
use downlink::message::http::HeaderName;
use downlink::message::lora::FPort;
use downlink::message::{Method, Payload, Protocol};
use downlink::senml::{Mode, Reader, UnixTime};
use downlink::{Engine, Limits};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cases {
    pub(crate) definition_prelude: String,
    pub(crate) case: Vec<Case>,
}

/// An encoder from outside, which refuses whatever it gets.
#[derive(Debug)]
struct Sign;

impl Encoder for Sign {
    fn id(&self) -> &'static str {
        "acme/sign"
    }

    fn protocols(&self) -> &[Protocol] {
        Protocol::ALL
    }

    fn encode(
        &self,
        instruction: &Instruction<'_>,
        _: &Context<'_>,
        _: &mut Writer<'_>,
    ) -> Result<(), Error> {
        let entry = &instruction.entries()[0];
        let found = entry.written_value();
        let error = Error::new(
            Code::EncodeRefused,
            format!("the sign does not show {found}"),
        )
        .expected("at most 4 characters")
        .found(found);
        Err(entry.at_value(error))
    }
}

/// The smallest input that raises a code; `tests/errors/README.md` tells the keys.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Case {
    pub(crate) code: String,
    request: Option<String>,
    instruction: Option<String>,
    method: Option<String>,
    encoder: Option<String>,
    variables: BTreeMap<String, String>,
    region: Option<String>,
    data_rate: Option<i64>,
    definition: Option<String>,
    protocol: Option<String>,
    twice: bool,
    foreign: bool,
    exported: bool,
    blanks: usize,
    pack: Option<String>,
    cbor: Option<String>,
    mode: Option<String>,
    payload: Option<String>,
    f_port: Option<u8>,
    time: Option<String>,
    header: Option<String>,
    devices: Option<String>,
    limits: BTreeMap<String, usize>,
}

impl Case {
    /// The finding that the case is for, or the codes of all others that were found.
    pub(crate) fn raised(&self, prelude: &str) -> Result<Diagnostic, Vec<&'static str>> {
        let findings = self.findings(prelude);
        let found = findings.iter().map(|finding| finding.code.as_str());
        let found = found.collect();
        let own = |finding: &Diagnostic| finding.code.as_str() == self.code;
        findings.into_iter().find(own).ok_or(found)
    }

    fn findings(&self, prelude: &str) -> Vec<Diagnostic> {
        if let Some(body) = self.body() {
            return self.preview(&body, prelude);
        }
        if let Some(digits) = &self.payload {
            return vec![self.decode(digits, prelude).into_diagnostic()];
        }
        let mut all = All::default();
        let end = self.read(prelude, &mut all).err();
        let errors = all.errors.into_iter().chain(end);
        let errors = errors.map(Error::into_diagnostic);
        errors.chain(all.warnings).collect()
    }

    fn read(&self, prelude: &str, all: &mut All) -> Result<(), Error> {
        if let Some(text) = self.definition_text(prelude) {
            let definition = Definition::from_toml(&text, all)?;
            if self.exported {
                definition.to_script()?;
            }
            let registry = Registry::builder().definition(&text)?;
            if self.twice {
                registry.definition(&text)?;
            }
        }
        if let Some(text) = &self.devices {
            let file = DeviceFile::read_toml(text, all)?;
            let registry = Registry::builder().builtin()?.build();
            registry.check_variables(&file, all)?;
        }
        if let Some(text) = &self.pack {
            self.reader().read_json(text.as_bytes(), all)?;
        }
        if let Some(digits) = &self.cbor {
            let bytes = hex::decode(digits).expect("hex digits");
            self.reader().read_cbor(&bytes, all)?;
        }
        if let Some(seconds) = &self.time {
            seconds.parse::<UnixTime>()?;
        }
        if let Some(name) = &self.header {
            HeaderName::new(name)?;
        }
        Ok(())
    }

    fn preview(&self, body: &str, prelude: &str) -> Vec<Diagnostic> {
        let mut registry = Registry::builder().builtin().unwrap();
        if let Some(text) = self.definition_text(prelude) {
            let definition = Definition::from_toml(&text, &mut All::default());
            registry = registry.register(definition.unwrap()).unwrap();
        }
        if self.foreign {
            registry = registry.register(Sign).unwrap();
        }
        let engine = Engine::new(registry.build()).with_limits(self.limits());
        let now = UnixTime::from_seconds(1_700_000_000);
        let directory = self.directory();
        let preview = engine.preview_json(body.as_bytes(), &*directory, now);
        let findings = preview.problems().iter().chain(preview.warnings());
        findings.cloned().collect()
    }

    fn decode(&self, digits: &str, prelude: &str) -> Error {
        let own = self.definition_text(prelude);
        let own = own.map(|text| Definition::from_toml(&text, &mut All::default()).unwrap());
        let registry = Registry::builder().builtin().unwrap().build();
        let foreign = || Definition::of(registry.get(self.encoder.as_ref()?).unwrap());
        let definition = own.as_ref().or_else(foreign).expect("a definition");
        let f_port = self.f_port.map(|port| FPort::new(port).unwrap());
        let payload = Payload::Binary(hex::decode(digits).unwrap());
        definition
            .decode(&Method::Lora { f_port }, &payload)
            .expect_err("no reading")
    }

    fn directory(&self) -> Box<dyn Directory> {
        let Some(encoder) = &self.encoder else {
            let file = include_str!("../../examples/devices.toml");
            return Box::new(Bindings::from_toml(file).unwrap());
        };
        let mut binding = Binding::new(encoder);
        for (name, value) in &self.variables {
            binding = binding.with_variable(name, value);
        }
        if let Some(region) = &self.region {
            binding = binding.with_region(region.parse().unwrap());
        }
        if let Some(data_rate) = self.data_rate {
            binding = binding.with_data_rate(data_rate);
        }
        Box::new(binding)
    }

    fn body(&self) -> Option<String> {
        let method = self.method.as_deref().unwrap_or(r#"{"protocol": "LORA"}"#);
        let around = |instruction: &String| {
            let instruction = instruction.trim();
            format!("{{\"instruction\": {instruction}, \"method\": {method}}}")
        };
        let whole = self.request.clone();
        whole.or_else(|| self.instruction.as_ref().map(around))
    }

    fn definition_text(&self, prelude: &str) -> Option<String> {
        let protocol = self.protocol.as_deref().unwrap_or("LORA");
        let rest = self.definition.as_ref()?;
        let blanks = " ".repeat(self.blanks);
        Some(prelude.replace("LORA", protocol) + rest + &blanks)
    }

    fn reader(&self) -> Reader {
        let reader = Reader::new().limits(self.limits());
        match self.mode.as_deref() {
            None => reader,
            Some("fetch") => reader.mode(Mode::Fetch),
            Some("patch") => reader.mode(Mode::Patch),
            Some(other) => panic!("mode {other}"),
        }
    }

    fn limits(&self) -> Limits {
        let mut limits = Limits::default();
        for (name, limit) in &self.limits {
            *match name.as_str() {
                "request" => &mut limits.request,
                "records" => &mut limits.records,
                "value" => &mut limits.value,
                "nesting" => &mut limits.nesting,
                "parts" => &mut limits.parts,
                other => panic!("limit {other}"),
            } = *limit;
        }
        limits
    }

    /// The input as the page shows it: what it is, and code blocks.
    pub(crate) fn shown(&self) -> String {
        let mut shown = self.circumstances();
        let mut block = |language: &str, text: &str| {
            let text = text.trim();
            write!(shown, "```{language}\n{text}\n```\n\n").unwrap();
        };
        for text in self.definition.iter().chain(&self.devices) {
            block("toml", text);
        }
        for text in self.body().iter().chain(&self.pack) {
            block("json", text);
        }
        for text in self
            .cbor
            .iter()
            .chain(&self.time)
            .chain(&self.header)
            .chain(&self.payload)
        {
            block("text", text);
        }
        shown
    }

    /// What must be known beside the input, as a line above it.
    fn circumstances(&self) -> String {
        let mut known = Vec::new();
        known.extend(
            self.payload
                .as_ref()
                .map(|_| "a payload to decode".to_owned()),
        );
        known.extend(self.f_port.map(|port| format!("sent to port {port}")));
        known.extend(self.cbor.as_ref().map(|_| "CBOR in hex".to_owned()));
        known.extend(
            self.mode
                .as_ref()
                .map(|mode| format!("as a {} pack", mode.to_uppercase())),
        );
        let protocol = self.protocol.as_ref();
        known.extend(protocol.map(|protocol| format!("`protocol = \"{protocol}\"`")));
        let is_foreign = self.definition.is_none();
        let encoder = self.encoder.as_ref().filter(|_| is_foreign);
        known.extend(encoder.map(|id| format!("for the encoder `{id}`")));
        let variables = self.variables.iter();
        known.extend(variables.map(|(name, value)| format!("`{name} = \"{value}\"`")));
        known.extend(
            self.region
                .as_ref()
                .map(|region| format!("region {region}")),
        );
        known.extend(
            self.data_rate
                .map(|data_rate| format!("data rate {data_rate}")),
        );
        let limits = self.limits.iter();
        known.extend(limits.map(|(name, limit)| format!("`Limits::{name}` of {limit}")));
        if self.blanks > 0 {
            known.push(format!("and {} blanks", self.blanks));
        }
        if self.foreign {
            known.push("which is one in Rust, from outside".to_owned());
        }
        if self.exported {
            known.push("exported as a script".to_owned());
        }
        if self.twice {
            known.push("registered twice".to_owned());
        }
        if known.is_empty() {
            return String::new();
        }
        let known = known.join(", ");
        let (first, rest) = known.split_at(1);
        format!("{}{rest}:\n\n", first.to_uppercase())
    }
}
