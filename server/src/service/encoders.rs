//! Encoders from the catalogue and from folders, followed while they change.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use downlink::Error;
use downlink::encoder::{RefusedDefinition, Registry, SharedRegistry};

use crate::operation::Operations;
use crate::store::Bound;

use super::build::StartError;

/// How often folders are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// Folders of definitions, and what they held when last looked at.
#[derive(Clone, Debug)]
pub struct Folders {
    paths: Vec<PathBuf>,
    shared: SharedRegistry,
    seen: BTreeMap<String, String>,
}

/// Why encoders cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum NotLoaded {
    /// A folder or a file cannot be read.
    #[error("definitions in `{}` cannot be read: {error}", path.display())]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The catalogue.
    #[error("the catalogue cannot be loaded: {0}")]
    Catalogue(#[from] Error),
    /// Definitions that are not sound.
    #[error("{}", told(_0))]
    Refused(Vec<RefusedDefinition>),
}

fn told(refused: &[RefusedDefinition]) -> String {
    let findings = refused.iter().flat_map(|definition| {
        let name = &definition.name;
        definition
            .findings
            .iter()
            .map(move |it| format!("{name}: {it}"))
    });
    findings.collect::<Vec<_>>().join("\n")
}

impl Folders {
    /// Loads the catalogue and these folders.
    ///
    /// # Errors
    ///
    /// A folder that cannot be read, or a definition that is not sound.
    pub fn load(paths: &[PathBuf]) -> Result<Self, NotLoaded> {
        let mut folders = Self {
            paths: paths.to_vec(),
            shared: SharedRegistry::new(Registry::builder().builtin()?.build()),
            seen: BTreeMap::new(),
        };
        if let Some(registry) = folders.read()? {
            folders.shared.put(registry);
        }
        Ok(folders)
    }

    /// The encoders of the moment.
    #[must_use]
    pub fn shared(&self) -> SharedRegistry {
        self.shared.clone()
    }

    /// Reads them anew, if they changed.
    fn read(&mut self) -> Result<Option<Registry>, NotLoaded> {
        let mut found = BTreeMap::new();
        for path in &self.paths {
            read(path, &mut found)?;
        }
        if found == self.seen {
            return Ok(None);
        }
        let registry = Registry::builder().builtin()?.definitions(&found);
        self.seen = found;
        Ok(Some(registry.map_err(NotLoaded::Refused)?.build()))
    }
}

/// Reads the definitions below a folder, by their paths.
fn read(folder: &Path, found: &mut BTreeMap<String, String>) -> Result<(), NotLoaded> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        |error| NotLoaded::Unreadable { path, error }
    };
    for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
        let path = entry.map_err(unreadable(folder))?.path();
        if path.is_dir() {
            read(&path, found)?;
        } else if path.extension().is_some_and(|it| it == "toml") {
            let text = std::fs::read_to_string(&path).map_err(unreadable(&path))?;
            found.insert(path.display().to_string(), text);
        }
    }
    Ok(())
}

/// Looks at the folders again and again. Does not end by itself.
pub(super) async fn follow(operations: Arc<Operations>, mut folders: Folders) {
    if folders.paths.is_empty() {
        return;
    }
    loop {
        let now = operations.clock.now();
        operations.clock.sleep_until(now.plus(LOOK)).await;
        let looked = tokio::task::spawn_blocking(move || {
            let read = folders.read();
            (folders, read)
        });
        let read;
        (folders, read) = match looked.await {
            Ok(looked) => looked,
            Err(error) => {
                tracing::error!(%error, "folders of definitions are followed no more");
                return;
            }
        };
        match read {
            Ok(Some(registry)) => replace(&operations, &folders.shared, registry).await,
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "encoders were not reloaded; the old ones stay"),
        }
    }
}

/// Puts encoders in force, unless a device needs one that is not among them.
async fn replace(operations: &Operations, shared: &SharedRegistry, registry: Registry) {
    match operations.missing_encoders(&registry).await {
        Ok(missing) if missing.is_empty() => {
            shared.put(registry);
            tracing::info!("encoders were reloaded");
        }
        Ok(missing) => {
            let missing = listed(&missing);
            tracing::error!(
                missing,
                "encoders were not reloaded: devices are bound to some that are gone"
            );
        }
        Err(refusal) => {
            tracing::error!(?refusal, "encoders were not reloaded; the old ones stay");
        }
    }
}

/// Says of devices whose encoder is not there that nothing can be sent to them.
pub(super) async fn check(operations: &Operations) -> Result<(), StartError> {
    let registry = operations.engine.registry();
    let missing = operations.missing_encoders(&registry).await;
    let missing = missing.map_err(|refusal| StartError::Other(format!("{refusal:?}")))?;
    if !missing.is_empty() {
        let missing = listed(&missing);
        tracing::error!(missing, "devices are bound to encoders that are not there");
    }
    Ok(())
}

fn listed(missing: &[Bound]) -> String {
    let lines = missing.iter().map(|bound| {
        let Bound {
            encoder,
            devices,
            first,
        } = bound;
        format!("{encoder} ({devices} devices, the first is {first})")
    });
    lines.collect::<Vec<_>>().join(", ")
}
