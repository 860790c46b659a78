//! The registry: every encoder by its id, built once and checked whole.

use std::collections::BTreeMap;
use std::sync::Arc;

use hashbrown::HashTable;

use crate::directory::{Binding, DeviceFile, EncoderKey};
use crate::error::{All, Audience, Code, Diagnostic, Error, Sink, quote};

use super::definition::{Definition, builtin};
use super::retired::retired;
use super::{Encoder, generic};

/// An immutable set of encoders; a clone is the same set.
///
/// ```
/// use downlink::encoder::Registry;
///
/// let registry = Registry::builder().builtin()?.build();
/// assert_eq!(registry.get("generic/raw")?.id(), "generic/raw");
/// assert!(registry.get("genric/raw").unwrap_err().to_string().contains("did you mean `generic/raw`?"));
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Registry(Arc<Encoders>);

#[derive(Debug)]
struct Encoders {
    /// In the order of the ids.
    all: Vec<Arc<dyn Encoder>>,
    by_id: HashTable<Entry>,
}

#[derive(Debug)]
struct Entry {
    id: Box<str>,
    encoder: Arc<dyn Encoder>,
}

impl Registry {
    /// Starts a registry without encoders.
    #[must_use]
    pub fn builder() -> RegistryBuilder {
        RegistryBuilder {
            encoders: BTreeMap::new(),
            warnings: Vec::new(),
        }
    }

    /// The encoder of this id.
    ///
    /// # Errors
    ///
    /// [`Code::EncoderUnknown`], with the nearest ids.
    pub fn get(&self, id: &str) -> Result<&dyn Encoder, Error> {
        self.find(EncoderKey::new(id))
    }

    /// The encoder that a device is bound to, found faster than by its id alone.
    ///
    /// # Errors
    ///
    /// As [`Registry::get`]; [`Code::DevicesVariable`] where the binding gives a variable that the
    /// encoder does not have.
    ///
    /// ```
    /// use downlink::directory::Binding;
    /// use downlink::encoder::Registry;
    ///
    /// let registry = Registry::builder().builtin()?.build();
    /// assert_eq!(registry.bound(&Binding::new("generic/raw"))?.id(), "generic/raw");
    /// # Ok::<(), downlink::Error>(())
    /// ```
    pub fn bound(&self, binding: &Binding) -> Result<&dyn Encoder, Error> {
        let encoder = self.find(binding.encoder_key())?;
        match undeclared(encoder, binding).next() {
            Some(name) => Err(unknown_variable(encoder, name)),
            None => Ok(encoder),
        }
    }

    /// Refuses the variables of a device file that the encoders of its devices do not have.
    ///
    /// A device whose encoder is not known is passed over: it is refused when it is used.
    ///
    /// # Errors
    ///
    /// [`Code::DevicesVariable`] with line and column, where the sink does not collect it.
    ///
    /// ```
    /// use downlink::directory::DeviceFile;
    /// use downlink::encoder::Registry;
    /// use downlink::error::First;
    ///
    /// let file = DeviceFile::read_toml(r#"
    ///     [devices."urn:dev:IMEI:350000000000008:"]
    ///     encoder = "teltonika/fmb"
    ///     variables = { login = "login", pasword = "pass" }
    /// "#, &mut First::default())?;
    /// let registry = Registry::builder().builtin()?.build();
    /// let error = registry.check_variables(&file, &mut First::default()).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "`teltonika/fmb` has no variable `pasword`; did you mean `password`? (at line 4, column 36)"
    /// );
    /// # Ok::<(), downlink::Error>(())
    /// ```
    pub fn check_variables(&self, file: &DeviceFile, sink: &mut dyn Sink) -> Result<(), Error> {
        for entry in &file.devices {
            let Ok(encoder) = self.find(entry.binding.encoder_key()) else {
                continue;
            };
            for name in undeclared(encoder, &entry.binding) {
                let position = entry.variable_position(name).unwrap_or(entry.position);
                sink.error(unknown_variable(encoder, name).at_position(position))?;
            }
        }
        Ok(())
    }

    fn find(&self, key: EncoderKey<'_>) -> Result<&dyn Encoder, Error> {
        let found = self.0.by_id.find(key.hash, |entry| *entry.id == *key.id);
        match found {
            Some(entry) => Ok(entry.encoder.as_ref()),
            None => Err(self.unknown(key.id)),
        }
    }

