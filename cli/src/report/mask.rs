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
    let mut shown = String::with_capacity(line.len());
    let mut place = 0..0;
    let mut key = "";
    let mut at = 0;
    while let Some(rest) = line.get(at..).filter(|rest| !rest.is_empty()) {
        if at == span.start {
            let start = shown.len();
            shown.push_str(line.get(span.clone()).unwrap_or_default());
            place = start..shown.len();
            key = if is_key(line, &span) {
                token_name(line, &span)
            } else {
                key
            };
            // A caret behind the end is at no token.
            at = span
                .end
                .max(at + rest.chars().next().map_or(1, char::len_utf8));
            if span.is_empty() {
                shown.push_str(line.get(span.end..at).unwrap_or_default());
            }
            continue;
        }
        let end = (at + token_length(rest)).min(line.len());
        // A place may start within a token.
        let end = if at < span.start {
            end.min(span.start)
        } else {
            end
        };
        let token = at..end;
        if is_key(line, &token) {
            key = token_name(line, &token);
            shown.push_str(line.get(token).unwrap_or_default());
        } else if is_value(line, &token) && !OPEN.contains(&key) {
            shown.push_str(&mask(line, &token, span.start));
        } else {
            shown.push_str(line.get(token).unwrap_or_default());
        }
        at = end;
    }
    if span.start >= line.len() {
        place = shown.len()..shown.len();
    }
    (shown, place)
}

/// In front of the place a mask is as wide as the value, whose width the column tells anyhow.
fn mask(line: &str, token: &Range<usize>, place: usize) -> String {
    let text = line.get(token.clone()).unwrap_or_default();
    if token.start < place {
        "*".repeat(text.chars().count())
    } else {
        MASK.to_owned()
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
