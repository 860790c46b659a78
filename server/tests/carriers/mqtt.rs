//! MQTT against a real mosquitto. Of what it received, a subscriber and its own log are witnesses.

use std::num::NonZeroU32;

use downlink::message::mqtt::Qos;
use downlink::message::sms::Submit;
use downlink_server::carrier::Carrier;
use downlink_server::carrier::mqtt::{Login, Password, Tls};
use downlink_server::life::{HandOver, Report};

use crate::broker::{Mosquitto, soon, subscriber};
use crate::log::Log;
use crate::world::{TAKEN, World, part, publish, settings};

/// Hands over messages of every kind, and holds what comes of them against what a subscriber gets.
pub(crate) async fn every_byte_arrives(port: u16, qualities: &[Qos]) {
    let mut messages = subscriber(port).await;
    let mut world = World::connected(settings(port)).await;
    let every_byte: Vec<u8> = (0..=255).collect();
    let payloads = [Vec::new(), vec![0], every_byte, vec![0xAA; 100_000]];
    let topics = ["a", "/", "dev/é/日本", "with blanks/and $signs"];
    let mut number = 0;
    for &qos in qualities {
        for (topic, payload) in topics.iter().zip(&payloads) {
            number += 1;
            let outcome = world
                .hand_over(number, publish(topic, payload.clone(), qos))
                .await;
            assert_eq!(outcome, TAKEN, "{topic} {qos}");
            let arrived = soon(messages.recv()).await.unwrap();
            assert_eq!(arrived, ((*topic).to_owned(), payload.clone()));
            if qos != Qos::AtMostOnce {
                assert_eq!(world.report().await, (part(number), Report::Delivered));
            }
        }
    }
    assert!(
        world.heard.try_recv().is_err(),
        "nobody acknowledges what is sent at most once"
    );
}

#[tokio::test]
async fn the_very_bytes_and_topic_arrive() {
    let Some(broker) = Mosquitto::start("").await else {
        return;
    };
    every_byte_arrives(broker.port, Qos::ALL).await;
}

#[tokio::test]
async fn without_a_word_on_it_a_message_is_sent_at_most_once() {
    let Some(broker) = Mosquitto::start("").await else {
        return;
    };
    let mut messages = subscriber(broker.port).await;
    let mut world = World::connected(settings(broker.port)).await;
    let mut silent = publish("a", "on", Qos::AtMostOnce);
    silent.qos = None;
    assert_eq!(world.hand_over(1, silent).await, TAKEN);
    soon(messages.recv()).await.unwrap();
    assert!(world.heard.try_recv().is_err());
}

#[tokio::test]
async fn a_message_that_is_too_large_is_refused_and_others_still_go() {
    let Some(broker) = Mosquitto::start("message_size_limit 100\n").await else {
        return;
    };
    let mut settings = settings(broker.port);
    settings.largest_packet = NonZeroU32::new(107).unwrap();
    let mut world = World::connected(settings).await;
    // One byte of type, one of length, two for the length of the topic, one topic, two of
    // identifier: 7 bytes beside the payload.
    let fits = publish("t", [7; 100], Qos::AtLeastOnce);
    let refused = world
        .hand_over(1, publish("t", [7; 101], Qos::AtLeastOnce))
        .await;
    let HandOver::Refused {
        for_good: true,
        detail,
    } = refused
    else {
        panic!("{refused:?}");
    };
    assert_eq!(detail, "a packet of 108 bytes, expected at most 107");
    assert_eq!(world.hand_over(2, fits).await, TAKEN);
    assert_eq!(world.report().await, (part(2), Report::Delivered));
}

#[tokio::test]
async fn what_is_not_mqtt_is_refused() {
    let world = World::new(settings(1));
    let mut parcel = world.parcel(1, publish("t", "x", Qos::AtMostOnce));
    parcel.message = Submit::new("on").unwrap().into();
    let outcome = soon(world.carrier.hand_over(&parcel)).await;
    assert!(
        matches!(outcome, HandOver::Refused { for_good: true, .. }),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_wrong_password_makes_no_connection_and_is_in_no_log() {
    let Some(broker) = Mosquitto::with_user("downlinkd", "right-password").await else {
        return;
    };
    let log = Log::default();
    let mut settings = settings(broker.port);
    settings.login = Some(Login {
        username: "downlinkd".to_owned(),
        password: Some(Password::new("wrong-password")),
    });
    let world = World::logging(settings, log.dispatch());
    let line = soon(log.line(1, "no MQTT connection")).await;
    assert!(line.contains("NotAuthorized"), "{line}");
    let outcome = world
        .hand_over(1, publish("t", "x", Qos::AtLeastOnce))
        .await;
    assert_eq!(outcome, HandOver::Unavailable);
    assert!(!log.text().contains("wrong-password"), "{}", log.text());
    assert_eq!(broker.end().count("t"), 0);
}

#[tokio::test]
async fn the_right_password_makes_a_connection() {
    let Some(broker) = Mosquitto::with_user("downlinkd", "right-password").await else {
        return;
    };
    let mut settings = settings(broker.port);
    settings.login = Some(Login {
        username: "downlinkd".to_owned(),
        password: Some(Password::new("right-password")),
    });
    let mut world = World::connected(settings).await;
    assert_eq!(
        world
            .hand_over(1, publish("t", "x", Qos::AtLeastOnce))
            .await,
        TAKEN
    );
    assert_eq!(world.report().await, (part(1), Report::Delivered));
    assert_eq!(broker.end().count("t"), 1);
}

#[tokio::test]
async fn over_tls_a_broker_is_trusted_whose_certificate_is_for_its_name() {
    let Some((broker, certificate)) = Mosquitto::with_certificate("IP:127.0.0.1").await else {
        return;
    };
    let mut settings = settings(broker.port);
    settings.tls = Some(Tls::Authority(certificate));
    let mut world = World::connected(settings).await;
    let message = publish("t", "x", Qos::AtLeastOnce);
    assert_eq!(world.hand_over(1, message).await, TAKEN);
    assert_eq!(world.report().await, (part(1), Report::Delivered));
    assert_eq!(broker.end().count("t"), 1);
}

#[tokio::test]
async fn over_tls_no_other_broker_is_trusted() {
    let Some((broker, certificate)) = Mosquitto::with_certificate("DNS:other.example").await else {
        return;
    };
    for trusted in [Tls::Authority(certificate), Tls::Machine] {
        let log = Log::default();
        let mut settings = settings(broker.port);
        settings.tls = Some(trusted);
        let world = World::logging(settings, log.dispatch());
        let line = soon(log.line(1, "no MQTT connection")).await;
        assert!(line.contains("certificate"), "{line}");
        assert!(!world.carrier.is_connected());
    }
}
