//! Blanks between tokens (RFC 8259 §2).

/// How many bytes are blanks before any other; most are one space, or a line break and an indent.
#[inline(never)]
pub(super) fn count(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    loop {
        let breaks = usize::from(matches!(rest.first(), Some(b'\n' | b'\r' | b'\t')));
        rest = rest.get(breaks..).unwrap_or_default();
        let spaces = spaces(rest);
        rest = rest.get(spaces..).unwrap_or_default();
        if breaks + spaces == 0 || rest.first().is_some_and(|byte| *byte > b' ') {
            return bytes.len() - rest.len();
        }
    }
}

/// How many bytes are spaces before any other, up to eight.
fn spaces(bytes: &[u8]) -> usize {
    match bytes.first_chunk() {
        Some(word) => {
            let others = u64::from_le_bytes(*word) ^ u64::from_le_bytes([b' '; 8]);
            usize::try_from(others.trailing_zeros() / 8).unwrap_or_default()
        }
        None => bytes.iter().take_while(|byte| **byte == b' ').count(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn blanks_are_counted_up_to_the_first_other_byte(
            text in r"[ \n]{0,3} {0,20}[ \n\r\t]{0,20}[\x00\x0b!{]?[ \n\r\t]{0,9}",
        ) {
            let is_other = |character: char| !" \n\r\t".contains(character);
            prop_assert_eq!(count(text.as_bytes()), text.find(is_other).unwrap_or(text.len()));
        }
    }
}
