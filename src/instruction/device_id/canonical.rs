//! The canonical form of most devices, read and written without detours.

use std::io::{self, Write};

use super::digits::{self, lowest};
use super::{DeviceId, IMEI_DIGITS, Imei, UUID_LENGTH};

const DEV_EUI: &str = "urn:dev:DEVEUI:";
const DVN_UUID: &str = "urn:dev:DVNUUID:";
const IMEI: &str = "urn:dev:IMEI:";

impl DeviceId {
    /// The device of a base name that is its URN and nothing else, as it is written here.
    ///
    /// Most are; of others, which the general way reads, nothing is said.
    pub(super) fn from_base(base: &str) -> Option<Self> {
        let urn = base.strip_suffix(':')?;
        if let Some(digits) = urn.strip_prefix(DEV_EUI) {
            return eui(digits).map(Self::DevEui);
        }
        if let Some(digits) = urn.strip_prefix(DVN_UUID) {
            return uuid(digits).map(Self::DvnUuid);
        }
        imei(urn.strip_prefix(IMEI)?).map(Self::Imei)
    }

    /// Writes the canonical form.
    pub(crate) fn write_to(self, text: &mut impl Write) -> io::Result<()> {
        match self {
            Self::DevEui(eui) => {
                text.write_all(DEV_EUI.as_bytes())?;
                write_eui(eui, text)?;
            }
            Self::Imei(Imei { digits, count }) => {
                text.write_all(IMEI.as_bytes())?;
                let mut buffer = itoa::Buffer::new();
                let digits = buffer.format(digits).as_bytes();
                (digits.len()..count).try_for_each(|_| text.write_all(b"0"))?;
                text.write_all(digits)?;
            }
            Self::DvnUuid(uuid) => {
                text.write_all(DVN_UUID.as_bytes())?;
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

/// The EUI that the whole text is.
pub(super) fn eui(text: &str) -> Option<u64> {
    let (high, low) = text.as_bytes().split_first_chunk()?;
    let value = |digits| digits::value(u64::from_be_bytes(digits)).map(u64::from);
    Some(value(*high)? << 32 | value(low.try_into().ok()?)?)
}

fn write_eui(eui: u64, text: &mut impl Write) -> io::Result<()> {
    let digits = |shift: u32| digits::upper(lowest(u128::from(eui >> shift))).to_be_bytes();
    text.write_all(&digits(32))?;
    text.write_all(&digits(0))
}

/// The UUID that the whole text is (RFC 9562 §4), in upper or lower case.
pub(super) fn uuid(text: &str) -> Option<u128> {
    /// Where the digits stand, four and four of 32 bits, and where the hyphens do.
    const DIGITS: [[usize; 2]; 4] = [[0, 4], [9, 14], [19, 24], [28, 32]];
    const HYPHENS: [usize; 4] = [8, 13, 18, 23];
    let text: &[u8; UUID_LENGTH] = text.as_bytes().try_into().ok()?;
    if HYPHENS.iter().any(|at| text.get(*at) != Some(&b'-')) {
        return None;
    }
    let four = |at: usize| {
        let digits = text.get(at..)?.first_chunk()?;
        Some(u64::from(u32::from_be_bytes(*digits)))
    };
    DIGITS.iter().try_fold(0, |uuid, [high, low]| {
        let value = digits::value(four(*high)? << 32 | four(*low)?)?;
        Some(uuid << 32 | u128::from(value))
    })
}

fn write_uuid(uuid: u128, text: &mut impl Write) -> io::Result<()> {
    const HYPHEN: u64 = 0x2d;
    let digits = |shift: u32| digits::lower(lowest(uuid >> shift));
    let (a, b, c, d) = (digits(96), digits(64), digits(32), digits(0));
    let words = [
        a,
        HYPHEN << 56 | b >> 32 << 24 | HYPHEN << 16 | b << 32 >> 48,
        b << 48 | HYPHEN << 40 | c >> 32 << 8 | HYPHEN,
        c << 32 | d >> 32,
        d << 32,
    ];
    let text_of = words.map(u64::to_be_bytes);
    text.write_all(
        text_of
            .as_flattened()
            .get(..UUID_LENGTH)
            .unwrap_or_default(),
    )
}

/// The IMEI that the whole text is.
pub(super) fn imei(text: &str) -> Option<Imei> {
    let (fewest, most) = IMEI_DIGITS;
    let digit = |byte: u8| byte.is_ascii_digit().then(|| u64::from(byte - b'0'));
    let count = text.len();
    let digits = (fewest..=most).contains(&count).then(|| text.bytes())?;
    let digits = digits
        .map(digit)
        .try_fold(0, |so_far, digit| Some(so_far * 10 + digit?))?;
    Some(Imei { digits, count })
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
                let is_as_written = whole.is_some() && urn == "urn:dev:" && is_upper(kind);
                let expected = whole.filter(|_| is_as_written);
                assert_eq!(DeviceId::from_base(&base), expected, "{base}");
                read += usize::from(is_as_written);
            }
        }
        assert_eq!(read, 5);
    }

    fn is_upper(kind: &str) -> bool {
        !kind.bytes().any(|byte| byte.is_ascii_lowercase())
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
