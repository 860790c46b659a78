//! Decimals from doubles and back (IEEE 754).

use super::Decimal;

impl Decimal {
    /// The shortest decimal that reads back as this double; `None` if it is not finite or not held.
    #[must_use]
    pub fn from_f64(double: f64) -> Option<Self> {
        if !double.is_finite() {
            return None;
        }
        if let Some(few) = Self::of_few_places(double) {
            return Some(few.written_with_fraction());
        }
        let shortest = Self::from_literal(&format!("{double:e}"))?;
        // A double was written with a fraction, so that `20.0` is not mistaken for the integer 20.
        Some(shortest.written_with_fraction())
    }

    /// A decimal of few digits and places that reads back as this double.
    ///
    /// Of at most fifteen digits there is only one that does, so that it is the shortest; and it does,
    /// since dividing two integers that a double holds gives the double nearest to the quotient.
    fn of_few_places(double: f64) -> Option<Self> {
        const POWERS: [f64; 7] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];
        const SIXTEEN_DIGITS: f64 = 1e15;
        let reads_back = |power: &f64| {
            let digits = (double * power).round();
            (digits / power).total_cmp(&double).is_eq() && digits.abs() < SIXTEEN_DIGITS
        };
        let places = POWERS.iter().position(reads_back)?;
        let digits = (double * POWERS.get(places)?).round();
        Some(Self {
            coefficient: integer(digits)?,
            exponent: -i32::try_from(places).ok()?,
        })
    }

    /// The nearest double.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        // The standard library rounds a literal correctly, and this is always one.
        format!("{}e{}", self.coefficient(), self.exponent())
            .parse()
            .unwrap_or(f64::NAN)
    }
}

/// The integer that a double of few digits is, from its sign, exponent and mantissa (IEEE 754).
fn integer(double: f64) -> Option<i128> {
    const MANTISSA: u32 = 52;
    const BIAS: u64 = 1023;
    let bits = double.to_bits();
    if bits << 1 == 0 {
        return Some(0);
    }
    let exponent = ((bits >> MANTISSA) & 0x7ff).checked_sub(BIAS)?;
    let mantissa = bits & ((1 << MANTISSA) - 1) | 1 << MANTISSA;
    let below_the_point = MANTISSA.checked_sub(u32::try_from(exponent).ok()?)?;
    let integer = i128::from(mantissa >> below_the_point);
    Some(if double.is_sign_negative() {
        -integer
    } else {
        integer
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::from_literal(text).expect("a decimal")
    }

    #[test]
    fn doubles_become_their_shortest_decimal() {
        assert_eq!(Decimal::from_f64(0.29), Some(decimal("0.29")));
        let twenty = Decimal::from_f64(20.0).expect("held");
        assert_eq!(
            (twenty.to_string().as_str(), twenty.is_written_as_integer()),
            ("20.0", false)
        );
        assert!(
            !Decimal::from_f64(1e20)
                .expect("held")
                .is_written_as_integer()
        );
    }

    #[test]
    fn doubles_of_few_places_become_what_their_text_says() {
        let texts = [
            "0",
            "1",
            "-1",
            "0.1",
            "-0.5",
            "0.29",
            "20.5",
            "123456.789012",
            "999999999999999",
            "1000000000000000",
            "0.000001",
            "0.0000001",
            "4503599627370496.5",
            "1e22",
            "5e-324",
            "0.30000000000000004",
            "1.7976931348623157e308",
        ];
        for text in texts {
            let double: f64 = text.parse().unwrap();
            let shortest = Decimal::from_literal(&format!("{double:e}"));
            let shortest = shortest.map(Decimal::written_with_fraction);
            assert_eq!(Decimal::from_f64(double), shortest, "{text}");
            let written = |decimal: Option<Decimal>| decimal.map(|it| it.to_string());
            assert_eq!(
                written(Decimal::from_f64(double)),
                written(shortest),
                "{text}"
            );
        }
        assert_eq!(Decimal::from_f64(-0.0), Some(Decimal::ZERO));
    }
}
