//! The content type: a media type with its parameters (RFC 9110 §8.3.1).
//!
//! ```text
//! media-type = type "/" subtype parameters
//! type       = token
//! subtype    = token
//! parameters = *( OWS ";" OWS [ parameter ] )                         §5.6.6
//! parameter  = token "=" ( token / quoted-string )
//! token      = 1*tchar                                                §5.6.2
//! OWS        = *( SP / HTAB )                                         §5.6.3
//! quoted-string = DQUOTE *( qdtext / quoted-pair ) DQUOTE             §5.6.4
//! qdtext        = HTAB / SP / %x21 / %x23-5B / %x5D-7E
//! quoted-pair   = "\" ( HTAB / SP / VCHAR )
//! ```
//! The standard's `obs-text`, bytes above ASCII whose meaning nobody knows, is refused.

use std::fmt;
use std::sync::Arc;

use nom::branch::alt;
use nom::bytes::complete::{take_while, take_while1};
use nom::character::complete::{char, satisfy};
use nom::combinator::{all_consuming, cut, opt, recognize};
use nom::multi::many0_count;
use nom::sequence::delimited;
use nom::{Finish, IResult, Parser};

use crate::error::{Code, Error};
use crate::message::http::is_tchar;

/// What a payload is: a media type (RFC 9110 §8.3.1).
///
/// It is kept as written; a clone shares it. MQTT lets a content type be any text (MQTT 5.0 §3.3.2.3.9); the contract
/// asks for a media type.
///
/// ```
/// use downlink::message::mqtt::ContentType;
///
/// let json = ContentType::new("application/json; charset=utf-8")?;
/// assert_eq!(json.as_str(), "application/json; charset=utf-8");
/// assert!(ContentType::new("json").is_err());
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentType(Arc<str>);

impl ContentType {
    /// The content type that is written so.
    ///
    /// # Errors
    ///
    /// `encode/content-type` if it is not a media type, with the place where it stops to be one.
    pub fn new(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        match first_fault(&text) {
            Some(at) => Err(no_media_type(at)),
            None => Ok(Self(text.into())),
        }
    }
}

impl ContentType {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for ContentType {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cold]
fn no_media_type(at: usize) -> Error {
    Error::new(
        Code::EncodeContentType,
        format!("the content type is not a valid media type from byte {at} on"),
    )
    .expected("a media type such as `application/json` or `text/plain; charset=utf-8`")
}

/// Where a text stops to be a media type.
fn first_fault(text: &str) -> Option<usize> {
    let rest = match all_consuming(media_type).parse(text).finish() {
        // A blank behind the last semicolon is within the grammar, and is lost in a header field.
        Ok((_, ())) if text.ends_with([' ', '\t']) => 1,
        Ok((_, ())) => return None,
        Err(error) => error.input.len(),
    };
    Some(text.len() - rest)
}

fn media_type(input: &str) -> IResult<&str, ()> {
    (token, char('/'), token, parameters)
        .map(|_| ())
        .parse(input)
}

fn parameters(input: &str) -> IResult<&str, usize> {
    many0_count((ows, char(';'), ows, opt(parameter))).parse(input)
}

fn parameter(input: &str) -> IResult<&str, &str> {
    recognize((token, cut((char('='), alt((token, quoted_string)))))).parse(input)
}

fn token(input: &str) -> IResult<&str, &str> {
    take_while1(is_tchar)(input)
}

fn ows(input: &str) -> IResult<&str, &str> {
    take_while(|c| matches!(c, ' ' | '\t'))(input)
}

fn quoted_string(input: &str) -> IResult<&str, &str> {
    let quoted_pair = recognize((char('\\'), satisfy(|c| matches!(c, '\t' | ' '..='~'))));
    let inside = many0_count(alt((take_while1(is_qdtext), quoted_pair)));
    recognize(delimited(char('"'), inside, cut(char('"')))).parse(input)
}

fn is_qdtext(character: char) -> bool {
    matches!(character, '\t' | ' ' | '!' | '#'..='[' | ']'..='~')
}
