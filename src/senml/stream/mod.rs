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
mod step;

use std::io::{self, BufRead};

use crate::error::{Code, Error, Sink};
use crate::limits::Limits;

use super::pack::Pack;
use super::place::Place;
use super::profile::Mode;
use super::reader::Reader;
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
}
