//! Blanks between tokens (RFC 8259 §2).

/// How many bytes are blanks before any other; most are one space, or a line break and an indent.
#[inline(never)]
pub(super) fn count(bytes: &[u8]) -> usize {
    match bytes {
        [b' ', other, ..] if *other > b' ' => return 1,
        [b'\n', rest @ ..] => {
            let spaces = rest.first_chunk().copied().map_or(0, spaces);
            if rest.get(spaces).is_some_and(|other| *other > b' ') {
                return 1 + spaces;
            }
        }
        _ => {}
    }
    let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
    bytes.iter().take_while(is_blank).count()
}

/// How many of these bytes are spaces before any other.
fn spaces(bytes: [u8; 8]) -> usize {
    let others = u64::from_le_bytes(bytes) ^ u64::from_le_bytes([b' '; 8]);
    usize::try_from(others.trailing_zeros() / 8).unwrap_or_default()
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
