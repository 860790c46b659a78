//! What it is measured on.

use std::fs::{File, read_to_string};
use std::io::Write;
use std::time::Duration;

use crate::stopwatch::{Times, timed};

/// Flushes to disk that are timed.
const FLUSHES: usize = 200;

pub(crate) fn print() {
    let cores = std::thread::available_parallelism().unwrap();
    println!("{cores} cores, {}, {} GiB", model(), memory());
    let flush = flush();
    println!(
        "a flush of 4 KiB to disk: p50 {:?}, p99 {:?}",
        flush.at(50),
        flush.at(99)
    );
    print_load();
}

/// How busy the machine is with everything that runs on it.
pub(crate) fn print_load() {
    let load = read_to_string("/proc/loadavg").unwrap_or_default();
    let averages: Vec<&str> = load.split(' ').take(3).collect();
    println!("load of the machine: {}", averages.join(" "));
}

fn model() -> String {
    let file = read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = file.lines().find(|it| it.starts_with("model name"));
    let model = line.and_then(|it| it.split_once(": "));
    model.map_or(String::from("unknown processor"), |it| it.1.to_owned())
}

fn memory() -> u64 {
    let file = read_to_string("/proc/meminfo").unwrap_or_default();
    let line = file.lines().find(|it| it.starts_with("MemTotal"));
    let kib = line.and_then(|it| it.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.unwrap_or_default() / (1024 * 1024)
}

fn flush() -> Times {
    let folder = tempfile::tempdir().unwrap();
    let mut file = File::create(folder.path().join("flushed")).unwrap();
    let times: Vec<Duration> = (0..FLUSHES)
        .map(|_| {
            timed(|| {
                file.write_all(&[0; 4096]).unwrap();
                file.sync_data().unwrap();
            })
        })
        .collect();
    Times::of(times)
}
