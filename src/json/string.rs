//! Strings and their escapes (RFC 8259 §7).

/// What is wrong in a string, and how far behind its opening quote.
pub(super) struct Fault {
    pub(super) message: &'static str,
    pub(super) expected: &'static str,
    pub(super) at: usize,
}

/// The string behind the opening quote, if it has no escapes and ends.
pub(super) fn plain(text: &str) -> Option<&str> {
    let (plain, rest) = text.split_at_checked(plain_length(text.as_bytes()))?;
    rest.starts_with('"').then_some(plain)
}

/// Reads from behind the opening quote: the string, and the length up to behind the closing one.
pub(super) fn read(text: &str) -> Result<(String, usize), Fault> {
    let mut string = String::new();
    let mut at = 0;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let plain = plain_length(rest.as_bytes());
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

/// Appends a text, in UTF-8, as it stands between the quotes of a string.
pub(crate) fn append_escaped(text: &[u8], json: &mut Vec<u8>) {
    if is_plain(text) {
        json.extend_from_slice(text);
    } else {
        append_with_escapes(text, json);
    }
}

/// Appends a text that has something to escape, as few have.
#[inline(never)]
fn append_with_escapes(text: &[u8], json: &mut Vec<u8>) {
    let mut rest = text;
    while let Some((bytes, behind)) = rest.split_first_chunk() {
        let word = u64::from_le_bytes(*bytes);
        if below(word, FIRST_PRINTABLE) == 0 {
            append_printable(word, json);
        } else {
            append_each(bytes, json);
        }
        rest = behind;
    }
    append_each(rest, json);
}

/// Appends eight bytes of which none is a control character.
fn append_printable(word: u64, json: &mut Vec<u8>) {
    let start = json.len();
    json.extend_from_slice(&word.to_le_bytes());
    let mut marked = equal(word, b'"') | equal(word, b'\\');
    if marked == 0 {
        return;
    }
    // As many backslashes, and what is written behind the last.
    json.extend_from_slice(&[0; 8 + 7]);
    let mut count = 0;
    while marked != 0 {
        let before = marked.trailing_zeros() & 0x38;
        let at = start + count + usize::try_from(before / 8).unwrap_or_default();
        let place = json.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<9>);
        if let Some([backslash, behind @ ..]) = place {
            *backslash = b'\\';
            *behind = (word >> before).to_le_bytes();
        }
        marked &= marked - 1;
        count += 1;
    }
    json.truncate(start + 8 + count);
}

fn append_each(bytes: &[u8], json: &mut Vec<u8>) {
    for byte in bytes {
        match byte {
            b'"' | b'\\' => json.extend_from_slice(&[b'\\', *byte]),
            FIRST_PRINTABLE.. => json.push(*byte),
            _ => append_control(*byte, json),
        }
    }
}

/// Appends the escape of a control character, as `serde_json` chooses it.
#[cold]
fn append_control(control: u8, json: &mut Vec<u8>) {
    let letter = match control {
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x8 => b'b',
        0xc => b'f',
        _ => return json.extend_from_slice(format!("\\u{control:04x}").as_bytes()),
    };
    json.extend_from_slice(&[b'\\', letter]);
}

/// Whether a text, in UTF-8, has nothing to escape.
pub(crate) fn is_plain(text: &[u8]) -> bool {
    plain_length(text) == text.len()
}

/// How many bytes stand for themselves.
#[inline(never)]
pub(super) fn plain_length(bytes: &[u8]) -> usize {
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
fn specials(word: u64) -> u64 {
    let equal = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    below(word, FIRST_PRINTABLE) | equal(b'"') | equal(b'\\')
}

/// The highest bit of the first byte below a bound; what is above it is noise.
///
/// A byte is below `n` if subtracting `n` borrows, which a highest bit that was clear shows.
fn below(word: u64, bound: u8) -> u64 {
    word.wrapping_sub(ONES * u64::from(bound)) & !word & HIGH
}

/// The highest bit of each byte that is this ASCII character, without noise.
///
/// A byte is nought if neither its highest bit is set nor adding 0x7f to the others sets it.
fn equal(word: u64, character: u8) -> u64 {
    let difference = word ^ (ONES * u64::from(character));
    !(((difference & !HIGH) + !HIGH) | difference) & HIGH
}

/// The lowest bit of each byte.
const ONES: u64 = u64::MAX / 0xff;
/// The highest bit of each byte.
const HIGH: u64 = ONES << 7;
/// The first character that is no control character.
const FIRST_PRINTABLE: u8 = 0x20;

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
    const LONE: &str = "unpaired surrogate";
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
    use proptest::prelude::*;

    use super::*;

    fn assert_escaped(text: &str) {
        let mut json = vec![b'"'];
        append_escaped(text.as_bytes(), &mut json);
        assert_eq!(is_plain(text.as_bytes()), json.len() == 1 + text.len());
        json.push(b'"');
        assert_eq!(json, serde_json::to_vec(text).unwrap(), "{text:?}");
    }

    #[test]
    fn escapes_are_those_of_serde_json() {
        for code in 0..=0x17f {
            assert_escaped(&format!("a{}b", char::from_u32(code).unwrap()));
        }
    }

    proptest! {
        #[test]
        fn escapes_stand_anywhere(text in r#"([a-z\x7f\xe9#]|["\\]|["\\\n\x00 ]){0,40}"#) {
            assert_escaped(&text);
        }
    }
}
