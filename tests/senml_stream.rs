#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
//! A stream gives the records that the whole pack has, however its bytes are cut.

use std::io::BufReader;

use downlink::Limits;
use downlink::error::{All, Code, First};
use downlink::senml::{Mode, Profile, Progress, Reader, Stream, StreamError, UnixTime};
use serde_json::Value as Json;

const VECTORS: &str = include_str!("senml/vectors.json");

/// Each record of a stream that comes in pieces of this length, or the code of the error.
fn records(
    bytes: &[u8],
    is_cbor: bool,
    profile: Profile,
    piece: usize,
) -> Result<Vec<String>, Code> {
    let reader = Reader::new().profile(profile);
    let mut stream = if is_cbor {
        Stream::cbor(&reader)
    } else {
        Stream::json(&reader)
    };
    let mut source = BufReader::with_capacity(piece, bytes);
    let mut records = Vec::new();
    loop {
        match stream.read_from(&mut source, &mut First::default()) {
            Ok(true) => {
                let record = stream.record(UnixTime::from_seconds(1_700_000_000));
                records.push(format!("{:?}", record.map_err(|error| error.code())?));
            }
            Ok(false) => return Ok(records),
            Err(StreamError::Refused(error)) => return Err(error.code()),
            Err(error) => panic!("{error}"),
        }
    }
}

/// Each record of the same bytes as a pack.
fn records_of_pack(bytes: &[u8], is_cbor: bool, profile: Profile) -> Result<Vec<String>, Code> {
    let reader = Reader::new().mode(Mode::Stream).profile(profile);
    let mut sink = First::default();
    let pack = if is_cbor {
        reader.read_cbor(bytes, &mut sink)
    } else {
        reader.read_json(bytes, &mut sink)
    };
    let pack = pack.map_err(|error| error.code())?;
    let resolved = pack.resolve(UnixTime::from_seconds(1_700_000_000)).unwrap();
    Ok(resolved
        .records()
        .iter()
        .map(|record| format!("{record:?}"))
        .collect())
}

#[test]
fn every_vector_comes_out_as_the_whole_pack_does_however_it_is_cut() {
    let vectors: Vec<Json> = serde_json::from_str(VECTORS).unwrap();
    let mut count = 0;
    for vector in &vectors {
        if !vector["mode"].is_null() || !vector["allow_empty"].is_null() {
            continue;
        }
        let is_cbor = vector["cbor_hex"].is_string();
        let bytes = match vector["json"].as_str() {
            Some(text) => text.as_bytes().to_vec(),
            None => hex::decode(vector["cbor_hex"].as_str().unwrap()).unwrap(),
        };
        for profile in [Profile::Strict, Profile::Interop, Profile::Lwm2m] {
            let whole = records_of_pack(&bytes, is_cbor, profile);
            for piece in [1, 2, 7, 8192] {
                let streamed = records(&bytes, is_cbor, profile, piece);
                match (&whole, &streamed) {
                    // Something else than a record between records is no stream.
                    (Err(Code::SenmlRoot), Err(Code::JsonSyntax)) => {}
                    _ => assert_eq!(streamed, whole, "{} in {piece}", vector["name"]),
                }
            }
        }
        count += 1;
    }
    assert_eq!(count, 212);
}

#[test]
fn each_record_has_the_now_of_its_own() {
    let mut stream = Stream::json(&Reader::new());
    stream.feed(br#"[{"bn":"a","bt":-1,"v":1},{"v":2},"#);
    let mut sink = First::default();
    let mut times = Vec::new();
    for now in [1_700_000_000, 1_700_000_060] {
        assert_eq!(stream.step(&mut sink).unwrap(), Progress::Record);
        let record = stream.record(UnixTime::from_seconds(now)).unwrap();
        times.push((record.index, record.time.to_string()));
    }
    assert_eq!(
        times,
        [(0, "1699999999".to_owned()), (1, "1700000059".to_owned())]
    );
    assert_eq!(stream.step(&mut sink).unwrap(), Progress::NeedsBytes);
    assert_eq!(stream.finish().unwrap_err().code(), Code::JsonSyntax);
}

#[test]
fn there_is_no_limit_to_the_number_of_records() {
    let reader = Reader::new();
    let mut stream = Stream::json(&reader);
    let mut sink = First::default();
    stream.feed(b"[");
    for index in 0..1000 {
        let comma = if index == 0 { "" } else { "," };
        stream.feed(format!("{comma}\n{{\"n\":\"a\",\"v\":{index}}}").as_bytes());
        assert_eq!(stream.step(&mut sink).unwrap(), Progress::Record);
        assert_eq!(
            stream.record(UnixTime::from_seconds(0)).unwrap().index,
            index
        );
    }
    stream.feed(b"]");
    assert_eq!(stream.step(&mut sink).unwrap(), Progress::End);
    stream.finish().unwrap();
    stream.feed(b"x");
    assert_eq!(stream.step(&mut sink).unwrap_err().code(), Code::JsonSyntax);
}

#[test]
fn a_record_that_does_not_end_is_refused() {
    let limits = Limits {
        request: 100,
        ..Limits::default()
    };
    let reader = Reader::new().limits(limits);
    let mut json = Stream::json(&reader);
    let mut cbor = Stream::cbor(&reader);
    json.feed(br#"[{"n":"a","vs":""#);
    cbor.feed(&[
        0x9f, 0xa1, 0x00, 0x7b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    ]);
    for stream in [&mut json, &mut cbor] {
        assert_eq!(
            stream.step(&mut First::default()).unwrap(),
            Progress::NeedsBytes
        );
        stream.feed(&[b'x'; 100]);
        let error = stream.step(&mut First::default()).unwrap_err();
        assert_eq!(error.code(), Code::LimitRequest);
    }
}

#[test]
fn findings_say_their_place_in_the_whole_stream() {
    let text = "[\n  {\"n\": \"a\", \"vs\": \"é\", \"x\": 1},\n  {\"n\": \"a\", \"vs\": \"é\", \"y\": 1}, {\"n\": \"b\", \"v\": true}\n]";
    let mut whole = All::default();
    let pack = Reader::new()
        .read_json(text.as_bytes(), &mut whole)
        .unwrap();
    assert_eq!(pack.len(), 3);
    let mut found = All::default();
    let mut stream = Stream::json(&Reader::new());
    for byte in text.as_bytes() {
        stream.feed(&[*byte]);
        stream.step(&mut found).unwrap();
    }
    // The order of two records is a matter of the whole pack.
    whole.warnings.retain(|lint| lint.code != Code::SenmlOrder);
    assert_eq!((found.warnings.len(), found.errors.len()), (2, 1));
    assert_eq!(found.warnings, whole.warnings);
    assert_eq!(found.errors, whole.errors);
}
