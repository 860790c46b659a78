#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
//! The examples of RFC 8428, by section, in JSON and in CBOR.

use downlink::error::First;
use downlink::senml::{Mode, Pack, Reader, Stream, UnixTime};

const NOW: i64 = 1_700_000_000;

/// Checks that a pack resolves to this, and so does the same pack in CBOR.
fn resolves(text: &str, expected: &[&str]) {
    let now = UnixTime::from_seconds(NOW);
    let expected = format!("[{}]", expected.join(","));
    let pack = Pack::from_json(text.as_bytes()).expect("valid");
    assert_eq!(pack.resolve(now).unwrap().to_json(), expected);
    let bytes = pack.to_cbor();
    let pack = Pack::from_cbor(&bytes).expect("valid");
    assert_eq!(pack.resolve(now).unwrap().to_json(), expected);
    // Resolved packs resolve to themselves (§4.6).
    let pack = Pack::from_json(expected.as_bytes()).expect("valid");
    assert_eq!(pack.resolve(now).unwrap().to_json(), expected);
}

#[test]
fn section_2_overview() {
    resolves(
        r#"[{"n":"urn:dev:ow:10e2073a01080063","u":"Cel","v":23.1}]"#,
        &[r#"{"n":"urn:dev:ow:10e2073a01080063","t":1700000000,"u":"Cel","v":23.1}"#],
    );
    let resolved = [
        r#"{"n":"urn:dev:ow:10e2073a01080063","t":1276020076,"u":"Cel","v":23.5}"#,
        r#"{"n":"urn:dev:ow:10e2073a01080063","t":1276020091,"u":"Cel","v":23.6}"#,
    ];
    resolves(
        r#"[
            {"n":"urn:dev:ow:10e2073a01080063","u":"Cel","t":1.276020076e+09,"v":23.5},
            {"n":"urn:dev:ow:10e2073a01080063","u":"Cel","t":1.276020091e+09,"v":23.6}
        ]"#,
        &resolved,
    );
    resolves(
        r#"[
            {"bn":"urn:dev:ow:10e2073a01080063","u":"Cel","t":1.276020076e+09,"v":23.5},
            {"u":"Cel","t":1.276020091e+09,"v":23.6}
        ]"#,
        &resolved,
    );
}

#[test]
fn section_5_1_2_multiple_data_points() {
    resolves(
        r#"[
            {"bn":"urn:dev:ow:10e2073a01080063:","n":"voltage","u":"V","v":120.1},
            {"n":"current","u":"A","v":1.2}
        ]"#,
        &[
            r#"{"n":"urn:dev:ow:10e2073a01080063:voltage","t":1700000000,"u":"V","v":120.1}"#,
            r#"{"n":"urn:dev:ow:10e2073a01080063:current","t":1700000000,"u":"A","v":1.2}"#,
        ],
    );
    resolves(
        r#"[
            {"bn":"urn:dev:ow:10e2073a0108006:","bt":1.276020076001e+09,"bu":"A","bver":5,
             "n":"voltage","u":"V","v":120.1},
            {"n":"current","t":-5,"v":1.2},
            {"n":"current","t":-4,"v":1.3},
            {"n":"current","t":-3,"v":1.4},
            {"n":"current","t":-2,"v":1.5},
            {"n":"current","t":-1,"v":1.6},
            {"n":"current","v":1.7}
        ]"#,
        CURRENTS,
    );
}

/// The second example of §5.1.2: version 5 in every record, and times in their order (§4.6).
const CURRENTS: &[&str] = &[
    r#"{"bver":5,"n":"urn:dev:ow:10e2073a0108006:current","t":1276020071.001,"u":"A","v":1.2}"#,
    r#"{"bver":5,"n":"urn:dev:ow:10e2073a0108006:current","t":1276020072.001,"u":"A","v":1.3}"#,
    r#"{"bver":5,"n":"urn:dev:ow:10e2073a0108006:current","t":1276020073.001,"u":"A","v":1.4}"#,
    r#"{"bver":5,"n":"urn:dev:ow:10e2073a0108006:current","t":1276020074.001,"u":"A","v":1.5}"#,
    r#"{"bver":5,"n":"urn:dev:ow:10e2073a0108006:current","t":1276020075.001,"u":"A","v":1.6}"#,
    r#"{"bver":5,"n":"urn:dev:ow:10e2073a0108006:voltage","t":1276020076.001,"u":"V","v":120.1}"#,
    r#"{"bver":5,"n":"urn:dev:ow:10e2073a0108006:current","t":1276020076.001,"u":"A","v":1.7}"#,
];

