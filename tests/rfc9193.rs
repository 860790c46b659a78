#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
//! The examples of RFC 9193, by section, in JSON and in CBOR.

use downlink::senml::{Pack, UnixTime};

fn resolves(text: &str, expected: &[&str]) {
    let now = UnixTime::from_seconds(1_700_000_000);
    let expected = format!("[{}]", expected.join(","));
    let pack = Pack::from_json(text.as_bytes()).expect("valid");
    assert_eq!(pack.resolve(now).unwrap().to_json(), expected);
    let bytes = pack.to_cbor();
    let pack = Pack::from_cbor(&bytes).expect("valid");
    assert_eq!(pack.resolve(now).unwrap().to_json(), expected);
}

#[test]
fn section_1_data_values() {
    resolves(
        r#"[
            {"bn":"urn:dev:ow:10e2073a01080063:","n":"temp","u":"Cel","v":7.1},
            {"n":"open","vb":false},
            {"n":"nfc-reader","vd":"aGkgCg"}
        ]"#,
        &[
            r#"{"n":"urn:dev:ow:10e2073a01080063:temp","t":1700000000,"u":"Cel","v":7.1}"#,
            r#"{"n":"urn:dev:ow:10e2073a01080063:open","t":1700000000,"vb":false}"#,
            r#"{"n":"urn:dev:ow:10e2073a01080063:nfc-reader","t":1700000000,"vd":"aGkgCg"}"#,
        ],
    );
}

#[test]
fn section_3_a_content_format_as_number_and_as_media_type() {
    for format in [
        "60",
        "text/csv",
        "text/csv;header=present",
        "application/json@deflate",
    ] {
        resolves(
            &format!(r#"[{{"n":"nfc-reader","vd":"gmNmb28YKg","ct":"{format}"}}]"#),
            &[&format!(
                r#"{{"n":"nfc-reader","t":1700000000,"ct":"{format}","vd":"gmNmb28YKg"}}"#
            )],
        );
    }
}

/// The RFC leaves the bytes of the photo out; some stand here.
#[test]
fn section_4_base_content_format() {
    resolves(
        r#"[
            {"n":"nfc-reader","vd":"gmNmb28YKg","bct":"60","bt":1627430700},
            {"n":"nfc-reader","vd":"gmNiYXIYKw","t":10},
            {"n":"iris-photo","vd":"iVBORw","ct":"image/png","t":10},
            {"n":"nfc-reader","vd":"gmNiYXoYLA","t":20}
        ]"#,
        &[
            r#"{"n":"nfc-reader","t":1627430700,"ct":"60","vd":"gmNmb28YKg"}"#,
            r#"{"n":"nfc-reader","t":1627430710,"ct":"60","vd":"gmNiYXIYKw"}"#,
            r#"{"n":"iris-photo","t":1627430710,"ct":"image/png","vd":"iVBORw"}"#,
            r#"{"n":"nfc-reader","t":1627430720,"ct":"60","vd":"gmNiYXoYLA"}"#,
        ],
    );
}
