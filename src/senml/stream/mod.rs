//! Streams: records as soon as they arrive, in constant memory (RFC 8428 §4.8).
//!
//! ```text
//! stream in JSON = "[" record *( "," record ) "]"      the bracket closes when the stream ends
//! stream in CBOR = array of record, of indefinite length as a rule
//! ```
//!
//! Bytes go in, records come out; where the bytes come from is the caller's affair. What is kept is
//! the record that is being read and the base fields that act. The rules are those of a pack, but
//! for the number of records, and for the lint on two records of one name and time, which would
//! have to remember them all.
//!
//! A relative time is relative to when its record was sent, so `now` goes with each record.

mod extent;

use std::io::{self, BufRead};

use crate::error::{Code, Error, Sink};
use crate::json::Scanner as JsonScanner;
use crate::limits::Limits;

use super::assembly::Assembly;
use super::cbor::{self, Scanner as CborScanner};
use super::json;
use super::label::Key;
use super::pack::{Field, Pack};
use super::place::{Place, Placed};
use super::profile::Mode;
use super::reader::{Reader, with_rule};
use super::resolve::ResolvedRecord;
use super::rule;
use super::time::UnixTime;

use extent::{CborExtent, JsonExtent};

/// Bytes that were read before they are cleared away, so that clearing is rare.
const CLEARED: usize = 16 * 1024;

/// What there is after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// A record, which [`Stream::record`] gives.
    Record,
    /// Not enough bytes for the next record.
    NeedsBytes,
    /// The end of the stream.
    End,
}

/// A stream of records that is read while it comes in.
///
/// ```
/// use downlink::error::First;
/// use downlink::senml::{Progress, Reader, Stream, UnixTime};
///
/// let mut findings = First::default();
/// let mut stream = Stream::json(&Reader::new());
/// stream.feed(br#"[{"bn": "urn:dev:ow:10e2073a01080063:", "n": "fan", "vb": tr"#);
/// assert_eq!(stream.step(&mut findings)?, Progress::NeedsBytes);
/// stream.feed(br#"ue}, {"n": "heat", "vb": false}]"#);
/// assert_eq!(stream.step(&mut findings)?, Progress::Record);
/// let record = stream.record(UnixTime::from_seconds(1_700_000_000))?;
/// assert_eq!(record.name, "urn:dev:ow:10e2073a01080063:fan");
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Debug)]
pub struct Stream {
    options: Reader,
    format: Format,
    bytes: Vec<u8>,
    /// Bytes of `bytes` that were read.
    at: usize,
    /// Where in the stream that is.
    place: Place,
    state: State,
    rules: rule::State,
    /// A record of the base fields that act, and the record that was read last.
    pack: Pack<'static>,
    /// How many records were read.
    records: usize,
    had_errors: bool,
}

#[derive(Debug)]
enum Format {
    Json(JsonExtent),
    Cbor(CborExtent),
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The array.
    Root,
    /// A record or, in JSON, the end of an array without one.
    First,
    /// A comma or the end, in JSON.
    Between,
    /// A record.
    Record,
    /// So many more records, in CBOR.
    Records(u64),
    /// A record or a break, in CBOR.
    UntilBreak,
    /// Nothing.
    End,
}

