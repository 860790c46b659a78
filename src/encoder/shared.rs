//! A registry that can be swapped for another while encoding goes on.

use std::sync::Arc;

use arc_swap::cache::Cache;
use arc_swap::{ArcSwap, Guard};

use crate::error::Error;

use super::{RefusedDefinition, Registry, RegistryBuilder};

/// The registry in force; a clone is the same one.
///
/// Who encodes takes the registry of the moment and keeps it for the whole instruction, so that no
/// message is made of two sets: [`Engine::over`](crate::Engine::over) does.
///
/// ```
/// use downlink::encoder::{Registry, SharedRegistry};
///
/// let shared = SharedRegistry::new(Registry::builder().builtin()?.build());
/// let before = shared.current();
///
/// assert!(shared.replace(|builder| builder.definition("no definition")).is_err());
/// assert!(shared.current().get("generic/raw").is_ok(), "the old set stays");
///
/// shared.replace(Ok)?;
/// assert!(shared.current().get("generic/raw").is_err());
/// assert!(before.get("generic/raw").is_ok(), "who took it keeps it");
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SharedRegistry(Arc<ArcSwap<Registry>>);

impl SharedRegistry {
    /// Puts a registry in force.
    #[must_use]
    pub fn new(registry: Registry) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(registry)))
    }

    /// The registry of the moment.
    #[must_use]
    pub fn current(&self) -> Registry {
        Registry::clone(&self.0.load())
    }

    /// Puts another registry in force, at once and as a whole.
    ///
    /// ```
    /// use downlink::encoder::{Registry, SharedRegistry};
    ///
    /// let shared = SharedRegistry::new(Registry::builder().build());
    /// shared.put(Registry::builder().builtin()?.build());
    /// assert!(shared.current().get("generic/raw").is_ok());
    /// # Ok::<(), downlink::Error>(())
    /// ```
    pub fn put(&self, registry: Registry) {
        self.0.store(Arc::new(registry));
    }

    /// The registry of the moment, held for a short time: nobody else waits for it.
    pub(crate) fn load(&self) -> Guard<Arc<Registry>> {
        self.0.load()
    }

    /// What a thread that encodes again and again reads the registry of the moment through.
    #[must_use]
    pub fn reader(&self) -> RegistryReader {
        RegistryReader(Cache::new(Arc::clone(&self.0)))
    }

    /// Builds another registry and puts it in force, at once and as a whole.
    ///
    /// # Errors
    ///
    /// What `build` refuses; the registry in force stays then.
    pub fn replace(
        &self,
        build: impl FnOnce(RegistryBuilder) -> Result<RegistryBuilder, Error>,
    ) -> Result<(), Error> {
        self.put(build(Registry::builder())?.build());
        Ok(())
    }

    /// Puts a registry in force that has these encoders and these definitions, at once and as a
    /// whole: what a program does when its folder of definitions has changed.
    ///
    /// Each definition comes with the name of what it was read from; `examples/hot_reload.rs` reads a
    /// folder.
    ///
    /// # Errors
    ///
    /// As [`RegistryBuilder::definitions`], every definition that is not taken with all that is wrong
    /// with it; the registry in force stays then.
    ///
    /// ```
    /// use downlink::encoder::{Registry, SharedRegistry};
    ///
    /// let shared = SharedRegistry::new(Registry::builder().builtin()?.build());
    /// let broken = [("acme/v1.toml", "format = 1")];
    /// let refused = shared.reload(Registry::builder().builtin()?, broken).unwrap_err();
    /// assert_eq!(refused[0].name, "acme/v1.toml");
    /// assert_eq!(refused[0].findings[0].code.as_str(), "definition/missing-key");
    /// # Ok::<(), downlink::Error>(())
    /// ```
    pub fn reload<N: Into<String>, T: AsRef<[u8]>>(
        &self,
        others: RegistryBuilder,
        definitions: impl IntoIterator<Item = (N, T)>,
    ) -> Result<(), Vec<RefusedDefinition>> {
        self.put(others.definitions(definitions)?.build());
        Ok(())
    }
}

/// The registry in force, as one thread reads it.
///
/// It keeps the registry that it saw last, so that seeing that there is no other takes no more than
/// a look; a registry that was replaced is freed only when each reader has looked again.
///
/// ```
/// use downlink::encoder::{Registry, SharedRegistry};
///
/// let shared = SharedRegistry::new(Registry::builder().build());
/// let mut reader = shared.reader();
/// assert!(reader.current().get("generic/raw").is_err());
///
/// shared.replace(|builder| builder.builtin())?;
/// assert!(reader.current().get("generic/raw").is_ok());
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct RegistryReader(Cache<Arc<ArcSwap<Registry>>, Arc<Registry>>);

impl RegistryReader {
    /// The registry of the moment.
    #[inline]
    pub fn current(&mut self) -> &Registry {
        self.0.load()
    }
}
