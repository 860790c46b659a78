//! Whoever listens to a broker.

use rumqttc::{AsyncClient, Event, Incoming, MqttOptions, QoS};
use tokio::sync::mpsc;

use super::soon;

/// Listens to every topic, and passes on what comes.
pub(crate) async fn subscriber(port: u16) -> mpsc::Receiver<(String, Vec<u8>)> {
    let mut options = MqttOptions::new("subscriber", ("127.0.0.1", port));
    options.set_max_packet_size(1 << 20, 1 << 20);
    let (client, mut events) = AsyncClient::builder(options).capacity(1).build();
    let (sender, messages) = mpsc::channel(100);
    // Without a client the loop ends.
    let kept = client.clone();
    tokio::spawn(async move {
        let _kept = kept;
        while let Ok(event) = events.poll().await {
            if let Event::Incoming(Incoming::Publish(publish)) = event {
                let topic = String::from_utf8(publish.topic.to_vec()).unwrap();
                sender
                    .send((topic, publish.payload.to_vec()))
                    .await
                    .unwrap();
            }
        }
    });
    let subscribed = client
        .subscribe_tracked("#", QoS::AtLeastOnce)
        .await
        .unwrap();
    soon(subscribed.wait_completion_async()).await.unwrap();
    messages
}
