//! The texts of what can be wrong with a pack, one function a rule.

use crate::error::{Code, Error, quote};
use crate::number::{Decimal, Number};

use super::label::{ContentKind, Label};
use super::name::Fault;
use super::thingsml;
use super::unit::Unit;

#[cold]
pub(super) fn duplicate(label: &str) -> Error {
    Error::new(
        Code::SenmlDuplicateLabel,
        format!("duplicate label `{label}` in the record"),
    )
    .expected("each label at most once")
}

#[cold]
pub(super) fn wrong_type(label: Label, found: &str) -> Error {
    let expected = match label.content_kind() {
        ContentKind::Number => "a number",
        ContentKind::Version => "a positive integer",
        ContentKind::Index => "an integer",
        ContentKind::String => "a string",
        ContentKind::Boolean => "a boolean",
        ContentKind::Data => "data",
    };
    Error::new(
        Code::SenmlType,
        format!("`{label}` takes {expected}, not {found}"),
    )
    .expected(expected)
    .found(found)
}

#[cold]
pub(super) fn too_long(what: &str, length: usize, limit: usize) -> Error {
    Error::new(
        Code::LimitString,
        format!("`{what}` has {length} bytes, expected at most {limit}"),
    )
    .expected(format!("at most {limit} bytes"))
    .found(length.to_string())
}

#[cold]
pub(super) fn must_understand(label: &str) -> Error {
    Error::new(
        Code::SenmlMustUnderstand,
        format!(
            "the label `{}` must be understood, and is not known",
            quote(label)
        ),
    )
    .found(quote(label))
    .rule("X2")
}

#[cold]
pub(super) fn not_registered(label: &str) -> Error {
    Error::new(
        Code::SenmlUnknownLabel,
        format!("the label `{}` is not known and is ignored", quote(label)),
    )
    .found(quote(label))
    .rule("X1")
}

#[cold]
pub(super) fn empty_record() -> Error {
    Error::new(Code::SenmlNoValue, "the record has no fields")
        .expected("a name and a value")
        .rule("B3")
}

#[cold]
pub(super) fn not_a_version(number: Number) -> Error {
    Error::new(
        Code::SenmlVersion,
        format!("`bver` is {number}, expected a positive integer"),
    )
    .expected("a positive integer")
    .found(number.to_string())
    .rule("V1")
}

#[cold]
pub(super) fn not_understood(version: u64) -> Error {
    Error::new(
        Code::SenmlVersion,
        format!("version {version} has features that are not understood"),
    )
    .expected("10, or 26 with secondary units")
    .found(version.to_string())
    .rule("V3")
}

#[cold]
pub(super) fn mixed_version(first: u64, own: u64) -> Error {
    Error::new(
        Code::SenmlMixedVersion,
        format!("the record has version {own}, the ones before it {first}"),
    )
    .expected(first.to_string())
    .found(own.to_string())
    .hint("a pack whose first record gives no version has version 10")
    .rule("V1")
}

#[cold]
pub(super) fn not_content_format(text: &str) -> Error {
    Error::new(
        Code::SenmlContentFormat,
        format!("`{}` is not a content format", quote(text)),
    )
    .expected("a number up to 65535, or a media type such as `text/csv`")
    .found(quote(text))
    .rule("T1")
}

#[cold]
pub(super) fn not_object_link(text: &str) -> Error {
    Error::new(
        Code::SenmlObjectLink,
        format!("`{}` is not an object link", quote(text)),
    )
    .expected("an object and its instance, such as `66:0`")
    .found(quote(text))
    .rule("N4")
}

#[cold]
pub(super) fn unknown_index(number: Number) -> Error {
    let (first, last) = (
        thingsml::TABLE.first().map_or(0, |entry| entry.index),
        thingsml::TABLE.last().map_or(0, |entry| entry.index),
    );
    Error::new(
        Code::SenmlIndex,
        format!("`i_` is {number}, which is not in the table of ThingsML"),
    )
    .expected(format!("an integer from {first} to {last}"))
    .found(number.to_string())
    .rule("X2")
}

#[cold]
pub(super) fn many_values(first: &str, second: &str) -> Error {
    Error::new(
        Code::SenmlManyValues,
        format!("the record has a value in `{first}` and another in `{second}`"),
    )
    .expected("one value")
    .rule("B3")
}

#[cold]
pub(super) fn no_name() -> Error {
    Error::new(
        Code::SenmlNameMissing,
        "the record has no name, and there is no base name",
    )
    .expected("`n`, or a base name before it")
    .rule("N3")
}

#[cold]
pub(super) fn long_name(length: usize, limit: usize) -> Error {
    Error::new(
        Code::LimitString,
        format!("base name and name have {length} bytes, expected at most {limit}"),
    )
    .expected(format!("at most {limit} bytes"))
    .found(length.to_string())
}

