//! MQTT against the broker of `--demo`, which is a real one (rumqttd).

use downlink::message::mqtt::Qos;
use downlink_server::demo::broker::Broker;

use crate::mqtt::every_byte_arrives;

#[tokio::test]
async fn the_very_bytes_and_topic_arrive() {
    let broker = Broker::new(0).unwrap();
    let port = broker.address().port();
    assert!(broker.address().ip().is_loopback());
    let serving = tokio::spawn(broker.run());
    every_byte_arrives(port, &[Qos::AtMostOnce, Qos::AtLeastOnce]).await;
    serving.abort();
}

#[tokio::test]
async fn a_port_that_is_taken_is_refused() {
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port();
    assert!(Broker::new(port).is_err());
}