#[test]
fn section_5_1_2_a_stream() {
    let text = br#"[
        {"bn":"urn:dev:ow:10e2073a01080063","bt":1.320067464e+09,"bu":"%RH","v":21.2},
        {"t":10,"v":21.3},
        {"t":20,"v":21.4}]"#;
    let pack = Reader::new()
        .mode(Mode::Stream)
        .read_json(text, &mut First::default())
        .unwrap();
    let resolved = pack.resolve(UnixTime::from_seconds(NOW)).unwrap();
    let mut stream = Stream::json(&Reader::new());
    let mut source = text.as_slice();
    let mut records = resolved.records().iter();
    while stream
        .read_from(&mut source, &mut First::default())
        .unwrap()
    {
        let record = stream.record(UnixTime::from_seconds(NOW)).unwrap();
        assert_eq!(Some(&record), records.next());
    }
    assert_eq!(records.next(), None);
}

/// The example of §5.1.3, and of table 3.
const MULTIPLE: &str = r#"[
    {"bn":"urn:dev:ow:10e2073a01080063","bt":1.320067464e+09,"bu":"%RH","v":20},
    {"u":"lon","v":24.30621},
    {"u":"lat","v":60.07965},
    {"t":60,"v":20.3},
    {"u":"lon","t":60,"v":24.30622},
    {"u":"lat","t":60,"v":60.07965},
    {"t":120,"v":20.7},
    {"u":"lon","t":120,"v":24.30623},
    {"u":"lat","t":120,"v":60.07966},
    {"u":"%EL","t":150,"v":98},
    {"t":180,"v":21.2},
    {"u":"lon","t":180,"v":24.30628},
    {"u":"lat","t":180,"v":60.07967}
]"#;

/// §5.1.4, which is §5.1.3 resolved.
const RESOLVED: &[&str] = &[
    r#"{"n":"urn:dev:ow:10e2073a01080063","t":1320067464,"u":"%RH","v":20}"#,
    r#"{"n":"urn:dev:ow:10e2073a01080063","t":1320067464,"u":"lon","v":24.30621}"#,
    r#"{"n":"urn:dev:ow:10e2073a01080063","t":1320067464,"u":"lat","v":60.07965}"#,
    r#"{"n":"urn:dev:ow:10e2073a01080063","t":1320067524,"u":"%RH","v":20.3}"#,
    r#"{"n":"urn:dev:ow:10e2073a01080063","t":1320067524,"u":"lon","v":24.30622}"#,
    r#"{"n":"urn:dev:ow:10e2073a01080063","t":1320067524,"u":"lat","v":60.07965}"#,
    r#"{"n":"urn:dev:ow:10e2073a01080063","t":1320067584,"u":"%RH","v":20.7}"#,
    r#"{"n":"urn:dev:ow:10e2073a01080063","t":1320067584,"u":"lon","v":24.30623}"#,
    r#"{"n":"urn:dev:ow:10e2073a01080063","t":1320067584,"u":"lat","v":60.07966}"#,
    r#"{"n":"urn:dev:ow:10e2073a01080063","t":1320067614,"u":"%EL","v":98}"#,
    r#"{"n":"urn:dev:ow:10e2073a01080063","t":1320067644,"u":"%RH","v":21.2}"#,
    r#"{"n":"urn:dev:ow:10e2073a01080063","t":1320067644,"u":"lon","v":24.30628}"#,
    r#"{"n":"urn:dev:ow:10e2073a01080063","t":1320067644,"u":"lat","v":60.07967}"#,
];

#[test]
fn section_5_1_3_and_5_1_4_multiple_measurements_and_their_resolution() {
    resolves(MULTIPLE, RESOLVED);
}

#[test]
fn section_5_1_3_table_3_sizes() {
    let text = format!("[{}]", RESOLVED.join(","));
    let pack = Pack::from_json(text.as_bytes()).unwrap();
    assert!(
        pack.to_compact_json().len() <= 573,
        "{}",
        pack.to_compact_json()
    );
    assert!(
        pack.to_compact_cbor().len() <= 254,
        "{}",
        pack.to_compact_cbor().len()
    );
}

