//! The laws of what is sent, and the figures that the standards publish.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use downlink::error::Code;
use downlink::message::gsm7::septets;
use downlink::message::http::{Content, HeaderName, HeaderValue, Headers};
use downlink::message::lora::{Downlink, FPort};
use downlink::message::mqtt::{ContentType, Publish, TopicName};
use downlink::message::sms::{Encoding, SegmentLimit, Segments, Submit};
use downlink::message::{Message, Payload, Protocol};
use proptest::prelude::*;

#[test]
fn segments_are_the_published_ones() {
    for (text, encoding, units, count) in [
        ("x".to_owned(), Encoding::Gsm7, 1, 1),
        ("x".repeat(160), Encoding::Gsm7, 160, 1),
        ("x".repeat(161), Encoding::Gsm7, 161, 2),
        ("x".repeat(306), Encoding::Gsm7, 306, 2),
        ("x".repeat(307), Encoding::Gsm7, 307, 3),
        ("x".repeat(459), Encoding::Gsm7, 459, 3),
        ("x".repeat(460), Encoding::Gsm7, 460, 4),
        ("€".repeat(80), Encoding::Gsm7, 160, 1),
        ("€".repeat(81), Encoding::Gsm7, 162, 2),
        // 153 is odd: each of these segments has a septet of room and no place for a euro sign.
        ("€".repeat(152), Encoding::Gsm7, 304, 2),
        ("€".repeat(153), Encoding::Gsm7, 306, 3),
        ("ж".repeat(70), Encoding::Ucs2, 70, 1),
        ("ж".repeat(71), Encoding::Ucs2, 71, 2),
        ("ж".repeat(134), Encoding::Ucs2, 134, 2),
        ("ж".repeat(135), Encoding::Ucs2, 135, 3),
        ("😀".repeat(35), Encoding::Ucs2, 70, 1),
        ("😀".repeat(36), Encoding::Ucs2, 72, 2),
        // 67 is odd: 33 pairs a segment.
        ("😀".repeat(66), Encoding::Ucs2, 132, 2),
        ("😀".repeat(67), Encoding::Ucs2, 134, 3),
    ] {
        let segments = Segments::of(&text);
        assert_eq!(
            (segments.encoding, segments.units, segments.count),
            (encoding, units, count),
            "{text}"
        );
    }
}

#[test]
fn a_limit_of_segments_holds_up_to_its_number() {
    let two = SegmentLimit::new(2).unwrap();
    assert!(two.check(&Submit::new("x".repeat(306)).unwrap()).is_ok());
    let error = two
        .check(&Submit::new("x".repeat(307)).unwrap())
        .unwrap_err();
    assert_eq!(error.code(), Code::LimitSegments);
    assert_eq!(
        error.to_string(),
        "the text needs 3 segments, 307 septets of GSM 7-bit, expected at most 2 segments"
    );
    let taken: Vec<i128> = (-5..300)
        .filter(|&segments: &i128| SegmentLimit::new(segments).is_ok())
        .collect();
    assert_eq!(taken, (1..=255).collect::<Vec<i128>>());
}

#[test]
fn a_text_is_neither_empty_nor_has_stray_control_characters() {
    let code = |text: &str| Submit::new(text).map_err(|error| error.code());
    assert_eq!(code("").unwrap_err(), Code::EncodeLength);
    for text in ["\0", "a\tb", "\u{1b}", "\u{7f}", "\u{85}"] {
        assert_eq!(code(text).unwrap_err(), Code::EncodeCharacter, "{text:?}");
    }
    for text in ["\n", "\r\n", "\u{c}", " ", "𝄞", "\u{2028}"] {
        assert_eq!(code(text).unwrap().text(), text);
    }
}

