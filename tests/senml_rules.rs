#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
//! Each rule refuses, lints or takes what it should, under its own id; and no rule goes without.

use std::collections::{BTreeMap, BTreeSet};

use downlink::Limits;
use downlink::error::{All, Code, Diagnostic, Severity};
use downlink::senml::{Fragment, Mode, Pack, Profile, Reader, UnixTime};

/// The rules as the documentation of the room lists them.
const DOCUMENTED: &str = include_str!("../src/senml/rules.md");

/// A pack that shows a rule, and what becomes of it: `Err(code)` for refused, a code for linted.
struct Case {
    rule: String,
    /// The rule that the finding names, where that is another one.
    under: String,
    profile: Profile,
    mode: Mode,
    input: Vec<u8>,
    is_cbor: bool,
    outcome: Result<Option<String>, String>,
}

fn cases() -> Vec<Case> {
    let table: toml::Table = include_str!("senml/cases.toml").parse().expect("TOML");
    let cases = table["case"].as_array().expect("cases").iter();
    cases.map(case).collect()
}

fn case(entry: &toml::Value) -> Case {
    let text = |key: &str| {
        entry
            .get(key)
            .map(|value| value.as_str().unwrap().to_owned())
    };
    let hex = text("cbor");
    let rule = text("rule").expect("a rule");
    Case {
        under: text("under").unwrap_or_else(|| rule.clone()),
        rule,
        profile: match text("profile").as_deref() {
            None => Profile::Strict,
            Some("interop") => Profile::Interop,
            Some("lwm2m") => Profile::Lwm2m,
            Some(other) => panic!("profile {other}"),
        },
        mode: match text("mode").as_deref() {
            None => Mode::Pack,
            Some("stream") => Mode::Stream,
            Some("fetch") => Mode::Fetch,
            Some("patch") => Mode::Patch,
            Some(other) => panic!("mode {other}"),
        },
        is_cbor: hex.is_some(),
        input: match hex {
            Some(hex) => hex::decode(hex).expect("hex"),
            None => text("json").expect("JSON or CBOR").into_bytes(),
        },
        outcome: match text("refused") {
            Some(code) => Err(code),
            None => Ok(text("linted")),
        },
    }
}

#[test]
fn every_case_comes_out_under_its_rule() {
    let cases = cases();
    for case in &cases {
        let reader = Reader::new().profile(case.profile).mode(case.mode);
        let mut findings = All::default();
        let result = if case.is_cbor {
            reader.read_cbor(&case.input, &mut findings)
        } else {
            reader.read_json(&case.input, &mut findings)
        };
        findings.errors.extend(result.err());
        let shown = String::from_utf8_lossy(&case.input);
        let first = findings.errors.first().map(downlink::Error::diagnostic);
        let code = |diagnostic: &Diagnostic| diagnostic.code.to_string();
        let outcome = match first {
            Some(error) => Err(code(error)),
            None => Ok(findings.warnings.first().map(code)),
        };
        assert_eq!(outcome, case.outcome, "{shown}: {findings:?}");
        if let Some(diagnostic) = first.or(findings.warnings.first()) {
            assert_eq!(
                diagnostic.rule.as_deref(),
                Some(case.under.as_str()),
                "{shown}: {diagnostic:?}"
            );
            assert!(diagnostic.position.is_some(), "{shown}: {diagnostic:?}");
        }
    }
    assert_eq!(cases.len(), 133);
}

