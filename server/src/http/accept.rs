//! Which media types a caller takes (RFC 9110 §12.5.1).

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;

/// Whether one of these is taken. Who does not say takes all.
pub fn takes(headers: &HeaderMap, types: &[&str]) -> bool {
    let mut fields = headers.get_all(ACCEPT).iter().peekable();
    let takes = |range: &str| is_wanted(range) && types.iter().any(|it| covers(range, it));
    fields.peek().is_none()
        || fields.any(|field| field.to_str().is_ok_and(|it| it.split(',').any(takes)))
}

/// Whether a range covers a media type; its parameters do not matter.
fn covers(range: &str, media_type: &str) -> bool {
    let essence = range.split(';').next().unwrap_or_default().trim();
    let (kind, _) = media_type.split_once('/').unwrap_or((media_type, ""));
    let of_kind = essence.strip_suffix("/*");
    essence == "*/*"
        || essence.eq_ignore_ascii_case(media_type)
        || of_kind.is_some_and(|it| it.eq_ignore_ascii_case(kind))
}

/// A range of weight 0 is one that is not wanted.
fn is_wanted(range: &str) -> bool {
    let weight = range.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.trim().split_once('=')?;
        name.eq_ignore_ascii_case("q").then(|| value.trim().parse())
    });
    !matches!(weight, Some(Ok(0.0_f32)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes_json(fields: &[&'static str]) -> bool {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(ACCEPT, field.parse().unwrap());
        }
        takes(&headers, &["application/json"])
    }

    #[test]
    fn a_type_is_taken_by_itself_by_its_kind_and_by_any() {
        for field in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "text/html, application/*;q=0.1",
            "*/*",
            "application/json;q=0.001",
        ] {
            assert!(takes_json(&[field]), "{field}");
        }
        assert!(takes_json(&[]));
        assert!(takes_json(&["text/html", "*/*"]));
    }

    #[test]
    fn other_types_and_those_of_weight_zero_are_not_taken() {
        for field in [
            "",
            "text/html",
            "application/xml, text/*",
            "application/json;q=0",
            "*/*; Q=0.000",
            "json",
        ] {
            assert!(!takes_json(&[field]), "{field}");
        }
    }
}
