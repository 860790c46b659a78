//! What a script returns, checked: nothing of it is rounded, cut or guessed.

use rquickjs::{Coerced, Ctx, Object, Type, Value};

use super::bounds::Bounds;
use super::datum::{Datum, NESTING};
use super::entry::waits;
use super::fault::Fault;
use crate::error::{Code, Error, quote};
use crate::message::lora::FPort;
use crate::number::Number;

/// A downlink as a script says it.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) bytes: Vec<u8>,
    pub(super) f_port: Option<FPort>,
    /// The member that looks like the port where there is none.
    pub(super) near_port: Option<String>,
    pub(super) warnings: Vec<String>,
    /// What is taken though it is not said as it should be.
    pub(super) remarks: Vec<Error>,
}

/// What `decodeDownlink` reads.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Reading {
    pub(super) data: Datum,
    pub(super) warnings: Vec<String>,
}

impl Output {
    /// Reads what `encodeDownlink` returns.
    pub(super) fn read<'js>(
        ctx: &Ctx<'js>,
        value: Value<'js>,
        bounds: &Bounds,
    ) -> Result<Self, Fault> {
        let object = object(value, "`encodeDownlink`", "an object with `bytes`")?;
        refuse(ctx, &object, bounds)?;
        let warnings = texts(ctx, &object, "warnings", bounds)?;
        let bytes = bytes_of(&object, bounds)?;
        let mut remarks = Vec::new();
        let mut f_port = port(&object.get("fPort")?, &mut remarks)?;
        if f_port.is_none() {
            f_port = port(&object.get("port")?, &mut remarks)?;
            remarks.extend(f_port.map(|_| old_port()));
        }
        let near_port = match f_port {
            None => near(&object, &NEAR_PORT)?,
            Some(_) => None,
        };
        remarks.extend(near_port.as_deref().map(unread_port));
        Ok(Self {
            bytes,
            f_port,
            near_port,
            warnings,
            remarks,
        })
    }

    /// Reads what an older function returns: the bytes alone, or an object with them.
    pub(super) fn read_older<'js>(
        ctx: &Ctx<'js>,
        value: Value<'js>,
        bounds: &Bounds,
    ) -> Result<Self, Fault> {
        let is_list = value.as_object().is_some_and(is_list);
        if !is_list && value.is_object() {
            return Self::read(ctx, value, bounds);
        }
        Ok(Self {
            bytes: bytes(value, bounds)?,
            f_port: None,
            near_port: None,
            warnings: Vec::new(),
            remarks: Vec::new(),
        })
    }
}

impl Reading {
    /// Reads what `decodeDownlink` returns.
    pub(super) fn read<'js>(
        ctx: &Ctx<'js>,
        value: Value<'js>,
        bounds: &Bounds,
    ) -> Result<Self, Fault> {
        let object = object(value, "`decodeDownlink`", "an object with `data`")?;
        refuse(ctx, &object, bounds)?;
        let warnings = texts(ctx, &object, "warnings", bounds)?;
        let mut left = bounds.output;
        let data: Value<'js> = object.get("data")?;
        let data = if data.is_undefined() {
            // Some return what they read without an object around it.
            object.into_value()
        } else {
            data
        };
        let data = datum(&data, NESTING, &mut left)?;
        Ok(Self { data, warnings })
    }
}

fn object<'js>(value: Value<'js>, whose: &str, expected: &str) -> Result<Object<'js>, Fault> {
    if value.is_promise() {
        return Err(waits().into());
    }
    let found = kind(&value);
    let is_object = !value.is_function() && !value.is_array();
    match value.into_object() {
        Some(object) if is_object => Ok(object),
        _ => Err(wrong(&format!("{whose} returned {found}"), expected, &found).into()),
    }
}

/// What a value is, for people.
fn kind(value: &Value<'_>) -> String {
    match value.type_of() {
        Type::Undefined | Type::Uninitialized => "nothing (`undefined`)".to_owned(),
        Type::Null => "`null`".to_owned(),
        Type::Bool | Type::Int | Type::Float => match value.get::<Coerced<String>>() {
            Ok(text) => format!("`{}`", quote(&text.0)),
            Err(_) => "a number".to_owned(),
        },
        Type::String => match value.get::<String>() {
            Ok(text) => format!("the text `{}`", quote(&text)),
            Err(_) => "a text".to_owned(),
        },
        Type::Array => "an array".to_owned(),
        Type::Function | Type::Constructor => "a function".to_owned(),
        Type::Promise => "a promise".to_owned(),
        Type::BigInt => "a `BigInt`".to_owned(),
        Type::Symbol => "a symbol".to_owned(),
        _ => "an object".to_owned(),
    }
}

