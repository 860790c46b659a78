//! Laws of whole requests.

use std::sync::LazyLock;

use downlink::Engine;
use downlink::contract::CreateDownlinkRequest;
use downlink::directory::{Binding, Bindings};
use downlink::encoder::definition::Definition;
use downlink::encoder::{Encoder, Registry};
use downlink::senml::Profile;

use super::agreement::agree;
use super::now;

/// A body is encoded as it is previewed, or refused by both for the same reason.
pub fn request_json(body: &[u8]) {
    let (engine, devices) = &*EVERY_DEVICE;
    let preview = engine.preview_json(body, Profile::Interop, devices, now());
    let encoded = CreateDownlinkRequest::from_json(body)
        .and_then(|request| engine.encode(&request, devices, now()));
    agree(&preview, &encoded);
    if let Ok(downlinks) = encoded {
        let request = CreateDownlinkRequest::from_json(body).expect("read before");
        let again = engine
            .encode(&request, devices, now())
            .expect("encoded before");
        assert_eq!(again.messages(), downlinks.messages(), "not a function");
    }
}

/// The devices of the examples, and one for each encoder.
pub(super) static EVERY_DEVICE: LazyLock<(Engine, Bindings)> = LazyLock::new(|| {
    let file = include_str!("../../../examples/devices.toml");
    let mut devices = Bindings::from_toml(file).expect("the devices of the examples");
    let builder = Registry::builder()
        .builtin()
        .expect("the encoders of the crate");
    let registry = builder.build();
    for encoder in registry.iter() {
        let device = device_of(encoder.id()).parse().expect("a device");
        devices.insert(device, binding(encoder));
    }
    (Engine::new(registry), devices)
});

/// A device for an encoder, which stays the same when others are added: FNV-1a of the id.
fn device_of(id: &str) -> String {
    let eui = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("urn:dev:DEVEUI:{eui:016X}:")
}

fn binding(encoder: &dyn Encoder) -> Binding {
    let variables = encoder
        .definition()
        .into_iter()
        .flat_map(Definition::required_variables);
    variables.fold(
        Binding::new(encoder.id()).max_payload(242),
        |binding, variable| binding.with_variable(variable, "1"),
    )
}
