//! Units, and how a number in one becomes a number in another (RFC 8428 §12.1, RFC 8798).
//!
//! ```text
//! value in the primary unit = value x scale + offset          RFC 8798 §3
//! ```
//!
//! Scales and offsets are fractions: 9 `ms` is 0.009 `s`, and 90 `km/h` is 25 `m/s`, exactly. Where
//! there is no such fraction, as between `deg` and `rad`, there is no conversion. Symbols are
//! compared byte by byte: `S` is siemens, `s` is second.

mod table;

use crate::error::{Code, Error, quote};
use crate::number::Rational;

use table::{Relation, UNITS};

/// Where a unit comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// Registered.
    Primary,
    /// Registered, and not recommended to produce: there is a primary unit for the same.
    NotRecommended,
    /// Registered as a multiple of a primary unit; legal where the version says so (RFC 9100 §4).
    Secondary,
    /// Not registered: the day, which goes with `min` and `h`.
    Unregistered,
}

/// A unit that is known.
///
/// ```
/// use downlink::senml::unit::{Kind, Unit};
///
/// assert_eq!(Unit::find("km/h").map(Unit::kind), Some(Kind::Secondary));
/// assert_eq!(Unit::find("kmh"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    symbol: &'static str,
    kind: Kind,
    relation: Relation,
}

impl Unit {
    /// Every unit, in the order of the bytes of the symbols.
    pub fn all() -> impl Iterator<Item = Self> {
        UNITS.iter().copied()
    }

    /// The unit with this symbol.
    #[must_use]
    pub fn find(symbol: &str) -> Option<Self> {
        Self::named(symbol.as_bytes()).copied()
    }

    /// The unit whose symbol these bytes are.
    #[inline]
    pub(in crate::senml) fn named(symbol: &[u8]) -> Option<&'static Self> {
        let first = *symbol.first()?;
        let start = *STARTS.get(usize::from(first))?;
        let mut units = UNITS
            .get(start..)?
            .iter()
            .take_while(|unit| unit.symbol.as_bytes().first() == Some(&first));
        // Byte by byte: symbols are shorter than the call of what compares faster.
        units.find(|unit| unit.symbol.bytes().eq(symbol.iter().copied()))
    }

    /// The symbol, as it stands in `u`.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        self.symbol
    }

    /// Where it comes from.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.kind
    }

    /// The unit in which its quantity is counted: the primary unit of a secondary one.
    ///
    /// Two units are of one quantity if this is the same.
    #[must_use]
    pub fn root(self) -> &'static str {
        match self.relation {
            Relation::Root => self.symbol,
            Relation::Linear { root, .. } | Relation::Irrational(root) => root,
        }
    }

    /// How a number in this unit becomes one in the root.
    fn to_root(self) -> Option<Conversion> {
        match self.relation {
            Relation::Root => Some(Conversion::IDENTITY),
            Relation::Linear { scale, offset, .. } => Some(Conversion {
                scale: fraction(scale)?,
                offset: fraction(offset)?,
            }),
            Relation::Irrational(_) => None,
        }
    }
}

/// For each first byte, where in the table its symbols begin.
const STARTS: [usize; 128] = starts();

#[allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "evaluated while compiling, where a wrong index is an error"
)]
const fn starts() -> [usize; 128] {
    let mut starts = [0; 128];
    let mut place = UNITS.len();
    while place > 0 {
        place -= 1;
        starts[UNITS[place].symbol.as_bytes()[0] as usize] = place;
    }
    starts
}

fn fraction((numerator, denominator): (i64, i64)) -> Option<Rational> {
    Rational::new(numerator.into(), denominator.into())
}

/// How a number in one unit becomes a number in another.
///
/// ```
/// use downlink::number::Rational;
/// use downlink::senml::unit::Conversion;
///
/// let to_seconds = Conversion::between("min", "s")?;
/// assert_eq!(to_seconds.apply(Rational::from(10_i64)), Some(Rational::from(600_i64)));
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conversion {
    scale: Rational,
    offset: Rational,
}