#[test]
fn section_5_1_5_multiple_data_types() {
    resolves(
        r#"[
            {"bn":"urn:dev:ow:10e2073a01080063:","n":"temp","u":"Cel","v":23.1},
            {"n":"label","vs":"Machine Room"},
            {"n":"open","vb":false},
            {"n":"nfv-reader","vd":"aGkgCg"}
        ]"#,
        &[
            r#"{"n":"urn:dev:ow:10e2073a01080063:temp","t":1700000000,"u":"Cel","v":23.1}"#,
            r#"{"n":"urn:dev:ow:10e2073a01080063:label","t":1700000000,"vs":"Machine Room"}"#,
            r#"{"n":"urn:dev:ow:10e2073a01080063:open","t":1700000000,"vb":false}"#,
            r#"{"n":"urn:dev:ow:10e2073a01080063:nfv-reader","t":1700000000,"vd":"aGkgCg"}"#,
        ],
    );
}

#[test]
fn section_5_1_6_a_collection_of_resources() {
    resolves(
        r#"[
            {"bn":"2001:db8::2/","bt":1.320078429e+09,"n":"temperature","u":"Cel","v":25.2},
            {"n":"humidity","u":"%RH","v":30},
            {"bn":"2001:db8::1/","n":"temperature","u":"Cel","v":12.3},
            {"n":"humidity","u":"%RH","v":67}
        ]"#,
        &[
            r#"{"n":"2001:db8::2/temperature","t":1320078429,"u":"Cel","v":25.2}"#,
            r#"{"n":"2001:db8::2/humidity","t":1320078429,"u":"%RH","v":30}"#,
            r#"{"n":"2001:db8::1/temperature","t":1320078429,"u":"Cel","v":12.3}"#,
            r#"{"n":"2001:db8::1/humidity","t":1320078429,"u":"%RH","v":67}"#,
        ],
    );
}

#[test]
fn section_5_1_7_setting_an_actuator() {
    resolves(
        r#"[
            {"bn":"urn:dev:ow:10e2073a01080063:"},
            {"n":"temp","u":"Cel","v":23.1},
            {"n":"heat","u":"/","v":1},
            {"n":"fan","u":"/","v":0}
        ]"#,
        &[
            r#"{"n":"urn:dev:ow:10e2073a01080063:temp","t":1700000000,"u":"Cel","v":23.1}"#,
            r#"{"n":"urn:dev:ow:10e2073a01080063:heat","t":1700000000,"u":"/","v":1}"#,
            r#"{"n":"urn:dev:ow:10e2073a01080063:fan","t":1700000000,"u":"/","v":0}"#,
        ],
    );
    resolves(
        r#"[
            {"bt":1.320078429e+09,"bu":"/","n":"2001:db8::3","v":1},
            {"n":"2001:db8::4","v":1}
        ]"#,
        &[
            r#"{"n":"2001:db8::3","t":1320078429,"u":"/","v":1}"#,
            r#"{"n":"2001:db8::4","t":1320078429,"u":"/","v":1}"#,
        ],
    );
    resolves(
        r#"[
            {"bt":1.320078429e+09,"bu":"/","n":"2001:db8::3","v":0.5},
            {"n":"2001:db8::4","v":0.5},
            {"n":"2001:db8::3","t":0.1,"v":0},
            {"n":"2001:db8::4","t":0.1,"v":0}
        ]"#,
        &[
            r#"{"n":"2001:db8::3","t":1320078429,"u":"/","v":0.5}"#,
            r#"{"n":"2001:db8::4","t":1320078429,"u":"/","v":0.5}"#,
            r#"{"n":"2001:db8::3","t":1320078429.1,"u":"/","v":0}"#,
            r#"{"n":"2001:db8::4","t":1320078429.1,"u":"/","v":0}"#,
        ],
    );
}

/// The dump of §6, which is the second example of §5.1.2.
const SECTION_6: &str = "87a721781b75726e3a6465763a6f773a3130653230373361303130383030363a\
    22fb41d303a15b00106223614120050067766f6c7461676501615602fb405e066666666666\
    a3006763757272656e74062402fb3ff3333333333333\
    a3006763757272656e74062302fb3ff4cccccccccccd\
    a3006763757272656e74062202fb3ff6666666666666\
    a3006763757272656e74062102f93e00\
    a3006763757272656e74062002fb3ff999999999999a\
    a3006763757272656e74060002fb3ffb333333333333";

#[test]
fn section_6_cbor() {
    let bytes = hex::decode(SECTION_6).unwrap();
    let pack = Pack::from_cbor(&bytes).unwrap();
    let resolved = pack.resolve(UnixTime::from_seconds(NOW)).unwrap();
    assert_eq!(resolved.to_json(), format!("[{}]", CURRENTS.join(",")));
    // What is read is written to the byte.
    assert_eq!(hex::encode(pack.to_cbor()), SECTION_6);
}
