//! The messages that the client of one connection has.

use std::collections::BTreeMap;

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use rumqttc::{PublishNotice, QoS};
use tokio::sync::oneshot;

use super::link::Reports;
use crate::carrier::Heard;
use crate::id::PartId;
use crate::life::{HandOver, Report};

/// The messages that the client has, and what is still to be reported of them.
pub(super) struct Messages<'a> {
    window: usize,
    /// The message that the client has not written yet: one at a time, so that what it says it
    /// wrote is this one.
    writing: Option<Key>,
    open: BTreeMap<Key, Open>,
    /// Resolve when a message is flushed (QoS 0) or acknowledged, or never will be.
    notices: FuturesUnordered<BoxFuture<'static, (Key, bool)>>,
    last_key: Key,
    reports: &'a mut Reports,
}

/// Tells open messages apart.
type Key = u64;

struct Open {
    /// The part, and which try.
    name: (PartId, u32),
    qos: QoS,
    /// Who waits until it is written.
    waits: Option<oneshot::Sender<HandOver>>,
    was_taken: bool,
}

impl<'a> Messages<'a> {
    pub(super) fn new(window: usize, reports: &'a mut Reports) -> Self {
        Self {
            window,
            writing: None,
            open: BTreeMap::new(),
            notices: FuturesUnordered::new(),
            last_key: 0,
            reports,
        }
    }

    /// Whether the client may have another message. Reports that nobody fetches take room too.
    pub(super) fn has_room(&self) -> bool {
        self.writing.is_none() && self.open.len() + self.reports.len() < self.window
    }

    /// The client has the message.
    pub(super) fn started(
        &mut self,
        name: (PartId, u32),
        qos: QoS,
        waits: oneshot::Sender<HandOver>,
        notice: PublishNotice,
    ) {
        self.last_key = self.last_key.wrapping_add(1);
        let key = self.last_key;
        self.writing = Some(key);
        self.notices.push(Box::pin(
            async move { (key, notice.wait_async().await.is_ok()) },
        ));
        let open = Open {
            name,
            qos,
            waits: Some(waits),
            was_taken: false,
        };
        self.open.insert(key, open);
    }

    /// The message that was being written is flushed. With QoS 0 its notice says so too, and is
    /// what counts.
    pub(super) fn written(&mut self) {
        let writing = self.writing.take();
        let Some(open) = writing.and_then(|key| self.open.get_mut(&key)) else {
            return;
        };
        if open.qos != QoS::AtMostOnce {
            open.was_taken = open.answer_taken();
        }
    }

    /// Settles a message, or passes on a report; waits where there is nothing to do.
    pub(super) async fn progress(&mut self) {
        tokio::select! {
            Some((key, is_done)) = self.notices.next() => self.settle(key, is_done),
            () = self.reports.send_one() => {}
        }
    }

    fn settle(&mut self, key: Key, is_done: bool) {
        let Some(mut open) = self.open.remove(&key) else {
            return;
        };
        let report = match (open.qos, is_done) {
            (QoS::AtMostOnce, true) if open.answer_taken() => return,
            // With QoS 0: flushed after the deadline, when its caller had answered that nobody knows.
            (_, true) => Report::Delivered,
            (_, false) if open.was_taken => Report::Lost {
                detail: "the connection was lost before the broker acknowledged it".to_owned(),
            },
            (_, false) => return,
        };
        let (part, attempt) = open.name;
        self.reports.push(Heard {
            part,
            attempt,
            report,
        });
    }

    /// Settles what is left. The client must be gone, since then every notice resolves.
    pub(super) async fn end(mut self) {
        while let Some((key, is_done)) = self.notices.next().await {
            self.settle(key, is_done);
        }
    }
}

impl Open {
    /// Answers that the message was written; false if nobody waits for that any more.
    fn answer_taken(&mut self) -> bool {
        let waits = self.waits.take();
        waits.is_some_and(|waits| waits.send(HandOver::Taken { item: None }).is_ok())
    }
}