/// Refuses with the errors of the script, if it has any.
fn refuse<'js>(ctx: &Ctx<'js>, object: &Object<'js>, bounds: &Bounds) -> Result<(), Fault> {
    /// Errors that a message names.
    const NAMED: usize = 8;
    let errors = texts(ctx, object, "errors", bounds)?;
    if errors.is_empty() {
        return Ok(());
    }
    let named: Vec<String> = errors
        .iter()
        .take(NAMED)
        .map(|text| format!("\"{}\"", quote(text)))
        .collect();
    let error = Error::new(
        Code::CodecRefused,
        format!("the script refuses: {}", named.join(", ")),
    );
    let value: Value<'js> = object.get("errors")?;
    if value.is_array() || value.is_string() {
        return Err(error.into());
    }
    Err(error
        .expected("an array of texts")
        .found(kind(&value))
        .hint("a script without errors leaves `errors` out, or returns an empty array")
        .into())
}

/// The texts of `errors` or `warnings`: an array of them, or one alone.
fn texts<'js>(
    ctx: &Ctx<'js>,
    object: &Object<'js>,
    name: &str,
    bounds: &Bounds,
) -> Result<Vec<String>, Fault> {
    let value: Value<'js> = object.get(name)?;
    if value.is_undefined() || value.is_null() {
        return Ok(Vec::new());
    }
    let Some(array) = value.as_array() else {
        return Ok(vec![text(ctx, &value)?]);
    };
    if array.len() > bounds.output {
        return Err(too_many(name, array.len(), bounds).into());
    }
    let mut texts = Vec::with_capacity(array.len());
    for index in 0..array.len() {
        texts.push(text(ctx, &array.get(index)?)?);
    }
    Ok(texts)
}

/// The text of a value that may make it up, or fail to.
fn text<'js>(ctx: &Ctx<'js>, value: &Value<'js>) -> Result<String, Fault> {
    match value.get::<Coerced<String>>() {
        Ok(text) if text.0 == "[object Object]" => Ok(written(value)),
        Ok(text) => Ok(text.0),
        Err(_) if ctx.catch().is_uncatchable_error() => Err(Fault::Work { is_late: false }),
        Err(_) => Ok(kind(value)),
    }
}

/// An object as JSON, for it has no text of its own.
fn written(value: &Value<'_>) -> String {
    const MOST: usize = 64;
    let mut left = MOST;
    match datum(value, NESTING, &mut left) {
        Ok(datum) => format!("the object {datum}"),
        Err(_) => kind(value),
    }
}

/// Names in small letters of members that are meant as the port.
const NEAR_PORT: [&str; 2] = ["fport", "port"];

/// Names in small letters of members that are meant as the bytes.
const NEAR_BYTES: [&str; 12] = [
    "bytes",
    "byte",
    "bytearray",
    "buffer",
    "data",
    "frmpayload",
    "hex",
    "message",
    "payload",
    "payloadbytes",
    "payloadhex",
    "raw",
];

