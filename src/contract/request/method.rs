//! The `method` of a request, whose fields depend on its protocol.

use crate::error::{Code, Error, Placed, Sink, did_you_mean, nearest, quote};
use crate::json::{Kind, Scanner};

use crate::message::Protocol;
use crate::message::lora::FPort;

use super::super::method::Method;
use super::envelope;
use super::member::{self, Name, Seen, Value};

const POINTER: &str = "/method";
const PROTOCOL: &str = "protocol";
const F_PORT: &str = "fPort";
const TOPIC: &str = "topic";
const CONTENT_TYPE: &str = "contentType";

/// A bit for each field of a method, of whatever protocol.
const BITS: [u8; 3] = [1, 2, 4];

/// What errors list.
const KNOWN_PROTOCOLS: &str = "`LORA`, `MQTT`, `SMS` or `HTTP`";

/// The fields of a method, in the order of the schema.
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
    let Some(protocol) = protocol(scanner.clone(), sink)? else {
        scanner.skip()?;
        return Ok(None);
    };
    let mut draft = Draft {
        method: Method::from(protocol),
        seen: Seen::default(),
    };
    let mut is_sound = true;
    let mut members = scanner.object()?;
    while let Some(name) = member::next(scanner, &mut members)? {
        let value = Value::read(scanner)?;
        if let Err(error) = draft.take(&name, &value) {
            is_sound = false;
            sink.error(error)?;
        }
    }
    Ok(is_sound.then_some(draft.method))
}

/// The discriminator, by which all else is read; as a rule it stands first.
fn protocol(mut ahead: Scanner<'_>, sink: &mut Placed<'_, '_>) -> Result<Option<Protocol>, Error> {
    let start = ahead.offset();
    let mut members = ahead.object()?;
    while let Some(name) = member::next(&mut ahead, &mut members)? {
        let value = Value::read(&mut ahead)?;
        if name.text != PROTOCOL {
            continue;
        }
        let protocol = value
            .string(PROTOCOL)
            .map_err(|error| error.hint(KNOWN_PROTOCOLS))
            .and_then(|text| text.parse::<Protocol>());
        return match protocol {
            Ok(protocol) => Ok(Some(protocol)),
            Err(error) => sink
                .error(value.place(error, &member::pointer(POINTER, PROTOCOL)))
                .map(|()| None),
        };
    }
    sink.error(member::missing(POINTER, PROTOCOL, start).hint(KNOWN_PROTOCOLS))?;
    Ok(None)
}

/// What has been read so far.
struct Draft<'a> {
    method: Method<'a>,
    seen: Seen,
}

impl<'a> Draft<'a> {
    fn take(&mut self, name: &Name<'_>, value: &Value<'a>) -> Result<(), Error> {
        let protocol = self.method.protocol();
        let fields = fields(protocol).iter().zip(BITS);
        let mut known = fields.filter(|(field, _)| **field == name.text);
        let Some((field, bit)) = known.next() else {
            return Err(unknown(protocol, name));
        };
        if !self.seen.insert(bit) {
            return Err(member::duplicate(POINTER, name));
        }
        self.set(field, value)
            .map_err(|error| value.place(error, &member::pointer(POINTER, field)))
    }

    fn set(&mut self, field: &str, value: &Value<'a>) -> Result<(), Error> {
        match (&mut self.method, field) {
            (Method::Lora(method), F_PORT) => method.f_port = Some(f_port(value)?),
            (Method::Mqtt(method), TOPIC) => method.topic = Some(value.string(TOPIC)?),
            (Method::Mqtt(method), CONTENT_TYPE) => {
                method.content_type = Some(value.string(CONTENT_TYPE)?);
            }
            // The protocol itself has been read.
            _ => {}
        }
        Ok(())
    }
}

fn f_port(value: &Value<'_>) -> Result<FPort, Error> {
    FPort::new(value.integer(F_PORT)?).map_err(|error| {
        if value.is_small() {
            return error;
        }
        // The literal, as it was written, says more than the number that it overflows to.
        let literal = value.literal();
        Error::new(
            error.code(),
            format!("the port is {literal}, expected 1 to 223"),
        )
        .expected("1 to 223")
        .found(literal)
    })
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
    .at_offset(name.at());
    match hint(protocol, &name.text) {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

fn hint(protocol: Protocol, name: &str) -> Option<String> {
    let other = Protocol::ALL
        .iter()
        .find(|other| fields(**other).contains(&name));
    if let Some(other) = other {
        return Some(format!("`{name}` is a field of {other}"));
    }
    if envelope::FIELDS.contains(&name) {
        return Some(format!("`{name}` belongs beside `method`"));
    }
    nearest(name, fields(protocol).iter().copied()).map(did_you_mean)
}
