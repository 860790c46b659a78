//! What a script may change of what comes with the language, so that messages that do are seen.

use regex_lite::Regex;

/// Assignments to what comes with the language, and calls that define it anew.
const CHANGES: &str = concat!(
    r"\b((?:Array|ArrayBuffer|BigInt|Boolean|Buffer|DataView|Date|Error|Function|JSON|Map|Math|Number|",
    r"Object|Promise|Reflect|RegExp|Set|String|Symbol|TextDecoder|TextEncoder|Uint8Array|console)",
    r"(?:\.prototype)?)\s*(?:\.\s*(\w+)|\[[^\]\n]*\])\s*[-+*/|&?]*=[^=>]",
    r"|\b(?:defineProperty|defineProperties|setPrototypeOf|assign)\s*\(\s*",
    r"((?:[A-Z]\w*\.prototype|globalThis|Math|Number|Object|Array|String|Date|JSON|Buffer)\b)",
    r#"(?:\s*,\s*["'](\w+)["'])?"#,
    r"|__defineGetter__|__defineSetter__|__proto__\s*[.\[]",
    r"|\bstackTraceLimit\b|\bprepareStackTrace\b",
);

/// The properties that a script seems to change, as `Math.trunc`; nothing if they have no names.
///
/// A script that hides it has its messages kept apart all the same; only its changes come to
/// nothing.
pub(super) fn suspects(source: &str) -> Option<Vec<String>> {
    let changes = Regex::new(CHANGES).ok()?;
    let mut suspects = Vec::new();
    for found in changes.captures_iter(source) {
        let holder = found.get(1).or_else(|| found.get(3))?;
        let key = found.get(2).or_else(|| found.get(4))?;
        suspects.push(format!("{}.{}", holder.as_str(), key.as_str()));
    }
    suspects.sort();
    suspects.dedup();
    Some(suspects)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_named() {
        for (source, expected) in [
            ("Array.prototype.last = f;", "Array.prototype.last"),
            ("Math.count += 1;", "Math.count"),
            ("Math.trunc=Math.trunc||f", "Math.trunc"),
            (
                "Object.defineProperty(Object, 'assign', {});",
                "Object.assign",
            ),
        ] {
            assert_eq!(
                suspects(source),
                Some(vec![expected.to_owned()]),
                "{source}"
            );
        }
    }

    #[test]
    fn what_has_no_name_is_told() {
        for source in [
            "String.prototype[name] = f;",
            "Object.assign(Math, {});",
            "a.__proto__.b = 1;",
            "E.stackTraceLimit = 3;",
        ] {
            assert_eq!(suspects(source), None, "{source}");
        }
    }

    #[test]
    fn what_changes_nothing_is_no_suspect() {
        for source in [
            "a.__proto__ = b; c = { __proto__: null }; d = e.__proto__ || f;",
            "Math.round == 1; if (Math.abs(x) >= 1) y = Object.keys(z);",
        ] {
            assert_eq!(suspects(source), Some(Vec::new()), "{source}");
        }
    }
}