/// The name of a member that has one of these names but for case and separators.
fn near(object: &Object<'_>, names: &[&str]) -> Result<Option<String>, Fault> {
    for key in object.keys::<String>() {
        let key = key?;
        let plain = key.replace(['_', '-', ' '], "").to_lowercase();
        if names.contains(&plain.as_str()) && !object.get::<_, Value<'_>>(&key)?.is_null() {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

fn port(value: &Value<'_>, remarks: &mut Vec<Error>) -> Result<Option<FPort>, Fault> {
    if value.is_undefined() || value.is_null() {
        return Ok(None);
    }
    let found = kind(value);
    let number = match value.as_number() {
        Some(number) => integer(number),
        None => digits(value).inspect(|_| remarks.push(port_in_text(&found))),
    };
    match number {
        Some(number) => Ok(Some(FPort::new(number)?)),
        None => Err(wrong(
            &format!("the port is {found}"),
            "an integer, 1 to 223",
            &found,
        )
        .into()),
    }
}

/// The number of a text that holds its digits and nothing else.
fn digits(value: &Value<'_>) -> Option<i128> {
    let text = value.as_string()?.to_string().ok()?;
    let number: u8 = text.parse().ok()?;
    (number.to_string() == text).then_some(number.into())
}

/// The integer that a double is.
fn integer(number: f64) -> Option<i128> {
    Number::from_f64(number)?.as_decimal()?.to_integer()
}

const BYTES: &str = "an array of integers, 0 to 255";

fn bytes_of(object: &Object<'_>, bounds: &Bounds) -> Result<Vec<u8>, Fault> {
    let value: Value<'_> = object.get("bytes")?;
    if !value.is_undefined() {
        return bytes(value, bounds);
    }
    Err(match near(object, &NEAR_BYTES)? {
        Some(name) => unread_bytes(&name).into(),
        None => {
            let found = kind(&value);
            wrong(&format!("`bytes` is {found}"), BYTES, &found).into()
        }
    })
}

fn bytes(value: Value<'_>, bounds: &Bounds) -> Result<Vec<u8>, Fault> {
    let found = kind(&value);
    let Some(object) = value.into_object().filter(is_list) else {
        return Err(wrong(&format!("`bytes` is {found}"), BYTES, &found).into());
    };
    let length: Value<'_> = object.get("length")?;
    let length = length.as_number().and_then(integer);
    let length = length.and_then(|length| usize::try_from(length).ok());
    let length = length.unwrap_or(usize::MAX);
    if length > bounds.output {
        return Err(too_many("bytes", length, bounds).into());
    }
    let mut bytes = Vec::with_capacity(length);
    for index in 0..length {
        let item: Value<'_> = object.get(index_key(index))?;
        let byte = item.as_number().and_then(integer);
        match byte.and_then(|byte| u8::try_from(byte).ok()) {
            Some(byte) => bytes.push(byte),
            None => return Err(no_byte(index, &kind(&item)).into()),
        }
    }
    Ok(bytes)
}

/// The bound of an output is far below.
fn index_key(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// Whether it is an array, or one of integers of a fixed width.
fn is_list(object: &Object<'_>) -> bool {
    object.is_array()
        || object.is_typed_array::<u8>()
        || object.is_typed_array::<i8>()
        || object.is_typed_array::<u16>()
        || object.is_typed_array::<i16>()
        || object.is_typed_array::<u32>()
        || object.is_typed_array::<i32>()
}

/// A value as JSON would have it: functions and `undefined` are left out.
fn datum(value: &Value<'_>, nesting: usize, left: &mut usize) -> Result<Datum, Fault> {
    *left = left.checked_sub(1).ok_or_else(too_large)?;
    match value.type_of() {
        Type::Bool => Ok(Datum::Boolean(value.as_bool().unwrap_or_default())),
        Type::Int | Type::Float => {
            let number = value.as_number().filter(|number| number.is_finite());
            Ok(number.map_or(Datum::Null, Datum::Number))
        }
        Type::String => Ok(Datum::String(value.get()?)),
        Type::Array | Type::Object | Type::Exception | Type::Proxy => {
            let nesting = nesting.checked_sub(1).ok_or_else(too_deep)?;
            match value.as_array() {
                Some(array) => {
                    let mut items = Vec::new();
                    for index in 0..array.len() {
                        items.push(datum(&array.get(index)?, nesting, left)?);
                    }
                    Ok(Datum::Array(items))
                }
                None => members(value, nesting, left),
            }
        }
        Type::Promise => Err(waits().into()),
        _ => Ok(Datum::Null),
    }
}

fn members(value: &Value<'_>, nesting: usize, left: &mut usize) -> Result<Datum, Fault> {
    let mut members = Vec::new();
    for property in value.as_object().into_iter().flat_map(Object::props) {
        let (key, value): (String, Value<'_>) = property?;
        if !value.is_undefined() && !value.is_function() {
            members.push((key, datum(&value, nesting, left)?));
        }
    }
    Ok(Datum::Object(members))
}

#[cold]
fn wrong(what: &str, expected: &str, found: &str) -> Error {
    Error::new(Code::CodecOutput, format!("{what}, expected {expected}"))
        .expected(expected)
        .found(found)
}

#[cold]
fn old_port() -> Error {
    Error::new(
        Code::CodecWarning,
        "the script returns the port in `port`, expected `fPort`",
    )
    .expected("`fPort`")
    .found("`port`")
}

#[cold]
fn unread_port(name: &str) -> Error {
    let name = quote(name);
    Error::new(
        Code::CodecWarning,
        format!("the script returns `{name}`, which is not read, expected `fPort`"),
    )
    .expected("`fPort`")
    .found(format!("`{name}`"))
}

#[cold]
fn unread_bytes(name: &str) -> Error {
    let name = quote(name);
    let found = format!("`{name}`");
    let what = format!("the script returns no `bytes`, but `{name}`");
    wrong(&what, BYTES, &found).hint(format!("rename `{name}` to `bytes`"))
}

#[cold]
fn port_in_text(found: &str) -> Error {
    Error::new(
        Code::CodecWarning,
        format!("the port is {found}, expected a number"),
    )
    .expected("a number")
    .found(found)
}

#[cold]
fn no_byte(index: usize, found: &str) -> Error {
    wrong(
        &format!("byte {index} of `bytes` is {found}"),
        "an integer, 0 to 255",
        found,
    )
}

#[cold]
fn too_many(name: &str, found: usize, bounds: &Bounds) -> Error {
    let most = bounds.output;
    let found = if found == usize::MAX {
        "more".to_owned()
    } else {
        found.to_string()
    };
    wrong(
        &format!("`{name}` has {found} items"),
        &format!("at most {most}"),
        &found,
    )
}

#[cold]
fn too_deep() -> Fault {
    let error = Error::new(
        Code::CodecOutput,
        "`data` is nested too deeply; it may contain itself",
    );
    error.expected(format!("at most {NESTING} levels")).into()
}

#[cold]
fn too_large() -> Fault {
    Error::new(Code::CodecOutput, "`data` has too many values").into()
}