#[test]
fn media_types_are_those_of_the_grammar() {
    for text in [
        "text/plain",
        "application/senml+json",
        "application/vnd.x-1.y+cbor",
        "text/plain;charset=utf-8",
        "text/plain \t;\t charset=utf-8",
        "text/plain;",
        "text/plain;;a=b;",
        r#"text/plain; charset="utf-8""#,
        r#"multipart/mixed; boundary="a b:\"c\\""#,
        r#"a/b; c="""#,
    ] {
        assert_eq!(ContentType::new(text).unwrap().as_str(), text);
    }
    for (text, at) in [
        ("", 0),
        ("json", 4),
        ("/json", 0),
        ("text/", 5),
        ("text /plain", 4),
        (" text/plain", 0),
        ("text/plain ", 10),
        ("text/plain; ", 11),
        ("text/plain charset=utf-8", 10),
        ("text/plain; charset", 19),
        ("text/plain; charset =utf-8", 19),
        ("text/plain; charset=", 20),
        (r#"text/plain; charset="utf-8"#, 26),
        ("text/plain; charset=\"é\"", 21),
        ("text/plain\r\nX-Admin: 1", 10),
        ("text/plain, text/html", 10),
        ("tëxt/plain", 1),
    ] {
        let error = ContentType::new(text).unwrap_err();
        assert_eq!(error.code(), Code::EncodeContentType);
        let place = format!("from byte {at} on");
        assert!(error.to_string().contains(&place), "{text:?}: {error}");
    }
}

#[test]
fn header_names_are_tokens() {
    for name in ["X", "content-type", "!#$%&'*+-.^_`|~09az"] {
        assert_eq!(HeaderName::new(name).unwrap().as_str(), name);
    }
    for name in [
        "", " ", "a b", "a:", "a\n", "é", "(", "a=b", "a/b", "\"a\"", "\0",
    ] {
        let error = HeaderName::new(name).unwrap_err();
        assert_eq!(error.code(), Code::EncodeHeader, "{name:?}");
    }
}

#[test]
fn header_values_have_no_blanks_at_their_ends() {
    for value in ["", "a", "a b\tc", "\"\"", "{\"a\": 1}"] {
        assert_eq!(HeaderValue::new(value).unwrap().as_str(), value);
    }
    for value in [" ", " a", "a ", "\ta", "a\t", "é", "a\r\n b", "\u{7f}"] {
        let error = HeaderValue::new(value).unwrap_err();
        assert_eq!(error.code(), Code::EncodeHeader, "{value:?}");
    }
}

#[test]
fn a_header_stands_once_whatever_its_case() {
    let field = |name: &str| {
        (
            HeaderName::new(name).unwrap(),
            HeaderValue::new("1").unwrap(),
        )
    };
    let headers = Headers::new(["B", "a", "C"].map(field)).unwrap();
    let names: Vec<_> = headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["B", "a", "C"]);
    assert_eq!(headers.value("A").unwrap().as_str(), "1");
    assert_eq!(headers.value("d"), None);

    let error = Headers::new(["B", "a", "b"].map(field)).unwrap_err();
    assert_eq!(error.code(), Code::EncodeHeader);
    assert_eq!(
        error.to_string(),
        "duplicate header field `b`, expected each once"
    );
}

#[test]
fn a_message_knows_its_protocol() {
    let payload = Payload::Binary(vec![1]);
    let messages: [Message; 4] = [
        Downlink::new(FPort::MIN, vec![1]).unwrap().into(),
        Publish::new(TopicName::new("t").unwrap(), payload.clone()).into(),
        Submit::new("t").unwrap().into(),
        Content::new(payload).into(),
    ];
    let protocols = messages.map(|message| message.protocol());
    assert_eq!(protocols, Protocol::ALL);
}

/// No more pieces than needed, none too long, no character in two of them: the fewest for the
/// first `n` characters, for every `n`.
fn fewest_pieces(widths: &[usize], room: usize) -> usize {
    let mut fewest = vec![0];
    for end in 1..=widths.len() {
        let best = (0..end)
            .filter(|&start| widths[start..end].iter().sum::<usize>() <= room)
            .map(|start| fewest[start] + 1)
            .min();
        fewest.push(best.expect("a character fits"));
    }
    fewest[widths.len()]
}

const GSM7_TEXT: &str = "[a-z€{}^ÅΩ]{1,400}";

