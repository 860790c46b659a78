//! Reading SenML: packs in both formats, streams, and another library.

use std::hint::black_box;
use std::io::BufReader;

use downlink::error::First;
use downlink::senml::{Pack, Reader, Stream};

use super::case::{NOW, pack};
use super::timing::Timed;

/// Reads a pack in JSON.
pub fn json(records: usize) -> Timed {
    let json = pack(records);
    Timed::new(move || Pack::from_json(black_box(json.as_bytes())).unwrap().len())
}

/// Reads the same pack in CBOR.
pub fn cbor(records: usize) -> Timed {
    let json = pack(records);
    let cbor = Pack::from_json(json.as_bytes()).unwrap().to_cbor();
    assert_eq!(Pack::from_cbor(&cbor).unwrap().to_json(), json);
    Timed::new(move || Pack::from_cbor(black_box(&cbor)).unwrap().len())
}

/// Reads a pack in JSON and resolves it.
pub fn resolve(records: usize) -> Timed {
    let json = pack(records);
    Timed::new(move || {
        let pack = Pack::from_json(black_box(json.as_bytes())).unwrap();
        black_box(pack.resolve(*NOW).unwrap().records()).len()
    })
}

/// The same with sindit-senml.
pub fn sindit(records: usize) -> Timed {
    let json = pack(records);
    let resolved = sindit_senml::parse_json(&json, None).unwrap();
    let own = Pack::from_json(json.as_bytes()).unwrap();
    let names = own
        .resolve(*NOW)
        .unwrap()
        .records()
        .iter()
        .map(|it| it.name.to_string())
        .collect::<Vec<_>>();
    assert!(resolved.iter().map(|it| &it.name).eq(&names));
    Timed::new(move || sindit_senml::parse_json(black_box(&json), None).unwrap())
}

/// Reads a stream of so many records, and resolves each.
pub fn stream(records: usize) -> Timed {
    let json = pack(records);
    assert_eq!(read_stream(json.as_bytes()), records);
    Timed::new(move || read_stream(black_box(json.as_bytes()))).doing(records)
}

fn read_stream(json: &[u8]) -> usize {
    let (mut source, mut findings) = (BufReader::new(json), First::default());
    let mut stream = Stream::json(&Reader::new());
    let mut records = 0;
    while stream.read_from(&mut source, &mut findings).unwrap() {
        black_box(stream.record(*NOW).unwrap());
        records += 1;
    }
    records
}
