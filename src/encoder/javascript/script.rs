//! A script that has been taken in once, and is called for each message.

use rquickjs::Ctx;

use super::bounds::Bounds;
use super::entry::{Entry, Functions, Kind, own_names_as_function};
use super::fault::Fault;
use super::modules::{Content, Modules};
use super::pool::Pool;
use super::realm::Realm;
use super::sharing::suspects;
use crate::error::{Code, Error};

/// Loading is not for a certain message; a script may look at a time that it never uses.
const EPOCH: Option<f64> = Some(0.0);

/// A script, its form and its warm realms.
#[derive(Debug)]
pub(super) struct Script {
    modules: Modules,
    kind: Kind,
    entry: Option<Entry>,
    decodes: bool,
    bounds: Bounds,
    pool: Pool,
}

/// What a script turns out to be when it is loaded.
struct Form {
    entry: Option<Entry>,
    decodes: bool,
    /// The names of the language that it declares anew; nothing if it changed what they mean.
    own_names: Option<Vec<String>>,
}

impl Script {
    /// Takes a script in, and finds out what it has; how it is called too, unless that is told.
    pub(super) fn load(
        modules: Modules,
        told: Option<Entry>,
        bounds: Bounds,
    ) -> Result<Self, Error> {
        if modules.len() > bounds.script {
            return Err(too_long(modules.len(), bounds.script));
        }
        let mut script = Self {
            modules,
            kind: Kind::Plain,
            entry: None,
            decodes: false,
            bounds,
            pool: Pool::new(bounds.runtimes),
        };
        script.check_files()?;
        match script.settle(told) {
            Ok(()) => Ok(script),
            Err(fault) => Err(fault.into_load_error(script.source(), &bounds)),
        }
    }

    fn source(&self) -> &str {
        self.modules.script()
    }

    /// Each file must be a script by itself, for it becomes the body of a function.
    fn check_files(&self) -> Result<(), Error> {
        for file in self.modules.others() {
            let Content::Script(script) = &file.content else {
                continue;
            };
            let realm = Realm::plain(&self.bounds);
            if let Err(fault) = realm.and_then(|realm| realm.is_whole(script)) {
                return Err(fault.into_file_error(&file.path, &self.bounds));
            }
        }
        Ok(())
    }

    fn settle(&mut self, told: Option<Entry>) -> Result<(), Fault> {
        let form = match self.form(Kind::Plain, told) {
            Err(Fault::Thrown(thrown)) if thrown.is_syntax() && is_module(self.source()) => {
                self.kind = Kind::Module;
                self.form(Kind::Module, told)
            }
            form => form,
        };
        let form = form?;
        self.entry = form.entry;
        self.decodes = form.decodes;
        if let (Kind::Plain, Some(own_names)) = (self.kind, form.own_names) {
            if let Some(realm) = self.shared_realm(&own_names) {
                self.kind = Kind::Shared;
                self.pool.enter().realm = Some(realm);
            }
        }
        Ok(())
    }

    /// A realm for many messages, if the script means the same in it.
    ///
    /// As a function it must declare the same names as by itself: `var Buffer` hides what comes with
    /// the language in the one, and does nothing in the other.
    fn shared_realm(&self, own_names: &[String]) -> Option<Realm> {
        let realm = self.new_shared_realm()?;
        realm.witness().ok()?;
        let own_there = realm.run(&self.bounds, EPOCH, |ctx| {
            own_names_as_function(ctx, self.source())
        });
        let is_same = own_there.is_ok_and(|own_there| own_there == own_names);
        (is_same && !realm.was_to_be_changed() && realm.sweep()).then_some(realm)
    }

    fn new_shared_realm(&self) -> Option<Realm> {
        let suspects = suspects(&self.modules.text())?;
        Realm::shared(&self.bounds, &self.modules, suspects).ok()
    }

    fn form(&self, kind: Kind, told: Option<Entry>) -> Result<Form, Fault> {
        plainly(&self.bounds, |realm, bounds| {
            realm.provide(&self.modules)?;
            realm.witness()?;
            let (entry, decodes) = realm.run(bounds, EPOCH, |ctx| {
                let functions = Functions::load(ctx, kind, self.source())?;
                let entry = match told {
                    Some(told) => functions.get(told.name()).map(|_| told),
                    None => functions.entry()?,
                };
                Ok((entry, functions.decodes()))
            })?;
            Ok(Form {
                entry,
                decodes,
                own_names: realm.own_names(),
            })
        })
    }

