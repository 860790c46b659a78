//! Untrusted text in messages, and the nearest right name.

/// Characters of untrusted text that a message shows.
const SHOWN: usize = 64;

/// Escapes untrusted text and cuts it at 64 characters, so that it can stand in a message.
///
/// ```
/// use downlink::error::quote;
///
/// assert_eq!(quote("a\u{1b}[2J"), r"a\u{1b}[2J");
/// ```
#[must_use]
pub fn quote(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(SHOWN)
        .flat_map(char::escape_debug)
        .collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

/// The known name that is nearest to `name`, if one is near enough to be meant.
///
/// One character in three may be wrong; upper and lower case are the same here.
///
/// ```
/// use downlink::error::nearest;
///
/// assert_eq!(nearest("realy", ["relay", "reset"]), Some("relay"));
/// assert_eq!(nearest("zzzzz", ["relay", "reset"]), None);
/// ```
#[must_use]
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// Comparing takes time with the product of the lengths, and no longer name is a slip.
    const LONGEST: usize = 64;
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

/// The hint that names the nearest right name.
pub(crate) fn did_you_mean(name: &str) -> String {
    format!("did you mean `{name}`?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut() {
        assert_eq!(quote(&"x".repeat(65)), format!("{}…", "x".repeat(64)));
    }

    #[test]
    fn a_slip_finds_its_name_and_noise_finds_none() {
        assert_eq!(nearest("realy", ["relay", "reset"]), Some("relay"));
        assert_eq!(nearest("TDC", ["tdc"]), Some("tdc"));
        assert_eq!(nearest("zzzzzz", ["relay", "reset"]), None);
        assert_eq!(nearest("q", ["n", "v"]), None);
    }
}
