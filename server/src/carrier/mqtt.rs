//! MQTT 3.1.1: publishes to one broker.
//!
//! The row in the store is the queue. The MQTT client has one message at a time that is not
//! written yet, and at most a window of messages that the broker has not acknowledged; each
//! connection has a client of its own, so nothing that a call was already answered for is sent
//! again behind its back when the broker returns.
//!
//! | what happens | what is answered or reported |
//! |---|---|
//! | no connection, or none that has room before the deadline | [`HandOver::Unavailable`], nothing was written |
//! | written and flushed to the connection | [`HandOver::Taken`]; with QoS 0 that is all |
//! | acknowledged (PUBACK, with QoS 2 PUBCOMP) | [`Report::Delivered`](crate::life::Report::Delivered) |
//! | deadline, or connection lost, between the two | [`HandOver::Unknown`] |
//! | connection lost after writing, before the acknowledgement | [`Report::Lost`](crate::life::Report::Lost): nobody knows, so `on_unknown` decides |
//! | larger than the largest packet | [`HandOver::Refused`] for good: the broker would close the connection |
//!
//! MQTT 3.1.1 has neither a content type nor an expiry: both stay here.

mod connection;
mod link;
mod messages;
mod settings;

use std::sync::Arc;

use downlink::message::Message;
use downlink::message::mqtt::{Publish, Qos};
use futures::future::BoxFuture;
use rumqttc::{Publish as Packet, QoS};
use tokio::sync::{mpsc, oneshot, watch};

use super::{Carrier, Heard, Parcel};
use crate::clock::Clock;
use crate::life::{Abilities, Delivery, HandOver};

use connection::Order;
use link::Link;

pub use settings::{Login, MqttSettings, Password, Tls};

/// The largest packet that MQTT 3.1.1 has (§2.2.3): a byte, four of length, and what they count.
const LARGEST_OF_ALL: usize = 1 + 4 + 268_435_455;

/// The length of a packet identifier, which a publish has from QoS 1 on (§3.3.2.2).
const PACKET_IDENTIFIER: usize = 2;

/// Publishes to one broker.
#[derive(Debug)]
pub struct MqttCarrier {
    orders: watch::Receiver<Option<mpsc::Sender<Order>>>,
    largest_packet: usize,
    clock: Arc<dyn Clock>,
}

impl MqttCarrier {
    /// A carrier, and the loop that holds its connection, which ends only by being dropped.
    ///
    /// What the broker acknowledges goes to `heard`. While nobody reads from there, at most a
    /// window of reports waits, and then nothing more is published.
    pub fn new(
        settings: MqttSettings,
        clock: Arc<dyn Clock>,
        heard: mpsc::Sender<Heard>,
    ) -> (Self, impl Future<Output = ()> + Send + use<>) {
        let (connected, orders) = watch::channel(None);
        let carrier = Self {
            orders,
            largest_packet: settings.largest_packet().min(LARGEST_OF_ALL),
            clock: Arc::clone(&clock),
        };
        let link = Link::new(settings, clock, connected, heard);
        (carrier, link.run())
    }

    /// Whether there is a connection now, for those who watch the service.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.orders.borrow().is_some()
    }

    /// Waits until there is a connection.
    pub async fn connected(&self) {
        let mut orders = self.orders.clone();
        if orders.wait_for(Option::is_some).await.is_err() {
            // The loop is gone, so there will never be one.
            std::future::pending::<()>().await;
        }
    }

    async fn publish(&self, parcel: &Parcel) -> HandOver {
        let publish = match self.packet(&parcel.message) {
            Ok(publish) => publish,
            Err(refused) => return refused,
        };
        let Some(orders) = self.orders.borrow().clone() else {
            return HandOver::Unavailable;
        };
        let (started, starts) = oneshot::channel();
        let order = Order {
            part: parcel.part,
            attempt: parcel.attempt,
            publish,
            started,
        };
        let mut deadline = self.clock.sleep_until(parcel.deadline);
        let Some(outcome) = start(orders, order, starts, &mut deadline).await else {
            return HandOver::Unavailable;
        };
        tokio::select! {
            biased;
            outcome = outcome => outcome.unwrap_or(HandOver::Unknown),
            () = deadline => HandOver::Unknown,
        }
    }

    /// What is written to the connection, unless the message can never be.
    fn packet(&self, message: &Message) -> Result<Packet, HandOver> {
        let Message::Mqtt(publish) = message else {
            let protocol = message.protocol();
            return Err(refused(format!(
                "a message of {protocol}, expected one of MQTT"
            )));
        };
        let qos = match quality(publish) {
            Qos::AtMostOnce => QoS::AtMostOnce,
            Qos::AtLeastOnce => QoS::AtLeastOnce,
            Qos::ExactlyOnce => QoS::ExactlyOnce,
        };
        let packet = Packet::new(publish.topic.as_str(), qos, publish.payload.as_bytes());
        let size = packet.size() + PACKET_IDENTIFIER;
        if size > self.largest_packet {
            let limit = self.largest_packet;
            return Err(refused(format!(
                "a packet of {size} bytes, expected at most {limit}"
            )));
        }
        Ok(packet)
    }
}

