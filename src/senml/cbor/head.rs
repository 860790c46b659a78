//! Heads: what the first bytes of an item say (RFC 8949 §3).

/// The type of an item, with what its head says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::senml) enum Head {
    Unsigned(u64),
    /// -1 minus this.
    Negative(u64),
    /// Strings, arrays and maps have a length, or end with a break.
    Bytes(Option<u64>),
    Text(Option<u64>),
    Array(Option<u64>),
    Map(Option<u64>),
    Tag(u64),
    Boolean(bool),
    Null,
    Undefined,
    Simple,
    Float(f64),
    Break,
}

impl Head {
    /// What errors call it.
    pub(in crate::senml) fn name(self) -> &'static str {
        match self {
            Self::Unsigned(_) | Self::Negative(_) => "an integer",
            Self::Bytes(Some(_)) => "bytes",
            Self::Bytes(None) => "bytes of indefinite length",
            Self::Text(Some(_)) => "text",
            Self::Text(None) => "text of indefinite length",
            Self::Array(_) => "an array",
            Self::Map(_) => "a map",
            Self::Tag(_) => "a tagged item",
            Self::Boolean(_) => "a boolean",
            Self::Null => "null",
            Self::Undefined => "undefined",
            Self::Simple => "a simple value",
            Self::Float(_) => "a float",
            Self::Break => "a break",
        }
    }
}

/// The value of a half float (RFC 8949 appendix D).
pub(super) fn half(bits: u16) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let exponent = i32::from((bits >> 10) & 0x1f);
    let fraction = f64::from(bits & 0x3ff);
    let magnitude = match exponent {
        0 => fraction * 2_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (fraction + 1024.0) * 2_f64.powi(exponent - 25),
    };
    sign * magnitude
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_float_has_its_value() {
        for (bits, value) in [
            (0x0000, 0.0),
            (0x3c00, 1.0),
            (0x4710, 7.0625),
            (0xc400, -4.0),
            (0x7bff, 65504.0),
            (0x0001, 5.960_464_477_539_063e-8),
            (0x0400, 0.000_061_035_156_25),
            (0x7c00, f64::INFINITY),
            (0xfc00, f64::NEG_INFINITY),
        ] {
            assert_eq!(half(bits).to_bits(), f64::to_bits(value), "{bits:04x}");
        }
        assert!(half(0x7e00).is_nan());
    }
}
