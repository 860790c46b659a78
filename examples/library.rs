//! The library in twelve lines, as the README shows it.
#![allow(clippy::print_stdout)]

use downlink::contract::CreateDownlinkRequest;
use downlink::directory::Bindings;
use downlink::encoder::Registry;
use downlink::{Engine, senml::UnixTime};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let devices = Bindings::from_toml(&std::fs::read_to_string("examples/devices.toml")?)?;
    let engine = Engine::new(Registry::builder().builtin()?.build());

    let body = std::fs::read("examples/requests/dragino-lt-22222-l.json")?;
    let request = CreateDownlinkRequest::from_json(&body)?;
    let downlinks = engine.encode(&request, &devices, UnixTime::from_seconds(1_700_000_000))?;
    for document in downlinks.documents()? {
        println!("{}", serde_json::to_string(&document)?);
    }
    Ok(())
}
