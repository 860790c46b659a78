//! Content formats of data values (RFC 9193 §3 and §6).
//!
//! ```text
//! spec        = number / string
//! number      = "0" / ( digit1-9 *digit )                       at most 65535
//! string      = content-type [ "@" content-coding ]             codings may be several
//! content-type = type "/" subtype *( *SP ";" *SP parameter )
//! type        = ( ALPHA / DIGIT ) *126( ALPHA / DIGIT / "!" / "#" / "$" / "&" / "-" / "^" / "_" / "." / "+" )
//! parameter   = token "=" ( token / quoted-string )
//! content-coding = token
//! ```

/// Letters of a type or subtype (RFC 6838 §4.2).
const LONGEST_TYPE: usize = 127;

/// Whether this text is a content format.
pub(super) fn is_content_format(text: &str) -> bool {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return is_number(text);
    }
    is_string(text).is_some()
}

fn is_number(text: &str) -> bool {
    let leading_zero = text.len() > 1 && text.starts_with('0');
    !leading_zero && text.parse::<u16>().is_ok()
}

fn is_string(text: &str) -> Option<()> {
    let rest = restricted_name(text)?.strip_prefix('/')?;
    let mut rest = restricted_name(rest)?;
    while let Some(parameter) = rest.trim_start_matches(' ').strip_prefix(';') {
        let value = token(parameter.trim_start_matches(' '))?.strip_prefix('=')?;
        rest = match value.strip_prefix('"') {
            Some(quoted) => quoted_string(quoted)?,
            None => token(value)?,
        };
    }
    while let Some(coding) = rest.strip_prefix('@') {
        rest = token(coding)?;
    }
    rest.is_empty().then_some(())
}

/// The rest behind a type or subtype.
fn restricted_name(text: &str) -> Option<&str> {
    let is_more = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte);
    let (name, rest) = split_where(text, is_more);
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphanumeric());
    (starts_well && name.len() <= LONGEST_TYPE).then_some(rest)
}

/// The rest behind a token (RFC 9110 §5.6.2).
fn token(text: &str) -> Option<&str> {
    let is_tchar = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let (token, rest) = split_where(text, is_tchar);
    (!token.is_empty()).then_some(rest)
}

/// The rest behind a quoted string whose opening quote is gone (RFC 9110 §5.6.4).
fn quoted_string(text: &str) -> Option<&str> {
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return text.get(at + 1..),
            '\\' => drop(characters.next().filter(|(_, c)| is_quotable(*c))?),
            _ if is_quotable(character) => {}
            _ => return None,
        }
    }
    None
}

fn is_quotable(character: char) -> bool {
    matches!(character, ' '..='~')
}

fn split_where(text: &str, is_in: impl Fn(u8) -> bool) -> (&str, &str) {
    let length = text
        .bytes()
        .position(|byte| !is_in(byte))
        .unwrap_or(text.len());
    // What is taken is ASCII, so this is between two characters.
    text.split_at_checked(length).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::is_content_format;

    #[test]
    fn numbers_and_media_types_are_content_formats() {
        for text in [
            "0",
            "60",
            "65535",
            "image/png",
            "text/plain;charset=utf-8",
            "text/plain ; charset=\"utf-8\"",
            "text/csv; a=\"x \\\" y\"; b=1",
            "application/json@deflate",
            "application/json;v=1@gzip@br",
        ] {
            assert!(is_content_format(text), "{text}");
        }
    }

    #[test]
    fn others_are_none() {
        for text in [
            "",
            "060",
            "65536",
            "-1",
            "+1",
            "6 0",
            "image",
            "image/",
            "/png",
            "image/png@",
            "a/b;c",
            "a/b;",
            "a/b;c=",
            "a/b;c=\"x",
            "a/b c",
            "image/png ",
            "é/b",
            "a/b;c=\"é\"",
            "1.5",
        ] {
            assert!(!is_content_format(text), "{text}");
        }
        assert!(!is_content_format(&format!("{}/b", "a".repeat(128))));
    }
}