#[test]
fn every_rule_is_shown_by_a_vector_a_case_or_a_test() {
    let table: toml::Table = include_str!("senml/rules.toml").parse().expect("TOML");
    let vectors: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("senml/vectors.json")).expect("JSON");
    let names: BTreeSet<&str> = vectors
        .iter()
        .map(|v| v["name"].as_str().unwrap())
        .collect();
    let cases: BTreeSet<String> = cases().into_iter().map(|case| case.rule).collect();
    let mut ids = BTreeMap::new();
    for rule in table["rule"].as_array().expect("rules") {
        let id = rule["id"].as_str().expect("an id");
        let list = |key: &str| -> Vec<&str> {
            let items = rule.get(key).and_then(toml::Value::as_array);
            items
                .into_iter()
                .flatten()
                .map(|item| item.as_str().unwrap())
                .collect()
        };
        let mut shown = usize::from(cases.contains(id));
        for pattern in list("vectors") {
            let matches = |name: &&&str| match pattern.strip_suffix('*') {
                Some(prefix) => name.starts_with(prefix),
                None => **name == pattern,
            };
            let count = names.iter().filter(matches).count();
            assert!(count > 0, "{id}: no vector {pattern}");
            shown += count;
        }
        for test in list("tests") {
            let (file, function) = test.split_once("::").expect("file::function");
            let path = format!("{}/tests/{file}", env!("CARGO_MANIFEST_DIR"));
            let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
            assert!(text.contains(&format!("fn {function}(")), "{id}: {test}");
            shown += 1;
        }
        assert!(shown > 0, "{id} is shown by nothing");
        let row = format!("| {id} | {} |", rule["says"].as_str().unwrap());
        assert!(DOCUMENTED.contains(&row), "{id} is not documented");
        assert!(ids.insert(id, shown).is_none(), "{id} stands twice");
    }
    let families = [
        ("J", 14),
        ("C", 15),
        ("N", 5),
        ("X", 4),
        ("V", 6),
        ("B", 15),
        ("U", 5),
    ];
    let rest = [("T", 2), ("F", 3), ("M", 2), ("Q", 2)];
    let expected: BTreeSet<String> = families
        .iter()
        .chain(&rest)
        .flat_map(|(letter, last)| (1..=*last).map(move |number| format!("{letter}{number}")))
        .collect();
    let found: BTreeSet<String> = ids.keys().map(|id| (*id).to_owned()).collect();
    assert_eq!(found, expected);
    assert!(cases.iter().all(|rule| ids.contains_key(rule.as_str())));
}

#[test]
fn a_collecting_sink_gets_every_finding_of_a_pack() {
    let text = br#"[
        {"bn": "a:", "n": "x", "v": true},
        {"n": "y", "vs": 1, "u": 2, "foo_": 3},
        {"n": "z"},
        {"n": "-", "v": 1E3, "l": 1},
        {"bver": 11},
        7,
        {"n": "good", "v": 1}
    ]"#;
    let mut findings = All::default();
    let pack = Reader::new().read_json(text, &mut findings).expect("JSON");
    let found: Vec<_> = findings
        .errors
        .iter()
        .map(|error| {
            let diagnostic = error.diagnostic();
            (error.code(), diagnostic.pointer.clone().unwrap_or_default())
        })
        .collect();
    let expected = [
        (Code::SenmlType, "/0/v"),
        (Code::SenmlType, "/1/vs"),
        (Code::SenmlType, "/1/u"),
        (Code::SenmlMustUnderstand, "/1/foo_"),
        (Code::SenmlNoValue, "/2"),
        (Code::SenmlNumber, "/3/v"),
        (Code::SenmlVersion, "/4/bver"),
        (Code::SenmlRoot, "/5"),
    ];
    let expected: Vec<_> = expected.map(|(code, at)| (code, at.to_owned())).into();
    assert_eq!(found, expected);
    assert_eq!(findings.warnings.len(), 1);
    assert!(
        findings
            .warnings
            .iter()
            .all(|lint| lint.severity == Severity::Warning)
    );
    // What is sound is there, under the base name of the record that was not.
    let resolved = pack.resolve(UnixTime::from_seconds(0)).unwrap();
    let [good] = resolved.records() else {
        panic!("{resolved:?}");
    };
    assert_eq!((good.name.to_string().as_str(), good.index), ("a:good", 6));
}

#[test]
fn findings_say_line_and_column_in_json_and_offset_in_cbor() {
    let error = Pack::from_json(b"[\n  {\"n\": \"a\", \"v\": true}\n]").unwrap_err();
    assert!(
        error.to_string().ends_with("(at line 2, column 19)"),
        "{error}"
    );
    let error = Pack::from_cbor(&[0x81, 0xa2, 0x00, 0x61, 0x61, 0x02, 0xf5]).unwrap_err();
    assert!(error.to_string().ends_with("(at offset 6)"), "{error}");
}

