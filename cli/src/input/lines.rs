//! Lines of a stream, some at a time and none longer than a request may be.

use std::fs::{File, Metadata};
use std::io::{self, BufRead, BufReader, Read};
use std::ops::Range;
use std::path::Path;

use crate::exit::Failure;

use super::source::{is_standard_input, name_of};

/// Bytes that are read at a time, and so about what a batch holds.
const BUFFER: usize = 64 * 1024;

/// Lines that stand behind each other, in memory that is used again.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    bytes: Vec<u8>,
    lines: Vec<Kept>,
    end: u64,
}

/// What a batch knows of a line.
#[derive(Debug)]
struct Kept {
    number: usize,
    place: Range<usize>,
    length: usize,
}

/// A line with its number, without what ends it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'b> {
    /// From one.
    pub(crate) number: usize,
    /// No more than the limit and one byte.
    pub(crate) bytes: &'b [u8],
    /// How long it is.
    pub(crate) length: usize,
}

impl Batch {
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = Line<'_>> {
        self.lines.iter().map(|line| Line {
            number: line.number,
            bytes: self.bytes.get(line.place.clone()).unwrap_or_default(),
            length: line.length,
        })
    }

    /// Bytes of the stream up to its end.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }
}

/// Reads lines in batches.
pub(crate) struct Lines {
    name: String,
    input: BufReader<Box<dyn Read + Send>>,
    length: Option<u64>,
    longest: usize,
    number: usize,
    bytes: u64,
}

impl Lines {
    /// Lines of a file or of standard input, of which so many bytes are kept.
    pub(crate) fn open(path: &Path, longest: usize) -> Result<Self, Failure> {
        let name = name_of(path);
        let (input, length): (Box<dyn Read + Send>, _) = if is_standard_input(path) {
            (Box::new(io::stdin()), None)
        } else {
            let file = File::open(path).map_err(|error| Failure::reading(&name, error))?;
            let length = file.metadata().ok().filter(Metadata::is_file);
            (Box::new(file), length.map(|it| it.len()))
        };
        Ok(Self {
            name,
            input: BufReader::with_capacity(BUFFER, input),
            length,
            longest,
            number: 0,
            bytes: 0,
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Bytes in all, where that is known.
    pub(crate) fn length(&self) -> Option<u64> {
        self.length
    }

    /// Takes the next lines that are no blanks: all that have arrived, but at least one; none at the
    /// end.
    ///
    /// A line that has arrived never waits for one that has not.
    pub(crate) fn read_into(&mut self, batch: &mut Batch) -> Result<(), Failure> {
        batch.bytes.clear();
        batch.lines.clear();
        while self
            .line(batch)
            .map_err(|error| Failure::reading(&self.name, error))?
        {
            let is_waiting = !self.input.buffer().contains(&b'\n');
            if is_waiting && !batch.lines.is_empty() {
                break;
            }
        }
        batch.end = self.bytes;
        Ok(())
    }

    /// Takes a line if it is no blank; whether there was one.
    fn line(&mut self, batch: &mut Batch) -> io::Result<bool> {
        let (start, mut length) = (batch.bytes.len(), 0);
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() && length == 0 {
                return Ok(false);
            }
            let end = memchr::memchr(b'\n', buffer);
            let piece = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or(buffer);
            let room = (start + self.longest + 1).saturating_sub(batch.bytes.len());
            batch.bytes.extend(piece.iter().take(room));
            length += piece.len();
            let used = piece.len() + usize::from(end.is_some());
            let is_last = end.is_some() || used == 0;
            self.input.consume(used);
            self.bytes = self
                .bytes
                .saturating_add(u64::try_from(used).unwrap_or(u64::MAX));
            if is_last {
                self.number += 1;
                self.keep(batch, start, length);
                return Ok(true);
            }
        }
    }

    /// Keeps the line that starts there, unless it is blank.
    fn keep(&self, batch: &mut Batch, start: usize, length: usize) {
        let place = start..batch.bytes.len();
        let line = batch.bytes.get(place.clone()).unwrap_or_default();
        if line.trim_ascii().is_empty() {
            batch.bytes.truncate(start);
        } else {
            batch.lines.push(Kept {
                number: self.number,
                place,
                length,
            });
        }
    }
}
