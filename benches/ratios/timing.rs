//! Timing one side of a comparison.

use std::time::{Duration, Instant};

/// How long one sample is to take.
const SAMPLE: Duration = Duration::from_millis(1);

/// What is timed, a sample at a time.
pub struct Timed {
    run: Box<dyn FnMut(u32) -> Duration>,
    /// How much work is done in one run: what the time is divided by.
    work: f64,
    /// How many runs make a sample.
    runs: u32,
    /// Nanoseconds for a unit of work, sample by sample.
    nanos: Vec<f64>,
}

impl Timed {
    /// Times what a closure does.
    pub fn new<T>(mut work: impl FnMut() -> T + 'static) -> Self {
        Self::clocked(move |runs| {
            let start = Instant::now();
            for _ in 0..runs {
                std::hint::black_box(work());
            }
            start.elapsed()
        })
    }

    /// Times what a closure does so many times, and has a look at the clock itself.
    pub fn clocked(run: impl FnMut(u32) -> Duration + 'static) -> Self {
        Self {
            run: Box::new(run),
            work: 1.0,
            runs: 0,
            nanos: Vec::new(),
        }
    }

    /// Says that a run does so much work.
    pub fn doing(mut self, work: usize) -> Self {
        self.work = work as f64;
        self
    }

    pub fn try_once(&mut self) {
        (self.run)(1);
    }

    /// Takes a sample; the first time it finds out how many runs one needs.
    pub fn sample(&mut self) {
        if self.runs == 0 {
            self.runs = self.runs_of_a_sample();
        }
        let nanos = (self.run)(self.runs).as_secs_f64() * 1e9;
        self.nanos.push(nanos / f64::from(self.runs) / self.work);
    }

    fn runs_of_a_sample(&mut self) -> u32 {
        let mut runs = 1;
        while (self.run)(runs) < SAMPLE {
            runs *= 2;
        }
        runs
    }

    pub fn median(&self) -> f64 {
        median(self.nanos.clone())
    }

    /// The median of the ratios to another side that was sampled next to this one.
    pub fn against(&self, other: &Self) -> f64 {
        let samples = self.nanos.iter().zip(&other.nanos);
        median(samples.map(|(own, other)| own / other).collect())
    }
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
