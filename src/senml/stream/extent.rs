//! Finds the end of a record while its bytes come in, looking at each byte once.
//!
//! Nothing is judged here: the reader does that, once the record is complete.

use crate::error::Error;

use super::super::cbor::{Head, Scanner};

/// How far the search for the end has come.
#[derive(Debug, Default)]
pub(super) struct JsonExtent {
    at: usize,
    depth: usize,
    in_string: bool,
    is_escaped: bool,
}

impl JsonExtent {
    /// The length of the object that the bytes begin with, once its end is there.
    pub(super) fn find(&mut self, bytes: &[u8]) -> Option<usize> {
        for byte in bytes.get(self.at..).unwrap_or_default() {
            self.at += 1;
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' if self.in_string => self.is_escaped = true,
                b'"' => self.in_string = !self.in_string,
                _ if self.in_string => {}
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Some(self.at);
                    }
                }
                _ => {}
            }
        }
        None
    }
}

/// How far the search for the end has come.
#[derive(Debug, Default)]
pub(super) struct CborExtent {
    at: u64,
    /// What is still missing of each item that is open; none until a break.
    open: Vec<Option<u64>>,
    /// Whether the item ended, though its bytes may not all be there.
    has_ended: bool,
}

impl CborExtent {
    /// The length of the item that the bytes begin with, once its end is there.
    pub(super) fn find(&mut self, bytes: &[u8], deepest: usize) -> Result<Option<usize>, Error> {
        while !self.has_ended {
            let Some(rest) = usize::try_from(self.at).ok().and_then(|at| bytes.get(at..)) else {
                return Ok(None);
            };
            let mut scanner = Scanner::new(rest, deepest);
            let head = match scanner.head() {
                Ok(head) => head,
                Err(_) if scanner.is_starved() => return Ok(None),
                Err(error) => return Err(error),
            };
            self.advance(u64::try_from(scanner.offset()).unwrap_or(u64::MAX));
            if self.open.len() > deepest {
                // The reader says why, as soon as it sees it.
                return Ok(Some(bytes.len()));
            }
            self.has_ended = self.take(head) && self.open.is_empty();
        }
        let end = usize::try_from(self.at).ok();
        Ok(end.filter(|end| *end <= bytes.len()))
    }

    fn advance(&mut self, length: u64) {
        self.at = self.at.saturating_add(length);
    }

    /// Takes a head; whether an item ended with it.
    fn take(&mut self, head: Head) -> bool {
        match head {
            Head::Bytes(Some(length)) | Head::Text(Some(length)) => self.advance(length),
            Head::Array(Some(0)) | Head::Map(Some(0)) => {}
            Head::Array(Some(items)) => return self.enter(Some(items)),
            Head::Map(Some(pairs)) => return self.enter(Some(pairs.saturating_mul(2))),
            Head::Tag(_) => return self.enter(Some(1)),
            Head::Bytes(None) | Head::Text(None) | Head::Array(None) | Head::Map(None) => {
                return self.enter(None);
            }
            Head::Break => drop(self.open.pop()),
            _ => {}
        }
        self.end_item();
        true
    }

    fn enter(&mut self, missing: Option<u64>) -> bool {
        self.open.push(missing);
        false
    }

    /// An item ended, and with it perhaps the ones around it.
    fn end_item(&mut self) {
        while let Some(Some(missing)) = self.open.last_mut() {
            *missing = missing.saturating_sub(1);
            if *missing > 0 {
                return;
            }
            self.open.pop();
        }
    }
}
