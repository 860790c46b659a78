//! Paths behind the device: a command, and perhaps an argument and an index.
//!
//! ```text
//! path = command, [ "/", argument, [ "/", index ] ] ;
//! key  = ( letter | digit ), { letter | digit | "_" | "." | "-" } ;
//! ```

use crate::error::{Code, Error, quote};

/// Checks the keys of a path, and finds the end of the first.
pub(super) fn check_path(path: &str) -> Result<usize, Error> {
    /// Between a command, an argument and an index.
    const MOST_SLASHES: usize = 2;
    let (mut rest, mut slashes, mut command_end) = (path.as_bytes(), 0, path.len());
    loop {
        let length = key_length(rest).ok_or_else(|| no_path(path))?;
        match rest.get(length..) {
            None | Some([]) => return Ok(command_end),
            Some([b'/', behind @ ..]) if slashes < MOST_SLASHES => {
                if slashes == 0 {
                    command_end = length;
                }
                slashes += 1;
                rest = behind;
            }
            Some(_) => return Err(no_path(path)),
        }
    }
}

/// How long the key is that a path begins with, if it begins with one.
fn key_length(path: &[u8]) -> Option<usize> {
    path.first().filter(|byte| byte.is_ascii_alphanumeric())?;
    let is_in_key = |byte: &u8| IN_KEY.get(usize::from(*byte)).copied().unwrap_or(false);
    Some(path.iter().take_while(|byte| is_in_key(byte)).count())
}

/// Whether a key may have this byte behind its first.
#[allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "evaluated while compiling, where a wrong index is an error"
)]
const IN_KEY: [bool; 256] = {
    let mut in_key = [false; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        in_key[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        byte += 1;
    }
    in_key
};

#[cold]
fn no_path(path: &str) -> Error {
    Error::new(
        Code::InstructionName,
        format!("`{}` is not a valid command after the device", quote(path)),
    )
    .expected("`command`, `command/argument` or `command/argument/index`")
    .found(quote(path))
}
