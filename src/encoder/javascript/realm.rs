//! Realms: a runtime with one context, and all that scripts find in it.
//!
//! A plain realm is as other platforms have it, and serves one message. A shared realm serves many:
//! what they have in common is frozen (`realm/harden.js`), and the script is a function that is
//! called anew for each message. A promise that is still pending could run in a later message, and
//! an error may have come from half-done work: a realm that had either is not used again.

use std::sync::Arc;

use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine, alphabet};
use rquickjs::context::{EvalOptions, intrinsic};
use rquickjs::function::This;
use rquickjs::{
    Array, Context, Ctx, Exception, FromJs, Function, Object, Runtime, TypedArray, Undefined, Value,
};

use super::bounds::Bounds;
use super::entry::lookup;
use super::fault::{Fault, SCRIPT};
use super::meter::Meter;
use super::modules::{Content, File, Modules, Required};

/// What the engine brings. There are no proxies, weak references and clocks among it.
type Intrinsics = (
    intrinsic::Date,
    intrinsic::Eval,
    intrinsic::RegExpCompiler,
    intrinsic::RegExp,
    intrinsic::Json,
    intrinsic::MapSet,
    intrinsic::TypedArrays,
    intrinsic::Promise,
    intrinsic::DOMException,
);

const GUARDS: &str = include_str!("realm/guards.js");
const LOCALES: &str = include_str!("realm/locales.js");
const SURROUNDINGS: &str = include_str!("realm/surroundings.js");
const BUFFER: &str = include_str!("realm/buffer.js");
const MODULES: &str = include_str!("realm/modules.js");
const HARDEN: &str = include_str!("realm/harden.js");
const WITNESS: &str = include_str!("realm/witness.js");

/// A runtime with one context.
pub(super) struct Realm {
    context: Context,
    meter: Arc<Meter>,
}

impl Realm {
    /// A realm without a script.
    pub(super) fn plain(bounds: &Bounds) -> Result<Self, Fault> {
        let runtime = Runtime::new()?;
        runtime.set_memory_limit(bounds.memory);
        runtime.set_max_stack_size(bounds.stack);
        let context = Context::custom::<Intrinsics>(&runtime)?;
        let meter = Arc::new(Meter::new(bounds));
        let realm = Self { context, meter };
        realm.with(|ctx| furnish(ctx, &realm.meter))?;
        let meter = Arc::clone(&realm.meter);
        runtime.set_interrupt_handler(Some(Box::new(move || meter.tick())));
        Ok(realm)
    }

    /// Gives the script the files that it requires.
    pub(super) fn provide(&self, modules: &Modules) -> Result<(), Fault> {
        self.with(|ctx| provide(ctx, modules))
    }

    /// Whether a file is a whole script, so that it can be put into a function.
    pub(super) fn is_whole(&self, script: &str) -> Result<(), Fault> {
        self.with(|ctx| {
            // It is read as a whole, and ends before it begins.
            let read = evaluate::<Value<'_>>(ctx, &format!("throw 0; {script}"), SCRIPT);
            match read {
                Err(Fault::Pending) => {
                    let thrown = ctx.catch();
                    if thrown.is_number() {
                        return Ok(());
                    }
                    Err(ctx.throw(thrown).into())
                }
                Ok(_) => Ok(()),
                Err(fault) => Err(fault),
            }
        })
    }

    /// A realm that holds a script as a function, and that no message can change; one that tries to
    /// change a suspect is noted.
    pub(super) fn shared(
        bounds: &Bounds,
        modules: &Modules,
        suspects: Vec<String>,
    ) -> Result<Self, Fault> {
        let realm = Self::plain(bounds)?;
        let meter = Arc::clone(&realm.meter);
        realm.with(|ctx| {
            let note = Function::new(ctx.clone(), move || meter.note_change())?;
            let tools = tools(ctx)?;
            let harden: Function<'_> = evaluate(ctx, HARDEN, "harden.js")?;
            let require: Function<'_> = tools.get("require")?;
            let sweep: Function<'_> = harden.call((require, suspects, note))?;
            tools.set("sweep", sweep)?;
            let script = as_function(modules.script(), &lookup());
            let make: Function<'_> = evaluate(ctx, &script, SCRIPT)?;
            freeze(ctx, &make)?;
            tools.set("make", make)?;
            provide(ctx, modules)
        })?;
        Ok(realm)
    }

