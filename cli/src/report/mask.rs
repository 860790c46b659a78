//! Lines of requests, packs and device files without their values.
//!
//! A line is shown for one fault in it, and may hold a secret beside it: what is secret is not known
//! before the encoder is.

use std::ops::Range;

use super::{MASK, token_length};

/// Keys whose values tell what a line is about and are never secret.
const OPEN: [&str; 19] = [
    "bn",
    "bt",
    "bu",
    "bver",
    "contentType",
    "data_rate",
    "dryRun",
    "encoder",
    "externalReference",
    "fPort",
    "feedbackTimeout",
    "feedback_timeout",
    "n",
    "protocol",
    "region",
    "retryLimit",
    "t",
    "topic",
    "u",
];

/// The line with a mask for every value outside of this place, and where the place is then.
pub(super) fn around(line: &str, span: Range<usize>) -> (String, Range<usize>) {
    let mut shown = Shown {
        line,
        text: String::with_capacity(line.len()),
        key: "",
    };
    // A place may start within a token.
    shown.mask(0..span.start.min(line.len()), |text| {
        "*".repeat(text.chars().count())
    });
    let start = shown.text.len();
    shown.keep(&span);
    let place = start..shown.text.len();
    shown.mask(span.end..line.len(), |_| MASK.to_owned());
    (shown.text, place)
}

/// A line as far as it is shown.
struct Shown<'l> {
    line: &'l str,
    text: String,
    /// The key that was last.
    key: &'l str,
}

impl Shown<'_> {
    /// Adds tokens, with a mask for each value. In front of the place a mask is as wide as the
    /// value, whose width the column tells anyhow.
    fn mask(&mut self, range: Range<usize>, mask: impl Fn(&str) -> String) {
        let mut at = range.start;
        while let Some(rest) = self.line.get(at..range.end).filter(|rest| !rest.is_empty()) {
            let token = at..(at + token_length(rest)).min(range.end);
            let is_shown = is_key(self.line, &token) || OPEN.contains(&self.key);
            if is_value(self.line, &token) && !is_shown {
                let text = self.line.get(token.clone()).unwrap_or_default();
                self.text.push_str(&mask(text));
            } else {
                self.keep(&token);
            }
            at = token.end;
        }
    }

    /// Adds a token as it is.
    fn keep(&mut self, token: &Range<usize>) {
        if is_key(self.line, token) {
            self.key = token_name(self.line, token);
        }
        let text = self.line.get(token.clone()).unwrap_or_default();
        self.text.push_str(text);
    }
}

/// Whether a token is a key of JSON or TOML, or a part of one.
fn is_key(line: &str, token: &Range<usize>) -> bool {
    let before = line.get(..token.start).unwrap_or_default().trim_end();
    let behind = line.get(token.end..).unwrap_or_default().trim_start();
    is_word(line, token)
        && (behind.starts_with([':', '=']) || before.starts_with('[') && behind == "]")
}

fn token_name<'l>(line: &'l str, token: &Range<usize>) -> &'l str {
    let token = line.get(token.clone()).unwrap_or_default();
    token.trim_matches(['"', '\''])
}

/// Whether a token is a text, a number or what is neither of them but no `true`.
fn is_value(line: &str, token: &Range<usize>) -> bool {
    let text = line.get(token.clone()).unwrap_or_default();
    is_word(line, token) && !matches!(text, "true" | "false" | "null" | "devices" | "defaults")
}

fn is_word(line: &str, token: &Range<usize>) -> bool {
    let text = line.get(token.clone()).unwrap_or_default();
    text.starts_with(|it: char| it.is_alphanumeric() || matches!(it, '"' | '\'' | '-' | '+' | '_'))
        || !text.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str, fault: &str) -> String {
        let start = line.find(fault).unwrap();
        let (shown, place) = around(line, start..start + fault.len());
        assert_eq!(shown.get(place), Some(fault));
        shown
    }

    #[test]
    fn only_the_token_at_fault_and_what_is_no_value_is_shown() {
        for (line, fault, expected) in [
            (
                r#"[{"bn":"urn:a:","n":"key","vs":"12345678"},{"n":"tcd","v":1}]"#,
                r#""tcd""#,
                r#"[{"bn":"urn:a:","n":"key","vs":**********},{"n":"tcd","v":***}]"#,
            ),
            (
                r#" {"n":"pin","v":1234,"vb":true}"#,
                r#""pin""#,
                r#" {"n":"pin","v":***,"vb":true}"#,
            ),
            (
                r#"{"v": 4, "vs" : "a:b\"c", secret}"#,
                "4",
                r#"{"v": 4, "vs" : ***, ***}"#,
            ),
            (
                r#"variables = { login = "me", pasword = "pass" }"#,
                "pasword",
                "variables = { login = ****, pasword = *** }",
            ),
            (r#""1234" , "vs":"5678"#, ",", r#"****** , "vs":***"#),
        ] {
            assert_eq!(shown(line, fault), expected);
        }
    }

    #[test]
    fn a_place_within_a_token_or_behind_the_line_is_kept() {
        let (line, place) = around(r#"{"vs":"ab\qcd"}"#, 9..11);
        assert_eq!(line.get(place), Some("\\q"));
        assert!(!line.contains("ab"));
        assert_eq!(around(r#"{"v":1"#, 6..6), (r#"{"v":*"#.to_owned(), 6..6));
    }
}
