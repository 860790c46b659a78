//! MQTT against a peer of our own that misbehaves: it hangs, stops reading, or leaves.

use std::num::{NonZeroU16, NonZeroU32};
use std::time::Duration;

use downlink::message::mqtt::{Publish, Qos};
use downlink_server::carrier::mqtt::MqttSettings;
use downlink_server::life::{HandOver, Report};

use crate::broker::soon;
use crate::log::Log;
use crate::peer::{PINGREQ, PUBLISH, Peer};
use crate::world::{DEADLINE, TAKEN, World, part, publish, settings};

/// More than the buffers of a connection hold, so that writing it waits for the peer.
const MANY_BYTES: u32 = 32 << 20;

fn patient_settings(port: u16) -> MqttSettings {
    let mut settings = settings(port);
    settings.patience = NonZeroU16::new(600).unwrap();
    settings.keep_alive = NonZeroU16::new(600).unwrap();
    settings.largest_packet = NonZeroU32::new(2 * MANY_BYTES).unwrap();
    settings
}

fn large(qos: Qos) -> Publish {
    publish("large", vec![0; usize::try_from(MANY_BYTES).unwrap()], qos)
}

fn small(qos: Qos) -> Publish {
    publish("small", "on", qos)
}

#[tokio::test]
async fn while_a_peer_does_not_answer_there_is_no_connection() {
    let peer = Peer::listen().await;
    let world = World::new(patient_settings(peer.port()));
    let _silent = peer.take().await;
    // The clock stands still: this is answered at once, not at the deadline.
    assert_eq!(
        world.hand_over(1, small(Qos::AtLeastOnce)).await,
        HandOver::Unavailable
    );
    assert!(!world.carrier.is_connected());
}

#[tokio::test]
async fn a_message_that_is_being_written_at_its_deadline_is_unknown_and_one_behind_it_unsent() {
    for qos in [Qos::AtMostOnce, Qos::AtLeastOnce] {
        let peer = Peer::listen().await;
        let world = World::new(patient_settings(peer.port()));
        let mut client = peer.greet().await;
        soon(world.carrier.connected()).await;
        let deadline = async {
            assert_eq!(client.kind().await, PUBLISH);
            world.clock.advance(DEADLINE);
        };
        let (first, second, third, ()) = tokio::join!(
            world.hand_over(1, large(qos)),
            world.hand_over(2, small(qos)),
            world.hand_over(3, small(qos)),
            deadline
        );
        let outcomes = [first, second, third];
        let expected = [
            HandOver::Unknown,
            HandOver::Unavailable,
            HandOver::Unavailable,
        ];
        assert_eq!(outcomes, expected, "{qos}");
    }
}

#[tokio::test]
async fn what_is_flushed_after_its_deadline_is_reported_late_and_what_was_unsent_stays_unsent() {
    let peer = Peer::listen().await;
    let mut world = World::new(patient_settings(peer.port()));
    let mut client = peer.greet().await;
    soon(world.carrier.connected()).await;
    let deadline = async {
        // The peer is slow: it has the first byte alone by then.
        assert_eq!(client.kind().await, PUBLISH);
        world.clock.advance(DEADLINE);
    };
    let (first, second, ()) = tokio::join!(
        world.hand_over(1, large(Qos::AtMostOnce)),
        world.hand_over(2, small(Qos::AtMostOnce)),
        deadline
    );
    assert_eq!([first, second], [HandOver::Unknown, HandOver::Unavailable]);
    let rest = client.rest_of_packet().await;
    assert!(rest.len() > usize::try_from(MANY_BYTES).unwrap());
    assert_eq!(world.report().await, (part(1), Report::Delivered));
    assert_eq!(
        world
            .hand_over(3, publish("third", "on", Qos::AtMostOnce))
            .await,
        TAKEN
    );
    assert!(
        client.packet().await.rest.ends_with(b"thirdon"),
        "the second never comes"
    );
}

#[tokio::test]
async fn a_message_is_unknown_if_the_connection_is_lost_while_it_is_written() {
    let peer = Peer::listen().await;
    let world = World::new(patient_settings(peer.port()));
    let mut client = peer.greet().await;
    soon(world.carrier.connected()).await;
    let leave = async {
        assert_eq!(client.kind().await, PUBLISH);
        drop(client);
    };
    let (first, second, ()) = tokio::join!(
        world.hand_over(1, large(Qos::AtLeastOnce)),
        world.hand_over(2, small(Qos::AtLeastOnce)),
        leave
    );
    assert_eq!([first, second], [HandOver::Unknown, HandOver::Unavailable]);
}

#[tokio::test]
async fn handed_over_is_written_and_delivered_is_acknowledged() {
    let peer = Peer::listen().await;
    let mut world = World::new(patient_settings(peer.port()));
    let mut client = peer.greet().await;
    soon(world.carrier.connected()).await;
    assert_eq!(world.hand_over(1, small(Qos::AtLeastOnce)).await, TAKEN);
    let packet = client.packet().await;
    assert!(
        world.heard.try_recv().is_err(),
        "nothing is acknowledged yet"
    );
    client.acknowledge(&packet).await;
    assert_eq!(world.report().await, (part(1), Report::Delivered));
}

