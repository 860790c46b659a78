//! Decimals of few digits, as most are: two words, read in one pass.

use super::Decimal;

/// A decimal whose digits fit 64 bits, and which has places behind the point or none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShortDecimal {
    digits: i64,
    places: u8,
}

impl ShortDecimal {
    /// The digits, as an integer.
    pub(crate) fn digits(self) -> i64 {
        self.digits
    }

    /// How many of the digits stand behind the point.
    pub(crate) fn places(self) -> u8 {
        self.places
    }

    /// The same decimal, if it is short.
    #[inline]
    pub(crate) fn of(decimal: Decimal) -> Option<Self> {
        Some(Self {
            digits: decimal.coefficient.try_into().ok()?,
            places: decimal.exponent.checked_neg()?.try_into().ok()?,
        })
    }

    /// Reads a literal of few digits and no exponent.
    pub(crate) fn from_literal(text: &str) -> Option<Self> {
        /// So many digits fit 64 bits whatever they are, and every reader of SenML takes as many
        /// characters (RFC 8428 §5).
        const SHORT: usize = 18;
        let (unsigned, sign) = match text.as_bytes() {
            [b'-', unsigned @ ..] => (unsigned, -1),
            unsigned => (unsigned, 1),
        };
        if text.len() > SHORT || matches!(unsigned, [b'0', b'0'..=b'9', ..]) {
            return None;
        }
        let (mut digits, mut point) = (0_i64, None);
        for (at, byte) in unsigned.iter().enumerate() {
            match byte {
                b'0'..=b'9' => digits = digits * 10 + i64::from(byte - b'0'),
                b'.' if at > 0 && point.is_none() => point = Some(at),
                _ => return None,
            }
        }
        let places = point.map_or(0, |point| unsigned.len() - point - 1);
        // Nothing stands behind a point, or there is nothing at all.
        if unsigned.is_empty() || (point.is_some() && places == 0) {
            return None;
        }
        Some(Self {
            digits: sign * digits,
            places: u8::try_from(places).ok()?,
        })
    }

    /// A decimal of few digits and places that reads back as this double.
    ///
    /// Of at most fifteen digits there is only one that does, so that it is the shortest; and it does,
    /// since dividing two integers that a double holds gives the double nearest to the quotient.
    #[inline]
    pub(crate) fn from_f64(double: f64) -> Option<Self> {
        const POWERS: [f64; 6] = [1e1, 1e2, 1e3, 1e4, 1e5, 1e6];
        const SIXTEEN_DIGITS: f64 = 1e15;
        /// Two to the power 52, from where on the lowest bit of a double is one; the sum with it is
        /// rounded to an integer, which then stands in the mantissa (IEEE 754).
        const ONES: f64 = 4_503_599_627_370_496.0;
        const MANTISSA: u64 = (1 << 52) - 1;
        let magnitude = double.abs();
        let (places, sum) = (1..).zip(POWERS).find_map(|(places, power)| {
            let sum = magnitude * power + ONES;
            let digits = sum - ONES;
            let reads_back = (digits / power).total_cmp(&magnitude).is_eq();
            (reads_back && digits < SIXTEEN_DIGITS).then_some((places, sum))
        })?;
        let digits = i64::try_from(sum.to_bits() & MANTISSA).ok()?;
        Some(Self {
            digits: if double < 0.0 { -digits } else { digits },
            places,
        })
    }
}

impl From<i64> for ShortDecimal {
    fn from(digits: i64) -> Self {
        Self { digits, places: 0 }
    }
}

impl From<ShortDecimal> for Decimal {
    #[inline]
    fn from(short: ShortDecimal) -> Self {
        Self {
            coefficient: short.digits.into(),
            exponent: -i32::from(short.places),
        }
    }
}
