//! Check values over the bytes of a frame.

use super::frame::{Integer, Order};
use super::usage::BYTE;
use super::value::IntegerBytes;

/// How a check value is computed, and in which order its bytes stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// The sum of the bytes modulo 256.
    Sum8,
    /// The exclusive or of the bytes.
    Xor8,
    Crc8Smbus,
    Crc16Modbus(Order),
    Crc16CcittFalse(Order),
    Crc16Xmodem(Order),
    Crc16Kermit(Order),
}

impl Algorithm {
    /// The algorithm of one byte with this name.
    pub(super) fn one_byte(name: &str) -> Option<Self> {
        match name {
            "sum8" => Some(Self::Sum8),
            "xor8" => Some(Self::Xor8),
            "crc8-smbus" => Some(Self::Crc8Smbus),
            _ => None,
        }
    }

    /// The algorithm of two bytes with this name, still without its order.
    pub(super) fn two_bytes(name: &str) -> Option<fn(Order) -> Self> {
        match name {
            "crc16-modbus" => Some(Self::Crc16Modbus),
            "crc16-ccitt-false" => Some(Self::Crc16CcittFalse),
            "crc16-xmodem" => Some(Self::Crc16Xmodem),
            "crc16-kermit" => Some(Self::Crc16Kermit),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sum8 => "sum8",
            Self::Xor8 => "xor8",
            Self::Crc8Smbus => "crc8-smbus",
            Self::Crc16Modbus(_) => "crc16-modbus",
            Self::Crc16CcittFalse(_) => "crc16-ccitt-false",
            Self::Crc16Xmodem(_) => "crc16-xmodem",
            Self::Crc16Kermit(_) => "crc16-kermit",
        }
    }

    /// Whether the byte of least weight stands first.
    pub(super) fn is_little(self) -> bool {
        match self {
            Self::Sum8 | Self::Xor8 | Self::Crc8Smbus => false,
            Self::Crc16Modbus(order)
            | Self::Crc16CcittFalse(order)
            | Self::Crc16Xmodem(order)
            | Self::Crc16Kermit(order) => order == Order::Little,
        }
    }

    /// The check value of these bytes.
    pub(super) fn check(self, bytes: &[u8]) -> IntegerBytes {
        let byte = |check: u8| IntegerBytes::new(check.into(), BYTE, Order::Big);
        let word = |check: u16, order| IntegerBytes::new(check.into(), WORD, order);
        match self {
            Self::Sum8 => byte(bytes.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))),
            Self::Xor8 => byte(bytes.iter().fold(0, |sum, byte| sum ^ byte)),
            Self::Crc8Smbus => byte(crc8(bytes)),
            Self::Crc16Modbus(order) => word(crc16_reflected(bytes, 0xA001, 0xFFFF), order),
            Self::Crc16Kermit(order) => word(crc16_reflected(bytes, 0x8408, 0), order),
            Self::Crc16CcittFalse(order) => word(crc16(bytes, 0x1021, 0xFFFF), order),
            Self::Crc16Xmodem(order) => word(crc16(bytes, 0x1021, 0), order),
        }
    }
}

const WORD: Integer = Integer {
    is_signed: false,
    bits: 16,
};

fn crc8(bytes: &[u8]) -> u8 {
    const POLYNOMIAL: u8 = 0x07;
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc, _| {
            if crc & 0x80 == 0 {
                crc << 1
            } else {
                (crc << 1) ^ POLYNOMIAL
            }
        })
    })
}

fn crc16(bytes: &[u8], polynomial: u16, start: u16) -> u16 {
    bytes.iter().fold(start, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            if crc & 0x8000 == 0 {
                crc << 1
            } else {
                (crc << 1) ^ polynomial
            }
        })
    })
}

fn crc16_reflected(bytes: &[u8], polynomial: u16, start: u16) -> u16 {
    bytes.iter().fold(start, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte), |crc, _| {
            if crc & 1 == 0 {
                crc >> 1
            } else {
                (crc >> 1) ^ polynomial
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check values that catalogues of checksums give for the digits 1 to 9.
    #[test]
    fn check_values_are_those_of_the_catalogues() {
        for (algorithm, expected) in [
            (Algorithm::Sum8, vec![0xDD]),
            (Algorithm::Xor8, vec![0x31]),
            (Algorithm::Crc8Smbus, vec![0xF4]),
            (Algorithm::Crc16Modbus(Order::Big), vec![0x4B, 0x37]),
            (Algorithm::Crc16Modbus(Order::Little), vec![0x37, 0x4B]),
            (Algorithm::Crc16CcittFalse(Order::Big), vec![0x29, 0xB1]),
            (Algorithm::Crc16Xmodem(Order::Big), vec![0x31, 0xC3]),
            (Algorithm::Crc16Kermit(Order::Big), vec![0x21, 0x89]),
        ] {
            let check = algorithm.check(b"123456789");
            assert_eq!(check.as_slice(), expected, "{}", algorithm.name());
        }
    }
}