    /// Notes what comes with the language.
    pub(super) fn witness(&self) -> Result<(), Fault> {
        self.with(|ctx| {
            let witness: Function<'_> = evaluate(ctx, WITNESS, "witness.js")?;
            Ok(tools(ctx)?.set("witness", witness.call::<_, Object<'_>>(())?)?)
        })
    }

    /// The names of the language that the script declared anew; nothing if it changed what they mean.
    pub(super) fn own_names(&self) -> Option<Vec<String>> {
        let own_names = self.with(|ctx| {
            let witness = witness(ctx)?;
            let is_changed: bool = witness.get::<_, Function<'_>>("changed")?.call(())?;
            let own = own_names(ctx, evaluate(ctx, &values_of_names(ctx)?, "names.js")?)?;
            Ok((!is_changed).then_some(own))
        });
        own_names.ok().flatten()
    }

    /// Works in the realm, counting from here.
    pub(super) fn run<R>(
        &self,
        bounds: &Bounds,
        now: Option<f64>,
        work: impl FnOnce(&Ctx<'_>) -> Result<R, Fault>,
    ) -> Result<R, Fault> {
        self.meter.start(bounds, now);
        let result = self.with(work);
        self.meter.rest();
        match (self.meter.wish(), result) {
            // Whoever catches the refusal would go on with another value.
            (Some(wish), Ok(_) | Err(Fault::Thrown(_) | Fault::Told(_) | Fault::Null)) => {
                Err(Fault::Wish(wish))
            }
            (_, result) => result,
        }
    }

    /// The work of the last run.
    pub(super) fn ticks(&self) -> u64 {
        self.meter.ticks()
    }

    /// Whether a realm that began at another point of a tick could have ended otherwise.
    pub(super) fn is_near_bound(&self) -> bool {
        self.meter.is_near_bound()
    }

    /// Whether the message tried to change what comes with the language.
    pub(super) fn was_to_be_changed(&self) -> bool {
        self.meter.has_noted_change()
    }

    /// Removes what a message left, and says whether that worked.
    pub(super) fn sweep(&self) -> bool {
        let swept = self.with(|ctx| {
            let sweep: Function<'_> = tools(ctx)?.get("sweep")?;
            Ok(sweep.call::<_, bool>(())?)
        });
        swept.unwrap_or(false) && !self.context.runtime().is_job_pending()
    }

    fn with<R>(&self, work: impl FnOnce(&Ctx<'_>) -> Result<R, Fault>) -> Result<R, Fault> {
        self.context
            .with(|ctx| work(&ctx).map_err(|fault| fault.caught(&ctx, &self.meter)))
    }
}

impl std::fmt::Debug for Realm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Realm").finish_non_exhaustive()
    }
}

/// Evaluates a script; a sloppy one, as scripts are unless they say otherwise.
pub(super) fn evaluate<'js, V: FromJs<'js>>(
    ctx: &Ctx<'js>,
    source: &str,
    name: &str,
) -> Result<V, Fault> {
    let mut options = EvalOptions::default();
    options.strict = false;
    options.filename = Some(name.to_owned());
    Ok(ctx.eval_with_options(source, options)?)
}

/// What the realm holds for this crate, out of reach for scripts.
pub(super) fn tools<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>, Fault> {
    if let Some(tools) = ctx.userdata::<Object<'js>>() {
        return Ok(tools.clone());
    }
    let tools = Object::new(ctx.clone())?;
    ctx.store_userdata(tools.clone())
        .map_err(|_| Fault::Memory)?;
    Ok(tools)
}

/// An expression for the values of the names of the language.
pub(super) fn values_of_names(ctx: &Ctx<'_>) -> Result<String, Fault> {
    let names: Vec<String> = witness(ctx)?.get("names")?;
    Ok(format!("[{}]", names.join(", ")))
}

/// Which of the names of the language mean something else where these are their values.
pub(super) fn own_names<'js>(ctx: &Ctx<'js>, values: Value<'js>) -> Result<Vec<String>, Fault> {
    Ok(witness(ctx)?
        .get::<_, Function<'js>>("own")?
        .call((values,))?)
}

fn witness<'js>(ctx: &Ctx<'js>) -> Result<Object<'js>, Fault> {
    Ok(tools(ctx)?.get("witness")?)
}

/// The script as the body of a function that gives a result. It stands on lines of its own, so that
/// its directives and its last comment mean what they did; and it is whole, since it has been
/// evaluated by itself.
///
/// An arrow function, for its `arguments.callee` would be an object that messages share.
pub(super) fn as_function(source: &str, result: &str) -> String {
    format!("(exports, module, require) => {{\n{source}\n;return {result};}}")
}

/// What stands before a file that is a function, on its first line.
///
/// A method has no prototype that messages would share, and its `this` is what the file exports.
pub(super) const FILE_START: &str = "({ it(exports, module, require) {";

fn provide(ctx: &Ctx<'_>, modules: &Modules) -> Result<(), Fault> {
    if modules.others().next().is_none() && modules.files().iter().all(|it| it.requires.is_empty())
    {
        return Ok(());
    }
    let files = Array::new(ctx.clone())?;
    for (index, file) in modules.files().iter().enumerate() {
        files.set(index, described(ctx, file, index == 0)?)?;
    }
    let tools = tools(ctx)?;
    let require: Function<'_> = tools.get("require")?;
    let provide: Function<'_> = evaluate(ctx, MODULES, "modules.js")?;
    tools.set(
        "modules",
        provide.call::<_, Function<'_>>((require, files))?,
    )?;
    Ok(())
}

