//! Bytes as base64 text.

use std::fmt;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{GeneralPurpose, PAD};

use crate::error::{Code, Error, quote};
use crate::instruction::text_form;

/// The pattern of the contract takes any bits behind the last byte, and so do we.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, PAD.with_decode_allow_trailing_bits(true));

/// Appends the base64 of bytes.
pub(crate) fn append_base64(bytes: &[u8], text: &mut Vec<u8>) {
    let start = text.len();
    text.resize(
        start + base64::encoded_len(bytes.len(), true).unwrap_or(0),
        0,
    );
    let place = text.get_mut(start..).unwrap_or_default();
    let length = BASE64.encode_slice(bytes, place).unwrap_or(0);
    text.truncate(start + length);
}

/// Bytes in the standard alphabet with padding (RFC 4648 §4); may be empty.
///
/// ```
/// use downlink::contract::Base64String;
///
/// assert_eq!(Base64String::from_bytes(b"ok").as_str(), "b2s=");
/// assert_eq!(Base64String::parse("b2s=")?.to_bytes(), b"ok");
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Base64String(String);

impl Base64String {
    /// Reads base64.
    ///
    /// # Errors
    ///
    /// [`Code::RequestType`] if the text is not base64, is not padded, or is base64url.
    pub fn parse(text: &str) -> Result<Self, Error> {
        match BASE64.decode(text) {
            Ok(_) => Ok(Self(text.to_owned())),
            Err(_) => Err(Error::new(
                Code::RequestType,
                format!("`{}` is not padded base64", quote(text)),
            )
            .expected("base64 in the standard alphabet, padded")
            .found(quote(text))),
        }
    }

    /// Writes bytes as base64.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(BASE64.encode(bytes))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        BASE64.decode(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Base64String {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_form!(Base64String);