impl Carrier for MqttCarrier {
    fn abilities(&self) -> Abilities {
        Abilities::default()
    }

    /// The session is a clean one: another connection hears no acknowledgement of this one.
    fn forgets(&self) -> bool {
        true
    }

    fn hand_over<'a>(&'a self, parcel: &'a Parcel) -> BoxFuture<'a, HandOver> {
        Box::pin(self.publish(parcel))
    }
}

/// How surely a message is delivered: at most once, where it does not say.
#[must_use]
pub fn quality(publish: &Publish) -> Qos {
    publish.qos.unwrap_or(Qos::AtMostOnce)
}

/// What ends a message well: nobody acknowledges one that is sent at most once.
#[must_use]
pub fn delivery(publish: &Publish) -> Delivery {
    match quality(publish) {
        Qos::AtMostOnce => Delivery::HandedOver,
        Qos::AtLeastOnce | Qos::ExactlyOnce => Delivery::Reported,
    }
}

fn refused(detail: String) -> HandOver {
    HandOver::Refused {
        for_good: true,
        detail,
    }
}

/// Waits until the client has the order, and gives what its outcome will come from.
///
/// None if it does not have it, and never will: closing the channel is what decides when the
/// deadline comes just as the order is taken.
async fn start(
    orders: mpsc::Sender<Order>,
    order: Order,
    mut starts: oneshot::Receiver<connection::Outcome>,
    deadline: &mut BoxFuture<'_, ()>,
) -> Option<connection::Outcome> {
    let started = async {
        orders.send(order).await.ok()?;
        (&mut starts).await.ok()
    };
    tokio::select! {
        biased;
        outcome = started => outcome,
        () = deadline => {
            starts.close();
            starts.try_recv().ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::PartId;

    /// The deadline of these tests: what it does, it does between the last look at the order and
    /// its own end.
    async fn outcome_if(deadline: impl FnOnce(Order) + Send) -> Option<connection::Outcome> {
        let (orders, mut taken) = mpsc::channel(1);
        let (started, starts) = oneshot::channel();
        let order = Order {
            part: PartId(uuid::Uuid::nil()),
            attempt: 1,
            publish: Packet::new("t", QoS::AtMostOnce, "on"),
            started,
        };
        let mut deadline: BoxFuture<'_, ()> =
            Box::pin(async move { deadline(taken.recv().await.expect("it was ordered")) });
        start(orders, order, starts, &mut deadline).await
    }

    #[tokio::test]
    async fn an_order_that_is_taken_as_the_deadline_comes_was_started() {
        let outcome = outcome_if(|order| {
            let (_, outcome) = oneshot::channel();
            order.started.send(outcome).expect("its caller still waits");
        });
        assert!(outcome.await.is_some());
    }

    #[tokio::test]
    async fn an_order_that_is_not_taken_by_the_deadline_never_is() {
        let mut late = None;
        let outcome = outcome_if(|order| late = Some(order));
        assert!(outcome.await.is_none());
        let (_, outcome) = oneshot::channel();
        let late = late.expect("it waits to be taken");
        assert!(late.started.send(outcome).is_err());
    }
}
