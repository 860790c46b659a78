//! Standard output, where the data goes.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, BufWriter, StdoutLock, Write};

use serde::Serialize;

use crate::exit::Failure;

/// Text that changes nothing on a terminal: control characters have a stand-in each, so that
/// columns stay.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    let stands_in = |character: char| match character {
        '\t' => ' ',
        '\n' => '\n',
        _ if is_control(character) => '\u{fffd}',
        _ => character,
    };
    if text.chars().all(|it| stands_in(it) == it) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.chars().map(stands_in).collect())
    }
}

/// JSON that changes nothing on a terminal: control characters can stand in its strings only, where
/// they have an escape (RFC 8259 §7).
pub(crate) fn escaped(json: &str) -> Cow<'_, str> {
    if is_plain(json.as_bytes()) || !json.contains(is_control) {
        return Cow::Borrowed(json);
    }
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if is_control(character) {
            // Writing to a string does not fail.
            let _ = write!(escaped, "\\u{:04x}", u32::from(character));
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
}

/// Whether a text is printable ASCII, of which nothing has to be escaped.
pub(crate) fn is_plain(text: &[u8]) -> bool {
    // It goes on to the end, because then many bytes are looked at at once.
    let is_printable = |byte: &u8| matches!(byte, b' '..=b'~');
    text.iter()
        .fold(true, |is_plain, byte| is_plain & is_printable(byte))
}

/// Characters that steer a terminal, or turn the direction of what follows.
fn is_control(character: char) -> bool {
    character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A number of things: `1 example`, `2 examples`.
pub(crate) fn count(number: usize, what: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {what}{plural}")
}

/// Buffered standard output; [`Output::finish`] sends what is left.
#[derive(Debug)]
pub(crate) struct Output(BufWriter<StdoutLock<'static>>);

impl Output {
    pub(crate) fn new() -> Self {
        Self(BufWriter::new(io::stdout().lock()))
    }

    /// Writes a value as one line of JSON.
    pub(crate) fn json_line(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let json = serde_json::to_string(value).map_err(io::Error::from)?;
        self.json(&json)
    }

    /// Writes JSON as one line.
    pub(crate) fn json(&mut self, json: &str) -> Result<(), Failure> {
        Ok(writeln!(self.0, "{}", escaped(json))?)
    }

    /// Writes a text for people.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), Failure> {
        Ok(self.0.write_all(visible(text).as_bytes())?)
    }

    /// Sends what is left, so that a failure is seen.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        Ok(self.0.flush()?)
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn escaped_json_means_the_same() {
        let text = "a\u{1b}[2J\u{7f}\u{9b}31m\u{202e}é";
        let json = serde_json::to_string(text).unwrap();
        let escaped = escaped(&json);
        assert!(!escaped.contains(is_control));
        assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), text);
    }

    #[test]
    fn visible_text_keeps_its_columns() {
        assert_eq!(visible("a\u{1b}\tb\u{9b}"), "a\u{fffd} b\u{fffd}");
    }
}