    /// Every encoder, in the order of the ids.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &dyn Encoder> {
        self.0.all.iter().map(AsRef::as_ref)
    }

    #[cold]
    fn unknown(&self, id: &str) -> Error {
        match retired(id) {
            Ok(Some(retired)) => return retired.refuse(id),
            Ok(None) => {}
            Err(error) => return error,
        }
        let error = Error::new(
            Code::EncoderUnknown,
            format!("there is no encoder `{}`", quote(id)),
        )
        .expected("the id of an encoder, `vendor/device`")
        .found(quote(id));
        error
            .hint_for(Audience::Operator, "list the encoders to see what there is")
            .suggest_encoder(id, self.iter().map(Encoder::id))
    }
}

/// The variables of a binding that its encoder does not have.
fn undeclared<'b>(encoder: &dyn Encoder, binding: &'b Binding) -> impl Iterator<Item = &'b str> {
    let names = binding.variables().map(|(name, _)| name);
    names.filter(|name| !encoder.takes_variable(name))
}

#[cold]
fn unknown_variable(encoder: &dyn Encoder, name: &str) -> Error {
    let variables = encoder.variables();
    let known: Vec<&str> = variables.declared().iter().map(|it| &*it.name).collect();
    let expected = match &*known {
        [] => "no variables".to_owned(),
        known => format!("`{}`", known.join("`, `")),
    };
    Error::new(
        Code::DevicesVariable,
        format!("`{}` has no variable `{}`", encoder.id(), quote(name)),
    )
    .expected(expected)
    .found(quote(name))
    .suggest_variable(name, known)
}

/// A definition that was not taken, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefusedDefinition {
    /// What it was read from.
    pub name: String,
    /// All that is wrong with it, with line and column.
    pub findings: Vec<Diagnostic>,
}

/// Collects encoders for a [`Registry`].
#[derive(Debug)]
pub struct RegistryBuilder {
    encoders: BTreeMap<String, Arc<dyn Encoder>>,
    warnings: Vec<Diagnostic>,
}

impl RegistryBuilder {
    /// Adds the generic encoders and the definitions that come with the crate.
    ///
    /// Each of these definitions is parsed when it is first used, once in a process: a registry that
    /// takes the place of another has the same ones.
    ///
    /// # Errors
    ///
    /// [`Code::RegistryDuplicate`], if one of their ids is taken already.
    pub fn builtin(mut self) -> Result<Self, Error> {
        for encoder in generic::all() {
            self = self.add(encoder)?;
        }
        for encoder in builtin::all() {
            self = self.add(Arc::clone(encoder))?;
        }
        Ok(self)
    }

    /// Adds a definition from outside; its examples must hold.
    ///
    /// # Errors
    ///
    /// The first fault of the definition, with line and column, or a taken id.
    pub fn definition(mut self, text: &str) -> Result<Self, Error> {
        let faults = self.take(text.as_bytes()).err().unwrap_or_default();
        faults.into_iter().next().map_or(Ok(self), Err)
    }

    /// Adds definitions from outside, each with the name of what it was read from; all of them, or
    /// none with all that is wrong with each.
    ///
    /// # Errors
    ///
    /// Every definition that is not taken, with line and column of each fault: one that is no text,
    /// that is not sound, whose examples do not hold, whose id is taken.
    ///
    /// ```
    /// use downlink::encoder::Registry;
    ///
    /// let files = [("a.toml", "format = 2"), ("b.toml", "format = ")];
    /// let refused = Registry::builder().definitions(files).unwrap_err();
    /// assert_eq!(refused.len(), 2);
    /// assert_eq!(refused[1].name, "b.toml");
    /// assert_eq!(refused[1].findings[0].code.as_str(), "definition/syntax");
    /// ```
    pub fn definitions<N: Into<String>, T: AsRef<[u8]>>(
        mut self,
        sources: impl IntoIterator<Item = (N, T)>,
    ) -> Result<Self, Vec<RefusedDefinition>> {
        let mut refused = Vec::new();
        for (name, text) in sources {
            if let Err(errors) = self.take(text.as_ref()) {
                refused.push(RefusedDefinition {
                    name: name.into(),
                    findings: errors.into_iter().map(Error::into_diagnostic).collect(),
                });
            }
        }
        if refused.is_empty() {
            Ok(self)
        } else {
            Err(refused)
        }
    }

