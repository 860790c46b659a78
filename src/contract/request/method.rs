//! The `method` of a request, whose fields depend on its protocol.

use crate::error::{Code, Error, Placed, Sink, did_you_mean, nearest, quote};
use crate::json::{Kind, Scanner};

use crate::message::Protocol;
use crate::message::lora::FPort;

use super::super::method::Method;
use super::envelope;
use super::member::{self, Name, Value};

const POINTER: &str = "/method";
const PROTOCOL: &str = "protocol";
const F_PORT: &str = "fPort";
const TOPIC: &str = "topic";
const CONTENT_TYPE: &str = "contentType";

/// The fields of a method, in the order of the schema.
/// What errors list.
const KNOWN_PROTOCOLS: &str = "`LORA`, `MQTT`, `SMS` or `HTTP`";

fn fields(protocol: Protocol) -> &'static [&'static str] {
    match protocol {
        Protocol::Http | Protocol::Sms => &[PROTOCOL],
        Protocol::Lora => &[PROTOCOL, F_PORT],
        Protocol::Mqtt => &[PROTOCOL, TOPIC, CONTENT_TYPE],
    }
}

/// Reads the method at which the scanner stands; none if something is wrong with it.
pub(super) fn read<'a>(
    scanner: &mut Scanner<'a>,
    sink: &mut Placed<'_, '_>,
) -> Result<Option<Method<'a>>, Error> {
    let kind = scanner.kind()?;
    let start = scanner.offset();
    if kind != Kind::Object {
        scanner.skip()?;
        sink.error(no_object(kind).at_pointer(POINTER).at_offset(start))?;
        return Ok(None);
    }
    let mut members = Vec::with_capacity(3);
    let mut sequence = scanner.object()?;
    while let Some(name) = member::next(scanner, &mut sequence)? {
        members.push((name, Value::skip(scanner)?));
    }
    let Some(protocol) = protocol(&members, start, sink)? else {
        return Ok(None);
    };
    let mut method = Method::from(protocol);
    let mut is_sound = true;
    for (index, (name, value)) in members.iter().enumerate() {
        let is_second = members
            .iter()
            .take(index)
            .any(|(earlier, _)| earlier.text == name.text);
        let set = if is_second {
            Err(member::duplicate(POINTER, name))
        } else {
            set(&mut method, name, *value)
        };
        if let Err(error) = set {
            is_sound = false;
            sink.error(error)?;
        }
    }
    Ok(is_sound.then_some(method))
}

/// The discriminator, by which all else is read.
fn protocol(
    members: &[(Name<'_>, Value<'_>)],
    start: usize,
    sink: &mut Placed<'_, '_>,
) -> Result<Option<Protocol>, Error> {
    let Some((_, value)) = members.iter().find(|(name, _)| name.text == PROTOCOL) else {
        sink.error(member::missing(POINTER, PROTOCOL, start).hint(KNOWN_PROTOCOLS))?;
        return Ok(None);
    };
    let protocol = value
        .string(PROTOCOL)
        .map_err(|error| error.hint(KNOWN_PROTOCOLS))
        .and_then(|text| text.parse::<Protocol>());
    match protocol {
        Ok(protocol) => Ok(Some(protocol)),
        Err(error) => {
            sink.error(value.place(error, &member::pointer(POINTER, PROTOCOL)))?;
            Ok(None)
        }
    }
}

fn set<'a>(method: &mut Method<'a>, name: &Name<'_>, value: Value<'a>) -> Result<(), Error> {
    let set = match (&mut *method, &*name.text) {
        (_, PROTOCOL) => Ok(()),
        (Method::Lora(method), F_PORT) => f_port(value).map(|f_port| method.f_port = Some(f_port)),
        (Method::Mqtt(method), TOPIC) => {
            value.string(TOPIC).map(|topic| method.topic = Some(topic))
        }
        (Method::Mqtt(method), CONTENT_TYPE) => value
            .string(CONTENT_TYPE)
            .map(|content_type| method.content_type = Some(content_type)),
        _ => return Err(unknown(method.protocol(), name)),
    };
    set.map_err(|error| value.place(error, &member::pointer(POINTER, &name.text)))
}

fn f_port(value: Value<'_>) -> Result<FPort, Error> {
    FPort::new(value.integer(F_PORT)?)
}

#[cold]
fn no_object(kind: Kind) -> Error {
    let found = kind.name();
    Error::new(
        Code::RequestType,
        format!("`method` is {found}, expected an object"),
    )
    .expected("an object")
    .found(found)
    .hint(r#"write `{"protocol": "LORA"}`"#)
}

#[cold]
fn unknown(protocol: Protocol, name: &Name<'_>) -> Error {
    let shown = quote(&name.text);
    let error = Error::new(
        Code::RequestUnknownField,
        format!("a `method` of {protocol} has no field `{shown}`"),
    )
    .expected(fields(protocol).join(", "))
    .found(shown)
    .at_pointer(member::pointer(POINTER, &name.text))
    .at_offset(name.at);
    match hint(protocol, &name.text) {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

fn hint(protocol: Protocol, name: &str) -> Option<String> {
    let other = Protocol::ALL
        .into_iter()
        .find(|other| fields(**other).contains(&name));
    if let Some(other) = other {
        return Some(format!("`{name}` is a field of {other}"));
    }
    if envelope::FIELDS.contains(&name) {
        return Some(format!("`{name}` stands beside `method`"));
    }
    nearest(name, fields(protocol).iter().copied()).map(did_you_mean)
}
