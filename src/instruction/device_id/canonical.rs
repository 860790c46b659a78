//! The canonical form of most devices, read and written without detours.

use std::io::{self, Write};

use super::{DEV_EUI, DVN_UUID, DeviceId, EUI_DIGITS, IMEI, IMEI_DIGITS, Imei, URN, UUID_GROUPS};

impl DeviceId {
    /// The device of a base name that is its URN and nothing else, as most are.
    pub(super) fn from_base(base: &str) -> Option<Self> {
        let (urn, typed) = base.strip_suffix(':')?.split_at_checked(URN.len())?;
        if !urn.eq_ignore_ascii_case(URN) {
            return None;
        }
        if let Some(id) = behind(DEV_EUI, typed).filter(|id| id.len() == EUI_DIGITS) {
            let mut digits = id.bytes().map(nibble);
            let eui = digits.try_fold(0_u64, |eui, digit| Some(eui << 4 | digit?));
            return eui.map(Self::DevEui);
        }
        if let Some(id) = behind(DVN_UUID, typed) {
            return uuid(id).map(Self::DvnUuid);
        }
        let id = behind(IMEI, typed)?;
        let is_imei = (IMEI_DIGITS.0..=IMEI_DIGITS.1).contains(&id.len()) && is_digits(id);
        let (digits, count) = (id.parse().ok().filter(|_| is_imei)?, id.len());
        Some(Self::Imei(Imei { digits, count }))
    }

    /// Writes the canonical form.
    pub(crate) fn write_to(self, text: &mut impl Write) -> io::Result<()> {
        match self {
            Self::DevEui(eui) => {
                text.write_all(b"urn:dev:DEVEUI:")?;
                text.write_all(eui.to_be_bytes().map(upper_hex).as_flattened())?;
            }
            Self::Imei(Imei { digits, count }) => {
                text.write_all(b"urn:dev:IMEI:")?;
                let mut buffer = itoa::Buffer::new();
                let digits = buffer.format(digits).as_bytes();
                (digits.len()..count).try_for_each(|_| text.write_all(b"0"))?;
                text.write_all(digits)?;
            }
            Self::DvnUuid(uuid) => {
                text.write_all(b"urn:dev:DVNUUID:")?;
                write_uuid(uuid, text)?;
            }
            Self::Uuid(uuid) => return write_uuid(uuid, text),
        }
        text.write_all(b":")
    }

    /// The canonical form, without memory for it.
    pub(crate) fn to_text(self) -> DeviceText {
        let mut text = DeviceText::EMPTY;
        // There is room for the longest.
        let _ = self.write_to(&mut text);
        text
    }
}

/// What is written of a device.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DeviceText {
    bytes: [u8; Self::LONGEST],
    length: usize,
}

impl DeviceText {
    const LONGEST: usize = "urn:dev:DVNUUID:00000000-0000-0000-0000-000000000000:".len();
    const EMPTY: Self = Self {
        bytes: [0; Self::LONGEST],
        length: 0,
    };

    pub(crate) fn as_str(&self) -> &str {
        let bytes = self.bytes.get(..self.length).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

impl Write for DeviceText {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut rest = self.bytes.get_mut(self.length..).unwrap_or_default();
        let count = rest.write(bytes)?;
        self.length += count;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What stands behind a word in upper or lower case.
fn behind<'t>(word: &str, text: &'t str) -> Option<&'t str> {
    let (head, rest) = text.split_at_checked(word.len())?;
    head.eq_ignore_ascii_case(word).then_some(rest)
}

/// The UUID that the whole text is (RFC 9562 §4), in upper or lower case.
pub(super) fn uuid(text: &str) -> Option<u128> {
    let mut rest = text.as_bytes();
    let mut uuid = 0_u128;
    for (index, count) in UUID_GROUPS.into_iter().enumerate() {
        if index > 0 {
            rest = rest.strip_prefix(b"-")?;
        }
        let (group, behind) = rest.split_at_checked(count)?;
        let mut digits = group.iter().copied().map(nibble);
        let group = digits.try_fold(0_u64, |group, digit| Some(group << 4 | digit?))?;
        uuid = uuid << (4 * count) | u128::from(group);
        rest = behind;
    }
    rest.is_empty().then_some(uuid)
}

fn write_uuid(uuid: u128, text: &mut impl Write) -> io::Result<()> {
    let mut digits = uuid.to_be_bytes().map(upper_hex);
    let digits = digits.as_flattened_mut();
    digits.make_ascii_lowercase();
    let mut rest = &*digits;
    for (index, count) in UUID_GROUPS.into_iter().enumerate() {
        if index > 0 {
            text.write_all(b"-")?;
        }
        let (group, behind) = rest.split_at_checked(count).unwrap_or_default();
        text.write_all(group)?;
        rest = behind;
    }
    Ok(())
}

/// The value of a hex digit.
fn nibble(digit: u8) -> Option<u64> {
    char::from(digit).to_digit(16).map(u64::from)
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Writes two hex digits in upper case for each byte.
pub(crate) fn write_upper_hex(bytes: &[u8], text: &mut impl Write) -> io::Result<()> {
    bytes
        .iter()
        .try_for_each(|byte| text.write_all(&upper_hex(*byte)))
}

fn upper_hex(byte: u8) -> [u8; 2] {
    let digits = UPPER_HEX.get(usize::from(byte)).copied();
    digits.unwrap_or_default()
}

/// The digits of each byte.
#[allow(
    clippy::indexing_slicing,
    reason = "evaluated while compiling, where a wrong index is an error"
)]
const UPPER_HEX: [[u8; 2]; 256] = {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut hex = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        hex[byte] = [DIGITS[byte >> 4], DIGITS[byte & 0xf]];
        byte += 1;
    }
    hex
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_name_is_read_as_any_name_is() {
        let urns = ["urn:dev:", "URN:dev:", "urn:dew:", ""];
        let kinds = ["DEVEUI:", "deveui:", "IMEI:", "imei:", "DVNUUID:", "DEVEUI"];
        let ids = [
            "0059AC0000152A2B",
            "0059ac0000152a2b",
            "0059AC0000152A2",
            "0059AC0000152A2BC",
            "0059AC0000152A2G",
            "123456789012345",
            "12345678901234567",
            "",
            "+123456789012345",
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6",
            "f81d4fae7-dec-11d0-a765-00a0c91e6bf6",
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf",
            "f81d4fae-7dec-11d0-a765-00a0c91e6bf66",
        ];
        let mut read = 0;
        for (urn, kind, id) in combined(&urns, &kinds, &ids) {
            for end in [":", "", "::", ":relay"] {
                let base = format!("{urn}{kind}{id}{end}");
                let general = DeviceId::split_name(&base).ok();
                let whole = general
                    .filter(|(_, path)| path.is_empty())
                    .map(|(device, _)| device);
                assert_eq!(DeviceId::from_base(&base), whole, "{base}");
                read += usize::from(whole.is_some());
            }
        }
        assert_eq!(read, 16);
    }

    fn combined<'a>(
        urns: &'a [&str],
        kinds: &'a [&str],
        ids: &'a [&str],
    ) -> impl Iterator<Item = (&'a str, &'a str, &'a str)> {
        let pairs = urns
            .iter()
            .flat_map(|urn| kinds.iter().map(move |kind| (urn, kind)));
        pairs.flat_map(|(urn, kind)| ids.iter().map(move |id| (*urn, *kind, *id)))
    }
}
