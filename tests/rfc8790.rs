#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
//! The examples of RFC 8790, by section, in JSON and in CBOR.

use downlink::error::First;
use downlink::senml::{Mode, Pack, Reader, UnixTime};

fn resolves(mode: Mode, text: &str, expected: &[&str]) {
    let now = UnixTime::from_seconds(1_700_000_000);
    let reader = Reader::new().mode(mode);
    let expected = format!("[{}]", expected.join(","));
    let pack = reader
        .read_json(text.as_bytes(), &mut First::default())
        .expect("valid");
    assert_eq!(pack.resolve(now).unwrap().to_json(), expected);
    let bytes = pack.to_cbor();
    let pack = reader
        .read_cbor(&bytes, &mut First::default())
        .expect("valid");
    assert_eq!(pack.resolve(now).unwrap().to_json(), expected);
}

#[test]
fn section_1_a_pack() {
    resolves(
        Mode::Pack,
        r#"[
            {"bn":"2001:db8::2/3311/0/","n":"5850","vb":true},
            {"n":"5851","v":42},
            {"n":"5750","vs":"Ceiling light"}
        ]"#,
        &[
            r#"{"n":"2001:db8::2/3311/0/5850","t":1700000000,"vb":true}"#,
            r#"{"n":"2001:db8::2/3311/0/5851","t":1700000000,"v":42}"#,
            r#"{"n":"2001:db8::2/3311/0/5750","t":1700000000,"vs":"Ceiling light"}"#,
        ],
    );
}

#[test]
fn section_3_1_fetch() {
    resolves(
        Mode::Fetch,
        r#"[{"bn":"2001:db8::2/3311/0/","n":"5850"},{"n":"5851"}]"#,
        &[
            r#"{"n":"2001:db8::2/3311/0/5850"}"#,
            r#"{"n":"2001:db8::2/3311/0/5851"}"#,
        ],
    );
    resolves(
        Mode::Fetch,
        r#"[{"bn":"2001:db8::2/3311/0/","n":"5850","t":1.276020091e+09}]"#,
        &[r#"{"n":"2001:db8::2/3311/0/5850","t":1276020091}"#],
    );
}

#[test]
fn section_3_1_an_answer_may_be_empty() {
    let reader = Reader::new().allow_empty();
    let pack = reader.read_json(b"[]", &mut First::default()).unwrap();
    assert!(pack.is_empty());
    assert_eq!(
        (pack.to_json().as_str(), pack.to_cbor()),
        ("[]", vec![0x80])
    );
    assert!(Pack::from_json(b"[]").is_err());
}

#[test]
fn section_3_2_patch() {
    resolves(
        Mode::Patch,
        r#"[{"bn":"2001:db8::2/3311/0/","n":"5850","vb":false},{"n":"5851","v":10}]"#,
        &[
            r#"{"n":"2001:db8::2/3311/0/5850","vb":false}"#,
            r#"{"n":"2001:db8::2/3311/0/5851","v":10}"#,
        ],
    );
    resolves(
        Mode::Patch,
        r#"[{"bn":"2001:db8::2/3311/0/","n":"5850","v":null},{"n":"5851","v":null}]"#,
        &[
            r#"{"n":"2001:db8::2/3311/0/5850","v":null}"#,
            r#"{"n":"2001:db8::2/3311/0/5851","v":null}"#,
        ],
    );
}

#[test]
fn section_3_2_a_patch_keeps_its_order() {
    let text = br#"[{"n":"a","t":1600000010,"v":1},{"n":"b","t":1600000000,"v":2}]"#;
    let reader = Reader::new().mode(Mode::Patch);
    let pack = reader.read_json(text, &mut First::default()).unwrap();
    let resolved = pack.resolve(UnixTime::from_seconds(0)).unwrap();
    assert_eq!(resolved.chronological(), resolved.records());
}
