//! Counts what a script does, and holds what the caller gives it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::bounds::Bounds;

/// What a script asks for that only a caller can give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Time,
    Chance,
    /// By this function of the language.
    Locale(String),
}

/// The work of one message, seen from the engine's interrupts; one for each runtime.
#[derive(Debug)]
pub(super) struct Meter {
    most: u64,
    ticks: AtomicU64,
    is_counting: AtomicBool,
    is_over: AtomicBool,
    is_late: AtomicBool,
    deadline: Mutex<Option<Instant>>,
    /// Milliseconds since 1970 as the bits of a double; NaN where the caller gives no time.
    now: AtomicU64,
    wished_time: AtomicBool,
    wished_chance: AtomicBool,
    wished_locale: Mutex<Option<String>>,
    noted_change: AtomicBool,
}

impl Meter {
    pub(super) fn new(bounds: &Bounds) -> Self {
        Self {
            most: bounds.ticks,
            ticks: AtomicU64::new(0),
            is_counting: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
            is_late: AtomicBool::new(false),
            deadline: Mutex::new(None),
            now: AtomicU64::new(f64::NAN.to_bits()),
            wished_time: AtomicBool::new(false),
            wished_chance: AtomicBool::new(false),
            wished_locale: Mutex::new(None),
            noted_change: AtomicBool::new(false),
        }
    }

    /// Starts to count anew.
    pub(super) fn start(&self, bounds: &Bounds, now: Option<f64>) {
        self.ticks.store(0, Ordering::Relaxed);
        self.is_counting.store(true, Ordering::Relaxed);
        for flag in [
            &self.is_over,
            &self.is_late,
            &self.wished_time,
            &self.wished_chance,
            &self.noted_change,
        ] {
            flag.store(false, Ordering::Relaxed);
        }
        *locked(&self.wished_locale) = None;
        self.now
            .store(now.unwrap_or(f64::NAN).to_bits(), Ordering::Relaxed);
        let deadline = bounds
            .wall_clock
            .and_then(|most| Instant::now().checked_add(most));
        *locked(&self.deadline) = deadline;
    }

    /// Counts no more, for what this crate does by itself.
    pub(super) fn rest(&self) {
        self.is_counting.store(false, Ordering::Relaxed);
    }

    /// Counts a tick, and says whether the script ends here.
    pub(super) fn tick(&self) -> bool {
        if !self.is_counting.load(Ordering::Relaxed) {
            return false;
        }
        let ticks = self.ticks.fetch_add(1, Ordering::Relaxed) + 1;
        let deadline = *locked(&self.deadline);
        if deadline.is_some_and(|deadline| Instant::now() > deadline) {
            self.is_late.store(true, Ordering::Relaxed);
        }
        ticks > self.most || self.is_over() || self.is_late()
    }

    /// Ends the script at its next tick.
    pub(super) fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    pub(super) fn is_late(&self) -> bool {
        self.is_late.load(Ordering::Relaxed)
    }

    /// The work so far.
    pub(super) fn ticks(&self) -> u64 {
        self.ticks.load(Ordering::Relaxed)
    }

    /// Whether a runtime that began at another point of a tick could have come to the bound.
    pub(super) fn is_near_bound(&self) -> bool {
        self.ticks.load(Ordering::Relaxed) >= self.most
    }

    /// The caller's time, if there is one; that it was asked for is noted otherwise.
    pub(super) fn now(&self) -> Option<f64> {
        let now = f64::from_bits(self.now.load(Ordering::Relaxed));
        if now.is_nan() {
            self.wished_time.store(true, Ordering::Relaxed);
            return None;
        }
        Some(now)
    }

    /// Notes that the script asked for chance.
    pub(super) fn wish_chance(&self) {
        self.wished_chance.store(true, Ordering::Relaxed);
    }

    /// Notes that the script asked for a locale or a time zone.
    pub(super) fn wish_locale(&self, function: String) {
        *locked(&self.wished_locale) = Some(function);
    }

    /// Notes that the script tried to change what comes with the language.
    pub(super) fn note_change(&self) {
        self.noted_change.store(true, Ordering::Relaxed);
    }

    pub(super) fn has_noted_change(&self) -> bool {
        self.noted_change.load(Ordering::Relaxed)
    }

    /// What the script asked for in vain, even if it went on without it.
    pub(super) fn wish(&self) -> Option<Wish> {
        if self.wished_chance.load(Ordering::Relaxed) {
            return Some(Wish::Chance);
        }
        if let Some(function) = locked(&self.wished_locale).clone() {
            return Some(Wish::Locale(function));
        }
        let wished_time = self.wished_time.load(Ordering::Relaxed);
        wished_time.then_some(Wish::Time)
    }
}

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
