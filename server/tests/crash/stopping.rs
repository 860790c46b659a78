//! A store that stops answering at one of its verbs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use downlink_server::clock::Moment;
use downlink_server::id::{Client, DownlinkId, PartId};
use downlink_server::life::{Event, Protocol};
use downlink_server::list::{Page, Query};
use downlink_server::store::{
    Acceptance, Accepted, Answer, Body, Bound, Change, Claim, Committed, Content, Device,
    EarlyReport, KeptReport, Line, PartRow, Repeated, ReportKey, Row, Store, StoreError, Stored,
};

/// Where in its last verb a process stops.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stop {
    /// It is not done.
    Before,
    /// It is done, and its answer is lost.
    After,
}

/// Does as many verbs as it may, and one more by half.
#[derive(Debug)]
pub(crate) struct Stopping {
    inner: Arc<dyn Store>,
    /// Verbs so far.
    verbs: AtomicUsize,
    /// The last one, and where in it; none for a store that goes on.
    last: Option<(usize, Stop)>,
}

impl Stopping {
    pub(crate) fn new(inner: Arc<dyn Store>, last: Option<(usize, Stop)>) -> Self {
        Self {
            inner,
            verbs: AtomicUsize::new(0),
            last,
        }
    }

    pub(crate) fn is_stopped(&self) -> bool {
        let verbs = self.verbs.load(Ordering::SeqCst);
        self.last.is_some_and(|(last, _)| verbs > last)
    }

    /// Counts a verb; whether its answer is lost.
    fn begin(&self) -> Result<bool, StoreError> {
        let verb = self.verbs.fetch_add(1, Ordering::SeqCst);
        match self.last {
            None => Ok(false),
            Some((last, _)) if verb < last => Ok(false),
            Some((last, Stop::After)) if verb == last => Ok(true),
            Some(_) => Err(gone()),
        }
    }
}

fn gone() -> StoreError {
    StoreError::Unavailable("the process is gone".to_owned())
}

macro_rules! verbs {
    ($lifetime:lifetime $(fn $name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)+) => {
        impl Store for Stopping {
            $(fn $name<$lifetime>(
                &$lifetime self
                $(, $argument: $type)*
            ) -> Answer<$lifetime, $answer> {
                Box::pin(async move {
                    let is_lost = self.begin()?;
                    let answer = self.inner.$name($($argument),*).await?;
                    if is_lost { Err(gone()) } else { Ok(answer) }
                })
            })+
        }
    };
}

verbs! { 'a
    fn accept(acceptance: Acceptance) -> Accepted;
    fn commit(change: Change) -> Committed;
    fn instruction(client: &'a Client, id: DownlinkId) -> Option<Row>;
    fn part(client: &'a Client, protocol: Protocol, id: PartId) -> Option<PartRow>;
    fn history(part: PartId) -> Vec<Event>;
    fn life_of(part: PartId) -> Option<Stored>;
    fn instructions(client: &'a Client, query: &'a Query) -> Page<Row>;
    fn parts(client: &'a Client, query: &'a Query) -> Page<PartRow>;
    fn repeated(client: &'a Client, path: &'a str, key: &'a str, now: Moment) -> Option<Repeated>;
    fn claim(now: Moment, lease_until: Moment, limit: u32) -> Vec<Claim>;
    fn renew(claim: &'a Claim, lease_until: Moment) -> bool;
    fn release(claim: &'a Claim, due: Option<Moment>) -> ();
    fn open(line: &'a Line, limit: u32) -> Vec<Stored>;
    fn next_due() -> Option<Moment>;
    fn lines(protocol: Protocol, after: Option<&'a str>, limit: u32) -> Vec<Line>;
    fn content(part: PartId) -> Option<Content>;
    fn device(client: &'a Client, name: &'a str) -> Option<Device>;
    fn any_device(id: &'a str) -> Option<Device>;
    fn devices(client: &'a Client, after: Option<&'a str>, limit: u32) -> Vec<Device>;
    fn bound() -> Vec<Bound>;
    fn import(devices: Vec<Device>, prune: bool) -> Vec<String>;
    fn keep(name: &'a str, new: Vec<u8>) -> Vec<u8>;
    fn bodies(device: &'a str, since: Moment) -> Vec<Body>;
    fn note_body(device: &'a str, body: Body, forget_before: Moment) -> ();
    fn keep_report(early: EarlyReport) -> ();
    fn kept_report(part: PartId) -> Option<KeptReport>;
    fn remove_report(key: ReportKey) -> bool;
    fn remove_old_reports(heard_before: Moment) -> u64;
    fn retire(ended_before: Moment, limit: u32) -> u64;
    fn ready() -> ();
}
