#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
//! Laws of packs, over generated ones.

#[path = "senml/generator.rs"]
mod generator;

use downlink::Error;
use downlink::error::{All, First};
use downlink::senml::{
    Content, Key, Label, Mode, Pack, Profile, Reader, ResolvedPack, ResolvedRecord, Stream,
    UnixTime,
};
use proptest::prelude::*;

const NOW: i64 = 1_700_000_000;

fn resolve<'p>(pack: &'p Pack<'_>) -> ResolvedPack<'p> {
    pack.resolve(UnixTime::from_seconds(NOW)).expect("resolved")
}

/// The records without what tells how they were written.
fn meaning<'p>(records: &[ResolvedRecord<'p>]) -> Vec<ResolvedRecord<'p>> {
    let mut records = records.to_vec();
    for record in &mut records {
        record.time_given = true;
        record.index = 0;
    }
    records
}

/// The labels and contents of each record.
fn contents(pack: &Pack<'_>) -> Vec<Vec<(Key<'static>, Content<'static>)>> {
    let pack = pack.clone().into_owned();
    pack.records()
        .map(|record| {
            let fields = record.fields().iter();
            fields
                .map(|field| (field.key.clone(), field.content.clone()))
                .collect()
        })
        .collect()
}

type Read<'a> = (Result<Pack<'a>, Error>, All);

#[track_caller]
fn same((pack, findings): Read<'_>, (other_pack, others): Read<'_>) {
    assert_eq!(pack, other_pack);
    assert_eq!(findings.errors, others.errors);
    assert_eq!(findings.warnings, others.warnings);
}

