//! How often, and how much at once, each client and each peer may ask. Counts of one process.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock as Stopwatch;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::clock::{Clock, Moment};
use crate::id::Client;
use crate::settings::{Limits, Rate};

/// How often what no longer matters is forgotten.
const SWEEP: Duration = Duration::from_mins(1);
/// Keys that are remembered before a sweep comes early.
const MOST_KEYS: usize = 100_000;
/// After so long a request that found too many others may find fewer.
const IN_FLIGHT_PAUSE: Duration = Duration::from_secs(1);
/// The part of an IPv6 address that one customer has.
const CUSTOMER: u128 = u128::MAX << 64;

/// More was asked than is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooMany {
    /// Too many requests in a short time.
    #[error("too many requests")]
    Rate {
        /// When one more is allowed.
        retry_after: Duration,
    },
    /// Too many requests that are being answered.
    #[error("too many requests at the same time")]
    InFlight {
        /// When it is worth another try.
        retry_after: Duration,
    },
}

impl TooMany {
    /// When it is worth another try.
    #[must_use]
    pub fn retry_after(self) -> Duration {
        match self {
            Self::Rate { retry_after } | Self::InFlight { retry_after } => retry_after,
        }
    }
}

/// What each client and each peer has asked lately.
#[derive(Debug)]
pub struct Rates {
    clients: Gate<Client>,
    peers: Gate<IpAddr>,
    encodings: Arc<Inside<Client>>,
    most_encodings: u32,
    clock: Arc<dyn Clock>,
}

impl Rates {
    /// Nobody has asked yet.
    #[must_use]
    pub fn new(limits: &Limits, clock: Arc<dyn Clock>) -> Self {
        Self {
            clients: Gate::new(limits.client, Arc::clone(&clock)),
            peers: Gate::new(limits.peer, Arc::clone(&clock)),
            encodings: Arc::default(),
            most_encodings: limits.encodings.get(),
            clock,
        }
    }

    /// Lets a request of a client in. It counts as in flight until the pass is dropped.
    pub fn client(&self, client: &Client) -> Result<Pass<Client>, TooMany> {
        self.clients.enter(client.clone())
    }

    /// Lets a request from an address in, before anybody knows whose it is. All addresses of an
    /// IPv6 network of 64 bits count as one.
    pub fn peer(&self, address: IpAddr) -> Result<Pass<IpAddr>, TooMany> {
        self.peers.enter(match address.to_canonical() {
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & CUSTOMER).into(),
            address @ IpAddr::V4(_) => address,
        })
    }

    /// Lets a client have an instruction encoded or previewed, which takes the time of a processor.
    pub fn encoding(&self, client: &Client) -> Result<Pass<Client>, TooMany> {
        Inside::enter(&self.encodings, client.clone(), self.most_encodings)
    }

    /// Forgets again and again who has not asked for a while. Does not end by itself.
    pub async fn sweep(&self) {
        loop {
            self.clock.sleep_until(self.clock.now().plus(SWEEP)).await;
            self.clients.rates.retain_recent();
            self.peers.rates.retain_recent();
        }
    }
}

/// A request that is being answered.
#[derive(Debug)]
pub struct Pass<K: Eq + Hash> {
    inside: Arc<Inside<K>>,
    key: K,
}

impl<K: Eq + Hash> Drop for Pass<K> {
    fn drop(&mut self) {
        self.inside.leave(&self.key);
    }
}

/// The limits of one kind of caller.
struct Gate<K: Clone + Eq + Hash> {
    rates: RateLimiter<K, DashMapStateStore<K>, Watch, NoOpMiddleware<Duration>>,
    watch: Watch,
    inside: Arc<Inside<K>>,
    most_inside: u32,
}

impl<K: Clone + Eq + Hash> fmt::Debug for Gate<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate")
            .field("keys", &self.rates.len())
            .finish_non_exhaustive()
    }
}

impl<K: Clone + Eq + Hash> Gate<K> {
    fn new(rate: Rate, clock: Arc<dyn Clock>) -> Self {
        let watch = Watch::new(clock);
        let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
        Self {
            rates: RateLimiter::dashmap_with_clock(quota, watch.clone()),
            watch,
            inside: Arc::default(),
            most_inside: rate.in_flight.get(),
        }
    }

    fn enter(&self, key: K) -> Result<Pass<K>, TooMany> {
        let pass = Inside::enter(&self.inside, key, self.most_inside)?;
        if self.rates.len() > MOST_KEYS {
            self.rates.retain_recent();
        }
        match self.rates.check_key(&pass.key) {
            Ok(()) => Ok(pass),
            Err(until) => Err(TooMany::Rate {
                retry_after: until.wait_time_from(self.watch.now()),
            }),
        }
    }
}

/// How many requests of each key are being answered. A key without any is not there.
#[derive(Debug)]
struct Inside<K>(Mutex<HashMap<K, u32>>);

impl<K> Default for Inside<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Clone + Eq + Hash> Inside<K> {
    fn enter(inside: &Arc<Self>, key: K, most: u32) -> Result<Pass<K>, TooMany> {
        let mut counts = inside.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(key.clone()).or_default();
        if *count >= most {
            return Err(TooMany::InFlight {
                retry_after: IN_FLIGHT_PAUSE,
            });
        }
        *count += 1;
        Ok(Pass {
            inside: Arc::clone(inside),
            key,
        })
    }
}

impl<K: Eq + Hash> Inside<K> {
    fn leave(&self, key: &K) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(key) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(key);
            }
        }
    }
}

