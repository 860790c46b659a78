//! The steps through a stream.

use crate::error::{Code, Error, Sink};
use crate::json::Scanner as JsonScanner;

use super::super::assembly::Assembly;
use super::super::cbor::{self, Scanner as CborScanner};
use super::super::label::Key;
use super::super::pack::{Field, Pack};
use super::super::place::Placed;
use super::super::reader::with_rule;
use super::super::time::UnixTime;
use super::super::{fault, json};
use super::extent::{CborExtent, JsonExtent};
use super::{Format, Progress, State, Stream};

impl Stream {
    pub(super) fn step_on(&mut self, sink: &mut dyn Sink) -> Result<Progress, Error> {
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
        let mut assembly = Assembly::new_cbor(&self.options, &mut placed);
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
            Assembly::new_json(&self.options, &mut placed)
        } else {
            Assembly::new_cbor(&self.options, &mut placed)
        };
        let rules = std::mem::take(&mut self.rules);
        let mut assembly =
            assembly.resumed(carried(std::mem::take(&mut self.pack)), rules, self.records);
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
        let error = fault::says_nothing(self.records == 0);
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
    pub(super) fn placed(&self, error: Error) -> Error {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.place.of(error, rest)
    }
}

/// The base fields that act behind a pack of a base-only record and another one.
fn carried(pack: Pack<'static>) -> Vec<Field<'static>> {
    let earlier = pack.ends.first().map_or(0, |end| end.fields);
    let mut fields = pack.fields;
    if !fields.iter().skip(earlier).any(is_base) {
        fields.truncate(earlier);
        return fields;
    }
    let mut carried: Vec<Field<'static>> = Vec::new();
    for field in fields.into_iter().filter(is_base) {
        carried.retain(|other| other.key != field.key);
        carried.push(field);
    }
    carried
}

fn is_base(field: &Field<'_>) -> bool {
    matches!(field.key, Key::Label(label) if label.is_base())
}
