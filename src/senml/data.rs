//! Data values in text (RFC 8428 §4.3, §5): base64url without padding (RFC 4648 §5).
//!
//! A length that no bytes have, bits left over that are not nought, and any character outside the
//! alphabet are refused in every profile.
//!
//! # Departure
//!
//! `Interop` also takes padding and the standard alphabet (RFC 4648 §4): KPN's documentation shows
//! them, and other libraries write them. The two alphabets are not mixed in one value.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const BARE: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_encode_padding(false)
    .with_decode_padding_mode(DecodePaddingMode::RequireNone);
const PADDED: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::RequireCanonical);

const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, BARE);
const URL_SAFE_PADDED: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, PADDED);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, BARE);
const STANDARD_PADDED: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, PADDED);

/// Bytes, and whether they were written as the RFC asks.
pub(super) struct Decoded {
    pub(super) bytes: Vec<u8>,
    pub(super) is_by_the_letter: bool,
}

/// Reads base64 of either alphabet, with or without padding.
pub(super) fn decode(text: &str) -> Option<Decoded> {
    let is_standard = text.contains(['+', '/']);
    let is_padded = text.ends_with('=');
    let engine = match (is_standard, is_padded) {
        (false, false) => &URL_SAFE,
        (false, true) => &URL_SAFE_PADDED,
        (true, false) => &STANDARD,
        (true, true) => &STANDARD_PADDED,
    };
    Some(Decoded {
        bytes: engine.decode(text).ok()?,
        is_by_the_letter: !is_standard && !is_padded,
    })
}

/// The text of a data value: base64url without padding.
pub(crate) fn data_text(bytes: &[u8]) -> String {
    URL_SAFE.encode(bytes)
}

/// Appends base64url without padding.
pub(super) fn encode_into(bytes: &[u8], text: &mut String) {
    URL_SAFE.encode_string(bytes, text);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Option<(Vec<u8>, bool)> {
        decode(text).map(|decoded| (decoded.bytes, decoded.is_by_the_letter))
    }

    #[test]
    fn only_url_safe_without_padding_is_by_the_letter() {
        assert_eq!(bytes("-_-_"), Some((vec![0xfb, 0xff, 0xbf], true)));
        assert_eq!(bytes("+/+/"), Some((vec![0xfb, 0xff, 0xbf], false)));
        assert_eq!(bytes("AQ=="), Some((vec![1], false)));
        assert_eq!(bytes("AQ"), Some((vec![1], true)));
        assert_eq!(bytes(""), Some((vec![], true)));
    }

    #[test]
    fn what_is_no_base64_is_refused() {
        for text in [
            "AAAAA", "AB", "AQ\nID", "A", "AQ=", "AQ===", "+_+_", "A=Q=", "=", "é",
        ] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }

    #[test]
    fn bytes_are_written_as_they_are_read() {
        let mut text = String::new();
        encode_into(&[0xfb, 0xff, 0xbf, 1], &mut text);
        assert_eq!(text, "-_-_AQ");
    }
}
