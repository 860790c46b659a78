//! The reader: what is taken, how strictly, and how much of it.

use crate::error::{Code, Error, First, Placed, Sink};
use crate::json::Scanner;
use crate::limits::Limits;

use super::assembly::Assembly;
use super::json;
use super::pack::{Pack, PackMemory};
use super::profile::{Mode, Profile};

/// Reads packs.
///
/// The default is `Strict`, a plain pack, and the limits of [`Limits::default`].
///
/// ```
/// use downlink::error::All;
/// use downlink::senml::{Profile, Reader};
///
/// let text = br#"[{"n": "temperature", "v": 2.35E1}]"#;
/// let mut findings = All::default();
/// let pack = Reader::new().profile(Profile::Interop).read_json(text, &mut findings)?;
/// assert_eq!(pack.len(), 1);
/// assert_eq!(findings.warnings[0].rule.as_deref(), Some("J9"));
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct Reader {
    pub(super) profile: Profile,
    pub(super) mode: Mode,
    pub(super) limits: Limits,
    pub(super) allow_empty: bool,
    pub(super) is_for_instruction: bool,
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

impl Reader {
    /// A reader by the letter of the RFCs.
    pub fn new() -> Self {
        Self {
            profile: Profile::Strict,
            mode: Mode::Pack,
            limits: Limits::default(),
            allow_empty: false,
            is_for_instruction: false,
        }
    }

    /// How strictly it reads. The default is [`Profile::Strict`].
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// What the pack is for. The default is [`Mode::Pack`].
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// How much it takes. The default is [`Limits::default`].
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Also takes the empty array, which answers a FETCH that finds nothing (RFC 8790 §3.1).
    pub fn allow_empty(mut self) -> Self {
        self.allow_empty = true;
        self
    }

    /// Does not say that unknown labels are ignored, since an
    /// [`Instruction`](crate::instruction::Instruction) refuses them.
    pub fn for_instruction(mut self) -> Self {
        self.is_for_instruction = true;
        self
    }

    /// Reads a pack in JSON (RFC 8428 §5).
    ///
    /// Everything that is found goes to the sink, with its line and column. If the sink collects
    /// errors and there were some, the pack that is returned lacks the records that had them.
    ///
    /// # Errors
    ///
    /// What the sink does not collect, and what leaves nothing to go on with: text that is no JSON,
    /// and a limit that is passed.
    pub fn read_json<'a>(&self, bytes: &'a [u8], sink: &mut dyn Sink) -> Result<Pack<'a>, Error> {
        self.check_length(bytes)?;
        let mut scanner = Scanner::from_utf8(bytes, self.limits.nesting).map_err(with_rule)?;
        let text = scanner.text();
        let mut sink = Placed::new(text, sink);
        let pack = self
            .read_json_array(&mut scanner, &mut PackMemory::default(), &mut sink)
            .and_then(|pack| scanner.end().map(|()| pack));
        pack.map_err(|error| with_rule(error).located_in(text))
    }

    /// Reads the array at which the scanner stands.
    ///
    /// Places are offsets into the whole text of the scanner; who called finds the lines.
    pub(crate) fn read_json_array<'a>(
        &self,
        scanner: &mut Scanner<'a>,
        memory: &mut PackMemory,
        sink: &mut dyn Sink,
    ) -> Result<Pack<'a>, Error> {
        let length = scanner.text().len();
        let mut assembly = Assembly::new_json(self, sink);
        assembly.reuse(memory);
        assembly.reserve_for(length);
        json::read_array(scanner, &mut assembly)?;
        let pack = assembly.finish()?;
        assembly.give_back(memory);
        Ok(pack)
    }

    pub(super) fn check_length(&self, bytes: &[u8]) -> Result<(), Error> {
        let limit = self.limits.request;
        if bytes.len() <= limit {
            return Ok(());
        }
        Err(Error::new(
            Code::LimitRequest,
            format!(
                "the pack has {} bytes, expected at most {limit}",
                bytes.len()
            ),
        )
        .expected(format!("at most {limit} bytes"))
        .found(bytes.len().to_string()))
    }
}

impl<'a> Pack<'a> {
    /// Reads a pack in JSON by the letter of RFC 8428 and up to the first error.
    ///
    /// # Errors
    ///
    /// The first rule that is broken; see [`Reader::read_json`].
    ///
    /// # Examples
    ///
    /// ```
    /// use downlink::error::Code;
    /// use downlink::senml::Pack;
    ///
    /// let error = Pack::from_json(br#"[{"n": "fan", "v": 0, "vb": false}]"#).unwrap_err();
    /// assert_eq!(error.code(), Code::SenmlManyValues);
    /// ```
    pub fn from_json(bytes: &'a [u8]) -> Result<Self, Error> {
        Reader::new().read_json(bytes, &mut First::default())
    }
}

/// Names the rule behind what the JSON scanner refuses.
#[cold]
pub(super) fn with_rule(error: Error) -> Error {
    let diagnostic = error.diagnostic();
    let is_mark = diagnostic.found.as_deref() == Some("a byte order mark");
    match diagnostic.code {
        _ if diagnostic.rule.is_some() => error,
        Code::TextUtf8 => error.rule("J3"),
        Code::JsonSyntax if is_mark => error.rule("J3"),
        Code::JsonSyntax if diagnostic.message.contains("surrogate") => error.rule("J13"),
        Code::JsonSyntax => error.rule("J4"),
        Code::LimitNesting => error.rule("J14"),
        _ => error,
    }
}
