//! Media types, Content-Formats, and the fragments that select records (RFC 8428 §9, §12.3;
//! RFC 8790 §7).
//!
//! ```text
//! fragment = "rec=" range *( "," range )
//! range    = position / position "-" position / position "-*"      positions count from 1
//! ```

use std::fmt;
use std::str::FromStr;

use crate::error::{Code, Error, quote};

use super::profile::Mode;

/// How a pack is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Encoding {
    /// Read and written by this crate.
    Json,
    /// Read and written by this crate.
    Cbor,
    /// Known by name only.
    Xml,
    /// Known by name only.
    Exi,
}

/// A media type of SenML and its kin; none of them takes parameters.
///
/// ```
/// use downlink::senml::{Encoding, MediaType, Mode};
///
/// let media_type = MediaType::from_content_format(112).expect("registered");
/// assert_eq!(media_type.name(), "application/senml+cbor");
/// assert_eq!(media_type.encoding(), Encoding::Cbor);
/// assert_eq!(MediaType::from_name("Application/SenML-etch+json")?.modes(), &[Mode::Fetch, Mode::Patch]);
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MediaType {
    name: &'static str,
    content_format: u16,
    extension: &'static str,
    encoding: Encoding,
    modes: &'static [Mode],
}

const PACK: &[Mode] = &[Mode::Pack];
const STREAM: &[Mode] = &[Mode::Stream];
const FETCH_AND_PATCH: &[Mode] = &[Mode::Fetch, Mode::Patch];

macro_rules! media_types {
    ($($name:literal $content_format:literal $extension:literal $encoding:ident $modes:expr;)+) => {
        &[$(MediaType {
            name: $name,
            content_format: $content_format,
            extension: $extension,
            encoding: Encoding::$encoding,
            modes: $modes,
        },)+]
    };
}

impl MediaType {
    /// Every media type, by Content-Format.
    pub const ALL: &'static [Self] = media_types! {
        "application/senml+json" 110 "senml" Json PACK;
        "application/sensml+json" 111 "sensml" Json STREAM;
        "application/senml+cbor" 112 "senmlc" Cbor PACK;
        "application/sensml+cbor" 113 "sensmlc" Cbor STREAM;
        "application/senml-exi" 114 "senmle" Exi PACK;
        "application/sensml-exi" 115 "sensmle" Exi STREAM;
        "application/senml+xml" 310 "senmlx" Xml PACK;
        "application/sensml+xml" 311 "sensmlx" Xml STREAM;
        "application/senml-etch+json" 320 "senml-etchj" Json FETCH_AND_PATCH;
        "application/senml-etch+cbor" 322 "senml-etchc" Cbor FETCH_AND_PATCH;
    };

    /// The media type of this name, in whatever case.
    ///
    /// # Errors
    ///
    /// [`Code::SenmlFraming`] if it is none of SenML, or has parameters.
    pub fn from_name(name: &str) -> Result<Self, Error> {
        let same = |media_type: &&Self| media_type.name.eq_ignore_ascii_case(name);
        Self::ALL.iter().find(same).copied().ok_or_else(|| {
            Error::new(
                Code::SenmlFraming,
                format!("`{}` is not a media type of SenML", quote(name)),
            )
            .expected("such as `application/senml+json`, without parameters")
            .found(quote(name))
            .rule("M1")
        })
    }

    /// The media type of this `CoAP` Content-Format.
    #[must_use]
    pub fn from_content_format(content_format: u16) -> Option<Self> {
        let same = |media_type: &&Self| media_type.content_format == content_format;
        Self::ALL.iter().find(same).copied()
    }

    /// The media type of files with this extension, which is given without its dot.
    #[must_use]
    pub fn from_extension(extension: &str) -> Option<Self> {
        let same = |media_type: &&Self| media_type.extension.eq_ignore_ascii_case(extension);
        Self::ALL.iter().find(same).copied()
    }

    /// The name, in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.name
    }

    /// The `CoAP` Content-Format.
    #[must_use]
    pub fn content_format(self) -> u16 {
        self.content_format
    }

    /// The extension of files, without its dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        self.extension
    }

    /// How the pack is written down.
    #[must_use]
    pub fn encoding(self) -> Encoding {
        self.encoding
    }

    /// What the pack may be for; the request method tells FETCH and PATCH apart.
    #[must_use]
    pub fn modes(self) -> &'static [Mode] {
        self.modes
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// A fragment identifier that selects records (RFC 8428 §9).
///
/// ```
/// use downlink::senml::Fragment;
///
/// let fragment: Fragment = "rec=3-5,10,19-*".parse()?;
/// assert!(fragment.selects(4) && fragment.selects(10) && fragment.selects(99));
/// assert!(!fragment.selects(1) && !fragment.selects(18));
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// First and last position; no last one means up to the end.
    ranges: Vec<(usize, Option<usize>)>,
}

impl Fragment {
    /// Whether it selects the record at this position; the first record is 1.
    #[must_use]
    pub fn selects(&self, position: usize) -> bool {
        let mut ranges = self.ranges.iter();
        ranges.any(|(first, last)| *first <= position && last.is_none_or(|last| position <= last))
    }
}

impl FromStr for Fragment {
    type Err = Error;

    /// Reads what stands behind the `#`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let ranges = text
            .strip_prefix("rec=")
            .and_then(|ranges| ranges.split(',').map(range).collect());
        ranges.map(|ranges| Self { ranges }).ok_or_else(|| {
            Error::new(
                Code::SenmlFraming,
                format!("`{}` does not select records", quote(text)),
            )
            .expected("such as `rec=3`, `rec=3-6` or `rec=3-5,10,19-*`")
            .found(quote(text))
            .rule("M2")
        })
    }
}

fn range(text: &str) -> Option<(usize, Option<usize>)> {
    let Some((first, last)) = text.split_once('-') else {
        let position = position(text)?;
        return Some((position, Some(position)));
    };
    let first = position(first)?;
    if last == "*" {
        return Some((first, None));
    }
    let last = position(last)?;
    (first <= last).then_some((first, Some(last)))
}

fn position(text: &str) -> Option<usize> {
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let position = text.parse().ok().filter(|_| is_digits)?;
    (position > 0).then_some(position)
}

impl fmt::Display for Fragment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rec=")?;
        for (index, (first, last)) in self.ranges.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            match last {
                Some(last) if last == first => write!(f, "{first}")?,
                Some(last) => write!(f, "{first}-{last}")?,
                None => write!(f, "{first}-*")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_are_written_as_they_are_read() {
        for text in ["rec=3", "rec=3-6", "rec=19-*", "rec=3,5", "rec=3-5,10,19-*"] {
            let fragment: Fragment = text.parse().expect("a fragment");
            assert_eq!(fragment.to_string(), text);
        }
    }

    #[test]
    fn what_selects_no_record_is_refused() {
        for text in [
            "",
            "rec=",
            "rec=0",
            "rec=3-",
            "rec=-3",
            "rec=6-3",
            "rec=*",
            "rec=3,",
            "rec=+3",
            "Rec=3",
            "rec=1-2-3",
            "rec= 3",
        ] {
            assert!(text.parse::<Fragment>().is_err(), "{text}");
        }
    }
}