    /// How it is called to encode, if it encodes.
    pub(super) fn entry(&self) -> Option<Entry> {
        self.entry
    }

    /// Whether it has `decodeDownlink`.
    pub(super) fn decodes(&self) -> bool {
        self.decodes
    }

    /// Whether many messages share a realm.
    pub(super) fn is_shared(&self) -> bool {
        self.kind == Kind::Shared
    }

    /// Calls functions of the script, as if for the first time.
    ///
    /// What goes well in a shared realm would go well in a plain one, for that has less to do. All
    /// else is judged by a plain realm: there, assigning to what is shared works, memory is as
    /// empty and the work as little as it can be. So the end never hangs on earlier messages.
    pub(super) fn call<R>(
        &self,
        now: Option<f64>,
        work: impl for<'js> Fn(&Ctx<'js>, &Functions<'js>) -> Result<R, Fault>,
    ) -> Result<R, Error> {
        let mut permit = self.pool.enter();
        if self.kind == Kind::Shared {
            match self.call_shared(&mut permit.realm, now, &work) {
                Some(Ok(result)) => return Ok(result),
                Some(Err(fault)) => return Err(fault.into_error(&self.bounds)),
                None => {}
            }
        }
        let kind = match self.kind {
            Kind::Shared => Kind::Plain,
            kind => kind,
        };
        let result = self.call_plain(kind, now, &work);
        result.map_err(|fault| fault.into_error(&self.bounds))
    }

    /// The result in a realm of its own.
    fn call_plain<R>(
        &self,
        kind: Kind,
        now: Option<f64>,
        work: &impl for<'js> Fn(&Ctx<'js>, &Functions<'js>) -> Result<R, Fault>,
    ) -> Result<R, Fault> {
        plainly(&self.bounds, |realm, bounds| {
            realm.provide(&self.modules)?;
            realm.run(bounds, now, |ctx| {
                work(ctx, &Functions::load(ctx, kind, self.source())?)
            })
        })
    }

    /// The result, if a shared realm can tell it.
    fn call_shared<R>(
        &self,
        warm: &mut Option<Realm>,
        now: Option<f64>,
        work: &impl for<'js> Fn(&Ctx<'js>, &Functions<'js>) -> Result<R, Fault>,
    ) -> Option<Result<R, Fault>> {
        let realm = match warm.take() {
            Some(realm) => realm,
            None => self.new_shared_realm()?,
        };
        let result = realm.run(&self.bounds, now, |ctx| {
            work(ctx, &Functions::load(ctx, Kind::Shared, self.source())?)
        });
        let is_sure = !realm.is_near_bound()
            && !realm.was_to_be_changed()
            && match &result {
                Ok(_) => true,
                Err(fault) => fault.is_final(),
            };
        let is_whole = matches!(
            result,
            Ok(_) | Err(Fault::Told(_) | Fault::Thrown(_) | Fault::Wish(_))
        );
        if is_whole && realm.sweep() {
            *warm = Some(realm);
        }
        is_sure.then_some(result)
    }
}

/// Works in a realm of its own.
///
/// A script that throws `null` looks like an engine that has no memory left for an error. With four
/// times the memory, the former comes to the same end after the same work, the latter does not.
fn plainly<R>(
    bounds: &Bounds,
    work: impl Fn(&Realm, &Bounds) -> Result<R, Fault>,
) -> Result<R, Fault> {
    const ROOMIER: usize = 4;
    let run = |bounds: &Bounds| {
        let realm = Realm::plain(bounds)?;
        let result = work(&realm, bounds);
        Ok::<_, Fault>((result, realm.ticks()))
    };
    let (result, ticks) = run(bounds)?;
    if !matches!(result, Err(Fault::Null)) {
        return result;
    }
    let memory = bounds.memory.saturating_mul(ROOMIER);
    match run(&Bounds { memory, ..*bounds })? {
        (Err(Fault::Null), again) if again == ticks => Err(Fault::thrown_null()),
        _ => Err(Fault::Memory),
    }
}

/// Whether a line begins as only those of ES modules do.
fn is_module(source: &str) -> bool {
    source.lines().any(|line| {
        let line = line.trim_start();
        ["export ", "export{", "export*", "import ", "import{"]
            .iter()
            .any(|start| line.starts_with(start))
    })
}

#[cold]
fn too_long(found: usize, most: usize) -> Error {
    Error::new(
        Code::CodecScriptSize,
        format!("the script has {found} bytes, expected at most {most}"),
    )
    .expected(format!("at most {most} bytes"))
    .found(format!("{found} bytes"))
}
