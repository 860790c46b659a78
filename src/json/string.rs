//! Strings and their escapes (RFC 8259 §7).

/// What is wrong in a string, and how far behind its opening quote.
pub(super) struct Fault {
    pub(super) message: &'static str,
    pub(super) expected: &'static str,
    pub(super) at: usize,
}

/// The string behind the opening quote, if it has no escapes and ends.
pub(super) fn plain(text: &str) -> Option<&str> {
    let (plain, rest) = text.split_at_checked(plain_length(text))?;
    rest.starts_with('"').then_some(plain)
}

/// Reads from behind the opening quote: the string, and the length up to behind the closing one.
pub(super) fn read(text: &str) -> Result<(String, usize), Fault> {
    let mut string = String::new();
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let plain = plain_length(rest);
        string.push_str(rest.get(..plain).unwrap_or_default());
        at += plain;
        let rest = text.get(at..).unwrap_or_default();
        match rest.bytes().next() {
            Some(b'"') => return Ok((string, at + 1)),
            Some(b'\\') => {
                let (character, length) = unescape(rest).map_err(|message| Fault {
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
    }
}

/// Appends a text as it stands between the quotes of a string.
pub(crate) fn append_escaped(text: &str, json: &mut Vec<u8>) {
    let mut rest = text;
    while let Some((plain, behind)) = rest.split_at_checked(plain_length(rest)) {
        json.extend_from_slice(plain.as_bytes());
        let mut characters = behind.chars();
        let Some(special) = characters.next() else {
            return;
        };
        match escape_letter(special) {
            b'u' => append_code(special, json),
            letter => json.extend_from_slice(&[b'\\', letter]),
        }
        rest = characters.as_str();
    }
}

/// The letter behind the backslash, as `serde_json` chooses it.
fn escape_letter(special: char) -> u8 {
    match special {
        '"' => b'"',
        '\\' => b'\\',
        '\n' => b'n',
        '\r' => b'r',
        '\t' => b't',
        '\u{8}' => b'b',
        '\u{c}' => b'f',
        _ => b'u',
    }
}

#[cold]
fn append_code(special: char, json: &mut Vec<u8>) {
    json.extend_from_slice(format!("\\u{:04x}", u32::from(special)).as_bytes());
}

/// How many bytes stand for themselves.
#[inline]
pub(super) fn plain_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut rest = bytes;
    while let Some((word, behind)) = rest.split_first_chunk() {
        let special = specials(u64::from_le_bytes(*word));
        if special != 0 {
            let in_word = usize::try_from(special.trailing_zeros() / 8).unwrap_or(0);
            return bytes.len() - rest.len() + in_word;
        }
        rest = behind;
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
    let in_rest = rest.iter().position(is_special).unwrap_or(rest.len());
    bytes.len() - rest.len() + in_rest
}

/// The highest bit of the first byte that does not stand for itself; what is above it is noise.
///
/// A byte is below `n` if subtracting `n` borrows, which a highest bit that was clear shows.
fn specials(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 0xff;
    const HIGH: u64 = ONES << 7;
    let below = |bytes: u64, bound: u64| bytes.wrapping_sub(ONES * bound) & !bytes & HIGH;
    let equal = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    below(word, 0x20) | equal(b'"') | equal(b'\\')
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
fn unescape(text: &str) -> Result<(char, usize), &'static str> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_those_of_serde_json() {
        for code in 0..=0x17f {
            let text = format!("a{}b", char::from_u32(code).unwrap());
            let mut json = vec![b'"'];
            append_escaped(&text, &mut json);
            json.push(b'"');
            assert_eq!(json, serde_json::to_vec(&text).unwrap(), "{code:#x}");
        }
    }
}
