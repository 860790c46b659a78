//! Laws of SenML packs.

use downlink::Error;
use downlink::error::{All, First};
use downlink::number::Number;
use downlink::senml::{
    Content, Mode, Pack, Profile, Reader, Record, ResolvedPack, ResolvedRecord, Value,
};

use super::now;

const PROFILES: [Profile; 3] = [Profile::Strict, Profile::Interop, Profile::Lwm2m];
const MODES: [Mode; 4] = [Mode::Pack, Mode::Stream, Mode::Fetch, Mode::Patch];

/// A pack in JSON is read by one set of rules, written as it was, and resolves alike in CBOR.
pub fn pack_json(bytes: &[u8]) {
    same_by_the_short_way(|reader, sink| reader.read_json(bytes, sink));
    for reader in readers() {
        let first = reader.read_json(bytes, &mut First::default());
        let mut findings = All::default();
        let all = reader.read_json(bytes, &mut findings);
        same_faults(&first, &all, &findings);
        if let Ok(pack) = first {
            written_and_read(reader, &pack);
        }
    }
}

/// A pack in CBOR is read by one set of rules, written as it was, and resolves alike in JSON.
pub fn pack_cbor(bytes: &[u8]) {
    same_by_the_short_way(|reader, sink| reader.read_cbor(bytes, sink));
    for reader in readers() {
        let first = reader.read_cbor(bytes, &mut First::default());
        let mut findings = All::default();
        let all = reader.read_cbor(bytes, &mut findings);
        same_faults(&first, &all, &findings);
        if let Ok(pack) = first {
            written_and_read(reader, &pack);
        }
    }
}

fn readers() -> impl Iterator<Item = Reader> {
    PROFILES.into_iter().flat_map(|profile| {
        MODES.map(|mode| Reader::new().profile(profile).mode(mode).allow_empty())
    })
}

/// Plain records have a short way, on which they are the same.
///
/// The profile of `LwM2M` never takes it; all that it takes beyond `Strict` is a `/` before a name.
fn same_by_the_short_way<'a>(read: impl Fn(Reader, &mut All) -> Result<Pack<'a>, Error>) {
    for mode in MODES {
        let reader = Reader::new().mode(mode);
        let (mut short, mut long) = (All::default(), All::default());
        let by_short = read(reader.profile(Profile::Strict), &mut short);
        let by_long = read(reader.profile(Profile::Lwm2m), &mut long);
        let mut faults = short.errors.iter().map(|error| &error.diagnostic().message);
        if !faults.any(|fault| fault.ends_with("cannot start with `/`")) {
            assert_eq!(by_short, by_long);
            assert_eq!((short.errors, short.warnings), (long.errors, long.warnings));
        }
    }
}

/// Whoever stops at the first fault stops at the first that a collector finds.
fn same_faults<T>(
    first: &Result<T, downlink::Error>,
    all: &Result<T, downlink::Error>,
    findings: &All,
) {
    let found = findings.errors.first().or(all.as_ref().err());
    assert_eq!(first.as_ref().err(), found);
}

/// What is written reads back as the same pack, in either format.
fn written_and_read(reader: Reader, pack: &Pack<'_>) {
    let Ok(resolved) = pack.resolve(now()) else {
        return;
    };
    let (json, cbor) = (pack.to_json(), pack.to_cbor());
    reads_alike(reader, &json, &cbor, &resolved);
    reads_alike(
        reader,
        &pack.to_compact_json(),
        &pack.to_compact_cbor(),
        &resolved,
    );
    if has_form(&resolved) {
        let (json, cbor) = (resolved.to_json(), resolved.to_cbor());
        reads_alike(reader, &json, &cbor, &resolved);
    }

    if is_exact(pack) {
        let sink = &mut First::default();
        let read = reader.read_json(json.as_bytes(), sink).expect("written");
        assert_eq!(read.to_json(), json, "writing what was read");
        let read = reader.read_cbor(&cbor, sink).expect("written");
        assert_eq!(read.to_cbor(), cbor, "writing what was read");
    }
}

/// Whether SenML can say each time: it has no number for a moment before 2^28 seconds after 1970
/// began, since a smaller one is relative to now (RFC 8428 §4.5.3).
fn has_form(pack: &ResolvedPack<'_>) -> bool {
    const FIRST_ABSOLUTE: f64 = 268_435_456.0;
    let mut records = pack.records().iter();
    records.all(|record| record.time.to_f64() >= FIRST_ABSOLUTE)
}

/// Whether no number has more digits than are exact.
fn is_exact(pack: &Pack<'_>) -> bool {
    let mut fields = pack.records().flat_map(Record::fields);
    fields.all(|field| !matches!(field.content, Content::Number(Number::Double(_))))
}

/// Both texts read as packs that resolve as `expected` does.
fn reads_alike(reader: Reader, json: &str, cbor: &[u8], expected: &ResolvedPack<'_>) {
    let read = reader.read_json(json.as_bytes(), &mut First::default());
    let read = read.unwrap_or_else(|error| panic!("{json}: {error}"));
    let resolved = read.resolve(now()).expect("resolved before");
    assert_same(&resolved, expected, json);

    let read = reader.read_cbor(cbor, &mut First::default());
    let read = read.unwrap_or_else(|error| panic!("{}: {error}", hex::encode(cbor)));
    let resolved = read.resolve(now()).expect("resolved before");
    assert_same(&resolved, expected, json);
}

fn assert_same(ours: &ResolvedPack<'_>, theirs: &ResolvedPack<'_>, written: &str) {
    let (ours, theirs) = (told(ours), told(theirs));
    assert_eq!(ours, theirs, "{written}");
}

/// The records in their order, without where they stood and how they were written.
fn told<'p>(pack: &ResolvedPack<'p>) -> Vec<ResolvedRecord<'p>> {
    let mut records = pack.chronological();
    for record in &mut records {
        record.index = 0;
        record.time_given = true;
        record.time = as_written(record.time);
        record.sum = record.sum.map(as_written);
        record.update_time = record.update_time.map(as_written);
        if let Some(Value::Number(number)) = &mut record.value {
            *number = as_written(*number);
        }
    }
    records
}

/// A number of more digits than are exact is written as the shortest decimal of its double.
fn as_written(number: Number) -> Number {
    Number::from_f64(number.to_f64())
        .filter(|_| number.as_decimal().is_none())
        .unwrap_or(number)
}