/// A file as `realm/modules.js` takes it; the script itself is run elsewhere.
fn described<'js>(ctx: &Ctx<'js>, file: &File, is_script: bool) -> Result<Object<'js>, Fault> {
    let object = Object::new(ctx.clone())?;
    match &file.content {
        Content::Script(_) if is_script => {}
        Content::Script(script) => {
            let script = format!("{FILE_START}{script}\n}} }}).it");
            let name = format!("{SCRIPT}/{}", file.path);
            let make: Function<'js> = evaluate(ctx, &script, &name)?;
            freeze(ctx, &make)?;
            object.set("make", make)?;
        }
        Content::Json(text) => object.set("json", text)?,
    }
    let requires = Array::new(ctx.clone())?;
    for (index, (path, required)) in file.requires.iter().enumerate() {
        let pair = Array::new(ctx.clone())?;
        pair.set(0, path)?;
        match required {
            Required::File(index) => pair.set(1, *index)?,
            Required::Refused(reason) => pair.set(1, reason)?,
        }
        requires.set(index, pair)?;
    }
    object.set("requires", requires)?;
    Ok(object)
}

fn freeze<'js>(ctx: &Ctx<'js>, function: &Function<'js>) -> Result<(), Fault> {
    let freeze: Function<'js> = evaluate(ctx, "Object.freeze", "freeze.js")?;
    freeze.call::<_, ()>((This(Undefined), function.clone()))?;
    Ok(())
}

fn furnish<'js>(ctx: &Ctx<'js>, meter: &Arc<Meter>) -> Result<(), Fault> {
    let host = host(ctx, meter)?;
    for (name, source) in [
        ("guards.js", GUARDS),
        ("surroundings.js", SURROUNDINGS),
        ("locales.js", LOCALES),
    ] {
        let furnish: Function<'js> = evaluate(ctx, source, name)?;
        furnish.call::<_, ()>((host.clone(),))?;
    }
    let furnish: Function<'js> = evaluate(ctx, BUFFER, "buffer.js")?;
    let require: Function<'js> = furnish.call((host,))?;
    tools(ctx)?.set("require", require)?;
    Ok(())
}

/// What the realm's own scripts ask of this crate; the codec's script never sees it.
fn host<'js>(ctx: &Ctx<'js>, meter: &Arc<Meter>) -> Result<Object<'js>, Fault> {
    let host = Object::new(ctx.clone())?;
    let own = Arc::clone(meter);
    let now = move |ctx: Ctx<'js>| {
        let none = || Exception::throw_message(&ctx, "no time is given to scripts");
        own.now().ok_or_else(none)
    };
    host.set("now", Function::new(ctx.clone(), now)?)?;
    let own = Arc::clone(meter);
    let random = move |ctx: Ctx<'js>| -> rquickjs::Result<f64> {
        own.wish_chance();
        Err(Exception::throw_message(&ctx, "`Math.random` is disabled"))
    };
    host.set("random", Function::new(ctx.clone(), random)?)?;
    let own = Arc::clone(meter);
    let locale = move |function: String| own.wish_locale(function);
    host.set("locale", Function::new(ctx.clone(), locale)?)?;
    let own = Arc::clone(meter);
    host.set("over", Function::new(ctx.clone(), move || own.end())?)?;
    host.set("toUtf8", Function::new(ctx.clone(), to_utf8)?)?;
    host.set("toBase64", Function::new(ctx.clone(), to_base64)?)?;
    host.set("fromBase64", Function::new(ctx.clone(), from_base64)?)?;
    host.set("fromUtf8", Function::new(ctx.clone(), from_utf8)?)?;
    Ok(host)
}

#[expect(clippy::needless_pass_by_value, reason = "the engine hands it over")]
fn to_utf8(ctx: Ctx<'_>, text: String) -> rquickjs::Result<TypedArray<'_, u8>> {
    TypedArray::new_copy(ctx, text.as_bytes())
}

/// Writes a text whose characters stand for bytes; nothing if they do not.
#[expect(clippy::needless_pass_by_value, reason = "the engine hands it over")]
fn to_base64(text: String) -> Option<String> {
    let bytes: Result<Vec<u8>, _> = text.chars().map(u8::try_from).collect();
    Some(STANDARD.encode(bytes.ok()?))
}

/// Reads a text whose characters stand for bytes; padding may be left out.
#[expect(clippy::needless_pass_by_value, reason = "the engine hands it over")]
fn from_base64(text: String) -> Option<String> {
    let spaces = ['\t', '\n', '\x0C', '\r', ' '];
    let digits = text.replace(spaces, "");
    let bytes = FORGIVING.decode(digits).ok()?;
    Some(bytes.into_iter().map(char::from).collect())
}

/// As the HTML standard has it for `atob`.
const FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Replaces what is not UTF-8, or gives nothing where that is fatal.
fn from_utf8(bytes: Vec<u8>, is_fatal: bool) -> Option<String> {
    if is_fatal {
        return String::from_utf8(bytes).ok();
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