#[test]
fn limits_refuse_what_is_beyond_them_and_take_what_is_not() {
    let limits = Limits {
        request: 200,
        records: 2,
        name: 4,
        value: 8,
        nesting: 4,
        ..Limits::default()
    };
    let code = |text: &str| {
        let mut findings = All::default();
        let result = Reader::new()
            .limits(limits)
            .read_json(text.as_bytes(), &mut findings);
        findings.errors.extend(result.err());
        findings.errors.first().map(downlink::Error::code)
    };
    let record = r#"{"n":"a","v":1}"#;
    assert_eq!(code(&format!("[{record},{record}]")), None);
    assert_eq!(
        code(&format!("[{record},{record},{record}]")),
        Some(Code::LimitRecords)
    );
    assert_eq!(
        code(&format!("[{record}{}]", " ".repeat(200))),
        Some(Code::LimitRequest)
    );
    assert_eq!(code(r#"[{"n":"abcd","vs":"12345678"}]"#), None);
    assert_eq!(code(r#"[{"n":"abcde","v":1}]"#), Some(Code::LimitString));
    assert_eq!(
        code(r#"[{"bn":"abc","n":"de","v":1}]"#),
        Some(Code::LimitString)
    );
    assert_eq!(
        code(r#"[{"n":"a","vs":"123456789"}]"#),
        Some(Code::LimitString)
    );
    assert_eq!(
        code(r#"[{"n":"a","vd":"AAAAAAAAAAAA"}]"#),
        Some(Code::LimitString)
    );
    assert_eq!(
        code(r#"[{"n":"a","v":1,"abcde":1}]"#),
        Some(Code::LimitString)
    );
    assert_eq!(code(r#"[{"n":"a","v":1,"x":[[1]]}]"#), None);
    assert_eq!(
        code(r#"[{"n":"a","v":1,"x":[[[1]]]}]"#),
        Some(Code::LimitNesting)
    );
}

#[test]
fn numbers_are_equal_however_they_are_written() {
    let value = |literal: &str| {
        let text = format!(r#"[{{"n":"a","v":{literal}}}]"#);
        let pack = Pack::from_json(text.as_bytes()).unwrap().into_owned();
        let resolved = pack.resolve(UnixTime::from_seconds(0)).unwrap();
        resolved.records()[0]
            .value
            .map(|value| format!("{value:?}").len());
        match resolved.records()[0].value {
            Some(downlink::senml::Value::Number(number)) => number,
            ref other => panic!("{other:?}"),
        }
    };
    assert_eq!(value("1.1"), value("1.10"));
    assert_eq!(value("1.1"), value("11e-1"));
    assert_ne!(value("1.1"), value("1.2"));
}

#[test]
fn sums_are_exact() {
    let text = br#"[{"bv":0.1,"bt":1276020076.001,"n":"a","v":0.2,"t":-5}]"#;
    let pack = Pack::from_json(text).unwrap();
    let resolved = pack.resolve(UnixTime::from_seconds(0)).unwrap();
    assert_eq!(
        resolved.to_json(),
        r#"[{"n":"a","t":1276020071.001,"v":0.3}]"#
    );
}

#[test]
fn names_tell_whether_they_are_within_the_target() {
    let text = br#"[{"bn":"2001:db8::2/3311/","n":"0/5850","v":1},{"n":"1/5850","v":null}]"#;
    let reader = Reader::new().mode(Mode::Patch);
    let pack = reader.read_json(text, &mut All::default()).unwrap();
    let resolved = pack.resolve(UnixTime::from_seconds(0)).unwrap();
    let within = |scope: &str| -> Vec<bool> {
        resolved
            .records()
            .iter()
            .map(|record| record.name.is_within(scope))
            .collect()
    };
    assert_eq!(within("2001:db8::2/3311/"), [true, true]);
    assert_eq!(within("2001:db8::2/3311/0/"), [true, false]);
}

#[test]
fn a_fragment_selects_records_from_one() {
    let fragment: Fragment = "rec=3-5,10,19-*".parse().unwrap();
    let selected: Vec<usize> = (1..=21)
        .filter(|position| fragment.selects(*position))
        .collect();
    assert_eq!(selected, [3, 4, 5, 10, 19, 20, 21]);
}

#[test]
fn packs_and_readers_go_from_thread_to_thread() {
    fn is_send_and_sync<T: Send + Sync>() {}
    is_send_and_sync::<Pack<'static>>();
    is_send_and_sync::<Reader>();
    is_send_and_sync::<downlink::senml::ResolvedPack<'static>>();
    is_send_and_sync::<downlink::senml::Stream>();
}