impl Conversion {
    /// Changes nothing.
    pub const IDENTITY: Self = Self {
        scale: Rational::ONE,
        offset: Rational::ZERO,
    };

    /// How a number in `from` becomes one in `to`.
    ///
    /// A unit is itself, whether it is known or not.
    ///
    /// # Errors
    ///
    /// [`Code::EncodeUnit`] if one of them is not known, if they are of different quantities, or if
    /// no fraction leads from one to the other.
    pub fn between(from: &str, to: &str) -> Result<Self, Error> {
        if from == to {
            return Ok(Self::IDENTITY);
        }
        let source = Unit::find(from).ok_or_else(|| unknown(from, to))?;
        let target = Unit::find(to).ok_or_else(|| unknown(to, to))?;
        if source.root() != target.root() {
            return Err(of_another_quantity(source, target));
        }
        let (Some(source_to_root), Some(target_to_root)) = (source.to_root(), target.to_root())
        else {
            return Err(irrational(source, target));
        };
        source_to_root
            .then_back_from(target_to_root)
            .ok_or_else(|| irrational(source, target))
    }

    /// The units from which a number becomes one in `to`, each with how it does.
    pub(crate) fn all_to(to: &str) -> impl Iterator<Item = (&'static str, Self)> {
        let target = Unit::find(to);
        let relatives =
            Unit::all().filter(move |unit| target.is_some_and(|it| it.root() == unit.root()));
        relatives.filter_map(move |unit| {
            let conversion = unit.to_root()?.then_back_from(target?.to_root()?)?;
            Some((unit.symbol, conversion))
        })
    }

    /// This conversion, and then the inverse of the other.
    fn then_back_from(self, other: Self) -> Option<Self> {
        let offset = self.offset.checked_sub(other.offset)?;
        Some(Self {
            scale: self.scale.checked_div(other.scale)?,
            offset: offset.checked_div(other.scale)?,
        })
    }

