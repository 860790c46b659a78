//! An encoder in Rust: a sign that shows a text, sent on port 9 behind the byte 0x01.
#![allow(clippy::print_stdout, clippy::indexing_slicing)]
use downlink::encoder::{Context, Encoder, Registry, Writer};
use downlink::message::{Method, Protocol, lora::FPort};
use downlink::senml::{Pack, UnixTime, Value};
use downlink::{Engine, Error, directory::Binding, error::Code, instruction::Instruction};

#[derive(Debug)]
struct Sign;

impl Encoder for Sign {
    fn id(&self) -> &'static str {
        "acme/sign"
    }
    fn protocols(&self) -> &[Protocol] {
        &[Protocol::Lora]
    }
    fn encode(&self, told: &Instruction, context: &Context, out: &mut Writer) -> Result<(), Error> {
        for entry in told.entries() {
            let ("show", Value::String(text)) = (entry.path(), entry.value()) else {
                let error = Error::new(Code::EncodeRefused, "the sign takes `show` with a text");
                return Err(entry.at_name(error));
            };
            let mut frame = out.frame();
            frame.constant("show", &[0x01]);
            frame.record(entry, text.as_bytes());
            out.lora(context.fixed_port(FPort::new(9)?)?, frame)?;
        }
        Ok(())
    }
}

fn main() -> Result<(), Error> {
    let pack = br#"[{"bn": "urn:dev:DEVEUI:0059AC0000152A2B:", "n": "show", "vs": "Gate 7"}]"#;
    let (pack, method) = (Pack::from_json(pack)?, Method::new(Protocol::Lora));
    let engine = Engine::new(Registry::builder().register(Sign)?.build());
    let (sign, now) = (Binding::new("acme/sign"), UnixTime::from_seconds(0));
    let preview = engine.preview_pack(&pack, &method, &sign, now);
    print!("{preview}");
    assert_eq!(preview.parts()[0].payload_hex, "01476174652037");
    Ok(())
}
