#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
//! Every given vector is accepted or refused as it says, and resolves to what it says.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use downlink::error::First;
use downlink::number::Number;
use downlink::senml::{Mode, Profile, Reader, ResolvedRecord, UnixTime, Value};
use serde_json::Value as Json;

const VECTORS: &str = include_str!("senml/vectors.json");

fn vectors() -> Vec<Json> {
    serde_json::from_str(VECTORS).expect("a JSON array")
}

fn name(vector: &Json) -> &str {
    vector["name"].as_str().expect("a name")
}

fn reader(vector: &Json) -> Reader {
    let mut reader = Reader::new().mode(match vector["mode"].as_str() {
        None => Mode::Pack,
        Some("stream") => Mode::Stream,
        Some("fetch") => Mode::Fetch,
        Some("patch") => Mode::Patch,
        Some(other) => panic!("mode {other}"),
    });
    if vector["profile"] == "lwm2m" {
        reader = reader.profile(Profile::Lwm2m);
    }
    if vector["allow_empty"] == true {
        reader = reader.allow_empty();
    }
    reader
}

/// The resolved records in the order of RFC 8428 §4.6, or the error.
fn resolve(vector: &Json, reader: Reader) -> Result<Vec<Json>, downlink::Error> {
    let mut sink = First::default();
    let bytes;
    let pack = if let Some(text) = vector["json"].as_str() {
        reader.read_json(text.as_bytes(), &mut sink)?
    } else {
        bytes = hex::decode(vector["cbor_hex"].as_str().expect("hex")).expect("hex");
        reader.read_cbor(&bytes, &mut sink)?
    };
    let now = vector["now"].as_i64().unwrap_or(1_700_000_000);
    let resolved = pack.resolve(UnixTime::from_seconds(now))?;
    let is_timed = matches!(resolved.mode(), Mode::Pack | Mode::Stream);
    let records = resolved.chronological();
    Ok(records
        .iter()
        .map(|record| as_json(record, is_timed))
        .collect())
}

fn as_json(record: &ResolvedRecord<'_>, is_timed: bool) -> Json {
    let mut json = serde_json::Map::new();
    let mut put = |label: &str, value: Json| drop(json.insert(label.to_owned(), value));
    put("n", record.name.to_string().into());
    match record.value {
        Some(Value::Number(number)) => put("v", double(number)),
        Some(Value::String(text)) => put("vs", text.into()),
        Some(Value::Boolean(boolean)) => put("vb", boolean.into()),
        Some(Value::Data(bytes)) => put("vd", URL_SAFE_NO_PAD.encode(bytes).into()),
        Some(Value::ObjectLink(text)) => put("vlo", text.into()),
        Some(Value::Null) => put("v", Json::Null),
        None => {}
        other => panic!("{other:?}"),
    }
    if let Some(unit) = record.unit {
        put("u", unit.into());
    }
    if let Some(sum) = record.sum {
        put("s", double(sum));
    }
    if is_timed || record.time_given {
        put("t", double(record.time));
    }
    if let Some(time) = record.update_time {
        put("ut", double(time));
    }
    if let Some(format) = record.content_format {
        put("ct", format.into());
    }
    if record.version != 10 {
        put("bver", record.version.into());
    }
    Json::Object(json)
}

fn double(number: Number) -> Json {
    number.to_f64().into()
}

/// Numbers as numbers: 20 and 20.0 are one.
fn with_doubles(records: &Json) -> Json {
    match records {
        Json::Array(items) => items.iter().map(with_doubles).collect(),
        Json::Object(members) => members
            .iter()
            .map(|(label, value)| match value {
                Json::Number(number) if label != "bver" => {
                    (label.clone(), number.as_f64().expect("a double").into())
                }
                _ => (label.clone(), value.clone()),
            })
            .collect(),
        other => other.clone(),
    }
}

#[test]
fn every_vector_is_accepted_or_refused_and_resolves_as_it_says() {
    let vectors = vectors();
    let mut resolved = 0;
    for vector in &vectors {
        let result = resolve(vector, reader(vector));
        match vector["expect"].as_str() {
            Some("ok") => {
                let records = result.unwrap_or_else(|error| panic!("{}: {error}", name(vector)));
                if vector["resolved"].is_array() {
                    resolved += 1;
                    let expected = with_doubles(&vector["resolved"]);
                    assert_eq!(Json::from(records), expected, "{}", name(vector));
                }
            }
            Some("error") => {
                let Err(error) = result else {
                    panic!("{}: accepted", name(vector));
                };
                let diagnostic = error.diagnostic();
                let is_whole = vector["json"] == "" || vector["cbor_hex"] == "";
                assert!(diagnostic.position.is_some() || is_whole, "{error:?}");
            }
            other => panic!("{}: expect {other:?}", name(vector)),
        }
    }
    assert_eq!((vectors.len(), resolved), (223, 100));
}

#[test]
fn what_the_interop_profile_takes_resolves_as_the_vectors_say() {
    let mut count = 0;
    for vector in &vectors() {
        if vector["lenient"].is_null() {
            continue;
        }
        assert_eq!(vector["lenient"], "ok", "{}", name(vector));
        let result = resolve(vector, reader(vector).profile(Profile::Interop));
        let records = result.unwrap_or_else(|error| panic!("{}: {error}", name(vector)));
        let expected = with_doubles(&vector["resolved_lenient"]);
        assert_eq!(Json::from(records), expected, "{}", name(vector));
        count += 1;
    }
    assert_eq!(count, 4);
}

#[test]
fn what_the_strict_profile_takes_the_interop_profile_takes_alike() {
    let mut count = 0;
    for vector in &vectors() {
        if vector["expect"] != "ok" || !vector["profile"].is_null() {
            continue;
        }
        let strict = resolve(vector, reader(vector)).expect("accepted");
        let interop = resolve(vector, reader(vector).profile(Profile::Interop));
        assert_eq!(interop.expect("accepted"), strict, "{}", name(vector));
        count += 1;
    }
    assert_eq!(count, 92);
}