#[tokio::test]
async fn acknowledgements_in_any_order_are_of_their_own_messages() {
    let peer = Peer::listen().await;
    let mut world = World::new(patient_settings(peer.port()));
    let mut client = peer.greet().await;
    soon(world.carrier.connected()).await;
    let mut packets = Vec::new();
    for number in 1..=3 {
        assert_eq!(
            world.hand_over(number, small(Qos::AtLeastOnce)).await,
            TAKEN
        );
        packets.push(client.packet().await);
    }
    for number in [2, 3, 1_u8] {
        client.acknowledge(&packets[usize::from(number) - 1]).await;
        assert_eq!(
            world.report().await,
            (part(number.into()), Report::Delivered)
        );
    }
}

#[tokio::test]
async fn nothing_is_sent_again_by_itself_after_the_connection_is_lost() {
    let peer = Peer::listen().await;
    let mut world = World::new(patient_settings(peer.port()));
    let mut client = peer.greet().await;
    soon(world.carrier.connected()).await;
    assert_eq!(
        world
            .hand_over(1, publish("first", "on", Qos::AtLeastOnce))
            .await,
        TAKEN
    );
    client.packet().await;
    drop(client);
    let (named, report) = world.report().await;
    assert_eq!(named, part(1));
    assert!(matches!(report, Report::Lost { .. }), "{report:?}");
    assert!(!world.carrier.is_connected());
    let unsent = publish("second", "on", Qos::AtLeastOnce);
    assert_eq!(world.hand_over(2, unsent).await, HandOver::Unavailable);
    let mut client = reconnect(&world, &peer).await;
    assert_eq!(
        world
            .hand_over(3, publish("third", "on", Qos::AtLeastOnce))
            .await,
        TAKEN
    );
    assert!(client.packet().await.rest.ends_with(b"on"));
}

#[tokio::test]
async fn no_more_than_a_window_is_unacknowledged() {
    let peer = Peer::listen().await;
    let mut settings = patient_settings(peer.port());
    settings.window = NonZeroU16::new(2).unwrap();
    let mut world = World::new(settings);
    let mut client = peer.greet().await;
    soon(world.carrier.connected()).await;
    assert_eq!(world.hand_over(1, small(Qos::AtLeastOnce)).await, TAKEN);
    assert_eq!(world.hand_over(2, small(Qos::AtLeastOnce)).await, TAKEN);
    let deadline = async { world.clock.advance(DEADLINE) };
    let (third, ()) = tokio::join!(world.hand_over(3, small(Qos::AtLeastOnce)), deadline);
    assert_eq!(third, HandOver::Unavailable);
    let packet = client.packet().await;
    client.acknowledge(&packet).await;
    assert_eq!(world.report().await, (part(1), Report::Delivered));
    assert_eq!(world.hand_over(4, small(Qos::AtLeastOnce)).await, TAKEN);
}

#[tokio::test]
async fn no_report_is_lost_while_nobody_fetches_them() {
    let peer = Peer::listen().await;
    let mut settings = patient_settings(peer.port());
    settings.window = NonZeroU16::new(3).unwrap();
    let mut world = World::new(settings);
    let mut client = peer.greet().await;
    soon(world.carrier.connected()).await;
    for number in 1..=3 {
        assert_eq!(
            world.hand_over(number, small(Qos::AtLeastOnce)).await,
            TAKEN
        );
        let packet = client.packet().await;
        client.acknowledge(&packet).await;
    }
    drop(client);
    for number in 1..=3 {
        let (named, report) = world.report().await;
        assert_eq!(named, part(number));
        assert!(matches!(report, Report::Delivered | Report::Lost { .. }));
    }
}

#[tokio::test]
async fn a_peer_that_falls_silent_is_given_up() {
    let peer = Peer::listen().await;
    let mut settings = patient_settings(peer.port());
    settings.keep_alive = NonZeroU16::MIN;
    let mut world = World::new(settings);
    let mut client = peer.greet().await;
    soon(world.carrier.connected()).await;
    let message = small(Qos::AtLeastOnce);
    assert_eq!(world.hand_over(1, message.clone()).await, TAKEN);
    assert_eq!(client.packet().await.kind, PUBLISH);
    assert_eq!(client.packet().await.kind, PINGREQ);
    let (named, report) = world.report().await;
    assert_eq!(named, part(1));
    assert!(matches!(report, Report::Lost { .. }), "{report:?}");
    assert_eq!(world.hand_over(2, message).await, HandOver::Unavailable);
}

#[tokio::test]
async fn pauses_grow_up_to_the_longest() {
    let peer = Peer::listen().await;
    let log = Log::default();
    let world = World::logging(settings(peer.port()), log.dispatch());
    for (index, pause) in ["1.0", "2.0", "4.0", "4.0"].into_iter().enumerate() {
        drop(peer.take().await);
        let line = soon(log.line(index + 1, "no MQTT connection")).await;
        assert!(line.contains(&format!("pause_s={pause}\n")), "{line}");
        world.clock.advance(Duration::from_secs(4));
    }
}

async fn reconnect(world: &World, peer: &Peer) -> crate::peer::Client {
    let (client, ()) = tokio::join!(peer.greet(), pass_the_pause(world));
    soon(world.carrier.connected()).await;
    client
}

/// Moves the clock until the carrier has connected again.
async fn pass_the_pause(world: &World) {
    while !world.carrier.is_connected() {
        world.clock.advance(Duration::from_secs(1));
        tokio::task::yield_now().await;
    }
}
