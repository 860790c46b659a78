//! Strings and their escapes (RFC 8259 §7).

use std::borrow::Cow;

/// What is wrong in a string, and how far behind its opening quote.
pub(super) struct Fault {
    pub(super) message: &'static str,
    pub(super) expected: &'static str,
    pub(super) at: usize,
}

/// Reads from behind the opening quote: the string, and the length up to behind the closing one.
pub(super) fn read(text: &str) -> Result<(Cow<'_, str>, usize), Fault> {
    let plain = plain_length(text);
    let head = text.get(..plain).unwrap_or_default();
    if text.as_bytes().get(plain) == Some(&b'"') {
        return Ok((Cow::Borrowed(head), plain + 1));
    }
    let mut string = head.to_owned();
    let mut at = plain;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        match rest.bytes().next() {
            Some(b'"') => return Ok((Cow::Owned(string), at + 1)),
            Some(b'\\') => {
                let (character, length) = escape(rest).map_err(|message| Fault {
                    message,
                    expected: "an escape of RFC 8259",
                    at,
                })?;
                string.push(character);
                at += length;
            }
            Some(_) => return Err(control_character(at)),
            None => return Err(unclosed(text.len())),
        }
        let rest = text.get(at..).unwrap_or_default();
        let plain = plain_length(rest);
        string.push_str(rest.get(..plain).unwrap_or_default());
        at += plain;
    }
}

/// How many bytes stand for themselves.
fn plain_length(text: &str) -> usize {
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
    text.as_bytes()
        .iter()
        .position(is_special)
        .unwrap_or(text.len())
}

fn control_character(at: usize) -> Fault {
    Fault {
        message: "a control character in a string",
        expected: "an escape such as `\\n`",
        at,
    }
}

fn unclosed(at: usize) -> Fault {
    Fault {
        message: "the string is not closed",
        expected: "`\"`",
        at,
    }
}

/// One escape: its character and its length.
fn escape(text: &str) -> Result<(char, usize), &'static str> {
    let character = match text.as_bytes().get(1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode_escape(text),
        _ => return Err("an escape that JSON does not have"),
    };
    Ok((character, 2))
}

fn unicode_escape(text: &str) -> Result<(char, usize), &'static str> {
    const LONE: &str = "half of a surrogate pair stands alone";
    let first = code_unit(text)?;
    if let Some(character) = char::from_u32(first) {
        return Ok((character, 6));
    }
    let second = text
        .get(6..)
        .filter(|rest| rest.starts_with("\\u"))
        .ok_or(LONE)?;
    let units = [first, code_unit(second)?].map(|unit| u16::try_from(unit).unwrap_or_default());
    match char::decode_utf16(units).next() {
        Some(Ok(character)) => Ok((character, 12)),
        _ => Err(LONE),
    }
}

/// The four digits behind `\u`.
fn code_unit(text: &str) -> Result<u32, &'static str> {
    text.get(2..6)
        .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
        .and_then(|digits| u32::from_str_radix(digits, 16).ok())
        .ok_or("`\\u` needs four hex digits")
}
