//! Bytes as people and manuals write them: hex digits in groups, base64.

use base64::alphabet;
use base64::engine::{DecodePaddingMode, Engine as _, GeneralPurpose, GeneralPurposeConfig};

use super::Payload;
use crate::error::{Code, Error, quote};

impl Payload {
    /// Reads bytes in hex digits, two for each byte.
    ///
    /// Blanks, `:` and `-` may stand between bytes, and `0x` before them, as in `0x01 02:03-04`.
    ///
    /// ```
    /// use downlink::message::Payload;
    ///
    /// let bytes = Payload::Binary(vec![0x81, 0x01]);
    /// assert_eq!(Payload::from_hex("81 01")?, bytes);
    /// assert_eq!(Payload::from_hex("0x81:0x01")?, bytes);
    /// assert!(Payload::from_hex("8 1").is_err());
    /// # Ok::<(), downlink::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Code::EncodeType`], which names the first character that is not a hex digit, or the digits
    /// that are not in pairs.
    pub fn from_hex(text: &str) -> Result<Self, Error> {
        match grouped(text) {
            Some(bytes) => Ok(Self::Binary(bytes)),
            None => Err(Error::new(
                Code::EncodeType,
                format!("the payload is not valid hex: {}", lenient_reason(text)),
            )
            .expected("two hex digits for each byte")),
        }
    }

    /// Reads bytes in base64, in the standard or the URL alphabet, with padding or without (RFC 4648).
    ///
    /// # Errors
    ///
    /// [`Code::EncodeType`], which names the first character that is not one of base64.
    pub fn from_base64(text: &str) -> Result<Self, Error> {
        let digits: String = text.split_ascii_whitespace().collect();
        let digits = digits.replace('-', "+").replace('_', "/");
        EITHER.decode(&digits).map(Self::Binary).map_err(|_| {
            let is_digit = |it: char| it.is_ascii_alphanumeric() || matches!(it, '+' | '/' | '=');
            let reason = first_other(&digits, is_digit)
                .map_or("it ends within a byte".to_owned(), |(at, it)| {
                    in_the_way(at, it)
                });
            Error::new(
                Code::EncodeType,
                format!("the payload is not valid base64: {reason}"),
            )
            .expected("base64")
        })
    }
}

const EITHER: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why digits that may not be grouped are not hex; a secret shows no more than a separator.
pub(crate) fn not_hex(digits: &str, is_secret: bool) -> String {
    match first_other(digits, |it| it.is_ascii_hexdigit()) {
        Some((at, it)) if is_secret && !is_separator(it) => {
            format!("character {at} is not a hex digit")
        }
        Some((at, it)) => in_the_way(at, it),
        None => format!("it has {} hex digits, an odd number", digits.len()),
    }
}

/// The digits alone, where nothing but separators is in the way.
pub(crate) fn plain_hex(digits: &str) -> Option<String> {
    grouped(digits).map(hex::encode_upper)
}

fn grouped(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for group in text.split(is_separator) {
        bytes.extend(hex::decode(unprefixed(group)).ok()?);
    }
    Some(bytes)
}

fn lenient_reason(text: &str) -> String {
    let mut before = 0;
    for group in text.split(is_separator) {
        let digits = unprefixed(group);
        let skipped = before + group.len() - digits.len();
        if let Some((at, it)) = first_other(digits, |it| it.is_ascii_hexdigit()) {
            return in_the_way(skipped + at, it);
        }
        if digits.len() % 2 == 1 {
            return format!("`{}` is an odd number of hex digits", quote(digits));
        }
        before += group.chars().count() + 1;
    }
    "it has no hex digits".to_owned()
}

fn unprefixed(group: &str) -> &str {
    let rest = group
        .strip_prefix("0x")
        .or_else(|| group.strip_prefix("0X"));
    rest.unwrap_or(group)
}

fn is_separator(character: char) -> bool {
    character.is_whitespace() || matches!(character, ':' | '-')
}

/// The first character that is none of these, counted from one.
fn first_other(text: &str, is_right: impl Fn(char) -> bool) -> Option<(usize, char)> {
    let mut characters = (1..).zip(text.chars());
    characters.find(|(_, it)| !is_right(*it))
}

fn in_the_way(at: usize, found: char) -> String {
    let found = quote(found.encode_utf8(&mut [0; 4]));
    format!("found `{found}` at character {at}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_is_taken_as_manuals_print_it() {
        for text in [
            "81011601",
            "81 01 16 01",
            "0x81011601",
            "0x81 0x01 0x16 0X01",
            "81:01:16:01",
            "81-01-16-01",
            "8101 1601\n",
            " 81\t01 16\r\n01",
        ] {
            let bytes = Payload::Binary(vec![0x81, 0x01, 0x16, 0x01]);
            assert_eq!(Payload::from_hex(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn what_is_in_the_way_is_named() {
        for (text, expected) in [
            ("81g1", "found `g` at character 3"),
            ("81 0g", "found `g` at character 5"),
            ("0x81 0xz1", "found `z` at character 8"),
            ("81,01", "found `,` at character 3"),
            ("8101 1", "`1` is an odd number"),
            ("8x01", "found `x` at character 2"),
        ] {
            let error = Payload::from_hex(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
        assert_eq!(not_hex("81 01", true), "found ` ` at character 3");
        assert_eq!(not_hex("81g1", true), "character 3 is not a hex digit");
        assert_eq!(not_hex("811", false), "it has 3 hex digits, an odd number");
        assert_eq!(plain_hex("0x81 01").as_deref(), Some("8101"));
        assert_eq!(plain_hex("81 0"), None);
    }

    #[test]
    fn base64_is_taken_in_either_alphabet() {
        for text in ["+/8=", "+/8", "-_8", "-_8=", " +/\n8= "] {
            let bytes = Payload::Binary(vec![0xFB, 0xFF]);
            assert_eq!(Payload::from_base64(text), Ok(bytes), "{text}");
        }
        let error = Payload::from_base64("AQ*I").unwrap_err().to_string();
        assert!(error.contains("found `*` at character 3"), "{error}");
        assert!(Payload::from_base64("A").is_err());
    }
}
