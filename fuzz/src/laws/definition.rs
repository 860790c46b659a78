//! Laws of the definition language.

use std::iter;

use downlink::Engine;
use downlink::directory::Binding;
use downlink::encoder::Registry;
use downlink::encoder::definition::Definition;
use downlink::error::{All, First};
use downlink::message::{Method, Protocol};
use downlink::senml::Pack;

use super::agreement::agree;
use super::now;

/// A definition is read, or refused at the first of the faults that a checker lists.
pub fn definition(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let first = Definition::from_toml(&text, &mut First::default());
    let mut findings = All::default();
    let all = Definition::from_toml(&text, &mut findings);
    let found = findings.errors.first().or(all.as_ref().err());
    assert_eq!(first.as_ref().err(), found);
    if let Ok(definition) = first {
        assert!(!definition.id().is_empty());
        assert!(!definition.commands().is_empty());
    }
}

/// What a frame takes is encoded as it is previewed, whatever the frame is.
///
/// The first line is the frame of the command `set`, each further line the fields of a record.
pub fn frame(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines();
    let Some(definition) = lines.next().and_then(with_frame) else {
        return;
    };
    let base = r#"{"bn":"urn:dev:DEVEUI:0059AC0000152A2B:"}"#.to_owned();
    let records = lines.map(|fields| format!("{{{fields}}}"));
    let records: Vec<String> = iter::once(base).chain(records).collect();
    let pack = format!("[{}]", records.join(","));
    let Ok(pack) = Pack::from_json(pack.as_bytes()) else {
        return;
    };
    let registry = Registry::builder().register(definition).expect("alone");
    let engine = Engine::new(registry.build());
    let (method, binding) = (Method::new(Protocol::Lora), Binding::new("acme/frame"));
    let binding = binding.with_max_payload(242);
    let preview = engine.preview_pack(&pack, &method, &binding, now());
    let encoded = engine.encode_pack(&pack, &method, &binding, now());
    agree(&preview, &encoded);
}

/// A definition of one command with this frame; examples it has none.
fn with_frame(frame: &str) -> Option<Definition> {
    if frame.contains(|c: char| c == '\'' || c.is_control()) {
        return None;
    }
    let text = format!(
        "format = 1\nid = 'acme/frame'\ntitle = 'Frame'\nprotocol = 'LORA'\nsource = 'none'\n\
         evidence = 'manual'\n[lora]\nf_port = 1\n[commands]\nset = '{frame}'\n"
    );
    let mut findings = All::default();
    let definition = Definition::from_toml(&text, &mut findings).ok()?;
    let faults = findings.errors.iter().map(|error| error.code().as_str());
    let is_sound = faults.into_iter().all(|code| code == "definition/example");
    is_sound.then_some(definition)
}