proptest! {
    #[test]
    fn what_is_written_in_json_reads_back_the_same(pack in generator::pack()) {
        let text = pack.to_json();
        let again = Pack::from_json(text.as_bytes()).expect("valid");
        prop_assert_eq!(contents(&again), contents(&pack));
        prop_assert_eq!(again.to_json(), text);
    }

    #[test]
    fn what_is_written_in_cbor_reads_back_the_same(pack in generator::pack()) {
        let bytes = pack.to_cbor();
        let again = Pack::from_cbor(&bytes).expect("valid");
        prop_assert_eq!(contents(&again), contents(&pack));
        prop_assert_eq!(again.to_cbor(), bytes);
    }

    #[test]
    fn plain_records_are_the_same_by_the_short_way(records in generator::nearly_plain()) {
        let (text, bytes) = (generator::json(&records), generator::cbor(&records));
        let json = |profile| {
            let mut findings = All::default();
            let reader = Reader::new().profile(profile);
            (reader.read_json(text.as_bytes(), &mut findings), findings)
        };
        let cbor = |profile| {
            let mut findings = All::default();
            let reader = Reader::new().profile(profile);
            (reader.read_cbor(&bytes, &mut findings), findings)
        };
        // The profile of LwM2M never takes it.
        same(json(Profile::Strict), json(Profile::Lwm2m));
        same(cbor(Profile::Strict), cbor(Profile::Lwm2m));
    }

    #[test]
    fn an_integer_stays_one_and_so_does_what_is_none(number in generator::number()) {
        let pack = Pack::builder()
            .text(Label::Name, "a")
            .number(Label::Value, number)
            .build()
            .expect("valid");
        let is_integer = |pack: &Pack<'_>| match pack.record(0).unwrap().fields()[1].content {
            Content::Number(number) => number.as_decimal().unwrap().is_written_as_integer(),
            ref other => panic!("{other:?}"),
        };
        let (text, bytes) = (pack.to_json(), pack.to_cbor());
        prop_assert_eq!(is_integer(&Pack::from_json(text.as_bytes()).unwrap()), is_integer(&pack));
        prop_assert_eq!(is_integer(&Pack::from_cbor(&bytes).unwrap()), is_integer(&pack));
    }

    #[test]
    fn json_and_cbor_of_one_pack_resolve_alike(pack in generator::pack()) {
        let (text, bytes) = (pack.to_json(), pack.to_cbor());
        let json = Pack::from_json(text.as_bytes()).expect("valid");
        let cbor = Pack::from_cbor(&bytes).expect("valid");
        prop_assert_eq!(resolve(&json), resolve(&cbor));
    }

    #[test]
    fn resolving_is_idempotent(pack in generator::pack()) {
        let resolved = resolve(&pack);
        let (text, bytes) = (resolved.to_json(), resolved.to_cbor());
        let json = Pack::from_json(text.as_bytes()).expect("valid");
        let cbor = Pack::from_cbor(&bytes).expect("valid");
        let expected = meaning(&resolved.chronological());
        prop_assert_eq!(meaning(resolve(&json).records()), expected.clone());
        prop_assert_eq!(meaning(resolve(&cbor).records()), expected);
        prop_assert_eq!(resolve(&json).to_json(), text);
    }

    #[test]
    fn a_compact_pack_resolves_to_the_same(pack in generator::pack()) {
        let expected = meaning(resolve(&pack).records());
        let (text, bytes) = (pack.to_compact_json(), pack.to_compact_cbor());
        let json = Pack::from_json(text.as_bytes()).expect("valid");
        let cbor = Pack::from_cbor(&bytes).expect("valid");
        prop_assert_eq!(meaning(resolve(&json).records()), expected.clone());
        prop_assert_eq!(meaning(resolve(&cbor).records()), expected);

        let resolved = resolve(&pack);
        let text = resolved.to_compact_json();
        let again = Pack::from_json(text.as_bytes()).expect("valid");
        prop_assert_eq!(meaning(resolve(&again).records()), meaning(&resolved.chronological()));
        prop_assert!(text.len() <= resolved.to_json().len() + 40);
    }

    #[test]
    fn pack_order_is_kept_and_chronological_order_is_stable(pack in generator::pack()) {
        let resolved = resolve(&pack);
        prop_assert!(resolved.records().is_sorted_by_key(|record| record.index));
        let times = |record: &ResolvedRecord<'_>| {
            (record.time.as_decimal().expect("exact"), record.index)
        };
        prop_assert!(resolved.chronological().is_sorted_by_key(times));
    }

    #[test]
    fn splitting_a_pack_with_its_base_fields_changes_nothing(
        records in generator::records(),
        at in 0..6_usize,
    ) {
        let at = at.min(records.len());
        let whole = generator::build(&records);
        let (head, tail) = records.split_at(at);
        // The base fields that act behind the head, the last of each.
        let mut base: Vec<generator::Field> = Vec::new();
        for field in head.iter().flatten().filter(|(label, _)| label.is_base()) {
            base.retain(|(label, _)| *label != field.0);
            base.push(field.clone());
        }
        let mut behind = tail.to_vec();
        if !base.is_empty() {
            behind.insert(0, base);
        }
        let mut resolved = Vec::new();
        for records in [head.to_vec(), behind] {
            // A pack of base fields only is none.
            if records.iter().flatten().any(|(label, _)| !label.is_base()) {
                let pack = generator::build(&records);
                resolved.extend(meaning(resolve(&pack).records()).iter().map(|r| format!("{r:?}")));
            }
        }
        let expected = meaning(resolve(&whole).records());
        let expected: Vec<_> = expected.iter().map(|record| format!("{record:?}")).collect();
        prop_assert_eq!(resolved, expected);
    }

    #[test]
    fn the_order_of_the_fields_of_a_record_means_nothing(pack in generator::records()) {
        let sorted: Vec<_> = pack
            .iter()
            .map(|record| {
                let mut record = record.clone();
                record.sort_by_key(|(label, _)| *label);
                record
            })
            .collect();
        let (one, other) = (generator::build(&pack), generator::build(&sorted));
        prop_assert_eq!(resolve(&one), resolve(&other));
    }

    #[test]
    fn unknown_members_change_nothing(
        records in generator::records(),
        members in generator::unknown_members(),
    ) {
        let pack = generator::build(&records);
        let text = pack.to_json();
        let member = |(name, json): &(String, serde_json::Value)| {
            format!("{}:{json},", serde_json::Value::from(name.as_str()))
        };
        let unknown = members.iter().map(member).collect::<Vec<_>>().concat();
        let with_unknown = text.replacen('{', &format!("{{{unknown}"), 1);
        let again = Pack::from_json(with_unknown.as_bytes()).expect("valid");
        prop_assert_eq!(resolve(&again), resolve(&pack));
    }

    #[test]
    fn a_changed_byte_never_panics(
        pack in generator::pack(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        for (mut bytes, is_cbor) in [(pack.to_json().into_bytes(), false), (pack.to_cbor(), true)] {
            let at = at.index(bytes.len());
            bytes[at] = byte;
            for profile in [Profile::Strict, Profile::Interop, Profile::Lwm2m] {
                for mode in [Mode::Pack, Mode::Stream, Mode::Fetch, Mode::Patch] {
                    let reader = Reader::new().profile(profile).mode(mode);
                    let mut sink = downlink::error::All::default();
                    let result = if is_cbor {
                        reader.read_cbor(&bytes, &mut sink)
                    } else {
                        reader.read_json(&bytes, &mut sink)
                    };
                    // What is left of a faulty pack resolves all the same.
                    if let Ok(pack) = result {
                        prop_assert!(pack.resolve(UnixTime::from_seconds(NOW)).is_ok());
                    }
                }
            }
        }
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Pack::from_json(&bytes);
        let _ = Pack::from_cbor(&bytes);
        let mut stream = Stream::cbor(&Reader::new());
        let _ = stream.read_from(&mut bytes.as_slice(), &mut First::default());
    }

    #[test]
    fn thingsml_resolves_to_what_the_pack_does(pack in generator::pack()) {
        let thingsml = pack.to_thingsml();
        prop_assert_eq!(meaning(resolve(&thingsml).records()), meaning(resolve(&pack).records()));
    }
}