#[cold]
pub(super) fn bad_name(what: &str, name: &str, fault: Fault) -> Error {
    let (message, found, expected) = match fault {
        Fault::Start(character) => (
            "cannot start with",
            character,
            "a letter or a digit first (RFC 8428 §4.5.1)",
        ),
        Fault::Inside(character) => (
            "cannot contain",
            character,
            "letters, digits, `-`, `:`, `.`, `/` and `_` (RFC 8428 §4.5.1)",
        ),
        Fault::Missing => ("cannot be", ' ', "a name"),
    };
    let is_lwm2m = matches!(fault, Fault::Start('/'));
    let found = quote(found.encode_utf8(&mut [0; 4]));
    let error = Error::new(
        Code::SenmlNameCharacter,
        format!("the {what} `{name}` {message} `{found}`"),
    )
    .expected(expected)
    .found(found);
    if is_lwm2m {
        return error
            .hint("LwM2M names start like this, and the profile `lwm2m` takes them")
            .rule("N4");
    }
    error.rule("N2")
}

#[cold]
pub(super) fn same_name_and_time(name: &str, other: usize) -> Error {
    Error::new(
        Code::SenmlOrder,
        format!(
            "`{}` has the name and the time of record {other}",
            quote(name)
        ),
    )
    .hint("the last one decides where they are commands")
    .rule("B14")
}

/// A label that a FETCH pack must not have.
#[cold]
pub(super) fn not_for_fetch(label: &str) -> Error {
    Error::new(
        Code::SenmlFetch,
        format!("a FETCH pack cannot contain `{}`", quote(label)),
    )
    .expected("`n`, `bn`, `t`, `bt`, `u`, `bu`")
    .found(quote(label))
    .rule("F1")
}

#[cold]
pub(super) fn unknown_unit(unit: &str) -> Error {
    Error::new(
        Code::SenmlUnit,
        format!("the unit `{}` is not registered", quote(unit)),
    )
    .found(quote(unit))
    .rule("U1")
    .suggest_key(unit, Unit::all().map(Unit::symbol))
}

#[cold]
pub(super) fn unit_not_recommended(unit: &str) -> Error {
    let error = Error::new(
        Code::SenmlUnit,
        format!("the unit `{unit}` is not recommended"),
    )
    .found(unit)
    .rule("U2");
    match Unit::find(unit).map(Unit::root) {
        Some(root) if root != unit => error.expected(root),
        _ => error,
    }
}

#[cold]
pub(super) fn secondary_unit(unit: &str) -> Error {
    let primary = Unit::find(unit).map(Unit::root).unwrap_or_default();
    Error::new(
        Code::SenmlUnit,
        format!("the unit `{unit}` is a secondary one, which this version does not have"),
    )
    .expected(primary)
    .found(unit)
    .hint("with `\"bver\": 26` it is legal (RFC 9100 §4)")
    .rule("U4")
}

#[cold]
pub(super) fn no_ratio(value: Decimal) -> Error {
    Error::new(
        Code::SenmlUnit,
        format!("the unit `%` is a ratio from 0 to 1, and the value is {value}"),
    )
    .expected("0 to 1")
    .found(value.to_string())
    .hint("percent is `/100`, or `%RH` or `%EL`")
    .rule("U3")
}

#[cold]
pub(super) fn not_an_array(found: &str) -> Error {
    Error::new(
        Code::SenmlRoot,
        format!("a pack is an array of records, not {found}"),
    )
    .expected("an array of records")
    .found(found)
    .rule("J1")
}

#[cold]
pub(super) fn not_a_record(found: &str) -> Error {
    Error::new(
        Code::SenmlRoot,
        format!("a record is a map from labels to values, not {found}"),
    )
    .expected("an object in JSON, a map in CBOR")
    .found(found)
    .rule("J1")
}

#[cold]
pub(super) fn not_a_label(found: &str) -> Error {
    Error::new(
        Code::SenmlType,
        format!("a label is an integer or text, not {found}"),
    )
    .expected("an integer or text")
    .found(found)
    .rule("C3")
}

#[cold]
pub(super) fn too_many_records(limit: usize) -> Error {
    Error::new(
        Code::LimitRecords,
        format!("the pack has more than {limit} records"),
    )
    .expected(format!("at most {limit} records"))
    .at_record(limit, None)
}

#[cold]
pub(super) fn not_exact(double: f64) -> Error {
    Error::new(
        Code::SenmlNumber,
        format!("the number cannot be represented exactly, only as {double:e}"),
    )
    .expected("at most 34 digits and an exponent of at most 60")
    .rule("J8")
}

#[cold]
pub(super) fn says_nothing(is_empty: bool) -> Error {
    let error = if is_empty {
        Error::new(Code::SenmlEmptyPack, "the pack is empty").rule("J2")
    } else {
        Error::new(Code::SenmlEmptyPack, "the pack has base fields only").rule("B12")
    };
    error.expected("at least one record with a value or a sum")
}
