//! A carrier that does what the test says, and keeps what it was given.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};

use downlink::message::Message;
use downlink_server::carrier::{Carrier, Heard, Item, Parcel};
use downlink_server::life::{Abilities, Asked, HandOver, Report, TakeBack};
use futures::future::BoxFuture;
use tokio::sync::{Notify, mpsc};

/// What the carrier does with a message.
#[derive(Clone, Debug)]
pub(crate) enum Does {
    /// Takes it, and says nothing more.
    Take,
    /// Takes it, and reports that it was delivered.
    Deliver,
    /// Refuses it; another try may succeed.
    Refuse,
    /// Refuses it for what it is.
    RefuseForGood,
    /// Is not there.
    BeAway,
    /// Never answers.
    Hang,
}

#[derive(Debug)]
pub(crate) struct Scripted {
    abilities: Abilities,
    state: Mutex<State>,
    reports: mpsc::Sender<Heard>,
    called: Notify,
}

#[derive(Debug, Default)]
struct State {
    next: VecDeque<Does>,
    next_take_back: VecDeque<TakeBack>,
    parcels: Vec<Parcel>,
    items: Vec<Item>,
}

impl Scripted {
    pub(crate) fn new(abilities: Abilities, reports: mpsc::Sender<Heard>) -> Self {
        Self {
            abilities,
            state: Mutex::default(),
            reports,
            called: Notify::new(),
        }
    }

    /// What it does with the next messages; it delivers those after them.
    pub(crate) fn will(&self, does: impl IntoIterator<Item = Does>) {
        self.state().next.extend(does);
    }

    /// What comes of the next taking back; it keeps the items after that.
    pub(crate) fn will_take_back(&self, outcome: TakeBack) {
        self.state().next_take_back.push_back(outcome);
    }

    /// All that it was given, in order.
    pub(crate) fn parcels(&self) -> Vec<Parcel> {
        self.state().parcels.clone()
    }

    pub(crate) fn last(&self) -> Parcel {
        self.state().parcels.last().expect("a parcel").clone()
    }

    /// All that it was asked to give back.
    pub(crate) fn items(&self) -> Vec<Item> {
        self.state().items.clone()
    }

    /// Ends when it has been called more often than this.
    pub(crate) async fn called_beyond(&self, count: usize) {
        while self.parcels().len() <= count {
            self.called.notified().await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics while it holds it")
    }

    fn take(&self, parcel: &Parcel) -> Does {
        let mut state = self.state();
        state.parcels.push(parcel.clone());
        self.called.notify_one();
        state.next.pop_front().unwrap_or(Does::Deliver)
    }

    async fn answer(&self, parcel: &Parcel) -> HandOver {
        let refused = |for_good| HandOver::Refused {
            for_good,
            detail: "as the test says".to_owned(),
        };
        match self.take(parcel) {
            Does::Take => HandOver::Taken { item: None },
            Does::Deliver => {
                let heard = Heard {
                    part: parcel.part,
                    attempt: parcel.attempt,
                    report: Report::Delivered,
                };
                self.reports.send(heard).await.expect("the world listens");
                HandOver::Taken { item: None }
            }
            Does::Refuse => refused(false),
            Does::RefuseForGood => refused(true),
            Does::BeAway => HandOver::Unavailable,
            Does::Hang => std::future::pending().await,
        }
    }
}

impl Carrier for Scripted {
    fn abilities(&self) -> Abilities {
        self.abilities
    }

    fn hand_over<'a>(&'a self, parcel: &'a Parcel) -> BoxFuture<'a, HandOver> {
        Box::pin(self.answer(parcel))
    }

    fn take_back<'a>(&'a self, item: &'a Item) -> BoxFuture<'a, TakeBack> {
        let mut state = self.state();
        state.items.push(item.clone());
        let outcome = state.next_take_back.pop_front().unwrap_or(TakeBack::Kept);
        Box::pin(std::future::ready(outcome))
    }

    fn find<'a>(&'a self, _: &'a Parcel) -> BoxFuture<'a, Asked> {
        Box::pin(std::future::ready(Asked::CannotTell))
    }
}

/// The frame of a parcel.
pub(crate) fn payload(parcel: &Parcel) -> String {
    let Message::Lora(downlink) = &parcel.message else {
        panic!("{parcel:?}")
    };
    hex::encode_upper(downlink.frm_payload())
}

/// The frames that a carrier was given, in order.
pub(crate) fn payloads(carrier: &Scripted) -> Vec<String> {
    carrier.parcels().iter().map(payload).collect()
}
