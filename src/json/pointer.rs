//! Where the value of a JSON pointer stands (RFC 6901).

use super::scanner::{Kind, Scanner};

/// The offset of the value that a pointer names; `None` if there is no such value.
fn offset_of(text: &str, pointer: &str) -> Option<usize> {
    let mut scanner = Scanner::new(text, crate::limits::NESTING);
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        let is_found = match scanner.kind().ok()? {
            Kind::Object => enter_member(&mut scanner, &token),
            Kind::Array => enter_item(&mut scanner, token.parse().ok()?),
            _ => None,
        };
        is_found?;
    }
    scanner.kind().ok()?;
    Some(scanner.offset())
}

/// The offset of the value that a pointer names, or of the innermost that would hold it.
pub(crate) fn nearest_offset(text: &str, pointer: &str) -> Option<usize> {
    offset_of(text, pointer).or_else(|| nearest_offset(text, pointer.rsplit_once('/')?.0))
}

fn enter_member(scanner: &mut Scanner<'_>, name: &str) -> Option<()> {
    let mut members = scanner.object().ok()?;
    while let Some(member) = scanner.member(&mut members).ok()? {
        if member == name {
            return Some(());
        }
        scanner.skip().ok()?;
    }
    None
}

fn enter_item(scanner: &mut Scanner<'_>, index: usize) -> Option<()> {
    let mut items = scanner.array().ok()?;
    let mut at = 0;
    while scanner.item(&mut items).ok()? {
        if at == index {
            return Some(());
        }
        scanner.skip().ok()?;
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_leads_to_its_value() {
        let text = r#"{"a/b": [1, {"c": true}], "d": {}}"#;
        for (pointer, value) in [
            ("", text),
            ("/a~1b/0", "1"),
            ("/a~1b/1/c", "true"),
            ("/d", "{}"),
        ] {
            let offset = offset_of(text, pointer).expect(pointer);
            assert!(
                text.get(offset..)
                    .is_some_and(|rest| rest.starts_with(value)),
                "{pointer}"
            );
        }
        assert_eq!(offset_of(text, "/a~1b/2"), None);
        assert_eq!(offset_of(text, "/e"), None);
        assert_eq!(nearest_offset(text, "/a~1b/2"), offset_of(text, "/a~1b"));
        assert_eq!(nearest_offset(text, "/e/f"), Some(0));
    }
}
