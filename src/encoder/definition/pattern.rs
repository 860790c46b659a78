//! Patterns of variables.

use regex_lite::Regex;

/// A pattern that must match the whole value.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    /// As it is declared.
    text: String,
    regex: Regex,
    class: Option<Class>,
}

/// A pattern that is one class of characters, repeated: most are, and ask no machine for a match.
#[derive(Clone, Debug)]
struct Class {
    /// Whether each byte is an ASCII character that the pattern takes.
    admits: [bool; 256],
    admits_nothing: bool,
}

impl Pattern {
    pub(super) fn new(text: &str) -> Result<Self, regex_lite::Error> {
        let regex = whole(text)?;
        let class = Class::of(text).map(|class| Class {
            admits_nothing: regex.is_match(""),
            ..class
        });
        Ok(Self {
            text: text.to_owned(),
            regex,
            class,
        })
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn admits(&self, value: &str) -> bool {
        match &self.class {
            Some(class) if class.admits(value) => true,
            Some(_) if value.is_ascii() => false,
            _ => self.regex.is_match(value),
        }
    }
}

fn whole(text: &str) -> Result<Regex, regex_lite::Error> {
    Regex::new(&format!("^(?:{text})$"))
}

impl Class {
    /// The class of `[class]+` or `[class]*`.
    fn of(text: &str) -> Option<Self> {
        let class = text.strip_suffix(['+', '*'])?;
        let inside = class.strip_prefix('[')?.strip_suffix(']')?;
        if inside.contains(['[', ']', '\\']) {
            return None;
        }
        let one = whole(class).ok()?;
        let mut admits = [false; 256];
        for (code, admits) in (0..=0x7f_u8).zip(&mut admits) {
            *admits = one.is_match(char::from(code).encode_utf8(&mut [0; 4]));
        }
        Some(Self {
            admits,
            admits_nothing: false,
        })
    }

    /// Whether the value is ASCII that the pattern takes.
    fn admits(&self, value: &str) -> bool {
        let admits = |byte: u8| self.admits.get(usize::from(byte)).copied().unwrap_or(false);
        let admits_all = value
            .bytes()
            .fold(true, |so_far, byte| so_far & admits(byte));
        admits_all && (self.admits_nothing || !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_admits_what_its_pattern_does() {
        for text in ["[^/+#]+", "[!-~]*", "[A-F0-9]+", "[^-a]*", "[a-]+"] {
            let pattern = Pattern::new(text).unwrap();
            assert!(pattern.class.is_some(), "{text}");
            for value in [
                "", "a", "-", "AF09", "a/b", "~!", "a b", "é", "a\n", "\u{7f}",
            ] {
                let expected = pattern.regex.is_match(value);
                assert_eq!(pattern.admits(value), expected, "{text} on {value:?}");
            }
        }
    }

    #[test]
    fn what_is_more_than_a_class_is_none() {
        for text in [
            "a+",
            "[a]",
            "[a][b]+",
            "[\\d]+",
            "(a|[b])+",
            "[a]+?",
            "[[:alpha:]]+",
        ] {
            assert!(Class::of(text).is_none(), "{text}");
        }
    }
}
