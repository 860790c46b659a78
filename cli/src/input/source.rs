//! A text or bytes with the name that findings call it by.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use downlink::error::{Code, Error};

use crate::exit::Failure;

/// What was read, and from where.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    name: String,
    bytes: Vec<u8>,
    first_line: usize,
    /// Whether it is a definition or a script, which holds no secret of a device.
    is_open: bool,
}

impl Source {
    /// A source that is no file.
    pub(crate) fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            bytes: bytes.into(),
            first_line: 1,
            is_open: false,
        }
    }

    /// The same source, whose lines may be shown whole.
    pub(crate) fn open(self) -> Self {
        Self {
            is_open: true,
            ..self
        }
    }

    /// Whether its lines may be shown whole.
    pub(crate) fn is_open(&self) -> bool {
        self.is_open
    }

    /// The arguments, in which findings have no place.
    pub(crate) fn argument() -> Self {
        Self::new("", "")
    }

    /// One line of a longer text.
    pub(crate) fn line(name: &str, number: usize, bytes: &[u8]) -> Self {
        Self {
            first_line: number,
            ..Self::new(name, bytes)
        }
    }

    /// Reads a file whole, or standard input for `-`.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        Self::read_at_most(path, u64::MAX)
    }

    /// Reads a file, or standard input for `-`, but not more than so many bytes.
    pub(crate) fn read_at_most(path: &Path, bytes: u64) -> Result<Self, Failure> {
        let name = name_of(path);
        let read = |input: &mut dyn Read| {
            let mut read = Vec::new();
            input.take(bytes).read_to_end(&mut read).map(|_| read)
        };
        let read = if is_standard_input(path) {
            read(&mut io::stdin().lock())
        } else {
            File::open(path).and_then(|mut file| read(&mut file))
        };
        let bytes = read.map_err(|error| Failure::reading(&name, error))?;
        Ok(Self::new(name, bytes))
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is CBOR, if it is a pack: no JSON text begins with a byte like that, and every
    /// CBOR array and tag does (RFC 8949 §3).
    pub(crate) fn is_cbor(&self) -> bool {
        is_cbor(&self.bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The number of the first line.
    pub(crate) fn first_line(&self) -> usize {
        self.first_line
    }

    /// The text, which must be one.
    pub(crate) fn utf8(&self) -> Result<&str, Error> {
        std::str::from_utf8(&self.bytes).map_err(|error| {
            Error::new(Code::TextUtf8, "the text is not UTF-8")
                .expected("UTF-8")
                .at_offset(error.valid_up_to())
        })
    }

    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.bytes).ok()
    }
}

/// Whether the bytes of a pack are CBOR.
pub(crate) fn is_cbor(pack: &[u8]) -> bool {
    /// That of an array; tags come behind it.
    const FIRST: u8 = 0x80;
    pack.first().is_some_and(|first| *first >= FIRST)
}

/// Whether a path stands for standard input.
pub(super) fn is_standard_input(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// What findings call a file.
pub(super) fn name_of(path: &Path) -> String {
    if is_standard_input(path) {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    }
}
