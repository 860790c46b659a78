//! Laws of durations, device identifiers and payload texts.

use std::time::Duration;

use downlink::contract::{Base64String, PayloadHex};
use downlink::error::Position;
use downlink::instruction::{DeviceId, FeedbackTimeout, Imei, SimpleDuration};
use proptest::prelude::*;

use crate::validator::{matches, table};

fn pattern(resource: &str, schema: &str) -> &'static str {
    table(resource)["schemas"][schema]["pattern"]
        .as_str()
        .unwrap()
}

fn is_of_contract(device: &str) -> bool {
    const UUID: &str = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$";
    let forms = table("/lora/downlinks")["schemas"]["DeviceId"]["oneOf"]
        .as_array()
        .unwrap();
    assert_eq!(forms.len(), 7);
    matches(UUID, device)
        || forms
            .iter()
            .skip(1)
            .any(|form| matches(pattern("/lora/downlinks", form.as_str().unwrap()), device))
}

fn device() -> impl Strategy<Value = DeviceId> {
    prop_oneof![
        any::<u128>().prop_map(DeviceId::Uuid),
        any::<u128>().prop_map(DeviceId::DvnUuid),
        any::<u64>().prop_map(DeviceId::DevEui),
        "[0-9]{15,16}".prop_map(|digits| DeviceId::Imei(Imei::new(&digits).unwrap())),
    ]
}

/// Every way to write a device, in changing case.
fn forms(device: DeviceId) -> Vec<String> {
    let canonical = device.to_string();
    let urn = canonical.trim_end_matches(':');
    let mut forms = vec![
        canonical.clone(),
        urn.to_owned(),
        canonical
            .replace("urn:dev:", "")
            .trim_end_matches(':')
            .to_owned(),
    ];
    for form in forms.clone() {
        forms.extend([form.to_lowercase(), form.to_uppercase()]);
    }
    forms
}

