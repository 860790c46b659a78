//! The registry: every encoder by its id, built once and checked whole.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::error::{All, Code, Diagnostic, Error, did_you_mean, nearest, quote};

use super::definition::{Definition, builtin};
use super::{Encoder, generic};

/// An immutable set of encoders; a clone is the same set.
///
/// ```
/// use downlink::encoder::Registry;
///
/// let registry = Registry::builder().builtin()?.build();
/// assert_eq!(registry.get("generic/raw")?.id(), "generic/raw");
/// assert!(registry.get("generic/row").unwrap_err().to_string().contains("did you mean `generic/raw`?"));
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Registry(Arc<Encoders>);

#[derive(Debug)]
struct Encoders {
    /// In the order of the ids.
    all: Vec<Arc<dyn Encoder>>,
    places: HashMap<String, usize, FixedState>,
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
        let place = self.0.places.get(id);
        match place.and_then(|place| self.0.all.get(*place)) {
            Some(encoder) => Ok(encoder.as_ref()),
            None => Err(self.unknown(id)),
        }
    }

    /// Every encoder, in the order of the ids.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &dyn Encoder> {
        self.0.all.iter().map(AsRef::as_ref)
    }

    #[cold]
    fn unknown(&self, id: &str) -> Error {
        let error = Error::new(
            Code::EncoderUnknown,
            format!("there is no encoder `{}`", quote(id)),
        )
        .expected("the id of an encoder, `vendor/device`")
        .found(quote(id));
        match nearest(id, self.iter().map(Encoder::id)) {
            Some(meant) => error.hint(did_you_mean(meant)),
            None => error.hint("list the encoders to see what there is"),
        }
    }
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
    /// # Errors
    ///
    /// [`Code::RegistryDuplicate`], if one of their ids is taken already.
    pub fn builtin(mut self) -> Result<Self, Error> {
        for encoder in generic::all() {
            self = self.add(encoder)?;
        }
        for (id, text) in builtin::DEFINITIONS {
            self = self.add(Arc::new(builtin::BuiltIn::new(id, text)))?;
        }
        Ok(self)
    }

    /// Adds a definition from outside; its examples must hold.
    ///
    /// # Errors
    ///
    /// The first fault of the definition, with line and column, or a taken id.
    pub fn definition(self, text: &str) -> Result<Self, Error> {
        let mut findings = All::default();
        let definition = Definition::from_toml(text, &mut findings);
        if let Some(first) = findings.errors.into_iter().next() {
            return Err(first);
        }
        let mut builder = self.register(definition?)?;
        builder.warnings.extend(findings.warnings);
        Ok(builder)
    }

    /// Adds an encoder in Rust.
    ///
    /// # Errors
    ///
    /// [`Code::RegistryDuplicate`]; an encoder never takes the place of another.
    pub fn register(self, encoder: impl Encoder + 'static) -> Result<Self, Error> {
        self.add(Arc::new(encoder))
    }

    fn add(mut self, encoder: Arc<dyn Encoder>) -> Result<Self, Error> {
        let id = encoder.id().to_owned();
        if self.encoders.contains_key(&id) {
            return Err(Error::new(
                Code::RegistryDuplicate,
                format!("there is an encoder `{}` already", quote(&id)),
            )
            .expected("an id of its own")
            .found(quote(&id)));
        }
        self.encoders.insert(id, encoder);
        Ok(self)
    }

    /// What the definitions so far were warned of.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    /// The registry.
    #[must_use]
    pub fn build(self) -> Registry {
        let ids = self.encoders.keys().cloned().enumerate();
        Registry(Arc::new(Encoders {
            places: ids.map(|(place, id)| (id, place)).collect(),
            all: self.encoders.into_values().collect(),
        }))
    }
}
