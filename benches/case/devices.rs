//! Many devices, and what a reload of the registry does.

use downlink::directory::{Binding, Bindings};
use downlink::encoder::{Encoder, Registry, RegistryBuilder};
use downlink::error::Error;
use downlink::instruction::DeviceId;

use super::outputs;

/// A directory of so many devices, of all shipped definitions.
pub fn devices(count: u64) -> Bindings {
    let registry = Registry::builder().builtin().unwrap().build();
    let ids: Vec<&str> = registry.iter().map(Encoder::id).collect();
    let mut directory = Bindings::default();
    for (device, id) in (0..count).zip(ids.iter().cycle()) {
        directory.insert(DeviceId::DevEui(device), Binding::new(*id));
    }
    directory
}

/// What a reload does: it takes the shipped definitions, and reads another.
pub fn reload(builder: RegistryBuilder) -> Result<RegistryBuilder, Error> {
    builder.builtin()?.definition(&outputs::definition())
}

/// The EUIs of devices in an order that no cache foresees, without an end.
pub fn shuffled(count: u64) -> impl Iterator<Item = u64> {
    /// A prime, so that each device has its turn.
    const STEP: u64 = 38_197;
    let next = move |device: &u64| Some((device + STEP) % count);
    std::iter::successors(Some(0), next)
}
