#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
//! ThingsML: packs of KPN's own libraries are read, and written to the byte.

use downlink::error::Code;
use downlink::senml::{Pack, UnixTime, Value};

/// Bytes of KPN's libraries, and the names, units and values that they stand for.
const PACKS: &[(&str, &str)] = &[
    ("81A2173702F93E00", r#"[{"i_":-24,"v":1.5}]"#),
    ("81A2173702F94940", r#"[{"i_":-24,"v":10.5}]"#),
    (
        "81A321782075726E3A6465763A4445564555493A303035394143303030303142303039353A173702F93E00",
        r#"[{"bn":"urn:dev:DEVEUI:0059AC00001B0095:","i_":-24,"v":1.5}]"#,
    ),
    (
        "85A217360847686F69686F6900A2173204F5A2173102F93E00A21737020AA2172E0366686169686169",
        r#"[{"i_":-23,"vd":"aG9paG9pAA"},{"i_":-19,"vb":true},{"i_":-18,"v":1.5},{"i_":-24,"v":10},{"i_":-15,"vs":"haihai"}]"#,
    ),
    ("81A322F93C001737020A", r#"[{"bt":1.0,"i_":-24,"v":10}]"#),
    (
        "85A2006868756D69646974790847686F69686F6900A20065706F77657204F5A20068707265737375726502F93E00A2006B74656D7065726174757265020AA20067627265616474680366686169686169",
        r#"[{"n":"humidity","vd":"aG9paG9pAA"},{"n":"power","vb":true},{"n":"pressure","v":1.5},{"n":"temperature","v":10},{"n":"breadth","vs":"haihai"}]"#,
    ),
    (
        "81A4216B6465766963655F6E616D65006474656D70016343656C0214",
        r#"[{"bn":"device_name","n":"temp","u":"Cel","v":20}]"#,
    ),
];

#[test]
fn packs_of_the_libraries_are_read_and_written_to_the_byte() {
    for (hex, json) in PACKS {
        let bytes = hex::decode(hex).unwrap();
        let from_cbor = Pack::from_cbor(&bytes).unwrap();
        let from_json = Pack::from_json(json.as_bytes()).unwrap();
        assert_eq!(from_cbor.to_json(), *json);
        assert_eq!(hex::encode_upper(from_json.to_cbor()), *hex);
    }
    assert_eq!(PACKS.len(), 7);
}

#[test]
fn an_index_is_a_name_and_a_unit_behind_the_base_name() {
    let bytes = hex::decode(PACKS[2].0).unwrap();
    let pack = Pack::from_cbor(&bytes).unwrap();
    let resolved = pack.resolve(UnixTime::from_seconds(1_700_000_000)).unwrap();
    let record = resolved.records()[0];
    assert_eq!(record.name, "urn:dev:DEVEUI:0059AC00001B0095:temperature");
    assert_eq!(record.unit, Some("Cel"));
    assert!(matches!(record.value, Some(Value::Number(number)) if number.to_string() == "1.5"));
}

#[test]
fn an_index_wins_over_name_and_unit_beside_it() {
    let pack = Pack::from_json(br#"[{"n":"other","u":"K","i_":-24,"v":1}]"#).unwrap();
    let resolved = pack.resolve(UnixTime::from_seconds(1_700_000_000)).unwrap();
    let record = resolved.records()[0];
    assert_eq!(
        (record.name.to_string().as_str(), record.unit),
        ("temperature", Some("Cel"))
    );
}

#[test]
fn an_index_without_a_unit_leaves_the_unit_to_the_record() {
    let text = br#"[{"bu":"count","i_":14,"v":1},{"i_":13,"u":"/","vb":true}]"#;
    let pack = Pack::from_json(text).unwrap();
    let resolved = pack.resolve(UnixTime::from_seconds(1_700_000_000)).unwrap();
    let units: Vec<_> = resolved
        .records()
        .iter()
        .map(|record| record.unit)
        .collect();
    assert_eq!(units, [Some("count"), Some("/")]);
}

#[test]
fn an_index_that_is_not_in_the_table_is_refused() {
    for text in [
        r#"[{"i_":15,"v":1}]"#,
        r#"[{"i_":-25,"v":1}]"#,
        r#"[{"i_":0.5,"v":1}]"#,
        r#"[{"i_":1e300,"v":1}]"#,
    ] {
        let error = Pack::from_json(text.as_bytes()).unwrap_err();
        assert_eq!(error.code(), Code::SenmlIndex, "{text}");
    }
    let float = hex::decode("81a217f93c000201").unwrap();
    assert_eq!(Pack::from_cbor(&float).unwrap_err().code(), Code::SenmlType);
}

#[test]
fn indexes_stand_where_name_and_unit_are_those_of_the_table() {
    let text = br#"[
        {"v":1,"bn":"urn:dev:IMEI:0123456789abcdef:","n":"temperature","u":"Cel"},
        {"n":"temperature","u":"K","v":2},
        {"n":"temp","u":"Cel","v":3},
        {"n":"pressure","v":4},
        {"bu":"Pa","n":"pressure","v":5},
        {"n":"counter","u":"count","v":6}
    ]"#;
    let pack = Pack::from_json(text).unwrap();
    let thingsml = pack.to_thingsml();
    assert_eq!(
        thingsml.to_json(),
        r#"[{"bn":"urn:dev:IMEI:0123456789abcdef:","i_":-24,"v":1},{"n":"temperature","u":"K","v":2},{"n":"temp","u":"Cel","v":3},{"n":"pressure","v":4},{"bu":"Pa","i_":-18,"v":5},{"i_":14,"u":"count","v":6}]"#
    );
    let now = UnixTime::from_seconds(1_700_000_000);
    assert_eq!(
        thingsml.resolve(now).unwrap().to_json(),
        pack.resolve(now).unwrap().to_json()
    );
}
