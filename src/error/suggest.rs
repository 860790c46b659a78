//! Hints that name what was meant: keys by one rule, what does something by a stricter one.

use super::slip::{LONGEST, Naming, slipped};
use super::{Audience, Error};

impl Error {
    /// Names the key, field, label, unit or region that is nearest.
    #[cold]
    pub(crate) fn suggest_key<'k>(
        self,
        key: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) -> Self {
        self.suggest(Audience::Caller, nearest(key, known))
    }

    /// Names the command, the argument, the variable of a definition or the name in an enumeration that a
    /// slip of the finger made this one of.
    #[cold]
    pub(crate) fn suggest_name<'k>(
        self,
        name: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) -> Self {
        self.suggest(Audience::Caller, slipped(name, known, Naming::Thing))
    }

    /// Names the variable of a device that a slip of the finger made this one of.
    #[cold]
    pub(crate) fn suggest_variable<'k>(
        self,
        name: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) -> Self {
        self.suggest(Audience::Operator, slipped(name, known, Naming::Thing))
    }

    /// Names the encoder that a slip of the finger made this one of.
    #[cold]
    pub(crate) fn suggest_encoder<'k>(
        self,
        id: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) -> Self {
        self.suggest(Audience::Operator, slipped(id, known, Naming::Encoder))
    }

    /// What was meant takes the place of another hint.
    fn suggest(self, audience: Audience, meant: Option<&str>) -> Self {
        match meant {
            Some(meant) => self.hint_for(audience, did_you_mean(meant)),
            None => self,
        }
    }
}

/// The known key that is nearest to `name`, if one is near enough to be meant.
///
/// It is for keys of files, fields, labels, units and regions, where a wrong guess does nothing: what
/// a device is told to do is not named by what is near. One character in three may be wrong; upper and lower case are the same here.
///
/// ```
/// use downlink::error::nearest;
///
/// assert_eq!(nearest("regoin", ["region", "encoder"]), Some("region"));
/// assert_eq!(nearest("zzzzz", ["region", "encoder"]), None);
/// ```
#[must_use]
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let lower = name.to_lowercase();
    known
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        // As many characters as one has more than the other are wrong at the least.
        .filter(|candidate| candidate.len().abs_diff(name.len()) <= slips(name, candidate))
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, candidate)| {
            *distance <= slips(name, candidate) && *distance < name.len().max(candidate.len())
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many characters may be wrong for a name to be meant.
fn slips(name: &str, meant: &str) -> usize {
    name.len().max(meant.len()).div_ceil(3)
}

/// The hint that names what was meant.
pub(crate) fn did_you_mean(name: &str) -> String {
    format!("did you mean `{name}`?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_by_what_is_near_and_noise_finds_none() {
        assert_eq!(nearest("fport", ["fPort"]), Some("fPort"));
        assert_eq!(nearest("regon", ["region", "encoder"]), Some("region"));
        assert_eq!(nearest("zzzzzz", ["region", "encoder"]), None);
        assert_eq!(nearest("q", ["n", "v"]), None);
    }
}
