//! A bounded number of warm realms, for many threads.

use std::sync::{Condvar, Mutex, PoisonError};

use super::realm::Realm;

/// The realms of one script.
#[derive(Debug)]
pub(super) struct Pool {
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Debug)]
struct State {
    /// How many more may be at work at once.
    free: usize,
    idle: Vec<Realm>,
}

/// The right to have one realm, and that realm if there is a warm one.
#[derive(Debug)]
pub(super) struct Permit<'p> {
    pool: &'p Pool,
    pub(super) realm: Option<Realm>,
}

impl Pool {
    pub(super) fn new(most: usize) -> Self {
        let state = State {
            free: most.max(1),
            idle: Vec::new(),
        };
        Self {
            state: Mutex::new(state),
            returned: Condvar::new(),
        }
    }

    /// Waits until fewer than the most are at work.
    pub(super) fn enter(&self) -> Permit<'_> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while state.free == 0 {
            state = self
                .returned
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.free -= 1;
        Permit {
            pool: self,
            realm: state.idle.pop(),
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut state = self
            .pool
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        state.free += 1;
        state.idle.extend(self.realm.take());
        drop(state);
        self.pool.returned.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn who_comes_too_many_waits() {
        let pool = Pool::new(2);
        let (first, _second) = (pool.enter(), pool.enter());
        let (entered, entering) = mpsc::channel();
        thread::scope(|scope| {
            let pool = &pool;
            scope.spawn(move || {
                let _third = pool.enter();
                entered.send(()).unwrap();
            });
            assert!(entering.recv_timeout(Duration::from_millis(50)).is_err());
            drop(first);
            assert!(entering.recv_timeout(Duration::from_secs(10)).is_ok());
        });
    }
}