proptest! {
    #[test]
    fn gsm7_is_cut_into_the_fewest_whole_pieces(text in GSM7_TEXT) {
        let widths: Vec<usize> = text.chars().map(|c| septets(c).unwrap()).collect();
        let segments = Segments::of(&text);
        prop_assert_eq!(segments.encoding, Encoding::Gsm7);
        prop_assert_eq!(segments.outside, None);
        prop_assert_eq!(segments.units, widths.iter().sum::<usize>());
        let expected = if segments.units <= 160 { 1 } else { fewest_pieces(&widths, 153) };
        prop_assert_eq!(segments.count, expected);
    }

    #[test]
    fn ucs2_is_cut_into_the_fewest_whole_pieces(text in "[ж😀a€]{0,200}ж") {
        let widths: Vec<usize> = text.chars().map(char::len_utf16).collect();
        let segments = Segments::of(&text);
        prop_assert_eq!(segments.encoding, Encoding::Ucs2);
        prop_assert_eq!(segments.units, text.encode_utf16().count());
        let expected = if segments.units <= 70 { 1 } else { fewest_pieces(&widths, 67) };
        prop_assert_eq!(segments.count, expected);
    }

    #[test]
    fn one_character_outside_the_alphabet_turns_the_text(
        before in "[a-z]{0,9}", outside in "[^\\x00-\\x7F]", after in "[a-z]{0,9}",
    ) {
        let character = outside.chars().next().unwrap();
        let segments = Segments::of(&format!("{before}{outside}{after}"));
        prop_assert_eq!(segments.outside.is_some(), septets(character).is_none());
        prop_assert_eq!(segments.encoding == Encoding::Ucs2, segments.outside == Some(character));
    }

    #[test]
    fn a_topic_never_has_a_forbidden_character(
        before in "[^+#$]{0,9}", forbidden in "[+#\\x00-\\x1F\\x7F-\\x9F]", after in ".{0,9}",
    ) {
        let error = TopicName::new(format!("{before}{forbidden}{after}")).unwrap_err();
        prop_assert_eq!(error.code(), Code::EncodeTopic);
    }

    #[test]
    fn whatever_becomes_a_topic_is_kept_and_clean(name in ".{0,20}") {
        if let Ok(topic) = TopicName::new(name.as_str()) {
            prop_assert_eq!(topic.as_str(), name.as_str());
            prop_assert!(!name.is_empty());
            prop_assert!(!name.starts_with('$'));
            let clean = name.chars().all(|c| !c.is_control() && !"+#".contains(c));
            prop_assert!(clean);
        }
    }

    #[test]
    fn a_header_value_never_has_a_forbidden_character(
        before in "[ -~]{0,9}", forbidden in "[^\\t -~]", after in "[ -~]{0,9}",
    ) {
        let error = HeaderValue::new(format!("{before}{forbidden}{after}")).unwrap_err();
        prop_assert_eq!(error.code(), Code::EncodeHeader);
    }

    #[test]
    fn every_content_type_is_a_header_value(
        text in "[a-z*]{1,4}/[a-z+]{1,4}([ \t]{0,2};[ \t]{0,2}([a-z]=([a-z]|\"[ -~]{0,3}\"))?){0,3}",
    ) {
        if let Ok(content_type) = ContentType::new(text) {
            prop_assert!(HeaderValue::new(content_type.as_str()).is_ok());
        }
    }

    #[test]
    fn names_that_differ_in_case_are_one(name in "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}") {
        let written = HeaderName::new(name.as_str()).unwrap();
        let lower = HeaderName::new(name.to_lowercase()).unwrap();
        prop_assert_eq!(&written, &lower);
        prop_assert_eq!(written.cmp(&lower), std::cmp::Ordering::Equal);
    }

    #[test]
    fn no_error_shows_a_whole_text(secret in "[a-z]{8,20}", stray in "[\\x00-\\x08]") {
        let text = format!("{secret}{stray}");
        for error in [
            TopicName::new(text.as_str()).unwrap_err(),
            ContentType::new(text.as_str()).unwrap_err(),
            HeaderValue::new(text.as_str()).unwrap_err(),
            Submit::new(text.as_str()).unwrap_err(),
        ] {
            let shown = format!("{:?}", error.diagnostic());
            prop_assert!(!shown.contains(&secret), "{}", shown);
        }
    }
}
