//! Finding the encoder of a device, at rest and while the registry is replaced.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use criterion::{Criterion, Throughput};
use downlink::directory::Directory;
use downlink::encoder::{Registry, SharedRegistry};
use downlink::instruction::DeviceId;

use super::case::{devices, engine, reload, shuffled};

const SIZES: [u64; 3] = [100, 10_000, 100_000];

pub fn look_ups(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("look_up");
    group.throughput(Throughput::Elements(1));
    for count in SIZES {
        let (directory, mut order) = (devices(count), shuffled(count));
        group.bench_function(format!("binding/{count}_devices"), |bencher| {
            bencher.iter(|| {
                let device = DeviceId::DevEui(black_box(order.next().unwrap()));
                directory.binding(device).unwrap().encoder().len()
            });
        });
    }
    let registry = engine().registry();
    group.bench_function("encoder", |bencher| {
        bencher.iter(|| {
            registry
                .get(black_box("mclimate/vicki"))
                .unwrap()
                .id()
                .len()
        });
    });
    let shared = SharedRegistry::new(registry);
    group.bench_function("shared_encoder", |bencher| {
        bencher.iter(|| encoder(&shared));
    });
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                shared.replace(reload).unwrap();
            }
        });
        group.bench_function("shared_encoder_during_reloads", |bencher| {
            bencher.iter(|| encoder(&shared));
        });
        is_over.store(true, Ordering::Relaxed);
    });
    group.bench_function("reload", |bencher| {
        bencher.iter(|| reload(Registry::builder()).unwrap().build());
    });
    group.finish();
}

fn encoder(shared: &SharedRegistry) -> usize {
    shared
        .current()
        .get(black_box("mclimate/vicki"))
        .unwrap()
        .id()
        .len()
}