/// Our clock, as the limiter needs it: time that never goes back, whatever is done to the clock.
#[derive(Clone, Debug)]
struct Watch {
    clock: Arc<dyn Clock>,
    last: Arc<Mutex<(Moment, Duration)>>,
}

impl Watch {
    fn new(clock: Arc<dyn Clock>) -> Self {
        let start = (clock.now(), Duration::ZERO);
        Self {
            clock,
            last: Arc::new(Mutex::new(start)),
        }
    }
}

impl Stopwatch for Watch {
    type Instant = Duration;

    fn now(&self) -> Duration {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        let (moment, elapsed) = *last;
        *last = (now, elapsed.saturating_add(now.since(moment)));
        last.1
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use futures::FutureExt;

    use super::*;
    use crate::clock::ManualClock;

    fn rates(per_second: u32, burst: u32, in_flight: u32) -> (Rates, Arc<ManualClock>) {
        let number = |number| NonZeroU32::new(number).unwrap();
        let rate = Rate {
            per_second: number(per_second),
            burst: number(burst),
            in_flight: number(in_flight),
        };
        let limits = Limits {
            client: rate,
            peer: rate,
            ..Limits::default()
        };
        let clock = Arc::new(ManualClock::at(Moment::from_micros(0)));
        (Rates::new(&limits, clock.clone()), clock)
    }

    fn acme() -> Client {
        Client::new("acme/7")
    }

    #[test]
    fn a_burst_is_let_in_and_then_so_many_a_second() {
        let (rates, clock) = rates(2, 3, 9);
        for _ in 0..3 {
            assert!(rates.client(&acme()).is_ok());
        }
        let half = Duration::from_millis(500);
        let refused = rates.client(&acme()).unwrap_err();
        assert_eq!(refused, TooMany::Rate { retry_after: half });
        clock.advance(Duration::from_millis(499));
        assert!(rates.client(&acme()).is_err());
        clock.advance(Duration::from_millis(1));
        assert!(rates.client(&acme()).is_ok());
        assert!(rates.client(&acme()).is_err());
    }

    #[test]
    fn clients_do_not_take_from_each_other() {
        let (rates, _) = rates(1, 1, 1);
        let pass = rates.client(&acme()).unwrap();
        assert!(rates.client(&Client::new("acme/8")).is_ok());
        assert!(rates.client(&acme()).is_err());
        drop(pass);
    }

    #[test]
    fn a_request_is_in_flight_until_its_pass_is_dropped() {
        let (rates, _) = rates(9, 9, 2);
        let first = rates.client(&acme()).unwrap();
        let second = rates.client(&acme()).unwrap();
        assert!(matches!(
            rates.client(&acme()),
            Err(TooMany::InFlight { .. })
        ));
        drop(first);
        let third = rates.client(&acme()).unwrap();
        drop((second, third));
        assert!(rates.clients.inside.0.lock().unwrap().is_empty());
    }

    #[test]
    fn encodings_have_a_limit_of_their_own() {
        let (rates, _) = rates(1, 1, 1);
        let most = Limits::default().encodings.get();
        let passes: Vec<_> = (0..most)
            .map(|_| rates.encoding(&acme()).unwrap())
            .collect();
        assert!(rates.encoding(&acme()).is_err());
        assert!(rates.client(&acme()).is_ok());
        drop(passes);
        assert!(rates.encoding(&acme()).is_ok());
    }

    #[test]
    fn a_refused_request_is_not_in_flight() {
        let (rates, _) = rates(1, 1, 9);
        drop(rates.client(&acme()).unwrap());
        assert!(rates.client(&acme()).is_err());
        assert!(rates.clients.inside.0.lock().unwrap().is_empty());
    }

    #[test]
    fn a_network_of_64_bits_is_one_peer() {
        let (rates, _) = rates(1, 1, 9);
        let enter = |address: &str| rates.peer(address.parse().unwrap()).is_ok();
        assert!(enter("2001:db8::1"));
        assert!(!enter("2001:db8::ffff:2"));
        assert!(enter("2001:db8:0:1::1"));
        assert!(enter("192.0.2.1"));
        assert!(enter("192.0.2.2"));
        assert!(!enter("::ffff:192.0.2.1"));
    }

    #[test]
    fn a_clock_that_is_set_back_shuts_nobody_out() {
        #[derive(Debug)]
        struct Wild(Mutex<Moment>);
        impl Clock for Wild {
            fn now(&self) -> Moment {
                *self.0.lock().unwrap()
            }
            fn sleep_until(&self, _: Moment) -> futures::future::BoxFuture<'_, ()> {
                Box::pin(std::future::pending())
            }
        }
        let start = Moment::from_micros(0);
        let clock = Arc::new(Wild(Mutex::new(start)));
        let watch = Watch::new(clock.clone());
        *clock.0.lock().unwrap() = start.minus(Duration::from_hours(1));
        assert_eq!(watch.now(), Duration::ZERO);
        *clock.0.lock().unwrap() = start.minus(Duration::from_secs(3599));
        assert_eq!(watch.now(), Duration::from_secs(1));
    }

    #[tokio::test]
    async fn a_sweep_forgets_who_has_not_asked_for_a_while() {
        let (rates, clock) = rates(1, 1, 9);
        drop(rates.client(&acme()).unwrap());
        drop(rates.peer("192.0.2.1".parse().unwrap()).unwrap());
        let mut sweep = std::pin::pin!(rates.sweep());
        assert!(sweep.as_mut().now_or_never().is_none());
        assert_eq!(rates.clients.rates.len(), 1);
        clock.advance(SWEEP);
        assert!(sweep.as_mut().now_or_never().is_none());
        assert_eq!((rates.clients.rates.len(), rates.peers.rates.len()), (0, 0));
    }
}
