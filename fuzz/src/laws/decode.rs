//! Laws of reading payloads back.

use downlink::directory::Binding;
use downlink::encoder::definition::Definition;
use downlink::encoder::{Decoded, Encoder};
use downlink::instruction::DeviceId;
use downlink::message::{Message, Method, Payload, Protocol};
use downlink::senml::{Pack, Profile, Reader};
use downlink::{Downlinks, Engine, error::First};

use super::agreement::payload;
use super::now;
use super::request::EVERY_DEVICE;

/// What a payload reads as encodes to that payload; in JSON, to one that reads as the same, since
/// blanks, the order of members and how a number is written say nothing.
///
/// The first line is the id of the encoder, all behind it the payload.
pub fn decode(bytes: &[u8]) {
    let (engine, _) = &*EVERY_DEVICE;
    let mut parts = bytes.splitn(2, |byte| *byte == b'\n');
    let (Some(id), Some(wire)) = (parts.next(), parts.next()) else {
        return;
    };
    let registry = engine.registry();
    let mut encoders = registry.iter();
    let encoder = encoders.find(|encoder| encoder.id().as_bytes() == id);
    let Some(definition) = encoder.and_then(Definition::of) else {
        return;
    };
    let sent = match (definition.protocol(), std::str::from_utf8(wire)) {
        (Protocol::Lora, _) | (_, Err(_)) => Payload::Binary(wire.to_vec()),
        (_, Ok(text)) => Payload::Text(text.to_owned()),
    };
    let method = Method::new(definition.protocol());
    if let Ok(decoded) = definition.decode(&method, &sent) {
        let downlinks = encoded(engine, definition, &decoded);
        let [message] = downlinks.messages() else {
            panic!("one payload became {:?}", downlinks.messages());
        };
        if payload(message) != wire {
            assert!(is_json(wire), "{:?}", payload(message));
            let text = String::from_utf8(payload(message).to_vec()).expect("text");
            let again = definition.decode(&method, &Payload::Text(text));
            assert_eq!(again.as_ref(), Ok(&decoded));
        }
        if let Message::Lora(downlink) = message {
            assert_eq!(Some(downlink.f_port()), decoded.f_port);
        }
    }
}

/// Whether it is an object or an array; a number in JSON may be any text or bytes.
fn is_json(payload: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(payload)
        .is_ok_and(|value| value.is_object() || value.is_array())
}

fn encoded(engine: &Engine, definition: &Definition, decoded: &Decoded) -> Downlinks {
    let mut binding = Binding::new(definition.id()).with_max_payload(242);
    for name in definition.variables().required() {
        binding = binding.with_variable(name, "1");
    }
    // A payload may hold the device's own names too, which a binding does not give.
    for variable in &decoded.variables {
        if definition.takes_variable(&variable.name) {
            binding = binding.with_variable(&variable.name, &variable.text);
        }
    }
    let pack = decoded
        .to_senml_json(device(definition.protocol(), decoded))
        .expect("a pack");
    let reader = Reader::new().profile(Profile::Interop);
    let pack: Pack<'_> = reader
        .read_json(pack.as_bytes(), &mut First::default())
        .unwrap_or_else(|error| panic!("{pack}: {error}"));
    let mut method = Method::new(definition.protocol());
    if let Method::Lora { f_port } = &mut method {
        *f_port = decoded.f_port;
    }
    let downlinks = engine.encode_pack(&pack, &method, &binding, now());
    downlinks.unwrap_or_else(|error| panic!("{}: {error}", pack.to_json()))
}

/// The device that the payload names, or any of its kind.
fn device(protocol: Protocol, decoded: &Decoded) -> DeviceId {
    let urn = decoded.variable("urn").unwrap_or(match protocol {
        Protocol::Lora => "urn:dev:DEVEUI:0059AC0000152A2B:",
        Protocol::Mqtt => "urn:dev:DVNUUID:00000000-0000-0000-0000-000000000000:",
        _ => "urn:dev:IMEI:350000000000006:",
    });
    urn.parse().expect("a device")
}