    /// Adds a definition, or tells all that is wrong with it.
    fn take(&mut self, text: &[u8]) -> Result<(), Vec<Error>> {
        let text = std::str::from_utf8(text).map_err(|error| {
            let error = Error::new(Code::TextUtf8, "the definition is not UTF-8")
                .at_offset(error.valid_up_to());
            vec![error]
        })?;
        let mut findings = All::default();
        let read = Definition::from_toml(text, &mut findings);
        let definition = match read {
            Ok(definition) if findings.errors.is_empty() => definition,
            Ok(_) => return Err(findings.errors),
            Err(last) => {
                findings.errors.push(last);
                return Err(findings.errors);
            }
        };
        if self.encoders.contains_key(definition.id()) {
            return Err(vec![definition.at_id(taken(definition.id()), text)]);
        }
        self.warnings.extend(findings.warnings);
        let id = definition.id().to_owned();
        self.encoders.insert(id, Arc::new(definition));
        Ok(())
    }

    /// Adds an encoder in Rust.
    ///
    /// # Errors
    ///
    /// [`Code::RegistryDuplicate`]; an encoder never takes the place of another.
    pub fn register(self, encoder: impl Encoder + 'static) -> Result<Self, Error> {
        self.add(Arc::new(encoder))
    }

    /// Adds a payload codec in JavaScript, with the usual bounds.
    ///
    /// # Errors
    ///
    /// What keeps the script from being an encoder; [`Code::CodecFeature`], if the feature `js` is
    /// off.
    pub fn script(self, id: &str, source: &str) -> Result<Self, Error> {
        self.add(script(id, source)?)
    }

    fn add(mut self, encoder: Arc<dyn Encoder>) -> Result<Self, Error> {
        let id = encoder.id().to_owned();
        if self.encoders.contains_key(&id) {
            return Err(taken(&id));
        }
        self.encoders.insert(id, encoder);
        Ok(self)
    }

    /// Whether an encoder has this id already.
    ///
    /// ```
    /// use downlink::encoder::Registry;
    ///
    /// let builder = Registry::builder().builtin()?;
    /// assert!(builder.contains("generic/raw"));
    /// assert!(!builder.contains("acme/valve"));
    /// # Ok::<(), downlink::Error>(())
    /// ```
    #[must_use]
    pub fn contains(&self, id: &str) -> bool {
        self.encoders.contains_key(id)
    }

    /// What the definitions so far were warned of.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// The registry.
    #[must_use]
    pub fn build(self) -> Registry {
        let all = self.encoders.values().cloned().collect();
        let hash = |entry: &Entry| EncoderKey::new(&entry.id).hash;
        let mut by_id = HashTable::with_capacity(self.encoders.len());
        for (id, encoder) in self.encoders {
            let entry = Entry {
                id: id.into(),
                encoder,
            };
            by_id.insert_unique(hash(&entry), entry, hash);
        }
        Registry(Arc::new(Encoders { all, by_id }))
    }
}

#[cold]
fn taken(id: &str) -> Error {
    Error::new(
        Code::RegistryDuplicate,
        format!("an encoder `{}` already exists", quote(id)),
    )
    .expected("a unique id")
    .found(quote(id))
}

#[cfg(feature = "js")]
fn script(id: &str, source: &str) -> Result<Arc<dyn Encoder>, Error> {
    let codec = super::javascript::JavaScriptCodec::from_script(id, source)?;
    Ok(Arc::new(codec))
}

#[cfg(not(feature = "js"))]
fn script(id: &str, _: &str) -> Result<Arc<dyn Encoder>, Error> {
    let id = quote(id);
    Err(Error::new(
        Code::CodecFeature,
        format!("`{id}` is a script, and the feature `js` is off"),
    )
    .expected("the feature `js`")
    .hint_for(
        Audience::Operator,
        "turn it on in Cargo.toml: `downlink = { features = [\"js\"] }`",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAMP: &str = "function encodeDownlink(input) { return { bytes: [1] }; }";

    #[cfg(feature = "js")]
    #[test]
    fn a_script_is_registered_once() {
        let builder = Registry::builder().script("acme/lamp", LAMP).unwrap();
        let again = builder.script("acme/lamp", LAMP).unwrap_err();
        assert_eq!(again.code(), Code::RegistryDuplicate);
    }

    #[cfg(not(feature = "js"))]
    #[test]
    fn a_script_without_the_feature_tells_how_to_turn_it_on() {
        let error = Registry::builder().script("acme/lamp", LAMP).unwrap_err();
        assert_eq!(error.code(), Code::CodecFeature);
        assert!(
            error
                .diagnostic()
                .hint
                .as_deref()
                .unwrap()
                .contains("\"js\"")
        );
    }
}
