//! Packs and streams of 1 to 100,000 records, in both formats.

use std::hint::black_box;
use std::io::BufReader;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput};
use downlink::Limits;
use downlink::error::First;
use downlink::senml::{Pack, Reader, Stream};

use super::case::{NOW, pack};

const SIZES: [usize; 6] = [1, 10, 100, 1_000, 10_000, 100_000];

/// What a pack of some size is in each form.
struct Sample {
    records: usize,
    json: String,
    cbor: Vec<u8>,
}

impl Sample {
    fn new(records: usize) -> Self {
        let json = pack(records);
        let pack = reader().read_json(json.as_bytes(), &mut First::default());
        let pack = pack.unwrap();
        assert_eq!(pack.len(), records);
        let cbor = pack.to_cbor();
        Self {
            records,
            json,
            cbor,
        }
    }

    fn pack(&self) -> Pack<'_> {
        let json = self.json.as_bytes();
        reader().read_json(json, &mut First::default()).unwrap()
    }

    /// Measures what is done with so many bytes.
    fn bench<T>(
        &self,
        group: &mut BenchmarkGroup<'_, WallTime>,
        format: &str,
        bytes: usize,
        mut work: impl FnMut() -> T,
    ) {
        group.throughput(Throughput::ElementsAndBytes {
            elements: self.records as u64,
            bytes: bytes as u64,
        });
        let name = format!("{format}/{}_records", self.records);
        group.bench_function(name, |bencher| bencher.iter(&mut work));
    }
}

/// A reader of packs of any size.
fn reader() -> Reader {
    Reader::new().limits(Limits {
        request: usize::MAX,
        records: usize::MAX,
        ..Limits::default()
    })
}

pub fn packs(criterion: &mut Criterion) {
    let samples = SIZES.map(Sample::new);
    let mut group = criterion.benchmark_group("parse");
    for sample in &samples {
        let (json, cbor) = (sample.json.as_bytes(), &sample.cbor);
        sample.bench(&mut group, "json", json.len(), || {
            reader()
                .read_json(black_box(json), &mut First::default())
                .unwrap()
                .len()
        });
        sample.bench(&mut group, "cbor", cbor.len(), || {
            reader()
                .read_cbor(black_box(cbor), &mut First::default())
                .unwrap()
                .len()
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("resolve");
    for sample in &samples {
        let pack = sample.pack();
        sample.bench(&mut group, "json", sample.json.len(), || {
            black_box(&pack).resolve(*NOW).unwrap().records().len()
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("write");
    for sample in &samples {
        let pack = sample.pack();
        sample.bench(&mut group, "json", sample.json.len(), || {
            black_box(&pack).to_json()
        });
        sample.bench(&mut group, "cbor", sample.cbor.len(), || {
            black_box(&pack).to_cbor()
        });
    }
    group.finish();
}

pub fn streams(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stream");
    for sample in SIZES.map(Sample::new) {
        let (json, cbor) = (sample.json.as_bytes(), sample.cbor.as_slice());
        sample.bench(&mut group, "json", json.len(), || {
            assert_eq!(records(Stream::json(&reader()), json), sample.records);
        });
        sample.bench(&mut group, "cbor", cbor.len(), || {
            assert_eq!(records(Stream::cbor(&reader()), cbor), sample.records);
        });
    }
    group.finish();
}

/// How many records a stream gives, each of which is resolved.
fn records(mut stream: Stream, bytes: &[u8]) -> usize {
    let (mut source, mut findings) = (BufReader::new(bytes), First::default());
    let mut records = 0;
    while stream.read_from(&mut source, &mut findings).unwrap() {
        black_box(stream.record(*NOW).unwrap());
        records += 1;
    }
    records
}
