//! One connection to the broker, from its CONNACK to its end.

use std::pin::pin;

use rumqttc::{
    AsyncClient, ConnectionError, Event, EventLoop, Outgoing, Publish, PublishNotice,
    PublishOptions,
};
use tokio::sync::{mpsc, oneshot};

use super::messages::Messages;
use crate::id::PartId;
use crate::life::HandOver;

/// Receives the outcome of an order. If its sender is dropped unused, nobody knows.
pub(super) type Outcome = oneshot::Receiver<HandOver>;

/// One message to be published.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) part: PartId,
    pub(super) attempt: u32,
    pub(super) publish: Publish,
    /// Used before the client gets the message; if it is dropped unused, nothing was written.
    pub(super) started: oneshot::Sender<Outcome>,
}

/// One connection.
pub(super) struct Connection<'a> {
    pub(super) client: AsyncClient,
    pub(super) orders: mpsc::Receiver<Order>,
    pub(super) messages: Messages<'a>,
}

impl Connection<'_> {
    /// Publishes what is ordered until the connection is lost, and says why it was.
    pub(super) async fn serve(mut self, mut events: EventLoop) -> ConnectionError {
        loop {
            match self.next_event(&mut events).await {
                Ok(Event::Outgoing(Outgoing::Publish(_))) => self.messages.written(),
                Ok(_) => {}
                Err(error) => {
                    self.end(events).await;
                    return error;
                }
            }
        }
    }

    /// Waits for what the client says next. Its work is never interrupted: it may be writing.
    async fn next_event(&mut self, events: &mut EventLoop) -> Result<Event, ConnectionError> {
        let mut event = pin!(events.poll());
        loop {
            let is_ready = self.messages.has_room();
            tokio::select! {
                biased;
                event = &mut event => return event,
                () = self.messages.progress() => {}
                Some(order) = self.orders.recv(), if is_ready => self.start(order),
            }
        }
    }

    fn start(&mut self, order: Order) {
        let (waits, outcome) = oneshot::channel();
        if order.started.send(outcome).is_err() {
            // Its caller has answered that nothing was written, and so it stays.
            return;
        }
        let qos = order.publish.qos;
        match self.publish(order.publish) {
            Some(notice) => {
                self.messages
                    .started((order.part, order.attempt), qos, waits, notice);
            }
            // If nobody listens any more, the deadline has come, which says less.
            None => drop(waits.send(HandOver::Unavailable)),
        }
    }

    /// Gives the client a message. It has room for one and holds none, so only a fault refuses it.
    fn publish(&self, publish: Publish) -> Option<PublishNotice> {
        let topic = String::from_utf8_lossy(&publish.topic).into_owned();
        let options = PublishOptions::new(publish.qos);
        let sent = self
            .client
            .try_publish_tracked(topic, publish.payload, options);
        if sent.is_err() {
            // The error holds the message, which no log may have.
            tracing::error!("the MQTT client refused a message though it holds none");
        }
        sent.ok()
    }

    /// Drops the client, and with it all that it held, before the messages are settled.
    async fn end(self, events: EventLoop) {
        drop((self.client, events));
        self.messages.end().await;
    }
}
