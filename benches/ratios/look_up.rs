//! Finding the encoder of a device while the registry is replaced again and again.

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

use downlink::directory::{Bindings, Directory};
use downlink::encoder::{Encoder, RegistryReader, SharedRegistry};
use downlink::instruction::DeviceId;

use super::case::{devices, engine, reload, shuffled};
use super::timing::Timed;

const DEVICES: u64 = 100_000;

/// Looks devices up, each through the registry of the moment.
pub fn during_reloads() -> Timed {
    let directory = devices(DEVICES);
    let shared = SharedRegistry::new(engine().registry());
    let mut order = shuffled(DEVICES);
    Timed::clocked(move |runs| {
        let is_over = AtomicBool::new(false);
        let mut reader = shared.reader();
        thread::scope(|scope| {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    shared.replace(reload).unwrap();
                }
            });
            // What was measured before has taken the memory of the processor.
            for eui in order.by_ref().take(usize::try_from(DEVICES).unwrap()) {
                let binding = directory.binding(DeviceId::DevEui(eui)).unwrap();
                let encoder = look_up(&directory, &mut reader, eui);
                assert_eq!(encoder.id(), binding.encoder());
            }
            let start = Instant::now();
            for _ in 0..runs {
                let eui = order.next().unwrap();
                black_box(look_up(&directory, &mut reader, eui));
            }
            let time = start.elapsed();
            is_over.store(true, Ordering::Relaxed);
            time
        })
    })
}

/// The encoder that the device of this EUI is bound to.
fn look_up<'r>(directory: &Bindings, reader: &'r mut RegistryReader, eui: u64) -> &'r dyn Encoder {
    // Hiding the identifier itself would have it copied, which takes longer than the look-up.
    let device = DeviceId::DevEui(black_box(eui));
    let binding = directory.binding(device).unwrap();
    reader.current().bound(&binding).unwrap()
}
