//! The GSM 7-bit default alphabet and its extension table (3GPP TS 23.038 §6.2.1).
//!
//! Only the default alphabet is known: national language tables need a header of their own, and a
//! device that was not told of them reads other characters.

/// The default alphabet in the order of its codes, sixteen a row; 0x1B is the escape to the
/// extension table, and no character (TS 23.038 §6.2.1).
const DEFAULT_ALPHABET: [&str; 8] = [
    "@£$¥èéùìòÇ\nØø\rÅå",
    "Δ_ΦΓΛΩΠΨΣΘΞ\u{1b}ÆæßÉ",
    " !\"#¤%&'()*+,-./",
    "0123456789:;<=>?",
    "¡ABCDEFGHIJKLMNO",
    "PQRSTUVWXYZÄÖÑÜ§",
    "¿abcdefghijklmno",
    "pqrstuvwxyzäöñüà",
];

/// The characters behind the escape, in the order of their codes; the first is the page break
/// (TS 23.038 §6.2.1.1).
const EXTENSION_TABLE: &str = "\u{c}^{}\\[~]|€";

const ESCAPE: char = '\u{1b}';

/// How many septets a character takes: one from the default alphabet, two with the escape before
/// it from the extension table.
///
/// `None` if neither has it; the text it stands in is then sent in UCS-2.
///
/// ```
/// use downlink::message::gsm7::septets;
///
/// assert_eq!(septets('é'), Some(1));
/// assert_eq!(septets('€'), Some(2));
/// assert_eq!(septets('ê'), None);
/// ```
#[must_use]
#[inline]
pub fn septets(character: char) -> Option<usize> {
    match u8::try_from(character)
        .ok()
        .and_then(|code| ASCII.get(usize::from(code)))
    {
        Some(0) => None,
        Some(septets) => Some(usize::from(*septets)),
        None => septets_in_tables(character),
    }
}

fn septets_in_tables(character: char) -> Option<usize> {
    if character != ESCAPE && DEFAULT_ALPHABET.iter().any(|row| row.contains(character)) {
        Some(1)
    } else if EXTENSION_TABLE.contains(character) {
        Some(2)
    } else {
        None
    }
}

/// The septets of each ASCII character, 0 where neither table has it.
const ASCII: [u8; 128] = ascii();

#[allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "evaluated while compiling, where a wrong index is an error"
)]
const fn ascii() -> [u8; 128] {
    let mut septets = [0; 128];
    let mut rows: &[&str] = &DEFAULT_ALPHABET;
    while let [row, rest @ ..] = rows {
        count(row, 1, &mut septets);
        rows = rest;
    }
    count(EXTENSION_TABLE, 2, &mut septets);
    septets[ESCAPE as usize] = 0;
    septets
}

#[allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "evaluated while compiling, where a wrong index is an error"
)]
const fn count(characters: &str, each: u8, septets: &mut [u8; 128]) {
    let mut bytes = characters.as_bytes();
    while let [byte, rest @ ..] = bytes {
        if byte.is_ascii() {
            septets[*byte as usize] = each;
        }
        bytes = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_has_sixteen_codes_and_no_character_stands_twice() {
        let all: Vec<char> = DEFAULT_ALPHABET
            .iter()
            .inspect(|row| assert_eq!(row.chars().count(), 16, "{row}"))
            .flat_map(|row| row.chars())
            .chain(EXTENSION_TABLE.chars())
            .collect();
        let mut distinct = all.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), 128 + 10);
        assert_eq!(all.len(), distinct.len());
    }

    #[test]
    fn exactly_the_two_tables_have_septets() {
        let count = |wanted| {
            (char::MIN..='\u{ffff}')
                .filter(|&c| septets(c) == wanted)
                .count()
        };
        assert_eq!(count(Some(1)), 127);
        assert_eq!(count(Some(2)), 10);
    }

    #[test]
    fn what_was_counted_while_compiling_is_what_the_tables_say() {
        for character in '\0'..='\u{7f}' {
            assert_eq!(
                septets(character),
                septets_in_tables(character),
                "{character:?}"
            );
        }
    }

    #[test]
    fn look_alikes_have_none() {
        for character in [
            'ç', 'á', '`', '\t', '\u{1b}', '\u{2019}', 'α', '\u{a0}', '\0',
        ] {
            assert_eq!(septets(character), None, "{character:?}");
        }
    }

    #[test]
    fn codes_are_where_the_standard_puts_them() {
        let code = |row: usize, column| DEFAULT_ALPHABET[row].chars().nth(column);
        assert_eq!(code(0x0, 0x0), Some('@'));
        assert_eq!(code(0x0, 0xA), Some('\n'));
        assert_eq!(code(0x1, 0x0), Some('Δ'));
        assert_eq!(code(0x1, 0xB), Some(ESCAPE));
        assert_eq!(code(0x2, 0x4), Some('¤'));
        assert_eq!(code(0x4, 0x1), Some('A'));
        assert_eq!(code(0x5, 0xF), Some('§'));
        assert_eq!(code(0x7, 0xF), Some('à'));
    }
}