    /// The number in the other unit; `None` if it takes more than 128 bits.
    #[must_use]
    pub fn apply(self, value: Rational) -> Option<Rational> {
        let scaled = value.checked_mul(self.scale)?;
        if self.offset == Rational::ZERO {
            return Some(scaled);
        }
        scaled.checked_add(self.offset)
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_identity(self) -> bool {
        self == Self::IDENTITY
    }

    /// The factor.
    #[must_use]
    pub fn scale(self) -> Rational {
        self.scale
    }

    /// What is added behind the factor.
    #[must_use]
    pub fn offset(self) -> Rational {
        self.offset
    }
}

/// The units that can be turned into this one, itself first.
fn convertible(target: Unit) -> String {
    let same = |unit: &Unit| unit.root() == target.root() && *unit != target;
    let others = Unit::all().filter(|unit| same(unit) && unit.to_root().is_some());
    std::iter::once(target)
        .chain(others.filter(|_| target.to_root().is_some()))
        .map(|unit| format!("`{}`", unit.symbol))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cold]
fn unknown(symbol: &str, target: &str) -> Error {
    let error = Error::new(
        Code::EncodeUnit,
        format!("the unit `{}` is not known", quote(symbol)),
    )
    .found(quote(symbol))
    .rule("U1");
    let error = match Unit::find(target) {
        Some(target) => error.expected(convertible(target)),
        None => error.expected(format!("`{}`", quote(target))),
    };
    error.suggest_key(symbol, UNITS.iter().map(|unit| unit.symbol))
}

#[cold]
fn of_another_quantity(source: Unit, target: Unit) -> Error {
    let (from, to) = (source.symbol, target.symbol);
    let error = Error::new(
        Code::EncodeUnit,
        format!("`{from}` and `{to}` measure different quantities"),
    )
    .expected(convertible(target))
    .found(from);
    if source.root() == "/" && matches!(to, "%RH" | "%EL") {
        return error.hint(format!("write the number of percent with `{to}`"));
    }
    error
}

#[cold]
fn irrational(source: Unit, target: Unit) -> Error {
    let (from, to) = (source.symbol, target.symbol);
    Error::new(
        Code::EncodeUnit,
        format!("no fraction leads from `{from}` to `{to}`, so the number would not be exact"),
    )
    .expected(convertible(target))
    .found(from)
    .hint(format!("convert it yourself and write it in `{to}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(number: (i128, i128), from: &str, to: &str) -> String {
        let number = Rational::new(number.0, number.1).expect("a fraction");
        let conversion = Conversion::between(from, to).expect("of one quantity");
        conversion.apply(number).expect("held").to_string()
    }

    #[test]
    fn conversions_are_exact() {
        assert_eq!(converted((9, 1), "ms", "s"), "0.009");
        assert_eq!(converted((90, 1), "km/h", "m/s"), "25");
        assert_eq!(converted((10, 1), "dBm", "dBW"), "-20");
        assert_eq!(converted((-20, 1), "dBW", "dBm"), "10");
        assert_eq!(converted((50, 1), "/100", "%"), "0.5");
        assert_eq!(converted((1, 1), "d", "h"), "24");
        assert_eq!(converted((215, 10), "Cel", "K"), "294.65");
        assert_eq!(converted((29465, 100), "K", "Cel"), "21.5");
        assert_eq!(converted((1, 1), "1/min", "1/s"), "1/60");
        assert_eq!(converted((1, 1), "g", "kg"), "0.001");
        assert_eq!(converted((1, 1), "m3", "l"), "1000");
    }

    #[test]
    fn there_and_back_is_identity() {
        for one in Unit::all() {
            for other in Unit::all().filter(|other| other.root() == one.root()) {
                let there = Conversion::between(one.symbol, other.symbol);
                let back = Conversion::between(other.symbol, one.symbol);
                let (Ok(there), Ok(back)) = (there, back) else {
                    assert_eq!(one.root(), "rad");
                    continue;
                };
                let seven = Rational::from(7_i64);
                assert_eq!(there.apply(seven).and_then(|n| back.apply(n)), Some(seven));
            }
        }
    }

    #[test]
    fn what_cannot_be_converted_says_why() {
        let message = |from, to| {
            let error = Conversion::between(from, to).expect_err("refused");
            assert_eq!(error.code(), Code::EncodeUnit);
            error.to_string()
        };
        assert_eq!(
            message("mins", "s"),
            "the unit `mins` is not known; did you mean `min`?"
        );
        assert_eq!(
            message("Cel", "s"),
            "`Cel` and `s` measure different quantities"
        );
        assert_eq!(
            message("deg", "rad"),
            "no fraction leads from `deg` to `rad`, so the number would not be exact; \
             convert it yourself and write it in `rad`"
        );
        let seconds = Conversion::between("V", "s").expect_err("refused");
        let expected = seconds.diagnostic().expected.as_deref();
        assert_eq!(expected, Some("`s`, `d`, `h`, `min`, `ms`"));
    }

    #[test]
    fn a_unit_is_itself_whether_known_or_not() {
        for unit in ["deg", "Cel", "furlong"] {
            assert!(Conversion::between(unit, unit).is_ok_and(Conversion::is_identity));
        }
        assert!(Conversion::between("%", "/").is_ok_and(Conversion::is_identity));
        assert!(!Conversion::between("ms", "s").is_ok_and(Conversion::is_identity));
    }

    #[test]
    fn roots_are_roots_and_the_table_is_in_order() {
        for unit in Unit::all() {
            let root = Unit::find(unit.root()).expect("a unit");
            assert_eq!(root.relation, Relation::Root, "{}", unit.symbol);
        }
        assert!(UNITS.is_sorted_by(|one, other| one.symbol < other.symbol));
    }
}