/// What can go wrong while a stream is read from a source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StreamError {
    /// The source failed.
    #[error("the source of the stream failed")]
    Source(#[from] io::Error),
    /// The stream is refused.
    #[error(transparent)]
    Refused(#[from] Error),
}

impl Stream {
    /// A stream in JSON.
    ///
    /// The mode of the reader is [`Mode::Stream`], whatever it was. The limit of a request holds
    /// for each record.
    #[must_use]
    pub fn json(reader: &Reader) -> Self {
        Self::new(reader, Format::Json(JsonExtent::default()))
    }

    /// A stream in CBOR.
    #[must_use]
    pub fn cbor(reader: &Reader) -> Self {
        Self::new(reader, Format::Cbor(CborExtent::default()))
    }

    fn new(reader: &Reader, format: Format) -> Self {
        let place = match format {
            Format::Json(_) => Place::START_OF_TEXT,
            Format::Cbor(_) => Place::START_OF_BYTES,
        };
        let limits = Limits {
            records: usize::MAX,
            ..reader.limits
        };
        Self {
            options: reader.mode(Mode::Stream).limits(limits),
            format,
            bytes: Vec::new(),
            at: 0,
            place,
            state: State::Root,
            rules: rule::State::default(),
            pack: Pack::default(),
            records: 0,
            had_errors: false,
        }
    }

    /// Takes the next bytes of the stream.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.at >= CLEARED || self.at == self.bytes.len() {
            self.bytes.drain(..self.at);
            self.at = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Reads on until there is a record, or no more bytes, or the end.
    ///
    /// Records of base fields only are taken in, and so are those with errors that the sink
    /// collects; neither is a record to be had.
    ///
    /// # Errors
    ///
    /// What the sink does not collect, and what leaves nothing to go on with. After an error the
    /// stream is at its end.
    pub fn step(&mut self, sink: &mut dyn Sink) -> Result<Progress, Error> {
        let progress = self.step_on(sink);
        if progress.is_err() {
            self.state = State::End;
            self.at = self.bytes.len();
        }
        progress
    }

    /// The record that the last step found, with a relative time told from `now`.
    ///
    /// # Errors
    ///
    /// If the last step found none, or if its time leaves the range of a double.
    pub fn record(&self, now: UnixTime) -> Result<ResolvedRecord<'_>, Error> {
        let record = self.pack.resolve_last(now)?;
        let mut record = record.ok_or_else(|| {
            Error::new(Code::SenmlFraming, "there is no record yet").hint("step until there is one")
        })?;
        record.index = self.records.saturating_sub(1);
        Ok(record)
    }

    /// Reads on from a source until there is a record; `false` at the end of the stream.
    ///
    /// # Errors
    ///
    /// Those of the source and of [`Stream::step`], and [`Code::JsonSyntax`] or
    /// [`Code::CborSyntax`] where the source ends before the stream does.
    pub fn read_from(
        &mut self,
        source: &mut impl BufRead,
        sink: &mut dyn Sink,
    ) -> Result<bool, StreamError> {
        loop {
            match self.step(sink)? {
                Progress::Record => return Ok(true),
                // The source may have more, which the next step refuses.
                Progress::End | Progress::NeedsBytes => {}
            }
            let bytes = match source.fill_buf() {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            if bytes.is_empty() {
                self.finish()?;
                return Ok(false);
            }
            let length = bytes.len();
            self.feed(bytes);
            source.consume(length);
        }
    }

    /// Makes sure that the stream came to its end.
    ///
    /// # Errors
    ///
    /// [`Code::JsonSyntax`] or [`Code::CborSyntax`] if it did not.
    pub fn finish(&self) -> Result<(), Error> {
        if self.state == State::End {
            return Ok(());
        }
        let (code, rule) = match self.format {
            Format::Json(_) => (Code::JsonSyntax, "J4"),
            Format::Cbor(_) => (Code::CborSyntax, "C12"),
        };
        let error = Error::new(code, "the stream breaks off")
            .expected("the end of the array")
            .found("the end of the bytes")
            .rule(rule);
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        Err(self.placed(error.at_offset(rest.len())))
    }

    fn step_on(&mut self, sink: &mut dyn Sink) -> Result<Progress, Error> {
        loop {
            let progress = match self.format {
                Format::Json(_) => self.step_json(sink)?,
                Format::Cbor(_) => self.step_cbor(sink)?,
            };
            if let Some(progress) = progress {
                return Ok(progress);
            }
        }
    }

    /// One step through a stream in JSON; nothing if it only led to the next one.
    fn step_json(&mut self, sink: &mut dyn Sink) -> Result<Option<Progress>, Error> {
        let Some(byte) = self.next_but_blanks() else {
            return Ok(Some(match self.state {
                State::End => Progress::End,
                _ => Progress::NeedsBytes,
            }));
        };
        let next = match (self.state, byte) {
            (State::Root, b'[') => State::First,
            (State::First | State::Between, b']') => {
                self.end(sink)?;
                State::End
            }
            (State::Between, b',') => State::Record,
            (State::First | State::Record, b'{') => return self.record_in_json(sink),
            _ => return Err(self.unexpected(byte)),
        };
        self.consume(1);
        self.state = next;
        Ok(None)
    }

    fn next_but_blanks(&mut self) -> Option<u8> {
        let rest = self.bytes.get(self.at..)?;
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        let blanks = rest.iter().take_while(|byte| is_blank(byte)).count();
        self.consume(blanks);
        self.bytes.get(self.at).copied()
    }

    /// Goes past so many bytes.
    fn consume(&mut self, length: usize) {
        let end = self.at + length;
        self.place
            .advance(self.bytes.get(self.at..end).unwrap_or_default());
        self.at = end;
    }

    fn record_in_json(&mut self, sink: &mut dyn Sink) -> Result<Option<Progress>, Error> {
        let Format::Json(extent) = &mut self.format else {
            return Ok(None);
        };
        let bytes = self.bytes.get(self.at..).unwrap_or_default();
        let Some(length) = extent.find(bytes) else {
            return self.needs_bytes();
        };
        *extent = JsonExtent::default();
        self.state = State::Between;
        self.take_record(length, sink)
    }

    /// One step through a stream in CBOR; nothing if it only led to the next one.
    fn step_cbor(&mut self, sink: &mut dyn Sink) -> Result<Option<Progress>, Error> {
        match self.state {
            State::Root => self.root_in_cbor(sink),
            State::Records(0) => {
                self.end(sink)?;
                self.state = State::End;
                Ok(None)
            }
            State::UntilBreak if self.bytes.get(self.at) == Some(&0xff) => {
                self.consume(1);
                self.end(sink)?;
                self.state = State::End;
                Ok(None)
            }
            State::End => match self.bytes.get(self.at) {
                Some(byte) => Err(self.unexpected(*byte)),
                None => Ok(Some(Progress::End)),
            },
            _ => self.record_in_cbor(sink),
        }
    }

    fn root_in_cbor(&mut self, sink: &mut dyn Sink) -> Result<Option<Progress>, Error> {
        let bytes = self.bytes.get(self.at..).unwrap_or_default();
        let mut scanner = CborScanner::new(bytes, self.options.limits.nesting);
        if scanner.is_starved_of_root() {
            return Ok(Some(Progress::NeedsBytes));
        }
        let mut placed = Placed::new(&[], self.place, sink);
        let mut assembly = Assembly::new_cbor(self.options, &mut placed);
        let root = cbor::read_root(&mut scanner, &mut assembly);
        self.state = match root.map_err(|error| self.placed(error))? {
            Some(Some(records)) => State::Records(records),
            Some(None) => State::UntilBreak,
            None => {
                self.had_errors = true;
                State::End
            }
        };
        let length = scanner.offset();
        self.consume(length);
        Ok(None)
    }

    fn record_in_cbor(&mut self, sink: &mut dyn Sink) -> Result<Option<Progress>, Error> {
        let Format::Cbor(extent) = &mut self.format else {
            return Ok(None);
        };
        let bytes = self.bytes.get(self.at..).unwrap_or_default();
        let found = extent.find(bytes, self.options.limits.nesting);
        let Some(length) = found.map_err(|error| self.placed(error))? else {
            return self.needs_bytes();
        };
        self.format = Format::Cbor(CborExtent::default());
        if let State::Records(left) = self.state {
            self.state = State::Records(left.saturating_sub(1));
        }
        self.take_record(length, sink)
    }

    /// Waits for the rest of a record, if that is not too long already.
    fn needs_bytes(&self) -> Result<Option<Progress>, Error> {
        let limit = self.options.limits.request;
        let length = self.bytes.len().saturating_sub(self.at);
        if length <= limit {
            return Ok(Some(Progress::NeedsBytes));
        }
        let error = Error::new(
            Code::LimitRequest,
            format!("the record has more than {limit} bytes"),
        )
        .expected(format!("at most {limit} bytes"))
        .at_record(self.records, None);
        Err(self.placed(error))
    }

    /// Reads the record that is there now.
    fn take_record(
        &mut self,
        length: usize,
        sink: &mut dyn Sink,
    ) -> Result<Option<Progress>, Error> {
        let end = self.at + length;
        let bytes = self.bytes.get(self.at..end).unwrap_or_default();
        let mut placed = Placed::new(bytes, self.place, sink);
        let is_json = matches!(self.format, Format::Json(_));
        let assembly = if is_json {
            Assembly::new_json(self.options, &mut placed)
        } else {
            Assembly::new_cbor(self.options, &mut placed)
        };
        let rules = std::mem::take(&mut self.rules);
        let mut assembly = assembly.resumed(self.pack.carried(), rules, self.records);
        // The record is one level below the array.
        let nesting = self.options.limits.nesting.saturating_sub(1);
        let result = if is_json {
            JsonScanner::from_utf8(bytes, nesting)
                .and_then(|mut scanner| json::read_record(&mut scanner, &mut assembly))
                .map_err(with_rule)
        } else {
            let mut scanner = CborScanner::new(bytes, nesting);
            cbor::read_record(&mut scanner, &mut assembly).and_then(|()| scanner.end())
        };
        let result = result.map_err(|error| self.place.of(error, bytes));
        let interrupted = assembly.interrupt();
        let pack = interrupted.pack.into_owned();
        self.pack = pack;
        self.rules = interrupted.state;
        self.had_errors |= interrupted.had_errors;
        self.records += 1;
        self.consume(length);
        result?;
        let last = self.pack.resolve_last(UnixTime::from_seconds(0));
        Ok(last?.map(|_| Progress::Record))
    }

    /// The array is at its end.
    fn end(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
        let says_something = self.rules.has_measurement || self.had_errors;
        if says_something || (self.options.allow_empty && self.records == 0) {
            return Ok(());
        }
        let error = super::fault::says_nothing(self.records == 0);
        sink.error(self.placed(error))
    }

    #[cold]
    fn unexpected(&self, byte: u8) -> Error {
        let expected = match self.state {
            State::Root => "an array of records",
            State::First | State::Record => "a record",
            State::Between => "`,` or `]`",
            _ => "the end of the stream",
        };
        let found = match byte {
            b' '..=b'~' if matches!(self.format, Format::Json(_)) => {
                format!("`{}`", char::from(byte))
            }
            _ => format!("the byte 0x{byte:02X}"),
        };
        let (code, rule) = match self.format {
            Format::Json(_) => (Code::JsonSyntax, "J4"),
            Format::Cbor(_) => (Code::CborSyntax, "C12"),
        };
        let error = Error::new(code, format!("expected {expected}, found {found}"))
            .expected(expected)
            .found(found)
            .rule(rule);
        self.placed(error)
    }

    /// The error with its place, which it tells from the next byte on, if it tells one.
    fn placed(&self, error: Error) -> Error {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.place.of(error, rest)
    }
}

impl Pack<'_> {
    /// The base fields that act behind this pack of a base-only record and another one.
    fn carried(&self) -> Vec<Field<'static>> {
        let mut carried: Vec<Field<'static>> = Vec::new();
        for field in &self.fields {
            if !is_base(&field.key) {
                continue;
            }
            carried.retain(|other| other.key != field.key);
            carried.push(field.clone().into_owned());
        }
        carried
    }
}

fn is_base(key: &Key<'_>) -> bool {
    matches!(key, Key::Label(label) if label.is_base())
}
