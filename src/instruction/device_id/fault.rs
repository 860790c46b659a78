//! What is wrong with an identifier, told by the form that was meant.

use nom::Parser;
use nom::branch::alt;
use nom::combinator::all_consuming;

use crate::error::{Code, Error, did_you_mean, nearest, quote};

use super::{DEV_EUI, DVN_UUID, DeviceId, IMEI, URN, eui, imei, typed, uuid};

/// What stands behind each type.
const TYPES: [(&str, &str); 3] = [
    (DEV_EUI, "16 hexadecimal digits"),
    (IMEI, "15 or 16 digits"),
    (DVN_UUID, "a UUID"),
];
const URNS: &str = "`urn:dev:DEVEUI:`, `urn:dev:IMEI:` or `urn:dev:DVNUUID:`";

/// What is wrong with a text that is no identifier.
#[cold]
pub(super) fn malformed(text: &str) -> Error {
    let typed = strip_no_case(text, URN).unwrap_or(text);
    if let Some(error) = malformed_identifier(typed, text) {
        return error;
    }
    let error = Error::new(
        Code::InstructionDeviceId,
        format!(
            "`{}` is not a device identifier, expected {URNS} and an identifier, or a UUID",
            quote(text)
        ),
    )
    .expected(format!("{URNS} and an identifier, or a UUID"))
    .found(quote(text));
    match bare_identifier(text) {
        Some(device) => error.hint(did_you_mean(&device.to_string())),
        None => error,
    }
}

/// The device whose identifier stands there without its type.
fn bare_identifier(text: &str) -> Option<DeviceId> {
    alt((
        all_consuming(eui).map(DeviceId::DevEui),
        all_consuming(imei).map(DeviceId::Imei),
    ))
    .parse(text)
    .ok()
    .map(|(_, device)| device)
}

/// The error for an identifier of a known type, such as `deveui:12`.
fn malformed_identifier(typed: &str, text: &str) -> Option<Error> {
    let (kind, expected, identifier) = TYPES.into_iter().find_map(|(kind, expected)| {
        strip_no_case(typed, kind).map(|identifier| (kind, expected, identifier))
    })?;
    let identifier = identifier.split(':').next().unwrap_or_default();
    let length = identifier.chars().count();
    Some(
        Error::new(
            Code::InstructionDeviceId,
            format!(
                "`{}` is not a device identifier, expected {expected} after `{kind}`, found `{}` of {length} characters",
                quote(text),
                quote(identifier),
            ),
        )
        .expected(format!("{expected} after `{kind}`"))
        .found(quote(identifier)),
    )
}

/// What is wrong with a name that starts with no device.
#[cold]
pub(super) fn no_device(name: &str) -> Error {
    let Some(behind_urn) = strip_no_case(name, URN) else {
        return no_urn(name);
    };
    if let Ok((rest, device)) = typed(behind_urn) {
        return no_colon(name, rest, device);
    }
    malformed_identifier(behind_urn, name).unwrap_or_else(|| other_urn(name, behind_urn))
}

fn no_urn(name: &str) -> Error {
    let hint = match alt((typed, uuid.map(DeviceId::Uuid))).parse(name) {
        Ok((_, DeviceId::Uuid(_))) => "a UUID cannot be used in a name".to_owned(),
        Ok((_, device)) => format!("write `{device}`"),
        Err(_) => "put the device into `bn`, such as `urn:dev:DEVEUI:0059AC0000152A2B:`".to_owned(),
    };
    Error::new(
        Code::InstructionNoDevice,
        format!(
            "the name `{}` does not start with a device, expected {URNS}",
            quote(name)
        ),
    )
    .expected(URNS)
    .found(quote(name))
    .hint(hint)
}

fn other_urn(name: &str, behind_urn: &str) -> Error {
    let kind = behind_urn.split(':').next().unwrap_or_default();
    let error = Error::new(
        Code::InstructionNoDevice,
        format!(
            "the name `{}` does not start with a device that takes instructions, expected {URNS}",
            quote(name)
        ),
    )
    .expected(URNS)
    .found(format!("{URN}{}", quote(kind)));
    match nearest(kind, ["DEVEUI", "IMEI", "DVNUUID"]) {
        Some(kind) => error.hint(did_you_mean(&format!("{URN}{kind}:"))),
        None => error,
    }
}

fn no_colon(name: &str, rest: &str, device: DeviceId) -> Error {
    let found = match rest.chars().next() {
        Some(character) => format!("`{}`", quote(character.encode_utf8(&mut [0; 4]))),
        None => "the end of the name".to_owned(),
    };
    Error::new(
        Code::InstructionDeviceId,
        format!(
            "expected `:` after the device in the name `{}`, found {found}",
            quote(name)
        ),
    )
    .expected("`:`")
    .found(found)
    .hint(format!("write `{device}`"))
}

/// What stands behind a prefix, whatever the case of its letters.
fn strip_no_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}
