//! Untrusted text in messages.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut() {
        assert_eq!(quote(&"x".repeat(65)), format!("{}…", "x".repeat(64)));
    }
}
