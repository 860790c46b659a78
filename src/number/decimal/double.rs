//! Decimals from doubles and back (IEEE 754).

use super::{Decimal, ShortDecimal};

impl Decimal {
    /// The shortest decimal that reads back as this double; `None` if it is not finite or not held.
    #[must_use]
    pub fn from_f64(double: f64) -> Option<Self> {
        if !double.is_finite() {
            return None;
        }
        if let Some(short) = ShortDecimal::from_f64(double) {
            return Some(short.into());
        }
        let shortest = Self::from_literal(&format!("{double:e}"))?;
        // A double was written with a fraction, so that `20.0` is not mistaken for the integer 20.
        Some(shortest.written_with_fraction())
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
