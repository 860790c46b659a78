//! Hex digits, eight at a time: the first digit stands in the highest byte of a word.

/// The lowest bit of each byte.
const ONES: u64 = u64::MAX / 0xff;

/// The value of eight hex digits, in upper or lower case.
pub(super) fn value(word: u64) -> Option<u32> {
    // Of digits only letters have this bit; those in lower case have the one below it too.
    let letters = word & (ONES << 6);
    let nibbles = (word & (ONES * 0xf)) + (letters >> 6) * 9;
    let bytes = (nibbles | nibbles >> 4) & 0x00ff_00ff_00ff_00ff;
    let halves = (bytes | bytes >> 8) & 0x0000_ffff_0000_ffff;
    let value = lowest((halves | halves >> 16).into());
    // Whatever is no digit is not what its value is written as.
    (lower(value) == word | letters >> 1).then_some(value)
}

/// The eight digits of a value, in lower case.
pub(super) fn lower(value: u32) -> u64 {
    written(value, b'a' - b'9' - 1)
}

/// The eight digits of a value, in upper case.
pub(super) fn upper(value: u32) -> u64 {
    written(value, b'A' - b'9' - 1)
}

/// The digits, where so many characters stand between `9` and the first letter.
fn written(value: u32, gap: u8) -> u64 {
    let value = u64::from(value);
    let halves = (value | value << 16) & 0x0000_ffff_0000_ffff;
    let bytes = (halves | halves << 8) & 0x00ff_00ff_00ff_00ff;
    let nibbles = (bytes | bytes << 4) & (ONES * 0xf);
    // Six more than a nibble from ten on are sixteen.
    let letters = (nibbles + ONES * 6) >> 4 & ONES;
    nibbles + ONES * u64::from(b'0') + letters * u64::from(gap)
}

/// The lowest 32 bits.
pub(super) fn lowest(bits: u128) -> u32 {
    u32::try_from(bits & u128::from(u32::MAX)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn digits_are_written_as_formatting_does(value: u32) {
            let text = |word: u64| String::from_utf8(word.to_be_bytes().to_vec()).unwrap();
            prop_assert_eq!(text(lower(value)), format!("{value:08x}"));
            prop_assert_eq!(text(upper(value)), format!("{value:08X}"));
        }
    }

    #[test]
    fn digits_are_read_as_the_standard_library_does() {
        for place in 0..8 {
            for byte in 0..=u8::MAX {
                let mut digits = *b"09afAF5c";
                digits[place] = byte;
                let text = std::str::from_utf8(&digits).ok();
                let is_sign = byte == b'+';
                let expected = text
                    .filter(|_| !is_sign)
                    .and_then(|text| u32::from_str_radix(text, 16).ok());
                assert_eq!(value(u64::from_be_bytes(digits)), expected, "{digits:?}");
            }
        }
    }
}
