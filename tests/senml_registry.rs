#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
//! The tables of the crate are those of the IANA registry, neither more nor less.

use std::collections::BTreeMap;

use downlink::number::{Decimal, Rational};
use downlink::senml::unit::{Conversion, Kind, Unit};
use downlink::senml::{Label, MediaType};
use serde_json::Value as Json;

const REGISTRY: &str = include_str!("senml/senml-registry.json");

fn registry() -> Json {
    serde_json::from_str(REGISTRY).expect("JSON")
}

fn rational(json: &Json) -> Rational {
    let literal = json.to_string();
    let decimal = Decimal::from_literal(&literal).expect("a decimal");
    Rational::from_decimal(decimal).expect("held")
}

#[test]
fn the_units_are_those_of_the_registry() {
    let registry = registry();
    let mut registered: BTreeMap<&str, &Json> = BTreeMap::new();
    for unit in registry["units"].as_array().expect("units") {
        registered.insert(unit["symbol"].as_str().expect("a symbol"), unit);
    }
    let mut counts = BTreeMap::new();
    for unit in Unit::all() {
        *counts.entry(format!("{:?}", unit.kind())).or_insert(0) += 1;
        if unit.kind() == Kind::Unregistered {
            assert_eq!(unit.symbol(), "d");
            continue;
        }
        let entry = registered.remove(unit.symbol()).expect("registered");
        let kind = match (entry["kind"].as_str(), entry["not_recommended"].as_bool()) {
            (Some("secondary"), _) => Kind::Secondary,
            (Some("primary"), Some(true)) => Kind::NotRecommended,
            (Some("primary"), Some(false)) => Kind::Primary,
            other => panic!("{other:?}"),
        };
        assert_eq!(unit.kind(), kind, "{}", unit.symbol());
        if kind == Kind::Secondary {
            let primary = entry["primary_unit"].as_str().expect("a primary unit");
            assert_eq!(unit.root(), primary);
            let conversion = Conversion::between(unit.symbol(), primary).expect("a fraction");
            let scale = [&entry["scale_num"], &entry["scale_den"]].map(rational);
            assert_eq!(Some(conversion.scale()), scale[0].checked_div(scale[1]));
            assert_eq!(conversion.offset(), rational(&entry["offset_f64"]));
        }
    }
    assert!(registered.is_empty(), "{registered:?}");
    assert_eq!(counts["Primary"] + counts["NotRecommended"], 67);
    assert_eq!((counts["Secondary"], counts["Unregistered"]), (39, 1));
}

#[test]
fn the_conversion_examples_of_the_registry_hold() {
    let registry = registry();
    let examples = registry["conversion_examples"]
        .as_array()
        .expect("examples");
    for example in examples {
        let symbol = |key: &str| example[key].as_str().expect("a symbol").to_owned();
        let conversion = Conversion::between(&symbol("unit"), &symbol("primary")).expect("known");
        let result = conversion.apply(rational(&example["value"]));
        assert_eq!(result, Some(rational(&example["result"])), "{example}");
    }
    assert_eq!(examples.len(), 6);
}

#[test]
fn the_labels_are_those_of_the_registry_and_the_one_of_thingsml() {
    let registry = registry();
    let labels = registry["labels"].as_array().expect("labels");
    for entry in labels {
        let text = entry["label"].as_str().expect("a label");
        let label = Label::from_text(text).expect("known");
        let key = entry["cl"]
            .as_str()
            .map(|key| key.parse().expect("an integer"));
        assert_eq!(label.cbor_key(), key, "{text}");
    }
    assert_eq!(labels.len(), 18);
    assert_eq!(Label::ALL.len(), 19);
    assert_eq!(Label::Index.cbor_key(), Some(23));
}

#[test]
fn a_label_is_found_by_its_integer_and_by_no_other() {
    for key in (-300..300).chain([i64::MIN, i64::MAX]) {
        let mut labels = Label::ALL.iter();
        let own = labels.find(|label| label.cbor_key() == Some(key));
        assert_eq!(Label::from_cbor_key(key).as_ref(), own, "{key}");
    }
}

#[test]
fn the_media_types_are_those_of_the_registry() {
    let registry = registry();
    let entries = registry["content_formats"].as_array().expect("media types");
    for entry in entries {
        let name = entry["media_type"].as_str().expect("a name");
        let media_type = MediaType::from_name(name).expect("known");
        assert_eq!(
            u64::from(media_type.content_format()),
            entry["id"].as_u64().expect("an id")
        );
        assert_eq!(
            media_type.extension(),
            entry["ext"].as_str().expect("an extension")
        );
        let by_number = MediaType::from_content_format(media_type.content_format());
        assert_eq!(by_number, Some(media_type));
        assert_eq!(
            MediaType::from_extension(media_type.extension()),
            Some(media_type)
        );
    }
    assert_eq!((entries.len(), MediaType::ALL.len()), (10, 10));
    assert!(MediaType::from_name("application/senml+json; charset=utf-8").is_err());
}

#[test]
fn units_that_are_not_recommended_can_be_converted() {
    let registry = registry();
    let mut counts = (0, 0);
    for entry in registry["units"].as_array().expect("units") {
        let Some(derived) = entry.get("derived_equivalent") else {
            continue;
        };
        let symbol = entry["symbol"].as_str().expect("a symbol");
        let unit = derived["unit"].as_str().expect("a unit");
        let scale = derived["scale"].as_str().expect("a scale");
        let conversion = Conversion::between(symbol, unit);
        if scale.starts_with("pi") {
            assert!(conversion.is_err(), "{symbol}");
            counts.1 += 1;
            continue;
        }
        let (numerator, denominator) = scale.split_once('/').unwrap_or((scale, "1"));
        let scale = Rational::new(numerator.parse().unwrap(), denominator.parse().unwrap());
        assert_eq!(
            Some(conversion.expect("a fraction").scale()),
            scale,
            "{symbol}"
        );
        counts.0 += 1;
    }
    assert_eq!(counts, (8, 1));
}
