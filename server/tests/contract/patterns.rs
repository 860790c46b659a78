//! The patterns of the documents take what the engine takes.

use std::str::FromStr;
use std::sync::LazyLock;

use downlink::contract::{Base64String, PayloadHex};
use downlink::instruction::{DeviceId, FeedbackTimeout};
use downlink::message::lora::FPort;
use proptest::prelude::*;
use regex_lite::Regex;
use serde_json::Value;

use crate::sources::source;

fn schema(document: &str, pointer: &str) -> Value {
    let schemas = &source(document).document["components"]["schemas"];
    schemas.pointer(pointer).unwrap().clone()
}

fn pattern(document: &str, pointer: &str) -> Regex {
    Regex::new(schema(document, pointer)["pattern"].as_str().unwrap()).unwrap()
}

/// Whether a text is a duration: too short a one is, as the error says.
fn is_duration(text: &str) -> bool {
    match FeedbackTimeout::parse(text) {
        Ok(_) => true,
        Err(error) => error.code().as_str() == "request/feedback-timeout",
    }
}

#[test]
fn a_duration_has_a_figure_and_days_need_no_time() {
    let pattern = pattern("downlinks", "/SimpleDuration");
    for (text, is_taken) in [
        ("P1D", true),
        ("P1DT12H", true),
        ("PT24H", true),
        ("PT0.5S", true),
        ("PT1H30S", true),
        ("PT", false),
        ("P1DT", false),
        ("P", false),
        ("P1W", false),
        ("PT1M1H", false),
        ("PT1.1234567890S", false),
    ] {
        assert_eq!(pattern.is_match(text), is_taken, "{text}");
        assert_eq!(is_duration(text), is_taken, "{text}");
    }
}

#[test]
fn a_port_is_one_of_an_application() {
    for pointer in [
        "/PayloadHexMessage/properties/fPort",
        "/LoraMethod/properties/fPort",
    ] {
        let document = if pointer.starts_with("/Lora") {
            "downlinks"
        } else {
            "lora-downlinks"
        };
        let port = schema(document, pointer);
        let (low, high) = (
            port["minimum"].as_i64().unwrap(),
            port["maximum"].as_i64().unwrap(),
        );
        assert!(FPort::new(low).is_ok() && FPort::new(high).is_ok());
        assert!(FPort::new(low - 1).is_err() && FPort::new(high + 1).is_err());
    }
}

#[test]
fn an_external_reference_has_no_control_characters() {
    let pattern = pattern(
        "downlinks",
        "/CreateDownlinkRequest/properties/externalReference",
    );
    for character in (0..=0x2FF).filter_map(char::from_u32) {
        let text = format!("a{character}b");
        assert_eq!(pattern.is_match(&text), !character.is_control(), "{text:?}");
    }
}

static DURATION: LazyLock<Regex> = LazyLock::new(|| pattern("downlinks", "/SimpleDuration"));
static BASE64: LazyLock<Regex> = LazyLock::new(|| pattern("mqtt-downlinks", "/Base64String"));
static DVNUUID: LazyLock<Regex> = LazyLock::new(|| pattern("http-downlinks", "/DeviceId-dvnuuid"));
static PAYLOAD: LazyLock<Regex> =
    LazyLock::new(|| pattern("lora-downlinks", "/PayloadHexMessage/properties/payloadHex"));

proptest! {
    #[test]
    fn durations_are_those_of_the_engine(text in "P([0-9]{1,2}D)?(T([0-9]{1,2}H)?([0-9]{1,2}M)?([0-9]{1,2}(\\.[0-9]{0,10})?S)?)?") {
        prop_assert_eq!(DURATION.is_match(&text), is_duration(&text), "{}", text);
    }

    #[test]
    fn payloads_are_whole_bytes(text in "[0-9a-fA-F]{0,9}[g ]?") {
        prop_assert_eq!(PAYLOAD.is_match(&text), PayloadHex::parse(&text).is_ok(), "{}", text);
    }

    #[test]
    fn base64_is_padded(text in "[A-Za-z0-9+/_-]{0,9}={0,3}") {
        prop_assert_eq!(BASE64.is_match(&text), Base64String::parse(&text).is_ok(), "{}", text);
    }

    #[test]
    fn a_dvnuuid_has_all_its_digits(text in "(dvnuuid|DVNUUID):[0-9a-fA-F]{7,8}(-[0-9a-f]{4}){3}-[0-9a-f]{10,13}") {
        prop_assert_eq!(DVNUUID.is_match(&text), DeviceId::from_str(&text).is_ok(), "{}", text);
    }
}
