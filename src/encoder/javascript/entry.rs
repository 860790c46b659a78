//! The functions of a script, in all the forms that are in the field.
//!
//! - `encodeDownlink(input)` and `decodeDownlink(input)` as TS013 has them, be it at the top of a
//!   script, as an export of an ES module, in `module.exports`, or in the object `driver` that
//!   `ThingPark` has bundles make;
//! - `Encoder(object, port)` of The Things Stack V2, `Encode(fPort, object, variables)` of
//!   `ChirpStack` V3, also in lower case. They are told apart by the names of their parameters: one
//!   of the first two must be named after the port.

use rquickjs::{Coerced, Ctx, FromJs, Function, Module, Object, Value};

use super::fault::{Fault, SCRIPT};
use super::realm::{as_function, evaluate, own_names, tools, values_of_names};
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

/// An expression that gives the functions in the order of [`NAMES`], and the object of a bundle.
pub(super) fn lookup() -> String {
    let items = NAMES.map(|name| format!("typeof {name} === 'function' ? {name} : undefined"));
    let bundle = "typeof driver === 'object' ? driver : undefined";
    format!("[{}, {bundle}]", items.join(", "))
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
    /// `encodeDownlink(data)`, as the first drivers of `ThingPark` have it.
    OfData,
    /// By this name, with these arguments.
    Older(&'static str, Arguments),
}

impl Entry {
    pub(super) const THINGS_STACK_V2: Self = Self::Older("Encoder", Arguments::ObjectFirst);
    pub(super) const CHIRPSTACK_V3: Self = Self::Older("Encode", Arguments::PortFirst);

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Standard | Self::OfData => "encodeDownlink",
            Self::Older(name, _) => name,
        }
    }
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
        let surroundings = Surroundings::new(ctx)?;
        let found: Vec<Value<'js>> = if kind == Kind::Shared {
            surroundings.call(&tools(ctx)?.get("make")?)?
        } else {
            surroundings.set_globals(ctx)?;
            evaluate::<Value<'js>>(ctx, source, SCRIPT)?;
            evaluate(ctx, &lookup(), "lookup.js")?
        };
        Self::among(found, surroundings.exports()?)
    }

    fn of_module(ctx: &Ctx<'js>, source: &str) -> Result<Self, Fault> {
        let (module, promise) = Module::declare(ctx.clone(), SCRIPT, source)?.eval()?;
        match promise.result::<Value<'js>>() {
            Some(result) => result?,
            None => return Err(waits().into()),
        };
        Self::among(Vec::new(), Some(module.namespace()?))
    }

    /// The functions that were found at the top, else those that are exported or in a bundle.
    fn among(mut top: Vec<Value<'js>>, exports: Option<Object<'js>>) -> Result<Self, Fault> {
        let mut places = Vec::new();
        if let Some(exports) = exports {
            let (default, driver): (Value<'js>, Value<'js>) =
                (exports.get("default")?, exports.get("driver")?);
            places.extend([Some(exports), default.into_object(), driver.into_object()]);
        }
        places.push(top.pop().and_then(Value::into_object));
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

/// What a script finds as a module of its own.
struct Surroundings<'js> {
    exports: Object<'js>,
    module: Object<'js>,
    require: Function<'js>,
}

impl<'js> Surroundings<'js> {
    fn new(ctx: &Ctx<'js>) -> Result<Self, Fault> {
        let exports = Object::new(ctx.clone())?;
        let module = Object::new(ctx.clone())?;
        module.set("exports", exports.clone())?;
        let tools = tools(ctx)?;
        let require = match tools.get::<_, Option<Function<'js>>>("modules")? {
            Some(files) => files.call((module.clone(),))?,
            None => tools.get("require")?,
        };
        Ok(Self {
            exports,
            module,
            require,
        })
    }

    /// Calls a script that is a function.
    fn call<R: FromJs<'js>>(&self, script: &Function<'js>) -> Result<R, Fault> {
        let (exports, module, require) = (&self.exports, &self.module, &self.require);
        Ok(script.call((exports.clone(), module.clone(), require.clone()))?)
    }

    fn set_globals(&self, ctx: &Ctx<'js>) -> Result<(), Fault> {
        let globals = ctx.globals();
        globals.set("exports", self.exports.clone())?;
        globals.set("module", self.module.clone())?;
        globals.set("require", self.require.clone())?;
        Ok(())
    }

    /// What the script exports, which may be another object than it was given.
    fn exports(&self) -> Result<Option<Object<'js>>, Fault> {
        Ok(self.module.get::<_, Value<'js>>("exports")?.into_object())
    }
}

/// The names of the language that a script declares anew where it is a function.
pub(super) fn own_names_as_function(ctx: &Ctx<'_>, source: &str) -> Result<Vec<String>, Fault> {
    let script = evaluate(ctx, &as_function(source, &values_of_names(ctx)?), SCRIPT)?;
    own_names(ctx, Surroundings::new(ctx)?.call(&script)?)
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
        format!("the parameters of `{name}` do not show which one is the port"),
    )
    .expected("`Encoder(object, port)` or `Encode(fPort, object)`")
    .hint("name the parameter of the port `port`, or write `encodeDownlink(input)`")
}

#[cold]
pub(super) fn waits() -> Error {
    Error::new(
        Code::CodecOutput,
        "the script returned a promise, which is not awaited",
    )
    .expected("an object")
    .found("a promise")
    .hint("make the function without `async`")
}