proptest! {
    #[test]
    fn a_duration_is_read_back_as_it_was_written(seconds in any::<u64>(), nanoseconds in 0..1_000_000_000_u32) {
        let duration = SimpleDuration::from(Duration::new(seconds, nanoseconds));
        let written = duration.to_string();
        prop_assert!(matches(pattern("/downlinks", "SimpleDuration"), &written), "{}", written);
        prop_assert_eq!(SimpleDuration::parse(&written)?, duration);
    }

    #[test]
    fn units_add_up(days in 0..1_000_u64, hours in 0..100_u64, minutes in 0..100_u64, seconds in 0..100_u64) {
        let written = format!("P{days}DT{hours}H{minutes}M{seconds}S");
        let sum = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
        prop_assert_eq!(SimpleDuration::parse(&written)?.seconds(), sum);
    }

    #[test]
    fn what_looks_like_a_duration_is_taken_as_the_contract_means_it(text in "P([0-9]D)?(T?([0-9]{1,2}H)?([0-9]{1,2}M)?([0-9]{1,2}(\\.[0-9]{0,10})?S)?)?") {
        let is_published = matches(pattern("/downlinks", "SimpleDuration"), &text);
        let is_empty_time = text.ends_with('T');
        let is_days_only = text.ends_with('D');
        prop_assert_eq!(SimpleDuration::parse(&text).is_ok(), (is_published && !is_empty_time) || is_days_only);
    }

    #[test]
    fn a_feedback_timeout_is_ten_minutes_or_more(seconds in 0..1_200_u64, nanoseconds in 0..1_000_000_000_u32) {
        let duration = Duration::new(seconds, nanoseconds);
        prop_assert_eq!(FeedbackTimeout::new(duration).is_ok(), duration >= Duration::from_secs(600));
    }

    #[test]
    fn every_form_of_a_device_is_the_device(device in device()) {
        let forms = forms(device);
        prop_assert!(forms.len() >= 9);
        for form in forms {
            prop_assert!(is_of_contract(&form), "{}", form);
            prop_assert_eq!(DeviceId::parse(&form)?, device);
        }
        let json = serde_json::to_string(&device).unwrap();
        prop_assert_eq!(serde_json::from_str::<DeviceId>(&json).unwrap(), device);
    }

    #[test]
    fn what_is_taken_as_a_device_is_one_of_the_contract(text in "(urn:dev:)?(imei:|deveui:|dvnuuid:|DevEUI:|mac:)?[0-9a-fA-F]{8}(-[0-9a-f]{4}){0,4}[0-9a-f]{6,12}:?") {
        if let Ok(device) = DeviceId::parse(&text) {
            prop_assert!(is_of_contract(&text), "{}", text);
            prop_assert!(is_of_contract(&device.to_string()));
        }
    }

    #[test]
    fn a_name_gives_its_device_and_path_wherever_it_is_cut(device in device(), path in "[a-z0-9/:.-]{0,20}", cut in any::<prop::sample::Index>()) {
        let name = format!("{device}{path}");
        let (base, local) = name.split_at(cut.index(name.len() + 1));
        let found = DeviceId::from_name_pieces(base, local).map(|(device, path)| (device, path.into_owned()));
        // A bare UUID has no URN to stand in a name.
        let has_urn = !matches!(device, DeviceId::Uuid(_));
        prop_assert_eq!(found.ok(), has_urn.then_some((device, path)));
    }

    #[test]
    fn a_position_counts_lines_characters_and_code_units(text in "[a\n\u{e9}\u{1f600}]{0,30}", offset in 0..140_usize) {
        let (mut line, mut column, mut utf16_column) = (1, 1, 1);
        for (_, character) in text.char_indices().take_while(|(at, _)| *at < offset) {
            (line, column, utf16_column) = match character {
                '\n' => (line + 1, 1, 1),
                other => (line, column + 1, utf16_column + other.len_utf16()),
            };
        }
        let found = Position::in_text(&text, offset);
        prop_assert_eq!(found, Position::Text { line, column, utf16_column });
        prop_assert_eq!(found.to_string(), format!("line {line}, column {column}"));
    }

    #[test]
    fn nothing_makes_the_parsers_panic(text in any::<String>(), more in any::<String>()) {
        let _ = DeviceId::parse(&text);
        let _ = DeviceId::from_name_pieces(&text, &more);
        let _ = DeviceId::split_name(&format!("urn:dev:deveui:{text}"));
        let _ = SimpleDuration::parse(&format!("P{text}"));
        let _ = downlink::contract::CreateDownlinkRequest::from_json(text.as_bytes());
    }

    #[test]
    fn bytes_survive_as_hex_and_as_base64(bytes in prop::collection::vec(any::<u8>(), 1..64)) {
        let hex = PayloadHex::from_bytes(&bytes)?;
        prop_assert!(matches(pattern_of_payload_hex(), hex.as_str()));
        prop_assert_eq!(PayloadHex::parse(&hex.as_str().to_lowercase())?.to_bytes(), bytes.clone());
        let base64 = Base64String::from_bytes(&bytes);
        prop_assert!(matches(pattern("/mqtt/downlinks", "Base64String"), base64.as_str()));
        prop_assert_eq!(base64.to_bytes(), bytes);
    }

    #[test]
    fn base64_is_what_the_pattern_takes(text in "[A-Za-z0-9+/_-]{0,9}={0,3}") {
        let is_published = matches(pattern("/mqtt/downlinks", "Base64String"), &text);
        prop_assert_eq!(Base64String::parse(&text).is_ok(), is_published);
    }

    #[test]
    fn hex_is_what_the_pattern_takes_in_whole_bytes(text in "[A-Fa-f0-9g]{0,9}") {
        let is_published = matches(pattern_of_payload_hex(), &text);
        prop_assert_eq!(PayloadHex::parse(&text).is_ok(), is_published && text.len() % 2 == 0);
    }
}

fn pattern_of_payload_hex() -> &'static str {
    let fields = table("/lora/downlinks")["schemas"]["PayloadHexMessage"]["fields"]
        .as_array()
        .unwrap();
    let field = fields
        .iter()
        .find(|field| field["name"] == "payloadHex")
        .unwrap();
    field["pattern"].as_str().unwrap()
}