proptest! {
    // Each case reads hundreds of packs.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_prefix_is_refused(pack in generator::pack()) {
        let (text, bytes) = (pack.to_json(), pack.to_cbor());
        for end in 0..text.len() {
            let json = &text.as_bytes()[..end];
            prop_assert!(Pack::from_json(json).is_err());
            let mut stream = Stream::json(&Reader::new());
            let mut source = json;
            let refused = loop {
                match stream.read_from(&mut source, &mut First::default()) {
                    Ok(true) => {}
                    Ok(false) => break false,
                    Err(_) => break true,
                }
            };
            prop_assert!(refused);
        }
        for end in 0..bytes.len() {
            prop_assert!(Pack::from_cbor(&bytes[..end]).is_err());
        }
    }
}

/// The item that ciborium reads, or nothing.
fn oracle(bytes: &[u8]) -> Option<ciborium::Value> {
    let mut rest = bytes;
    let value = ciborium::de::from_reader_with_recursion_limit(&mut rest, 32).ok()?;
    rest.is_empty().then_some(value)
}

proptest! {
    #[test]
    fn ciborium_reads_what_is_written(pack in generator::pack()) {
        let bytes = pack.to_cbor();
        let Some(ciborium::Value::Array(records)) = oracle(&bytes) else {
            panic!("an array");
        };
        prop_assert_eq!(records.len(), pack.len());
        for (read, record) in records.iter().zip(pack.records()) {
            let ciborium::Value::Map(entries) = read else {
                panic!("a map");
            };
            prop_assert_eq!(entries.len(), record.fields().len());
            for ((key, value), field) in entries.iter().zip(record.fields()) {
                let label = match key {
                    ciborium::Value::Integer(integer) => {
                        Label::from_cbor_key(i64::try_from(i128::from(*integer)).unwrap())
                    }
                    ciborium::Value::Text(text) => Label::from_text(text),
                    other => panic!("{other:?}"),
                };
                prop_assert_eq!(label.map(Key::Label), Some(field.key.clone()));
                match (value, &field.content) {
                    (ciborium::Value::Text(text), Content::String(own)) => {
                        prop_assert_eq!(text.as_str(), own.as_ref());
                    }
                    (ciborium::Value::Bytes(bytes), Content::Data(own)) => {
                        prop_assert_eq!(bytes.as_slice(), own.as_ref());
                    }
                    (ciborium::Value::Bool(boolean), Content::Boolean(own)) => {
                        prop_assert_eq!(boolean, own);
                    }
                    (ciborium::Value::Integer(integer), Content::Number(own)) => {
                        let own = own.as_decimal().and_then(downlink::number::Decimal::to_integer);
                        prop_assert_eq!(Some(i128::from(*integer)), own);
                    }
                    (ciborium::Value::Float(double), Content::Number(own)) => {
                        let number = downlink::number::Number::from_f64(*double);
                        prop_assert_eq!(number, Some(*own));
                    }
                    (ciborium::Value::Tag(4, _), Content::Number(_)) => {}
                    other => panic!("{other:?}"),
                }
            }
        }
    }

    #[test]
    fn what_ciborium_refuses_is_refused(
        pack in generator::pack(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = pack.to_cbor();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let mut rest = bytes.as_slice();
        let read: Result<ciborium::Value, _> =
            ciborium::de::from_reader_with_recursion_limit(&mut rest, 32);
        let is_refused = match read {
            Ok(_) => !rest.is_empty(),
            // Well-formed, but nothing that ciborium has a value for: a simple value, say.
            Err(ciborium::de::Error::Semantic(..)) => false,
            Err(_) => true,
        };
        if is_refused {
            prop_assert!(Pack::from_cbor(&bytes).is_err(), "{}", hex::encode(&bytes));
        }
    }
}
