//! The functions of a script, in all the forms that are in the field.
//!
//! - `encodeDownlink(input)` and `decodeDownlink(input)` as TS013 has them, be it at the top of a
//!   script, as an export of an ES module, or in `module.exports`;
//! - `Encoder(object, port)` of The Things Stack V2, `Encode(fPort, object, variables)` of
//!   `ChirpStack` V3, also in lower case. They are told apart by the names of their parameters: one
//!   of the first two must be named after the port.

use rquickjs::{Coerced, Ctx, Function, Module, Object, Value};

use super::fault::{Fault, SCRIPT};
use super::realm::{evaluate, tools};
use crate::error::{Code, Error, quote};

/// The names that are looked for, the first one first.
const NAMES: [&str; 6] = [
    "encodeDownlink",
    "decodeDownlink",
    "Encoder",
    "Encode",
    "encoder",
    "encode",
];

/// An expression that gives the functions in the order of [`NAMES`].
pub(super) fn lookup() -> String {
    let items = NAMES.map(|name| format!("typeof {name} === 'function' ? {name} : undefined"));
    format!("[{}]", items.join(", "))
}

/// How a script is taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// As a function in a realm for many messages.
    Shared,
    /// By itself, in a realm of its own for each message.
    Plain,
    /// As an ES module, likewise.
    Module,
}

/// How the script is called to encode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// `encodeDownlink(input)`.
    Standard,
    /// By this name, with these arguments.
    Older(&'static str, Arguments),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arguments {
    PortFirst,
    ObjectFirst,
}

/// The functions that a script has.
pub(super) struct Functions<'js> {
    found: Vec<(&'static str, Function<'js>)>,
}

impl<'js> Functions<'js> {
    /// Takes the script in.
    pub(super) fn load(ctx: &Ctx<'js>, kind: Kind, source: &str) -> Result<Self, Fault> {
        if kind == Kind::Module {
            return Self::of_module(ctx, source);
        }
        let require: Function<'js> = tools(ctx)?.get("require")?;
        let exports = Object::new(ctx.clone())?;
        let module = Object::new(ctx.clone())?;
        module.set("exports", exports.clone())?;
        let found: Vec<Value<'js>> = if kind == Kind::Shared {
            let make: Function<'js> = tools(ctx)?.get("make")?;
            make.call((exports, module.clone(), require))?
        } else {
            let globals = ctx.globals();
            globals.set("exports", exports)?;
            globals.set("module", module.clone())?;
            globals.set("require", require)?;
            evaluate::<Value<'js>>(ctx, source, SCRIPT)?;
            evaluate(ctx, &lookup(), "lookup.js")?
        };
        let exports: Value<'js> = module.get("exports")?;
        Self::among(found, exports.into_object())
    }

    fn of_module(ctx: &Ctx<'js>, source: &str) -> Result<Self, Fault> {
        let (module, promise) = Module::declare(ctx.clone(), SCRIPT, source)?.eval()?;
        match promise.result::<Value<'js>>() {
            Some(result) => result?,
            None => return Err(waits().into()),
        };
        Self::among(Vec::new(), Some(module.namespace()?))
    }

    /// The functions that were found at the top, else those that are exported.
    fn among(top: Vec<Value<'js>>, exports: Option<Object<'js>>) -> Result<Self, Fault> {
        let mut places = Vec::new();
        if let Some(exports) = exports {
            let default: Value<'js> = exports.get("default")?;
            places.extend([Some(exports), default.into_object()]);
        }
        let mut top = top.into_iter().map(Value::into_function);
        let mut found = Vec::new();
        for name in NAMES {
            let mut function = top.next().flatten();
            for place in places.iter().flatten() {
                if function.is_none() {
                    function = place.get::<_, Value<'js>>(name)?.into_function();
                }
            }
            found.extend(function.map(|function| (name, function)));
        }
        Ok(Self { found })
    }

    /// The function of this name.
    pub(super) fn get(&self, name: &str) -> Option<Function<'js>> {
        let found = self.found.iter().find(|(known, _)| *known == name);
        found.map(|(_, function)| function.clone())
    }

    pub(super) fn decodes(&self) -> bool {
        self.get("decodeDownlink").is_some()
    }

    /// How the script encodes; nothing if it does not.
    pub(super) fn entry(&self) -> Result<Option<Entry>, Fault> {
        if self.get("encodeDownlink").is_some() {
            return Ok(Some(Entry::Standard));
        }
        let older = self
            .found
            .iter()
            .find(|(name, _)| *name != "decodeDownlink");
        let Some((name, function)) = older else {
            return Ok(None);
        };
        let text: Coerced<String> = function.as_value().get()?;
        match arguments(&text.0) {
            Some(arguments) => Ok(Some(Entry::Older(name, arguments))),
            None => Err(ambiguous(name).into()),
        }
    }
}

/// Reads from a function's own text which of its first two parameters is the port.
fn arguments(text: &str) -> Option<Arguments> {
    let (_, parameters) = text.split_once('(')?;
    let (parameters, _) = parameters.split_once(')')?;
    let mut is_port = parameters
        .split(',')
        .map(|name| name.to_ascii_lowercase().contains("port"));
    match (is_port.next(), is_port.next()) {
        (Some(true), Some(false)) => Some(Arguments::PortFirst),
        (Some(false), Some(true)) => Some(Arguments::ObjectFirst),
        _ => None,
    }
}

#[cold]
fn ambiguous(name: &str) -> Error {
    let name = quote(name);
    Error::new(
        Code::CodecForm,
        format!("the parameters of `{name}` do not tell which one is the port"),
    )
    .expected("`Encoder(object, port)` or `Encode(fPort, object)`")
    .hint("name the parameter of the port `port`, or write `encodeDownlink(input)`")
}

#[cold]
pub(super) fn waits() -> Error {
    Error::new(
        Code::CodecOutput,
        "the script gives a promise, which nobody here waits for",
    )
    .expected("an object at once")
    .found("a promise")
    .hint("make the function without `async`")
}
