//! Laws of whole requests.

use std::cell::RefCell;
use std::sync::LazyLock;

use downlink::contract::CreateDownlinkRequest;
use downlink::directory::{Binding, Bindings};
use downlink::encoder::definition::Definition;
use downlink::encoder::{Encoder, Registry};
use downlink::engine::{Documents, Workspace};
use downlink::error::First;
use downlink::senml::Profile;
use downlink::{Downlinks, Engine, Error};

use super::agreement::agree;
use super::now;

/// A body is encoded as it is previewed, or refused by both for the same reason.
pub fn request_json(body: &[u8]) {
    let (engine, devices) = &*EVERY_DEVICE;
    let preview = engine.preview_json(body, devices, now());
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

/// A body encodes from bytes to bytes as it does step by step, with the same findings, however
/// strictly it is read and whatever the workspace was used for before.
pub fn encode_into(body: &[u8]) {
    for profile in [Profile::Interop, Profile::Strict, Profile::Lwm2m] {
        encode_into_as(body, profile);
    }
}

fn encode_into_as(body: &[u8], profile: Profile) {
    thread_local! {
        static WORKSPACE: RefCell<Workspace> = RefCell::default();
    }
    let (engine, devices) = &*EVERY_DEVICE;
    let engine = engine.clone().with_profile(profile);
    let mut findings = First::default();
    let stepwise = step_by_step(&engine, body, &mut findings);
    WORKSPACE.with_borrow_mut(|workspace| {
        match (
            engine.encode_into(workspace, body, devices, now()),
            &stepwise,
        ) {
            (Ok(documents), Ok((reference, downlinks))) => {
                assert_eq!(texts(&documents), texts_of(downlinks));
                assert_eq!(documents.device(), downlinks.device());
                assert_eq!(documents.external_reference(), reference.as_deref());
                assert_eq!(documents.warnings(), findings.warnings);
            }
            (Err(error), Err(other)) => assert_eq!(error, *other),
            (quick, _) => panic!("{quick:?} is not {stepwise:?}"),
        }
        assert_eq!(workspace.warnings(), findings.warnings);
    });
}

fn step_by_step(
    engine: &Engine,
    body: &[u8],
    findings: &mut First,
) -> Result<(Option<String>, Downlinks), Error> {
    let (_, devices) = &*EVERY_DEVICE;
    let (profile, limits) = (engine.profile(), engine.limits());
    let request = CreateDownlinkRequest::read_json(body, profile, limits, findings)?
        .expect("a request where nothing is refused");
    let reference = request.external_reference.as_deref().map(str::to_owned);
    let downlinks = engine.encode_noting(&request, devices, now(), findings)?;
    Ok((reference, downlinks))
}

fn texts(documents: &Documents<'_>) -> Vec<(&'static str, String)> {
    let text = |json: &[u8]| String::from_utf8(json.to_vec()).expect("UTF-8");
    let documents = documents.iter();
    documents
        .map(|document| (document.resource, text(document.json)))
        .collect()
}

fn texts_of(downlinks: &Downlinks) -> Vec<(&'static str, String)> {
    let documents = downlinks.documents().expect("a document for each message");
    let text = |document| serde_json::to_string(document).expect("JSON");
    documents
        .iter()
        .map(|document| (document.resource(), text(document)))
        .collect()
}

/// Requests that say what the examples of all definitions say: with the device in the first record,
/// and with the device in a record of its own.
#[allow(dead_code, reason = "the fuzzers start from files")]
pub fn requests_of_examples() -> Vec<String> {
    let (engine, _) = &*EVERY_DEVICE;
    let registry = engine.registry();
    let definitions = registry.iter().filter_map(Definition::of);
    let examples = definitions.flat_map(|definition| {
        let examples = definition.examples();
        examples.map(move |example| (definition, example.instruction.to_string()))
    });
    let request = |(definition, records): (&Definition, String)| {
        let (device, protocol) = (device_of(definition.id()), definition.protocol());
        let records = records.trim_start().strip_prefix('[').unwrap_or(&records);
        let inside = records.trim_start().strip_prefix('{').unwrap_or(records);
        [
            format!(
                r#"{{"instruction":[{{"bn":"{device}",{inside},"method":{{"protocol":"{protocol}"}}}}"#
            ),
            format!(
                r#"{{"instruction":[{{"bn":"{device}"}},{records},"method":{{"protocol":"{protocol}"}},"dryRun":true,"retryLimit":3}}"#
            ),
        ]
    };
    examples.flat_map(request).collect()
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
    encoder.variables().required().fold(
        Binding::new(encoder.id()).with_max_payload(242),
        |binding, variable| binding.with_variable(variable, "1"),
    )
}
