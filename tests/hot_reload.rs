//! A registry that is swapped while encoding goes on.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use downlink::Engine;
use downlink::contract::CreateDownlinkRequest;
use downlink::directory::Binding;
use downlink::encoder::definition::Definition;
use downlink::encoder::{Registry, RegistryBuilder, SharedRegistry};
use downlink::engine::Workspace;
use downlink::error::{Diagnostic, Position};
use downlink::message::{Message, Method, Protocol};
use downlink::senml::{Pack, UnixTime};

const DEVICES: [&str; 3] = ["acme/a", "acme/b", "acme/c"];

/// A definition of a set: each of its two commands sends the mark of the set.
fn definition(id: &str, mark: &str) -> String {
    format!(
        r#"
        format = 1
        id = "{id}"
        title = "ACME"
        protocol = "LORA"
        source = "ACME manual"
        evidence = "manual"
        [lora]
        f_port = 10
        join = true
        [commands]
        on = "{mark}01"
        off = "{mark}00"
        [[examples]]
        instruction = [{{ n = "on", vb = true }}, {{ n = "off", vb = true }}]
        expect = [{{ hex = "{mark}01{mark}00" }}]
        "#
    )
}

fn set(mark: &str) -> Vec<(String, String)> {
    let file = |id: &&str| (format!("{id}.toml"), definition(id, mark));
    DEVICES.iter().map(file).collect()
}

fn nothing() -> RegistryBuilder {
    Registry::builder()
}

/// The bytes that a device gets.
fn sent(engine: &Engine, id: &str) -> Vec<u8> {
    let pack =
        br#"[{"bn":"urn:dev:DEVEUI:0000000000000000:","n":"on","vb":true},{"n":"off","vb":true}]"#;
    let pack = Pack::from_json(pack).unwrap();
    let (method, now) = (Method::new(Protocol::Lora), UnixTime::from_seconds(0));
    let downlinks = engine
        .encode_pack(&pack, &method, &Binding::new(id), now)
        .unwrap();
    match downlinks.messages() {
        [Message::Lora(downlink)] => downlink.frm_payload().to_vec(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_sent_while_sets_are_swapped_is_of_one_set() {
    const SWAPS: usize = 60;
    let shared = SharedRegistry::new(nothing().definitions(set("A0")).unwrap().build());
    let is_done = AtomicBool::new(false);
    let seen = [AtomicUsize::new(0), AtomicUsize::new(0)];
    let engine = Engine::over(shared.clone());
    let encode = || {
        while !is_done.load(Ordering::Relaxed) {
            for id in DEVICES {
                let sent = sent(&engine, id);
                let of_set = |mark: u8| vec![mark, 1, mark, 0];
                let which = [0xA0, 0xB0].iter().position(|mark| sent == of_set(*mark));
                seen[which.expect("of one set")].fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(encode);
        }
        for swap in 0..SWAPS {
            let mark = if swap % 2 == 0 { "B0" } else { "A0" };
            shared.reload(nothing(), set(mark)).unwrap();
            let mut broken = set("C0");
            broken.push(("d.toml".to_owned(), String::new()));
            assert_eq!(shared.reload(nothing(), broken).unwrap_err().len(), 1);
            thread::yield_now();
        }
        is_done.store(true, Ordering::Relaxed);
    });
    for count in seen {
        assert!(count.into_inner() > 0, "both sets were in force");
    }
}

#[test]
fn every_way_to_encode_takes_the_registry_of_the_moment() {
    let shared = SharedRegistry::new(nothing().build());
    let engine = Engine::over(shared.clone());
    let body = br#"{
        "instruction": [{"bn": "urn:dev:DEVEUI:0000000000000000:", "n": "on", "vb": true}],
        "method": {"protocol": "LORA"}
    }"#;
    let (binding, now) = (Binding::new("acme/a"), UnixTime::from_seconds(0));
    let request = CreateDownlinkRequest::from_json(body).unwrap();
    let (pack, method) = (request.instruction(), Method::new(Protocol::Lora));
    let mut workspace = Workspace::default();
    let mut has_the_set = || {
        let ways = [
            engine.encode(&request, &binding, now).is_ok(),
            engine
                .encode_into(&mut workspace, body, &binding, now)
                .is_ok(),
            engine.encode_pack(pack, &method, &binding, now).is_ok(),
            engine
                .preview(&request, &binding, now)
                .problems()
                .is_empty(),
            engine
                .preview_json(body, &binding, now)
                .problems()
                .is_empty(),
            engine
                .preview_pack(pack, &method, &binding, now)
                .problems()
                .is_empty(),
            engine.registry().get("acme/a").is_ok(),
        ];
        assert_eq!(ways, [ways[0]; 7]);
        ways[0]
    };
    assert!(!has_the_set());
    shared.reload(nothing(), set("A0")).unwrap();
    assert!(has_the_set());
    shared.replace(Ok).unwrap();
    assert!(!has_the_set());
}

/// `name:line:column code` of each finding of each file.
fn told(sources: Vec<(String, String)>) -> Vec<String> {
    let shared = SharedRegistry::new(nothing().definitions(set("A0")).unwrap().build());
    let engine = Engine::over(shared.clone());
    let refused = shared.reload(nothing(), sources).unwrap_err();
    assert_eq!(
        sent(&engine, "acme/a"),
        [0xA0, 1, 0xA0, 0],
        "the old set stays"
    );
    let told = |name: &str, finding: &Diagnostic| match finding.position {
        Some(Position::Text { line, column, .. }) => {
            format!("{name}:{line}:{column} {}", finding.code)
        }
        _ => panic!("no place: {finding}"),
    };
    let findings = refused
        .iter()
        .flat_map(|it| it.findings.iter().map(|finding| told(&it.name, finding)));
    findings.collect()
}

#[test]
fn every_broken_file_is_reported_with_all_that_is_wrong_with_it() {
    let mut sources = set("B0");
    sources[0].1 = definition("acme/a", "B0").replace("on = \"B001\"", "on = \"B00\"\nup = \"{\"");
    sources[1].1 = definition("acme/b", "B0").replace("hex = \"B001", "hex = \"C001");
    sources.push(("copy.toml".to_owned(), definition("acme/c", "B0")));
    sources.push(("empty.toml".to_owned(), String::new()));
    assert_eq!(
        told(sources),
        [
            "acme/a.toml:12:15 definition/frame",
            "acme/a.toml:13:8 definition/frame",
            "acme/b.toml:14:9 registry/example",
            "copy.toml:3:14 registry/duplicate",
            "empty.toml:1:1 definition/missing-key",
        ]
    );
}

#[test]
fn what_is_no_text_is_refused() {
    let shared = SharedRegistry::new(nothing().build());
    let refused = shared
        .reload(nothing(), [("x.toml", b"\xFF\x00")])
        .unwrap_err();
    assert_eq!(refused[0].findings[0].code.as_str(), "text/utf8");
}

#[test]
fn what_comes_with_the_crate_is_the_same_after_a_reload() {
    let shared = SharedRegistry::new(Registry::builder().builtin().unwrap().build());
    let before = shared.current();
    shared.replace(RegistryBuilder::builtin).unwrap();
    let after = shared.current();
    let definitions = before
        .iter()
        .filter(|encoder| Definition::of(*encoder).is_some());
    let mut count = 0;
    for encoder in definitions {
        let again = after.get(encoder.id()).unwrap();
        assert!(std::ptr::addr_eq(encoder, again), "{}", encoder.id());
        count += 1;
    }
    assert!(count >= 300, "{count}");
}
