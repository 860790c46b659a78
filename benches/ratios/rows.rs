//! What is compared, with what must be held and what is aimed at.

use std::hint::black_box;
use std::time::{Duration, Instant};

use stats_alloc::Region;

use super::ALLOCATOR;
use super::case::{Case, WholeWay, anchor, http, lora, mqtt, outputs, sms};
use super::timing::Timed;
use super::{look_up, quickjs, senml};

/// Rounds of samples, if there is time for so many.
const ROUNDS: usize = 200;
const TIME: Duration = Duration::from_secs(40);

/// A line of the table.
pub struct Row {
    pub name: &'static str,
    pub must: f64,
    pub aim: f64,
    pub measured: Measured,
}

/// Lower is better in both.
pub enum Measured {
    Ratio {
        own: Timed,
        other: Timed,
    },
    /// Of one encode.
    Allocations(Box<dyn FnMut() -> f64>),
}

/// All rows; making one checks the answers that it times.
pub fn rows() -> Vec<Row> {
    let way = |case: fn() -> Case| (whole_way(case()), anchors(case()));
    vec![
        ratio(
            "2 records, JSON to LoRa document, against P",
            1.2,
            0.7,
            way(lora),
        ),
        ratio(
            "2 records, JSON to MQTT json, against P",
            1.5,
            1.0,
            way(mqtt),
        ),
        ratio("2 records, JSON to SMS text, against P", 1.5, 1.0, way(sms)),
        ratio(
            "2 records, JSON to HTTP body, against P",
            1.5,
            1.0,
            way(http),
        ),
        ratio(
            "100 records, JSON to LoRa document, against P",
            1.3,
            0.5,
            way(outputs),
        ),
        ratio(
            "SenML stream, a record of 100,000 against one of 10,000",
            1.25,
            1.05,
            (senml::stream(100_000), senml::stream(10_000)),
        ),
        ratio(
            "CBOR in against JSON in, pack of 2 records",
            0.6,
            0.4,
            (senml::cbor(2), senml::json(2)),
        ),
        ratio(
            "CBOR in against JSON in, pack of 100 records",
            0.6,
            0.4,
            (senml::cbor(100), senml::json(100)),
        ),
        ratio(
            "decode and resolve 2 records, against sindit-senml",
            0.5,
            0.25,
            (senml::resolve(2), senml::sindit(2)),
        ),
        ratio(
            "whole message, against a QuickJS runtime of its own",
            1.0 / 150.0,
            1.0 / 400.0,
            (whole_way(lora()), quickjs::fresh(lora())),
        ),
        ratio(
            "whole message, against a warm QuickJS context",
            1.0 / 6.0,
            1.0 / 15.0,
            (whole_way(lora()), quickjs::warm(lora())),
        ),
        ratio(
            "look-up among 100,000 devices during reloads, against P",
            0.04,
            0.025,
            (look_up::during_reloads(), anchors(lora())),
        ),
        ratio(
            "preview against encode",
            10.0,
            5.0,
            (previews(lora()), whole_way(lora())),
        ),
        allocations("allocations of a warm encode, 2 records", lora()),
        allocations("allocations of a warm encode, 100 records", outputs()),
    ]
}

fn ratio(name: &'static str, must: f64, aim: f64, (own, other): (Timed, Timed)) -> Row {
    Row {
        name,
        must,
        aim,
        measured: Measured::Ratio { own, other },
    }
}

fn allocations(name: &'static str, case: Case) -> Row {
    let mut way = checked(&case);
    let count = move || {
        let region = Region::new(ALLOCATOR);
        for body in &case.bodies {
            black_box(way.encode(black_box(body.as_bytes())));
        }
        let change = region.change();
        (change.allocations + change.reallocations) as f64 / case.bodies.len() as f64
    };
    Row {
        name,
        must: 0.0,
        aim: 0.0,
        measured: Measured::Allocations(Box::new(count)),
    }
}

fn whole_way(case: Case) -> Timed {
    let mut way = checked(&case);
    Timed::new(move || {
        for body in &case.bodies {
            black_box(way.encode(black_box(body.as_bytes())));
        }
    })
    .doing(3)
}

fn previews(case: Case) -> Timed {
    let way = checked(&case);
    Timed::new(move || {
        for body in &case.bodies {
            black_box(way.preview(black_box(body.as_bytes())));
        }
    })
    .doing(3)
}

fn anchors(case: Case) -> Timed {
    Timed::new(move || {
        for body in &case.bodies {
            black_box(anchor(black_box(body.as_bytes())));
        }
    })
    .doing(3)
}

/// A whole way that has given the right documents, and is warm.
fn checked(case: &Case) -> WholeWay {
    let mut way = WholeWay::new();
    way.check(case);
    way
}

/// Samples all rows in turns.
pub fn measure(rows: &mut [Row]) {
    let start = Instant::now();
    for _ in 0..ROUNDS {
        rows.iter_mut().for_each(Row::sample);
        if start.elapsed() > TIME {
            break;
        }
    }
}

impl Row {
    pub fn try_once(&mut self) {
        match &mut self.measured {
            Measured::Ratio { own, other } => {
                own.try_once();
                other.try_once();
            }
            Measured::Allocations(count) => {
                count();
            }
        }
    }

    fn sample(&mut self) {
        if let Measured::Ratio { own, other } = &mut self.measured {
            own.sample();
            other.sample();
        }
    }
}
