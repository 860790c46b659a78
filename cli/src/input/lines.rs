//! Lines of a stream, some at a time and none longer than a request may be.

use std::fs::{File, Metadata};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use crate::exit::Failure;

use super::source::{is_standard_input, name_of};

/// Bytes that are read at a time, and so about what a batch holds.
const BUFFER: usize = 1 << 20;

/// A line with its number, without what ends it.
#[derive(Debug)]
pub(crate) struct Line {
    /// From one.
    pub(crate) number: usize,
    /// No more than the limit and one byte.
    pub(crate) bytes: Vec<u8>,
    /// How long it is.
    pub(crate) length: usize,
}

/// Reads lines in batches.
pub(crate) struct Lines {
    name: String,
    input: BufReader<Box<dyn Read>>,
    length: Option<u64>,
    longest: usize,
    number: usize,
    bytes: u64,
}

impl Lines {
    /// Lines of a file or of standard input, of which so many bytes are kept.
    pub(crate) fn open(path: &Path, longest: usize) -> Result<Self, Failure> {
        let name = name_of(path);
        let (input, length): (Box<dyn Read>, _) = if is_standard_input(path) {
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

    /// Bytes so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next lines that are no blanks: all that have arrived, but at least one; none at the end.
    ///
    /// A line that has arrived never waits for one that has not.
    pub(crate) fn batch(&mut self) -> Result<Vec<Line>, Failure> {
        let mut batch = Vec::new();
        loop {
            let line = self
                .line()
                .map_err(|error| Failure::reading(&self.name, error))?;
            let Some(line) = line else {
                return Ok(batch);
            };
            if !line.bytes.trim_ascii().is_empty() {
                batch.push(line);
            }
            let is_waiting = !self.input.buffer().contains(&b'\n');
            if is_waiting && !batch.is_empty() {
                return Ok(batch);
            }
        }
    }

    fn line(&mut self) -> io::Result<Option<Line>> {
        let (mut bytes, mut length) = (Vec::new(), 0);
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() && length == 0 {
                return Ok(None);
            }
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let piece = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or(buffer);
            let room = (self.longest + 1).saturating_sub(bytes.len());
            bytes.extend(piece.iter().take(room));
            length += piece.len();
            let used = piece.len() + usize::from(end.is_some());
            let is_last = end.is_some() || used == 0;
            self.input.consume(used);
            self.bytes = self
                .bytes
                .saturating_add(u64::try_from(used).unwrap_or(u64::MAX));
            if is_last {
                self.number += 1;
                return Ok(Some(Line {
                    number: self.number,
                    bytes,
                    length,
                }));
            }
        }
    }
}
