//! Generates valid packs: every base field and value type, units, sums, relative and absolute times.

use downlink::number::{Decimal, Number};
use downlink::senml::{Content, Label, Pack};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// A field that is given to the builder.
pub(crate) type Field = (Label, Content<'static>);

/// Integers, decimals and doubles, none so far from the others that a sum is not exact.
pub(crate) fn number() -> impl Strategy<Value = Number> {
    prop_oneof![
        any::<i32>().prop_map(|integer| Number::from(i64::from(integer))),
        any::<u64>().prop_map(Number::from),
        (-10_i64.pow(15)..10_i64.pow(15), -6..4_i32).prop_map(|(coefficient, exponent)| {
            Number::from(Decimal::new(coefficient.into(), exponent).expect("held"))
        }),
        (-1e6..1e6_f64).prop_map(|double| Number::from_f64(double).expect("finite")),
    ]
}

fn name() -> impl Strategy<Value = String> {
    "[A-Za-z0-9][A-Za-z0-9:./_-]{0,8}"
}

fn unit() -> impl Strategy<Value = String> {
    prop_oneof![Just("Cel"), Just("V"), Just("km/h"), Just("furlong")].prop_map(str::to_owned)
}

fn value() -> impl Strategy<Value = Field> {
    prop_oneof![
        number().prop_map(|number| (Label::Value, Content::Number(number))),
        any::<String>().prop_map(|text| (Label::StringValue, Content::String(text.into()))),
        any::<bool>().prop_map(|boolean| (Label::BooleanValue, Content::Boolean(boolean))),
        vec(any::<u8>(), 0..20).prop_map(|bytes| (Label::DataValue, Content::Data(bytes.into()))),
        Just((Label::ObjectLink, Content::String("66:0".into()))),
    ]
}

fn text(label: Label, strategy: impl Strategy<Value = String>) -> impl Strategy<Value = Field> {
    strategy.prop_map(move |text| (label, Content::String(text.into())))
}

fn numeric(label: Label) -> impl Strategy<Value = Field> {
    number().prop_map(move |number| (label, Content::Number(number)))
}

fn time(label: Label) -> impl Strategy<Value = Field> {
    let seconds = prop_oneof![-1000..1000_i64, 1_600_000_000..1_700_000_000_i64];
    (seconds, -3..1_i32).prop_map(move |(seconds, exponent)| {
        let decimal = Decimal::new(seconds.into(), exponent).expect("held");
        (label, Content::Number(decimal.into()))
    })
}

/// Base fields, each of which may be there and may be empty or nought.
fn base_fields() -> impl Strategy<Value = Vec<Field>> {
    (
        option::weighted(
            0.3,
            text(Label::BaseName, prop_oneof![name(), Just(String::new())]),
        ),
        option::weighted(0.2, time(Label::BaseTime)),
        option::weighted(
            0.2,
            text(Label::BaseUnit, prop_oneof![unit(), Just(String::new())]),
        ),
        option::weighted(0.2, numeric(Label::BaseValue)),
        option::weighted(0.1, numeric(Label::BaseSum)),
        option::weighted(0.2, text(Label::BaseContentFormat, Just("60".to_owned()))),
    )
        .prop_map(|(name, time, unit, value, sum, format)| {
            [name, time, unit, value, sum, format]
                .into_iter()
                .flatten()
                .collect()
        })
}

/// The fields of one record, in any order. The name is always there, so that no base name can
/// leave a record without one.
pub(crate) fn record() -> impl Strategy<Value = Vec<Field>> {
    let own = (
        text(Label::Name, name()),
        value(),
        option::weighted(0.4, text(Label::Unit, unit())),
        option::weighted(0.4, time(Label::Time)),
        option::weighted(0.2, numeric(Label::Sum)),
        option::weighted(0.2, numeric(Label::UpdateTime)),
        option::weighted(0.2, text(Label::ContentFormat, Just("text/csv".to_owned()))),
    );
    (base_fields(), own)
        .prop_map(
            |(mut fields, (name, value, unit, time, sum, update_time, format))| {
                fields.extend([name, value]);
                fields.extend([unit, time, sum, update_time, format].into_iter().flatten());
                fields
            },
        )
        .prop_shuffle()
}

/// The records of a pack; the version, if there is one, in the first.
pub(crate) fn records() -> impl Strategy<Value = Vec<Vec<Field>>> {
    let base_only = base_fields().prop_filter("a record has a field", |fields| !fields.is_empty());
    let any_record = prop_oneof![9 => record(), 1 => base_only];
    let version = option::weighted(0.3, prop_oneof![Just(5_u64), Just(26_u64)]);
    (version, record(), vec(any_record, 0..6)).prop_map(|(version, first, mut rest)| {
        let mut first = first;
        if let Some(version) = version {
            first.push((Label::BaseVersion, Content::Number(version.into())));
        }
        rest.insert(0, first);
        rest
    })
}

/// The pack of these records.
pub(crate) fn build(records: &[Vec<Field>]) -> Pack<'static> {
    let mut builder = Pack::builder();
    for record in records {
        builder = builder.record();
        for (label, content) in record {
            builder = builder.field(*label, content.clone());
        }
    }
    builder.build().expect("a valid pack")
}

