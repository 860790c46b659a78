//! The stages of a request for each protocol, and its whole way.

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput};
use downlink::Downlinks;
use downlink::encoder::Encoder;
use downlink::encoder::definition::Definition;
use downlink::instruction::Instruction;

use super::case::{
    Case, NOW, WholeWay, anchor, directory, engine, http, lora, mqtt, outputs, request, sms,
};

/// A request as it was written, and what is made of it.
struct Sample {
    name: &'static str,
    case: Case,
    records: usize,
    downlinks: Downlinks,
}

impl Sample {
    fn new(name: &'static str, case: Case) -> Self {
        let request = request(case.bodies[0].as_bytes());
        let downlinks = engine().encode(&request, &directory(), *NOW).unwrap();
        assert_eq!(documents(&downlinks), case.documents);
        Self {
            name,
            records: request.instruction().len(),
            downlinks,
            case,
        }
    }

    fn body(&self) -> &[u8] {
        self.case.bodies[0].as_bytes()
    }

    fn bench<T>(&self, group: &mut BenchmarkGroup<'_, WallTime>, mut work: impl FnMut() -> T) {
        group.throughput(Throughput::ElementsAndBytes {
            elements: self.records as u64,
            bytes: self.body().len() as u64,
        });
        group.bench_function(self.name, |bencher| bencher.iter(&mut work));
    }
}

pub fn stages(criterion: &mut Criterion) {
    let samples = [
        Sample::new("lora", lora()),
        Sample::new("lora_100_records", outputs()),
        Sample::new("mqtt_json", mqtt()),
        Sample::new("sms_text", sms()),
        Sample::new("http_body", http()),
    ];
    let mut stage = |name: &str, bench: &dyn Fn(&Sample, &mut BenchmarkGroup<'_, WallTime>)| {
        let mut group = criterion.benchmark_group(name);
        for sample in &samples {
            bench(sample, &mut group);
        }
        group.finish();
    };
    stage("request/anchor", &|sample, group| {
        sample.bench(group, || anchor(black_box(sample.body())));
    });
    stage("request/parse", &|sample, group| {
        sample.bench(group, || request(black_box(sample.body())));
    });
    stage("request/resolve", &|sample, group| {
        let request = request(sample.body());
        sample.bench(group, || {
            Instruction::read(black_box(request.instruction()), *NOW)
                .unwrap()
                .device()
        });
    });
    stage("request/encode", &|sample, group| {
        let (engine, directory, request) = (engine(), directory(), request(sample.body()));
        sample.bench(group, || {
            engine
                .encode(black_box(&request), &directory, *NOW)
                .unwrap()
        });
    });
    stage("request/write", &|sample, group| {
        sample.bench(group, || documents(black_box(&sample.downlinks)));
    });
    stage("request/whole_way", &|sample, group| {
        let mut way = WholeWay::new();
        sample.bench(group, || way.encode(black_box(sample.body())).iter().len());
    });
    stage("request/preview", &|sample, group| {
        let way = WholeWay::new();
        sample.bench(group, || way.preview(black_box(sample.body())));
    });
    stage("request/decode", &|sample, group| {
        let engine = engine();
        let registry = engine.registry();
        let encoder = registry.get(sample.downlinks.encoder()).unwrap();
        let definition = Definition::of(encoder).unwrap();
        sample.bench(group, || {
            for message in sample.downlinks.messages() {
                black_box(definition.decode_message(black_box(message)).unwrap());
            }
        });
    });
}

/// The documents, one behind the other.
fn documents(downlinks: &Downlinks) -> String {
    let documents = downlinks.documents().unwrap();
    documents
        .iter()
        .map(|document| serde_json::to_string(document).unwrap())
        .collect()
}
