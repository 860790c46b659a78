//! Calls of a script's functions, and what they are given.

use rquickjs::{Ctx, Undefined, Value};

use super::bounds::Bounds;
use super::codec::no_encoder;
use super::datum::Datum;
use super::entry::{Arguments, Entry, Functions};
use super::output::{Output, Reading};
use super::script::Script;
use crate::encoder::Context;
use crate::error::{Code, Error};
use crate::message::lora::FPort;
use crate::number::Decimal;
use crate::senml::UnixTime;

/// Has a script encode.
pub(super) fn encode(
    script: &Script,
    entry: Entry,
    input: &Datum,
    now: Option<UnixTime>,
    bounds: &Bounds,
) -> Result<Output, Error> {
    script.call(milliseconds(now), |ctx, functions| {
        let function = functions.get(entry.name()).ok_or_else(no_encoder)?;
        let member = |name: &str| match input.member(name) {
            Some(value) => value.to_js(ctx),
            None => Ok(Undefined.into_value(ctx.clone())),
        };
        let value: Value<'_> = match entry {
            Entry::Standard => function.call((input.to_js(ctx)?,))?,
            Entry::OfData => function.call((member("data")?,))?,
            Entry::Older(_, Arguments::PortFirst) => {
                function.call((member("fPort")?, member("data")?, member("variables")?))?
            }
            Entry::Older(_, Arguments::ObjectFirst) => {
                function.call((member("data")?, member("fPort")?, member("variables")?))?
            }
        };
        match entry {
            Entry::Older(..) => Output::read_older(ctx, value, bounds),
            _ => Output::read(ctx, value, bounds),
        }
    })
}

/// Has a script read a payload.
pub(super) fn decode(
    script: &Script,
    input: &Datum,
    now: Option<UnixTime>,
    bounds: &Bounds,
) -> Result<Reading, Error> {
    script.call(
        milliseconds(now),
        |ctx: &Ctx<'_>, functions: &Functions<'_>| {
            let function = functions.get("decodeDownlink").ok_or_else(no_decoder)?;
            let value = function.call((input.to_js(ctx)?,))?;
            Reading::read(ctx, value, bounds)
        },
    )
}

/// What a function that encodes is given.
pub(super) fn order(data: Datum, context: &Context<'_>) -> Datum {
    let mut input = vec![("data".to_owned(), data)];
    input.extend(context.requested_port().map(port_member));
    let variables = context.binding().variables();
    let variables =
        variables.map(|(name, value)| (name.to_owned(), Datum::String(value.to_owned())));
    input.push(("variables".to_owned(), Datum::Object(variables.collect())));
    Datum::Object(input)
}

/// What a function that decodes is given.
pub(super) fn payload(bytes: &[u8], f_port: Option<FPort>) -> Datum {
    let mut input = vec![("bytes".to_owned(), Datum::bytes(bytes))];
    input.extend(f_port.map(port_member));
    Datum::Object(input)
}

fn port_member(port: FPort) -> (String, Datum) {
    let number = Datum::Number(f64::from(port.number()));
    ("fPort".to_owned(), number)
}

/// Milliseconds, as scripts count time.
fn milliseconds(now: Option<UnixTime>) -> Option<f64> {
    const THOUSAND: i32 = 3;
    let seconds = now?.seconds();
    let exponent = seconds.exponent().checked_add(THOUSAND)?;
    let exact = Decimal::new(seconds.coefficient(), exponent)?;
    Some(exact.to_f64().floor())
}

#[cold]
pub(super) fn no_decoder() -> Error {
    Error::new(Code::CodecForm, "the script has no `decodeDownlink`")
        .expected("`decodeDownlink(input)`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_of_milliseconds_are_dropped() {
        let now: UnixTime = "1700000000.0019".parse().unwrap();
        assert_eq!(milliseconds(Some(now)), Some(1_700_000_000_001.0));
    }
}