/// A valid pack.
pub(crate) fn pack() -> impl Strategy<Value = Pack<'static>> {
    records().prop_map(|records| build(&records))
}

/// Unknown members with any JSON, which a reader ignores.
pub(crate) fn unknown_members() -> impl Strategy<Value = Vec<(String, serde_json::Value)>> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<String>().prop_map(serde_json::Value::from),
    ];
    let json = leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            btree_map("[a-z]{1,4}", inner, 0..4)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    });
    btree_map("x[a-z]{0,4}", json, 0..3).prop_map(|map| map.into_iter().collect())
}

/// Records of the labels that plain ones have and of some others, of which some are refused: names
/// and times come again, labels too, and some contents are of the wrong type.
pub(crate) fn nearly_plain() -> impl Strategy<Value = Vec<Vec<(Label, Json)>>> {
    let plain = (
        content(Label::Name, &[json!("a"), json!("b"), json!("a")]),
        content(Label::Value, &[json!(1), json!(-0.5), json!(20.0)]),
    );
    let other = prop_oneof![
        content(
            Label::Unit,
            &[
                json!("Cel"),
                json!("%"),
                json!("ms"),
                json!("furlong"),
                json!("")
            ]
        ),
        content(
            Label::Time,
            &[json!(0), json!(1), json!(1.0), json!(-1.5), json!(1e-12)]
        ),
        content(
            Label::BaseTime,
            &[json!(1_700_000_000), json!(1_699_999_999), json!(1e40)]
        ),
        content(
            Label::BaseName,
            &[json!("urn:x:"), json!("-"), json!(""), json!(true)]
        ),
        content(Label::BaseUnit, &[json!("%"), json!("Cel")]),
        content(Label::BaseValue, &[json!(1), json!(1e300)]),
        content(Label::BaseSum, &[json!(0)]),
        content(Label::BaseVersion, &[json!(10), json!(26), json!(3)]),
        content(Label::Name, &[json!("-"), json!("\u{e9}"), json!(1)]),
        content(Label::Value, &[json!(1e300), json!("1")]),
        content(
            Label::StringValue,
            &[json!("on"), json!("\n"), json!("\u{e9}")]
        ),
        content(Label::BooleanValue, &[json!(true), json!(false), json!(0)]),
        content(Label::Sum, &[json!(1)]),
        content(Label::ContentFormat, &[json!("60")]),
    ];
    let record = (option::weighted(0.9, plain), vec(other, 0..3)).prop_map(|(plain, others)| {
        let plain = plain.into_iter().flat_map(|(name, value)| [name, value]);
        others.into_iter().chain(plain).collect::<Vec<_>>()
    });
    vec(record.prop_shuffle(), 1..6)
}

fn content(label: Label, contents: &[Json]) -> impl Strategy<Value = (Label, Json)> + use<> {
    let contents = contents.to_vec();
    prop::sample::select(contents).prop_map(move |content| (label, content))
}

/// The records in JSON, as they are.
pub(crate) fn json(records: &[Vec<(Label, Json)>]) -> String {
    let list = |items: Vec<String>| items.join(",");
    let field = |(label, content): &(Label, Json)| format!("\"{label}\":{content}");
    let record = |fields: &Vec<_>| format!("{{{}}}", list(fields.iter().map(field).collect()));
    format!("[{}]", list(records.iter().map(record).collect()))
}

/// The records in CBOR, as they are.
pub(crate) fn cbor(records: &[Vec<(Label, Json)>]) -> Vec<u8> {
    let key = |label: Label| match label.cbor_key() {
        Some(key) => ciborium::Value::from(key),
        None => ciborium::Value::from(label.as_str()),
    };
    let field = |(label, content): &(Label, Json)| {
        let content = ciborium::Value::serialized(content).expect("has a form");
        (key(*label), content)
    };
    let record = |fields: &Vec<_>| ciborium::Value::Map(fields.iter().map(field).collect());
    let records = ciborium::Value::Array(records.iter().map(record).collect());
    let mut bytes = Vec::new();
    ciborium::into_writer(&records, &mut bytes).expect("written");
    bytes
}
