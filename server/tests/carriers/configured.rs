//! Which protocols have a carrier.

use std::sync::Arc;

use downlink_server::carrier::{Carriers, NotConfigured};
use downlink_server::life::Protocol;

use crate::world::{World, settings};

#[test]
fn without_a_setting_only_devices_that_poll_are_served() {
    let carriers = Carriers::default();
    let refused: Vec<_> = Protocol::ALL
        .into_iter()
        .filter_map(|protocol| carriers.check(protocol).err())
        .map(|NotConfigured { protocol, setting }| (protocol, setting))
        .collect();
    let expected = [
        (Protocol::Lora, "lora.server"),
        (Protocol::Mqtt, "mqtt.url"),
        (Protocol::Sms, "sms.host"),
        (Protocol::DigitalMatter, "digital_matter.url"),
    ];
    assert_eq!(refused, expected);
}

#[tokio::test]
async fn a_protocol_with_a_carrier_is_served_by_it_alone() {
    let World { carrier, .. } = World::new(settings(1));
    let carriers = Carriers::default().with(Protocol::Mqtt, Arc::new(carrier));
    assert_eq!(carriers.check(Protocol::Mqtt), Ok(()));
    assert!(carriers.of(Protocol::Mqtt).is_some());
    assert!(carriers.of(Protocol::Sms).is_none());
    assert!(carriers.of(Protocol::Http).is_none());
    let served: Vec<_> = carriers.iter().map(|(protocol, _)| protocol).collect();
    assert_eq!(served, [Protocol::Mqtt]);
}
